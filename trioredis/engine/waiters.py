"""Who waits for which key, and which of these keys are ready to be looked at again.

`trioredis.engine.blocking` tells the whole story.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import define, field

if TYPE_CHECKING:
    from trioredis.engine.waiting import Waiting

Place = tuple[int, bytes]
"""The number of a database, and a key that need not be there."""

Line = dict["Waiting", None]
"""Who waits for the same thing; who came first stands first."""


@define(eq=False)
class Waiters:
    """The lines of clients before keys."""

    lines: dict[Place, dict[bytes | None, Line]] = field(factory=dict, init=False)
    """Only keys for which somebody waits, and for each a line before every type of value (None: before whatever happens)."""
    ready: dict[Place, None] = field(factory=dict, init=False)
    """Keys that were touched, in that order."""

    def join(self, place: Place, kind: bytes | None, waiting: "Waiting") -> None:
        """Wait for a key."""
        self.lines.setdefault(place, {}).setdefault(kind, {})[waiting] = None

    def leave(self, place: Place, kind: bytes | None, waiting: "Waiting") -> None:
        """Wait for a key no more."""
        lines = self.lines[place]
        del lines[kind][waiting]
        if not lines[kind]:
            del lines[kind]
        if not lines:
            del self.lines[place]

    def line(self, place: Place, kind: bytes | None) -> "list[Waiting]":
        """Return who waits for a key to hold a value of a type (None: for whatever happens to it)."""
        return list(self.lines.get(place, {}).get(kind, ()))

    def note(self, index: int, key: bytes) -> None:
        """Note that a key was touched."""
        place = index, key
        if place in self.lines:
            self.ready[place] = None

    def note_all(self, index: int) -> None:
        """Note that every key of a database may have changed."""
        self.ready |= dict.fromkeys(place for place in self.lines if place[0] == index)

    def take_ready(self) -> Iterable[Place]:
        """Return the keys that are ready; they are no more."""
        taken, self.ready = self.ready, {}
        return taken
