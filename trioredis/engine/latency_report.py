"""Latency spikes for people: LATENCY GRAPH draws those of an event, LATENCY DOCTOR sums all of them up.

The graph is four lines high, a column per spike, the oldest first. A column stands on the lowest spike and ends
in one of three characters, the more of its line it fills the larger; so there are twelve heights. Below each column,
read downwards, is how long ago it was:

      _ #
      | |
     _| |
    _||_|

    54321
    sssss

Source: the Redis documentation of LATENCY GRAPH and LATENCY DOCTOR.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean

from trioredis.engine.engine import Engine
from trioredis.engine.latency import EventHistory

_WIDTH = 80
_LINES = 4
_TIPS = b"_o#"
_STEPS = _LINES * len(_TIPS)
_UNITS = ((86400, b"d"), (3600, b"h"), (60, b"m"))


def graph(event: bytes, history: EventHistory, now: int) -> bytes:
    """Return the graph of an event that has spikes; `now` is in Unix seconds."""
    values = [milliseconds for _, milliseconds in history.samples]
    low, high = min(values), max(values)
    title = b"%b - high %d ms, low %d ms (all time high %d ms)\n" % (event, high, low, history.worst)
    lines = [title, b"-" * _WIDTH + b"\n"]
    columns = [
        _column((value - low) * _STEPS // (high - low or 1)) + b" " + _age(now - time)
        for (time, _), value in zip(history.samples, values, strict=True)
    ]
    for first in range(0, len(columns), _WIDTH):
        lines += [b"\n"] if first else []
        lines += _upright(columns[first : first + _WIDTH])
    return b"".join(lines)


def _column(height: int) -> bytes:
    """Return a column from its top line down."""
    full, tip = divmod(min(height, _STEPS - 1), len(_TIPS))
    return b" " * (_LINES - 1 - full) + _TIPS[tip : tip + 1] + b"|" * full


def _age(seconds: int) -> bytes:
    for size, unit in _UNITS:
        if seconds >= size:
            return b"%d%b" % (seconds // size, unit)
    return b"%ds" % seconds


def _upright(columns: Sequence[bytes]) -> list[bytes]:
    """Return the lines of columns that stand side by side."""
    height = max(map(len, columns))
    padded = [column.ljust(height) for column in columns]
    return [bytes(line) + b"\n" for line in zip(*padded, strict=True)]


def diagnosis(engine: Engine) -> bytes:
    """Return for people what the spikes say, and what to do about them."""
    threshold = engine.config[b"latency-monitor-threshold"]
    if not threshold:
        return _DISABLED
    if not engine.latency.events:
        return b"No spike of %d milliseconds or more was seen.\n" % threshold
    lines = [_summary(event, history) for event, history in engine.latency.events.items()]
    return (
        b"\n".join([b"Spikes of %d milliseconds or more:\n" % threshold, *lines, b"", *_advice(engine)])
        + b"\n"
    )


_DISABLED = (
    b"Latency is not monitored. CONFIG SET latency-monitor-threshold <milliseconds> makes the server remember what "
    b"takes that long.\n"
)


def _summary(event: bytes, history: EventHistory) -> bytes:
    times, values = zip(*history.samples, strict=True)
    mean = fmean(values)
    deviation = fmean(abs(value - mean) for value in values)
    periods = [after - before for before, after in pairwise(times)] or [0]
    return b"* %b: %d spikes (average %d ms, mean deviation %d ms, period %.2f s), the worst ever %d ms" % (
        event,
        len(values),
        mean,
        deviation,
        fmean(periods),
        history.worst,
    )


def _advice(engine: Engine) -> list[bytes]:
    threshold = engine.config[b"latency-monitor-threshold"] * 1000
    slower_than = engine.config[b"slowlog-log-slower-than"]
    if 0 <= slower_than <= threshold:
        return [b"SLOWLOG GET shows the commands, with their arguments."]
    return [
        b"The slow log does not record commands as fast as these: "
        b"CONFIG SET slowlog-log-slower-than %d, and SLOWLOG GET will show them with their arguments."
        % threshold
    ]
