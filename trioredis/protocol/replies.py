"""What a command returns, before anybody knows which protocol version its client speaks.

Most replies are plain Python values: ``int``, ``bytes`` (a bulk string), ``None`` (the null reply), ``float``,
``bool``, ``list`` (an array), ``dict`` (a map), ``set`` (a set). The types below are for the rest of RESP. They
are told from plain values by their type alone, so a status never equals the bulk string of the same text.
"""

from enum import Enum
from typing import Any, Literal, TypeAlias

from attrs import define, field, frozen

_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")


def one_line(text: bytes) -> bytes:
    """Make `text` safe for a line of RESP: outer newlines go, inner ones become spaces, as in Redis."""
    return text.strip(b"\r\n").translate(_ONE_LINE)


@frozen
class Simple:
    """A status such as OK: ``+OK``."""

    text: bytes
    wire: bytes = field(init=False, eq=False, repr=False)
    """The encoded reply. Statuses are constants nearly always, so each is encoded once."""

    @wire.default
    def _encode(self) -> bytes:
        return b"+%b\r\n" % one_line(self.text)


@frozen
class Error:
    """An error inside another reply, as in EXEC's array; a command that fails raises CommandError instead."""

    text: bytes
    """The error line with its code: ``ERR syntax error``."""


@frozen
class Verbatim:
    """Text for people (INFO, LATENCY DOCTOR): ``=15`` in RESP3, a bulk string in RESP2."""

    text: bytes
    format: bytes = b"txt"
    """Three bytes: ``txt`` or ``mkd``."""


@frozen
class BigNumber:
    """An integer beyond 64 bits: ``(`` in RESP3, a bulk string in RESP2."""

    value: int


@frozen
class Printed:
    """A double whose digits the command chooses itself: ``,`` in RESP3, a bulk string in RESP2."""

    text: bytes


@define
class SetReply:
    """A set whose order matters, or that comes without a ``set`` being built: ``~`` in RESP3, an array in RESP2."""

    items: list[Any]


@define
class Pairs:
    """Pairs of two replies, the first of which may occur twice: ``%`` in RESP3, an array of arrays in RESP2."""

    items: list[Any]


@define
class Push:
    """Out-of-band data (a published message, an invalidation): ``>`` in RESP3, an array in RESP2."""

    items: list[Any]


@define
class Attributed:
    """A reply with facts about it that a client may ignore: ``|`` before it in RESP3, nothing in RESP2."""

    attributes: dict[Any, Any]
    reply: "Reply"


class Absence(Enum):
    """The two ways besides None in which a reply can be missing."""

    NULL_ARRAY = "the null array: *-1 in RESP2, the null in RESP3"
    NO_REPLY = "nothing is written: the reply was sent in another way, or comes later"


NULL_ARRAY: Literal[Absence.NULL_ARRAY] = Absence.NULL_ARRAY
NO_REPLY: Literal[Absence.NO_REPLY] = Absence.NO_REPLY

OK = Simple(b"OK")
PONG = Simple(b"PONG")
QUEUED = Simple(b"QUEUED")
RESET = Simple(b"RESET")

# Containers hold replies again. They are typed loosely because list and dict are invariant: a handler that
# returns list[bytes] would not fit list[Reply].
Reply: TypeAlias = (
    int
    | bytes
    | bytearray
    | float
    | list[Any]
    | tuple[Any, ...]
    | dict[Any, Any]
    | set[Any]
    | frozenset[Any]
    | Simple
    | Error
    | Verbatim
    | BigNumber
    | Printed
    | SetReply
    | Pairs
    | Push
    | Attributed
    | Absence
    | None
)
