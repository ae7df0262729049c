"""EXPIRE, TTL and their kin: replies and announcements beside a real Redis, deadlines on a clock of our own."""

import pytest

from bare_engine import ManualTime, Session
from side_by_side import Both

FAR = 4_000_000_000
"""A Unix time in seconds at which nobody runs these tests any more."""

SETTERS = ["EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"]
GETTERS = ["TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"]
EDGES = [
    "0", "-1", "100000", "-0", "01", "+1", "1_0", "1e3", "1.5", "x", "٣", "9223372036854775807", "-9223372036854775808",
    "9223372036854775808", "9223372036854775", "9223372036854776", "-9223372036854775", "-9223372036854776",
]  # fmt: skip


@pytest.mark.parametrize("number", EDGES)
@pytest.mark.parametrize("name", SETTERS)
def test_numbers_are_read_as_redis_reads_them(both: Both, name: str, number: str) -> None:
    both("SET k x")
    both.events(f"{name} k {number}")
    both.events(f"{name} nope {number}")
    both("EXISTS k")
    if name.endswith("AT"):
        both.transcript("EXPIRETIME k", "PEXPIRETIME k")


@pytest.mark.parametrize("name", ["EXPIREAT", "PEXPIREAT"])
@pytest.mark.parametrize("before", ["PERSIST k", f"PEXPIREAT k {FAR}500"])
@pytest.mark.parametrize("seconds", [1, FAR - 1, FAR, FAR + 1])
@pytest.mark.parametrize("conditions", ["", "NX", "XX", "GT", "LT", "XX GT", "LT xx", "gt GT"])
def test_conditions_hold_as_in_redis(
    both: Both, name: str, before: str, seconds: int, conditions: str
) -> None:
    time = seconds if name == "EXPIREAT" else 1000 * seconds + 500
    both.transcript("SET k x", before)
    both.events(f"{name} k {time} {conditions}")
    both.transcript("PEXPIRETIME k", "EXISTS k", f"{name} nope {time} {conditions}")


@pytest.mark.parametrize("name", SETTERS)
@pytest.mark.parametrize(
    "arguments",
    [
        "k",
        "k 10 NX XX",
        "k 10 XX NX",
        "k 10 NX GT",
        "k 10 NX LT",
        "k 10 GT LT",
        "k 10 NX GT LT",
        "k 10 XX GT LT",
        "k 10 NOPE",
        "k 10 nope NOPE",
        "k 10 NX NOPE XX",
        "k x NOPE",
        "k x NX XX",
        "nope 10 NOPE",
        "nope x",
    ],
)
def test_what_makes_no_sense_is_refused_in_the_same_order(both: Both, name: str, arguments: str) -> None:
    both("SET k x")
    both(f"{name} {arguments}")
    both("TTL k")


@pytest.mark.parametrize("line", ["EXPIRE k 0", "PEXPIRE k -1", "EXPIREAT k 1700000000", "PEXPIREAT k 1"])
def test_a_time_that_is_over_deletes_the_key_at_once(call: Session, line: str) -> None:
    call("SET k x")
    assert b":1\r\n" == call(line)
    assert [(0, b"set", b"k"), (0, b"del", b"k")] == call.announced()
    assert b":0\r\n" == call("DBSIZE")


@pytest.mark.parametrize(
    "line", ["EXPIRE k 10", "PEXPIRE k 10000", "EXPIREAT k 1700000010", "PEXPIREAT k 1700000010000"]
)
def test_a_key_lives_through_its_last_millisecond(call: Session, manual_time: ManualTime, line: str) -> None:
    call("SET k x")
    assert b":1\r\n" == call(line)
    assert [b":10\r\n", b":10000\r\n", b":1700000010\r\n", b":1700000010000\r\n"] == [
        call(f"{name} k") for name in GETTERS
    ]
    manual_time.pass_by(10)
    assert [b":0\r\n", b":0\r\n"] == [call(f"{name} k") for name in GETTERS[:2]]
    assert b":1\r\n" == call("EXISTS k")
    manual_time.pass_by(0.001)
    assert [b":-2\r\n"] * 4 == [call(f"{name} k") for name in GETTERS]


def test_seconds_are_rounded(call: Session) -> None:
    call("SET k x")
    for milliseconds, seconds in [(1499, 1), (1500, 2), (499, 0), (500, 1)]:
        call(f"PEXPIRE k {milliseconds}")
        assert b":%d\r\n" % seconds == call("TTL k")
        assert b":%d\r\n" % (1_700_000_000 + seconds) == call("EXPIRETIME k")


@pytest.mark.parametrize("name", GETTERS)
def test_keys_without_a_deadline_and_missing_keys_are_told_apart(both: Both, name: str) -> None:
    both.transcript("SET k x", f"{name} k", f"{name} nope", name, f"{name} k k")


def test_persist_takes_the_deadline_away(both: Both) -> None:
    both.transcript("SET k x", "EXPIRE k 100")
    assert [(0, b"persist", b"k")] == both.events("PERSIST k")
    assert [] == both.events("PERSIST k")
    assert [] == both.events("PERSIST nope")
    both.transcript("TTL k", "PERSIST")


def test_a_key_that_is_over_cannot_be_saved(call: Session, manual_time: ManualTime) -> None:
    call("SET k x PX 10")
    manual_time.pass_by(1)
    assert b":0\r\n" == call("PERSIST k")
    call("SET k x PX 10")
    manual_time.pass_by(1)
    assert b":0\r\n" == call("EXPIRE k 100")
