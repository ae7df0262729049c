"""Commands that call other commands (`Context.call`).

The call runs as one of EXEC's does: through the executor, in the same round, as the same client, waiting for nothing. Its
reply is written in RESP3, whatever the client speaks, and read again at once: so the caller gets plain values of its own,
which no later change of the data reaches, and every reply there is has but one meaning.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from trioredis import errors
from trioredis.engine.clients import Client, Unusual
from trioredis.engine.command import NOSCRIPT, WRITE
from trioredis.errors import CommandError
from trioredis.protocol.plain import Argument, as_plain, as_word
from trioredis.protocol.replies import Error
from trioredis.protocol.responses import ResponseParser

if TYPE_CHECKING:
    from trioredis.engine.executor import Executor
    from trioredis.engine.table import Argv, Entry

_DEEPEST: Final = 16
"""How many commands may be in the middle of a call: each takes some of Python's stack."""


def call_inside(executor: "Executor", client: Client, words: Sequence[Argument]) -> Any:
    """Run a command as a part of the client's command that runs; return its reply, raise CommandError if that is an error."""
    argv = [as_word(word) for word in words]
    _refuse_unless_callable(executor.engine.commands.find(argv), argv, client)
    if executor.depth >= _DEEPEST:
        raise CommandError(errors.CALLS_TOO_DEEP)
    replies, protocol, encoders = client.replies, client.protocol, client.encoders
    wishes = client.unusual & (Unusual.IMPATIENT | Unusual.UNANSWERED)
    client.replies = []  # without what the client is pushed meanwhile
    client.speak(3)
    # The caller wants the answer, whatever the client does.
    client.unusual = client.unusual & ~wishes | Unusual.IMPATIENT
    executor.depth += 1
    try:
        executor.call_all(client, [argv])
        wire = b"".join(client.replies)
    finally:
        executor.depth -= 1
        client.unusual = client.unusual & ~Unusual.IMPATIENT | wishes
        client.replies, client.protocol, client.encoders = replies, protocol, encoders
    return _value(wire)


def _refuse_unless_callable(entry: "Entry", argv: "Argv", client: Client) -> None:
    if not entry.least <= len(argv) <= entry.most:
        raise CommandError(errors.wrong_arity(entry.command.name))
    if entry.command.flags & NOSCRIPT:
        raise CommandError(errors.not_inside(entry.command.name))
    if client.unusual & Unusual.SUBSCRIBED and client.protocol == 2:
        # One that has just subscribed, in the same transaction: what it is pushed meanwhile would be written in RESP3.
        raise CommandError(errors.in_subscriber_mode(entry.command.name))
    assert client.last is not None
    caller = client.last.command
    if entry.command.flags & WRITE and not caller.flags & WRITE:
        raise CommandError(errors.does_not_write(caller.name, entry.command.name))


def _value(wire: bytes) -> Any:
    """Return what a reply says; None for a command that gives none, because it has ended its client."""
    (reply,) = ResponseParser().feed(wire) or [None]
    if isinstance(reply, Error):
        raise CommandError(reply.text)
    return as_plain(reply, CommandError)
