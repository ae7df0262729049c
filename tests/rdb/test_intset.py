"""Intsets: byte for byte those of a real Redis, which shows them in the DUMP of a set of integers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import Oracle, Wire
from rdb.dumps import dumped
from trioredis.rdb.intset import encode, width_of
from trioredis.rdb.opcodes import SET_INTSET
from trioredis.rdb.writer import encode_string

EDGES = [-(2**63), -(2**31) - 1, -(2**31), -(2**15) - 1, -(2**15), -1, 0, 2**15 - 1, 2**15, 2**31 - 1, 2**31]


def assert_saved(wire: Wire, numbers: list[int], width: int) -> None:
    assert (SET_INTSET, encode_string(encode(sorted(numbers), width))) == dumped(wire)


@pytest.mark.parametrize("number", [*EDGES, 2**63 - 1])
def test_a_number_is_as_wide_as_in_redis(oracle_wire: Wire, number: int) -> None:
    oracle_wire.command("SADD", "key", number)
    assert_saved(oracle_wire, [number], width_of(number))


@given(st.sets(st.integers(-(2**63), 2**63 - 1) | st.integers(-(2**16), 2**16), min_size=1, max_size=50))
def test_the_widest_number_tells_how_wide_all_are(oracle: Oracle, numbers: set[int]) -> None:
    with oracle.connect() as wire:
        wire.command("DEL", "key")
        wire.command("SADD", "key", *numbers)
        assert_saved(wire, list(numbers), max(map(width_of, numbers)))


def test_a_set_stays_wide_when_its_widest_number_is_gone(oracle_wire: Wire) -> None:
    oracle_wire.command("SADD", "key", 1, 2**40)
    oracle_wire.command("SREM", "key", 2**40)
    assert_saved(oracle_wire, [1], 8)
