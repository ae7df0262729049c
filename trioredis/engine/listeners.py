"""Who is told of every change of a key.

A command says once that it changed a key (`Context.touch`), and everybody whom that concerns hears of it: clients that
wait for the key, transactions that watch it, caches that hold it, subscribers of keyspace notifications. Each of
these concepts is a `Listener`. It joins when it has somebody to serve and leaves when it has not, so that a server
to which nobody listens tells nobody.

First all hear that the key was touched, then all hear what happened: a cache is told that its copy is stale before any
subscriber is told why, as in Redis (`signalModifiedKey`, `notifyKeyspaceEvent`).
"""

from typing import TYPE_CHECKING

from attrs import define, field

from trioredis.keyspace.database import Database

if TYPE_CHECKING:
    from trioredis.engine.clients import Client


class Listener:
    """Hears of changes; every kind of it is ignored unless it is overridden.

    `client` is whose command changed the key, None where time did. Nothing may be changed in the data while listening. Who
    joins or leaves meanwhile does so from the next one on: a client may be cut off by what it is told.
    """

    __slots__ = ()

    def touched(self, client: "Client | None", database: Database, key: bytes) -> None:
        """A key was changed, created or removed."""

    def happened(self, client: "Client | None", database: Database, key: bytes, event: bytes) -> None:
        """Something happened to a key that Redis's keyspace notifications have a name for."""

    def flushing(self, client: "Client", database: Database) -> None:
        """All keys of a database are about to be removed."""

    def emptying(self, client: "Client") -> None:
        """All keys of one database, or of all, are about to be removed; each database was told before."""

    def swapping(self, client: "Client", first: Database, second: Database) -> None:
        """Two databases, perhaps the same one, are about to exchange their keys."""


@define(eq=False)
class Listeners:
    """Those who listen now."""

    present: tuple[Listener, ...] = field(default=(), init=False)

    def join(self, listener: Listener) -> None:
        """Tell somebody of every change from now on; once or again."""
        if listener not in self.present:
            self.present += (listener,)

    def leave(self, listener: Listener) -> None:
        """Tell somebody nothing more; once or again."""
        self.present = tuple(each for each in self.present if each is not listener)

    def tell(self, client: "Client | None", database: Database, key: bytes, event: bytes | None) -> None:
        """Tell everybody that a key was touched, and by what event; None: by one that has no name."""
        for listener in self.present:
            listener.touched(client, database, key)
        if event is not None:
            self.tell_more(client, database, key, event)

    def tell_more(self, client: "Client | None", database: Database, key: bytes, event: bytes) -> None:
        """Tell everybody what else happened to a key that was touched."""
        for listener in self.present:
            listener.happened(client, database, key, event)
