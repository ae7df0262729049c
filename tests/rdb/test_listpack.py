"""Listpacks: byte for byte those of a real Redis, which shows them in the DUMP of a list of one node."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import Oracle, Wire
from rdb.dumps import dumped
from trioredis.datatypes.listpack import OVERHEAD, entry_size
from trioredis.rdb.listpack import encode
from trioredis.rdb.opcodes import LIST_QUICKLIST_2
from trioredis.rdb.writer import encode_string

BITS = [6, 7, 8, 12, 13, 15, 16, 23, 24, 31, 32, 63]
INTEGERS = sorted({sign * 2**bits + more for bits in BITS for sign in (1, -1) for more in (-1, 0, 1)})
NO_INTEGERS = [
    b"",
    b"-",
    b"-0",
    b"01",
    b"+1",
    b" 1",
    b"1 ",
    b"1.0",
    b"9" * 19,
    b"1" * 20,
    b"1" * 21,
    b"-" * 20,
]
SIZES = [1, 63, 64, 126, 127, 4095, 4096, 16_376, 16_377, 16_378, 16_379, 100_000, 2_097_145, 2_097_146]

ONE_PACKED_NODE = b"\x01\x02"

texts = st.text(st.characters(max_codepoint=255), max_size=100).map(lambda text: text.encode("latin-1"))
numbers = st.integers(-(2**64), 2**64).map(b"%d".__mod__) | st.integers(-5000, 5000).map(b"%d".__mod__)


def assert_saved(wire: Wire, elements: list[bytes]) -> None:
    wire.command("DEL", "key")
    wire.command("RPUSH", "key", *elements)
    assert (LIST_QUICKLIST_2, ONE_PACKED_NODE + encode_string(encode(elements))) == dumped(wire)


def test_integers_take_as_few_bytes_as_in_redis(oracle_wire: Wire) -> None:
    assert_saved(oracle_wire, [b"%d" % number for number in INTEGERS])


def test_what_only_looks_like_an_integer_is_text(oracle_wire: Wire) -> None:
    assert_saved(oracle_wire, NO_INTEGERS)


@pytest.mark.parametrize("size", SIZES)
def test_texts_of_any_size_are_written_as_in_redis(oracle_wire: Wire, size: int) -> None:
    assert_saved(oracle_wire, [Random(size).randbytes(size)])


@given(st.lists(texts | numbers, min_size=1, max_size=60))
def test_any_elements_are_written_as_in_redis(oracle: Oracle, elements: list[bytes]) -> None:
    with oracle.connect() as wire:
        assert_saved(wire, elements)


@given(st.lists(texts | numbers))
def test_a_listpack_is_as_large_as_values_reckon_it_to_be(elements: list[bytes]) -> None:
    assert len(encode(elements)) == OVERHEAD + sum(map(entry_size, elements))


@pytest.mark.parametrize("size", SIZES)
def test_a_text_is_as_large_as_values_reckon_it_to_be(size: int) -> None:
    assert len(encode([b"x" * size])) == OVERHEAD + entry_size(b"x" * size)


def test_an_integer_is_written_like_its_text() -> None:
    in_range = [number for number in INTEGERS if -(2**63) <= number < 2**63]
    assert encode([b"%d" % number for number in in_range]) == encode(in_range)
    with pytest.raises(OverflowError):
        encode([2**63])


def test_the_number_of_elements_is_told_up_to_65534() -> None:
    header, body = 4, b"\x00\x01"
    assert b"\xfe\xff" + body == encode([0] * 65_534)[header : header + 4]
    assert b"\xff\xff" + body == encode([0] * 65_535)[header : header + 4]
    assert b"\xff\xff" + body == encode([0] * 65_537)[header : header + 4]


def test_none_at_all_is_seven_bytes() -> None:
    assert b"\x07\x00\x00\x00\x00\x00\xff" == encode([])
