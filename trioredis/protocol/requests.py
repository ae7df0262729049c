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

_EVERYTHING = 2**63
_STAR, _DOLLAR = b"*$"
# Nearly all lines are looked up. What is in here needs no check of syntax or limits.
_COUNTS = {b"*%d" % count: count for count in range(1, UNAUTHENTICATED_ARGUMENTS + 1)}
_LENGTHS = {b"$%d" % length: length for length in range(1024)}

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
        """Finish the open command, then let the fast lane try, then parse the rest."""
        commands: list[list[bytes]] = []
        if self.buffered:
            data = self._parse(data, commands, most=1)
        if self.lane is not None and self._may_take(data):
            data = self.lane.take(data, commands)
        if data:
            self._parse(data, commands)
        return commands

    def _may_take(self, data: bytes) -> bool:
        """Tell whether the fast lane, which knows no limits, cannot break any here."""
        return self.authenticated and self.error is None and 0 < len(data) <= self.limits.max_bulk_length

    def _parse(self, data: bytes, commands: list[list[bytes]], most: int = _EVERYTHING) -> bytes:
        """Append up to `most` commands to `commands`; return the bytes after them if it gets that far."""
        if self.error is not None:
            return b""
        begun = len(self._line) - self.buffered
        data, self._line = self._line + data, b""
        at, end = 0, len(data)
        while at < end and len(commands) < most:
            after = self._step(data, at)
            if after == at:
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

    # The steps. Each reads what is at an offset and returns the offset after it: the same one, if the line there
    # is unfinished or refused.

    def _step(self, data: bytes, at: int) -> int:
        if self._missing:
            return self._gather(data)
        if self._expected:
            return self._read_arguments(data, at)
        if data[at] == _STAR:
            return self._read_count(data, at)
        return self._read_inline(data, at)

    def _read_count(self, data: bytes, at: int) -> int:
        stop = data.find(b"\r", at, at + LINE_LIMIT + 1)
        count = _COUNTS.get(data[at:stop]) if at < stop < len(data) - 1 else None
        if count is None:
            count = self._judge_count(data, at, stop)
            if count is None:
                return at
        self._expected = max(count, 0)
        return stop + 2

    def _read_arguments(self, data: bytes, at: int) -> int:
        end = len(data)
        while self._expected and at < end:
            stop = data.find(b"\r", at, at + LINE_LIMIT + 1)
            length = _LENGTHS.get(data[at:stop]) if at < stop < end - 1 else None
            if length is None:
                length = self._judge_length(data, at, stop)
                if length is None:
                    return at
            start = stop + 2
            at = start + length + 2
            if at > end:
                self._bulk += data[start:]
                self._missing = at - end
                return end
            self._arguments.append(data[start : start + length])
            self._expected -= 1
        return at

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
        stop = data.find(b"\n", at, at + LINE_LIMIT + 1)
        if not self._is_whole(data, at, stop, errors.TOO_BIG_INLINE):
            return at
        words = split_arguments(data[at:stop].removesuffix(b"\r"))
        if words is None:
            self.error = errors.UNBALANCED_QUOTES
            return at
        self._arguments = words
        return stop + 1

    # The judges of unusual lines. Each returns the number in the line, or None if it is unfinished or refused.

    def _judge_count(self, data: bytes, at: int, stop: int) -> int | None:
        if not self._is_whole(data, at, stop, errors.TOO_BIG_MBULK_COUNT) or stop + 2 > len(data):
            return None
        count = parse_integer(data[at + 1 : stop])
        if count is None or count > MAX_ARGUMENTS:
            self.error = errors.INVALID_MULTIBULK_LENGTH
        elif count > UNAUTHENTICATED_ARGUMENTS and not self.authenticated:
            self.error = errors.UNAUTHENTICATED_MULTIBULK_LENGTH
        return count if self.error is None else None

    def _judge_length(self, data: bytes, at: int, stop: int) -> int | None:
        if not self._is_whole(data, at, stop, errors.TOO_BIG_BULK_COUNT) or stop + 2 > len(data):
            return None
        length = parse_integer(data[at + 1 : stop])
        if data[at] != _DOLLAR:
            self.error = errors.expected_dollar(data[at : at + 1])
        elif length is None or not 0 <= length <= self.limits.max_bulk_length:
            self.error = errors.INVALID_BULK_LENGTH
        elif length > UNAUTHENTICATED_BULK_LENGTH and not self.authenticated:
            self.error = errors.UNAUTHENTICATED_BULK_LENGTH
        return length if self.error is None else None

    def _is_whole(self, data: bytes, at: int, stop: int, too_big: bytes) -> bool:
        """Tell whether the line from `at` on ends at `stop`; refuse it if it no longer can."""
        if stop >= 0 and data.find(b"\0", at, stop) < 0:
            return True
        if len(data) - at > LINE_LIMIT:
            self.error = too_big
        return False
