"""String commands (Redis documentation: Strings)."""

from trioredis import errors
from trioredis.engine.command import DENYOOM, FAST, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.numerals import INT64_MAX, INT64_MIN, parse_integer
from trioredis.protocol.replies import OK, Reply


@command("GET", arity=2, flags=READONLY | FAST, keys=KeySpec(1, flags="RO ACCESS"), group="string", since="1.0.0", complexity="O(1)", args="key")
def get(ctx: Context, key: bytes) -> Reply:
    """Return the string value of a key."""
    value = ctx.db.read(key)
    if type(value) is bytes or value is None:
        return value
    if type(value) is int:
        return b"%d" % value
    raise CommandError(errors.WRONGTYPE)


@command("SET", arity=-3, flags=WRITE | DENYOOM, keys=KeySpec(1, flags="OW UPDATE"), group="string", since="1.0.0", complexity="O(1)", args="key")
def set_(ctx: Context, key: bytes, value: bytes, *options: bytes) -> Reply:
    """Set the string value of a key."""
    ctx.db.write(key, value)
    ctx.touch(key, b"set")
    return OK


@command("INCR", arity=2, flags=WRITE | FAST, keys=KeySpec(1, flags="RW UPDATE"), group="string", since="1.0.0", complexity="O(1)", args="key")
def incr(ctx: Context, key: bytes) -> Reply:
    """Add one."""
    value = ctx.db.find(key)
    if type(value) is bytes:
        value = parse_integer(value)
        if value is None:
            raise CommandError(errors.NOT_AN_INTEGER)
    value = (value or 0) + 1
    ctx.db.replace(key, value)
    ctx.touch(key, b"incrby")
    return value


@command("PING", arity=-1, flags=FAST, group="connection", since="1.0.0", complexity="O(1)", args="[message:string]")
def ping(ctx: Context, *message: bytes) -> Reply:
    """Ping."""
    from trioredis.protocol.replies import PONG
    return message[0] if message else PONG
