"""Which client's next transaction depends on which keys (Redis documentation: Transactions, optimistic locking).

A client whose watched key is touched, or ends, is *stale*: its EXEC will run nothing. So it need not watch any more: a key
that changes all the time is no burden, however many clients watched it once. A key that is past its deadline when it is
watched counts as missing; it is removed at once, so that its removal later on cannot be taken for a change.
"""

from typing import TYPE_CHECKING

from attrs import define, field

from trioredis.engine.listeners import Listener, Listeners
from trioredis.keyspace.database import Database

if TYPE_CHECKING:
    from trioredis.engine.clients import Client


@define(eq=False)
class Watches(Listener):
    """The keys that are watched."""

    listeners: Listeners
    _watching: "dict[int, dict[bytes, dict[Client, None]]]" = field(factory=dict, init=False)
    """Who watches a key, by the number of its database; only keys that are watched."""
    _places: "dict[Client, dict[tuple[Database, bytes], None]]" = field(factory=dict, init=False)
    """What a client watches; only clients that watch something."""

    def add(self, client: "Client", database: Database, key: bytes) -> None:
        """Let a client's transaction depend on a key, unless it is stale already."""
        if client.stale:
            return
        database.peek(key)  # which removes it if its time is over
        self._watching.setdefault(database.index, {}).setdefault(key, {})[client] = None
        self._places.setdefault(client, {})[database, key] = None
        self.listeners.join(self)

    def forget(self, client: "Client") -> None:
        """Let a client's transaction depend on nothing; it is not stale any more."""
        if client in self._places:
            self._unwatch(client)
        client.stale = False

    def is_stale(self, client: "Client") -> bool:
        """Whether a key that a client watches was touched, or has ended although nobody noticed yet."""
        if client in self._places:
            for database, key in list(self._places[client]):
                database.peek(key)
        return client.stale

    def touched(self, client: "Client | None", database: Database, key: bytes) -> None:
        """Make those stale who watch a key."""
        watched = self._watching.get(database.index)
        if watched is not None and key in watched:
            for watching in list(watched[key]):
                watching.stale = True
                self._unwatch(watching)

    def flushing(self, client: "Client", database: Database) -> None:
        """Make those stale who watch a key that is there."""
        self._replace(database, database)

    def swapping(self, client: "Client", first: Database, second: Database) -> None:
        """Make those stale who watch a key that is in either database."""
        if first is not second:
            self._replace(first, second)
            self._replace(second, first)

    def _replace(self, database: Database, new: Database) -> None:
        for key in list(self._watching.get(database.index, ())):
            if key in database or key in new:
                self.touched(None, database, key)

    def _unwatch(self, client: "Client") -> None:
        """Forget what a client watches."""
        for database, key in self._places.pop(client):
            watched = self._watching[database.index]
            del watched[key][client]
            if not watched[key]:
                del watched[key]
            if not watched:
                del self._watching[database.index]
        if not self._watching:
            self.listeners.leave(self)
