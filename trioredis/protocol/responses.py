"""Bytes in, replies out: the client's half of RESP, without I/O.

The caller feeds what it received, in any chunking, and gets back the replies that are complete, as the types of
`replies`; a RESP2 server simply uses fewer of them. Errors are values here (`Error`), because only the caller knows
whose they are. After a framing error `ResponseParser.error` says what is wrong and nothing is parsed any more.

Unlike requests, replies nest. The open arrays, maps, sets and pushes are kept on a stack of our own, at most
`MAX_DEPTH` of them, so that no server can exhaust Python's. A container grows with its elements, a bulk string
with its bytes, whatever they declared. Attributes are read and dropped.

Strict means: CRLF where RESP says CRLF, canonical numbers, only known types. Servers are held to a higher standard
than people with telnet, and a client that guesses would pair replies with the wrong commands. See
https://redis.io/docs/reference/protocol-spec/.
"""

import math
import re
from collections.abc import Callable
from typing import Any

from attrs import define, field

from trioredis.numerals import parse_float, parse_integer
from trioredis.protocol.replies import OK, PONG, QUEUED, BigNumber, Error, Push, SetReply, Simple, Verbatim

LINE_LIMIT = 64 * 1024
"""Bytes of a line: a status, an error, a number or a length."""

MAX_DEPTH = 128
"""How many containers may be open at once."""

_STATUSES = {status.text: status for status in (OK, PONG, QUEUED)}
_big_number = re.compile(rb"[+-]?[0-9]{1,4096}").fullmatch


class _MalformedError(Exception):
    """What came is not RESP; carries the reason."""


@define
class _Container:
    """An array, map, set, push or attribute some of whose elements have not arrived."""

    build: Callable[[list[Any]], Any] | None
    """Makes the value of the elements; None drops them."""
    size: int
    items: list[Any] = field(factory=list)

    def is_full(self) -> bool:
        return len(self.items) == self.size


@define
class ResponseParser:
    """Turns the bytes of one server into replies."""

    error: str | None = field(default=None, init=False)
    """Why parsing ended, for people."""

    _line: bytes = field(default=b"", init=False)
    """The beginning of an unfinished line."""
    _open: list[_Container] = field(factory=list, init=False)
    """The unfinished containers, the outermost first."""
    _bulk: bytearray = field(factory=bytearray, init=False)
    """The beginning of an unfinished bulk string."""
    _missing: int = field(default=0, init=False)
    """How many bytes it still lacks, its CRLF included."""
    _make: Callable[[bytes], Any] = field(default=bytes, init=False)
    """Makes its value."""

    def feed(self, data: bytes) -> list[Any]:
        """Return the replies that `data` completes, in order; pushes are among them."""
        replies: list[Any] = []
        if self.error is None:
            try:
                self._parse(self._line + data, replies)
            except _MalformedError as malformed:
                self.error = str(malformed)
                self._line, self._open, self._bulk = b"", [], bytearray()
        return replies

    def _parse(self, data: bytes, replies: list[Any]) -> None:
        at = 0
        self._line = b""
        while at < len(data):
            if self._missing:
                at = self._gather(data, at, replies)
                continue
            stop = data.find(b"\r\n", at, at + LINE_LIMIT + 2)
            if stop < 0:
                self._line = _unfinished(data[at:])
                return
            self._read_line(data[at : at + 1], data[at + 1 : stop], replies)
            at = stop + 2

    def _read_line(self, kind: bytes, text: bytes, replies: list[Any]) -> None:
        if kind in _LINES:
            self._deliver(_LINES[kind](text), replies)
        elif kind in _BULKS:
            self._begin_bulk(kind, text, replies)
        elif kind in _CONTAINERS:
            self._begin_container(kind, text, replies)
        else:
            raise _MalformedError(f"unknown type {kind!r}")

    def _begin_bulk(self, kind: bytes, text: bytes, replies: list[Any]) -> None:
        if kind + text == b"$-1":
            self._deliver(None, replies)
        else:
            self._make = _BULKS[kind]
            self._missing = _length(text) + 2

    def _begin_container(self, kind: bytes, text: bytes, replies: list[Any]) -> None:
        if kind + text == b"*-1":
            self._deliver(None, replies)
            return
        if len(self._open) == MAX_DEPTH:
            raise _MalformedError(f"more than {MAX_DEPTH} containers in each other")
        build, width = _CONTAINERS[kind]
        self._open.append(_Container(build, _length(text) * width))
        self._close_full(replies)

    def _gather(self, data: bytes, at: int, replies: list[Any]) -> int:
        """Read on in the unfinished bulk string; return the offset after what belongs to it."""
        taken = data[at : at + self._missing]
        self._bulk += taken
        self._missing -= len(taken)
        if not self._missing:
            if not self._bulk.endswith(b"\r\n"):
                raise _MalformedError("a bulk string does not end where it says")
            del self._bulk[-2:]
            value = self._make(bytes(self._bulk))
            self._bulk.clear()
            self._deliver(value, replies)
        return at + len(taken)

    def _deliver(self, value: Any, replies: list[Any]) -> None:
        """Put a finished value where it belongs: into the innermost open container or among the replies."""
        (self._open[-1].items if self._open else replies).append(value)
        self._close_full(replies)

    def _close_full(self, replies: list[Any]) -> None:
        while self._open and self._open[-1].is_full():
            full = self._open.pop()
            if full.build is not None:
                (self._open[-1].items if self._open else replies).append(full.build(full.items))


