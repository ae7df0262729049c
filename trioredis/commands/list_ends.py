"""List commands that take elements from an end of a list, to return them or to put them elsewhere: LPOP, LMPOP, LMOVE.

What they do is done as well by those of `blocking_lists`, which wait if there is nothing to take.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from trioredis import errors
from trioredis.commands.lists import find, setting
from trioredis.datatypes import lists
from trioredis.datatypes.lists import ListValue
from trioredis.engine.arguments import to_integer_between, to_pop
from trioredis.engine.command import DENYOOM, FAST, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.numerals import INT64_MAX
from trioredis.protocol.replies import NULL_ARRAY, Reply

_command = partial(command, group="list")
_POPPED: Final = KeySpec(1, flags="RW ACCESS DELETE")
MOVED: Final = (_POPPED, KeySpec(2, flags="RW INSERT"))
"""The keys of commands that move an element from one list to another."""

ENDS: Final = "(LEFT | RIGHT)"
"""How an end is said."""

IS_LEFT: Final = {b"LEFT": True, b"RIGHT": False}

# --- popping

_pop_command = partial(
    _command,
    arity=-2,
    flags=WRITE | FAST,
    keys=_POPPED,
    since="1.0.0",
    complexity="O(N) for N elements returned",
    args="key [count:integer]@6.2.0",
    history=(("6.2.0", "Takes a count."),),
)


@_pop_command("LPOP")
def lpop(ctx: Context, key: bytes, *counts: bytes) -> Reply:
    """Remove and return the first elements of a list, or only one."""
    return _pop_some(ctx, key, counts, b"lpop") if counts else _pop_one(ctx, key, left=True)


@_pop_command("RPOP")
def rpop(ctx: Context, key: bytes, *counts: bytes) -> Reply:
    """Remove and return the last elements of a list, or only one."""
    return _pop_some(ctx, key, counts, b"rpop") if counts else _pop_one(ctx, key, left=False)


def _pop_one(ctx: Context, key: bytes, *, left: bool) -> bytes | None:
    value = find(ctx, key)
    return None if value is None else pop(ctx, key, value, left=left)


def _pop_some(ctx: Context, key: bytes, counts: Sequence[bytes], name: bytes) -> Reply:
    if len(counts) > 1:
        raise CommandError(errors.wrong_arity(name))
    count = to_integer_between(counts[0], 0, INT64_MAX, errors.NOT_POSITIVE)
    value = find(ctx, key)
    if value is None:
        return NULL_ARRAY
    return pop_several(ctx, key, value, count, left=name == b"lpop") if count else []


def pop(ctx: Context, key: bytes, value: ListValue, *, left: bool) -> bytes:
    """Remove and return one element of a list."""
    element, rest = lists.pop(value, setting(ctx), left=left)
    ctx.keep(key, value, rest, b"lpop" if left else b"rpop")
    return element


def pop_several(ctx: Context, key: bytes, value: ListValue, count: int, *, left: bool) -> list[bytes]:
    """Remove and return up to `count` elements of a list, at least one."""
    elements, rest = lists.pop_several(value, count, setting(ctx), left=left)
    ctx.keep(key, value, rest, b"lpop" if left else b"rpop")
    return elements


@_command(
    "LMPOP",
    arity=-4,
    flags=WRITE,
    keys=KeySpec(1, numkeys=True, flags="RW ACCESS DELETE"),
    since="7.0.0",
    complexity="O(N+M) for N keys and M elements returned",
    args=f"numkeys:integer key... where={ENDS} [COUNT count:integer]",
)
def lmpop(ctx: Context, numkeys: bytes, *words: bytes) -> Reply:
    """Remove and return elements of the first list that is there."""
    keys, left, count = to_pop(numkeys, words, IS_LEFT)
    reply = pop_from_first(ctx, keys, count, left=left)
    return NULL_ARRAY if reply is None else reply


def pop_from_first(ctx: Context, keys: Sequence[bytes], count: int, *, left: bool) -> Reply:
    """Return the first key that holds a list, and elements removed from it; None when there is no list."""
    for key in keys:
        value = find(ctx, key)
        if value is not None:
            return [key, pop_several(ctx, key, value, count, left=left)]
    return None


# --- moving


@_command(
    "LMOVE",
    arity=5,
    flags=WRITE | DENYOOM,
    keys=MOVED,
    since="6.2.0",
    complexity="O(1)",
    args=f"source:key destination:key wherefrom={ENDS} whereto={ENDS}",
)
def lmove(ctx: Context, source: bytes, destination: bytes, wherefrom: bytes, whereto: bytes) -> Reply:
    """Move an element from one end of a list to an end of another list, and return it."""
    from_left, to_left = is_left(wherefrom), is_left(whereto)
    return move(ctx, source, destination, from_left=from_left, to_left=to_left)


@_command(
    "RPOPLPUSH",
    arity=3,
    flags=WRITE | DENYOOM,
    keys=MOVED,
    since="1.2.0",
    complexity="O(1)",
    args="source:key destination:key",
    deprecated_since="6.2.0",
    replaced_by="`LMOVE` with the `RIGHT` and `LEFT` arguments",
)
def rpoplpush(ctx: Context, source: bytes, destination: bytes) -> Reply:
    """Move the last element of a list to the left end of another list, and return it."""
    return move(ctx, source, destination, from_left=False, to_left=True)


def is_left(word: bytes) -> bool:
    """Tell which end of a list a word names."""
    name = word.upper()
    if name not in IS_LEFT:
        raise CommandError(errors.SYNTAX)
    return IS_LEFT[name]


def move(ctx: Context, source: bytes, destination: bytes, *, from_left: bool, to_left: bool) -> bytes | None:
    """Move an element from list to list and return it; None where there is none."""
    value = find(ctx, source)
    if value is None:
        return None
    other = find(ctx, destination)
    pushed = b"lpush" if to_left else b"rpush"
    if source == destination:
        element, rest = lists.rotate(value, setting(ctx), from_left=from_left, to_left=to_left)
        ctx.touch(destination, pushed)
    else:
        element, rest = lists.pop(value, setting(ctx), left=from_left)
        ctx.keep(destination, other, lists.push_moved(other, element, setting(ctx), left=to_left), pushed)
    ctx.keep(source, value, rest, b"lpop" if from_left else b"rpop")
    return element
