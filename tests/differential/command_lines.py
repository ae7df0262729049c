"""Command lines drawn from what the commands say about themselves.

The usage line that COMMAND DOCS shows is a grammar, so it is used as one: every command that declares its
arguments can be drawn, with options in, out and doubled, without a second description of it here. Words are
chosen from small tables, so that keys collide, and values are now a number, now none. One line in three is
damaged: a word too many, one too few, one from somewhere else. The oracle says what that ought to mean.

Time is the one thing that two servers cannot share to the millisecond. Deadlines therefore are far away or long
past, and comparing two of them (GT, LT) is left to the commands that take absolute times.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from trioredis.engine.command import Command
from trioredis.engine.usage import Argument, parse_usage
from trioredis.numerals import parse_integer

Line = list[bytes]

FAR = 4_000_000_000
"""A Unix time in seconds, and as far as this the time to live is exact on both sides."""

_INTEGERS = [0, 1, -1, 2, 7, 100, 10_000, 2**31, 2**63 - 1, 2**63 - 2, -(2**63), 1 - 2**63, 2**63, 10**30]
_NO_INTEGERS = ["", "x", "1_0", " 1", "+1", "01", "-0", "1e3", "1.5", "٣", "1\0"]
_FLOATS = [
    "0.1",
    "-2.5",
    "3.0",
    "1e-5",
    "5e3",
    ".5",
    "inf",
    "-inf",
    "nan",
    "0x1p4",
    "1e309",
    "1e5000",
    "1e-4000",
]
_SCORES = [0, 1, 2, 2.5, -1, 7, "-inf", "+inf"]
_MEMBERS = tuple(
    word.encode() for word in ["-", "+", "-", "+", "[a", "(a", "[b", "(c", "[", "[1", "(5", "[key:1"]
)
_LONGITUDES = [0, 1, 1.5, 2, -179.9999, 179.9999, 13.361389, 15.087269, -180, 180, 180, 181, "inf", "x"]
_LATITUDES = [0, 1, 1.5, 2, -85, 85, 38.115556, 37.502669, -85.05112878, 85.05112878, 86, "nan", "x"]
_LENGTHS = [0, 1, 50, 200, 166.2742, 400, 5000, 2e6, 1e300, "inf", -1, "nan", "x"]
_TEXTS = ["ohmytext", "mynewtext", "é\r\n$-1\r\n", "y" * 44, "z" * 45]


def _encoded(*words: object) -> tuple[bytes, ...]:
    return tuple(str(word).encode() for word in words)


_IDS = (
    *_encoded(
        0, "0-0", "0-1", "1-1", "1-2", "1-*", 2, "2-2", "3-*", "3-18446744073709551615", "4-0", "5-*", 6
    ),
    *_encoded("7-7", "7-*", "8-*", "9-1", "9-*", "$", ">", "-", "+", "x", "01-1", "1-+1", " 1", "1-", "-1"),
    *_encoded(2**64 - 1, f"{2**64 - 1}-{2**64 - 1}", 2**64, f"1-{2**64}"),
    b"1\0x",
)


KEYS = (*_encoded("a", "b", "c", "key:1", ""), b"\x00\xff")
VALUES = (*_encoded(*_INTEGERS, *_NO_INTEGERS, *_FLOATS, *_TEXTS), bytes(range(256)))

_WORDS: dict[str, tuple[bytes, ...]] = {
    "key": KEYS,
    "string": VALUES,
    "longitude": _encoded(*_LONGITUDES),
    "latitude": _encoded(*_LATITUDES),
    **dict.fromkeys(("radius", "width", "height"), _encoded(*_LENGTHS)),
    "integer": _encoded(*_INTEGERS, "x"),
    "double": _encoded(*_FLOATS, *_INTEGERS, "x"),
    "offset": _encoded(
        0, 1, 7, 8, 100, 10_000, 2**32, -1, 2**63 - 1, "x", "#0", "#1", "#7", "#-1", f"#{2**61}"
    ),
    "bit": _encoded(0, 1, 0, 1, 2, "x"),
    "operation": _encoded("AND", "OR", "xor", "NOT", "nope"),
    "encoding": _encoded("u1", "i1", "u4", "i7", "u8", "i8", "u32", "u63", "i64", "u64", "i0", "x"),
    "element": _encoded(*range(40), "x" * 8, "y" * 100, ""),
    "pivot": _encoded(*range(12), "x" * 8, "nope"),
    "subcommand": _encoded("getreg", "DECODE", "ENCODING", "TODENSE", "nope"),
    "numkeys": _encoded(1, 1, 1, 2, 2, 3, 0, -1, "x"),
    "count": _encoded(1, 2, 5, -1, -2, -5, 0, 100, -100, *_INTEGERS, "x"),
    "field": _encoded("a", "b", "c", "key:1", "", "y" * 44, 1, -1),
    **dict.fromkeys(("member1", "member2"), _encoded(*range(8), "a", "b", "nope")),
    "member": (*_encoded(*range(8), -1, "a", "b", "c", 2**63 - 1, 2**63, "01", "", "y" * 65), b"\x00\xff"),
    "weight": _encoded(1, 1, 0, -1, 2.5, "inf", "-inf", "nan", "x"),
    **dict.fromkeys(
        ("min:double", "max:double"), _encoded(*_SCORES, "(1", "(2.5", "(-inf", "(", "", " 1", "x")
    ),
    **dict.fromkeys(("min:string", "max:string"), (*_MEMBERS, *_encoded(0, 1, -1, "(1", "inf", "x"))),
    "stop:string": (*_encoded(0, -1, 1, -2, *_SCORES, "(1"), *_MEMBERS),
    "pattern": _encoded("*", "a", "#", "*->a", "key:*->b", "?", "[ab]", "[^a]*", "key:*", "\\*", ""),
    "unix-time": _encoded(FAR, FAR + 1, 1, 0, -1, 2**63 - 1, 2**53, "x"),
    "unix-time-milliseconds": _encoded(
        FAR * 1000, FAR * 1000 + 499, FAR * 1000 + 500, 1, 0, -1, 2**63 - 1, "x"
    ),
    "seconds": _encoded(100_000, 200_000, 300_000, 1_000_000, 0, -1, 2**63 - 1, -(2**63), 2**63 // 1000, "x"),
    "milliseconds": _encoded(
        100_000, 200_000_500, 300_000_000, 1_000_000_000, 0, -1, 2**63 - 1, -(2**63), "x"
    ),
    "type": _encoded("string", "list", "STRING", "nope"),
    "id": _IDS,
    "last-id": _IDS,
    "max_deleted_entry_id": _IDS,
    "threshold": (*_encoded(0, 1, 3, 10, -1, "x"), *_IDS),
    "start:string": (*_encoded("-", "-", "(1", "(2-1", "(", f"({2**64 - 1}-{2**64 - 1}"), *_IDS, *_MEMBERS),
    "end:string": (*_encoded("+", "+", "+", "(9", "(3-1", "(0-0"), *_IDS),
    **dict.fromkeys(("group", "groupname"), _encoded("g", "g", "g", "h", "nope")),
    **dict.fromkeys(("consumer", "consumername"), _encoded("alice", "bob", "carol")),
    **dict.fromkeys(("entries_added", "entries_read"), _encoded(*range(9), 100, -1, -2, "x")),
    "min-idle-time": _encoded(0, 0, 0, 500_000, -1, "x"),
    "ms": _encoded(0, 1_000_000, -1, 2**63 - 1, "x"),
    **dict.fromkeys(
        ("db", "destination-db", "index", "index1", "index2"), _encoded(0, 1, 2, 0, 1, 16, -1, "x")
    ),
}
"""By the name of an argument with its type, its name alone, or its type alone."""


def command_lines(command: Command) -> SearchStrategy[Line]:
    """Calls of a command, most of which make sense."""
    usage = parse_usage(command.args)
    strangers = st.sampled_from([*_tokens(usage), *VALUES, *KEYS])
    lines = _line(command.name.upper().split(b"|"), _sequence(usage), strangers)
    return lines.filter(_is_timely).filter(_is_small).filter(_is_answered)


@st.composite
def _line(draw: st.DrawFn, name: Line, words: SearchStrategy[Line], strangers: SearchStrategy[bytes]) -> Line:
    line = name + draw(words)
    if draw(st.integers(0, 2)) < 2:
        return line
    place = draw(st.integers(1, len(line)))
    return line[:place] + draw(st.lists(strangers, max_size=2)) + line[place + draw(st.integers(0, 1)) :]


def _sequence(arguments: Iterable[Argument]) -> SearchStrategy[Line]:
    return st.tuples(*map(_repeated, arguments)).map(_joined)


def _repeated(argument: Argument) -> SearchStrategy[Line]:
    token = [argument.token.encode()] if argument.token and argument.type != "pure-token" else []
    words = _once(argument)
    if argument.multiple_token:
        words = words.map(lambda words: token + words)
    if argument.multiple:
        words = st.lists(words, min_size=1, max_size=3).map(_joined)
    if token and not argument.multiple_token:
        words = words.map(lambda words: token + words)
    return st.just([]) | words if argument.optional else words


def _once(argument: Argument) -> SearchStrategy[Line]:
    match argument.type:
        case "pure-token":
            assert argument.token is not None
            return st.sampled_from([[argument.token.encode()], [argument.token.lower().encode()]])
        case "oneof":
            return st.one_of(*map(_repeated, argument.arguments))
        case "block":
            return _sequence(argument.arguments)
        case kind:
            return st.sampled_from(_words_for(argument.name, kind)).map(lambda word: [word])


def _words_for(name: str, kind: str) -> tuple[bytes, ...]:
    return _WORDS.get(f"{name}:{kind}") or _WORDS.get(name) or _WORDS[kind]


def _joined(lists: Iterable[Line]) -> Line:
    return [word for words in lists for word in words]


def _tokens(arguments: Iterable[Argument]) -> Iterator[bytes]:
    for argument in arguments:
        if argument.token:
            yield argument.token.encode()
        yield from _tokens(argument.arguments)


# --- size


def _is_small(line: Line) -> bool:
    """Tell whether a line makes no string of a quarter of a gigabyte, which is allowed and takes its time."""
    return line[0] not in (b"SETBIT", b"BITFIELD") or b"%d" % 2**31 not in line


_RANDOM = {b"HRANDFIELD", b"SRANDMEMBER", b"ZRANDMEMBER"}
_MANY = 10_000


def _is_answered(line: Line) -> bool:
    """Tell whether a line does not ask for more elements, each chosen again and again, than anybody can send."""
    return line[0] not in _RANDOM or (parse_integer(b"".join(line[2:3])) or 0) > -_MANY or len(line) > 3


# --- time

_RELATIVE = {b"EXPIRE": 2, b"PEXPIRE": 2, b"SETEX": 2, b"PSETEX": 2}
"""Where a time that is counted from now stands."""
_SOON = 100_000


def _is_timely(line: Line) -> bool:
    """Tell whether a line means the same to two servers whose clocks are not quite the same."""
    words = [word.upper() for word in line]
    place = _RELATIVE.get(words[0], 0)
    times = [time for name, time in pairwise(words) if name in (b"EX", b"PX")]
    times += words[place : place + 1] if place else []
    is_soon = any(0 < (parse_integer(time) or 0) < _SOON for time in times)
    return not is_soon and not (place and (b"GT" in words or b"LT" in words))
