"""Bitmap commands: replies and announcements beside a real Redis, and what only the engine shows."""

import pytest

from bare_engine import Session
from side_by_side import Both

EDGES = [
    "0",
    "1",
    "7",
    "8",
    "-1",
    "-9",
    "23",
    "24",
    "100",
    "-100",
    str(2**63 - 1),
    str(-(2**63)),
    str(2**63),
    "x",
]
VALUES = [b"", b"\x00", b"\xff\xff\xff", b"\x00\x00\x00", b"\x01\x80\x10", b"foobar", b"123"]


# --- the examples of the documentation


def test_documented_examples_of_single_bits(both: Both) -> None:
    both.transcript("SETBIT mykey 7 1", "GETBIT mykey 0", "GETBIT mykey 7", "GETBIT mykey 100")
    both.transcript("SETBIT mykey 7 0", "GET mykey")
    for offset in (2, 3, 5, 10, 11, 14):
        both(f"SETBIT bitmapsarestrings {offset} 1")
    both("GET bitmapsarestrings")


def test_documented_examples_of_ranges(both: Both) -> None:
    both.transcript("SET mykey foobar", "BITCOUNT mykey", "BITCOUNT mykey 0 0", "BITCOUNT mykey 1 1")
    both.transcript("BITCOUNT mykey 1 1 BYTE", "BITCOUNT mykey 5 30 BIT")
    both("SET", "mykey", b"\xff\xf0\x00")
    both("BITPOS mykey 0")
    both("SET", "mykey", b"\x00\xff\xf0")
    both.transcript(
        "BITPOS mykey 1 0", "BITPOS mykey 1 2", "BITPOS mykey 1 2 -1 BYTE", "BITPOS mykey 1 7 15 BIT"
    )
    both("SET", "mykey", b"\x00\x00\x00")
    both.transcript("BITPOS mykey 1", "BITPOS mykey 1 7 -3 BIT")


def test_documented_example_of_whole_strings(both: Both) -> None:
    both.transcript("SET key1 foobar", "SET key2 abcdef", "BITOP AND dest key1 key2", "GET dest")


# --- SETBIT and GETBIT


@pytest.mark.parametrize(
    "before", [["DEL", "k"], ["SET", "k", b"\x01\x80"], ["SET", "k", "12"], ["SETEX", "k", "900", ""]]
)
@pytest.mark.parametrize("offset", [0, 7, 8, 9, 300])
def test_a_bit_is_set_and_announced_only_if_that_changes_something(
    both: Both, before: list[bytes | str], offset: int
) -> None:
    both(*before)
    for bit in (0, 1, 1, 0):
        both.events(f"SETBIT k {offset} {bit}")
        both.transcript(f"GETBIT k {offset}", "GET k", "OBJECT ENCODING k")
    both("TTL k")


@pytest.mark.parametrize("offset", ["-1", "4294967296", "x", "", "#1", str(2**63 - 1), str(2**63), "1 "])
def test_a_bit_has_its_place_in_a_string_as_long_as_may_be(both: Both, offset: str) -> None:
    for key in ("k", "none"):
        both("SETBIT", "k", 0, 1)
        both("SETBIT", key, offset, 1)
        both("SETBIT", key, offset, "x")
        both("GETBIT", key, offset)
        both("GET", key)


def test_the_limit_is_the_one_of_strings(both: Both) -> None:
    both("CONFIG SET proto-max-bulk-len 1mb")
    both.transcript("SETBIT k 8388607 1", "SETBIT k 8388608 1", "GETBIT k 8388608", "STRLEN k")
    both.transcript("BITFIELD k SET u8 8388607 255", "BITFIELD k SET u8 8388608 255", "STRLEN k")
    both("CONFIG SET proto-max-bulk-len 512mb")


@pytest.mark.parametrize("bit", ["2", "-1", "x", "", "01", str(2**64)])
def test_a_bit_is_zero_or_one(both: Both, bit: str) -> None:
    both("SETBIT", "k", 0, bit)
    both("BITPOS", "k", bit)
    both("GET k")


