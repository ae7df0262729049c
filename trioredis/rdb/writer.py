"""How a snapshot writes lengths and strings.

A length takes 1, 2, 5 or 9 bytes; its two top bits tell which. Where they are both set, no length follows but
a string in a shorter form: an integer of 8, 16 or 32 bits, or LZF. A string is written as an integer only if
that prints as the same text, and compressed only if at least four bytes are saved.
"""

import struct
from collections.abc import Callable

from trioredis.numerals import parse_integer
from trioredis.rdb.lzf import compress

_INTEGERS = ((b"\xc0", 1), (b"\xc1", 2), (b"\xc2", 4))
_LZF = b"\xc3"
_LONGEST_INTEGER = 11
_SHORTEST_COMPRESSED = 21
_SAVED = 4


def encode_length(size: int) -> bytes:
    """Return a length as a snapshot holds it."""
    if size < 1 << 6:
        return bytes([size])
    if size < 1 << 14:
        return struct.pack(">H", 0x4000 | size)
    if size < 1 << 32:
        return struct.pack(">BI", 0x80, size)
    return struct.pack(">BQ", 0x81, size)


String = Callable[[bytes], bytes]
"""A way to write a string: `encode_string` or `encode_string_uncompressed`, as the directive `rdbcompression` says."""


def encode_string(text: bytes) -> bytes:
    """Return a string in the shortest form that a snapshot has for it."""
    return _as_integer(text) or _as_lzf(text) or encode_length(len(text)) + text


def encode_string_uncompressed(text: bytes) -> bytes:
    """Return a string as an integer, or as it is."""
    return _as_integer(text) or encode_length(len(text)) + text


def _as_integer(text: bytes) -> bytes | None:
    number = parse_integer(text) if len(text) <= _LONGEST_INTEGER else None
    if number is None:
        return None
    for code, size in _INTEGERS:
        if -(1 << 8 * size - 1) <= number < 1 << 8 * size - 1:
            return code + number.to_bytes(size, "little", signed=True)
    return None


def _as_lzf(text: bytes) -> bytes | None:
    if len(text) < _SHORTEST_COMPRESSED:
        return None
    packed = compress(text, len(text) - _SAVED)
    return packed and _LZF + encode_length(len(packed)) + encode_length(len(text)) + packed
