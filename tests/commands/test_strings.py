"""String commands: replies and announcements beside a real Redis, and what only the engine shows."""

import pytest

from bare_engine import ManualTime, Session
from side_by_side import Both

OK = b"+OK\r\n"
FAR = 4_000_000_000
"""A Unix time in seconds at which nobody runs these tests any more."""

EDGES = [
    b"0", b"-1", b"9223372036854775807", b"-9223372036854775808", b"9223372036854775808", b"1_0", b" 1", b"+1",
    b"1e3", "٣".encode(), b"-0", b"01", b"", b"x", b"1.5", b"1\x00",
]  # fmt: skip


# --- SET


@pytest.mark.parametrize("before", ["GETDEL k", "SET k old", f"SET k old PXAT {FAR}123"])
@pytest.mark.parametrize(
    "options",
    [
        "",
        "NX",
        "XX",
        "nx nx",
        "GET",
        "NX GET",
        "XX get",
        "EX 100",
        "Ex 100 eX 200",
        "PX 100000",
        f"EXAT {FAR}",
        f"PXAT {FAR}001",
        "KEEPTTL",
        "KEEPTTL XX GET",
        f"XX PXAT {FAR}001 GET",
        f"NX GET PXAT {FAR}001",
        "EXAT 1",
        "NX XX",
        "XX NX",
        "EX",
        "EX 1 PX 1",
        "EX 1 KEEPTTL",
        "KEEPTTL PXAT 1",
        "PERSIST",
        "EX ten NOPE",
        "EX 0",
        "EX -1",
        "PX 9223372036854775807",
        "EX 9223372036854775",
        "EX 9223372036854776",
        "EXAT 9223372036854776",
        "EXAT 9223372036854775",
        "PXAT 9223372036854775807",
    ],
)
def test_set_takes_every_option(both: Both, before: str, options: str) -> None:
    both(before)
    both.events(f"SET k new {options}")
    both("GET k")


def test_set_ends_a_time_to_live_unless_told_to_keep_it(call: Session, manual_time: ManualTime) -> None:
    call("SET kept a PX 5000")
    call("SET kept b KEEPTTL")
    call("SET ended a PX 5000")
    call("SET ended b")
    manual_time.pass_by(5.001)
    assert b"$-1\r\n" == call("GET kept")
    assert b"$1\r\nb\r\n" == call("GET ended")


@pytest.mark.parametrize(
    "line",
    ["SET k v EX 10", "SET k v PX 10000", "SETEX k 10 v", "PSETEX k 10000 v", "SET k v EXAT 1700000010"],
)
def test_a_string_is_there_up_to_its_last_millisecond(
    call: Session, manual_time: ManualTime, line: str
) -> None:
    assert OK == call(line)
    manual_time.pass_by(10)
    assert b"$1\r\nv\r\n" == call("GET k")
    manual_time.pass_by(0.001)
    assert b"$-1\r\n" == call("GET k")


@pytest.mark.parametrize("name", ["SETEX", "PSETEX"])
@pytest.mark.parametrize("time", ["1000", "0", "-1", "x", "9223372036854775807", "9223372036854776"])
def test_setex_refuses_what_is_no_time(both: Both, name: str, time: str) -> None:
    both.events(f"{name} k {time} v")
    both("GET k")


def test_setnx_sets_once(both: Both) -> None:
    assert [(0, b"set", b"k")] == both.events("SETNX k 1")
    assert [] == both.events("SETNX k 2")
    both("GET k")


@pytest.mark.parametrize("name", ["MSET", "MSETNX"])
def test_mset_sets_all(both: Both, name: str) -> None:
    assert [(0, b"set", b"a"), (0, b"set", b"b"), (0, b"set", b"a")] == both.events(f"{name} a 1 b 2 a 3")
    both("MGET a b c")
    both(f"{name} a 1 b")


def test_msetnx_sets_all_or_none(both: Both) -> None:
    both("SET b old")
    assert [] == both.events("MSETNX a 1 b 2")
    both("MGET a b")


# --- GET and its kin


def test_mget_shows_other_types_as_missing(call: Session) -> None:
    call("SET a 1")
    call("INCR a")
    call.engine.keyspace[0].write(b"other", object())
    assert b"*3\r\n$1\r\n2\r\n$-1\r\n$-1\r\n" == call("MGET a other none")


