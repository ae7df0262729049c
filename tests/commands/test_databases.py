"""Commands for whole databases, beside a real Redis."""

import pytest

from bare_engine import Session
from side_by_side import Both


def fill(both: Both) -> None:
    both.transcript("SET a 0", "SET b 0 EX 1000", "SELECT 1", "SET a 1", "SELECT 2", "SET c 2", "SELECT 0")


def sizes(both: Both) -> None:
    for database in (0, 1, 2):
        both.transcript(f"SELECT {database}", "DBSIZE", "GET a", "TTL b")


def test_dbsize_counts_keys(both: Both) -> None:
    fill(both)
    sizes(both)
    both("DBSIZE x")


@pytest.mark.parametrize("name", ["FLUSHALL", "FLUSHDB"])
@pytest.mark.parametrize("options", ["", "SYNC", "async", "NOPE", "SYNC SYNC", "SYNC ASYNC", "NOPE SYNC"])
def test_databases_are_emptied(both: Both, name: str, options: str) -> None:
    fill(both)
    both("SELECT 1")
    both.events(f"{name} {options}")
    sizes(both)


@pytest.mark.parametrize(
    "arguments",
    [
        "0 1",
        "1 0",
        "2 1",
        "0 0",
        "1 15",
        "0 16",
        "16 0",
        "-1 0",
        "0 -1",
        "x 0",
        "0 x",
        "x x",
        "2147483648 0",
        "0 2147483648",
        "2147483647 0",
        "0",
        "0 1 2",
    ],
)
def test_databases_are_swapped(both: Both, arguments: str) -> None:
    fill(both)
    both.events(f"SWAPDB {arguments}")
    sizes(both)


def test_who_selected_a_database_finds_the_keys_of_the_other_after_a_swap(call: Session) -> None:
    other = call.another()
    other("SELECT 1")
    other("SET k theirs")
    call("SWAPDB 0 1")
    assert b"$6\r\ntheirs\r\n" == call("GET k")
    assert b"$-1\r\n" == other("GET k")


@pytest.mark.parametrize(
    ("line", "changes"), [("FLUSHDB", 2), ("FLUSHALL", 3), ("DEL a b", 2), ("DEL nope", 0)]
)
def test_every_key_that_goes_is_a_change(call: Session, line: str, changes: int) -> None:
    for each in ("SET a x", "SET b x", "SELECT 1", "SET c x", "SELECT 0"):
        call(each)
    before = call.engine.stats.dirty
    call(line)
    assert changes == call.engine.stats.dirty - before


def changes(reply: bytes) -> int:
    return int(reply.partition(b"rdb_changes_since_last_save:")[2].split()[0])


@pytest.mark.parametrize("line", ["SWAPDB 0 1", "SWAPDB 4 5", "FLUSHALL", "FLUSHDB"])
def test_it_counts_as_so_many_changes_as_redis_says(both: Both, line: str) -> None:
    fill(both)
    ours, theirs = both.ours, both.theirs
    before = changes(ours("INFO persistence")), changes(theirs.command("INFO", "persistence"))
    both(line)
    after = changes(ours("INFO persistence")), changes(theirs.command("INFO", "persistence"))
    assert after[1] - before[1] == after[0] - before[0]
