"""Who waits for which key, and which of these keys are ready to be looked at again.

`trioredis.engine.blocking` tells the whole story.
"""

from typing import TYPE_CHECKING

from attrs import define, field

if TYPE_CHECKING:
    from trioredis.engine.waiting import Waiting

Place = tuple[int, bytes]
"""The number of a database, and a key that need not be there."""


@define(eq=False)
class Waiters:
    """The lines of clients before keys."""

    lines: "dict[Place, dict[Waiting, None]]" = field(factory=dict, init=False)
    """Only keys for which somebody waits; who came first stands first."""
    ready: dict[Place, None] = field(factory=dict, init=False)
    """Keys that were touched, in that order."""

    def join(self, place: Place, waiting: "Waiting") -> None:
        """Wait for a key."""
        self.lines.setdefault(place, {})[waiting] = None

    def leave(self, place: Place, waiting: "Waiting") -> None:
        """Wait for a key no more; once or again."""
        line = self.lines.get(place)
        if line is not None:
            line.pop(waiting, None)
            if not line:
                del self.lines[place]

    def note(self, index: int, key: bytes) -> None:
        """Note that a key was touched."""
        place = index, key
        if place in self.lines:
            self.ready[place] = None

    def note_all(self, index: int) -> None:
        """Note that every key of a database may have changed."""
        self.ready |= dict.fromkeys(place for place in self.lines if place[0] == index)

    def take_ready(self) -> "tuple[Place, list[Waiting]]":
        """Return the key that was ready first, and who waits for it; it is ready no more."""
        place = next(iter(self.ready))
        del self.ready[place]
        return place, list(self.lines.get(place, ()))
