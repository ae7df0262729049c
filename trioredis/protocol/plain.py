"""Between what a program in Python writes and what the protocol knows: arguments become words, replies plain values."""

from collections.abc import Callable
from typing import Any

from trioredis.protocol.replies import BigNumber, Error, SetReply, Simple, Verbatim

Argument = bytes | str | int | float


def as_word(argument: Argument) -> bytes:
    """Return an argument of a command as it is sent, text as UTF-8."""
    match argument:
        case bytes():
            return argument
        case str():
            return argument.encode()
        case int() | float() if not isinstance(argument, bool):
            return repr(argument).encode()
    raise TypeError(f"an argument of a command is bytes, str, int or float, not {argument!r}")


def as_plain(reply: Any, make_error: Callable[[bytes], Exception]) -> Any:
    """Return a parsed reply as the types of Python; errors in it become exceptions, which are not raised."""
    match reply:
        case Simple(text=text) | Verbatim(text=text):
            return text
        case Error(text=text):
            return make_error(text)
        case BigNumber(value=value):
            return value
        case (list() as items) | SetReply(items=items):
            return [as_plain(item, make_error) for item in items]
        case dict():
            return {as_plain(key, make_error): as_plain(value, make_error) for key, value in reply.items()}
        case _:
            return reply
