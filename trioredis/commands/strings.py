"""String commands (Redis documentation: Strings).

GET, SET without options and INCR are the hot path of every server: they take one look at what the database
gives them, and leave it to the general case only when it is not the usual one. What a string is, and what can
be done to one, is the business of `trioredis.datatypes.strings`; here are keys, options, deadlines and events.
LCS has a module of its own.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from trioredis import errors
from trioredis.datatypes import strings
from trioredis.datatypes.strings import PlainBytes, StringValue, as_bytes, is_string, require_string
from trioredis.engine.arguments import Options, to_deadline, to_integer
from trioredis.engine.command import DENYOOM, FAST, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec, parse_key_flags
from trioredis.engine.looking import finder
from trioredis.errors import CommandError
from trioredis.numerals import (
    INT64_MAX,
    INT64_MIN,
    add_long_doubles,
    format_long_double,
    parse_long_double,
)
from trioredis.protocol.replies import OK, Reply

_command = partial(command, group="string")
_READ: Final = KeySpec(1, flags="RO ACCESS")
_CHANGED: Final = KeySpec(1, flags="RW ACCESS UPDATE")
_OVERWRITTEN: Final = KeySpec(1, flags="OW UPDATE")

_find = finder(require_string)

# --- reading


@_command("GET", arity=2, flags=READONLY | FAST, keys=_READ, since="1.0.0", complexity="O(1)", args="key")
def get(ctx: Context, key: bytes) -> Reply:
    """Return the string at a key."""
    value = ctx.db.read(key)
    if type(value) is bytes or value is None:
        return value
    return as_bytes(require_string(value))


@_command(
    "MGET",
    arity=-2,
    flags=READONLY | FAST,
    keys=KeySpec(1, last=-1, flags="RO ACCESS"),
    since="1.0.0",
    complexity="O(N) for N keys",
    args="key...",
    tips="request_policy:multi_shard",
)
def mget(ctx: Context, *keys: bytes) -> Reply:
    """Return the strings at several keys."""
    return [as_bytes(value) if is_string(value) else None for value in map(ctx.db.read, keys)]


@_command(
    "STRLEN",
    arity=2,
    flags=READONLY | FAST,
    keys=KeySpec(1, flags="RO"),
    since="2.2.0",
    complexity="O(1)",
    args="key",
)
def strlen(ctx: Context, key: bytes) -> Reply:
    """Return the length of the string at a key."""
    value = ctx.db.read(key)
    return 0 if value is None else strings.length(require_string(value))


def _range(ctx: Context, key: bytes, start: bytes, end: bytes) -> bytes:
    first, last = to_integer(start), to_integer(end)
    value = ctx.db.read(key)
    return b"" if value is None else strings.get_range(require_string(value), first, last)


@_command(
    "GETRANGE",
    arity=4,
    flags=READONLY,
    keys=_READ,
    since="2.4.0",
    complexity="O(N) for N bytes returned",
    args="key start:integer end:integer",
)
def getrange(ctx: Context, key: bytes, start: bytes, end: bytes) -> Reply:
    """Return a part of the string at a key."""
    return _range(ctx, key, start, end)


@_command(
    "SUBSTR",
    arity=4,
    flags=READONLY,
    keys=_READ,
    since="1.0.0",
    complexity="O(N) for N bytes returned",
    args="key start:integer end:integer",
    deprecated_since="2.0.0",
    replaced_by="`GETRANGE`",
)
def substr(ctx: Context, key: bytes, start: bytes, end: bytes) -> Reply:
    """Return a part of the string at a key."""
    return _range(ctx, key, start, end)


# --- storing

_SET: Final = Options("[NX | XX] [GET] [EX _ | PX _ | EXAT _ | PXAT _ | KEEPTTL]")
_GETEX: Final = Options("[EX _ | PX _ | EXAT _ | PXAT _ | PERSIST]")
_EXPIRATIONS: Final = {b"EX": (1000, False), b"PX": (1, False), b"EXAT": (1000, True), b"PXAT": (1, True)}
"""Options that set a deadline: the unit in milliseconds, and whether the time is counted from 1970."""

_KEY_FLAGS: Final = {
    gets: parse_key_flags("RW ACCESS UPDATE" if gets else "OW UPDATE") for gets in (False, True)
}


def set_keys(argv: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """Return the key of a SET command line: it is read only where GET asks for the old value."""
    return [(argv[1], _KEY_FLAGS[any(option.lower() == b"get" for option in argv[3:])])]


@_command(
    "SET",
    arity=-3,
    flags=WRITE | DENYOOM,
    keys=KeySpec(1, flags="RW ACCESS UPDATE VARIABLE_FLAGS", notes="RW and ACCESS only with `GET`"),
    find_keys=set_keys,
    since="1.0.0",
    complexity="O(1)",
    args=(
        "key value [condition=(NX | XX)]@2.6.12 [GET]@6.2.0 [expiration=(EX seconds:integer@2.6.12 | "
        "PX milliseconds:integer@2.6.12 | EXAT unix-time-seconds:unix-time@6.2.0 | "
        "PXAT unix-time-milliseconds:unix-time@6.2.0 | KEEPTTL@6.0.0)]"
    ),
    history=(
        ("2.6.12", "Takes `EX`, `PX`, `NX` and `XX`."),
        ("6.0.0", "Takes `KEEPTTL`."),
        ("6.2.0", "Takes `GET`, `EXAT` and `PXAT`."),
        ("7.0.0", "`NX` and `GET` go together."),
    ),
)
def set_(ctx: Context, key: bytes, value: bytes, *options: bytes) -> Reply:
    """Store a string at a key, whatever was there before."""
    if options:
        return _set_with_options(ctx, key, value, _SET.read(options))
    ctx.db.write(key, value)
    ctx.touch(key, b"set")
    return OK


def _set_with_options(ctx: Context, key: bytes, value: bytes, options: dict[bytes, Any]) -> Reply:
    deadline = _deadline(ctx, options, b"set")
    old = get.handler(ctx, key) if b"GET" in options else ctx.db.find(key)
    stored = (old is None or b"NX" not in options) and (old is not None or b"XX" not in options)
    if stored and b"KEEPTTL" in options:
        ctx.db.replace(key, value)
        ctx.touch(key, b"set")
    elif stored:
        _store(ctx, key, value, deadline)
    if b"GET" in options:
        return old
    return OK if stored else None


def _store(ctx: Context, key: bytes, value: StringValue, deadline: int | None = None) -> None:
    ctx.db.write(key, value)
    if deadline is not None:
        ctx.db.expire(key, deadline)
    ctx.touch(key, b"set")
    if deadline is not None:
        ctx.notify(key, b"expire")


def _deadline(ctx: Context, options: dict[bytes, Any], name: bytes) -> int | None:
    """Return the deadline that the options of command `name` set, in Unix milliseconds, or None."""
    for option, (unit, is_absolute) in _EXPIRATIONS.items():
        if option in options:
            since = 0 if is_absolute else ctx.now
            deadline = to_deadline(options[option], unit=unit, since=since, command=name)
            if deadline <= since:
                raise CommandError(errors.invalid_expire(name))
            return deadline
    return None


@_command(
    "SETEX",
    arity=4,
    flags=WRITE | DENYOOM,
    keys=_OVERWRITTEN,
    since="2.0.0",
    complexity="O(1)",
    args="key seconds:integer value",
    deprecated_since="2.6.12",
    replaced_by="`SET` with the `EX` argument",
)
def setex(ctx: Context, key: bytes, seconds: bytes, value: bytes) -> Reply:
    """Store a string with a time to live in seconds."""
    _store(ctx, key, value, _deadline(ctx, {b"EX": seconds}, b"setex"))
    return OK


@_command(
    "PSETEX",
    arity=4,
    flags=WRITE | DENYOOM,
    keys=_OVERWRITTEN,
    since="2.6.0",
    complexity="O(1)",
    args="key milliseconds:integer value",
    deprecated_since="2.6.12",
    replaced_by="`SET` with the `PX` argument",
)
def psetex(ctx: Context, key: bytes, milliseconds: bytes, value: bytes) -> Reply:
    """Store a string with a time to live in milliseconds."""
    _store(ctx, key, value, _deadline(ctx, {b"PX": milliseconds}, b"psetex"))
    return OK


@_command(
    "SETNX",
    arity=3,
    flags=WRITE | DENYOOM | FAST,
    keys=KeySpec(1, flags="OW INSERT"),
    since="1.0.0",
    complexity="O(1)",
    args="key value",
    deprecated_since="2.6.12",
    replaced_by="`SET` with the `NX` argument",
)
def setnx(ctx: Context, key: bytes, value: bytes) -> Reply:
    """Store a string unless the key exists."""
    if ctx.db.find(key) is not None:
        return 0
    _store(ctx, key, value)
    return 1


@_command(
    "MSET",
    arity=-3,
    flags=WRITE | DENYOOM,
    keys=KeySpec(1, last=-1, step=2, flags="OW UPDATE"),
    since="1.0.1",
    complexity="O(N) for N keys",
    args="(key value)...",
    tips="request_policy:multi_shard response_policy:all_succeeded",
)
def mset(ctx: Context, *words: bytes) -> Reply:
    """Store strings at several keys."""
    for key, value in _pairs(words, b"mset"):
        _store(ctx, key, value)
    return OK


@_command(
    "MSETNX",
    arity=-3,
    flags=WRITE | DENYOOM,
    keys=KeySpec(1, last=-1, step=2, flags="OW INSERT"),
    since="1.0.1",
    complexity="O(N) for N keys",
    args="(key value)...",
    tips="request_policy:multi_shard response_policy:agg_min",
)
def msetnx(ctx: Context, *words: bytes) -> Reply:
    """Store strings at several keys, unless one of them exists."""
    pairs = _pairs(words, b"msetnx")
    if any(ctx.db.find(key) is not None for key, _ in pairs):
        return 0
    for key, value in pairs:
        _store(ctx, key, value)
    return 1


def _pairs(words: Sequence[bytes], name: bytes) -> list[tuple[bytes, bytes]]:
    if len(words) % 2:
        raise CommandError(errors.wrong_arity(name))
    return list(zip(words[::2], words[1::2], strict=True))


# --- reading and changing at once


@_command(
    "GETSET",
    arity=3,
    flags=WRITE | DENYOOM | FAST,
    keys=_CHANGED,
    since="1.0.0",
    complexity="O(1)",
    args="key value",
    deprecated_since="6.2.0",
    replaced_by="`SET` with the `!GET` argument",
)
def getset(ctx: Context, key: bytes, value: bytes) -> Reply:
    """Store a string and return the one that was there before."""
    old = get.handler(ctx, key)
    _store(ctx, key, value)
    return old


@_command(
    "GETDEL",
    arity=2,
    flags=WRITE | FAST,
    keys=KeySpec(1, flags="RW ACCESS DELETE"),
    since="6.2.0",
    complexity="O(1)",
    args="key",
)
def getdel(ctx: Context, key: bytes) -> Reply:
    """Return the string at a key and delete the key."""
    old = get.handler(ctx, key)
    if old is not None:
        ctx.db.pop(key)
        ctx.touch(key, b"del")
    return old


@_command(
    "GETEX",
    arity=-2,
    flags=WRITE | FAST,
    keys=KeySpec(1, flags="RW ACCESS UPDATE", notes="RW and UPDATE for the sake of the time to live"),
    since="6.2.0",
    complexity="O(1)",
    args=(
        "key [expiration=(EX seconds:integer | PX milliseconds:integer | EXAT unix-time-seconds:unix-time | "
        "PXAT unix-time-milliseconds:unix-time | PERSIST)]"
    ),
)
def getex(ctx: Context, key: bytes, *options: bytes) -> Reply:
    """Return the string at a key and change the key's time to live."""
    wanted = _GETEX.read(options)
    value = get.handler(ctx, key)
    if value is None:
        return None
    deadline = _deadline(ctx, wanted, b"getex")
    if deadline is None:
        if b"PERSIST" in wanted and ctx.db.persist(key):
            ctx.touch(key, b"persist")
    elif deadline <= ctx.now:
        ctx.db.pop(key)
        ctx.touch(key, b"del")
    else:
        ctx.db.expire(key, deadline)
        ctx.touch(key, b"expire")
    return value


