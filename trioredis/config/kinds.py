"""The kinds of value that a directive can have: how one is read, shown and written back.

A `Kind` is a record of functions. It turns the words after a directive's name into a Python value (`parse`), a value
into the text of CONFIG GET (`render`) and into the lines of CONFIG REWRITE (`lines`). It knows neither the
directive's name nor its default. The simple kinds are here; those with a grammar of their own are in `compounds`.
What is said about a bad value is Redis's text, since clients show it; `expects` is ours, for the operator at start.

Source: the comments of redis.conf, and a redis-server that was asked.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from attrs import frozen

from trioredis.numerals import parse_integer

INT_MIN, INT_MAX, UINT_MAX = -(2**31), 2**31 - 1, 2**32 - 1
LONG_MAX, ULONG_MAX = 2**63 - 1, 2**64 - 1

Lines = Iterable[tuple[bytes, bool]]
"""Lines for redis.conf, and whether each is needed in a file that has none for the directive yet."""


class ConfigError(Exception):
    """A value, a line or a change that is refused; `reason` is one line of text."""

    reason: bytes

    def __init__(self, reason: bytes) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason.decode("utf-8", "backslashreplace")


class PromiseError(ConfigError):
    """A good value that is refused because it promises what does not work yet."""


@frozen(eq=False)
class Kind:
    """One kind of value."""

    expects: bytes
    """What a good value looks like, for the operator."""
    parse: Callable[[Sequence[bytes], Any], Any]
    """From the words and the present value, on which the new one may build; raises `ConfigError`."""
    render: Callable[[Any], bytes]
    """What CONFIG GET shows."""
    lines: Callable[[bytes, Any, Any], Lines]
    """What CONFIG REWRITE writes, from the name, the value and the default."""
    several: bool = False
    """Whether there may be several words; CONFIG SET then splits its one argument at each space."""


def one_word(
    expects: bytes,
    parse: Callable[[bytes], Any],
    render: Callable[[Any], bytes],
    write: Callable[[Any], bytes] | None = None,
) -> Kind:
    """Make a kind whose value is a single word, written to redis.conf by `write` if not as it is shown."""
    write = write or render
    return Kind(
        expects,
        parse=lambda words, _current: parse(words[0]),
        render=render,
        lines=lambda name, value, default: [(b"%b %b" % (name, write(value)), value != default)],
    )


def _parse_boolean(word: bytes) -> bool:
    try:
        return _BOOLEANS[word.lower()]
    except KeyError:
        raise ConfigError(b"argument must be 'yes' or 'no'") from None


_BOOLEANS = {b"yes": True, b"no": False}

BOOLEAN = one_word(b"yes or no", _parse_boolean, lambda value: b"yes" if value else b"no")
"""The value is a bool."""


def integer(low: int, high: int, bounds: tuple[int, int] | None = None) -> Kind:
    """Make the kind of the integers from `low` to `high`; what is outside `bounds` is moved to the nearer bound."""

    def parse(word: bytes) -> int:
        number = parse_integer(word)
        if number is None:
            raise ConfigError(b"argument couldn't be parsed into an integer")
        return _within(number, low, high, bounds)

    return one_word(b"an integer between %d and %d" % (low, high), parse, print_integer)


def octal(low: int, high: int) -> Kind:
    """Make the kind of the integers from `low` to `high` in octal, as for modes of files."""

    def parse(word: bytes) -> int:
        if not re.fullmatch(rb"-?[0-7]{1,21}", word):
            raise ConfigError(b"argument couldn't be parsed as an octal number")
        return _within(int(word, 8), low, high, number_format=b"%o")

    return one_word(b"an octal number between %o and %o" % (low, high), parse, lambda number: b"%o" % number)


def print_integer(number: int) -> bytes:
    """Return the digits of a number."""
    return b"%d" % number


def _within(
    number: int, low: int, high: int, bounds: tuple[int, int] | None = None, number_format: bytes = b"%d"
) -> int:
    if not low <= number <= high:
        limits = (number_format + b" and " + number_format) % (low, high)
        raise ConfigError(b"argument must be between %b inclusive" % limits)
    return number if bounds is None else min(max(number, bounds[0]), bounds[1])


UNITS = {b"": 1, b"b": 1, b"k": 10**3, b"kb": 2**10, b"m": 10**6, b"mb": 2**20, b"g": 10**9, b"gb": 2**30}
_MEMORY = re.compile(rb"([0-9]*)([a-z]*)", re.IGNORECASE)


def parse_memory(text: bytes) -> int | None:
    """Read bytes with an optional unit (``1k`` is 1000, ``1kb`` 1024); None for anything else.

    No digits are 0 and too many of them the highest 64-bit number, which then wraps around under a unit: that is
    how Redis reads it.
    """
    found = _MEMORY.fullmatch(text)
    if found is None or found[2].lower() not in UNITS:
        return None
    digits = found[1].lstrip(b"0")[:21]  # more than 64 bits have, and int() is slow on many
    return min(int(digits or b"0"), ULONG_MAX) * UNITS[found[2].lower()] & ULONG_MAX


def write_memory(number: int) -> bytes:
    """Return bytes with the largest unit that divides them (``1gb``, ``3kb``, ``1000``)."""
    for unit in (b"gb", b"mb", b"kb"):
        if number and number % UNITS[unit] == 0:
            return b"%d%b" % (number // UNITS[unit], unit)
    return b"%d" % number


def memory(low: int, high: int, bounds: tuple[int, int] | None = None) -> Kind:
    """Make the kind of the numbers of bytes from `low` to `high`; `bounds` as in `integer`."""

    def parse(word: bytes) -> int:
        number = parse_memory(word)
        if number is None:
            raise ConfigError(b"argument must be a memory value")
        return _within(number, low, high, bounds)

    expects = b"bytes, such as 100mb, between %d and %d" % (low, high)
    return one_word(expects, parse, print_integer, write_memory)


def _parse_memory_or_share(word: bytes) -> int:
    is_share = word.endswith(b"%")
    number = parse_integer(word[:-1]) if is_share else parse_memory(word)
    if number is None or number < 0:
        raise ConfigError(b"argument must be a memory or percent value")
    if is_share and number > 100:
        raise ConfigError(b"percentage argument must be less or equal to 100")
    return -number if is_share else number


def _print_memory_or_share(print_memory: Callable[[int], bytes], value: int) -> bytes:
    return b"%d%%" % -value if value < 0 else print_memory(value)


MEMORY_OR_SHARE = one_word(
    b"bytes, such as 100mb, or a percentage of maxmemory",
    _parse_memory_or_share,
    partial(_print_memory_or_share, print_integer),
    partial(_print_memory_or_share, write_memory),
)
"""The value is an int: bytes, or a percentage as a negative number."""


def one_of(*choices: bytes) -> Kind:
    """Make the kind of a word out of a few, in any case; the value is in lower case."""
    return one_word(b"one of " + b", ".join(choices), partial(choose, choices=choices), bytes)


def choose(word: bytes, choices: tuple[bytes, ...]) -> bytes:
    """Return the word in lower case if it is one of `choices`; raise `ConfigError` if not."""
    if word.lower() in choices:
        return word.lower()
    raise ConfigError(b"argument(s) must be one of the following: " + b", ".join(choices))


def text(
    expects: bytes = b"a text",
    check: Callable[[bytes], bytes | None] = lambda _word: None,
    unset_if_empty: bool = True,
    ends_at_nul: bool = True,
) -> Kind:
    """Make the kind of any bytes; `check` says what is wrong with some.

    With `unset_if_empty` the empty text means that there is none, and CONFIG REWRITE removes the line. With
    `ends_at_nul` the text is cut at the first NUL, as in C, so that it can be handed to the operating system.
    """

    def parse(words: Sequence[bytes], _current: bytes) -> bytes:
        value = words[0].partition(b"\0")[0] if ends_at_nul else words[0]
        if (reason := check(value)) is not None:
            raise ConfigError(reason)
        return value

    def lines(name: bytes, value: bytes, default: bytes) -> Lines:
        return [] if unset_if_empty and not value else [(b"%b %b" % (name, quoted(value)), value != default)]

    return Kind(expects, parse, bytes, lines)


TEXT = text()
"""Any bytes, none of them meaning that there is nothing."""
SECRET = text(ends_at_nul=False)
"""Any bytes, a NUL as well."""
TEXT_OR_EMPTY = text(unset_if_empty=False)
"""Any bytes, even none."""


def quoted(text: bytes) -> bytes:
    """Return the text in double quotes, so that a reader of redis.conf gets it back as one word."""
    return b'"%b"' % _TO_ESCAPE.sub(lambda found: _ESCAPES.get(found[0]) or b"\\x%02x" % found[0][0], text)


_TO_ESCAPE = re.compile(rb"[^ !#-\[\]-~]")
_ESCAPES = {
    b"\\": rb"\\",
    b'"': rb"\"",
    b"\n": rb"\n",
    b"\r": rb"\r",
    b"\t": rb"\t",
    b"\a": rb"\a",
    b"\b": rb"\b",
}