@pytest.mark.parametrize(
    "line",
    [
        "GET k", "GETSET k v", "GETDEL k", "GETEX k", "STRLEN k", "GETRANGE k 0 1", "SUBSTR k 0 1", "APPEND k v",
        "SETRANGE k 0 v", "INCR k", "DECR k", "INCRBY k 1", "DECRBY k 1", "INCRBYFLOAT k 1",
        "SET k v GET", "SET k v NX GET",
    ],
)  # fmt: skip
def test_another_type_is_the_wrong_one(call: Session, line: str) -> None:
    call.engine.keyspace[0].write(b"k", other := object())
    assert b"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n" == call(line)
    assert other is call.engine.keyspace[0].peek(b"k")


@pytest.mark.parametrize("line", ["SET k v", "SETEX k 1 v", "MSET k v"])
def test_storing_asks_for_no_type(call: Session, line: str) -> None:
    call.engine.keyspace[0].write(b"k", object())
    assert OK == call(line)


def test_getset_and_getdel_return_what_was_there(both: Both) -> None:
    assert [(0, b"set", b"k")] == both.events("GETSET k 1")
    assert [(0, b"set", b"k")] == both.events("GETSET k 2")
    assert [(0, b"del", b"k")] == both.events("GETDEL k")
    assert [] == both.events("GETDEL k")


def test_getset_ends_a_time_to_live(call: Session, manual_time: ManualTime) -> None:
    call("SETEX k 10 a")
    call("GETSET k b")
    manual_time.pass_by(11)
    assert b"$1\r\nb\r\n" == call("GET k")


@pytest.mark.parametrize("before", ["GETDEL k", "SET k v", "SETEX k 1000 v"])
@pytest.mark.parametrize(
    "options",
    [
        "",
        "EX 100",
        "PX 100000",
        f"EXAT {FAR}",
        f"PXAT {FAR}001",
        "PERSIST",
        "EXAT 1",
        "PXAT 1",
        "EX 0",
        "PX -1",
        "PX x",
        "EX 9223372036854775807",
        "KEEPTTL",
        "NX",
        "EX 1 PERSIST",
        "PERSIST PX 1",
        "EX",
    ],
)
def test_getex_changes_the_time_to_live(both: Both, before: str, options: str) -> None:
    both(before)
    both.events(f"GETEX k {options}")
    both("GET k")


@pytest.mark.parametrize("value", [b"", b"a", b"hello", b"\x00\xff" * 40, b"1234"])
def test_ranges_are_cut_as_in_redis(both: Both, value: bytes) -> None:
    both("SET", "k", value)
    both("STRLEN k")
    for start in (0, 1, -1, -3, 5, 9, -100, 2**63 - 1, -(2**63)):
        for end in (0, 1, -1, -3, 4, 80, -100, 2**63 - 1, -(2**63)):
            both(f"GETRANGE k {start} {end}")


def test_a_range_of_nothing_is_empty(both: Both) -> None:
    both.transcript("GETRANGE k 0 -1", "SUBSTR k 0 1", "STRLEN k", "GETRANGE k x 1", "SUBSTR k 0 y")
    both.transcript("SET k 5", "INCR k", "SUBSTR k 0 0", "GETRANGE k -1 -1", "STRLEN k")


# --- counting


@pytest.mark.parametrize("value", EDGES)
def test_only_canonical_integers_count(both: Both, value: bytes) -> None:
    for name in ("INCR", "DECR"):
        both("SET", "k", value)
        both.events(name, "k")
        both("GET k")
    for name in ("INCRBY", "DECRBY"):
        both("GETDEL k")
        both.events(name, "k", value)
        both(name, "k", value)
        both("GET k")


def test_an_error_leaves_the_number_alone(both: Both) -> None:
    both.transcript("SET k 9223372036854775807", "INCR k", "INCRBY k 1", "DECRBY k -1", "GET k")
    both.transcript(
        "SET k -9223372036854775808", "DECR k", "DECRBY k 1", "DECRBY k -9223372036854775808", "GET k"
    )


def test_counting_keeps_the_time_to_live(call: Session, manual_time: ManualTime) -> None:
    for line in ("SETEX k 10 1", "INCR k", "INCRBYFLOAT k 0.5", "APPEND k 0", "SETRANGE k 0 2"):
        call(line)
    assert b"$4\r\n2.50\r\n" == call("GET k")
    manual_time.pass_by(10.001)
    assert b"$-1\r\n" == call("GET k")


