"""How fast counters grow: what INFO calls instantaneous.

Redis has a cron that looks at its counters ten times a second. Nothing here wakes up only to count, so a rate is
that between this look and the one before: for whoever asks once a second, the last second.
"""

from collections.abc import Mapping

from attrs import define, field

_LEAST_INTERVAL = 0.1
"""Seconds; two looks that are closer see the same."""


@define(eq=False)
class Rates:
    """The growth of some counters since somebody looked before."""

    _moment: float = field(default=0.0, init=False)
    _counts: dict[bytes, int] = field(factory=dict, init=False)
    _rates: dict[bytes, float] = field(factory=dict, init=False)

    def look(self, moment: float, counts: Mapping[bytes, int]) -> dict[bytes, float]:
        """Return the growth per second of each counter; `moment` is in monotonic seconds. The first look sees 0."""
        elapsed = moment - self._moment
        if not self._counts or elapsed >= _LEAST_INTERVAL:
            before = self._counts or counts
            self._rates = {name: (count - before[name]) / (elapsed or 1) for name, count in counts.items()}
            self._moment, self._counts = moment, dict(counts)
        return self._rates