# --- counting


@_command(
    "INCR", arity=2, flags=WRITE | DENYOOM | FAST, keys=_CHANGED, since="1.0.0", complexity="O(1)", args="key"
)
def incr(ctx: Context, key: bytes) -> Reply:
    """Add one to the integer at a key."""
    return _add(ctx, key, 1)


@_command(
    "DECR", arity=2, flags=WRITE | DENYOOM | FAST, keys=_CHANGED, since="1.0.0", complexity="O(1)", args="key"
)
def decr(ctx: Context, key: bytes) -> Reply:
    """Subtract one from the integer at a key."""
    return _add(ctx, key, -1)


@_command(
    "INCRBY",
    arity=3,
    flags=WRITE | DENYOOM | FAST,
    keys=_CHANGED,
    since="1.0.0",
    complexity="O(1)",
    args="key increment:integer",
)
def incrby(ctx: Context, key: bytes, increment: bytes) -> Reply:
    """Add a number to the integer at a key."""
    return _add(ctx, key, to_integer(increment))


@_command(
    "DECRBY",
    arity=3,
    flags=WRITE | DENYOOM | FAST,
    keys=_CHANGED,
    since="1.0.0",
    complexity="O(1)",
    args="key decrement:integer",
)
def decrby(ctx: Context, key: bytes, decrement: bytes) -> Reply:
    """Subtract a number from the integer at a key."""
    amount = to_integer(decrement)
    if amount == INT64_MIN:
        raise CommandError(errors.DECREMENT_OVERFLOW)
    return _add(ctx, key, -amount)


