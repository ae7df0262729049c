"""Transactions (Redis documentation: Transactions); how they work is told in `trioredis.engine.transactions`."""

from functools import partial
from typing import Final

from trioredis import errors
from trioredis.engine.command import ALLOW_BUSY, FAST, LOADING, NOSCRIPT, SKIP_SLOWLOG, STALE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.engine.transactions import begin, discard, execute
from trioredis.errors import CommandError
from trioredis.protocol.replies import OK, Reply

_ALWAYS: Final = NOSCRIPT | LOADING | STALE
_command = partial(command, group="transactions")


@_command(
    "DISCARD",
    arity=1,
    flags=_ALWAYS | FAST | ALLOW_BUSY,
    since="2.0.0",
    complexity="O(N), when N is the number of queued commands",
)
def discard_(ctx: Context) -> Reply:
    """Forget the commands that were queued since MULTI."""
    if ctx.client.transaction is None:
        raise CommandError(errors.DISCARD_WITHOUT_MULTI)
    discard(ctx.engine, ctx.client)
    return OK


@_command(
    "EXEC",
    arity=1,
    flags=_ALWAYS | SKIP_SLOWLOG,
    since="1.2.0",
    complexity="Depends on commands in the transaction",
)
def exec_(ctx: Context) -> Reply:
    """Run the commands that were queued since MULTI, and return the reply of each."""
    return execute(ctx)


@_command("MULTI", arity=1, flags=_ALWAYS | FAST | ALLOW_BUSY, since="1.2.0", complexity="O(1)")
def multi(ctx: Context) -> Reply:
    """Begin a transaction: queue what comes until EXEC."""
    begin(ctx.client)
    return OK


@_command("UNWATCH", arity=1, flags=_ALWAYS | FAST | ALLOW_BUSY, since="2.2.0", complexity="O(1)")
def unwatch(ctx: Context) -> Reply:
    """Let the next transaction depend on no key."""
    ctx.engine.watches.forget(ctx.client)
    return OK


@_command(
    "WATCH",
    arity=-2,
    flags=_ALWAYS | FAST | ALLOW_BUSY,
    keys=KeySpec(1, last=-1, flags="RO"),
    since="2.2.0",
    complexity="O(1) for every key.",
    args="key...",
)
def watch(ctx: Context, *keys: bytes) -> Reply:
    """Let the next transaction run only if none of some keys has changed until then."""
    if ctx.client.transaction is not None:
        raise CommandError(errors.WATCH_IN_MULTI)
    # The database itself: what the client sees may be a view that lives for one command.
    database = ctx.database(ctx.db.index)
    for key in keys:
        ctx.engine.watches.add(ctx.client, database, key)
    return OK
