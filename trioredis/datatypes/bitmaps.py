"""Bitmaps: strings seen as rows of bits, the first of which is the highest bit of the first byte.

Whatever goes through a whole string does so in blocks of some thousand bytes, each handled by one operation of
the interpreter on a big integer or on bytes: fast, and without a second copy of a string of half a gigabyte. The
texts that are only read may be `bytes` or `bytearray`; what is changed is a `bytearray`, in place.

Positions of bits and bytes are checked by the caller, as are empty ranges.
"""

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import Final

from trioredis.datatypes.strings import Text

_BLOCK: Final = 1 << 16
_RUNS: Final = (b"\0" * _BLOCK, b"\xff" * _BLOCK)
"""Blocks without a one, and without a zero."""
_INVERTED: Final = bytes(range(255, -1, -1))

_OPERATIONS: Final[dict[bytes, Callable[[int, int], int]]] = {
    b"AND": operator.and_,
    b"OR": operator.or_,
    b"XOR": operator.xor,
}
OPERATIONS: Final = frozenset({*_OPERATIONS, b"NOT"})
"""What `combine` can do; NOT takes one text."""


def get_bit(text: Text, offset: int) -> int:
    """Return a bit; behind the end all are zero."""
    place = offset >> 3
    return text[place] >> (7 - (offset & 7)) & 1 if place < len(text) else 0


def set_bit(text: bytearray, offset: int, bit: int) -> None:
    """Set a bit of a text that reaches so far."""
    place, mask = offset >> 3, 0x80 >> (offset & 7)
    text[place] = text[place] | mask if bit else text[place] & ~mask


def count_ones(text: Text, first: int, last: int) -> int:
    """Return how many ones there are from one bit to another, both included."""
    start, end = first >> 3, (last >> 3) + 1
    before = text[start] >> (8 - (first & 7))
    after = text[end - 1] & (0x7F >> (last & 7))
    blocks = (text[place : min(place + _BLOCK, end)] for place in range(start, end, _BLOCK))
    return sum(map(_ones, blocks)) - before.bit_count() - after.bit_count()


def _ones(block: Text) -> int:
    return int.from_bytes(block).bit_count()


def find_bit(text: Text, bit: int, first: int, last: int) -> int:
    """Return where the first zero or one stands between two bits, both included; -1: there is none."""
    run, flip = (_RUNS[0], 0) if bit else (_RUNS[1], 0xFF)
    place, end = first >> 3, (last >> 3) + 1
    wanted = (text[place] ^ flip) & (0xFF >> (first & 7))
    if not wanted:
        place = _skip(text, run, place + 1, end)
        if place == end:
            return -1
        wanted = text[place] ^ flip
    found = place * 8 + 8 - wanted.bit_length()
    return found if found <= last else -1


def _skip(text: Text, run: bytes, start: int, end: int) -> int:
    """Return the place of the first byte that is not the one in `run`, or `end`."""
    while start + _BLOCK <= end and text.startswith(run, start):
        start += _BLOCK
    rest = text[start : min(start + _BLOCK, end)]
    return start + len(rest) - len(rest.lstrip(run[:1]))


def combine(operation: bytes, texts: Sequence[Text]) -> bytearray:
    """Return the texts combined by one of OPERATIONS; the shorter ones end in zeros."""
    if operation == b"NOT":
        return bytearray(texts[0].translate(_INVERTED))
    result = bytearray(max(map(len, texts)))
    for start in range(0, len(result), _BLOCK):
        end = min(start + _BLOCK, len(result))
        result[start:end] = _combined(
            _OPERATIONS[operation], (text[start:end] for text in texts), end - start
        )
    return result


def _combined(operation: Callable[[int, int], int], blocks: Iterable[Text], size: int) -> bytes:
    # In little endian what a block lacks at its end are zeros at the top of the integer.
    return reduce(operation, (int.from_bytes(block, "little") for block in blocks)).to_bytes(size, "little")
