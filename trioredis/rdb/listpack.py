"""Listpacks: a sequence of strings and integers in one piece of bytes, as Redis keeps and saves small collections.

    total bytes (4)   number of elements (2)   element   element   ...   0xff

An element is an encoding, which begins with what kind it is and how long, then its data, then the size of both so
that the sequence can be walked from its end: seven bits a byte, the lowest last, and all bytes but the first have
their top bit set. Text that is a canonical integer is written as that integer.

Source: the listpack specification (https://github.com/antirez/listpack), except that the sizes at the end of an
element move to the next byte one early from the second byte on, as they do in Redis.
"""

import struct
from collections.abc import Iterable
from typing import Final

from trioredis.numerals import parse_integer

Element = bytes | int

_HEADER: Final = struct.Struct("<IH")
_END: Final = b"\xff"
_UNCOUNTED: Final = 65_535
"""Stands for any number of elements from itself on."""

_LONGEST_INTEGER: Final = 20
_UNSIGNED_7, _SIGNED_13 = 1 << 7, 1 << 12
_INTEGERS: Final = ((b"\xf1", 2), (b"\xf2", 3), (b"\xf3", 4), (b"\xf4", 8))
_STRING_6, _STRING_12 = 1 << 6, 1 << 12

_BACKWARD: Final = (128, 16_383, 2_097_151, 268_435_455)
"""The sizes from which an element's size takes a second, third, fourth and fifth byte."""


def encode(elements: Iterable[Element]) -> bytes:
    """Return a whole listpack."""
    encoded = [_encode_element(element) for element in elements]
    body = b"".join(encoded)
    size = _HEADER.size + len(body) + len(_END)
    return _HEADER.pack(size, min(len(encoded), _UNCOUNTED)) + body + _END


def _encode_element(element: Element) -> bytes:
    if isinstance(element, int):
        data = _encode_integer(element)
    else:
        number = parse_integer(element) if len(element) <= _LONGEST_INTEGER else None
        data = _encode_text(element) if number is None else _encode_integer(number)
    size = len(data)
    return data + (bytes([size]) if size < _BACKWARD[0] else _encode_backward(size))


def _encode_integer(number: int) -> bytes:
    if 0 <= number < _UNSIGNED_7:
        return bytes([number])
    if -_SIGNED_13 <= number < _SIGNED_13:
        return (0xC000 | number & 0x1FFF).to_bytes(2)
    for code, size in _INTEGERS:
        if -(1 << 8 * size - 1) <= number < 1 << 8 * size - 1:
            return code + number.to_bytes(size, "little", signed=True)
    raise OverflowError("a listpack holds integers of 64 bits")


def _encode_text(text: bytes) -> bytes:
    size = len(text)
    if size < _STRING_6:
        return bytes([0x80 | size]) + text
    if size < _STRING_12:
        return (0xE000 | size).to_bytes(2) + text
    return b"\xf0" + size.to_bytes(4, "little") + text


def _encode_backward(size: int) -> bytes:
    more = sum(size >= limit for limit in _BACKWARD)
    return bytes([size >> 7 * more, *(size >> 7 * place & 0x7F | 0x80 for place in reversed(range(more)))])
