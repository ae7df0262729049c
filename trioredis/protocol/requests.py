"""Bytes in, commands out: the server's half of RESP, without I/O.

A request is an array of bulk strings, ``*2 $3 GET $1 k``, or a line typed by a person. The caller feeds what it
received, in any chunking, and gets back the commands that are complete; the parser keeps the rest. After a
framing error `RequestParser.error` holds the text for the client, and nothing is parsed any more: the framing
is lost, so the connection has to go.

The strict parser in this module is the reference. It reads what Redis 7 reads, oddities included, so that no
client can tell the two apart by provoking one: a length line ends at its CR and the byte after that is skipped
unseen, as are the two bytes after a bulk string; a NUL hides the rest of its line, since Redis searches C
strings; a count of zero or less is no command at all. One thing differs on purpose. Redis judges the length of
a line whenever it has read something, so a long line passes or fails depending on packets; here the limit of
64 KiB holds in any chunking.

Nothing is allocated from a declared length, and every byte is looked at a bounded number of times: a finished
argument is never parsed again, and a bulk string that arrives in pieces is gathered without being searched. Only
an unfinished line is searched again with the next chunk, and lines are short. Gathering costs one copy: while it
is made, the value is in memory twice.

Two short cuts (`fast_lane`) stand before the strict parser. They take a chunk only when it is proved that the
strict parser would read it the same way.
"""

from attrs import Factory, define, field

from trioredis import errors
from trioredis.numerals import parse_integer
from trioredis.protocol.fast_lane import FastLane, split_one
from trioredis.protocol.quoting import split_arguments

LINE_LIMIT = 64 * 1024
"""Bytes of an inline request or a length line (PROTO_INLINE_MAX_SIZE in Redis)."""

MAX_ARGUMENTS = 2**31 - 1
"""The largest count that a command may declare."""

UNAUTHENTICATED_ARGUMENTS = 10
UNAUTHENTICATED_BULK_LENGTH = 16384

_STUCK = -1
"""What a step returns instead of an offset: its line is not finished, or is refused."""
_EVERYTHING = 2**63
_STAR, _DOLLAR = b"*$"
_LENGTHS = {b"%d" % length: length for length in range(1024)}
_UNAUTHENTICATED = (errors.UNAUTHENTICATED_MULTIBULK_LENGTH, errors.UNAUTHENTICATED_BULK_LENGTH)


@define
class Limits:
    """What CONFIG SET changes while clients are connected: one object, shared by their parsers."""

    max_bulk_length: int = 512 * 1024 * 1024
    """proto-max-bulk-len: bytes of an argument, at least 1 MiB as in Redis. A master link has no such limit."""


