"""Sizes of listpack entries, from the specification's table."""

import pytest

from trioredis.datatypes.listpack import OVERHEAD, entry_size


@pytest.mark.parametrize(
    ("data", "numbers"),
    [
        (1, [0, 1, 127]),
        (2, [128, 4095, -1, -4096]),
        (3, [4096, 32_767, -4097, -32_768]),
        (4, [32_768, 2**23 - 1, -32_769, -(2**23)]),
        (5, [2**23, 2**31 - 1, -(2**23) - 1, -(2**31)]),
        (9, [2**31, 2**63 - 1, -(2**31) - 1, -(2**63)]),
    ],
)
def test_an_integer_takes_as_many_bytes_as_it_needs(data: int, numbers: list[int]) -> None:
    assert [data + 1] * len(numbers) == [entry_size(b"%d" % number) for number in numbers]


@pytest.mark.parametrize(
    "text", [b"-0", b"01", b"+1", b" 1", b"1.5", b"1_0", b"-", b"9223372036854775808", b"."]
)
def test_what_only_looks_like_an_integer_is_text(text: bytes) -> None:
    assert len(text) + 2 == entry_size(text)


@pytest.mark.parametrize(
    ("length", "size"),
    [
        (0, 1 + 0 + 1),
        (63, 1 + 63 + 1),
        (64, 2 + 64 + 1),
        (125, 2 + 125 + 1),
        (126, 2 + 126 + 2),
        (4095, 2 + 4095 + 2),
        (4096, 5 + 4096 + 2),
        (16_377, 5 + 16_377 + 2),
        (16_378, 5 + 16_378 + 3),
        (2_097_145, 5 + 2_097_145 + 3),
        (2_097_146, 5 + 2_097_146 + 4),
    ],
)
def test_text_has_a_header_and_a_length_behind_it(length: int, size: int) -> None:
    assert size == entry_size(b"x" * length)


def test_a_listpack_without_entries_takes_bytes_too() -> None:
    assert 6 + 1 == OVERHEAD
