"""Sorted set commands that wait: who is served, with what, in which order, beside a real Redis where it is the same.

The oracle, a 7.0, serves a client with the key that became ready. 7.2 runs its command again, which begins with the first
of its keys; where that shows, the expectation is written here. What is true of every waiting command is tested in
`tests/engine/test_blocking.py`.
"""

import pytest

from bare_engine import ManualTime, Session
from crowd import Crowd, pass_by, waiting
from trioredis.engine.clients import Unusual
from trioredis.engine.lifecycle import release

LATE = b"*-1\r\n"
COMMANDS = pytest.mark.parametrize(
    "line", ["BZPOPMIN z", "BZPOPMAX a z", "BZMPOP 2 a z MIN", "BZMPOP 1 z MAX COUNT 2"]
)


def timed(line: str, timeout: object) -> str:
    """A command line with its timeout in its place."""
    name, _, rest = line.partition(" ")
    return f"{name} {timeout} {rest}" if name == "BZMPOP" else f"{line} {timeout}"


def popped(key: str, member: str, score: str) -> bytes:
    return b"*3\r\n" + b"".join(
        b"$%d\r\n%b\r\n" % (len(word), word.encode()) for word in (key, member, score)
    )


# --- beside a real Redis


@COMMANDS
@pytest.mark.parametrize(
    "makes",
    [
        "ZADD z 2 b 1 a 3 c",
        "ZINCRBY z 5 a",
        "ZUNIONSTORE z 1 s",
        "ZRANGESTORE z s 0 -1",
        "RENAME s z",
        "COPY s z",
    ],
)
def test_whatever_makes_a_sorted_set_is_the_answer(crowd: Crowd, line: str, makes: str) -> None:
    crowd.both("ZADD s 1 x 2.5 y 3 z")
    crowd.wait(timed(line, 0))
    crowd.both(makes)
    crowd.hear(0)
    crowd.both("ZRANGE z 0 -1 WITHSCORES")


def test_several_members_serve_several_clients_in_order(crowd: Crowd) -> None:
    for line in ("BZPOPMIN z 0", "BZPOPMAX z 0", "BZMPOP 0 1 z MIN COUNT 2", "BZPOPMIN z 0", "BZPOPMIN z 0"):
        crowd.wait(line)
    crowd.both("ZADD z 1 a 2 b 3 c 4 d 5 e")
    crowd.hear(0, 1, 2, 3)
    crowd.both("EXISTS z")
    crowd.both("ZADD z 1 a 2 b")
    crowd.hear(4)
    crowd.both("ZRANGE z 0 -1")


def test_what_is_no_sorted_set_serves_nobody(crowd: Crowd) -> None:
    crowd.wait("BZPOPMIN z 0")
    crowd.both.transcript("SET z x", "DEL z", "SADD z a", "DEL z", "ZADD other 1 a", "RENAME other z")
    crowd.hear(0)


def test_who_adds_finds_nothing_any_more(crowd: Crowd) -> None:
    crowd.wait("BZPOPMIN z 0")
    crowd.both("ZADD z 1 a")
    crowd.hear(0)
    crowd.both.transcript("EXISTS z", "ZPOPMIN z")


@COMMANDS
@pytest.mark.parametrize("reason", ["TIMEOUT", "ERROR"])
def test_somebody_else_can_end_the_wait(crowd: Crowd, line: str, reason: str) -> None:
    crowd.wait(timed(line, 0))
    listed = crowd.both.theirs.ask("CLIENT", "LIST")
    assert isinstance(listed, bytes)
    (theirs,) = (row.split()[0].removeprefix(b"id=") for row in listed.splitlines() if b" flags=b " in row)
    ours = crowd.members[0][0].client.id
    assert b":1\r\n" == crowd.both.ours("CLIENT", "UNBLOCK", ours, reason)
    assert b":1\r\n" == crowd.both.theirs.command("CLIENT", "UNBLOCK", theirs, reason)
    crowd.hear(0)


# --- what 7.2 does


def test_the_first_key_counts_and_not_the_one_that_was_touched_first(call: Session) -> None:
    other = waiting(call, "BZPOPMIN a b 0")
    call.client.unusual |= Unusual.IMPATIENT
    call("ZADD b 1 x")
    assert popped("b", "x", "1") == other.taken()


def test_a_key_before_it_that_is_no_sorted_set_is_an_error_by_then(call: Session) -> None:
    other = waiting(call, "BZPOPMIN a b 0")
    call("SET a text")
    assert b"" == other.taken()
    call("ZADD b 1 x")
    assert other.taken().startswith(b"-WRONGTYPE")
    assert b":1\r\n" == call("ZCARD b")


@COMMANDS
def test_a_fraction_of_a_second_is_enough(call: Session, manual_time: ManualTime, line: str) -> None:
    other = waiting(call, timed(line, "0.25"))
    pass_by(call, manual_time, 0.24)
    assert b"" == other.taken()
    pass_by(call, manual_time, 0.02)
    assert LATE == other.taken()
    call("ZADD z 1 a")
    assert b"" == other.taken()
    assert b":1\r\n" == call("ZCARD z")


@COMMANDS
@pytest.mark.parametrize("end", ["release", "hung up"])
def test_who_leaves_takes_nothing(call: Session, line: str, end: str) -> None:
    first, second = (waiting(call, timed(line, 0)) for _ in range(2))
    if end == "release":
        release(call.engine, first.client)
    else:
        first.client.connection.hung_up = True
    call("ZADD z 1 only")
    assert b"" == first.taken()
    assert b"only" in second.taken()


@COMMANDS
def test_where_nothing_may_wait_its_time_is_over(call: Session, line: str) -> None:
    call.client.unusual |= Unusual.IMPATIENT
    assert LATE == call(timed(line, 0))


def test_a_member_that_is_served_was_added_and_popped(call: Session) -> None:
    other = waiting(call, "BZPOPMAX z 0")
    call.announced()
    call("ZADD z 1 a")
    assert [(0, b"zadd", b"z")] == call.announced()
    assert [(0, b"zpopmax", b"z"), (0, b"del", b"z")] == other.announced()
