"""Strings: how their values are kept, and what is done to them.

A string is one of four Python types, each the cheapest for what was done to it last. The type is also what
OBJECT ENCODING goes by, so an operation that changes the encoding in Redis changes the type here.

==============  =============================================  ========================
type            left behind by                                 OBJECT ENCODING
==============  =============================================  ========================
``bytes``       SET and its kin, APPEND to a missing key       int, embstr or raw
``int``         INCR, DECR                                     int
``bytearray``   APPEND, SETRANGE, SETBIT, PFADD and kin        raw
`PlainBytes`    INCRBYFLOAT                                    embstr or raw, never int
==============  =============================================  ========================

The functions here never change `bytes`; those that grow a string return the value to keep, which is the
given `bytearray`, changed, or a new one. Replies are made with `as_bytes`, which copies what could change.

The longest common subsequence is computed on whole rows at once: a row of the usual table becomes one big
integer whose bits say where the length grows (Crochemore, Iliopoulos, Pinzon, Reid: A fast and practical
bit-vector algorithm for the longest common subsequence problem, 2001). Rows run over the shorter string, so that even
the most lopsided pair costs few steps of Python.
"""

from collections.abc import Iterator
from typing import Any, TypeGuard

from trioredis import errors
from trioredis.errors import CommandError
from trioredis.numerals import parse_integer


class PlainBytes(bytes):
    """A string that is kept as text even if it looks like an integer."""

    __slots__ = ()


StringValue = bytes | int | bytearray
Text = bytes | bytearray
"""What a string looks like to those who care for its bytes only."""

_TYPES = frozenset({bytes, int, bytearray, PlainBytes})
_LONGEST_EMBEDDED = 44
_INTEGER_DIGITS = 20


def is_string(value: Any) -> TypeGuard[StringValue]:
    """Tell whether what a key holds is a string."""
    return type(value) in _TYPES


def require_string(value: Any) -> StringValue:
    """Return what a key holds if that is a string; raise WRONGTYPE otherwise."""
    if is_string(value):
        return value
    raise CommandError(errors.WRONGTYPE)


def as_bytes(value: StringValue) -> bytes:
    """Return the text of a value, which no later change of the value reaches."""
    if type(value) is bytes:
        return value
    return b"%d" % value if isinstance(value, int) else bytes(value)


def text_of(value: StringValue) -> Text:
    """Return the text of a value without copying it: to be looked at before anything changes, never kept."""
    return b"%d" % value if isinstance(value, int) else value


def length(value: StringValue) -> int:
    """Return the number of bytes."""
    return len(b"%d" % value) if isinstance(value, int) else len(value)


def encoding(value: StringValue) -> bytes:
    """Return what OBJECT ENCODING calls the value: ``int``, ``embstr`` or ``raw``."""
    if isinstance(value, int):
        return b"int"
    if isinstance(value, bytearray) or len(value) > _LONGEST_EMBEDDED:
        return b"raw"
    is_integer = type(value) is bytes and len(value) <= _INTEGER_DIGITS and parse_integer(value) is not None
    return b"int" if is_integer else b"embstr"


def get_range(value: StringValue, start: int, end: int) -> bytes:
    """Return the bytes from `start` to `end`, both included; negative positions count from the end.

    Positions beyond either end are moved to it; source: GETRANGE.
    """
    size = length(value)
    if start < 0 and end < 0 and start > end:
        return b""
    first = max(0, start if start >= 0 else size + start)
    last = max(0, end if end >= 0 else size + end)
    return bytes(text_of(value)[first : last + 1])


def append(value: StringValue | None, suffix: bytes, limit: int) -> StringValue:
    """Return the value with `suffix` after it; `limit` is the largest size in bytes that is allowed."""
    if value is None:
        return suffix
    _refuse_beyond(limit, length(value) + len(suffix))
    text = growing(value)
    text += suffix
    return text


def set_range(value: StringValue | None, offset: int, patch: bytes, limit: int) -> bytearray:
    """Return the value with `patch` written over it from `offset` on, zero bytes filling a gap.

    An empty patch changes nothing in Redis, not even the encoding: the caller leaves such a value alone.
    """
    _refuse_beyond(limit, offset + len(patch))
    text = growing(value, offset)
    text[offset : offset + len(patch)] = patch
    return text


