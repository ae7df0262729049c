"""Things that happen later, on the monotonic clock: a pause that ends, a client that idled too long.

The store owns the agenda and runs what is due; the expiry task sleeps until `earliest`. TTLs are not here:
they follow the wall clock and live in the keyspace.
"""

import heapq
from collections.abc import Callable
from itertools import count

from attrs import define, field


@define(eq=False)
class Timer:
    """One appointment; `cancel()` leaves it in the heap, without an action."""

    when: float
    """Monotonic seconds."""
    action: Callable[[], None] | None

    def cancel(self) -> None:
        """Let nothing happen."""
        self.action = None


@define(eq=False)
class Timers:
    """A heap of appointments."""

    changed: bool = field(default=False, init=False)
    """Whether appointments were made since somebody cleared this."""
    _heap: list[tuple[float, int, Timer]] = field(factory=list, init=False)
    _order: "count[int]" = field(factory=count, init=False)

    @property
    def earliest(self) -> float | None:
        """Monotonic time of the next appointment, or None."""
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def at(self, when: float, action: Callable[[], None]) -> Timer:
        """Have `action` run at a monotonic time, in seconds."""
        timer = Timer(when, action)
        self.changed = True
        heapq.heappush(self._heap, (when, next(self._order), timer))
        return timer

    def run_due(self, now: float) -> None:
        """Run every action whose time has come, the earliest first."""
        while (earliest := self.earliest) is not None and earliest <= now:
            _, _, timer = heapq.heappop(self._heap)
            action, timer.action = timer.action, None
            if action is not None:
                action()
