"""WATCH and UNWATCH, beside a real Redis."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import pytest

from bare_engine import ManualTime, Session
from commands.sample_calls import PREPARATION, SAMPLER, Line, key_for
from oracle import Oracle
from side_by_side import Both
from trioredis.commands import load
from trioredis.engine.command import WRITE
from trioredis.engine.documentation import with_subcommands
from trioredis.engine.lifecycle import release

Call = Callable[..., bytes]

STALE = {2: b"*-1\r\n", 3: b"_\r\n"}
"""What EXEC answers when a watched key has changed."""


def outcome(both: Both) -> bytes:
    """What becomes of a transaction that a client begins now."""
    both("MULTI")
    both("PING")
    return both("EXEC")


def is_stale(both: Both) -> bool:
    return outcome(both) == STALE[both.protocol]


def test_a_watched_key_that_changes_fails_the_transaction(both: Both, other: Both) -> None:
    both("WATCH k l k")
    other("SET k v")
    assert is_stale(both)
    assert not is_stale(both)


def test_own_changes_count_too_but_not_those_of_the_transaction(both: Both) -> None:
    both.transcript("WATCH k", "SET k v", "MULTI", "GET k", "EXEC")
    both.transcript("WATCH k", "MULTI", "SET k w", "EXEC", "MULTI", "GET k", "EXEC")


@pytest.mark.parametrize("ending", ["UNWATCH", "RESET", "MULTI DISCARD", "MULTI EXEC"])
def test_what_ends_the_watch(both: Both, other: Both, ending: str) -> None:
    both("WATCH k")
    for line in ending.split():
        both(line)
    other("SET k v")
    assert STALE[2] != outcome(both)


def test_unwatch_within_a_transaction_is_too_late(both: Both, other: Both) -> None:
    both.transcript("WATCH k", "MULTI", "UNWATCH", "GET k")
    other("SET k v")
    both("EXEC")


def test_who_is_stale_stays_so_whatever_he_watches_then(both: Both, other: Both) -> None:
    both("WATCH k")
    other("SET k v")
    both("WATCH l")
    assert is_stale(both)
    both("WATCH k")
    other("SET k w")
    both("UNWATCH")
    assert not is_stale(both)


def test_an_error_weighs_more_than_a_change(both: Both, other: Both) -> None:
    both.transcript("WATCH k", "MULTI", "NOSUCH")
    other("SET k v")
    both("EXEC")


def test_a_key_is_watched_in_its_database(both: Both, other: Both) -> None:
    both.transcript("SELECT 1", "WATCH k", "SELECT 0")
    other("SET k v")
    assert not is_stale(both)
    both.transcript("SELECT 1", "WATCH k", "SELECT 0")
    other("SELECT 1")
    other("SET k v")
    assert is_stale(both)


@pytest.mark.parametrize("change", ["FLUSHALL", "FLUSHDB", "FLUSHALL ASYNC", "DEL k", "UNLINK k", "MOVE k 1"])
@pytest.mark.parametrize("key", ["k", "missing"])
def test_removals_count_only_if_the_key_was_there(both: Both, other: Both, change: str, key: str) -> None:
    both.transcript("SET k v", f"WATCH {key}")
    other(change)
    outcome(both)


@pytest.mark.parametrize("watched", [0, 1])
@pytest.mark.parametrize("first", [[], [0], [1], [0, 1]])
@pytest.mark.parametrize("swap", ["0 1", "1 0", "1 1", "0 0", "0 2", "2 3"])
def test_swapdb_counts_if_a_key_comes_or_goes(
    both: Both, other: Both, watched: int, first: list[int], swap: str
) -> None:
    for database in first:
        both.transcript(f"SELECT {database}", "SET k v")
    both.transcript(f"SELECT {watched}", "WATCH k")
    other(f"SWAPDB {swap}")
    outcome(both)
    other("SET k w")
    outcome(both)


def test_a_key_is_watched_by_those_who_leave_no_traces(call: Session) -> None:
    other = call.another()
    for line in ("CLIENT NO-TOUCH ON", "WATCH k"):
        call(line)
    other("SWAPDB 0 1")
    other("SET k v")
    assert b"+OK\r\n" == call("MULTI")
    assert b"*-1\r\n" == call("EXEC")


def watched_keys() -> list[bytes]:
    """All keys that the calls of `changing_calls` may change."""
    prepared = [b"k", b"k2", b"sketch", b"fields", b"members", b"scores", b"numbers", b"places", b"elements"]
    return [*prepared, b"entries", b"unread", b"new"]


def changing_calls() -> Iterator[Line]:
    """Sound calls of every command that writes, and of some that might."""
    for command in with_subcommands(load()):
        if command.callable_alone and (command.flags & WRITE or command.has_keys):
            sampler = SAMPLER.on(key_for(command.name, command.group))
            yield from sampler.sound_calls(command.name, command.args)
    yield from ([b"PERSIST", b"k"], [b"LREM", b"elements", b"0", b"x"], [b"EXPIRE", b"k2", b"-1"])
    yield from ([b"SET", b"k", b"10"], [b"SETRANGE", b"new", b"0", b""], [b"APPEND", b"k", b""])
    yield from ([b"SORT", b"numbers", b"STORE", b"new"], [b"SORT", b"none", b"STORE", b"elements"])
    yield from ([b"GETEX", b"k2", b"PERSIST"], [b"GETEX", b"k", b"PERSIST"], [b"RENAME", b"k", b"k"])


def test_the_same_commands_change_the_same_keys(oracle: Oracle, call: Session) -> None:
    """Each call is made in a transaction of its own, so that nothing waits; a watcher for each key."""
    keys, different = watched_keys(), []
    preparation = [*PREPARATION, [b"SELECT", b"1"], [b"DEL", b"k", b"new"], [b"SELECT", b"0"]]
    with ExitStack() as stack:
        wire, *wires = (stack.enter_context(oracle.connect()) for _ in range(1 + len(keys)))
        watchers = [call.another() for _ in keys]
        for line in changing_calls():
            theirs = changed_keys(wire.command, [each.command for each in wires], keys, [*preparation, line])
            ours = changed_keys(call, watchers, keys, [*preparation, line])
            if theirs != ours:
                different.append((line, theirs, ours))
    assert [] == different


def changed_keys(
    call: Call, watchers: Sequence[Call], keys: Sequence[bytes], lines: Sequence[Line]
) -> set[bytes]:
    """Run lines, the last one in a transaction; the keys that it changed according to those who watch them."""
    *before, line = lines
    for each in before:
        call(*each)
    for key, watcher in zip(keys, watchers, strict=True):
        watcher("WATCH", key)
    for each in ([b"MULTI"], line, [b"EXEC"]):
        call(*each)
    for watcher in watchers:
        watcher("MULTI")
    outcomes = [watcher("EXEC") for watcher in watchers]
    return {key for key, outcome in zip(keys, outcomes, strict=True) if outcome == STALE[2]}


def pass_moment(both: Both, milliseconds: int) -> None:
    """Wait until the oracle's clock, which is ours too, is past a moment."""
    while (told := both.theirs.ask("TIME")) and int(told[0]) * 1000 + int(told[1]) // 1000 <= milliseconds:
        pass


