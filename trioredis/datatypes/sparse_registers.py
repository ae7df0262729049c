"""The sparse encoding of a HyperLogLog: run lengths of registers, for as long as most of them are zero.

===================== =================================================================
``00llllll``          ``l + 1`` registers are zero (ZERO, up to 64)
``01llllll llllllll`` ``l + 1`` registers are zero (XZERO, up to 16384, the high bits first)
``1vvvvvll``          ``l + 1`` registers are ``v + 1`` (VAL, up to 4, values up to 32)
===================== =================================================================

Which of the many ways to write the same registers comes about depends on the order in which they were set, and on how
neighbours are merged: after every change at most five opcodes, from the one before the change on, are looked at. All
this is as in Redis (hyperloglog.c), so that the same commands leave the same bytes.

To find a register, the spans of a chunk of opcodes are added up at once where none has two bytes. Who sets registers
in ascending order need not search from the beginning: a search returns the `Place` from which the next may begin, far
enough before the opcode that was found for no change to reach it.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from trioredis.datatypes.dense_registers import COUNT
from trioredis.datatypes.strings import Text

HIGHEST: Final = 32
"""The highest value that a register can have in this encoding."""
LONGEST: Final = 2 * COUNT
"""The most bytes that the opcodes for all registers can take; what is behind them stands for none."""

_LONGEST_ZERO: Final = 64
_LONGEST_VALUE: Final = 4
_LOOKED_AT: Final = 5

_CHUNK: Final = 32

_SPANS: Final = bytes(
    (opcode & 3) + 1 if opcode & 0x80 else opcode + 1 if opcode < 0x40 else 0 for opcode in range(256)
)
"""How many registers an opcode of one byte stands for; 0: it has two bytes."""
_REGISTERS: Final = [
    bytes([(opcode >> 2 & 31) + 1 if opcode & 0x80 else 0]) * _SPANS[opcode] for opcode in range(256)
]
_RUN: Final = re.compile(rb"[\x40-\x7f].?|[^\x40-\x7f]{1,64}", re.DOTALL)
"""An XZERO, or some opcodes of one byte."""


class Place(NamedTuple):
    """A place between two opcodes, and the register that the next one begins with."""

    offset: int
    register: int


class _Opcode(NamedTuple):
    """The opcode that stands for a register."""

    before: int
    """Where the opcode before it stands; it is its own where it is the first."""
    start: int
    end: int
    first: int
    """Its first register."""
    last: int


def empty() -> bytes:
    """Return opcodes for nothing but zeros."""
    return _zeros(COUNT)


def expand(opcodes: Text) -> bytes | None:
    """Return the registers, a byte each; None where the opcodes stand for more or less of them."""
    parts, total = [], 0
    for run in _RUN.finditer(opcodes):
        part = (
            bytes(_zero_span(run[0])) if _is_xzero(run[0]) else b"".join(map(_REGISTERS.__getitem__, run[0]))
        )
        total += len(part)
        if total > COUNT:
            return None
        parts.append(part)
    return b"".join(parts) if total == COUNT else None


def show(opcodes: Text) -> Iterator[bytes]:
    """Yield each opcode as PFDEBUG DECODE shows it."""
    for run in _RUN.finditer(opcodes):
        if _is_xzero(run[0]):
            yield b"Z:%d" % _zero_span(run[0])
            continue
        for opcode in run[0]:
            if opcode & 0x80:
                yield b"v:%d,%d" % ((opcode >> 2 & 31) + 1, _SPANS[opcode])
            else:
                yield b"z:%d" % _SPANS[opcode]


class NoRoomError(Exception):
    """A change does not fit into this encoding."""


def raise_register(
    text: bytearray, begin: Place, index: int, value: int, limit: int
) -> tuple[bool, Place] | None:
    """Set a register unless it is as high already; say whether it was set, and where a search may begin next.

    The opcodes are the end of `text`, which may become `limit` bytes long; NoRoomError if that is not enough, or if the
    value is too high. None: there is no such register.
    """
    if value > HIGHEST:
        raise NoRoomError
    found = _find(text, begin, index)
    if found is None:
        return None
    opcode, anchor = found
    code = text[opcode.start]
    if code & 0x80 and (code >> 2 & 31) + 1 >= value:
        return False, anchor
    new = _split(code, opcode, index, value)
    growth = len(new) - (opcode.end - opcode.start)
    if growth > 0 and len(text) + growth > limit:
        raise NoRoomError
    text[opcode.start : opcode.end] = new
    _merge(text, opcode.before)
    return True, anchor


def _find(text: bytearray, begin: Place, index: int) -> tuple[_Opcode, Place] | None:
    """Return the opcode that stands for a register, and a place at least a chunk before it."""
    base, first = begin
    codes = bytes(text[base : base + LONGEST])
    place, before = 0, 0
    anchor = previous = begin
    while place < len(codes):
        start = Place(base + place, first)
        spans = codes[place : place + _CHUNK].translate(_SPANS)
        end = place + len(spans)
        if 0 not in spans and index >= first + (span := sum(spans)):
            place, first, before = end, first + span, end - 1
        while place < end:
            span, size = _SPANS[codes[place]], 1
            if not span:
                span, size = _zero_span(codes[place : place + 2]), 2
            if index < first + span:
                return _Opcode(
                    base + before, base + place, base + place + size, first, first + span - 1
                ), anchor
            before, place, first = place, place + size, first + span
        anchor, previous = previous, start
    return None


def _split(code: int, opcode: _Opcode, index: int, value: int) -> bytes:
    """Return what stands for the registers of an opcode after one of them was set."""
    left, right = index - opcode.first, opcode.last - index
    middle = bytes([_value(value, 1)])
    if code & 0x80:
        old = (code >> 2 & 31) + 1
        return bytes([_value(old, left)] * (left > 0)) + middle + bytes([_value(old, right)] * (right > 0))
    return _zeros(left) + middle + _zeros(right)


def _merge(text: bytearray, place: int) -> None:
    """Merge neighbours of the same value, as far as Redis looks for them."""
    for _ in range(_LOOKED_AT):
        if place >= len(text):
            return
        code = text[place]
        if not code & 0x80:
            place += 2 if code & 0x40 else 1
            continue
        if place + 1 < len(text) and text[place + 1] >> 2 == code >> 2:
            span = _SPANS[code] + _SPANS[text[place + 1]]
            if span <= _LONGEST_VALUE:
                text[place : place + 2] = bytes([code & ~3 | span - 1])
                continue
        place += 1


def _value(value: int, span: int) -> int:
    return 0x80 | value - 1 << 2 | span - 1


def _zeros(span: int) -> bytes:
    if span > _LONGEST_ZERO:
        return (0x4000 | span - 1).to_bytes(2)
    return bytes([span - 1]) if span else b""


def _is_xzero(codes: bytes) -> bool:
    return codes[0] >> 6 == 1


def _zero_span(codes: bytes) -> int:
    """Return the span of an XZERO; where its second byte is missing there is a zero, as behind each string in C."""
    return int.from_bytes(codes.ljust(2, b"\0")) - 0x4000 + 1