def growing(value: StringValue | None, size: int = 0) -> bytearray:
    """Return the value as one that is changed in place, zero bytes behind it up to at least `size`."""
    if isinstance(value, bytearray):
        text = value
    else:
        text = bytearray() if value is None else bytearray(text_of(value))
    if len(text) < size:
        text.extend(bytes(size - len(text)))
    return text


def _refuse_beyond(limit: int, size: int) -> None:
    if size > limit:
        raise CommandError(errors.STRING_TOO_LONG)


# --- the longest common subsequence

Range = tuple[int, int, int]
"""A stretch of a common subsequence: where it starts in either string, and its length."""

_UINT32_MAX = 2**32 - 1


def refuse_large_lcs(left: bytes, right: bytes, limit: int) -> None:
    """Raise where Redis would need more than `limit` bytes for its table of 32-bit lengths."""
    if max(len(left), len(right)) >= _UINT32_MAX - 1:
        raise CommandError(errors.LCS_TOO_LONG)
    if (len(left) + 1) * (len(right) + 1) * 4 > limit:
        raise CommandError(errors.LCS_TRANSIENT_MEMORY)


def lcs_length(left: bytes, right: bytes) -> int:
    """Return the length of the longest common subsequence."""
    shorter, longer = sorted((left, right), key=len)
    # No row is shorter in common than the one before it, so the last one has the most.
    return max((grows.bit_count() for grows, _ in _rows(shorter, longer)), default=0)


def lcs_ranges(left: bytes, right: bytes) -> list[Range]:
    """Return a longest common subsequence as stretches, the last one first.

    Of several subsequences it is the one that Redis finds; source: LCS with IDX.
    """
    ranges: list[Range] = []
    for i, j in _matches(left, right):
        if ranges and ranges[-1][:2] == (i + 1, j + 1):
            ranges[-1] = i, j, ranges[-1][2] + 1
        else:
            ranges.append((i, j, 1))
    return ranges


def _rows(rows: bytes, columns: bytes) -> Iterator[tuple[int, int]]:
    """Yield two integers for every byte of `rows`, in which a bit stands for every byte of `columns`.

    With ``L(r, c)`` for the length that the first r and c bytes have in common, bit ``c - 1`` of the first says
    that ``L(r, c) > L(r, c - 1)``, and of the second that ``L(r, c) > L(r - 1, c)``.
    """
    everywhere = (1 << len(columns)) - 1
    places = {byte: _places(byte, columns) for byte in set(rows)}
    level = everywhere
    for byte in rows:
        hits = level & places[byte]
        total = level + hits
        carries = total ^ level ^ hits
        level = (total | (level - hits)) & everywhere
        yield level ^ everywhere, carries >> 1


def _places(byte: int, text: bytes) -> int:
    """Return an integer whose bit ``n`` says whether `byte` stands at position ``n`` of `text`."""
    digits = text[::-1].translate(bytes(b"01"[value == byte] for value in range(256)))
    return int(digits or b"0", 2)


def _matches(left: bytes, right: bytes) -> Iterator[tuple[int, int]]:
    """Yield the positions in both strings of every byte of the subsequence, from the last to the first.

    Redis walks back through its table from the far corner: over a match diagonally, else to the left string's
    previous byte if the right one's would cost a byte of the subsequence, else to the right one's.
    """
    if len(left) <= len(right):
        stops = [grows for grows, _ in _rows(left, right)]
        yield from _walk_back(left, right, stops)
    else:
        everywhere = (1 << len(left)) - 1
        stops = [everywhere & ~grows for _, grows in _rows(right, left)]
        yield from ((i, j) for j, i in _walk_back(right, left, stops))


def _walk_back(rows: bytes, columns: bytes, stops: list[int]) -> Iterator[tuple[int, int]]:
    """Walk from the last row to the first; a bit in a row's `stops` ends the search for a match there."""
    column = len(columns)
    for row in reversed(range(len(rows))):
        hit = columns.rfind(rows[row], 0, column) + 1
        stop = (stops[row] & ((1 << column) - 1)).bit_length()
        column = max(hit, stop)
        if column and column == hit:
            column -= 1
            yield row, column
