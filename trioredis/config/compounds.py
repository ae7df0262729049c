"""The kinds of value with a grammar of their own: save points, buffer limits, addresses and the like.

All of them take several words, except the classes of keyspace events, which are the letters of one word. Values
are tuples, or a dict for the buffer limits, and are never changed in place.
"""

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen

from trioredis.config.kinds import (
    ConfigError,
    Kind,
    Lines,
    choose,
    one_word,
    parse_memory,
    print_integer,
    quoted,
    write_memory,
)
from trioredis.numerals import parse_float, parse_integer

WRONG_NUMBER = b"wrong number of arguments"


def several_words(
    expects: bytes,
    parse: Callable[[Sequence[bytes]], Any],
    render: Callable[[Any], bytes],
    lines: Callable[[bytes, Any, Any], Lines] | None = None,
) -> Kind:
    """Make a kind whose value is one line of several words; the empty text is no words."""
    return Kind(
        expects,
        parse=lambda words, _current: parse([] if list(words) == [b""] else words),
        render=render,
        lines=lines or (lambda name, value, default: [_line(name, render(value), value != default)]),
        several=True,
    )


def _line(name: bytes, rendered: bytes, is_needed: bool) -> tuple[bytes, bool]:
    return b"%b %b" % (name, rendered or b'""'), is_needed


# --- save

SavePoint = tuple[int, int]
"""Seconds, and how many changes in them it takes to save."""


def _parse_save_points(words: Sequence[bytes]) -> tuple[SavePoint, ...]:
    numbers = [parse_integer(word) for word in words]
    if len(numbers) % 2 or any(number is None or number < 0 for number in numbers) or 0 in numbers[::2]:
        raise ConfigError(b"Invalid save parameters")
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))  # type: ignore[arg-type]  # no None is left


def _save_lines(name: bytes, value: tuple[SavePoint, ...], _default: object) -> Lines:
    # Written even if it is our default, because it is not Redis's, which may read the file next.
    return [(b"%b %d %d" % (name, *point), True) for point in value] or [_line(name, b"", is_needed=True)]


SAVE_POINTS = several_words(
    b'pairs of seconds and changes, or ""',
    _parse_save_points,
    lambda value: b" ".join(b"%d %d" % point for point in value),
    _save_lines,
)
"""The value is a tuple of `SavePoint`."""


# --- client-output-buffer-limit


@frozen
class BufferLimit:
    """How much of its replies a client may leave unread before it is disconnected; 0 is no limit."""

    hard: int
    """Bytes; the client goes at once."""
    soft: int
    """Bytes; the client goes when it stays above them for `soft_seconds`."""
    soft_seconds: int


BufferLimitsByClass = dict[bytes, BufferLimit]
CLIENT_CLASSES = {b"normal": b"normal", b"slave": b"slave", b"replica": b"slave", b"pubsub": b"pubsub"}


def _parse_buffer_limits(words: Sequence[bytes], current: BufferLimitsByClass) -> BufferLimitsByClass:
    if list(words) == [b""]:
        return current
    if len(words) % 4:
        raise ConfigError(b"Wrong number of arguments in buffer limit configuration.")
    limits = dict(current)
    for start in range(0, len(words), 4):
        client_class = CLIENT_CLASSES.get(words[start].lower())
        if client_class is None:
            raise ConfigError(b"Invalid client class specified in buffer limit configuration.")
        limits[client_class] = _parse_buffer_limit(*words[start + 1 : start + 4])
    return limits


def _parse_buffer_limit(hard: bytes, soft: bytes, soft_seconds: bytes) -> BufferLimit:
    hard_bytes, soft_bytes, seconds = parse_memory(hard), parse_memory(soft), parse_integer(soft_seconds)
    if hard_bytes is None or soft_bytes is None or seconds is None or seconds < 0:
        raise ConfigError(b"Error in hard, soft or soft_seconds setting in buffer limit configuration.")
    return BufferLimit(hard_bytes, soft_bytes, seconds)


def _render_buffer_limit(limit: BufferLimit, print_size: Callable[[int], bytes] = print_integer) -> bytes:
    return b"%b %b %d" % (print_size(limit.hard), print_size(limit.soft), limit.soft_seconds)


def _buffer_limit_lines(name: bytes, value: BufferLimitsByClass, default: BufferLimitsByClass) -> Lines:
    for client_class, limit in value.items():
        # CONFIG GET says slave where a file says replica.
        written = b"replica" if client_class == b"slave" else client_class
        rendered = b"%b %b" % (written, _render_buffer_limit(limit, write_memory))
        yield _line(name, rendered, limit != default[client_class])


BUFFER_LIMITS = Kind(
    b"class (normal, replica or pubsub), hard limit, soft limit, soft seconds",
    _parse_buffer_limits,
    lambda value: b" ".join(b"%b %b" % (name, _render_buffer_limit(limit)) for name, limit in value.items()),
    _buffer_limit_lines,
    several=True,
)
"""The value is a dict of `BufferLimit` by class: normal, slave, pubsub. A class that is not mentioned keeps its own."""


