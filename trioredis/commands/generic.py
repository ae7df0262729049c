"""Commands for keys of any type (Redis documentation: Generic).

Those about the time to live are in `expiration`, OBJECT is in `objects`. A value moves from key to key as the
object that it is; only COPY makes another one.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from trioredis import errors
from trioredis.datatypes.kinds import KINDS, Value, copy_of
from trioredis.engine.arguments import INT32_MAX, INT32_MIN, Options, to_cursor, to_integer_between
from trioredis.engine.command import DENYOOM, FAST, READONLY, TOUCHES_ARBITRARY_KEYS, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.engine.scanning import ANY, DEFAULT_COUNT, matching
from trioredis.errors import CommandError
from trioredis.keyspace.database import Database
from trioredis.protocol.replies import OK, Reply, Simple

_command = partial(command, group="generic")
_SUM_OVER_SHARDS: Final = "request_policy:multi_shard response_policy:agg_sum"

# --- looking at keys


@_command(
    "EXISTS",
    arity=-2,
    flags=READONLY | FAST,
    keys=KeySpec(1, last=-1, flags="RO"),
    since="1.0.0",
    complexity="O(N) for N keys",
    args="key...",
    tips=_SUM_OVER_SHARDS,
    history=(("3.0.3", "Takes more than one key."),),
)
def exists(ctx: Context, *keys: bytes) -> Reply:
    """Count how many of the keys exist."""
    return sum(ctx.db.inspect(key) is not None for key in keys)


@_command(
    "TOUCH",
    arity=-2,
    flags=READONLY | FAST,
    keys=KeySpec(1, last=-1, flags="RO"),
    since="3.2.1",
    complexity="O(N) for N keys",
    args="key...",
    tips=_SUM_OVER_SHARDS,
)
def touch(ctx: Context, *keys: bytes) -> Reply:
    """Count how many of the keys exist, and mark them as accessed."""
    return sum(ctx.db.read(key) is not None for key in keys)


_TYPES: Final = {python_type: Simple(kind.name) for python_type, kind in KINDS.items()}
_NO_TYPE: Final = Simple(b"none")


@_command(
    "TYPE",
    arity=2,
    flags=READONLY | FAST,
    keys=KeySpec(1, flags="RO"),
    since="1.0.0",
    complexity="O(1)",
    args="key",
)
def type_(ctx: Context, key: bytes) -> Reply:
    """Return the type of the value at a key."""
    value = ctx.db.inspect(key)
    return _NO_TYPE if value is None else _TYPES[type(value)]


@_command(
    "RANDOMKEY",
    arity=1,
    flags=READONLY | TOUCHES_ARBITRARY_KEYS,
    since="1.0.0",
    complexity="O(1)",
    tips="request_policy:all_shards nondeterministic_output",
)
def randomkey(ctx: Context) -> Reply:
    """Return the name of a random key."""
    return ctx.db.random_key(ctx.engine.env.random)


@_command(
    "KEYS",
    arity=2,
    flags=READONLY,
    since="1.0.0",
    complexity="O(N) for N keys in the database",
    args="pattern",
    categories="keyspace dangerous",
    tips="request_policy:all_shards nondeterministic_output_order",
)
def keys(ctx: Context, pattern: bytes) -> Reply:
    """Return the names of all keys that match a pattern."""
    return list(matching(pattern, ctx.db.keys()))


_SCAN_OPTIONS: Final = Options("[MATCH _] [COUNT count] [TYPE _]")


@_command(
    "SCAN",
    arity=-2,
    flags=READONLY | TOUCHES_ARBITRARY_KEYS,
    since="2.8.0",
    complexity="O(1) for a call, O(N) for a whole iteration over N keys",
    args="cursor:integer [MATCH pattern] [COUNT count:integer] [TYPE type]@6.0.0",
    tips="nondeterministic_output request_policy:special",
    history=(("6.0.0", "Takes `TYPE`."),),
)
def scan(ctx: Context, cursor: bytes, *options: bytes) -> Reply:
    """Iterate over the names of the keys."""
    position = to_cursor(cursor)
    wanted = _SCAN_OPTIONS.read(options)
    position, found = ctx.db.scan(position, wanted.get(b"COUNT", DEFAULT_COUNT))
    names = matching(wanted.get(b"MATCH", ANY), found)
    return [b"%d" % position, list(_of_type(ctx, wanted.get(b"TYPE"), names))]


def _of_type(ctx: Context, name: bytes | None, keys: Iterable[bytes]) -> Iterable[bytes]:
    if name is None:
        return keys
    types = {python_type for python_type, kind in KINDS.items() if kind.name == name.lower()}
    return (key for key in keys if type(ctx.db.inspect(key)) in types)


# --- removing keys


@_command(
    "DEL",
    arity=-2,
    flags=WRITE,
    keys=KeySpec(1, last=-1, flags="RM DELETE"),
    since="1.0.0",
    complexity="O(N) for N keys, and O(M) for a value of M elements",
    args="key...",
    tips=_SUM_OVER_SHARDS,
)
def del_(ctx: Context, *keys: bytes) -> Reply:
    """Delete keys."""
    return _delete(ctx, keys)


@_command(
    "UNLINK",
    arity=-2,
    flags=WRITE | FAST,
    keys=KeySpec(1, last=-1, flags="RM DELETE"),
    since="4.0.0",
    complexity="O(1) for each key; freeing a value of M elements later takes O(M)",
    args="key...",
    tips=_SUM_OVER_SHARDS,
)
def unlink(ctx: Context, *keys: bytes) -> Reply:
    """Delete keys, and free large values later."""
    return _delete(ctx, keys)


def _delete(ctx: Context, keys: Sequence[bytes]) -> int:
    deleted = 0
    for key in keys:
        if ctx.db.delete(key):
            ctx.touch(key, b"del")
            deleted += 1
    return deleted


# --- giving a value another key


@_command(
    "RENAME",
    arity=3,
    flags=WRITE,
    keys=(KeySpec(1, flags="RW ACCESS DELETE"), KeySpec(2, flags="OW UPDATE")),
    since="1.0.0",
    complexity="O(1)",
    args="key newkey:key",
)
def rename(ctx: Context, key: bytes, newkey: bytes) -> Reply:
    """Rename a key, overwriting what bears the new name."""
    value = _existing(ctx, key)
    if key != newkey:
        _rename(ctx, key, newkey, value)
    return OK


@_command(
    "RENAMENX",
    arity=3,
    flags=WRITE | FAST,
    keys=(KeySpec(1, flags="RW ACCESS DELETE"), KeySpec(2, flags="OW INSERT")),
    since="1.0.0",
    complexity="O(1)",
    args="key newkey:key",
    history=(("3.2.0", "Both names may be the same."),),
)
def renamenx(ctx: Context, key: bytes, newkey: bytes) -> Reply:
    """Rename a key unless the new name is taken."""
    value = _existing(ctx, key)
    if newkey in ctx.db:
        return 0
    _rename(ctx, key, newkey, value)
    return 1


def _existing(ctx: Context, key: bytes) -> Value:
    value: Value | None = ctx.db.find(key)
    if value is None:
        raise CommandError(errors.NO_SUCH_KEY)
    return value


def _rename(ctx: Context, key: bytes, newkey: bytes, value: Value) -> None:
    deadline = ctx.db.deadline(key)
    ctx.db.pop(key)
    _put(ctx.db, newkey, value, deadline)
    ctx.touch(key, b"rename_from")
    ctx.touch(newkey, b"rename_to")


@_command(
    "MOVE",
    arity=3,
    flags=WRITE | FAST,
    keys=KeySpec(1, flags="RW ACCESS UPDATE"),
    since="1.0.0",
    complexity="O(1)",
    args="key db:integer",
)
def move(ctx: Context, key: bytes, db: bytes) -> Reply:
    """Move a key to another database."""
    target = _database(ctx, db)
    if target.index == ctx.db.index:
        raise CommandError(errors.SAME_OBJECT)
    value = ctx.db.find(key)
    if value is None or key in target:
        return 0
    _put(target, key, value, ctx.db.deadline(key))
    ctx.db.pop(key)
    ctx.touch(key, b"move_from")
    ctx.touch(key, b"move_to", target)
    return 1


@_command(
    "COPY",
    arity=-3,
    flags=WRITE | DENYOOM,
    keys=(KeySpec(1, flags="RO ACCESS"), KeySpec(2, flags="OW UPDATE")),
    since="6.2.0",
    complexity="O(N) for a value of N elements",
    args="source:key destination:key [DB destination-db:integer] [REPLACE]",
)
def copy(ctx: Context, source: bytes, destination: bytes, *options: bytes) -> Reply:
    """Copy the value at a key to another key."""
    target, replaces = _copy_options(ctx, options)
    if target.index == ctx.db.index and source == destination:
        raise CommandError(errors.SAME_OBJECT)
    value = ctx.db.read(source)
    if value is None or (destination in target and not replaces):
        return 0
    _put(target, destination, copy_of(value), ctx.db.deadline(source))
    ctx.touch(destination, b"copy_to", target)
    return 1


def _copy_options(ctx: Context, options: Sequence[bytes]) -> tuple[Database, bool]:
    """Return where to, and whether over another value; a bad database counts before a later syntax error."""
    target, replaces = ctx.db, False
    words = deque(options)
    while words:
        match words.popleft().lower():
            case b"replace":
                replaces = True
            case b"db" if words:
                target = _database(ctx, words.popleft())
            case _:
                raise CommandError(errors.SYNTAX)
    return target, replaces


def _database(ctx: Context, number: bytes) -> Database:
    return ctx.database(to_integer_between(number, INT32_MIN, INT32_MAX))


def _put(database: Database, key: bytes, value: Value, deadline: int | None) -> None:
    """Set a key's value and when it ends; what the key held before is deleted, so that the key counts as new."""
    database.delete(key)
    database.write(key, value)
    if deadline is not None:
        database.expire(key, deadline)
