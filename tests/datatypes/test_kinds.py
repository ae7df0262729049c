"""The table of kinds: every form of a value is known by its type."""

import sys

import pytest

from trioredis.datatypes import kinds
from trioredis.datatypes.kinds import Value
from trioredis.datatypes.strings import PlainBytes

FORMS: dict[bytes, Value] = {b"int": 12, b"raw": bytearray(b"12"), b"embstr": PlainBytes(b"12")}


@pytest.mark.parametrize(("encoding", "value"), FORMS.items())
def test_every_form_of_a_string_is_a_string(encoding: bytes, value: Value) -> None:
    assert b"string" == kinds.type_name(value)
    assert encoding == kinds.encoding_name(value)


def test_memory_is_what_the_process_spends() -> None:
    assert sys.getsizeof(b"a" * 1000) == kinds.memory_usage(b"a" * 1000, 5)


def test_memory_of_a_string_that_grows_counts_what_it_keeps_in_reserve() -> None:
    value = bytearray(b"a" * 1000)
    value += b"b"
    assert kinds.memory_usage(value, 5) >= 1001


def test_a_copy_shares_nothing_that_changes() -> None:
    original = bytearray(b"abc")
    copy = kinds.copy_of(original)
    original += b"d"
    assert (bytearray(b"abc"), bytearray) == (copy, type(copy))
    assert [b"k", 12, PlainBytes(b"5")] == [kinds.copy_of(value) for value in (b"k", 12, PlainBytes(b"5"))]
