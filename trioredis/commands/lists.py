"""List commands (Redis documentation: Lists). Those that take elements from an end are in `list_ends`.

What a list is, and how its encoding follows its size, is the business of `trioredis.datatypes.lists`, whose functions
return the value to keep: another one than before has to be stored, and where nothing is left the key goes away.
"""

from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Final

from trioredis import errors
from trioredis.datatypes import lists
from trioredis.datatypes.kinds import Value
from trioredis.datatypes.lists import ListValue, require_list
from trioredis.engine.arguments import to_integer, to_integer_between
from trioredis.engine.command import DENYOOM, FAST, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.engine.looking import finder, reader
from trioredis.errors import CommandError
from trioredis.numerals import INT64_MAX
from trioredis.protocol.replies import OK, Reply

_command = partial(command, group="list")
_READ: Final = KeySpec(1, flags="RO ACCESS")
_INSERTED: Final = KeySpec(1, flags="RW INSERT")
_DELETED: Final = KeySpec(1, flags="RW DELETE")

_read, find = reader(require_list), finder(require_list)


def setting(ctx: Context) -> int:
    """Return the limit of a listpack."""
    value: int = ctx.engine.config.values[b"list-max-listpack-size"]
    return value


# --- reading


@_command(
    "LLEN",
    arity=2,
    flags=READONLY | FAST,
    keys=KeySpec(1, flags="RO"),
    since="1.0.0",
    complexity="O(1)",
    args="key",
)
def llen(ctx: Context, key: bytes) -> Reply:
    """Return the length of a list."""
    value = _read(ctx, key)
    return 0 if value is None else lists.length(value)


@_command(
    "LRANGE",
    arity=4,
    flags=READONLY,
    keys=_READ,
    since="1.0.0",
    complexity="O(S+N) for N elements, the first of which is S elements away from the nearer end",
    args="key start:integer stop:integer",
)
def lrange(ctx: Context, key: bytes, start: bytes, stop: bytes) -> Reply:
    """Return a range of elements of a list."""
    first, last = to_integer(start), to_integer(stop)
    value = _read(ctx, key)
    if value is None:
        return []
    return lists.get_range(value, *lists.bounds_of(first, last, lists.length(value)))


@_command(
    "LINDEX",
    arity=3,
    flags=READONLY,
    keys=_READ,
    since="1.0.0",
    complexity="O(N) for N elements between the index and the nearer end; O(1) for the ends",
    args="key index:integer",
)
def lindex(ctx: Context, key: bytes, index: bytes) -> Reply:
    """Return the element at an index of a list."""
    value = _read(ctx, key)
    if value is None:
        return None
    place = lists.index_of(to_integer(index), lists.length(value))
    return None if place is None else lists.get(value, place)


@_command(
    "LPOS",
    arity=-3,
    flags=READONLY,
    keys=_READ,
    since="6.0.6",
    complexity="O(N) for N elements that are looked at",
    args="key element [RANK rank:integer] [COUNT num-matches:integer] [MAXLEN len:integer]",
)
def lpos(ctx: Context, key: bytes, element: bytes, *options: bytes) -> Reply:
    """Return the index of an element of a list, or the indexes of several equal ones."""
    rank, count, most = _lpos_options(options)
    value = _read(ctx, key)
    if value is None:
        return None if count is None else []
    size = lists.length(value)
    places = lists.find(value, element, from_right=rank < 0, most=most or size)
    skipped = min(abs(rank) - 1, size)
    found = islice(places, skipped, skipped + min(count or size, size))
    return next(found, None) if count is None else list(found)


def _lpos_options(words: Sequence[bytes]) -> tuple[int, int | None, int]:
    rank, count, most = 1, None, 0
    rest = iter(words)
    for word in rest:
        name, text = word.upper(), next(rest, None)
        if text is None:
            raise CommandError(errors.SYNTAX)
        match name:
            case b"RANK":
                rank = to_integer_between(text, -INT64_MAX, INT64_MAX)
                if rank == 0:
                    raise CommandError(errors.RANK_ZERO)
            case b"COUNT":
                count = to_integer_between(text, 0, INT64_MAX, errors.COUNT_NEGATIVE)
            case b"MAXLEN":
                most = to_integer_between(text, 0, INT64_MAX, errors.MAXLEN_NEGATIVE)
            case _:
                raise CommandError(errors.SYNTAX)
    return rank, count, most


# --- adding

_push_command = partial(
    _command, arity=-3, flags=WRITE | DENYOOM | FAST, keys=_INSERTED, args="key element..."
)
_PUSHING: Final = "O(N) for N elements"
_SEVERAL: Final = "Takes more than one element."


@_push_command("LPUSH", since="1.0.0", complexity=_PUSHING, history=(("2.4.0", _SEVERAL),))
def lpush(ctx: Context, key: bytes, *elements: bytes) -> Reply:
    """Insert elements at the left end of a list, which is created if there is none."""
    return _push(ctx, key, ctx.db.find(key), elements, left=True)


