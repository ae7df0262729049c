"""What a command gets to work with.

A command is a synchronous function `(ctx, *arguments) -> reply value`. `ctx` belongs to one client and lives
as long; `ctx.db` changes with SELECT. A command reads and writes through `ctx.db`, announces each key it
changed by `ctx.touch`, and finds everything rarer under `ctx.engine`.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from attrs import define

from trioredis import errors
from trioredis.datatypes.kinds import Value
from trioredis.errors import CommandError
from trioredis.keyspace.database import Database
from trioredis.protocol.plain import Argument

if TYPE_CHECKING:
    from trioredis.engine.clients import Client
    from trioredis.engine.engine import Engine


@define(eq=False)
class Context:
    """One client's view of the server."""

    client: "Client"
    engine: "Engine"
    db: Database
    """The selected database."""

    @property
    def now(self) -> int:
        """Unix time in milliseconds; the same for everything that one message does."""
        return self.engine.clock.now

    def database(self, number: int) -> Database:
        """Return a database; CommandError when there is none of that number."""
        keyspace = self.engine.keyspace
        if not 0 <= number < keyspace.size:
            raise CommandError(errors.DB_OUT_OF_RANGE)
        return keyspace[number]

    def call(self, *words: Argument) -> Any:
        """Run another command inside this one, and return its reply as a plain value: bytes, int, list, dict and so on.

        As `Connection.execute` does it, but at once. Raises CommandError if the reply is an error; not caught, that is
        the reply of this command. Commands that block or change the connection are refused.
        """
        return self.engine.executor.call_inside(self.client, words)

    def touch(self, key: bytes, event: bytes | None, db: Database | None = None) -> None:
        """Announce that a key of this (or another) database was changed, created or removed.

        The only announcement of a write. `event` is the name under which Redis's keyspace notifications
        know the change (Redis documentation: Keyspace notifications); None where they keep silent about it.
        """
        engine = self.engine
        engine.stats.dirty += 1
        if engine.listeners.present:
            engine.listeners.tell(self.client, self.db if db is None else db, key, event)

    def notify(self, key: bytes, event: bytes, db: Database | None = None) -> None:
        """Announce one more event of a change that is announced already: SET with EX is a ``set`` and an ``expire``.

        It counts nothing.
        """
        if self.engine.listeners.present:
            self.engine.listeners.tell_more(self.client, self.db if db is None else db, key, event)

    def note_change(self, changes: int = 1) -> None:
        """Count changes that no `touch` announces: of a consumer group, say, which no reader of the data can see.

        They are to be kept and replicated as any other, but wake nobody and let no transaction fail.
        """
        self.engine.stats.dirty += changes

    def keep(self, key: bytes, old: Value, new: Value | None, event: bytes) -> None:
        """Keep what has become of the value at a key, None: nothing is left, and announce what happened to it."""
        if new is None:
            self.db.delete(key)
            self.touch(key, event)
            self.notify(key, b"del")
            return
        if new is not old:
            self.db.replace(key, new)
        self.touch(key, event)

    def store(self, key: bytes, result: Value | None, event: bytes) -> None:
        """Let a key hold what a command computed, whatever it held before; None: an empty result leaves no key."""
        if result is not None:
            self.db.write(key, result)
            self.touch(key, event)
        elif self.db.delete(key):
            self.touch(key, b"del")

    def touch_flushed(self, databases: Iterable[Database]) -> None:
        """Announce, before it happens, that all keys of some databases are removed.

        For how many changes that counts, `note_change` has to say; here and in the next one.
        """
        for listener in self.engine.listeners.present:
            for database in databases:
                listener.flushing(self.client, database)
            listener.emptying(self.client)

    def touch_swapped(self, first: Database, second: Database) -> None:
        """Announce, before it happens, that two databases exchange their keys."""
        for listener in self.engine.listeners.present:
            listener.swapping(self.client, first, second)
