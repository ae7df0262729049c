"""One connection to a server, over any Trio stream: a command out, its reply back; and messages, for a subscriber.

Replies and messages come over the same stream, and one task may wait for a reply while another one waits for a message.
Whoever waits reads for all: it takes what comes, sorts it, and lets the next one look whether that was for it.
"""

from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import trio
from attrs import define, field, frozen

from trioredis.protocol.encoding import encode
from trioredis.protocol.plain import Argument, as_plain, as_word
from trioredis.protocol.replies import Push
from trioredis.protocol.responses import ResponseParser

_CHUNK = 64 * 1024
_SECONDS_TO_UNSUBSCRIBE = 1.0


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


@frozen
class Message:
    """What somebody published."""

    channel: bytes
    data: bytes
    pattern: bytes | None = None
    """The pattern because of which it came; None: because of the channel's name."""


@define(eq=False)
class Connection:
    """A connection to a server.

    Tasks may share it; each waits for its turn. A task that is cancelled in the middle of a command breaks the
    connection, because nobody knows any more whose reply comes next.
    """

    stream: trio.abc.Stream
    _parser: ResponseParser = field(factory=ResponseParser, init=False)
    _replies: deque[Any] = field(factory=deque, init=False)
    _messages: deque[Message] | None = field(default=None, init=False)
    """Those that nobody has taken yet; None while nobody wants any."""
    _reading: trio.Lock = field(factory=trio.Lock, init=False)
    _turn: trio.Lock = field(factory=trio.Lock, init=False)

    async def execute(self, name: Argument, *arguments: Argument) -> Any:
        """Run a command and return its reply: bytes (statuses too), int, float, bool, None, list or dict.

        Text is sent as UTF-8. Raises `ReplyError` when the server answers with an error, `trio.BrokenResourceError`
        when it is gone. Errors inside of a reply are `ReplyError` objects in it.
        """
        return await self._ask(_command(name, *arguments))

    @asynccontextmanager
    async def subscribed(
        self, *channels: Argument, patterns: Iterable[Argument] = ()
    ) -> AsyncIterator[AsyncIterator[Message]]:
        """Subscribe to channels, and to those that match patterns, for as long as the block lasts.

        It gives what `async for` takes the messages from; they are kept until it does. The connection speaks RESP3 from
        then on and may go on with commands meanwhile. It can be subscribed once at a time (`trio.BusyResourceError`).
        """
        if self._messages is not None:
            raise trio.BusyResourceError("this connection is subscribed already")
        calls = [(b"SUBSCRIBE", channels), (b"PSUBSCRIBE", tuple(patterns))]
        self._messages = messages = deque[Message]()
        try:
            await self.execute("HELLO", 3)
            for name, names in calls:
                if names:
                    await self._ask(_command(name, *names), is_pushed=True)
            yield _Messages(self, messages)
        finally:
            self._messages = None
            with trio.move_on_after(_SECONDS_TO_UNSUBSCRIBE, shield=True):
                await self._unsubscribe(calls)

    async def _unsubscribe(self, calls: Iterable[tuple[bytes, tuple[Argument, ...]]]) -> None:
        try:
            for name, names in calls:
                if names:
                    await self._ask(_command(name.replace(b"SUB", b"UNSUB"), *names), is_pushed=True)
        except (ReplyError, trio.BrokenResourceError, trio.ClosedResourceError):
            pass  # there was no subscription, or it has ended with the connection

    async def _ask(self, command: bytes, *, is_pushed: bool = False) -> Any:
        """Run a command and return its reply. One whose reply `is_pushed` has none: then that of a PING behind it tells."""
        async with self._turn:
            try:
                await self.stream.send_all(command + _PING if is_pushed else command)
                reply = as_plain(await self._next(self._replies), ReplyError)
                if is_pushed and isinstance(reply, ReplyError):
                    await self._next(self._replies)
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

    async def _next(self, queue: deque[Any]) -> Any:
        """Return the next reply or message, whichever of them are in this queue."""
        await trio.lowlevel.checkpoint()
        while not queue:
            async with self._reading:
                if not queue:
                    self._sort(await self._receive())
        return queue.popleft()

    def _sort(self, received: list[Any]) -> None:
        """Queue what was received; of what a server pushes unasked, only messages, and only if somebody wants them."""
        for each in received:
            if not isinstance(each, Push):
                self._replies.append(each)
            elif self._messages is not None and (message := _message(each)):
                self._messages.append(message)

    async def _receive(self) -> list[Any]:
        data = await self.stream.receive_some(_CHUNK)
        if not data:
            raise trio.BrokenResourceError("the server has closed the connection")
        replies = self._parser.feed(bytes(data))
        if self._parser.error is not None:
            raise trio.BrokenResourceError(f"not a reply: {self._parser.error}")
        return replies


@define(eq=False)
class _Messages:
    """What a subscriber takes messages from; an object, since a generator would not outlive a wait that is cancelled."""

    _connection: Connection
    _queue: deque[Message]

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        if self._connection._messages is not self._queue:
            raise StopAsyncIteration
        message: Message = await self._connection._next(self._queue)
        return message


def _command(*words: Argument) -> bytes:
    return encode([as_word(word) for word in words])


def _message(push: Push) -> Message | None:
    """Return what was published; None if it is something else that was pushed."""
    match push.items:
        case [b"message", channel, data]:
            return Message(channel, data)
        case [b"pmessage", pattern, channel, data]:
            return Message(channel, data, pattern)
    return None


_PING = _command("PING")
