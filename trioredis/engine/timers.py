"""Things that happen later, on the monotonic clock: a pause that ends, a client that idled too long.

The store owns the agenda and runs what is due; the expiry task sleeps until `earliest`. TTLs are not here:
they follow the wall clock and live in the keyspace.

A cancelled appointment stays in the heap, since taking it out of the middle would cost a search. Many of them are
cleared away together: a client that waits an hour at most, and is answered at once, a thousand times a second,
leaves no more behind than there are appointments.
"""

import heapq
from collections.abc import Callable
from itertools import count

from attrs import define, field

_FEW = 64
"""Cancelled appointments that nobody clears away."""


@define(eq=False)
class Timer:
    """One appointment."""

    when: float
    """Monotonic seconds."""
    action: Callable[[], None] | None
    _on_cancel: Callable[[], None]

    def cancel(self) -> None:
        """Let nothing happen; once or again."""
        if self.action is not None:
            self.action = None
            self._on_cancel()


@define(eq=False)
class Timers:
    """A heap of appointments."""

    changed: bool = field(default=False, init=False)
    """Whether appointments were made since somebody cleared this."""
    _heap: list[tuple[float, int, Timer]] = field(factory=list, init=False)
    _order: "count[int]" = field(factory=count, init=False)
    _cancelled: int = field(default=0, init=False)
    """How many in the heap are."""

    def __len__(self) -> int:
        """Return the appointments that were not cancelled."""
        return len(self._heap) - self._cancelled

    @property
    def earliest(self) -> float | None:
        """Monotonic time of the next appointment, or None."""
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
            self._cancelled -= 1
        return self._heap[0][0] if self._heap else None

    def at(self, when: float, action: Callable[[], None]) -> Timer:
        """Have `action` run at a monotonic time, in seconds."""
        timer = Timer(when, action, self._note_cancelled)
        self.changed = True
        heapq.heappush(self._heap, (when, next(self._order), timer))
        return timer

    def run_due(self, now: float, limit: int | None = None) -> int:
        """Run the actions whose time has come, the earliest first, up to `limit`; return how many."""
        done = 0
        while done != limit and (earliest := self.earliest) is not None and earliest <= now:
            _, _, timer = heapq.heappop(self._heap)
            action, timer.action = timer.action, None
            if action is not None:
                action()
            done += 1
        return done

    def _note_cancelled(self) -> None:
        self._cancelled += 1
        if self._cancelled > max(_FEW, len(self)):
            self._heap = [entry for entry in self._heap if entry[2].action is not None]
            heapq.heapify(self._heap)
            self._cancelled = 0
