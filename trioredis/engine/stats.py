"""Counters: what INFO's sections stats, commandstats, latencystats and errorstats are made of.

The executor does one thing per call for statistics: it appends the duration to the `samples` of the command.
Everything else (calls, total time, histogram) is folded out of the samples later, by functions that run in C
over many numbers at once.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from attrs import define, field, fields

from trioredis.engine.rates import Rates

TICKS_PER_SECOND = 1e9 / 1024
"""The executor counts time in ticks of 1024 nanoseconds."""

_MICROSECONDS = 1.024
"""In a tick."""


@define(eq=False)
class CommandStats:
    """What happened to one command."""

    samples: list[int] = field(factory=list, init=False)
    """Durations in ticks that are not folded yet."""
    calls: int = 0
    ticks: int = 0
    rejected: int = 0
    """Refused before they ran: wrong arity, no permission."""
    failed: int = 0
    """Ended in an error reply."""
    histogram: "Counter[int]" = field(factory=Counter, init=False)
    """Calls by duration in ticks; only those that were made while latency was tracked."""

    @property
    def seconds(self) -> float:
        """Time spent in all calls."""
        return self.ticks / TICKS_PER_SECOND

    def fold(self, track_latency: bool = True) -> None:
        """Bring the totals up to date, and the histogram too if latency is tracked."""
        if self.samples:
            self.calls += len(self.samples)
            self.ticks += sum(self.samples)
            if track_latency:
                self.histogram.update(self.samples)
            self.samples.clear()
            if len(self.histogram) > _DISTINCT:
                self.histogram = _coarser(self.histogram)

    def percentiles(self, percents: Sequence[float]) -> list[float]:
        """Return for each of `percents` the microseconds within which so many of the calls ended.

        There must have been calls. Source: INFO, section latencystats.
        """
        durations = sorted(self.histogram)
        cumulative = list(accumulate(self.histogram[ticks] for ticks in durations))
        ranks = [max(1, int(percent / 100 * cumulative[-1] + 0.5)) for percent in percents]
        return [durations[bisect_left(cumulative, rank)] * _MICROSECONDS for rank in ranks]

    def distribution(self) -> dict[int, int]:
        """Return how many calls took no longer than so many microseconds, bounds being about powers of two.

        Bounds that add no call are left out. Source: LATENCY HISTOGRAM.
        """
        by_bound: Counter[int] = Counter()
        for ticks, calls in self.histogram.items():
            by_bound[ticks.bit_length()] += calls
        bounds = sorted(by_bound)
        cumulative = accumulate(by_bound[bound] for bound in bounds)
        return {_shown(bound): calls for bound, calls in zip(bounds, cumulative, strict=True)}

    def reset(self) -> None:
        """Start counting anew."""
        self.samples.clear()
        self.histogram.clear()
        self.calls = self.ticks = self.rejected = self.failed = 0


_DISTINCT = 4096
"""Distinct durations that a histogram holds before the long ones are rounded."""


def _coarser(histogram: "Counter[int]") -> "Counter[int]":
    """Round every duration to its eight highest bits, an error below one in a hundred."""
    rounded: Counter[int] = Counter()
    for ticks, calls in histogram.items():
        excess = max(0, ticks.bit_length() - 8)
        rounded[ticks >> excess << excess] += calls
    return rounded


def _shown(bound: int) -> int:
    """Return the microseconds that Redis shows for 2 ** `bound` ticks; its cells there are 1/128 wide."""
    return ((1024 + 8 << bound) - 1) // 1000


@define(eq=False)
class Stats:
    """What happened to the server since it started, or since CONFIG RESETSTAT."""

    dirty: int = 0
    """Changes of keys since the start."""
    connections: int = 0
    rejected_connections: int = 0
    net_input: int = 0
    """Bytes received."""
    net_output: int = 0
    """Bytes sent."""
    error_replies: int = 0
    errors: "Counter[bytes]" = field(factory=Counter, init=False)
    """Error replies by their code."""
    internal_errors: int = 0
    """Bugs: exceptions inside commands."""
    query_buffer_disconnections: int = 0
    output_buffer_disconnections: int = 0
    protocol_errors: int = 0
    rates: Rates = field(factory=Rates, init=False)

    def count_error(self, text: bytes) -> None:
        """Count an error reply under its code; a single word is none."""
        self.error_replies += 1
        code, space, _ = text.partition(b" ")
        self.errors[code if space else b"ERR"] += 1

    def reset(self) -> None:
        """Start counting anew, but for changes: those belong to the data."""
        anew = Stats(self.dirty)
        for each in fields(Stats):
            setattr(self, each.name, getattr(anew, each.name))
