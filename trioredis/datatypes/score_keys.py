"""Scores as bytes that sort as they do, so that a score and a member together are one `bytes` object.

Such an *entry* is compared with another one as Redis compares two elements, score first, at the speed of memcmp. Both
zeros are the same eight bytes.
"""

from struct import Struct
from typing import Final

SIZE: Final = 8
"""Bytes of the score in an entry."""

_DOUBLE: Final = Struct(">d")
_INVERTED: Final = bytes(range(255, -1, -1))
_POSITIVE: Final = 0x80


def score_key(score: float) -> bytes:
    """Return eight bytes that sort as scores do: the sign bit turned, and below zero all the others too."""
    if score >= 0.0:
        return _DOUBLE.pack(-score or -0.0)
    return _DOUBLE.pack(score).translate(_INVERTED)


def key_after(score: float) -> bytes:
    """Return the next eight bytes after those of a score."""
    return (int.from_bytes(score_key(score)) + 1).to_bytes(SIZE)


def score_of(entry: bytes) -> float:
    """Return the score in an entry; it is 0.0 for both zeros."""
    if entry[0] >= _POSITIVE:
        return -float(_DOUBLE.unpack_from(entry)[0])
    return float(_DOUBLE.unpack(entry[:SIZE].translate(_INVERTED))[0])
