"""Hash commands (Redis documentation: Hashes).

What a hash is, and what can be done to one, is the business of `trioredis.datatypes.hashes`; here are keys, numbers,
the limits of CONFIG and events.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from trioredis import errors
from trioredis.datatypes import hashes, sampling
from trioredis.datatypes.hashes import HASHES, HashValue, require_hash
from trioredis.engine.arguments import to_cursor, to_integer, to_sample
from trioredis.engine.command import DENYOOM, FAST, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.engine.looking import reader
from trioredis.engine.scanning import scan_value
from trioredis.errors import CommandError
from trioredis.numerals import (
    INT64_MAX,
    INT64_MIN,
    add_long_doubles,
    format_long_double,
    parse_integer,
    parse_long_double,
)
from trioredis.protocol.replies import OK, Reply

_command = partial(command, group="hash")
_ASKED: Final = KeySpec(1, flags="RO")
_READ: Final = KeySpec(1, flags="RO ACCESS")
_UPDATED: Final = KeySpec(1, flags="RW UPDATE")
_CHANGED: Final = KeySpec(1, flags="RW ACCESS UPDATE")
_ANY_ORDER: Final = "nondeterministic_output_order"

_read = reader(require_hash)


def _find(ctx: Context, key: bytes) -> HashValue | None:
    """Return the hash that a command is going to replace, which counts as an access, too."""
    value = ctx.db.peek(key)
    if value is None or type(value) in HASHES:
        return value
    return require_hash(ctx.db.find(key))


# --- one field, or some


@_command(
    "HGET", arity=3, flags=READONLY | FAST, keys=_READ, since="2.0.0", complexity="O(1)", args="key field"
)
def hget(ctx: Context, key: bytes, field: bytes) -> Reply:
    """Return the value of a field of a hash."""
    value = _read(ctx, key)
    return None if value is None else hashes.get(value, field)


@_command(
    "HMGET",
    arity=-3,
    flags=READONLY | FAST,
    keys=_READ,
    since="2.0.0",
    complexity="O(N) for N fields",
    args="key field...",
)
def hmget(ctx: Context, key: bytes, *fields: bytes) -> Reply:
    """Return the values of several fields of a hash."""
    value = _read(ctx, key)
    if value is None:
        return [None] * len(fields)
    return [*map(hashes.opened(value).get, fields)]


@_command(
    "HEXISTS", arity=3, flags=READONLY | FAST, keys=_ASKED, since="2.0.0", complexity="O(1)", args="key field"
)
def hexists(ctx: Context, key: bytes, field: bytes) -> Reply:
    """Tell whether a hash has a field."""
    value = _read(ctx, key)
    return 0 if value is None else int(hashes.get(value, field) is not None)


@_command(
    "HSTRLEN", arity=3, flags=READONLY | FAST, keys=_ASKED, since="3.2.0", complexity="O(1)", args="key field"
)
def hstrlen(ctx: Context, key: bytes, field: bytes) -> Reply:
    """Return the length of the value of a field of a hash."""
    value = _read(ctx, key)
    return 0 if value is None else len(hashes.get(value, field) or b"")


# --- all fields


@_command("HLEN", arity=2, flags=READONLY | FAST, keys=_ASKED, since="2.0.0", complexity="O(1)", args="key")
def hlen(ctx: Context, key: bytes) -> Reply:
    """Return the number of fields of a hash."""
    value = _read(ctx, key)
    return 0 if value is None else hashes.length(value)


@_command(
    "HKEYS",
    arity=2,
    flags=READONLY,
    keys=_READ,
    since="2.0.0",
    complexity="O(N) for N fields",
    args="key",
    tips=_ANY_ORDER,
)
def hkeys(ctx: Context, key: bytes) -> Reply:
    """Return the names of all fields of a hash."""
    value = _read(ctx, key)
    return [] if value is None else [*hashes.opened(value)]


@_command(
    "HVALS",
    arity=2,
    flags=READONLY,
    keys=_READ,
    since="2.0.0",
    complexity="O(N) for N fields",
    args="key",
    tips=_ANY_ORDER,
)
def hvals(ctx: Context, key: bytes) -> Reply:
    """Return the values of all fields of a hash."""
    value = _read(ctx, key)
    return [] if value is None else [text for _, text in hashes.items(value)]


@_command(
    "HGETALL",
    arity=2,
    flags=READONLY,
    keys=_READ,
    since="2.0.0",
    complexity="O(N) for N fields",
    args="key",
    tips=_ANY_ORDER,
)
def hgetall(ctx: Context, key: bytes) -> Reply:
    """Return all fields of a hash with their values."""
    value = _read(ctx, key)
    return {} if value is None else dict(hashes.items(value))


@_command(
    "HSCAN",
    arity=-3,
    flags=READONLY,
    keys=_READ,
    since="2.8.0",
    complexity="O(1) for a call, O(N) for a whole iteration over N fields",
    args="key cursor:integer [MATCH pattern] [COUNT count:integer]",
    tips="nondeterministic_output",
)
def hscan(ctx: Context, key: bytes, cursor: bytes, *options: bytes) -> Reply:
    """Iterate over the fields of a hash and their values."""
    position = to_cursor(cursor)
    return scan_value(_read(ctx, key), hashes.scan, position, options)


# --- random fields


@_command(
    "HRANDFIELD",
    arity=-2,
    flags=READONLY,
    keys=_READ,
    since="6.2.0",
    complexity="O(N) for N fields returned",
    args="key [options=(count:integer [WITHVALUES])]",
    tips="nondeterministic_output",
)
def hrandfield(ctx: Context, key: bytes, *options: bytes) -> Reply:
    """Return one or more random fields of a hash."""
    if options:
        return _random_fields(ctx, key, options)
    value = _read(ctx, key)
    return None if value is None else sampling.distinct(hashes.opened(value), 1, ctx.engine.env.random)[0]


def _random_fields(ctx: Context, key: bytes, options: Sequence[bytes]) -> Reply:
    count, with_values = to_sample(options, b"WITHVALUES")
    value = _read(ctx, key)
    if value is None:
        return []
    fields = hashes.opened(value)
    chosen = sampling.choose(fields, count, ctx.engine.env.random)
    if not with_values:
        return chosen
    pairs = [(field, fields.get(field)) for field in chosen]
    return pairs if ctx.client.protocol > 2 else [word for pair in pairs for word in pair]


# --- setting


@_command(
    "HSET",
    arity=-4,
    flags=WRITE | DENYOOM | FAST,
    keys=_UPDATED,
    since="2.0.0",
    complexity="O(N) for N fields",
    args="key (field value)...",
    history=(("4.0.0", "Takes more than one field."),),
)
def hset(ctx: Context, key: bytes, field: bytes, text: bytes, *more: bytes) -> Reply:
    """Set fields of a hash, and count those that are new."""
    if more:
        return _set_fields(ctx, key, (field, text, *more), b"hset")
    value, is_new = hashes.set_field(_find(ctx, key), field, text, ctx.engine.config.values)
    ctx.db.replace(key, value)
    ctx.touch(key, b"hset")
    return 1 if is_new else 0


@_command(
    "HMSET",
    arity=-4,
    flags=WRITE | DENYOOM | FAST,
    keys=_UPDATED,
    since="2.0.0",
    complexity="O(N) for N fields",
    args="key (field value)...",
    deprecated_since="4.0.0",
    replaced_by="`HSET` with multiple field-value pairs",
)
def hmset(ctx: Context, key: bytes, *words: bytes) -> Reply:
    """Set several fields of a hash."""
    _set_fields(ctx, key, words, b"hmset")
    return OK


@_command(
    "HSETNX",
    arity=4,
    flags=WRITE | DENYOOM | FAST,
    keys=KeySpec(1, flags="RW INSERT"),
    since="2.0.0",
    complexity="O(1)",
    args="key field value",
)
def hsetnx(ctx: Context, key: bytes, field: bytes, text: bytes) -> Reply:
    """Set a field of a hash unless it is there."""
    value = ctx.db.find(key)
    if value is not None and hashes.get(require_hash(value), field) is not None:
        return 0
    _set(ctx, key, value, field, text, b"hset")
    return 1


def _set(ctx: Context, key: bytes, value: HashValue | None, field: bytes, text: bytes, event: bytes) -> bool:
    value, is_new = hashes.set_field(value, field, text, ctx.engine.config.values)
    ctx.db.replace(key, value)
    ctx.touch(key, event)
    return is_new


def _set_fields(ctx: Context, key: bytes, words: Sequence[bytes], name: bytes) -> int:
    if len(words) % 2:
        raise CommandError(errors.wrong_arity(name))
    value, added = hashes.set_fields(_find(ctx, key), words, ctx.engine.config.values)
    ctx.db.replace(key, value)
    ctx.touch(key, b"hset")
    return added


# --- counting


@_command(
    "HINCRBY",
    arity=4,
    flags=WRITE | DENYOOM | FAST,
    keys=_CHANGED,
    since="2.0.0",
    complexity="O(1)",
    args="key field increment:integer",
)
def hincrby(ctx: Context, key: bytes, field: bytes, increment: bytes) -> Reply:
    """Add a number to the integer at a field of a hash."""
    amount = to_integer(increment)
    value, old = _find_field(ctx, key, field)
    number = 0 if old is None else parse_integer(old)
    if number is None:
        raise CommandError(errors.HASH_NOT_AN_INTEGER)
    number += amount
    if not INT64_MIN <= number <= INT64_MAX:
        raise CommandError(errors.OVERFLOW)
    _set(ctx, key, value, field, b"%d" % number, b"hincrby")
    return number


@_command(
    "HINCRBYFLOAT",
    arity=4,
    flags=WRITE | DENYOOM | FAST,
    keys=_CHANGED,
    since="2.6.0",
    complexity="O(1)",
    args="key field increment:double",
)
def hincrbyfloat(ctx: Context, key: bytes, field: bytes, increment: bytes) -> Reply:
    """Add a floating point number to the number at a field of a hash."""
    amount = parse_long_double(increment)
    if amount is None:
        raise CommandError(errors.NOT_A_FLOAT)
    if isinstance(amount, float):
        raise CommandError(errors.VALUE_NAN_OR_INFINITY)
    value, old = _find_field(ctx, key, field)
    number = 0 if old is None else parse_long_double(old)
    if number is None:
        raise CommandError(errors.HASH_NOT_A_FLOAT)
    total = add_long_doubles(number, amount)
    if total is None:
        raise CommandError(errors.NAN_OR_INFINITY)
    text = format_long_double(total)
    _set(ctx, key, value, field, text, b"hincrbyfloat")
    return text


def _find_field(ctx: Context, key: bytes, field: bytes) -> tuple[HashValue | None, bytes | None]:
    """Return a hash and the value of a field of it."""
    value = ctx.db.find(key)
    return (None, None) if value is None else (require_hash(value), hashes.get(value, field))


# --- removing


@_command(
    "HDEL",
    arity=-3,
    flags=WRITE | FAST,
    keys=KeySpec(1, flags="RW DELETE"),
    since="2.0.0",
    complexity="O(N) for N fields",
    args="key field...",
    history=(("2.4.0", "Takes more than one field."),),
)
def hdel(ctx: Context, key: bytes, *fields: bytes) -> Reply:
    """Remove fields of a hash, and count those that were there."""
    value = ctx.db.find(key)
    if value is None:
        return 0
    left, removed = hashes.delete_fields(require_hash(value), fields)
    if not removed:
        return 0
    ctx.keep(key, value, left, b"hdel")
    return removed
