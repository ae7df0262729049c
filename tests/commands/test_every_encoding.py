"""What can be asked about any value is answered for a value in every encoding: OBJECT, MEMORY USAGE and DEBUG.

Where version 7.2 has an encoding that the oracle has not, that difference is looked up in `BEFORE`, and nothing else
may differ.
"""

import re
from collections.abc import Iterator

import pytest

from bare_engine import ManualTime, Session
from commands.every_encoding import BEFORE, MANY, VALUES
from side_by_side import Both
from trioredis.config.catalogue import find

EVERY_ENCODING = pytest.mark.parametrize(
    ("name", "encoding"), VALUES, ids=[b" ".join(pair).decode() for pair in VALUES]
)

DESCRIPTION = re.compile(
    rb"\+Value at:0x[0-9a-f]+ (refcount:\d+) encoding:(\w+) (serializedlength:\d+) lru:\d+ lru_seconds_idle:\d+(.*)\r\n"
)


def allow_debug(session: Session) -> Session:
    directive = find(b"enable-debug-command")
    assert directive is not None
    session.engine.config.assign(directive, [b"yes"])
    return session


@pytest.fixture
def both(both: Both) -> Both:
    allow_debug(both.ours)
    return both


def made(session: Session, name: bytes, encoding: bytes) -> Session:
    """The session, after it has made a value."""
    for line in VALUES[name, encoding]:
        assert not session(line).startswith(b"-")
    return session


@EVERY_ENCODING
def test_objects_have_an_encoding_references_and_no_frequency(
    call: Session, manual_time: ManualTime, name: bytes, encoding: bytes
) -> None:
    made(call, name, encoding)
    manual_time.pass_by(7)
    assert b"+%b\r\n" % name == call("TYPE k")
    assert b"$%d\r\n%b\r\n" % (len(encoding), encoding) == call("OBJECT ENCODING k")
    assert b":7\r\n" == call("OBJECT IDLETIME k")
    assert b"-ERR An LFU maxmemory policy is not selected" in call("OBJECT FREQ k")


@EVERY_ENCODING
def test_objects_are_those_of_redis(both: Both, name: bytes, encoding: bytes) -> None:
    both.transcript(
        *VALUES[name, encoding], "TYPE k", "OBJECT REFCOUNT k", "OBJECT FREQ k", "DEBUG DIGEST-VALUE k"
    )
    assert BEFORE.get((name, encoding), encoding) == both.theirs.ask("OBJECT", "ENCODING", "k")


@EVERY_ENCODING
def test_debug_describes_an_object_as_redis_does(both: Both, name: bytes, encoding: bytes) -> None:
    both.transcript(*VALUES[name, encoding])
    ours, theirs = (
        DESCRIPTION.fullmatch(both.ours("DEBUG OBJECT k")),
        DESCRIPTION.fullmatch(both.theirs.command("DEBUG", "OBJECT", "k")),
    )
    assert ours
    assert theirs
    assert (theirs[1], theirs[3]) == (ours[1], ours[3])
    assert (BEFORE.get((name, encoding), encoding), encoding) == (theirs[2], ours[2])
    assert (theirs[4] if encoding == theirs[2] else b"") == ours[4]


@EVERY_ENCODING
def test_nothing_that_is_asked_about_a_value_changes_it(call: Session, name: bytes, encoding: bytes) -> None:
    made(allow_debug(call), name, encoding)
    before = call("DEBUG DIGEST")
    for question in ("TYPE k", "OBJECT ENCODING k", "MEMORY USAGE k SAMPLES 0", "DEBUG OBJECT k"):
        call(question)
    assert before == call("DEBUG DIGEST")


# --- MEMORY USAGE


def usage(call: Session, *options: object) -> int:
    return int(call(b"MEMORY", b"USAGE", b"k", *(str(option) for option in options))[1:])


@EVERY_ENCODING
def test_memory_is_told_from_any_number_of_samples(call: Session, name: bytes, encoding: bytes) -> None:
    made(call, name, encoding)
    longest = max(len(line) for line in VALUES[name, encoding])
    for samples in (0, 1, 5, 2**63 - 1):
        assert 60 < usage(call, "SAMPLES", samples) < 1000 + 50 * longest


