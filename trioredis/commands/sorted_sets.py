"""Sorted set commands that add, remove and look up members (Redis documentation: Sorted sets).

What a sorted set is, and what can be done to one, is the business of `trioredis.datatypes.sorted_sets`; here are keys,
options, the limits of CONFIG and events.
"""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from attrs import define

from trioredis import errors
from trioredis.datatypes import sampling, sorted_sets
from trioredis.datatypes.packing import Limits
from trioredis.datatypes.sorted_sets import (
    AnySortedSet,
    Item,
    new_sorted_set,
    opened,
    sorted_set_of,
)
from trioredis.engine.arguments import to_cursor, to_float, to_sample
from trioredis.engine.command import DENYOOM, FAST, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.engine.looking import finder, reader
from trioredis.engine.scanning import scan_value
from trioredis.errors import CommandError
from trioredis.numerals import parse_float
from trioredis.protocol.replies import Reply

_command = partial(command, group="sorted-set")
_ASKED: Final = KeySpec(1, flags="RO")
_READ: Final = KeySpec(1, flags="RO ACCESS")

read, find = reader(opened), finder(opened)


def with_scores(ctx: Context, items: list[Item] | list[tuple[bytes, float | None]]) -> Reply:
    """Return the reply that shows members with their scores: pairs in RESP3, one after the other in RESP2."""
    return items if ctx.client.protocol > 2 else [word for item in items for word in item]


def store(ctx: Context, key: bytes, items: Collection[Item], event: bytes) -> int:
    """Set a key to a sorted set of these items, or delete it if there are none; return how many there are."""
    ctx.store(key, sorted_set_of(items, ctx.engine.config.values) if items else None, event)
    return len(items)


# --- adding

_NX: Final = b"NX"
_XX: Final = b"XX"
_GT: Final = b"GT"
_LT: Final = b"LT"
_CH: Final = b"CH"
_INCR: Final = b"INCR"
_OPTIONS: Final = frozenset({_NX, _XX, _GT, _LT, _CH, _INCR})
_INCREMENT: Final = frozenset({_INCR})

Options = frozenset[bytes]