@define
class RequestParser:
    """Turns the bytes of one client into commands."""

    limits: Limits = Factory(Limits)
    lane: FastLane | None = None
    """The fast lane, shared by the clients of one listener."""
    authenticated: bool = True
    """False holds a client that has yet to authenticate to 10 arguments of 16 KiB."""
    error: bytes | None = field(default=None, init=False)
    """The error line to answer before the connection is closed."""
    paused: bool = field(default=False, init=False)
    """A frame too large for an unauthenticated client waits for the commands before it, which may authenticate
    it: run them, set `authenticated`, call ``feed(b"")``."""
    buffered: int = field(default=0, init=False)
    """How many of the bytes received belong to no complete command."""

    _line: bytes = field(default=b"", init=False)
    """The beginning of an unfinished line."""
    _arguments: list[bytes] = field(factory=list, init=False)
    """The finished arguments of an unfinished command."""
    _expected: int = field(default=0, init=False)
    """How many arguments that command still lacks."""
    _bulk: bytearray = field(factory=bytearray, init=False)
    """The beginning of an unfinished argument."""
    _missing: int = field(default=0, init=False)
    """How many bytes that argument still lacks, the two after it included."""

    def feed(self, data: bytes) -> list[list[bytes]]:
        """Return the commands that `data` completes, in order, each with at least one argument."""
        if not self.buffered and self.error is None:
            command = split_one(data)
            if command is not None:
                return [command]
        return self._feed(data)

    def _feed(self, data: bytes) -> list[list[bytes]]:
        """Finishes the open command, then lets the fast lane try, then parses the rest."""
        commands: list[list[bytes]] = []
        if self.buffered:
            data = self._parse(data, commands, most=1)
        if self.lane is not None and self._may_take(data):
            data = self.lane.take(data, commands)
        if data:
            self._parse(data, commands)
        return commands

    def _may_take(self, data: bytes) -> bool:
        """Tell whether the fast lane could do nothing here that the limits forbid."""
        return self.authenticated and self.error is None and 0 < len(data) <= self.limits.max_bulk_length

    def _parse(self, data: bytes, commands: list[list[bytes]], most: int = _EVERYTHING) -> bytes:
        """Append up to `most` commands to `commands`; returns the bytes after them if it gets that far."""
        if self.error is not None:
            return b""
        begun = len(self._line) - self.buffered
        data, self._line = self._line + data, b""
        at, end = 0, len(data)
        while at < end and len(commands) < most:
            after = self._step(data, at)
            if after == _STUCK:
                self._line, at = data[at:], end
                break
            at = after
            if not self._expected:
                begun = at
                if self._arguments:
                    commands.append(self._arguments)
                    self._arguments = []
        self.buffered = at - begun
        self._settle(bool(commands))
        return data[at:]

    def _settle(self, preceded: bool) -> None:
        """Make an error final, unless a command before it may still authenticate the client."""
        self.paused = preceded and self.error in _UNAUTHENTICATED
        if self.paused:
            self.error = None
        elif self.error is not None:
            self._line, self._arguments, self._bulk, self.buffered = b"", [], bytearray(), 0

    # The steps. Each reads one thing at an offset, and returns the offset after it or _STUCK.

    def _step(self, data: bytes, at: int) -> int:
        if self._missing:
            return self._gather(data)
        if self._expected:
            return self._read_argument(data, at)
        if data[at] == _STAR:
            return self._read_count(data, at)
        return self._read_inline(data, at)

    def _read_count(self, data: bytes, at: int) -> int:
        stop = self._find_end(data, at, b"\r", errors.TOO_BIG_MBULK_COUNT)
        if stop == _STUCK or stop + 2 > len(data):
            return _STUCK
        count = _number(data[at + 1 : stop])
        if count is None or count > MAX_ARGUMENTS:
            return self._refuse(errors.INVALID_MULTIBULK_LENGTH)
        if count > UNAUTHENTICATED_ARGUMENTS and not self.authenticated:
            return self._refuse(errors.UNAUTHENTICATED_MULTIBULK_LENGTH)
        self._expected = max(count, 0)
        return stop + 2

    def _read_argument(self, data: bytes, at: int) -> int:
        stop = self._find_end(data, at, b"\r", errors.TOO_BIG_BULK_COUNT)
        start = stop + 2
        if stop == _STUCK or start > len(data):
            return _STUCK
        if data[at] != _DOLLAR:
            return self._refuse(errors.expected_dollar(data[at : at + 1]))
        length = _number(data[at + 1 : stop])
        if length is None or not 0 <= length <= self.limits.max_bulk_length:
            return self._refuse(errors.INVALID_BULK_LENGTH)
        if length > UNAUTHENTICATED_BULK_LENGTH and not self.authenticated:
            return self._refuse(errors.UNAUTHENTICATED_BULK_LENGTH)
        after = start + length + 2
        if after > len(data):
            self._bulk += data[start:]
            self._missing = after - len(data)
            return len(data)
        self._arguments.append(data[start : start + length])
        self._expected -= 1
        return after

    def _gather(self, data: bytes) -> int:
        """Add the beginning of `data` to the unfinished argument."""
        taken = min(self._missing, len(data))
        self._bulk += data[:taken]
        self._missing -= taken
        if not self._missing:
            del self._bulk[-2:]
            self._arguments.append(bytes(self._bulk))
            self._bulk.clear()
            self._expected -= 1
        return taken

    def _read_inline(self, data: bytes, at: int) -> int:
        stop = self._find_end(data, at, b"\n", errors.TOO_BIG_INLINE)
        if stop == _STUCK:
            return _STUCK
        words = split_arguments(data[at:stop].removesuffix(b"\r"))
        if words is None:
            return self._refuse(errors.UNBALANCED_QUOTES)
        self._arguments = words
        return stop + 1

    def _find_end(self, data: bytes, at: int, mark: bytes, too_big: bytes) -> int:
        """Return the offset of `mark`, which ends the line at `at`; refuses a line that is too long for it."""
        stop = data.find(mark, at, at + LINE_LIMIT + 1)
        if stop >= 0 and data.find(b"\0", at, stop) < 0:
            return stop
        return self._refuse(too_big) if len(data) - at > LINE_LIMIT else _STUCK

    def _refuse(self, error: bytes) -> int:
        self.error = error
        return _STUCK


def _number(text: bytes) -> int | None:
    number = _LENGTHS.get(text)
    return parse_integer(text) if number is None else number
