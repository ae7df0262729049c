"""Lengths and strings of a snapshot are read as they were written, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trioredis.rdb.reader import Reader
from trioredis.rdb.writer import encode_length, encode_string, encode_string_uncompressed

texts = (
    st.binary(max_size=400)
    | st.integers(-(2**40), 2**40).map(lambda number: b"%d" % number)
    | st.builds(lambda piece, count: piece * count, st.binary(max_size=9), st.integers(0, 99))
)


@given(st.integers(0, 2**64 - 1) | st.integers(0, 2**15))
def test_a_length_is_read_as_it_was_written(size: int) -> None:
    assert size == Reader(encode_length(size)).length()


@given(texts, texts, st.sampled_from([encode_string, encode_string_uncompressed]))
def test_strings_are_read_as_they_were_written(first, second, encode) -> None:
    reader = Reader(encode(first) + encode(second) + b"rest")
    assert [first, second, b"rest"] == [reader.string(), reader.string(), reader.take(4)]


@given(texts)
def test_a_string_that_ends_too_early_is_refused(text: bytes) -> None:
    written = encode_string(text)
    for end in range(len(written)):
        with pytest.raises(ValueError, match=r".+"):
            Reader(written[:end]).string()


BROKEN = [
    b"\x80\xff\xff\xff\xff" + b"x" * 100,
    b"\x81" + b"\xff" * 8 + b"x",
    b"\x82abc",
    b"\xc4abc",
    b"\xff",
    b"\xc3\x01\x05a",
    b"\xc3\xc0\x01\x05a",
    b"\xc3\x02\x81" + b"\xff" * 8 + b"\x00a",
]


@pytest.mark.parametrize("data", BROKEN)
def test_what_is_no_string_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Reader(data).string()


@given(st.binary(max_size=60))
def test_any_bytes_are_a_string_or_refused(data: bytes) -> None:
    reader = Reader(data)
    try:
        reader.string()
    except ValueError:
        return
    assert reader.at <= len(data)
