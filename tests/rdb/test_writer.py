"""Strings in a snapshot: byte for byte what the oracle's DUMP holds."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracle import Oracle, Wire
from rdb.dumps import dumped
from trioredis.rdb.writer import encode_length, encode_string, encode_string_uncompressed

INTEGERS = [
    0,
    127,
    128,
    -128,
    -129,
    32767,
    32768,
    -32769,
    2**31 - 1,
    2**31,
    -(2**31),
    -(2**31) - 1,
    2**63 - 1,
]
SIZES = [0, 1, 20, 21, 63, 64, 16383, 16384, 100_000]


def saved(wire: Wire, text: bytes) -> bytes:
    wire.command("SET", "key", text)
    return dumped(wire)[1]


@pytest.mark.parametrize("number", INTEGERS)
def test_an_integer_is_written_in_as_few_bytes_as_redis_needs(oracle_wire: Wire, number: int) -> None:
    assert saved(oracle_wire, b"%d" % number) == encode_string(b"%d" % number)


@pytest.mark.parametrize("size", SIZES)
def test_a_string_is_written_as_redis_writes_it(oracle_wire: Wire, size: int) -> None:
    for text in random.Random(size).randbytes(size), b"a" * size:
        assert saved(oracle_wire, text) == encode_string(text)


octets = st.text(st.characters(max_codepoint=255), min_size=20, max_size=60).map(
    lambda text: text.encode("latin-1")
)
letters = st.sampled_from(["a", "ab", "abcdefghijklmnop"]).flatmap(
    lambda some: st.text(some, min_size=20, max_size=400)
)
repeated = st.builds(
    lambda piece, count, end: piece * count + end,
    st.sampled_from([b"a", b"ab", b"\x00\xff", bytes(range(99))]),
    st.integers(2, 99),
    st.sampled_from([b"", b"a", b"xyz"]),
)


@settings(deadline=None, max_examples=300)
@given(letters.map(str.encode) | repeated | octets)
def test_a_string_is_compressed_as_redis_compresses_it(oracle: Oracle, text: bytes) -> None:
    with oracle.connect() as wire:
        assert saved(wire, text) == encode_string(text)


def test_compression_can_be_switched_off() -> None:
    assert encode_length(100) + b"a" * 100 == encode_string_uncompressed(b"a" * 100)


def test_a_length_beyond_32_bits_takes_nine_bytes() -> None:
    assert b"\x81\x00\x00\x00\x01\x00\x00\x00\x00" == encode_length(2**32)
