"""Sorted set commands that remove the lowest or highest members, or wait until there are some (Redis documentation: Sorted sets).

What waits is run again when one of its keys was touched (`trioredis.engine.blocking`).
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from trioredis import errors
from trioredis.commands.sorted_sets import find, with_scores
from trioredis.datatypes.sorted_sets import AnySortedSet, Item
from trioredis.engine.arguments import to_integer_between, to_pop
from trioredis.engine.blocking import block, to_timeout
from trioredis.engine.command import BLOCKING, FAST, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.numerals import INT64_MAX
from trioredis.protocol.replies import NULL_ARRAY, Reply

_command = partial(command, group="sorted-set")
_POPPED: Final = "RW ACCESS DELETE"
_SEVERAL: Final = "O(K + M log N) for K keys and M members removed of N"
_OPTIONS: Final = "where=(MIN | MAX) [COUNT count:integer]"

_LOWEST: Final = 0
_HIGHEST: Final = -1
"""The place from which members are taken."""

_EVENTS: Final = {_LOWEST: b"zpopmin", _HIGHEST: b"zpopmax"}
_ENDS: Final = {b"MIN": _LOWEST, b"MAX": _HIGHEST}


def _take(ctx: Context, key: bytes, sorted_set: AnySortedSet, end: int, count: int) -> list[Item]:
    """Remove up to `count` members, at least one, and return them with their scores."""
    size = len(sorted_set)
    if count >= size:
        items = sorted_set.items(0, size, backwards=end == _HIGHEST)
        ctx.keep(key, sorted_set, None, _EVENTS[end])
        return items
    items = [sorted_set.take(end) for _ in range(count)]
    ctx.keep(key, sorted_set, sorted_set.stored(), _EVENTS[end])
    return items


# --- at once


_pop_command = partial(
    _command,
    arity=-2,
    flags=WRITE | FAST,
    keys=KeySpec(1, flags=_POPPED),
    since="5.0.0",
    complexity="O(M log N) for M members removed of N",
    args="key [count:integer]",
)


@_pop_command("ZPOPMIN")
def zpopmin(ctx: Context, key: bytes, *count: bytes) -> Reply:
    """Remove and return the members with the lowest scores of a sorted set."""
    return _pop(ctx, key, count, _LOWEST)


@_pop_command("ZPOPMAX")
def zpopmax(ctx: Context, key: bytes, *count: bytes) -> Reply:
    """Remove and return the members with the highest scores of a sorted set."""
    return _pop(ctx, key, count, _HIGHEST)


def _pop(ctx: Context, key: bytes, count: Sequence[bytes], end: int) -> Reply:
    if not count:
        sorted_set = find(ctx, key)
        return [] if sorted_set is None else _take(ctx, key, sorted_set, end, 1)[0]
    if len(count) > 1:
        raise CommandError(errors.SYNTAX)
    most = to_integer_between(count[0], 0, INT64_MAX, errors.NOT_POSITIVE)
    sorted_set = find(ctx, key)
    return with_scores(ctx, _take(ctx, key, sorted_set, end, most)) if sorted_set and most else []


@_command(
    "ZMPOP",
    arity=-4,
    flags=WRITE,
    keys=KeySpec(1, numkeys=True, flags=_POPPED),
    since="7.0.0",
    complexity=_SEVERAL,
    args=f"numkeys:integer key... {_OPTIONS}",
)
def zmpop(ctx: Context, numkeys: bytes, *words: bytes) -> Reply:
    """Remove and return members of the first sorted set that is there."""
    keys, end, count = to_pop(numkeys, words, _ENDS)
    popped = _pop_first(ctx, keys, end, count)
    return NULL_ARRAY if popped is None else popped


def _pop_first(ctx: Context, keys: Sequence[bytes], end: int, count: int) -> Reply:
    for key in keys:
        sorted_set = find(ctx, key)
        if sorted_set is not None:
            return [key, _take(ctx, key, sorted_set, end, count)]
    return None


# --- waiting


_waiting_command = partial(
    _command,
    arity=-3,
    flags=WRITE | BLOCKING | FAST,
    keys=KeySpec(1, last=-2, flags=_POPPED),
    since="5.0.0",
    complexity="O(log N) for a sorted set of N members",
    args="key... timeout:double",
    history=(("6.0.0", "The timeout may have decimals."),),
)


@_waiting_command("BZPOPMIN")
def bzpopmin(ctx: Context, *words: bytes) -> Reply:
    """Remove and return the member with the lowest score of the first sorted set that is there, and wait if there is none."""
    return _wait_for_one(ctx, words, _LOWEST)


@_waiting_command("BZPOPMAX")
def bzpopmax(ctx: Context, *words: bytes) -> Reply:
    """Remove and return the member with the highest score of the first sorted set that is there, and wait if there is none."""
    return _wait_for_one(ctx, words, _HIGHEST)


def _wait_for_one(ctx: Context, words: Sequence[bytes], end: int) -> Reply:
    *keys, timeout = words
    milliseconds = to_timeout(timeout, ctx.now)
    for key in keys:
        sorted_set = find(ctx, key)
        if sorted_set is not None:
            return [key, *_take(ctx, key, sorted_set, end, 1)[0]]
    return _wait(ctx, words, keys, milliseconds)


@_command(
    "BZMPOP",
    arity=-5,
    flags=WRITE | BLOCKING,
    keys=KeySpec(2, numkeys=True, flags=_POPPED),
    since="7.0.0",
    complexity=_SEVERAL,
    args=f"timeout:double numkeys:integer key... {_OPTIONS}",
)
def bzmpop(ctx: Context, timeout: bytes, numkeys: bytes, *words: bytes) -> Reply:
    """Remove and return members of the first sorted set that is there, and wait if there is none."""
    keys, end, count = to_pop(numkeys, words, _ENDS)
    milliseconds = to_timeout(timeout, ctx.now)
    popped = _pop_first(ctx, keys, end, count)
    return _wait(ctx, (timeout, numkeys, *words), keys, milliseconds) if popped is None else popped


def _wait(ctx: Context, words: Sequence[bytes], keys: Sequence[bytes], milliseconds: int) -> Reply:
    return block(ctx, words, keys=keys, kind=b"zset", milliseconds=milliseconds, late_reply=NULL_ARRAY)