def now(both: Both) -> int:
    seconds, microseconds = both.theirs.ask("TIME")
    return int(seconds) * 1000 + int(microseconds) // 1000


@pytest.fixture
def patient(both: Both) -> Iterator[None]:
    """No key ends before somebody looks at it, as always on a bare engine."""
    both.theirs.command("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    yield
    both.theirs.command("DEBUG", "SET-ACTIVE-EXPIRE", 1)


CHANGES_AFTER_THE_END = (
    *("PING", "GET k", "SET k v", "DEL k", "FLUSHALL", "SWAPDB 0 1", "EXISTS k", "PERSIST k", "SETNX k v"),
    *("RENAME k l", "RENAME l k", "COPY l k", "RPUSH l x", "GETEX k PERSIST", "EXPIRE k 1000", "UNLINK k"),
)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("change", CHANGES_AFTER_THE_END)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_key_may_end_before_it_is_watched_or_after(both: Both, other: Both, change: str, when: str) -> None:
    both("RPUSH l a")
    deadline = now(both) + 20
    both(f"SET k v PXAT {deadline}")
    if when == "before":
        pass_moment(both, deadline)
    both("WATCH k")
    pass_moment(both, deadline)
    other(change)
    outcome(both)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("watched", [0, 1])
@pytest.mark.parametrize("ended", [0, 1])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("present", [[], [0], [1], [0, 1]])
def test_databases_are_swapped_with_a_key_that_has_ended(
    both: Both, other: Both, watched: int, ended: int, when: str, present: list[int]
) -> None:
    deadline = now(both) + 20
    for database in present:
        both.transcript(
            f"SELECT {database}", f"SET k v PXAT {deadline if database == ended else 4000000000000}"
        )
    if when == "before":
        pass_moment(both, deadline)
    both.transcript(f"SELECT {watched}", "WATCH k")
    pass_moment(both, deadline)
    other("SWAPDB 0 1")
    other("GET k")
    other("SELECT 1")
    other("GET k")
    outcome(both)


def test_a_key_that_ends_at_its_deadline_fails_the_transaction(
    call: Session, manual_time: ManualTime
) -> None:
    call("SET k v PX 1000")
    call("WATCH k")
    call("MULTI")
    manual_time.pass_by(1.001)
    call.engine.clock.refresh()
    assert 1 == call.engine.keyspace.expire_due(100)
    assert b"*-1\r\n" == call("EXEC")


def test_nobody_is_told_of_changes_when_nobody_watches(call: Session) -> None:
    others = [call.another() for _ in range(4)]
    for each, ending in zip(others, ("UNWATCH", "RESET", "MULTI", "QUIT"), strict=True):
        each("WATCH k l")
        each(ending)
    assert call.engine.listeners.present
    others[2]("DISCARD")
    release(call.engine, others[3].client)
    assert not call.engine.listeners.present
    others[0]("WATCH k")
    call("SET k v")
    others[0]("UNWATCH")
    assert not call.engine.listeners.present


def test_who_is_stale_burdens_nobody(call: Session) -> None:
    stale = [call.another() for _ in range(10)]
    for each in stale:
        each("WATCH k l")
    call("SET k v")
    assert not call.engine.watches._watching
    assert not call.engine.watches._places
    assert [True] * 10 == [each.client.stale for each in stale]
