"""LZF: what is written reads back, and what was tampered with never crashes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trioredis.rdb.lzf import compress, decompress

# Under -bb Hypothesis trips over its own memory when a test draws both bytes and integers; text is no trouble.
octets = st.text(st.characters(max_codepoint=255), max_size=300).map(lambda text: text.encode("latin-1"))
repetitive = st.lists(st.sampled_from([b"a", b"abc", b"hello, ", bytes(range(40))]), max_size=300).map(
    b"".join
)
data = octets | repetitive

TABLE = {
    b"abc": b"\x02abc",
    b"a" * 32: b"\x01aa\xe0\x13\x00\x01aa",
    b"abcd" * 20: b"\x04abcda\xe0\x40\x03\x01cd",
}


@pytest.mark.parametrize(("text", "packed"), TABLE.items())
def test_text_is_compressed_as_the_format_says(text: bytes, packed: bytes) -> None:
    assert packed == compress(text, 100)
    assert text == decompress(packed, len(text))


@given(data)
def test_what_is_compressed_reads_back(text: bytes) -> None:
    packed = compress(text, 2 * len(text) + 4)
    assert packed is not None
    assert text == decompress(packed, len(text))


@given(data, st.integers(0, 400))
def test_the_limit_is_kept(text: bytes, limit: int) -> None:
    packed = compress(text, limit)
    assert packed is None or len(packed) <= limit


BROKEN = [
    (b"\x05abc", 6),  # fewer literals than announced
    (b"\x00a", 2),  # less than expected
    (b"\x01ab", 1),  # more than expected
    (b"\x00a\x20", 4),  # a reference cut short
    (b"\x00a\xe0", 10),
    (b"\x00a\xe0\x01", 10),
    (b"\x00a\x20\x01", 4),  # before the beginning
    (b"", 1),
]


@pytest.mark.parametrize(("packed", "size"), BROKEN)
def test_broken_data_is_refused(packed: bytes, size: int) -> None:
    with pytest.raises(ValueError, match="LZF"):
        decompress(packed, size)


@given(octets, st.integers(0, 500))
def test_random_data_is_read_or_refused_but_never_grows_beyond_its_size(packed: bytes, size: int) -> None:
    try:
        text = decompress(packed, size)
    except ValueError:
        return
    assert size == len(text)
