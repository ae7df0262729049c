"""List commands that wait: who is served, with what, in which order, beside a real Redis where it is the same.

The oracle, a 7.0, serves a client with the key that became ready. 7.2 runs its command again, which begins with the first
of its keys; where that shows, the expectation is written here. What is true of every waiting command is tested in
`tests/engine/test_blocking.py`.
"""

import pytest

from bare_engine import ManualTime, Session, words
from crowd import Crowd, pass_by, waiting
from side_by_side import Both
from trioredis.engine.clients import Unusual
from trioredis.engine.lifecycle import release

LATE = b"*-1\r\n"


def popped(key: str, element: str) -> bytes:
    return b"*2\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n" % (len(key), key.encode(), len(element), element.encode())


def bulk(text: str) -> bytes:
    return b"$%d\r\n%b\r\n" % (len(text), text.encode())


# --- beside a real Redis


@pytest.mark.parametrize(
    "line",
    [
        "BLPOP k 0", "BRPOP k 0", "BLPOP nope k 0", "BRPOP k nope k 0", "BLMPOP 0 1 k LEFT",
        "BLMPOP 0 2 nope k RIGHT COUNT 2", "BLMOVE k other LEFT RIGHT 0", "BLMOVE k k LEFT RIGHT 0",
        "BRPOPLPUSH k other 0", "BRPOPLPUSH k k 0",
    ],
)  # fmt: skip
def test_a_push_is_the_answer(crowd: Crowd, line: str) -> None:
    crowd.wait(line)
    crowd.both("RPUSH k a b c")
    crowd.hear(0)
    crowd.both.transcript("LRANGE k 0 -1", "LRANGE other 0 -1")


def test_a_push_of_several_elements_serves_several_clients_in_order(crowd: Crowd) -> None:
    for _ in range(4):
        crowd.wait("BLPOP k 0")
    crowd.both("LPUSH k a b c")
    crowd.hear(0, 1, 2)
    crowd.both("EXISTS k")
    crowd.both("LPUSH k d e")
    crowd.hear(3)
    crowd.both("LRANGE k 0 -1")


def test_different_commands_wait_in_one_line(crowd: Crowd) -> None:
    for line in ("BRPOP k 0", "BLMOVE k other LEFT LEFT 0", "BLMPOP 0 1 k LEFT COUNT 2", "BLPOP k 0"):
        crowd.wait(line)
    crowd.both("RPUSH k a b c d e f")
    crowd.hear(0, 1, 2, 3)
    crowd.both.transcript("LRANGE k 0 -1", "LRANGE other 0 -1")


def test_one_who_moves_an_element_serves_who_waits_for_it_there(crowd: Crowd) -> None:
    for line in ("BLPOP c 0", "BLMOVE b c LEFT RIGHT 0", "BLMOVE a b LEFT RIGHT 0", "BLPOP b 0"):
        crowd.wait(line)
    crowd.both("RPUSH a x")
    crowd.hear(0, 1, 2)
    crowd.both("RPUSH a y")
    crowd.both("RPUSH b z")
    crowd.hear(3)
    crowd.both.transcript("LRANGE a 0 -1", "EXISTS b c")


def test_an_element_goes_round_in_a_ring(crowd: Crowd) -> None:
    crowd.wait("BLMOVE a b LEFT RIGHT 0")
    crowd.wait("BLMOVE b a LEFT RIGHT 0")
    crowd.both("RPUSH a x")
    crowd.hear(0, 1)
    crowd.both.transcript("LRANGE a 0 -1", "EXISTS b")


def test_moving_to_what_is_no_list_fails_and_the_element_stays(crowd: Crowd) -> None:
    crowd.both("SET text x")
    crowd.wait("BLMOVE k text LEFT LEFT 0")
    crowd.wait("BRPOPLPUSH k text 0")
    crowd.wait("BLPOP k 0")
    crowd.both("RPUSH k a b")
    crowd.hear(0, 1, 2)
    crowd.both("LRANGE k 0 -1")


def test_who_pushes_finds_nothing_any_more(crowd: Crowd) -> None:
    crowd.wait("BLPOP k 0")
    crowd.both("RPUSH k a")
    crowd.both("LPOP k")
    crowd.hear(0)


def test_what_is_no_list_serves_nobody(crowd: Crowd) -> None:
    crowd.wait("BLPOP k 0")
    crowd.both.transcript("SET k x", "APPEND k y", "DEL k", "RPUSH other a", "RENAME other k")
    crowd.hear(0)


def test_a_timeout_is_answered_with_the_null_array_a_move_too(both: Both) -> None:
    both.theirs.command("CONFIG", "SET", "hz", 500)
    for line in (
        "BLPOP k 0.01",
        "BRPOP k j 0.01",
        "BLMPOP 0.01 1 k LEFT",
        "BLMOVE k j LEFT LEFT 0.01",
        "BRPOPLPUSH k j 0.01",
    ):
        assert b"" == both.ours(line)
        both.ours.client.waiting.time_out()
        assert both.theirs.command(*words(line)) == both.ours.taken()
    both.theirs.command("CONFIG", "SET", "hz", 10)


@pytest.mark.parametrize(
    "line",
    ["BLPOP k 0", "BRPOP k 0", "BLMPOP 0 1 k LEFT", "BLMOVE k j LEFT LEFT 0", "BRPOPLPUSH k j 0"],
)
def test_inside_a_transaction_nothing_waits(both: Both, line: str) -> None:
    both.theirs.command("MULTI")
    both.theirs.command(*words(line))
    both.ours.client.unusual |= Unusual.IMPATIENT
    assert both.theirs.command("EXEC") == b"*1\r\n" + both.ours(line)
    assert {} == both.ours.engine.waiters.lines


