"""Sorted set commands that return a range of members (Redis documentation: Sorted sets).

ZRANGE does what all of them do, if it is told to; each of the older ones is ZRANGE with some of its options fixed.
"""

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Final

from attrs import define, evolve

from trioredis import errors
from trioredis.commands.sorted_set_bounds import Range, by_lex, by_rank, by_score
from trioredis.commands.sorted_sets import read, store, with_scores
from trioredis.datatypes.sorted_sets import AnySortedSet, Span
from trioredis.engine.arguments import to_integer
from trioredis.engine.command import DENYOOM, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.protocol.replies import Reply

_command = partial(command, group="sorted-set")
_READ: Final = KeySpec(1, flags="RO ACCESS")
_COMPLEXITY: Final = "O(log N + M) for M members returned of N"
_LIMIT: Final = "[LIMIT (offset:integer count:integer)]"

_BOUNDS: Final = {b"BYSCORE": by_score, b"BYLEX": by_lex, b"": by_rank}
_NO_LIMIT: Final = -1


@define
class _Wish:
    """What a call asks for besides a key and two bounds; None: it may still be said."""

    by: bytes | None = None
    backwards: bool | None = None
    offset: int = 0
    count: int = _NO_LIMIT
    with_scores: bool = False

    def read(self, words: Sequence[bytes], *, stores: bool) -> None:
        """Read the options of a command."""
        rest = deque(words)
        while rest:
            match rest.popleft().upper():
                case b"WITHSCORES" if not stores:
                    self.with_scores = True
                case b"LIMIT" if len(rest) > 1:
                    self.offset, self.count = to_integer(rest.popleft()), to_integer(rest.popleft())
                case b"REV" if self.backwards is None:
                    self.backwards = True
                case (b"BYSCORE" | b"BYLEX") as by if self.by is None:
                    self.by = by
                case _:
                    raise CommandError(errors.SYNTAX)
        if self.count != _NO_LIMIT and not self.by:
            raise CommandError(errors.LIMIT_BY_RANK)
        if self.with_scores and self.by == b"BYLEX":
            raise CommandError(errors.SCORES_BY_LEX)

    def range(self, first: bytes, last: bytes) -> Range:
        """Return the range between two bounds; by score and by member the upper one comes first if backwards."""
        if self.by and self.backwards:
            first, last = last, first
        return _BOUNDS[self.by or b""](first, last)

    def span(self, sorted_set: AnySortedSet, find: Range) -> Span:
        """Return what of a range is within the limit."""
        start, stop = find(sorted_set, bool(self.backwards))
        if not self.by:
            return start, stop
        size = stop - start
        skipped = self.offset if 0 <= self.offset < size else size
        left = size - skipped
        taken = left if self.count < 0 else min(self.count, left)
        if self.backwards:
            return stop - skipped - taken, stop - skipped
        return start + skipped, start + skipped + taken


_FREE: Final = _Wish()
_BY_RANK_BACKWARDS: Final = _Wish(by=b"", backwards=True)
_BY_SCORE: Final = _Wish(by=b"BYSCORE", backwards=False)
_BY_SCORE_BACKWARDS: Final = _Wish(by=b"BYSCORE", backwards=True)
_BY_LEX: Final = _Wish(by=b"BYLEX", backwards=False)
_BY_LEX_BACKWARDS: Final = _Wish(by=b"BYLEX", backwards=True)


def _range(
    ctx: Context, fixed: _Wish, key: bytes, first: bytes, last: bytes, words: Sequence[bytes]
) -> Reply:
    wish = evolve(fixed)
    wish.read(words, stores=False)
    find = wish.range(first, last)
    sorted_set = read(ctx, key)
    if sorted_set is None:
        return []
    start, stop = wish.span(sorted_set, find)
    if wish.with_scores:
        return with_scores(ctx, sorted_set.items(start, stop, backwards=bool(wish.backwards)))
    return sorted_set.members(start, stop, backwards=bool(wish.backwards))


@_command(
    "ZRANGE",
    arity=-4,
    flags=READONLY,
    keys=_READ,
    since="1.2.0",
    complexity=_COMPLEXITY,
    args=(
        "key start stop [sortby=(BYSCORE | BYLEX)]@6.2.0 [REV]@6.2.0 [LIMIT (offset:integer count:integer)]@6.2.0 "
        "[WITHSCORES]"
    ),
    history=(("6.2.0", "Takes `REV`, `BYSCORE`, `BYLEX` and `LIMIT`."),),
)
def zrange(ctx: Context, key: bytes, first: bytes, last: bytes, *options: bytes) -> Reply:
    """Return the members of a sorted set within a range of ranks, scores or members."""
    return _range(ctx, _FREE, key, first, last, options)


