"""What a script returns, as a reply (Redis documentation: Lua API, data type conversion).

An outcome is what ``script.lua`` lets out: a value, or a tuple that begins with a word. A table comes as pairs of a tag
and a value in the order of the wire, so that it is written as it is read, however deep it is.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from attrs import define, field

from trioredis.protocol.encoding import Buffers, Encoder, encode_error
from trioredis.scripting.runtime import Outcome, Runtime

_ONE_LINE: Final = bytes.maketrans(b"\r\n", b"  ")
_INT64_MIN: Final = -(1 << 63)


@define
class Failure:
    """A script that ended in an error."""

    text: bytes
    """With its code."""
    place: bytes
    """``@user_script:1`` and the like; empty if that is not known."""
    is_counted: bool
    """It is the error of a command, which is in the statistics."""


def failure_of(outcome: Outcome) -> Failure | None:
    """Return what went wrong, or None."""
    if type(outcome) is not tuple:
        return None
    match outcome:
        case b"failed", text, source, line, is_counted:
            place = b"%b:%b" % (source, line) if source and line else b""
            return Failure(c_string(text), place, is_counted)
        case b"broken", text:
            return Failure(b"ERR " + c_string(text), b"", False)
    return None


def c_string(text: bytes) -> bytes:
    """Return a text up to a NUL, where it ends for C."""
    return text.partition(b"\0")[0]


def as_long(number: float) -> int:
    """Return a number of Lua as the `long long` that C makes of it."""
    if -9.3e18 < number < 9.3e18 and _INT64_MIN <= (whole := int(number)) < -_INT64_MIN:
        return whole
    return _INT64_MIN


@define(eq=False)
class Writer:
    """Writes outcomes to a client."""

    runtime: Runtime
    encoders: dict[type, Encoder]
    """Of the client's version of the protocol."""
    protocol: int
    script_protocol: int
    """What the script has chosen: whether it means booleans."""
    errors: list[bytes] = field(factory=list, init=False)
    """Those in what was written that are in no statistics yet."""
    counted_errors: int = field(default=0, init=False)
    """How many there are that are."""

    def write(self, outcome: Outcome, out: Buffers) -> None:
        """Append a successful outcome as a reply."""
        kind = type(outcome)
        if kind is bytes or kind is int:
            self.encoders[kind](outcome, out)
        elif kind is not tuple:
            self._scalar(outcome, out)
        elif outcome[0] == b"many":
            self._told(self.runtime.unpacked(outcome[2], outcome[1]), out)
        else:
            self._told(outcome[1:], out)

    def _scalar(self, value: Any, out: Buffers) -> None:
        if isinstance(value, bool) and self.script_protocol > 2:
            self.encoders[bool](value, out)
        elif value is True:
            self.encoders[int](1, out)
        elif isinstance(value, bytes):
            self.encoders[bytes](value, out)
        elif isinstance(value, float):
            self.encoders[int](as_long(value), out)
        elif isinstance(value, int) and value is not False:
            self.encoders[int](value, out)
        else:
            self.encoders[type(None)](None, out)

    def _told(self, told: Sequence[Any], out: Buffers) -> None:
        values, form = iter(told), b""
        for tag, value in zip(values, values, strict=True):
            if tag in _SCALARS:
                self._scalar(None if tag == b"_" else value, out)
            elif tag == b"format":
                form = value
            elif tag == b"=":
                self._verbatim(value, form, out)
            else:
                _TAGS[tag](self, value, out)

    def _error(self, text: bytes, out: Buffers) -> None:
        self.errors.append(c_string(text))
        out.append(encode_error(c_string(text)))

    def _counted_error(self, text: bytes, out: Buffers) -> None:
        self.counted_errors += 1
        out.append(encode_error(c_string(text)))

    def _status(self, text: bytes, out: Buffers) -> None:
        out.append(b"+%b\r\n" % c_string(text).translate(_ONE_LINE))

    def _double(self, number: float, out: Buffers) -> None:
        self.encoders[float](float(number), out)

    def _big_number(self, text: bytes, out: Buffers) -> None:
        line = text.translate(_ONE_LINE)
        if self.protocol > 2:
            out.append(b"(%b\r\n" % line)
        else:
            self.encoders[bytes](line, out)

    def _verbatim(self, text: bytes, form: bytes, out: Buffers) -> None:
        if self.protocol > 2:
            out.append(b"=%d\r\n%b:%b\r\n" % (len(text) + 4, c_string(form)[:3].ljust(3), text))
        else:
            self.encoders[bytes](text, out)

    def _array(self, size: int, out: Buffers) -> None:
        out.append(b"*%d\r\n" % size)

    def _set(self, size: int, out: Buffers) -> None:
        out.append((b"~%d\r\n" if self.protocol > 2 else b"*%d\r\n") % size)

    def _map(self, size: int, out: Buffers) -> None:
        out.append(b"%%%d\r\n" % size if self.protocol > 2 else b"*%d\r\n" % (2 * size))


_SCALARS: Final = frozenset((b"$", b":", b"#", b"_"))

_TAGS: Final[dict[bytes, Callable[[Writer, Any, Buffers], None]]] = {
    b"-": Writer._error,
    b"-counted": Writer._counted_error,
    b"+": Writer._status,
    b",": Writer._double,
    b"(": Writer._big_number,
    b"*": Writer._array,
    b"~": Writer._set,
    b"%": Writer._map,
}
