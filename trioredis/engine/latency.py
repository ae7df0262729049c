"""Latency spikes by event (Redis documentation: Latency monitoring).

An event is something that can hold the server up: `command`, `fast-command`, `expire-cycle`. Whoever measures
one hands its duration to `record`; below the threshold nothing is kept, and a threshold of 0 switches it off.
"""

from collections import deque

from attrs import define, field

HISTORY = 160
"""Samples kept per event: at most one a second."""


@define(eq=False)
class EventHistory:
    """The spikes of one event."""

    samples: deque[tuple[int, int]] = field(factory=lambda: deque(maxlen=HISTORY), init=False)
    """Unix second and milliseconds, the oldest first."""
    worst: int = field(default=0, init=False)
    """Milliseconds."""


@define(eq=False)
class LatencyMonitor:
    """Histories by event."""

    events: dict[bytes, EventHistory] = field(factory=dict, init=False)

    def record(self, event: bytes, milliseconds: int, threshold: int, time: int) -> None:
        """Keep a duration that reached the threshold; in one second only the longest."""
        if not 0 < threshold <= milliseconds:
            return
        history = self.events.setdefault(event, EventHistory())
        history.worst = max(history.worst, milliseconds)
        if history.samples and history.samples[-1][0] == time:
            _, before = history.samples.pop()
            milliseconds = max(before, milliseconds)
        history.samples.append((time, milliseconds))

    def reset(self, events: list[bytes]) -> int:
        """Forget some events, or all when none is named; return how many there were."""
        names = events or list(self.events)
        return sum(self.events.pop(name, None) is not None for name in names)