def _add(ctx: Context, key: bytes, amount: int) -> int:
    value = ctx.db.peek(key)  # to replace it counts as an access, too
    if type(value) is not int:
        value = 0 if value is None else to_integer(as_bytes(require_string(value)))
    value += amount
    if not INT64_MIN <= value <= INT64_MAX:
        raise CommandError(errors.OVERFLOW)
    ctx.db.replace(key, value)
    ctx.touch(key, b"incrby")
    return value


@_command(
    "INCRBYFLOAT",
    arity=3,
    flags=WRITE | DENYOOM | FAST,
    keys=_CHANGED,
    since="2.6.0",
    complexity="O(1)",
    args="key increment:double",
)
def incrbyfloat(ctx: Context, key: bytes, increment: bytes) -> Reply:
    """Add a floating point number to the number at a key."""
    value = _find(ctx, key)
    old = 0 if value is None else parse_long_double(as_bytes(value))
    amount = parse_long_double(increment)
    if old is None or amount is None:
        raise CommandError(errors.NOT_A_FLOAT)
    total = add_long_doubles(old, amount)
    if total is None:
        raise CommandError(errors.NAN_OR_INFINITY)
    text = format_long_double(total)
    ctx.db.replace(key, PlainBytes(text))
    ctx.touch(key, b"incrbyfloat")
    return text


