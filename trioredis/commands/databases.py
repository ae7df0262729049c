"""Commands for whole databases: DBSIZE, FLUSHALL, FLUSHDB, SWAPDB (Redis documentation: Server)."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from trioredis import errors
from trioredis.engine.arguments import INT32_MAX, INT32_MIN, to_integer_between
from trioredis.engine.command import FAST, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.errors import CommandError
from trioredis.keyspace.database import Database
from trioredis.protocol.replies import OK, Reply

_command = partial(command, group="server")
_DANGEROUS: Final = "keyspace dangerous"

_flush_command = partial(
    _command,
    arity=-1,
    flags=WRITE,
    since="1.0.0",
    args="[async=(ASYNC@4.0.0 | SYNC@6.2.0)]",
    categories=_DANGEROUS,
    tips="request_policy:all_shards response_policy:all_succeeded",
    history=(("4.0.0", "Takes `ASYNC`."), ("6.2.0", "Takes `SYNC`.")),
)


@_command(
    "DBSIZE",
    arity=1,
    flags=READONLY | FAST,
    since="1.0.0",
    complexity="O(1)",
    categories="keyspace",
    tips="request_policy:all_shards response_policy:agg_sum",
)
def dbsize(ctx: Context) -> Reply:
    """Return the number of keys in the database."""
    return len(ctx.db)


@_flush_command("FLUSHALL", complexity="O(N) for N keys in all databases")
def flushall(ctx: Context, *options: bytes) -> Reply:
    """Delete the keys of all databases."""
    return _flush(ctx, ctx.engine.keyspace, options)


@_flush_command("FLUSHDB", complexity="O(N) for N keys in the database")
def flushdb(ctx: Context, *options: bytes) -> Reply:
    """Delete the keys of the database."""
    return _flush(ctx, [ctx.db], options)


def _flush(ctx: Context, databases: Iterable[Database], options: Sequence[bytes]) -> Reply:
    """Empty databases. SYNC and ASYNC do the same: they are empty at once, and their memory is freed little by little."""
    if len(options) > 1 or not {option.lower() for option in options} <= {b"sync", b"async"}:
        raise CommandError(errors.SYNTAX)
    ctx.touch_flushed(databases)
    for database in databases:
        ctx.note_change(len(database))
        database.clear()
    return OK


@_command(
    "SWAPDB",
    arity=3,
    flags=WRITE | FAST,
    since="4.0.0",
    complexity="O(N) for N clients that watch or wait for keys in the two databases",
    args="index1:integer index2:integer",
    categories=_DANGEROUS,
)
def swapdb(ctx: Context, index1: bytes, index2: bytes) -> Reply:
    """Swap two databases."""
    first = to_integer_between(index1, INT32_MIN, INT32_MAX, errors.FIRST_DB_INVALID)
    second = to_integer_between(index2, INT32_MIN, INT32_MAX, errors.SECOND_DB_INVALID)
    ctx.touch_swapped(ctx.database(first), ctx.database(second))
    ctx.note_change()
    ctx.engine.keyspace.swap(first, second)
    return OK
