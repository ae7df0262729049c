"""Bitmaps against a model: a text of the digits 0 and 1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trioredis.datatypes import bitmaps

BLOCK = 1 << 16

texts = st.binary(max_size=12) | st.integers(0, 12).map(bytes) | st.integers(0, 12).map(lambda n: b"\xff" * n)


def digits(text: bytes) -> str:
    return "".join(f"{byte:08b}" for byte in text)


@given(texts, st.integers(0, 120))
def test_a_bit_is_a_digit(text: bytes, offset: int) -> None:
    assert int((digits(text) + "0" * 200)[offset]) == bitmaps.get_bit(text, offset)


@given(st.data(), texts.filter(len), st.sampled_from([0, 1]))
def test_a_bit_that_is_set_changes_no_other(data: st.DataObject, text: bytes, bit: int) -> None:
    offset = data.draw(st.integers(0, len(text) * 8 - 1))
    changed = bytearray(text)
    bitmaps.set_bit(changed, offset, bit)
    expected = digits(text)[:offset] + str(bit) + digits(text)[offset + 1 :]
    assert expected == digits(changed)


@given(st.data(), texts.filter(len))
def test_ones_are_counted_and_bits_are_found_within_a_range(data: st.DataObject, text: bytes) -> None:
    first = data.draw(st.integers(0, len(text) * 8 - 1))
    last = data.draw(st.integers(first, len(text) * 8 - 1))
    assert digits(text)[first : last + 1].count("1") == bitmaps.count_ones(text, first, last)
    for bit in (0, 1):
        assert digits(text).find(str(bit), first, last + 1) == bitmaps.find_bit(text, bit, first, last)


@given(st.sampled_from([b"AND", b"OR", b"XOR"]), st.lists(texts, min_size=1, max_size=4))
def test_texts_are_combined_bit_by_bit(operation: bytes, operands: list[bytes]) -> None:
    size = max(map(len, operands))
    columns = zip(*(digits(text.ljust(size, b"\0")) for text in operands), strict=True)
    digit = {
        b"AND": lambda column: "01"["0" not in column],
        b"OR": lambda column: "01"["1" in column],
        b"XOR": lambda column: "01"[column.count("1") % 2],
    }[operation]
    result = bitmaps.combine(operation, operands)
    assert ("".join(map(digit, columns)), bytearray) == (digits(result), type(result))


@given(texts)
def test_a_text_is_inverted(text: bytes) -> None:
    assert digits(text).translate({48: "1", 49: "0"}) == digits(bitmaps.combine(b"NOT", [text]))


# --- more than one block

SIZES = [BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("bit", [0, 1])
def test_a_lonely_bit_is_found_wherever_it_is(size: int, bit: int) -> None:
    for place in {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, size // 2, size - 1} & {*range(size)}:
        text = bytearray((b"\xff", b"\0")[bit] * size)
        bitmaps.set_bit(text, place * 8 + 3, bit)
        for start in {0, place, max(place - BLOCK, 0)}:
            assert place * 8 + 3 == bitmaps.find_bit(text, bit, start * 8, size * 8 - 1)
        assert -1 == bitmaps.find_bit(text, bit, 0, place * 8 + 2)
        assert -1 == bitmaps.find_bit(text, bit, place * 8 + 4, size * 8 - 1)


@pytest.mark.parametrize("size", SIZES)
def test_blocks_are_counted_and_combined_without_a_seam(size: int) -> None:
    text = bytes(range(1, 252)) * (size // 251 + 1)
    left, right = text[:size], text[7 : size // 2]
    assert digits(left)[5:-3].count("1") == bitmaps.count_ones(left, 5, size * 8 - 4)
    padded = right.ljust(size, b"\0")
    assert bytes(a ^ b for a, b in zip(left, padded, strict=True)) == bitmaps.combine(b"XOR", [left, right])
