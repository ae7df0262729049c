"""MULTI and EXEC: commands that are kept, and then run without anything in between.

A client between the two is QUEUING: the executor admits its commands as always, so that each error is told at once, but
keeps them instead of calling them. An error spoils the transaction: EXEC then refuses it. What EXEC runs goes through
`Executor.call`, each reply encoded as it comes, so that no command can change what an earlier one has answered. Nothing
waits meanwhile (IMPATIENT), and who waits for a key that a transaction touched is served when all of it has run.

What a client has queued was received and is not run yet: all that it sent since MULTI counts against
`client-query-buffer-limit`, as in Redis 7.2.

Source: the Redis documentation of transactions; multi.c.
"""

from functools import partial
from itertools import chain

from attrs import define, field

from trioredis import errors
from trioredis.engine.clients import Client, Unusual
from trioredis.engine.command import RUNS_ON
from trioredis.engine.context import Context
from trioredis.engine.engine import Engine
from trioredis.engine.table import Argv, Entry
from trioredis.errors import CommandError
from trioredis.protocol.replies import NO_REPLY, NULL_ARRAY, Reply


@define(eq=False)
class Transaction:
    """What a client has queued since MULTI."""

    received_before: int
    """Bytes that the client had sent until then."""
    calls: list[Argv] = field(factory=list, init=False)
    flags: int = field(default=0, init=False)
    """All flags of its commands."""
    spoilt: bool = field(default=False, init=False)
    """A command was refused: nothing of it will run."""

    @property
    def size(self) -> int:
        """Bytes in the words of its commands."""
        return sum(map(len, chain.from_iterable(self.calls)))


def begin(client: Client) -> None:
    """Queue the client's commands from now on."""
    if client.transaction is not None:
        raise CommandError(errors.NESTED_MULTI)
    client.transaction = Transaction(client.connection.received)
    client.unusual |= Unusual.QUEUING


def discard(engine: Engine, client: Client) -> None:
    """End a client's transaction, if there is one, and what it depends on."""
    client.transaction = None
    client.unusual &= ~Unusual.QUEUING
    engine.watches.forget(client)


def execute(ctx: Context) -> Reply:
    """Run what the client has queued, unless the transaction is spoilt or stale."""
    engine, client, transaction = ctx.engine, ctx.client, ctx.client.transaction
    if transaction is None:
        raise CommandError(errors.EXEC_WITHOUT_MULTI)
    if transaction.spoilt:
        discard(engine, client)
        raise CommandError(errors.EXECABORT)
    if engine.watches.is_stale(client):
        discard(engine, client)
        return NULL_ARRAY
    run = partial(_run, engine, client, transaction.calls)
    return engine.slices.run(ctx, run, ()) if transaction.flags & RUNS_ON else run()


def _run(engine: Engine, client: Client, calls: list[Argv]) -> Reply:
    engine.watches.forget(client)
    if not client.unusual & Unusual.UNANSWERED:
        client.replies.append(b"*%d\r\n" % len(calls))
    client.unusual |= Unusual.IMPATIENT
    try:
        engine.executor.call_all(client, calls)
    finally:
        client.unusual &= ~Unusual.IMPATIENT
        discard(engine, client)
    return NO_REPLY


def spoil(engine: Engine, client: Client, entry: Entry | None, text: bytes) -> bytes:
    """Note that a command was refused with an error; return the error that its client gets.

    The command would have been part of a transaction, if one is being queued; if it is EXEC itself, that is its end.
    """
    if entry is not None and entry.command.name == b"exec":
        discard(engine, client)
        return errors.execabort(text)
    if client.transaction is not None:
        client.transaction.spoilt = True
    return text
