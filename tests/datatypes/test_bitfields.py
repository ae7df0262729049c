"""Bit fields against a model: one integer made of all digits of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trioredis.datatypes.bitfields import ENCODINGS, Encoding, Overflow

encodings = st.sampled_from([*ENCODINGS.values()])


def digits(text: bytes) -> str:
    return "".join(f"{byte:08b}" for byte in text)


def test_there_are_all_encodings_whose_numbers_a_reply_can_hold() -> None:
    names = {b"i%d" % bits for bits in range(1, 65)} | {b"u%d" % bits for bits in range(1, 64)}
    assert names == {*ENCODINGS}
    assert (-(2**63), 2**63 - 1) == (ENCODINGS[b"i64"].lowest, ENCODINGS[b"i64"].highest)
    assert (-1, 0) == (ENCODINGS[b"i1"].lowest, ENCODINGS[b"i1"].highest)
    assert (0, 2**63 - 1) == (ENCODINGS[b"u63"].lowest, ENCODINGS[b"u63"].highest)


@given(st.binary(max_size=16), encodings, st.integers(0, 150))
def test_an_integer_is_read_where_it_stands(text: bytes, encoding: Encoding, offset: int) -> None:
    bits = (digits(text) + "0" * 300)[offset : offset + encoding.bits]
    expected = int(bits, 2) - (1 << encoding.bits if encoding.is_signed and bits[0] == "1" else 0)
    assert expected == encoding.read(text, offset)


@given(st.data(), st.binary(min_size=24, max_size=24), encodings, st.integers(0, 120))
def test_an_integer_that_was_written_is_read_again(
    data: st.DataObject, text: bytes, encoding: Encoding, offset: int
) -> None:
    number = data.draw(st.integers(encoding.lowest, encoding.highest))
    changed = bytearray(text)
    encoding.write(changed, offset, number)
    assert number == encoding.read(changed, offset)
    end = offset + encoding.bits
    before, after = digits(text), digits(changed)
    assert (before[:offset], before[end:]) == (after[:offset], after[end:])


@given(encodings, st.integers(-(2**65), 2**65))
def test_a_number_that_does_not_fit_is_wrapped_or_the_nearest_one_or_none(
    encoding: Encoding, number: int
) -> None:
    fits = encoding.lowest <= number <= encoding.highest
    wrapped = encoding.fit(number, Overflow.WRAP)
    assert wrapped is not None
    assert encoding.lowest <= wrapped <= encoding.highest
    assert 0 == (wrapped - number) % (1 << encoding.bits)
    assert sorted((encoding.lowest, number, encoding.highest))[1] == encoding.fit(number, Overflow.SAT)
    assert (number if fits else None) == encoding.fit(number, Overflow.FAIL)


@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        (b"u8", -1, 2**64 - 1),
        (b"u63", 2**63 - 1, 2**63 - 1),
        (b"i8", -1, -1),
        (b"i8", 128 - 2**63, 128 - 2**63),
        (b"i8", 127 - 2**63, 127 + 2**63),
        (b"i64", -(2**63), -(2**63)),
    ],
)
def test_a_very_low_argument_is_large(name: bytes, number: int, expected: int) -> None:
    assert expected == ENCODINGS[name].of_argument(number)