@_command(
    "ZADD",
    arity=-4,
    flags=WRITE | DENYOOM | FAST,
    keys=KeySpec(1, flags="RW UPDATE"),
    since="1.2.0",
    complexity="O(log N) for each member, in a sorted set of N members",
    args=(
        "key [condition=(NX | XX)]@3.0.2 [comparison=(GT | LT)]@6.2.0 [change=CH]@3.0.2 [increment=INCR]@3.0.2 "
        "(score:double member)..."
    ),
    history=(
        ("2.4.0", "Takes more than one member."),
        ("3.0.2", "Takes `XX`, `NX`, `CH` and `INCR`."),
        ("6.2.0", "Takes `GT` and `LT`."),
    ),
)
def zadd(ctx: Context, key: bytes, *words: bytes) -> Reply:
    """Add members with their scores to a sorted set, or change their scores."""
    if len(words) == 2 and (score := parse_float(words[0])) is not None:
        return _add_one(ctx, key, score, words[1])
    place = 0
    while place < len(words) and words[place].upper() in _OPTIONS:
        place += 1
    pairs = words[place:]
    if not pairs or len(pairs) % 2:
        raise CommandError(errors.SYNTAX)
    options = frozenset(map(bytes.upper, words[:place]))
    if options:
        _refuse_contradictions(options, len(pairs) // 2)
    return _add(ctx, key, options, pairs)


def _add_one(ctx: Context, key: bytes, score: float, member: bytes) -> int:
    """Add one member without options, which is the usual call; return whether it is new."""
    value = ctx.db.find(key)
    sorted_set = new_sorted_set() if value is None else opened(value)
    old = sorted_set.score(member)
    if old == score:
        return 0
    if old is None:
        sorted_set = sorted_set.with_room(len(sorted_set) + 1, len(member), ctx.engine.config.values)
        sorted_set.add(member, score)
    else:
        sorted_set.move(member, old, score)
    kept = sorted_set.stored()
    if kept is not value:
        ctx.db.replace(key, kept)
    ctx.touch(key, b"zadd")
    return int(old is None)


def _refuse_contradictions(options: Options, count: int) -> None:
    if options >= {_NX, _XX}:
        raise CommandError(errors.NX_AND_XX)
    if len(options & {_NX, _GT, _LT}) > 1:
        raise CommandError(errors.GT_LT_AND_NX)
    if _INCR in options and count > 1:
        raise CommandError(errors.ONE_INCREMENT)


@_command(
    "ZINCRBY",
    arity=4,
    flags=WRITE | DENYOOM | FAST,
    keys=KeySpec(1, flags="RW ACCESS UPDATE"),
    since="1.2.0",
    complexity="O(log N) for a sorted set of N members",
    args="key increment:integer member",
)
def zincrby(ctx: Context, key: bytes, increment: bytes, member: bytes) -> Reply:
    """Increment the score of a member of a sorted set."""
    return _add(ctx, key, _INCREMENT, (increment, member))


def _add(ctx: Context, key: bytes, options: Options, pairs: Sequence[bytes]) -> Reply:
    """Add members, each behind its score."""
    scores, members = [*map(to_float, pairs[::2])], pairs[1::2]
    value = ctx.db.find(key)
    if value is None and _XX in options:
        return None if _INCR in options else 0
    before, limits = new_sorted_set() if value is None else opened(value), ctx.engine.config.values
    # As in 7.2, members that come together count as so many, though some may be there already.
    changes = _Changes(before.with_room(len(scores), 0, limits), limits)
    for score, member in zip(scores, members, strict=True):
        changes.put(options, member, score)
    if changes.count or changes.sorted_set is not before:
        ctx.db.replace(key, changes.sorted_set.stored())
    if changes.count:
        ctx.touch(key, b"zincr" if _INCR in options else b"zadd")
    if _INCR in options:
        return changes.score
    return changes.count if _CH in options else changes.added


@define
class _Changes:
    """What one call changes."""

    sorted_set: AnySortedSet
    limits: Limits
    added: int = 0
    count: int = 0
    """Members that were added or got another score."""
    score: float | None = None
    """That of the last member that was not left alone."""

    def put(self, options: Options, member: bytes, score: float) -> None:
        """Add a member, or change its score."""
        old = self.sorted_set.score(member)
        new = _settled(options, old, score)
        if new is None:
            return
        self.score = new
        if old is None:
            self.sorted_set = self.sorted_set.with_room(len(self.sorted_set) + 1, len(member), self.limits)
            self.sorted_set.add(member, new)
            self.added += 1
            self.count += 1
        elif old != new:
            self.sorted_set.move(member, old, new)
            self.count += 1


def _settled(options: Options, old: float | None, score: float) -> float | None:
    """Return the score that a member gets which has an old one, or is not there; None where it is left alone."""
    if not options:
        return score
    if old is None:
        return None if _XX in options else score
    if _NX in options:
        return None
    new = old + score if _INCR in options else score
    if new != new:
        raise CommandError(errors.SCORE_NAN)
    if (_GT in options and new <= old) or (_LT in options and new >= old):
        return None
    return new


# --- removing


@_command(
    "ZREM",
    arity=-3,
    flags=WRITE | FAST,
    keys=KeySpec(1, flags="RW DELETE"),
    since="1.2.0",
    complexity="O(M log N) for M members to be removed of N",
    args="key member...",
    history=(("2.4.0", "Takes more than one member."),),
)
def zrem(ctx: Context, key: bytes, *members: bytes) -> Reply:
    """Remove members from a sorted set."""
    sorted_set = find(ctx, key)
    if sorted_set is None:
        return 0
    removed = sum(map(sorted_set.remove, members))
    if removed:
        ctx.keep(key, sorted_set, sorted_set.stored() if sorted_set else None, b"zrem")
    return removed


# --- looking up


@_command("ZCARD", arity=2, flags=READONLY | FAST, keys=_ASKED, since="1.2.0", complexity="O(1)", args="key")
def zcard(ctx: Context, key: bytes) -> Reply:
    """Return the number of members of a sorted set."""
    sorted_set = read(ctx, key)
    return 0 if sorted_set is None else len(sorted_set)


@_command(
    "ZSCORE", arity=3, flags=READONLY | FAST, keys=_READ, since="1.2.0", complexity="O(1)", args="key member"
)
def zscore(ctx: Context, key: bytes, member: bytes) -> Reply:
    """Return the score of a member of a sorted set."""
    sorted_set = read(ctx, key)
    return None if sorted_set is None else sorted_set.score(member)


@_command(
    "ZMSCORE",
    arity=-3,
    flags=READONLY | FAST,
    keys=_READ,
    since="6.2.0",
    complexity="O(N) for N members",
    args="key member...",
)
def zmscore(ctx: Context, key: bytes, *members: bytes) -> Reply:
    """Return the scores of several members of a sorted set."""
    sorted_set = read(ctx, key)
    return [None] * len(members) if sorted_set is None else [*map(sorted_set.score, members)]


@_command(
    "ZSCAN",
    arity=-3,
    flags=READONLY,
    keys=_READ,
    since="2.8.0",
    complexity="O(1) for a call, O(N) for a whole iteration over N members",
    args="key cursor:integer [MATCH pattern] [COUNT count:integer]",
    tips="nondeterministic_output",
)
def zscan(ctx: Context, key: bytes, cursor: bytes, *options: bytes) -> Reply:
    """Iterate over the members of a sorted set and their scores."""
    position = to_cursor(cursor)
    return scan_value(read(ctx, key), sorted_sets.scan, position, options)


# --- random members


@_command(
    "ZRANDMEMBER",
    arity=-2,
    flags=READONLY,
    keys=_READ,
    since="6.2.0",
    complexity="O(N) for N members returned",
    args="key [options=(count:integer [WITHSCORES])]",
    tips="nondeterministic_output",
)
def zrandmember(ctx: Context, key: bytes, *options: bytes) -> Reply:
    """Return one or more random members of a sorted set; below zero, the count allows for repetitions."""
    if options:
        return _random_members(ctx, key, options)
    sorted_set = read(ctx, key)
    return (
        None if sorted_set is None else sampling.distinct(sorted_set.by_member(), 1, ctx.engine.env.random)[0]
    )


def _random_members(ctx: Context, key: bytes, options: Sequence[bytes]) -> Reply:
    count, shows_scores = to_sample(options, b"WITHSCORES")
    sorted_set = read(ctx, key)
    if sorted_set is None:
        return []
    size, scores = len(sorted_set), sorted_set.by_member()
    if count >= size:
        # All there are: Redis walks from the end.
        chosen = sorted_set.members(0, size, backwards=True)
    else:
        chosen = sampling.choose(scores, count, ctx.engine.env.random)
    return with_scores(ctx, [(member, scores.get(member)) for member in chosen]) if shows_scores else chosen
