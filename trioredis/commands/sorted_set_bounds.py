"""The bounds of a range, as the commands for sorted sets are given them.

By rank they are integers, from the end where negative. By score they are numbers, ``(5`` without that score itself; by
member, ``[a`` and ``(a``, or ``-`` and ``+`` for what lies beyond all. From two of them comes a function that finds the
range in a sorted set.
"""

from collections.abc import Callable
from typing import Final

from trioredis import errors
from trioredis.datatypes.sorted_sets import AnySortedSet, Cut, Span
from trioredis.engine.arguments import to_integer
from trioredis.errors import CommandError
from trioredis.numerals import parse_any_double

Range = Callable[[AnySortedSet, bool], Span]
"""Finds the range; the second argument says that it is read backwards, and a rank counted from the end."""


def by_rank(first: bytes, last: bytes) -> Range:
    """Return the range between two ranks, both included."""
    start, end = to_integer(first), to_integer(last)

    def find(sorted_set: AnySortedSet, backwards: bool) -> Span:
        size = len(sorted_set)
        low = max(0, start if start >= 0 else start + size)
        high = min(size - 1, end if end >= 0 else end + size)
        if low > high:
            return 0, 0
        return (size - 1 - high, size - low) if backwards else (low, high + 1)

    return find


def by_score(first: bytes, last: bytes) -> Range:
    """Return the range between two scores."""
    low, high = _to_cut(first, is_end=False), _to_cut(last, is_end=True)
    return lambda sorted_set, backwards: sorted_set.span_of_scores(low, high)


def by_lex(first: bytes, last: bytes) -> Range:
    """Return the range between two members."""
    low, high = _to_member_cut(first, is_end=False), _to_member_cut(last, is_end=True)
    return lambda sorted_set, backwards: sorted_set.span_of_members(low, high, backwards=backwards)


def _to_cut(text: bytes, *, is_end: bool) -> Cut:
    is_open = text.startswith(b"(")
    score = parse_any_double(text[1:] if is_open else text)
    if score is None:
        raise CommandError(errors.BOUND_NOT_A_FLOAT)
    return Cut(score, after=is_open != is_end)


_BEFORE_ALL: Final = Cut(b"")
_BEYOND_ALL: Final = Cut(None)


def _to_member_cut(text: bytes, *, is_end: bool) -> Cut:
    match text[:1], text[1:2]:
        case b"-", b"" | b"\0":
            return _BEFORE_ALL
        case b"+", b"" | b"\0":
            return _BEYOND_ALL
        case (b"(" | b"[") as sign, _:
            return Cut(text[1:], after=(sign == b"(") != is_end)
    raise CommandError(errors.BOUND_NOT_A_MEMBER)
