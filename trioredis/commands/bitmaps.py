"""Bitmap commands (Redis documentation: Bitmap). BITFIELD has a module of its own.

A bitmap is a string, and what is done to its bits is the business of `trioredis.datatypes.bitmaps`; here are keys,
ranges and events.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from trioredis import errors
from trioredis.datatypes import bitmaps
from trioredis.datatypes.strings import Text, growing, require_string, text_of
from trioredis.engine.arguments import to_bit_offset, to_integer, to_integer_between
from trioredis.engine.command import DENYOOM, FAST, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.protocol.replies import Reply

_command = partial(command, group="bitmap")
_READ: Final = KeySpec(1, flags="RO ACCESS")
_UNITS: Final = {b"BYTE": 8, b"BIT": 1}


def read_text(ctx: Context, key: bytes) -> Text:
    """Return the string at a key, an empty one where there is no key."""
    value = ctx.db.read(key)
    return b"" if value is None else text_of(require_string(value))


def growing_text(ctx: Context, key: bytes, size: int) -> tuple[bytearray, bool]:
    """Return the string at a key, to be changed in place, with at least `size` bytes; and whether it has grown."""
    value = ctx.db.find(key)
    before = 0 if value is None else len(text_of(require_string(value)))
    text = growing(value, size)
    if text is not value:
        ctx.db.replace(key, text)
    return text, len(text) != before


# --- one bit


@_command(
    "GETBIT",
    arity=3,
    flags=READONLY | FAST,
    keys=_READ,
    since="2.2.0",
    complexity="O(1)",
    args="key offset:integer",
)
def getbit(ctx: Context, key: bytes, offset: bytes) -> Reply:
    """Return one bit of a string."""
    place = to_bit_offset(offset, ctx.engine.config[b"proto-max-bulk-len"])
    return bitmaps.get_bit(read_text(ctx, key), place)


@_command(
    "SETBIT",
    arity=4,
    flags=WRITE | DENYOOM,
    keys=KeySpec(1, flags="RW ACCESS UPDATE"),
    since="2.2.0",
    complexity="O(1)",
    args="key offset:integer value:integer",
)
def setbit(ctx: Context, key: bytes, offset: bytes, bit: bytes) -> Reply:
    """Set one bit of a string, which grows as needed, and return what it was."""
    place = to_bit_offset(offset, ctx.engine.config[b"proto-max-bulk-len"])
    wanted = to_integer_between(bit, 0, 1, errors.BIT_VALUE)
    text, has_grown = growing_text(ctx, key, (place >> 3) + 1)
    old = bitmaps.get_bit(text, place)
    if old != wanted or has_grown:
        bitmaps.set_bit(text, place, wanted)
        ctx.touch(key, b"setbit")
    return old


# --- ranges


def _range(bounds: tuple[int, int], size: int, unit: int) -> tuple[int, int]:
    """Return the first and the last bit of a range in units of so many bits, in a string of `size` bytes.

    Below zero is counted from the end, beyond an end is moved to it; an empty range ends before it begins.
    """
    length = size * 8 // unit
    first, last = (max(0, bound if bound >= 0 else length + bound) for bound in bounds)
    return first * unit, (min(last, length - 1) + 1) * unit - 1


def _unit(words: Sequence[bytes]) -> int:
    """Return the bits in the unit that a range is given in; it stands behind the range, or nothing does."""
    if not words:
        return 8
    unit = _UNITS.get(words[0].upper())
    if unit is None or len(words) > 1:
        raise CommandError(errors.SYNTAX)
    return unit


@_command(
    "BITCOUNT",
    arity=-2,
    flags=READONLY,
    keys=_READ,
    since="2.6.0",
    complexity="O(N)",
    args="key [index=(start:integer end:integer [index_unit=(BYTE | BIT)]@7.0.0)]",
    history=(("7.0.0", "Takes `BYTE` and `BIT`."),),
)
def bitcount(ctx: Context, key: bytes, *words: bytes) -> Reply:
    """Count the ones in a string, or in a part of it."""
    value = ctx.db.read(key)
    if value is None:
        return 0
    text = text_of(require_string(value))
    first, last = _counted_range(words, len(text))
    return bitmaps.count_ones(text, first, last) if first <= last else 0


def _counted_range(words: Sequence[bytes], size: int) -> tuple[int, int]:
    if not words:
        return 0, size * 8 - 1
    if len(words) == 1 or len(words) > 3:
        raise CommandError(errors.SYNTAX)
    start, end = to_integer(words[0]), to_integer(words[1])
    if end < start < 0:
        return 0, -1  # before the unit is looked at
    return _range((start, end), size, _unit(words[2:]))


@_command(
    "BITPOS",
    arity=-3,
    flags=READONLY,
    keys=_READ,
    since="2.8.7",
    complexity="O(N)",
    args=(
        "key bit:integer [index=(start:integer [end_index=(end:integer [index_unit=(BYTE | BIT)]@7.0.0)])]"
    ),
    history=(("7.0.0", "Takes `BYTE` and `BIT`."),),
)
def bitpos(ctx: Context, key: bytes, bit: bytes, *words: bytes) -> Reply:
    """Find the first zero or the first one in a string, or in a part of it.

    A string without a zero is followed by one, unless the end of the range is given; -1: there is none.
    """
    wanted = to_integer(bit)
    if wanted not in (0, 1):
        raise CommandError(errors.BIT_NEITHER_0_NOR_1)
    value = ctx.db.read(key)
    if value is None:
        return -wanted
    text = text_of(require_string(value))
    first, last = _searched_range(words, len(text))
    if first > last:
        return -1
    found = bitmaps.find_bit(text, wanted, first, last)
    is_open = len(words) < 2 and not wanted
    return len(text) * 8 if found < 0 and is_open else found


def _searched_range(words: Sequence[bytes], size: int) -> tuple[int, int]:
    if len(words) > 3:
        raise CommandError(errors.SYNTAX)
    start = to_integer(words[0]) if words else 0
    unit = _unit(words[2:])
    end = to_integer(words[1]) if len(words) > 1 else size - 1
    return _range((start, end), size, unit)


# --- whole strings


@_command(
    "BITOP",
    arity=-4,
    flags=WRITE | DENYOOM,
    keys=(KeySpec(2, flags="OW UPDATE"), KeySpec(3, last=-1, flags="RO ACCESS")),
    since="2.6.0",
    complexity="O(N)",
    args="operation destkey:key key...",
)
def bitop(ctx: Context, operation: bytes, destination: bytes, *keys: bytes) -> Reply:
    """Store the AND, OR or XOR of strings, or the NOT of one, and return how long the result is."""
    name = operation.upper()
    if name not in bitmaps.OPERATIONS:
        raise CommandError(errors.SYNTAX)
    if name == b"NOT" and len(keys) > 1:
        raise CommandError(errors.BITOP_NOT_ONE_KEY)
    result = bitmaps.combine(name, [read_text(ctx, key) for key in keys])
    ctx.store(destination, result or None, b"set")
    return len(result)
