"""BITFIELD: replies and announcements beside a real Redis."""

import pytest

from side_by_side import Both


def test_documented_examples(both: Both) -> None:
    both.transcript("BITFIELD mykey INCRBY i5 100 1 GET u4 0", "GET mykey")
    both.transcript("BITFIELD mystring SET i8 #0 100 SET i8 #1 200", "GET mystring", "DEL mykey")
    for _ in range(4):
        both("BITFIELD mykey incrby u2 100 1 OVERFLOW SAT incrby u2 102 1")
    both("BITFIELD mykey OVERFLOW FAIL incrby u2 102 1")
    both.transcript("SET hello Hello", "BITFIELD_RO hello GET i8 16")


@pytest.mark.parametrize("overflow", ["WRAP", "SAT", "FAIL"])
@pytest.mark.parametrize("encoding", ["u1", "i1", "u2", "i7", "u8", "i8", "u33", "i63", "u63", "i64"])
def test_numbers_overflow_as_in_redis(both: Both, overflow: str, encoding: str) -> None:
    numbers = [
        0,
        1,
        -1,
        127,
        128,
        -128,
        -129,
        255,
        256,
        2**33,
        2**62,
        -(2**62),
        2**63 - 1,
        -(2**63),
        127 - 2**63,
        128 - 2**63,
    ]
    for number in numbers:
        both.events(f"BITFIELD k OVERFLOW {overflow} SET {encoding} 3 {number}")
        both("GET k")
        for increment in numbers:
            both(f"BITFIELD k OVERFLOW {overflow} INCRBY {encoding} 3 {increment} GET {encoding} 3 GET u9 1")
    both("OBJECT ENCODING k")


@pytest.mark.parametrize(
    "encoding",
    ["u0", "i0", "u64", "i65", "u-1", "u", "i", "8", "", "x8", "U8", "u08", "u8x", "u8\0x", "u 8", "i64\0"],
)
def test_an_encoding_is_a_sign_and_a_width(both: Both, encoding: str) -> None:
    for line in (
        ["GET", encoding, "0"],
        ["SET", encoding, "0", "1"],
        ["GET", "u8", "x", "GET", encoding, "0"],
    ):
        both("BITFIELD", "k", *line)
    both("GET k")


@pytest.mark.parametrize(
    "offset",
    [
        "0", "#0", "3", "#3", "#-1", "-1", "#", "##1", "#x", "x", "", "4294967295", "4294967296", "#536870912",
        "#67108863", f"#{2**63 - 1}", f"#{-(2**63)}", f"#{2**61}", f"#{2**63}", str(2**63 - 1),
    ],
)  # fmt: skip
def test_an_offset_counts_bits_or_with_a_hash_integers(both: Both, offset: str) -> None:
    both("SET", "k", "some text")
    for encoding in ("u1", "u2", "u8", "i5", "u63", "i64"):
        both("BITFIELD", "k", "GET", encoding, offset)
        both("BITFIELD_RO", "k", "GET", encoding, offset)
    if len(offset) < 4 or len(offset) > 15:
        for encoding in ("u2", "u8", "i5", "i64"):
            both("BITFIELD", "k", "SET", encoding, offset, "1")
            both("GET k")


@pytest.mark.parametrize(
    "words",
    [
        "", "GET", "GET u8", "SET u8 0", "INCRBY u8 0", "OVERFLOW", "OVERFLOW NOPE", "OVERFLOW SAT", "NOPE",
        "GET u8 0 NOPE", "SET u8 0 x", "SET u8 0 9223372036854775808", "overflow fail get u8 0 Get i8 #1",
        "OVERFLOW NOPE NOPE", "SET u8 0 1 SET u8 0", "SET u99 0 x", "SET u8 x x", "GET u8 0 SET u8 8 1 GET u8 8",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["DEL k", "SET k 12", "SETRANGE k 0 text"])
def test_a_call_is_checked_before_anything_is_done(both: Both, words: str, before: str) -> None:
    both(before)
    both.events(f"BITFIELD k {words}")
    both.transcript("EXISTS k", "GET k")
    both(f"BITFIELD_RO k {words}")


def test_what_is_written_is_announced_once_and_only_if_it_is_new(both: Both) -> None:
    assert [(0, b"setbit", b"k")] == both.events("BITFIELD k SET u8 0 0")
    assert [] == both.events("BITFIELD k SET u8 0 0 INCRBY u8 0 0")
    assert [(0, b"setbit", b"k")] == both.events("BITFIELD k SET u8 0 1 SET u8 8 2 GET u8 0")
    assert [(0, b"setbit", b"k")] == both.events("BITFIELD k SET u8 100 0")


def test_a_call_that_fails_makes_room_all_the_same_and_tells_nobody(both: Both) -> None:
    assert [] == both.events("BITFIELD k OVERFLOW FAIL SET u8 8 256")
    both.transcript("GET k", "TYPE k")
    assert [] == both.events("BITFIELD k OVERFLOW FAIL INCRBY u8 80 300 GET u8 80")
    both("STRLEN k")


@pytest.mark.parametrize(
    "words",
    ["", "get u8 0", "SET u8 0 1", "OVERFLOW SAT GET u8 0", "GET u8", "GET u8 0 INCRBY u8 0 1 NOPE", "NOPE"],
)
def test_the_key_is_only_read_where_every_subcommand_reads(both: Both, words: str) -> None:
    both(f"COMMAND GETKEYSANDFLAGS BITFIELD k {words}")
