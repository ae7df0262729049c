"""What a client may call: the questions that are asked before a command of an unusual client runs.

They are asked one by one, in Redis's order (server.c, `processCommand`): whether there is such a command, whether it takes
so many words, whether its client has authenticated, whether it fits into what the client is in the midst of, and at last
whether the gate holds it back for now. Who is refused is answered here, and so is a usual client that calls what does not
exist; either would have been part of the transaction that is being queued, and spoils it.
"""

from attrs import define

from trioredis import errors
from trioredis.engine.clients import Client, Kind, Unusual
from trioredis.engine.command import (
    ALLOW_BUSY,
    MAY_REPLICATE,
    NO_AUTH,
    NO_MULTI,
    READONLY,
    RUNS_ON,
    WRITE,
    Command,
)
from trioredis.engine.engine import Engine
from trioredis.engine.lifecycle import end_attacker
from trioredis.engine.monitor import show_to_monitors
from trioredis.engine.table import Argv, Entry
from trioredis.engine.tracking import end_caching
from trioredis.engine.transactions import spoil
from trioredis.errors import CommandError
from trioredis.protocol.replies import Error

_FOR_SUBSCRIBERS = frozenset(
    b"ping subscribe ssubscribe unsubscribe sunsubscribe psubscribe punsubscribe quit reset".split()
)
"""What a subscriber may call in RESP2."""
_WORDS_OF_BROWSERS = {b"post", b"host:"}
"""Lines of HTTP begin with these."""


@define(eq=False)
class Admission:
    """Decides what clients may call."""

    engine: Engine

    def admit(self, client: Client, argv: Argv) -> Entry | None:
        """Return what a command line calls if its client may call it; otherwise it is answered already."""
        before = len(client.replies)
        entry = self.find(client, argv)
        if entry is not None and (text := self._reason_to_refuse(client, entry.command)):
            self._reject(client, entry, argv, text)
            entry = None
        if entry is None and client.unusual & (Unusual.MUTED | Unusual.SKIP_NEXT):
            client.unusual &= ~Unusual.SKIP_NEXT
            del client.replies[before:]
        return entry

    def find(self, client: Client, argv: Argv) -> Entry | None:
        """Return what a command line calls; None where there is no such command, which is answered."""
        try:
            client.last = entry = self.engine.commands.find(argv)
        except CommandError as error:
            client.last = None
            if argv[0].lower() in _WORDS_OF_BROWSERS:
                end_attacker(self.engine, client)
            else:
                self._reject(client, None, argv, error.text)
            return None
        if entry.least <= len(argv) <= entry.most:
            return entry
        self._reject(client, entry, argv, errors.wrong_arity(entry.command.name))
        return None

    def is_held(self, client: Client, entry: Entry, argv: Argv) -> bool:
        """Whether a client that may call a command has to wait before the gate; then it does."""
        gate = self.engine.gate
        if not gate.is_closed or not gate.holds(client, _all_flags(client, entry, argv)):
            return False
        gate.held[client] = None
        return True

    def _reason_to_refuse(self, client: Client, command: Command) -> bytes:
        """Return the error for a client that may not call a command; empty if it may."""
        unusual, flags = client.unusual, command.flags
        if unusual & Unusual.UNAUTHENTICATED and not flags & NO_AUTH:
            return errors.NOAUTH
        if client.transaction is not None and flags & NO_MULTI:
            return errors.NOT_IN_TRANSACTION
        if unusual & Unusual.SUBSCRIBED and client.protocol == 2 and command.name not in _FOR_SUBSCRIBERS:
            return errors.in_subscriber_mode(command.name)
        if self.engine.gate.is_busy and not flags & ALLOW_BUSY:
            return self.engine.scripts.busy_text
        if client.kind & Kind.MONITOR and flags & (WRITE | READONLY | MAY_REPLICATE):
            return errors.MONITOR_IN_KEYSPACE
        return b""

    def _reject(self, client: Client, entry: Entry | None, argv: Argv, text: bytes) -> None:
        """Answer a command that is not run, and would have been part of a transaction that is being queued."""
        text = spoil(self.engine, client, entry, text)
        self.engine.stats.count_error(text)
        client.encoders[Error](Error(text), client.replies)
        if entry is not None:
            entry.stats.rejected += 1
            if self.engine.monitors and entry.command.name == b"exec":  # who saw MULTI wants to see the end
                show_to_monitors(self.engine, client, argv)
        end_caching(client, entry.command if entry is not None else None)


def _all_flags(client: Client, entry: Entry, argv: Argv) -> int:
    """Return the flags of a call, and if it is EXEC those of what it will run."""
    if entry.command.find_flags is not None:
        return entry.command.find_flags(entry.flags, client.context, argv)
    if client.transaction is None or entry.command.name != b"exec":
        return entry.flags
    flags = client.transaction.flags
    if flags & RUNS_ON:
        find, flags = client.context.engine.commands.find, 0
        for call in client.transaction.calls:
            flags |= _all_flags(client, find(call), call)
    return entry.flags | flags & ~ALLOW_BUSY