@pytest.mark.parametrize(
    "value", [*EDGES, b"inf", b"-inf", b"nan", b"1e4000", b"1e5000", b"0x10", b"3.0e3", b".5"]
)
@pytest.mark.parametrize("increment", [b"0.1", b"1", b"-1e-5"])
def test_incrbyfloat_adds_as_redis_does(both: Both, value: bytes, increment: bytes) -> None:
    both("SET", "k", value)
    both.events("INCRBYFLOAT", "k", increment)
    both("GET k")
    both("GETDEL k")
    both.events("INCRBYFLOAT", "k", value)
    both("INCRBYFLOAT", "k", increment)


def test_what_was_a_float_counts_when_it_is_an_integer(both: Both) -> None:
    both.transcript(
        "INCRBYFLOAT k 1.5", "INCRBYFLOAT k 1.5", "INCR k", "INCRBYFLOAT k 1", "APPEND k 7", "INCR k"
    )


# --- growing


def test_append_creates_and_grows(both: Both) -> None:
    for line in ("APPEND k 1", "APPEND k 2", "INCR k", "APPEND k abc"):
        both.events(line)
        both("GET k")
    assert [(0, b"append", b"k")] == both.events("APPEND", "k", "")
    assert [(0, b"append", b"e")] == both.events("APPEND", "e", "")
    both("GET e")


def test_what_was_read_does_not_change_with_the_string(call: Session) -> None:
    call("APPEND k a")
    call("APPEND k b")
    before = call.engine.commands.usual[b"GET"].handler(call.context, b"k")
    call("APPEND k c")
    call("SETRANGE k 0 x")
    assert b"ab" == before


@pytest.mark.parametrize("offset", [b"0", b"2", b"7", b"-1", b"x", b"9223372036854775807", b"536870911"])
@pytest.mark.parametrize("patch", [b"", b"AB"])
def test_setrange_fills_gaps_with_zeros(both: Both, offset: bytes, patch: bytes) -> None:
    for before in (["GETDEL", "k"], ["SET", "k", "hello"], ["SET", "k", "12"]):
        both(*before)
        both.events("SETRANGE", "k", offset, patch)
        both("GET k")


def test_no_string_outgrows_the_limit(both: Both) -> None:
    both("CONFIG SET proto-max-bulk-len 1048576")
    both("SETRANGE k 1048575 x")
    both("SETRANGE k 1048575 xy")
    both("APPEND k x")
    both("SETRANGE k 1048576 x")
    both("STRLEN k")
    both("LCS k k LEN")
    both("CONFIG SET proto-max-bulk-len 512mb")


# --- LCS


@pytest.mark.parametrize(
    "options",
    [
        "", "LEN", "IDX", "IDX WITHMATCHLEN", "idx minmatchlen 4 withmatchlen", "IDX MINMATCHLEN -1", "LEN IDX",
        "MINMATCHLEN", "MINMATCHLEN x NOPE", "NOPE", "WITHMATCHLEN", "LEN MINMATCHLEN 3", "IDX MINMATCHLEN 0",
    ],
)  # fmt: skip
def test_lcs_takes_every_option(both: Both, options: str) -> None:
    both.transcript("SET a ohmytext", "SET b mynewtext", "SET n 5", "INCR n")
    for keys in ("a b", "b a", "a none", "none none", "a a", "n n"):
        both(f"LCS {keys} {options}")


def test_lcs_has_an_error_of_its_own_for_another_type(call: Session) -> None:
    call.engine.keyspace[0].write(b"other", object())
    for line in ("LCS other k", "LCS k other LEN IDX"):
        assert b"-ERR The specified keys must contain string values\r\n" == call(line)


# --- what the engine counts


def test_reading_counts_hits_and_misses_and_changing_does_not(call: Session) -> None:
    stats = call.engine.keyspace.stats
    for line in (
        "SET k 1",
        "INCR k",
        "APPEND k 2",
        "SETRANGE k 0 3",
        "SET k 4 NX",
        "SETNX k 5",
        "MSETNX k 1",
    ):
        call(line)
    assert (0, 0) == (stats.hits, stats.misses)
    for line in (
        "GET k",
        "STRLEN k",
        "GETRANGE k 0 0",
        "MGET k none",
        "GETEX k",
        "SET k 5 GET",
        "GETSET k 6",
    ):
        call(line)
    assert (7, 1) == (stats.hits, stats.misses)
    call("LCS k none")
    call("GETDEL k")
    assert (9, 2) == (stats.hits, stats.misses)


def test_a_change_counts_once_whatever_is_announced(call: Session) -> None:
    call("SET k v EX 10")
    assert 1 == call.engine.stats.dirty
    call("MSET a 1 b 2")
    assert 3 == call.engine.stats.dirty
