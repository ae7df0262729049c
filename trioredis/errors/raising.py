"""How an error is raised, and what of a client's words it may quote.

`shown` cuts them as Redis does (at a NUL, since C prints it, and at 128 bytes) and turns CR and LF into spaces, so that
no client can smuggle a second reply into an error line.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final


class CommandError(Exception):
    """An error reply; `text` is its line without ``-`` and CRLF: a code and a message, ``ERR no such key``."""

    text: bytes

    def __init__(self, text: bytes | str) -> None:
        super().__init__(text)
        self.text = text.encode() if isinstance(text, str) else text

    def __str__(self) -> str:
        return self.text.decode("utf-8", "backslashreplace")

    def answer(self, argv: Sequence[bytes]) -> bytes:
        """Return the error line for a command line."""
        return self.text


class QuotingError(CommandError):
    """An error reply that quotes the name of its command as it was typed, which no handler sees."""

    def __init__(self, quote: Callable[[Sequence[bytes]], bytes]) -> None:
        super().__init__(b"")
        self._quote = quote

    def answer(self, argv: Sequence[bytes]) -> bytes:
        """Return the error line for a command line."""
        return self._quote(argv)


LONG: Final = 128
"""How much of a name, or of the arguments of an unknown command, an error line quotes."""

LINE_BREAK: Final = re.compile(rb"[\r\n]")


def shown(text: bytes, limit: int | None = None) -> bytes:
    """Return `text` as an error line may quote it: up to a NUL, at most `limit` bytes, on one line."""
    return LINE_BREAK.sub(b" ", text.partition(b"\0")[0][:limit])
