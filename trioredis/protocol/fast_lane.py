"""Two short cuts around the strict parser, for the requests that clients really send.

Both take a chunk only with a proof that the strict parser would find the same commands in it.

- `split_one` is for one small command in a chunk, all there is without pipelining: split at CRLF, and compare
  the headers with those that the arguments ought to have.
- `FastLane` is for pipelines: hiredis parses, and what it found is believed for one of two reasons.

hiredis is made for replies, so it reads more than requests and checks less: of 32 framing probes it judges 18
differently from Redis. Where no byte is in the chunk that could begin a type other than the bulk string, and
yet everything that was found is bytes in arrays, there were only bulk strings to be found, and their lengths
hiredis checks as strictly as Redis; it remains to ask whether it stands between two frames. Otherwise the
commands are written out again in the one canonical way: if that gives the very bytes that were received, there
is no second way to read them.

What neither settles is memory: hiredis makes a list as long as an array claims to be, so a chunk that might
contain a large claim is kept from it.
"""

import re
from itertools import chain
from typing import Any

_HIREDIS_IS_INSTALLED = True
try:
    import hiredis
except ImportError:
    _HIREDIS_IS_INSTALLED = False

_ONE_MAX_ARGUMENTS = 10
_ONE_MAX_SIZE = 2048
_HEADERS = tuple(b"$%d" % length for length in range(_ONE_MAX_SIZE))

# What the first of so many pieces must be, if they are those of one command.
_COUNTS = {2 * count + 2: b"*%d" % count for count in range(1, _ONE_MAX_ARGUMENTS + 1)}

# Arrays that claim 10 000 elements or more, or none, which is no command. A count that is written in some other
# way than the canonical one does not get past hiredis.
_UNFIT_ARRAY = re.compile(rb"\*(?:0|\d{5})").search
_UNFIT_OTHER = re.compile(rb"[~>|]\d{5}").search
_STATUS, _BIG_NUMBER, _VERBATIM, _SET, _PUSH, _ATTRIBUTE, _MAP = b"+(=~>|%"

_NO_MORE = object()


def split_one(data: bytes) -> list[bytes] | None:
    """Return the command if `data` is exactly one, written canonically, and small; else None.

    Small is less than a client may send that has not authenticated yet, so no limit needs a look.
    """
    if len(data) > _ONE_MAX_SIZE:
        return None
    pieces = data.split(b"\r\n", 2 * _ONE_MAX_ARGUMENTS + 2)
    if pieces[0] != _COUNTS.get(len(pieces)) or pieces[-1]:
        return None
    arguments = pieces[2::2]
    return arguments if [_HEADERS[len(argument)] for argument in arguments] == pieces[1:-1:2] else None


class FastLane:
    """hiredis, made safe; one object serves any number of clients, since it keeps nothing between calls."""

    __slots__ = ("_reader",)

    def __init__(self) -> None:
        self._reader = _new_reader()

    @classmethod
    def if_available(cls) -> "FastLane | None":
        """Return a new lane, or None where hiredis is not installed."""
        return cls() if _HIREDIS_IS_INSTALLED else None

    def take(self, data: bytes, commands: list[list[bytes]]) -> bytes:
        """Append the commands at the beginning of `data` to `commands`; return the bytes not taken."""
        if _may_claim_much(data):
            return data
        found = self._read(data)
        if found and not _may_mix_types(data) and self._is_between_frames():
            commands += found
            return b""
        self._reader = _new_reader()
        written = b"".join(map(hiredis.pack_command, map(tuple, found)))
        if not data.startswith(written):
            return data
        commands += found
        return data[len(written) :]

    def _read(self, data: bytes) -> list[Any]:
        """Return the frames hiredis sees in `data` if each is an array of some bytes; else nothing."""
        try:
            self._reader.feed(data)
            found = list(iter(self._reader.gets, _NO_MORE))
            b"".join(chain.from_iterable(found))
        except (hiredis.ProtocolError, TypeError, ValueError):
            return []
        return found if all(found) else []  # an empty bulk string outside an array passes everything else

    def _is_between_frames(self) -> bool:
        """Whether hiredis holds nothing of an unfinished frame: then an empty array is what it sees next."""
        try:
            self._reader.feed(b"*0\r\n")
            return bool(self._reader.gets() == [])
        except hiredis.ProtocolError:
            return False


def _may_mix_types(data: bytes) -> bool:
    """Whether a byte is there that begins something other than a bulk string, which hiredis returns as bytes too."""
    return (
        _STATUS in data
        or _BIG_NUMBER in data
        or _VERBATIM in data
        or _SET in data
        or _PUSH in data
        or _ATTRIBUTE in data
        or _MAP in data
    )


def _may_claim_much(data: bytes) -> bool:
    if _UNFIT_ARRAY(data):
        return True
    # hiredis makes lists for these types as well. They are rare, and single bytes are found much faster.
    rare = _SET in data or _PUSH in data or _ATTRIBUTE in data
    return rare and _UNFIT_OTHER(data) is not None


def _new_reader() -> "hiredis.Reader":
    return hiredis.Reader(notEnoughData=_NO_MORE)