# --- growing


@_command(
    "APPEND",
    arity=3,
    flags=WRITE | DENYOOM | FAST,
    keys=KeySpec(1, flags="RW INSERT"),
    since="2.0.0",
    complexity="O(1) amortized",
    args="key value",
)
def append(ctx: Context, key: bytes, value: bytes) -> Reply:
    """Append to a string, which is created if there is none."""
    old = _find(ctx, key)
    new = strings.append(old, value, ctx.engine.config[b"proto-max-bulk-len"])
    ctx.db.replace(key, new)
    ctx.touch(key, b"append")
    return strings.length(new)


@_command(
    "SETRANGE",
    arity=4,
    flags=WRITE | DENYOOM,
    keys=KeySpec(1, flags="RW UPDATE"),
    since="2.2.0",
    complexity="O(M) for M bytes written",
    args="key offset:integer value",
)
def setrange(ctx: Context, key: bytes, offset: bytes, value: bytes) -> Reply:
    """Overwrite a part of a string, which grows as needed."""
    start = to_integer(offset)
    if start < 0:
        raise CommandError(errors.OFFSET_OUT_OF_RANGE)
    old = _find(ctx, key)
    if not value:
        return 0 if old is None else strings.length(old)
    new = strings.set_range(old, start, value, ctx.engine.config[b"proto-max-bulk-len"])
    ctx.db.replace(key, new)
    ctx.touch(key, b"setrange")
    return len(new)
