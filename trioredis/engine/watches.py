"""Which client's next transaction depends on which keys (Redis documentation: Transactions, optimistic locking).

A client whose watched key is touched, or ends, is *stale*: its EXEC will run nothing. A key that is past its deadline
when it is watched counts as missing, so that its removal changes nothing.
"""

from typing import TYPE_CHECKING

from attrs import define, field

from trioredis.engine.listeners import Listener, Listeners
from trioredis.engine.waiters import Place
from trioredis.keyspace.database import Database

if TYPE_CHECKING:
    from trioredis.engine.clients import Client


@define(eq=False)
class Watches(Listener):
    """The keys that are watched."""

    listeners: Listeners
    _clients: "dict[Place, dict[Client, None]]" = field(factory=dict, init=False)
    """Who watches a key; only keys that are watched."""
    _places: "dict[Client, dict[Place, Database]]" = field(factory=dict, init=False)
    """What a client watches; only clients that watch something."""

    def add(self, client: "Client", database: Database, key: bytes) -> None:
        """Let a client's transaction depend on a key."""
        place = database.index, key
        self.listeners.join(self)
        database.peek(key)  # which removes it if its time is over
        self._clients.setdefault(place, {})[client] = None
        self._places.setdefault(client, {})[place] = database

    def forget(self, client: "Client") -> None:
        """Let a client's transaction depend on nothing; it is not stale any more."""
        client.stale = False
        for place in self._places.pop(client, ()):
            watching = self._clients[place]
            del watching[client]
            if not watching:
                del self._clients[place]
        if not self._clients:
            self.listeners.leave(self)

    def is_stale(self, client: "Client") -> bool:
        """Whether a key that a client watches was touched, or has ended although nobody noticed yet."""
        for (_, key), database in self._places.get(client, {}).items():
            database.peek(key)
        return client.stale

    def touched(self, client: "Client | None", database: Database, key: bytes) -> None:
        """Make those stale who watch a key."""
        for watching in self._clients.get((database.index, key), ()):
            watching.stale = True

    def flushing(self, client: "Client", database: Database) -> None:
        """Make those stale who watch a key that is there."""
        self._replace(database, None)

    def swapping(self, client: "Client", first: Database, second: Database) -> None:
        """Make those stale who watch a key that is in either database."""
        self._replace(first, second)
        self._replace(second, first)

    def _replace(self, database: Database, new: Database | None) -> None:
        for index, key in list(self._clients):
            if index == database.index and (key in database or (new is not None and key in new)):
                self.touched(None, database, key)
