"""Intsets: a set of integers in one piece of bytes, in ascending order, all of them equally wide.

    bytes a number (4)   how many numbers (4)   number   number   ...

A set never gets narrower in Redis, so how wide it is depends on what once was in it.
"""

import struct
from collections.abc import Sequence
from typing import Final

_FORMATS: Final = {2: "h", 4: "i", 8: "q"}


def width_of(number: int) -> int:
    """Return the bytes that a set needs for each of its numbers once this one is in it: 2, 4 or 8."""
    return next(width for width in _FORMATS if -(1 << 8 * width - 1) <= number < 1 << 8 * width - 1)


def encode(numbers: Sequence[int], width: int) -> bytes:
    """Return the intset of numbers that are given in ascending order."""
    return struct.pack(f"<II{len(numbers)}{_FORMATS[width]}", width, len(numbers), *numbers)
