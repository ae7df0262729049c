"""From the words of a command line to what a command works with, refusing what Redis refuses.

The functions turn one word into a value, or raise the error that Redis has for it. `Options` reads the free
part of a command line by a table, which is written as the documentation writes it:

    Options("[NX | XX] [GET] [EX _ | PX _ | KEEPTTL]")      Options("[LEN] [IDX] [MINMATCHLEN int]")

Those between ``|`` exclude each other. What follows a name is the option's value: ``_`` is kept as it is, to be
looked at when the rest of the line is known to make sense, ``int`` has to be an integer at once, ``count`` one
above zero. The order of these checks shows in the error that a client gets.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from trioredis import errors
from trioredis.errors import CommandError
from trioredis.numerals import INT64_MAX, INT64_MIN, parse_float, parse_integer

INT32_MIN: Final = -(2**31)
INT32_MAX: Final = 2**31 - 1
UINT64_MAX: Final = 2**64 - 1
E = TypeVar("E")

_SIGN: Final = 2**63


def to_integer(text: bytes, error: bytes = errors.NOT_AN_INTEGER) -> int:
    """Return a signed 64-bit integer."""
    number = parse_integer(text)
    if number is None:
        raise CommandError(error)
    return number


def to_integer_between(text: bytes, lowest: int, highest: int, error: bytes = b"") -> int:
    """Return an integer that both bounds allow; without an `error` of its own the refusal names them."""
    number = to_integer(text, error or errors.NOT_AN_INTEGER)
    if not lowest <= number <= highest:
        raise CommandError(error or errors.out_of_bounds(lowest, highest))
    return number


def to_float(text: bytes, error: bytes = errors.NOT_A_FLOAT) -> float:
    """Return a double, which may be infinite, but is a number."""
    number = parse_float(text)
    if number is None:
        raise CommandError(error)
    return number


def to_deadline(text: bytes, *, unit: int, since: int, command: bytes) -> int:
    """Return the Unix time in milliseconds that lies a number of units after `since`, or before it.

    `unit` is in milliseconds, `command` the lower-case name, which stands in the error for what is no 64-bit time.
    """
    deadline = to_integer(text) * unit + since
    if deadline - since < INT64_MIN or deadline > INT64_MAX:
        raise CommandError(errors.invalid_expire(command))
    return deadline


def to_bit_offset(text: bytes, limit: int, width: int = 0) -> int:
    """Return the place of a bit in a string of at most `limit` bytes.

    With a `width`, that of an integer, ``#2`` is behind two such integers.
    """
    if width and text[:1] == b"#":
        # C multiplies in 64 bits, and what comes out there may be allowed again.
        offset = (to_integer(text[1:], errors.BIT_OFFSET) * width + _SIGN & UINT64_MAX) - _SIGN
    else:
        offset = to_integer(text, errors.BIT_OFFSET)
    if not 0 <= offset < limit * 8:
        raise CommandError(errors.BIT_OFFSET)
    return offset


_CURSOR: Final = re.compile(rb"(?:([+-]?)0*([0-9]{1,20}))?(?:\0.*)?", re.DOTALL)


def to_cursor(text: bytes) -> int:
    """Return the cursor of SCAN and its kin, an unsigned 64-bit integer that is read as C's `strtoul` reads it."""
    match = _CURSOR.fullmatch(text)
    if match is None or (number := int(match[2] or 0)) > UINT64_MAX:
        raise CommandError(errors.INVALID_CURSOR)
    return -number & UINT64_MAX if match[1] == b"-" else number


def to_pop(numkeys: bytes, words: Sequence[bytes], ends: Mapping[bytes, E]) -> tuple[Sequence[bytes], E, int]:
    """Return keys, from which end of what is there elements are taken, and how many at most; source: LMPOP, ZMPOP."""
    size = to_integer_between(numkeys, 1, INT64_MAX, errors.NUMKEYS_NOT_POSITIVE)
    end = ends.get(words[size].upper()) if size < len(words) else None
    if end is None:
        raise CommandError(errors.SYNTAX)
    keys, options = words[:size], words[size + 1 :]
    if not options:
        return keys, end, 1
    if len(options) == 1 or options[0].upper() != b"COUNT":
        raise CommandError(errors.SYNTAX)
    count = to_integer_between(options[1], 1, INT64_MAX, errors.COUNT_NOT_POSITIVE)
    if len(options) > 2:
        raise CommandError(errors.SYNTAX)
    return keys, end, count


def to_sample(options: Sequence[bytes], flag: bytes) -> tuple[int, bool]:
    """Return a count of random elements, and whether the flag behind it is given; source: HRANDFIELD, ZRANDMEMBER."""
    count, has_flag = to_integer_between(options[0], -INT64_MAX, INT64_MAX), len(options) > 1
    if len(options) > 2 or (has_flag and options[1].upper() != flag):
        raise CommandError(errors.SYNTAX)
    if has_flag and abs(count) > INT64_MAX // 2:
        raise CommandError(errors.OUT_OF_RANGE)
    return count, has_flag


def _to_count(text: bytes) -> int:
    count = to_integer(text)
    if count < 1:
        raise CommandError(errors.SYNTAX)
    return count


_PARSERS: Final[dict[str, Callable[[bytes], Any]]] = {"_": bytes, "int": to_integer, "count": _to_count}


class Options:
    """The options of one command, by their names in upper case."""

    __slots__ = ("_parsers", "_rivals")

    def __init__(self, usage: str) -> None:
        self._parsers: dict[bytes, Callable[[bytes], Any] | None] = {}
        self._rivals: dict[bytes, frozenset[bytes]] = {}
        for group in usage.strip("[]").split("] ["):
            forms = [form.split() for form in group.split(" | ")]
            names = frozenset(form[0].encode() for form in forms)
            for name, *value in forms:
                self._parsers[name.encode()] = _PARSERS[value[0]] if value else None
                self._rivals[name.encode()] = names - {name.encode()}

    def read(self, words: Sequence[bytes]) -> dict[bytes, Any]:
        """Return the value of each option that is given, True for one without; of a repeated one the last counts.

        Raises a syntax error for a word that is no option, a missing value, and options that exclude each other.
        """
        found: dict[bytes, Any] = {}
        rest = iter(words)
        for word in rest:
            name = word.upper()
            if name not in self._parsers or not self._rivals[name].isdisjoint(found):
                raise CommandError(errors.SYNTAX)
            parse = self._parsers[name]
            found[name] = True if parse is None else parse(_next(rest))
        return found


def _next(rest: Iterator[bytes]) -> bytes:
    try:
        return next(rest)
    except StopIteration:
        raise CommandError(errors.SYNTAX) from None
