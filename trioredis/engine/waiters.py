"""Who waits for which key, and which of these keys are ready to be looked at again.

`trioredis.engine.blocking` tells the whole story.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import define, field

from trioredis.engine.listeners import Listener, Listeners
from trioredis.keyspace.database import Database

if TYPE_CHECKING:
    from trioredis.engine.clients import Client
    from trioredis.engine.waiting import Waiting

Place = tuple[int, bytes]
"""The number of a database, and a key that need not be there."""

Line = dict["Waiting", None]
"""Who waits for the same thing; who came first stands first."""


@define(eq=False)
class Waiters(Listener):
    """The lines of clients before keys."""

    listeners: Listeners
    lines: dict[Place, dict[bytes | None, Line]] = field(factory=dict, init=False)
    """Only keys for which somebody waits, and for each a line before every type of value (None: before whatever happens)."""
    ready: dict[Place, None] = field(factory=dict, init=False)
    """Keys that were touched, in that order."""

    def join(self, place: Place, kind: bytes | None, waiting: "Waiting") -> None:
        """Wait for a key."""
        self.listeners.join(self)
        self.lines.setdefault(place, {}).setdefault(kind, {})[waiting] = None

    def leave(self, place: Place, kind: bytes | None, waiting: "Waiting") -> None:
        """Wait for a key no more."""
        lines = self.lines[place]
        del lines[kind][waiting]
        if not lines[kind]:
            del lines[kind]
        if not lines:
            del self.lines[place]
        if not self.lines:
            self.listeners.leave(self)

    def line(self, place: Place, kind: bytes | None) -> "list[Waiting]":
        """Return who waits for a key to hold a value of a type (None: for whatever happens to it)."""
        return list(self.lines.get(place, {}).get(kind, ()))

    def touched(self, client: "Client | None", database: Database, key: bytes) -> None:
        """Note that a key was touched; one that ended is looked at when the round ends."""
        place = database.index, key
        if place in self.lines:
            self.ready[place] = None
            if client is not None:
                client.serve_soon()

    def flushing(self, client: "Client", database: Database) -> None:
        """Note that every key of a database is touched."""
        if places := [place for place in self.lines if place[0] == database.index]:
            self.ready |= dict.fromkeys(places)
            client.serve_soon()

    def swapping(self, client: "Client", first: Database, second: Database) -> None:
        """Note that every key of two databases is touched."""
        self.flushing(client, first)
        self.flushing(client, second)

    def take_ready(self) -> Iterable[Place]:
        """Return the keys that are ready; they are no more."""
        taken, self.ready = self.ready, {}
        return taken
