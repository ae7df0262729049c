"""One connection to a server, over any Trio stream: a command out, its reply back."""

from types import TracebackType
from typing import Any, Self

import trio
from attrs import define, field

from trioredis.protocol.encoding import encode
from trioredis.protocol.plain import Argument, as_plain, as_word
from trioredis.protocol.replies import Push
from trioredis.protocol.responses import ResponseParser

_CHUNK = 64 * 1024


class ReplyError(Exception):
    """A server's error reply."""

    text: bytes
    """All of it: `WRONGTYPE Operation against a key holding the wrong kind of value`."""

    def __init__(self, text: bytes) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return self.text.decode("utf-8", "backslashreplace")

    @property
    def code(self) -> str:
        """The first word, by which programs tell errors apart: `WRONGTYPE`."""
        return str(self).partition(" ")[0]


@define(eq=False)
class Connection:
    """A connection to a server.

    Tasks may share it; each waits for its turn. A task that is cancelled in the middle of a command breaks the
    connection, because nobody knows any more whose reply comes next.
    """

    stream: trio.abc.Stream
    _parser: ResponseParser = field(factory=ResponseParser, init=False)
    _received: list[Any] = field(factory=list, init=False)
    _turn: trio.Lock = field(factory=trio.Lock, init=False)

    async def execute(self, name: Argument, *arguments: Argument) -> Any:
        """Run a command and return its reply: bytes (statuses too), int, float, bool, None, list or dict.

        Text is sent as UTF-8. Raises `ReplyError` when the server answers with an error, `trio.BrokenResourceError`
        when it is gone. Errors inside of a reply are `ReplyError` objects in it.
        """
        command = encode([as_word(argument) for argument in (name, *arguments)])
        async with self._turn:
            try:
                await self.stream.send_all(command)
                reply = as_plain(await self._next_reply(), ReplyError)
            except BaseException:
                await trio.aclose_forcefully(self.stream)
                raise
        if isinstance(reply, ReplyError):
            raise reply
        return reply

    async def aclose(self) -> None:
        """Close the stream."""
        await self.stream.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _next_reply(self) -> Any:
        """Return the next reply; what a server pushes unasked is left out."""
        while True:
            while not self._received:
                self._received += await self._receive()
            reply = self._received.pop(0)
            if not isinstance(reply, Push):
                return reply

    async def _receive(self) -> list[Any]:
        data = await self.stream.receive_some(_CHUNK)
        if not data:
            raise trio.BrokenResourceError("the server has closed the connection")
        replies = self._parser.feed(bytes(data))
        if self._parser.error is not None:
            raise trio.BrokenResourceError(f"not a reply: {self._parser.error}")
        return replies