@pytest.mark.parametrize("reason", ["", "TIMEOUT", "ERROR"])
@pytest.mark.parametrize("line", ["BLPOP k 0", "BLMOVE k j LEFT LEFT 0"])
def test_somebody_else_can_end_the_wait(crowd: Crowd, line: str, reason: str) -> None:
    crowd.wait(line)
    [(session, _)] = crowd.members
    theirs = crowd.both.theirs
    rows = theirs.ask("CLIENT", "LIST").split(b"\n")  # type: ignore[union-attr]
    [number] = [row.split()[0][3:] for row in rows if b" flags=b " in row]
    assert theirs.command("CLIENT", "UNBLOCK", number, *reason.split()) == crowd.both.ours(
        "CLIENT", "UNBLOCK", session.client.id, *reason.split()
    )
    crowd.hear(0)
    crowd.both("RPUSH k a")
    crowd.both("LRANGE k 0 -1")


# --- as 7.2 does it


def test_the_first_key_counts_and_not_the_one_that_was_touched_first(call: Session) -> None:
    first, second = waiting(call, "BLPOP b c 0"), waiting(call, "BLPOP a b 0")
    for line in ("SELECT 1", "RPUSH b 2 3", "RPUSH a 1", "SWAPDB 0 1"):
        call(line)
    assert (popped("b", "2"), popped("a", "1")) == (first.taken(), second.taken())


def test_a_key_before_it_that_is_no_list_is_an_error_by_then(call: Session) -> None:
    other = waiting(call, "BLPOP a b 0")
    call("SET a text")
    assert b"" == other.taken()
    call("RPUSH b x")
    assert other.taken().startswith(b"-WRONGTYPE ")
    assert bulk("x") == call("LPOP b")


@pytest.mark.parametrize("numbers", [1, 200], ids=["short", "long"])
@pytest.mark.parametrize(
    "lines",
    [
        "RPUSH x {}|RENAME x k",
        "RPUSH x {}|RENAMENX x k",
        "RPUSH x {}|COPY x k",
        "SELECT 1|RPUSH k {}|MOVE k 0",
        "SELECT 1|RPUSH k {}|COPY k k DB 0",
        "SELECT 1|RPUSH k {}|SWAPDB 0 1",
        "RPUSH x {}|LMOVE x k LEFT RIGHT",
        "RPUSH x {}|RPOPLPUSH x k",
        "SET k text|DEL k|RPUSH k {}",
        "LPUSH k {}",
    ],
)
def test_whatever_brings_a_list_serves(call: Session, lines: str, numbers: int) -> None:
    other = waiting(call, "BLPOP nope k 0")
    for line in lines.format(" ".join(["e"] * numbers)).split("|"):
        assert b"" == other.taken()
        call(line)
    assert popped("k", "e") == other.taken()
    assert {} == call.engine.waiters.lines


def test_a_push_to_what_is_not_there_serves_nobody(call: Session) -> None:
    other = waiting(call, "BLPOP k 0")
    assert b":0\r\n" == call("RPUSHX k a")
    assert b"" == other.taken()


# --- time


def test_a_fraction_of_a_second_is_enough(call: Session, manual_time: ManualTime) -> None:
    other = waiting(call, "BLPOP k 0.01")
    pass_by(call, manual_time, 0.009)
    assert b"" == other.taken()
    pass_by(call, manual_time, 0.002)
    assert LATE == other.taken()
    call("RPUSH k a")
    assert b"" == other.taken()
    assert bulk("a") == call("LPOP k")


def test_nothing_is_for_ever(call: Session, manual_time: ManualTime) -> None:
    other = waiting(call, "BLPOP k 0")
    pass_by(call, manual_time, 1e9)
    assert b"" == other.taken()
    call("RPUSH k a")
    assert popped("k", "a") == other.taken()


@pytest.mark.parametrize("end", ["release", "close", "hung up"])
@pytest.mark.parametrize("line", ["BLPOP k 0", "BLMPOP 0 1 k LEFT COUNT 9", "BLMOVE k other LEFT LEFT 0"])
def test_who_leaves_takes_nothing(call: Session, line: str, end: str) -> None:
    leaving, staying = waiting(call, line), waiting(call, "BLPOP k 0")
    match end:
        case "release":
            release(call.engine, leaving.client)
        case "close":
            call.engine.clients.close(leaving.client, at_once=True)
        case _:
            leaving.client.connection.hung_up = True
    call("RPUSH k a b")
    assert (b"", popped("k", "a")) == (leaving.taken(), staying.taken())
    assert b"*1\r\n" + bulk("b") == call("LRANGE k 0 -1")


def test_who_waits_for_other_keys_is_not_run_again(call: Session) -> None:
    keys = " ".join(f"k{number}" for number in range(100))
    others = [waiting(call, f"BLPOP {keys} 0") for _ in range(20)]
    ran: list[bytes] = []
    call.engine.commands.usual[b"blpop"].handler = lambda _, key, *keys: ran.append(key)
    for line in ("RPUSH other a", "SET k7 text", "DEL k7"):
        call(line)
    assert [] == ran
    for other in others:
        release(call.engine, other.client)
    assert {} == call.engine.waiters.lines