def test_a_bit_of_a_large_value_is_set_in_place(call: Session) -> None:
    call("SETBIT", "k", 8 * 10**6, 1)
    value = call.engine.keyspace[0].peek(b"k")
    for line in ("SETBIT k 5 1", "SETBIT k 8000100 1", "BITFIELD k SET u8 #7 9 INCRBY u8 #900000 1"):
        call(line)
        assert value is call.engine.keyspace[0].peek(b"k")
    call("COPY k copy")
    call("SETBIT k 5 0")
    assert b":1\r\n" == call("GETBIT copy 5")


# --- BITCOUNT and BITPOS


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("unit", ["", " BYTE", " bit", " NOPE", " BIT x"])
def test_ranges_are_those_of_redis(both: Both, value: bytes, unit: str) -> None:
    both("SET", "k", value)
    for start in EDGES:
        for end in EDGES:
            for line in ("BITCOUNT k", "BITPOS k 0", "BITPOS k 1"):
                both(f"{line} {start} {end}{unit}")


@pytest.mark.parametrize("value", VALUES)
def test_a_range_may_be_left_open(both: Both, value: bytes) -> None:
    both("SET", "k", value)
    both.transcript("BITCOUNT k", "BITCOUNT k 0", "BITPOS k 0", "BITPOS k 1")
    for start in EDGES:
        both.transcript(f"BITPOS k 0 {start}", f"BITPOS k 1 {start}")


@pytest.mark.parametrize("rest", ["", " 0", " x", " 0 -1", " 0 1 NOPE", " 0 1 BIT 2", " 5 10"])
def test_nothing_is_found_where_there_is_no_key(both: Both, rest: str) -> None:
    both.transcript(f"BITCOUNT k{rest}", f"BITPOS k 0{rest}", f"BITPOS k 1{rest}", f"BITPOS k 2{rest}")


# --- BITOP


@pytest.mark.parametrize("operation", ["AND", "or", "Xor", "NOT", "NOPE"])
def test_strings_are_combined(both: Both, operation: str) -> None:
    both("SET", "a", b"\x0f\xf0\x55")
    both("SET", "b", b"\x33" * 300)
    both.transcript("SET n 12", "INCR n", "SETEX d 900 old")
    for keys in ("a", "n", "none", "a b", "a b n", "a none", "none none", "a d"):
        both.events(f"BITOP {operation} d {keys}")
        both.transcript("GET d", "OBJECT ENCODING d", "TTL d", "SETEX d 900 old")


def test_the_result_may_go_where_it_comes_from(both: Both) -> None:
    both.transcript("SET a abc", "SETBIT a 30 1", "BITOP NOT a a", "GET a", "BITOP OR a a a", "GET a")


# --- any


@pytest.mark.parametrize(
    "line",
    [
        "GETBIT k 0", "SETBIT k 0 1", "BITCOUNT k", "BITCOUNT k 0", "BITPOS k 0", "BITPOS k 1 x", "BITOP AND d k",
        "BITOP NOT d k", "BITFIELD k", "BITFIELD k GET u8 0", "BITFIELD k SET u8 0 1", "BITFIELD_RO k GET u8 0",
    ],
)  # fmt: skip
def test_another_type_is_the_wrong_one(call: Session, line: str) -> None:
    call.engine.keyspace[0].write(b"k", other := object())
    assert b"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n" == call(line)
    assert other is call.engine.keyspace[0].peek(b"k")


def test_reading_counts_hits_and_misses_and_changing_does_not(call: Session) -> None:
    stats = call.engine.keyspace.stats
    call("SETBIT k 0 1")
    call("BITFIELD k SET u8 0 7 GET u8 0")
    assert (0, 0) == (stats.hits, stats.misses)
    for line in (
        "GETBIT k 0",
        "BITCOUNT k",
        "BITPOS k 1",
        "BITOP OR d k none",
        "BITFIELD k GET u8 0",
        "BITFIELD_RO k",
    ):
        call(line)
    assert (6, 1) == (stats.hits, stats.misses)
