"""Commands on one set (Redis documentation: Sets).

Those that combine several are in `set_algebra`. What a set is, and how it is kept, is the business of
`trioredis.datatypes.sets`; here are keys, counts and events.
"""

from functools import partial
from typing import Final

from trioredis.datatypes import sets
from trioredis.datatypes.sampling import MOST_REPEATED
from trioredis.datatypes.sets import SetValue, require_set
from trioredis.engine.arguments import to_cursor, to_integer_between
from trioredis.engine.command import DENYOOM, FAST, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.engine.looking import finder, reader
from trioredis.engine.scanning import scan_value
from trioredis.errors import NOT_POSITIVE, OUT_OF_RANGE, SYNTAX, CommandError
from trioredis.numerals import INT64_MAX
from trioredis.protocol.replies import Reply, SetReply

_command = partial(command, group="set")
_ASKED: Final = KeySpec(1, flags="RO")
_READ: Final = KeySpec(1, flags="RO ACCESS")

read, _find = reader(require_set), finder(require_set)

# --- looking


@_command(
    "SISMEMBER",
    arity=3,
    flags=READONLY | FAST,
    keys=_ASKED,
    since="1.0.0",
    complexity="O(1)",
    args="key member",
)
def sismember(ctx: Context, key: bytes, member: bytes) -> Reply:
    """Tell whether a set has a member."""
    value = read(ctx, key)
    return int(value is not None and value.has(member))


@_command(
    "SMISMEMBER",
    arity=-3,
    flags=READONLY | FAST,
    keys=_READ,
    since="6.2.0",
    complexity="O(N) for N members asked for",
    args="key member...",
)
def smismember(ctx: Context, key: bytes, *members: bytes) -> Reply:
    """Tell of several members whether a set has them."""
    value = read(ctx, key)
    if value is None:
        return [0] * len(members)
    return [int(found) for found in map(value.finder(len(members)), members)]


@_command("SCARD", arity=2, flags=READONLY | FAST, keys=_ASKED, since="1.0.0", complexity="O(1)", args="key")
def scard(ctx: Context, key: bytes) -> Reply:
    """Return the number of members of a set."""
    value = read(ctx, key)
    return 0 if value is None else value.size()


@_command(
    "SMEMBERS",
    arity=2,
    flags=READONLY,
    keys=_READ,
    since="1.0.0",
    complexity="O(N) for N members",
    args="key",
    tips="nondeterministic_output_order",
)
def smembers(ctx: Context, key: bytes) -> Reply:
    """Return all members of a set."""
    value = read(ctx, key)
    return SetReply([] if value is None else list(value.members()))


@_command(
    "SSCAN",
    arity=-3,
    flags=READONLY,
    keys=_READ,
    since="2.8.0",
    complexity="O(1) for a call, O(N) for a whole iteration over N members",
    args="key cursor:integer [MATCH pattern] [COUNT count:integer]",
    tips="nondeterministic_output",
)
def sscan(ctx: Context, key: bytes, cursor: bytes, *options: bytes) -> Reply:
    """Iterate over the members of a set."""
    position = to_cursor(cursor)
    return scan_value(read(ctx, key), sets.scan, position, options)


# --- adding and removing


@_command(
    "SADD",
    arity=-3,
    flags=WRITE | DENYOOM | FAST,
    keys=KeySpec(1, flags="RW INSERT"),
    since="1.0.0",
    complexity="O(1) for each member added",
    args="key member...",
    history=(("2.4.0", "Takes more than one member."),),
)
def sadd(ctx: Context, key: bytes, *members: bytes) -> Reply:
    """Add members to a set, which is created if there is none."""
    return _add(ctx, key, _find(ctx, key), members)


def _add(ctx: Context, key: bytes, value: SetValue | None, members: tuple[bytes, ...]) -> int:
    larger, added = sets.add(value, members, ctx.engine.config.values)
    if larger is not value:
        ctx.db.replace(key, larger)
    if added:
        ctx.touch(key, b"sadd")
    return added


