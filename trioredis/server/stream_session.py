"""A client on any Trio stream: memory, TLS, or a socket where a selector cannot be awaited.

Two tasks to a client. One reads, hands what it read to the store, and waits until that round is done; the other
sends what the store left in the outbox. This is slower than the listener's rounds by a factor, and it runs over
everything that Trio calls a stream.
"""

from contextlib import suppress

import trio
from attrs import define, field

from trioredis.engine.clients import Client, Kind, Unusual
from trioredis.server.connection import Connection, Wiring
from trioredis.server.messages import Message, Requests

_CHUNK = 64 * 1024


@define(eq=False)
class StreamConnection(Connection):
    """One client's stream."""

    stream: trio.abc.Stream
    scope: trio.CancelScope = field(factory=trio.CancelScope, init=False)
    """The whole session."""
    reading: trio.CancelScope = field(factory=trio.CancelScope, init=False)
    """The task that reads."""
    stopping: bool = field(default=False, init=False)
    _changed: trio.Event = field(factory=trio.Event, init=False)
    _caught_up: trio.Event = field(factory=trio.Event, init=False)

    @property
    def finished(self) -> bool:
        """Whether the session is over once the outbox is empty."""
        return bool(self.client.unusual & Unusual.CLOSING) or (self.stopping and self.settled)

    def flush(self) -> None:
        """Leave the replies of the round to the writing task."""
        replies = self.client.replies
        if replies:
            self.outbox.extend(replies)
            replies.clear()
        if self.client.unusual & Unusual.KILLED:
            self.scope.cancel()
        self._notice()

    def stop(self) -> None:
        """Read nothing more, and end when what was received is answered."""
        self.stopping = True
        self.reading.cancel()
        self._notice()

    async def changed(self) -> None:
        """Wait until there are replies, or the client is over."""
        await self._changed.wait()
        self._changed = trio.Event()

    async def caught_up(self) -> None:
        """Wait until the client has no commands left to be run."""
        while self.client.backlog and not self.finished:
            self._caught_up = trio.Event()
            await self._caught_up.wait()

    def _notice(self) -> None:
        self._changed.set()
        self._caught_up.set()


@define(eq=False)
class Sessions:
    """Runs a session for each stream; a producer of the store's inbox."""

    wiring: Wiring
    inbox: "trio.MemorySendChannel[Message]"
    _connections: dict[StreamConnection, None] = field(factory=dict, init=False)

    def stop(self) -> None:
        """End every session when what it received is answered."""
        for connection in self._connections:
            connection.stop()

    async def run(self, stream: trio.abc.Stream, address: bytes, local: bytes, kind: int = Kind.NORMAL) -> None:
        """Serve one client until either side ends the connection."""
        engine = self.wiring.engine
        connection = StreamConnection(self.wiring, stream)
        client = Client(engine.clients.next_id(), address, local, engine.clock.monotonic, connection)
        client.kind = kind
        connection.client = client
        self._connections[connection] = None
        try:
            with connection.scope:
                async with stream, trio.open_nursery() as nursery:
                    nursery.start_soon(self._write, connection)
                    with connection.reading:
                        await self._read(connection)
        finally:
            del self._connections[connection]
            with suppress(trio.BrokenResourceError):
                self.inbox.send_nowait(Requests(None, gone=[client]))

    @trio.lowlevel.enable_ki_protection
    async def _read(self, connection: StreamConnection) -> None:
        """Bring chunks to the store, one at a time, until there are no more."""
        client = connection.client
        send_done, done = trio.open_memory_channel[None](1)
        requests = Requests(send_done, arrived=[client])
        with done:
            while not client.half_closed:
                if requests:
                    self.inbox.send_nowait(requests)
                    await done.receive()
                requests = Requests(send_done)
                if connection.parser.paused:
                    connection.take(b"", requests)
                    continue
                data = await _receive(connection.stream)
                if not data:
                    requests.ended.append((client, b""))
                    self.inbox.send_nowait(requests)
                    await done.receive()
                    return
                await connection.caught_up()
                if not connection.take(data, requests):
                    connection.scope.cancel()

    async def _write(self, connection: StreamConnection) -> None:
        """Send what the store leaves in the outbox, until the session is over."""
        outbox = connection.outbox
        while True:
            piece = outbox.peek()
            if piece:
                if not await _send(connection.stream, piece):
                    connection.scope.cancel()
                    return
                connection.stats.net_output += len(piece)
                outbox.advance(len(piece))
            elif connection.finished:
                connection.scope.cancel()
                return
            else:
                await connection.changed()


async def _receive(stream: trio.abc.Stream) -> bytes:
    """Return the next chunk; a broken stream ends like a closed one."""
    try:
        return bytes(await stream.receive_some(_CHUNK))
    except (trio.BrokenResourceError, trio.ClosedResourceError):
        return b""


async def _send(stream: trio.abc.Stream, piece: bytes | memoryview) -> bool:
    """Send a piece; False when nobody is there to take it."""
    try:
        await stream.send_all(piece)
    except (trio.BrokenResourceError, trio.ClosedResourceError):
        return False
    return True
