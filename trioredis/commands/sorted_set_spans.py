"""Sorted set commands that count or remove what lies in a range, or tell where a member is (Redis documentation: Sorted sets)."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from trioredis import errors
from trioredis.commands.sorted_set_bounds import Range, by_lex, by_rank, by_score
from trioredis.commands.sorted_sets import find, read
from trioredis.engine.command import FAST, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.protocol.replies import NULL_ARRAY, Reply

_command = partial(command, group="sorted-set")
_READ: Final = KeySpec(1, flags="RO ACCESS")
_LOGARITHMIC: Final = "O(log N) for a sorted set of N members"

# --- counting


@_command(
    "ZCOUNT",
    arity=4,
    flags=READONLY | FAST,
    keys=_READ,
    since="2.0.0",
    complexity=_LOGARITHMIC,
    args="key min:double max:double",
)
def zcount(ctx: Context, key: bytes, lowest: bytes, highest: bytes) -> Reply:
    """Count the members of a sorted set within a range of scores."""
    return _count(ctx, key, by_score(lowest, highest))


@_command(
    "ZLEXCOUNT",
    arity=4,
    flags=READONLY | FAST,
    keys=_READ,
    since="2.8.9",
    complexity=_LOGARITHMIC,
    args="key min max",
)
def zlexcount(ctx: Context, key: bytes, lowest: bytes, highest: bytes) -> Reply:
    """Count the members of a sorted set within a range of members, if all scores are the same."""
    return _count(ctx, key, by_lex(lowest, highest))


def _count(ctx: Context, key: bytes, span_of: Range) -> int:
    sorted_set = read(ctx, key)
    if sorted_set is None:
        return 0
    start, stop = span_of(sorted_set, False)
    return stop - start


# --- removing


_removal = partial(
    _command,
    arity=4,
    flags=WRITE,
    keys=KeySpec(1, flags="RW DELETE"),
    complexity="O(log N + M) for M members removed of N",
)


@_removal("ZREMRANGEBYRANK", since="2.0.0", args="key start:integer stop:integer")
def zremrangebyrank(ctx: Context, key: bytes, first: bytes, last: bytes) -> Reply:
    """Remove the members of a sorted set within a range of ranks."""
    return _remove(ctx, key, by_rank(first, last), b"zremrangebyrank")


@_removal("ZREMRANGEBYSCORE", since="1.2.0", args="key min:double max:double")
def zremrangebyscore(ctx: Context, key: bytes, lowest: bytes, highest: bytes) -> Reply:
    """Remove the members of a sorted set within a range of scores."""
    return _remove(ctx, key, by_score(lowest, highest), b"zremrangebyscore")


@_removal("ZREMRANGEBYLEX", since="2.8.9", args="key min max")
def zremrangebylex(ctx: Context, key: bytes, lowest: bytes, highest: bytes) -> Reply:
    """Remove the members of a sorted set within a range of members, if all scores are the same."""
    return _remove(ctx, key, by_lex(lowest, highest), b"zremrangebylex")


def _remove(ctx: Context, key: bytes, span_of: Range, event: bytes) -> int:
    sorted_set = find(ctx, key)
    if sorted_set is None:
        return 0
    start, stop = span_of(sorted_set, False)
    if stop - start == len(sorted_set):
        ctx.keep(key, sorted_set, None, event)
    elif start < stop:
        sorted_set.remove_span(start, stop)
        ctx.keep(key, sorted_set, sorted_set.stored(), event)
    return stop - start


# --- ranks


_WITH_SCORE: Final = (("7.2.0", "Takes `WITHSCORE`."),)


@_command(
    "ZRANK",
    arity=-3,
    flags=READONLY | FAST,
    keys=_READ,
    since="2.0.0",
    complexity=_LOGARITHMIC,
    args="key member [WITHSCORE]@7.2.0",
    history=_WITH_SCORE,
)
def zrank(ctx: Context, key: bytes, member: bytes, *options: bytes) -> Reply:
    """Return the rank of a member of a sorted set, and its score if that is wanted."""
    return _rank(ctx, b"zrank", key, member, options)


@_command(
    "ZREVRANK",
    arity=-3,
    flags=READONLY | FAST,
    keys=_READ,
    since="2.0.0",
    complexity=_LOGARITHMIC,
    args="key member [WITHSCORE]@7.2.0",
    history=_WITH_SCORE,
)
def zrevrank(ctx: Context, key: bytes, member: bytes, *options: bytes) -> Reply:
    """Return the rank of a member of a sorted set, counted from the highest score, and its score if that is wanted."""
    return _rank(ctx, b"zrevrank", key, member, options)


def _rank(ctx: Context, name: bytes, key: bytes, member: bytes, options: Sequence[bytes]) -> Reply:
    if len(options) > 1:
        raise CommandError(errors.wrong_arity(name))
    if options and options[0].lower() != b"withscore":
        raise CommandError(errors.SYNTAX)
    sorted_set = read(ctx, key)
    rank = None if sorted_set is None else sorted_set.rank(member)
    if sorted_set is None or rank is None:
        return NULL_ARRAY if options else None
    if name == b"zrevrank":
        rank = len(sorted_set) - 1 - rank
    return [rank, sorted_set.score(member)] if options else rank