# --- notify-keyspace-events

EVENT_CLASSES = b"g$lshzxetd"
EVENT_LETTERS = b"A" + EVENT_CLASSES + b"nKEm"


def _parse_events(word: bytes) -> bytes:
    letters = set(word)
    if not letters <= set(EVENT_LETTERS):
        raise ConfigError(b"Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")
    if ord("A") in letters:
        letters |= set(EVENT_CLASSES)
    return bytes(letter for letter in EVENT_LETTERS[1:] if letter in letters)


def _render_events(letters: bytes) -> bytes:
    """Abbreviate all classes; as in Redis, A hides an n, although it does not stand for it."""
    if not set(EVENT_CLASSES) <= set(letters):
        return letters
    return b"A" + letters.translate(None, EVENT_CLASSES + b"n")


KEYSPACE_EVENTS = one_word(
    b"letters of " + EVENT_LETTERS,
    _parse_events,
    _render_events,
    lambda letters: quoted(_render_events(letters)),
)
"""The value is letters, but for ``A``, which stands for all classes but ``m`` (misses) and ``n`` (new keys)."""


# --- shutdown-on-sigint, shutdown-on-sigterm

ENDINGS = (b"default", b"save", b"nosave", b"now", b"force")


def _parse_endings(words: Sequence[bytes]) -> tuple[bytes, ...]:
    given = {choose(word, ENDINGS) for word in words or [b""]}
    if given >= {b"save", b"nosave"}:
        raise ConfigError(b"shutdown options SAVE and NOSAVE can't be used simultaneously")
    return tuple(word for word in ENDINGS[1:] if word in given)


SHUTDOWN_FLAGS = several_words(
    b"words of " + b", ".join(ENDINGS), _parse_endings, lambda value: b" ".join(value) or ENDINGS[0]
)
"""The value is a tuple of save, nosave, now, force; empty by default."""


# --- oom-score-adj-values


def _parse_scores(words: Sequence[bytes]) -> tuple[int, ...]:
    if len(words) != 3:
        raise ConfigError(WRONG_NUMBER)
    scores = tuple(
        score for word in words if (score := parse_integer(word)) is not None and abs(score) <= 2000
    )
    if len(scores) != 3:
        raise ConfigError(b"Invalid oom-score-adj-values, elements must be between -2000 and 2000.")
    return scores


OOM_SCORES = several_words(
    b"three integers between -2000 and 2000",
    _parse_scores,
    lambda value: b" ".join(b"%d" % score for score in value),
)
"""The value is a tuple of three integers."""


# --- bind


def _parse_addresses(words: Sequence[bytes]) -> tuple[bytes, ...]:
    if len(words) > 16:
        raise ConfigError(b"Too many bind addresses specified.")
    return tuple(words)


ADDRESSES = several_words(
    b"at most 16 addresses",
    _parse_addresses,
    b" ".join,
    lambda name, value, default: [] if value == default else [_line(name, b" ".join(value), is_needed=True)],
)
"""The value is a tuple of addresses, ``-`` before one that may be missing."""


# --- latency-tracking-info-percentiles


def _parse_percentiles(words: Sequence[bytes]) -> tuple[float, ...]:
    numbers = [parse_float(word) for word in words]
    if None in numbers:
        raise ConfigError(b"Invalid latency-tracking-info-percentiles parameters")
    percentiles = tuple(number for number in numbers if number is not None and 0.0 <= number <= 100.0)
    if len(percentiles) != len(words):
        raise ConfigError(b"latency-tracking-info-percentiles parameters should sit between [0.0,100.0]")
    return percentiles


def render_percentile(percentile: float) -> bytes:
    """Return a percentile with as many decimals as it needs, at most six: ``99.9``."""
    return (b"%.6f" % percentile).rstrip(b"0").rstrip(b".")


PERCENTILES = several_words(
    b'numbers between 0 and 100, or ""',
    _parse_percentiles,
    lambda value: b" ".join(map(render_percentile, value)),
)
"""The value is a tuple of floats."""


# --- replicaof


def _parse_master(words: Sequence[bytes]) -> tuple[bytes, int] | None:
    if len(words) != 2:
        raise ConfigError(WRONG_NUMBER)
    if [word.lower() for word in words] == [b"no", b"one"]:
        return None
    port = parse_integer(words[1])
    if port is None or not 0 <= port <= 65535:
        raise ConfigError(b"Invalid master port")
    return words[0], port


def _render_master(master: tuple[bytes, int] | None) -> bytes:
    return b"%b %d" % master if master else b""


MASTER = several_words(
    b"a host and a port, or no one",
    _parse_master,
    _render_master,
    lambda name, value, _default: [_line(name, _render_master(value), is_needed=True)] if value else [],
)
"""The value is a pair of host and port, or None without a master."""
