"""Commands about the time to live of keys (Redis documentation: Generic).

A database knows one unit and one origin: Unix time in milliseconds. EXPIRE, PEXPIRE, EXPIREAT and PEXPIREAT
differ from each other in both, as do TTL, PTTL, EXPIRETIME and PEXPIRETIME, and in nothing else. A deadline that
has come already deletes the key at once.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from trioredis import errors
from trioredis.engine.arguments import to_deadline
from trioredis.engine.command import FAST, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.protocol.replies import Reply

SECOND: Final = 1000
MILLISECOND: Final = 1

_command = partial(command, group="generic", complexity="O(1)")
_WRITTEN: Final = KeySpec(1, flags="RW UPDATE")

# --- setting it

_CONDITION = " [condition=(NX | XX | GT | LT)]@7.0.0"
_expire_command = partial(
    _command,
    arity=-3,
    flags=WRITE | FAST,
    keys=_WRITTEN,
    history=(("7.0.0", "Takes `NX`, `XX`, `GT` and `LT`."),),
)


@_expire_command("EXPIRE", since="1.0.0", args="key seconds:integer" + _CONDITION)
def expire(ctx: Context, key: bytes, seconds: bytes, *options: bytes) -> Reply:
    """Set the time to live of a key in seconds."""
    conditions = _conditions(options)
    deadline = to_deadline(seconds, unit=SECOND, since=ctx.now, command=b"expire")
    return _expire(ctx, key, deadline, conditions)


@_expire_command("PEXPIRE", since="2.6.0", args="key milliseconds:integer" + _CONDITION)
def pexpire(ctx: Context, key: bytes, milliseconds: bytes, *options: bytes) -> Reply:
    """Set the time to live of a key in milliseconds."""
    conditions = _conditions(options)
    deadline = to_deadline(milliseconds, unit=MILLISECOND, since=ctx.now, command=b"pexpire")
    return _expire(ctx, key, deadline, conditions)


@_expire_command("EXPIREAT", since="1.2.0", args="key unix-time-seconds:unix-time" + _CONDITION)
def expireat(ctx: Context, key: bytes, unix_time: bytes, *options: bytes) -> Reply:
    """Set the moment at which a key ends, as Unix time in seconds."""
    conditions = _conditions(options)
    deadline = to_deadline(unix_time, unit=SECOND, since=0, command=b"expireat")
    return _expire(ctx, key, deadline, conditions)


@_expire_command("PEXPIREAT", since="2.6.0", args="key unix-time-milliseconds:unix-time" + _CONDITION)
def pexpireat(ctx: Context, key: bytes, unix_time: bytes, *options: bytes) -> Reply:
    """Set the moment at which a key ends, as Unix time in milliseconds."""
    conditions = _conditions(options)
    deadline = to_deadline(unix_time, unit=MILLISECOND, since=0, command=b"pexpireat")
    return _expire(ctx, key, deadline, conditions)


Condition = Callable[[int | None, int], bool]
"""Whether a deadline, or the lack of one, may give way to a new one."""

_CONDITIONS: Final[dict[bytes, Condition]] = {
    b"NX": lambda current, new: current is None,
    b"XX": lambda current, new: current is not None,
    b"GT": lambda current, new: current is not None and new > current,
    b"LT": lambda current, new: current is None or new < current,
}


def _conditions(options: Sequence[bytes]) -> list[Condition]:
    for option in options:
        if option.upper() not in _CONDITIONS:
            raise CommandError(errors.unsupported_option(option))
    names = {option.upper() for option in options}
    if b"NX" in names and len(names) > 1:
        raise CommandError(errors.EXPIRE_NX_CONFLICT)
    if b"GT" in names and b"LT" in names:
        raise CommandError(errors.EXPIRE_GT_LT)
    return [_CONDITIONS[name] for name in names]


def _expire(ctx: Context, key: bytes, deadline: int, conditions: Sequence[Condition]) -> int:
    """Let a key end at a Unix time in milliseconds; 1 if it will, 0 if a condition or the lack of a key forbids it."""
    if ctx.db.find(key) is None:
        return 0
    current = ctx.db.deadline(key)
    if not all(holds(current, deadline) for holds in conditions):
        return 0
    if deadline <= ctx.now:
        ctx.db.delete(key)
        ctx.touch(key, b"del")
    else:
        ctx.db.expire(key, deadline)
        ctx.touch(key, b"expire")
    return 1


@_command("PERSIST", arity=2, flags=WRITE | FAST, keys=_WRITTEN, since="2.2.0", args="key")
def persist(ctx: Context, key: bytes) -> Reply:
    """Take the time to live away from a key."""
    if ctx.db.find(key) is None or not ctx.db.persist(key):
        return 0
    ctx.touch(key, b"persist")
    return 1


# --- asking for it

_ask_command = partial(
    _command, arity=2, flags=READONLY | FAST, keys=KeySpec(1, flags="RO ACCESS"), args="key"
)
_ttl_command = partial(
    _ask_command,
    tips="nondeterministic_output",
    history=(("2.8.0", "Says -2 for a key that does not exist."),),
)


@_ttl_command("TTL", since="1.0.0")
def ttl(ctx: Context, key: bytes) -> Reply:
    """Return the time to live of a key in seconds."""
    return _until_end(ctx, key, SECOND, ctx.now)


@_ttl_command("PTTL", since="2.6.0")
def pttl(ctx: Context, key: bytes) -> Reply:
    """Return the time to live of a key in milliseconds."""
    return _until_end(ctx, key, MILLISECOND, ctx.now)


@_ask_command("EXPIRETIME", since="7.0.0")
def expiretime(ctx: Context, key: bytes) -> Reply:
    """Return the moment at which a key ends, as Unix time in seconds."""
    return _until_end(ctx, key, SECOND, 0)


@_ask_command("PEXPIRETIME", since="7.0.0")
def pexpiretime(ctx: Context, key: bytes) -> Reply:
    """Return the moment at which a key ends, as Unix time in milliseconds."""
    return _until_end(ctx, key, MILLISECOND, 0)


def _until_end(ctx: Context, key: bytes, unit: int, since: int) -> int:
    """Return the units, rounded, from a time to the end of a key; -1 when it has none, -2 without a key."""
    if ctx.db.inspect(key) is None:
        return -2
    deadline = ctx.db.deadline(key)
    return -1 if deadline is None else (deadline - since + unit // 2) // unit