@_push_command("RPUSH", since="1.0.0", complexity=_PUSHING, history=(("2.4.0", _SEVERAL),))
def rpush(ctx: Context, key: bytes, *elements: bytes) -> Reply:
    """Append elements to the right end of a list, which is created if there is none."""
    return _push(ctx, key, ctx.db.find(key), elements, left=False)


@_push_command("LPUSHX", since="2.2.0", complexity=_PUSHING, history=(("4.0.0", _SEVERAL),))
def lpushx(ctx: Context, key: bytes, *elements: bytes) -> Reply:
    """Insert elements at the left end of a list that exists."""
    value = ctx.db.find(key)
    return 0 if value is None else _push(ctx, key, value, elements, left=True)


@_push_command("RPUSHX", since="2.2.0", complexity=_PUSHING, history=(("4.0.0", _SEVERAL),))
def rpushx(ctx: Context, key: bytes, *elements: bytes) -> Reply:
    """Append elements to the right end of a list that exists."""
    value = ctx.db.find(key)
    return 0 if value is None else _push(ctx, key, value, elements, left=False)


def _push(ctx: Context, key: bytes, old: Value | None, elements: Sequence[bytes], *, left: bool) -> int:
    new = lists.push(old, elements, setting(ctx), left=left)
    if new is not old:
        ctx.db.replace(key, new)
    ctx.touch(key, b"lpush" if left else b"rpush")
    return lists.length(new)


@_command(
    "LINSERT",
    arity=5,
    flags=WRITE | DENYOOM,
    keys=_INSERTED,
    since="2.2.0",
    complexity="O(N) for N elements up to the pivot",
    args="key where=(BEFORE | AFTER) pivot element",
)
def linsert(ctx: Context, key: bytes, where: bytes, pivot: bytes, element: bytes) -> Reply:
    """Insert an element before or after another element of a list."""
    after = _is_after(where)
    value = find(ctx, key)
    if value is None:
        return 0
    value = _grown(ctx, key, value, element)
    index = next(lists.find(value, pivot, most=lists.length(value)), None)
    if index is None:
        return -1
    new = lists.insert(value, index, element, after=after)
    ctx.keep(key, value, new, b"linsert")
    return lists.length(new)


def _is_after(word: bytes) -> bool:
    name = word.upper()
    if name not in (b"BEFORE", b"AFTER"):
        raise CommandError(errors.SYNTAX)
    return name == b"AFTER"


@_command(
    "LSET",
    arity=4,
    flags=WRITE | DENYOOM,
    keys=KeySpec(1, flags="RW UPDATE"),
    since="1.0.0",
    complexity="O(N) for N elements between the index and the nearer end; O(1) for the ends",
    args="key index:integer element",
)
def lset(ctx: Context, key: bytes, index: bytes, element: bytes) -> Reply:
    """Replace the element at an index of a list."""
    value = find(ctx, key)
    if value is None:
        raise CommandError(errors.NO_SUCH_KEY)
    position = to_integer(index)
    value = _grown(ctx, key, value, element)
    place = lists.index_of(position, lists.length(value))
    if place is None:
        raise CommandError(errors.INDEX_OUT_OF_RANGE)
    ctx.keep(key, value, lists.shrunk(lists.replace(value, place, element), setting(ctx)), b"lset")
    return OK


def _grown(ctx: Context, key: bytes, old: ListValue, element: bytes) -> ListValue:
    """Store a list as it is before an element is added; it stays so even if none is, after all."""
    new = lists.grown(old, 1, len(element), setting(ctx))
    if new is not old:
        ctx.db.replace(key, new)
    return new


# --- removing


@_command(
    "LREM",
    arity=4,
    flags=WRITE,
    keys=_DELETED,
    since="1.0.0",
    complexity="O(N+M) for a list of N elements, M of which are removed",
    args="key count:integer element",
)
def lrem(ctx: Context, key: bytes, count: bytes, element: bytes) -> Reply:
    """Remove elements that are equal to one, the first, the last, or all of them."""
    number = to_integer(count)
    value = find(ctx, key)
    if value is None:
        return 0
    most = abs(number) or lists.length(value)
    removed, rest = lists.remove(value, element, setting(ctx), from_right=number < 0, most=most)
    if removed:
        ctx.keep(key, value, rest, b"lrem")
    return removed


@_command(
    "LTRIM",
    arity=4,
    flags=WRITE,
    keys=_DELETED,
    since="1.0.0",
    complexity="O(N) for N elements removed",
    args="key start:integer stop:integer",
)
def ltrim(ctx: Context, key: bytes, start: bytes, stop: bytes) -> Reply:
    """Remove all elements of a list that are not in a range."""
    first, last = to_integer(start), to_integer(stop)
    value = find(ctx, key)
    if value is not None:
        bounds = lists.bounds_of(first, last, lists.length(value))
        ctx.keep(key, value, lists.trim(value, *bounds, setting(ctx)), b"ltrim")
    return OK