@_command(
    "ZRANGESTORE",
    arity=-5,
    flags=WRITE | DENYOOM,
    keys=(KeySpec(1, flags="OW UPDATE"), KeySpec(2, flags="RO ACCESS")),
    since="6.2.0",
    complexity="O(log N + M) for M members stored of N",
    args=f"dst:key src:key min max [sortby=(BYSCORE | BYLEX)] [REV] {_LIMIT}",
)
def zrangestore(
    ctx: Context, destination: bytes, key: bytes, first: bytes, last: bytes, *options: bytes
) -> Reply:
    """Store a range of a sorted set at another key."""
    wish = _Wish()
    wish.read(options, stores=True)
    find = wish.range(first, last)
    sorted_set = read(ctx, key)
    items = [] if sorted_set is None else sorted_set.items(*wish.span(sorted_set, find))
    return store(ctx, destination, items, b"zrangestore")


@_command(
    "ZREVRANGE",
    arity=-4,
    flags=READONLY,
    keys=_READ,
    since="1.2.0",
    complexity=_COMPLEXITY,
    args="key start:integer stop:integer [WITHSCORES]",
    deprecated_since="6.2.0",
    replaced_by="`ZRANGE` with the `REV` argument",
)
def zrevrange(ctx: Context, key: bytes, first: bytes, last: bytes, *options: bytes) -> Reply:
    """Return the members of a sorted set within a range of ranks, the highest first."""
    return _range(ctx, _BY_RANK_BACKWARDS, key, first, last, options)


@_command(
    "ZRANGEBYSCORE",
    arity=-4,
    flags=READONLY,
    keys=_READ,
    since="1.0.5",
    complexity=_COMPLEXITY,
    args=f"key min:double max:double [WITHSCORES]@2.0.0 {_LIMIT}",
    history=(("2.0.0", "Takes `WITHSCORES`."),),
    deprecated_since="6.2.0",
    replaced_by="`ZRANGE` with the `BYSCORE` argument",
)
def zrangebyscore(ctx: Context, key: bytes, lowest: bytes, highest: bytes, *options: bytes) -> Reply:
    """Return the members of a sorted set within a range of scores."""
    return _range(ctx, _BY_SCORE, key, lowest, highest, options)


@_command(
    "ZREVRANGEBYSCORE",
    arity=-4,
    flags=READONLY,
    keys=_READ,
    since="2.2.0",
    complexity=_COMPLEXITY,
    args=f"key max:double min:double [WITHSCORES] {_LIMIT}",
    history=(("2.1.6", "`min` and `max` can be left out of the range."),),
    deprecated_since="6.2.0",
    replaced_by="`ZRANGE` with the `REV` and `BYSCORE` arguments",
)
def zrevrangebyscore(ctx: Context, key: bytes, highest: bytes, lowest: bytes, *options: bytes) -> Reply:
    """Return the members of a sorted set within a range of scores, the highest first."""
    return _range(ctx, _BY_SCORE_BACKWARDS, key, highest, lowest, options)


@_command(
    "ZRANGEBYLEX",
    arity=-4,
    flags=READONLY,
    keys=_READ,
    since="2.8.9",
    complexity=_COMPLEXITY,
    args=f"key min max {_LIMIT}",
    deprecated_since="6.2.0",
    replaced_by="`ZRANGE` with the `BYLEX` argument",
)
def zrangebylex(ctx: Context, key: bytes, lowest: bytes, highest: bytes, *options: bytes) -> Reply:
    """Return the members of a sorted set within a range of members, if all scores are the same."""
    return _range(ctx, _BY_LEX, key, lowest, highest, options)


@_command(
    "ZREVRANGEBYLEX",
    arity=-4,
    flags=READONLY,
    keys=_READ,
    since="2.8.9",
    complexity=_COMPLEXITY,
    args=f"key max min {_LIMIT}",
    deprecated_since="6.2.0",
    replaced_by="`ZRANGE` with the `REV` and `BYLEX` arguments",
)
def zrevrangebylex(ctx: Context, key: bytes, highest: bytes, lowest: bytes, *options: bytes) -> Reply:
    """Return the members of a sorted set within a range of members, the highest first."""
    return _range(ctx, _BY_LEX_BACKWARDS, key, highest, lowest, options)