def _unfinished(line: bytes) -> bytes:
    if len(line) > LINE_LIMIT + 1:
        raise _MalformedError(f"a line of more than {LINE_LIMIT} bytes")
    return line


def _length(text: bytes) -> int:
    length = parse_integer(text)
    if length is None or length < 0:
        raise _MalformedError(f"invalid length {text!r}")
    return length


def _status(text: bytes) -> Simple:
    return _STATUSES.get(text) or Simple(text)


def _integer(text: bytes) -> int:
    number = parse_integer(text)
    if number is None:
        raise _MalformedError(f"invalid integer {text!r}")
    return number


def _null(text: bytes) -> None:
    if text:
        raise _MalformedError(f"invalid null {text!r}")


def _boolean(text: bytes) -> bool:
    if text not in (b"t", b"f"):
        raise _MalformedError(f"invalid boolean {text!r}")
    return text == b"t"


def _double(text: bytes) -> float:
    number = math.nan if text == b"nan" else parse_float(text)
    if number is None:
        raise _MalformedError(f"invalid double {text!r}")
    return number


def _big(text: bytes) -> BigNumber:
    if _big_number(text) is None:
        raise _MalformedError(f"invalid big number {text!r}")
    return BigNumber(int(text))


def _verbatim(text: bytes) -> Verbatim:
    if text[3:4] != b":":
        raise _MalformedError("a verbatim string without its format")
    return Verbatim(text[4:], text[:3])


def _map(items: list[Any]) -> dict[Any, Any]:
    try:
        return dict(zip(items[::2], items[1::2], strict=True))
    except TypeError:
        raise _MalformedError("a container as the key of a map") from None


_LINES: dict[bytes, Callable[[bytes], Any]] = {
    b"+": _status,
    b"-": Error,
    b":": _integer,
    b"_": _null,
    b"#": _boolean,
    b",": _double,
    b"(": _big,
}

_BULKS: dict[bytes, Callable[[bytes], Any]] = {b"$": bytes, b"=": _verbatim, b"!": Error}

# How to build the value, and how many elements each unit of the declared length stands for.
_CONTAINERS: dict[bytes, tuple[Callable[[list[Any]], Any] | None, int]] = {
    b"*": (list, 1),
    b"~": (SetReply, 1),
    b">": (Push, 1),
    b"%": (_map, 2),
    b"|": (None, 2),
}
