"""The ids of stream entries: what is one, and how it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trioredis.datatypes.stream_ids import MAX_ID, format_id, parse_id, parse_time

UINT64_MAX = 2**64 - 1


@given(st.integers(0, MAX_ID))
def test_an_id_is_read_as_it_was_written(entry_id: int) -> None:
    assert entry_id == parse_id(format_id(entry_id))


@given(st.integers(0, UINT64_MAX), st.integers(0, UINT64_MAX))
def test_the_halves_of_an_id_are_milliseconds_and_a_sequence_number(milliseconds: int, sequence: int) -> None:
    assert milliseconds << 64 | sequence == parse_id(b"%d-%d" % (milliseconds, sequence))


def test_after_the_last_sequence_number_of_a_millisecond_comes_the_next_one() -> None:
    assert b"6-0" == format_id((parse_id(b"5-%d" % UINT64_MAX) or 0) + 1)


def test_a_missing_sequence_number_is_filled_in() -> None:
    assert (b"5-0", b"5-7") == tuple(format_id(parse_id(b"5", missing) or 0) for missing in (0, 7))


# Redis reads with strtoull what is no canonical integer.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"01-002", b"1-2"),
        (b"1-+2", b"1-2"),
        (b" 1-\t2", b"1-2"),
        (b"+1-2", b"1-2"),
        (b"1-2\0garbage", b"1-2"),
        (b"1\0-2", b"1-0"),
        (b"1- -1", b"1-18446744073709551615"),
        (b"1--0", b"1-0"),
        (b"0" * 120 + b"1-2", b"1-2"),
    ],
)
def test_ids_are_read_as_c_reads_them(text: bytes, expected: bytes) -> None:
    assert expected == format_id(parse_id(text) or 0)


@pytest.mark.parametrize(
    "text",
    [
        *(
            b"",
            b"-",
            b"+",
            b"*",
            b"$",
            b">",
            b"1-",
            b"-1",
            b"1--1",
            b"1-*",
            b"x",
            b"1-x",
            b"1 -1",
            b"1-1 ",
            b"1-1-1",
        ),
        *(b"0x1", b"1e3", b"\0", b"1_0", "٣".encode(), b"18446744073709551616", b"1-18446744073709551616"),
        b"0" * 127 + b"1",
    ],
)
def test_what_is_no_id_is_refused(text: bytes) -> None:
    assert parse_id(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [(b"5-*", 5), (b"05-*\0x", 5), (b"5", None), (b"5-1", None), (b"-*", None), (b"*", None)],
)
def test_the_sequence_number_may_be_left_to_the_stream(text: bytes, expected: int | None) -> None:
    assert expected == parse_time(text)
