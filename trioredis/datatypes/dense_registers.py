"""The dense encoding of a HyperLogLog: 16384 registers of six bits each, without a gap, the lowest bits first.

Four registers fill three bytes. So all first bytes of such triples, all second and all third ones hold the same parts
of registers, and reading or writing all registers at once is a handful of operations on whole strings. Unpacked,
registers are a byte each.
"""

from typing import Final

from trioredis.datatypes.strings import Text

COUNT: Final = 1 << 14
"""How many registers there are."""
SIZE: Final = COUNT * 6 // 8
"""The bytes that they take."""
HIGHEST: Final = 63

_TOPS: Final = int.from_bytes(b"\x80" * COUNT)
"""The highest bit of every byte."""

NOTHING: Final = bytes(COUNT)
"""Registers that are all zero, a byte each."""


def get(text: Text, start: int, index: int) -> int:
    """Return a register; the registers begin at `start`."""
    place, shift = start + (index * 6 >> 3), index * 6 & 7
    if shift <= 2:
        return text[place] >> shift & HIGHEST
    return (text[place] | text[place + 1] << 8) >> shift & HIGHEST


def put(text: bytearray, start: int, index: int, value: int) -> None:
    """Set a register."""
    place, shift = start + (index * 6 >> 3), index * 6 & 7
    text[place] = text[place] & ~(HIGHEST << shift) | value << shift & 0xFF
    if shift > 2:
        text[place + 1] = text[place + 1] & ~(HIGHEST >> (8 - shift)) | value >> (8 - shift)


def unpack(packed: Text) -> bytes:
    """Return the registers, a byte each."""
    first, second, third = packed[0::3], packed[1::3], packed[2::3]
    registers = bytearray(COUNT)
    registers[0::4] = first.translate(_LOW_6)
    registers[1::4] = _together(first.translate(_HIGH_2), second.translate(_LOW_4_UP))
    registers[2::4] = _together(second.translate(_HIGH_4), third.translate(_LOW_2_UP))
    registers[3::4] = third.translate(_HIGH_6)
    return bytes(registers)


def pack(registers: bytes) -> bytearray:
    """Return the dense encoding of registers."""
    first, second, third, fourth = (registers[place::4] for place in range(4))
    packed = bytearray(SIZE)
    packed[0::3] = _together(first, second.translate(_LOW_2_TO_TOP))
    packed[1::3] = _together(second.translate(_WITHOUT_LOW_2), third.translate(_LOW_4_TO_TOP))
    packed[2::3] = _together(third.translate(_HIGH_4), fourth.translate(_LOW_6_TO_TOP))
    return packed


def highest(left: bytes, right: bytes) -> bytes:
    """Return the higher one of every two registers."""
    if left == NOTHING:
        return right
    a, b = int.from_bytes(left), int.from_bytes(right)
    # No register reaches the highest bit of its byte, so each difference stays within its own.
    tops = (a | _TOPS) - b & _TOPS
    return (b ^ (a ^ b) & (tops - (tops >> 7))).to_bytes(COUNT)


def _together(left: Text, right: Text) -> bytes:
    return (int.from_bytes(left) | int.from_bytes(right)).to_bytes(len(left))


# What becomes of the bits of a byte: where the parts of registers go when they are unpacked, and when they are packed.
_LOW_6: Final = bytes(byte & 63 for byte in range(256))
_HIGH_2: Final = bytes(byte >> 6 for byte in range(256))
_LOW_4_UP: Final = bytes((byte & 15) << 2 for byte in range(256))
_HIGH_4: Final = bytes(byte >> 4 for byte in range(256))
_LOW_2_UP: Final = bytes((byte & 3) << 4 for byte in range(256))
_HIGH_6: Final = bytes(byte >> 2 for byte in range(256))

_LOW_2_TO_TOP: Final = bytes((byte & 3) << 6 for byte in range(256))
_WITHOUT_LOW_2: Final = _HIGH_6
_LOW_4_TO_TOP: Final = bytes((byte & 15) << 4 for byte in range(256))
_LOW_6_TO_TOP: Final = bytes((byte & 63) << 2 for byte in range(256))