@_command(
    "SREM",
    arity=-3,
    flags=WRITE | FAST,
    keys=KeySpec(1, flags="RW DELETE"),
    since="1.0.0",
    complexity="O(N) for N members to remove",
    args="key member...",
    history=(("2.4.0", "Takes more than one member."),),
)
def srem(ctx: Context, key: bytes, *members: bytes) -> Reply:
    """Remove members from a set."""
    value = _find(ctx, key)
    if value is None:
        return 0
    left, removed = value.remove(members)
    if removed:
        ctx.keep(key, value, left if left.size() else None, b"srem")
    return removed


@_command(
    "SMOVE",
    arity=4,
    flags=WRITE | FAST,
    keys=(KeySpec(1, flags="RW ACCESS DELETE"), KeySpec(2, flags="RW INSERT")),
    since="1.0.0",
    complexity="O(1)",
    args="source:key destination:key member",
)
def smove(ctx: Context, source: bytes, destination: bytes, member: bytes) -> Reply:
    """Move a member from one set to another."""
    value, target = ctx.db.find(source), ctx.db.find(destination)
    if value is None:
        return 0
    value, target = require_set(value), None if target is None else require_set(target)
    if source == destination:
        return int(value.has(member))
    left, removed = value.remove((member,))
    if removed:
        ctx.keep(source, value, left if left.size() else None, b"srem")
        _add(ctx, destination, target, (member,))
    return removed


# --- choosing by chance


@_command(
    "SPOP",
    arity=-2,
    flags=WRITE | FAST,
    keys=KeySpec(1, flags="RW ACCESS DELETE"),
    since="1.0.0",
    complexity="O(1), or O(N) for a count of N",
    args="key [count:integer]@3.2.0",
    tips="nondeterministic_output",
    history=(("3.2.0", "Takes `count`."),),
)
def spop(ctx: Context, key: bytes, *count: bytes) -> Reply:
    """Remove one or more random members from a set and return them."""
    if count:
        return SetReply(_pop_some(ctx, key, *_one(count)))
    value = _find(ctx, key)
    if value is None:
        return None
    left, member = value.take(ctx.engine.env.random)
    ctx.keep(key, value, left if left.size() else None, b"spop")
    return member


def _one(words: tuple[bytes, ...]) -> tuple[bytes]:
    """Return the only optional argument that there may be."""
    if len(words) > 1:
        raise CommandError(SYNTAX)
    return (words[0],)


def _pop_some(ctx: Context, key: bytes, count: bytes) -> list[bytes]:
    wanted = to_integer_between(count, 0, INT64_MAX, NOT_POSITIVE)
    value = _find(ctx, key)
    if value is None or not wanted:
        return []
    if wanted < value.size():
        left, members = sets.take_some(value, ctx.engine.env.random, wanted, ctx.engine.config.values)
        ctx.keep(key, value, left, b"spop")
        return members
    # Redis answers this case with a union of one set, which counts as one more look at the key.
    members = list(require_set(ctx.db.read(key)).members())
    ctx.keep(key, value, None, b"spop")
    return members


@_command(
    "SRANDMEMBER",
    arity=-2,
    flags=READONLY,
    keys=_READ,
    since="1.0.0",
    complexity="O(1), or O(N) for a count of N or -N",
    args="key [count:integer]@2.6.0",
    tips="nondeterministic_output",
    history=(("2.6.0", "Takes `count`."),),
)
def srandmember(ctx: Context, key: bytes, *count: bytes) -> Reply:
    """Return one or more random members of a set; below zero, the count allows for repetitions."""
    if count:
        return _choose_some(ctx, key, *_one(count))
    value = read(ctx, key)
    return None if value is None else value.pick(ctx.engine.env.random)


def _choose_some(ctx: Context, key: bytes, count: bytes) -> list[bytes]:
    wanted, random = to_integer_between(count, -INT64_MAX, INT64_MAX), ctx.engine.env.random
    value = read(ctx, key)
    if value is None or not wanted:
        return []
    if -wanted > MOST_REPEATED:
        raise CommandError(OUT_OF_RANGE)
    if wanted < 0:
        return value.picks(random, -wanted)
    return value.sample(random, wanted) if wanted < value.size() else list(value.members())