@pytest.mark.parametrize(
    ("make", "grow"),
    [
        ("RPUSH k", "{0}"),
        ("SADD k", "member{0}"),
        ("HSET k", "field{0} {0}"),
        ("ZADD k", "{0} member{0}"),
        ("XADD k *", "{0} {0}"),
    ],
)
def test_more_elements_take_more_memory(call: Session, make: str, grow: str) -> None:
    few = " ".join(grow.format(number) for number in MANY[:10])
    many = " ".join(grow.format(number) for number in MANY)
    call(f"{make} {few}")
    before = usage(call)
    call("DEL k")
    call(f"{make} {many}")
    assert usage(call) > before + 2 * len(MANY)
    assert usage(call, "SAMPLES", 0) > before + 2 * len(MANY)


# --- lists


@pytest.fixture
def sizing(both: Both) -> Iterator[Both]:
    yield both
    both.theirs.command("CONFIG", "SET", "list-max-listpack-size", -2)


@pytest.mark.parametrize("setting", [1, 5, 100, 40_000, -1, -2, -3, -4, -5, -7])
def test_debug_tells_of_the_nodes_of_a_list_as_redis_does(sizing: Both, setting: int) -> None:
    sizing("CONFIG", "SET", "list-max-listpack-size", setting)
    sizing("RPUSH", "k", *[b"%d" % (number * number) for number in range(30_000)])
    sizing("CONFIG", "SET", "list-max-listpack-size", -2)
    sizing("RPUSH", "k", "one more")
    ours, theirs = (
        DESCRIPTION.fullmatch(sizing.ours("DEBUG OBJECT k")),
        DESCRIPTION.fullmatch(sizing.theirs.command("DEBUG", "OBJECT", "k")),
    )
    assert ours
    assert theirs
    assert theirs[4] == ours[4]


# --- copies

CHANGES: dict[bytes, list[str]] = {
    b"string": ["APPEND k x", "SETBIT k 7 1", "SETRANGE k 3 q", "BITFIELD k INCRBY u8 0 3"],
    b"list": [
        "LSET k 1 q",
        "LINSERT k AFTER q r",
        "LREM k 0 3",
        "RPOPLPUSH k k",
        "LPUSH k x",
        "LPOP k 2",
        "LTRIM k 1 -2",
    ],
    b"set": [
        "SADD k new",
        "SREM k a",
        "SMOVE k other b",
        "SUNIONSTORE k k other",
        "SPOP k",
        "SADD k 7",
        "SREM k 7 3",
    ],
    b"hash": ["HSET k a 9 new 1", "HINCRBY k a 2", "HINCRBYFLOAT k a 0.5", "HSETNX k more 1", "HDEL k b new"],
    b"zset": [
        "ZADD k 5 a 7 new",
        "ZINCRBY k 3 a",
        "SORT k ALPHA",
        "ZPOPMIN k",
        "ZREM k new",
        "ZREMRANGEBYRANK k 0 0",
    ],
    b"stream": [
        *(
            "XADD k 9-1 name value",
            "XDEL k 2-1",
            "XREADGROUP GROUP readers c STREAMS k >",
            "XTRIM k MAXLEN 2",
        ),
        *("XACK k readers 9-1", "XCLAIM k readers d 0 2-2", "XAUTOCLAIM k readers e 0 -", "XSETID k 10-1"),
        *("XGROUP SETID k readers 1", "XGROUP DELCONSUMER k readers e", "XGROUP CREATE k writers 0"),
    ],
}


def facts(call: Session, key: str, name: bytes) -> list[bytes]:
    """All that can be told of a value."""
    told = [call("DEBUG", "DIGEST-VALUE", key), call("OBJECT", "ENCODING", key)]
    return [*told, call("XINFO", "STREAM", key, "FULL", "COUNT", "0")] if name == b"stream" else told


@EVERY_ENCODING
def test_a_copy_and_its_original_go_their_own_ways(call: Session, name: bytes, encoding: bytes) -> None:
    made(allow_debug(call), name, encoding)
    for number, line in enumerate(CHANGES[name]):
        call(f"COPY k {number}")
        before, copy = facts(call, "k", name), facts(call, str(number), name)
        assert before == copy
        call(line)
        assert copy == facts(call, str(number), name)
        kept = facts(call, "k", name)
        call(line.replace(" k", f" {number}"))
        assert kept == facts(call, "k", name)
        call("DEL", str(number))
        assert kept == facts(call, "k", name)
