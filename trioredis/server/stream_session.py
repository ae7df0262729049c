"""A client on any Trio stream: memory, TLS, or a socket where a selector cannot be awaited.

Two tasks to a client. One reads, hands what it read to the store, and waits until that round is done; the other
sends what the store left in the outbox. This is slower than the listener's rounds by a factor, and it runs over
everything that Trio calls a stream.

A stream cannot tell that the other side hung up without reading all it said before. So the reading task is one
chunk ahead of the store, and while its client waits for something it goes on reading: only so does the end of a
stream end a command that is blocked.
"""

from contextlib import suppress

import trio
from attrs import define, field

from trioredis.engine.clients import Client, Kind, Unusual
from trioredis.engine.lifecycle import is_waiting
from trioredis.server.connection import Connection, Wiring
from trioredis.server.messages import Message, Requests
from trioredis.server.nurseries import open_bare_nursery
from trioredis.server.sockets import has_hung_up

_CHUNK = 64 * 1024


@define(eq=False)
class StreamConnection(Connection):
    """One client's stream."""

    stream: trio.abc.Stream
    scope: trio.CancelScope = field(factory=trio.CancelScope, init=False)
    """The whole session."""
    stopped: bool = field(default=False, init=False)
    """Nothing more is read; the session ends when what was received is answered."""
    all_read: bool = field(default=False, init=False)
    """The reading task has ended: no round of this client is under way."""
    _ahead: int = field(default=0, init=False)
    """Bytes received while the commands before them waited."""
    _receiving: trio.CancelScope = field(factory=trio.CancelScope, init=False)
    _changed: trio.Event = field(factory=trio.Event, init=False)
    _caught_up: trio.Event = field(factory=trio.Event, init=False)

    @property
    def hung_up(self) -> bool:
        """Whether the session is over or, as far as the kernel knows, the other side has closed.

        Of other streams nobody knows in advance.
        """
        if self.scope.cancel_called:
            return True
        return isinstance(self.stream, trio.SocketStream) and has_hung_up(self.stream.socket.fileno())

    @property
    def finished(self) -> bool:
        """Whether the session is over."""
        return not self.outbox.size and (self.client.gone or (self.all_read and self.settled))

    def flush(self) -> None:
        """Leave the replies of the round to the writing task."""
        replies = self.client.replies
        if replies:
            self.outbox.extend(replies)
            replies.clear()
        if self.client.unusual & Unusual.KILLED:
            self.scope.cancel()
        self.notice()

    def notice(self) -> None:
        """Have both tasks look at what changed."""
        self._changed.set()
        self._caught_up.set()

    def stop(self) -> None:
        """Read nothing more, and end when what was received is answered."""
        self.stopped = True
        self._receiving.cancel()

    async def read(self, requests: Requests) -> None:
        """Add what the client sends next to a round, or that it sends nothing more."""
        data = b"" if self.parser.paused else await self._receive()
        await self._catch_up()
        if data is None:
            requests.ended.append((self.client, b""))
        elif self.parser.error is None and not self._bear(data, requests):
            self.scope.cancel()

    def _bear(self, data: bytes, requests: Requests) -> bool:
        """Take what was received; False if it is too much."""
        self._ahead = self._ahead + len(data) if self.client.backlog else 0
        return self.take(data, requests) and self._ahead <= self.query_limit

    async def _receive(self) -> bytes | None:
        """Return the next chunk, None at the end of the stream; a broken stream ends like a closed one."""
        data = b""
        with (
            trio.CancelScope() as self._receiving,
            suppress(trio.BrokenResourceError, trio.ClosedResourceError),
        ):
            data = bytes(await self.stream.receive_some(_CHUNK))
        return data or (b"" if self.stopped else None)

    async def _catch_up(self) -> None:
        """Wait until the client's commands are run, or wait themselves."""
        is_patient = self.parser.paused  # what it waits for may be its own AUTH
        while self.client.backlog and (is_patient or not is_waiting(self.wiring.engine, self.client)):
            self._caught_up = trio.Event()
            await self._caught_up.wait()

    async def send(self) -> None:
        """Send what is in the outbox, or wait until something changes; a stream that is broken ends the session."""
        piece = self.outbox.peek()
        if not piece:
            await self._changed.wait()
            self._changed = trio.Event()
            return
        try:
            await self.stream.send_all(piece)
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            self.scope.cancel()
            return
        self.outbox.advance(len(piece))
        self.stats.net_output += len(piece)
        self.stir()
        if not self.outbox.size:
            self.client.over_soft_limit_since = None


@define(eq=False)
class Sessions:
    """Runs a session for each stream; a producer of the store's inbox."""

    wiring: Wiring
    inbox: "trio.MemorySendChannel[Message]"
    _connections: dict[StreamConnection, None] = field(factory=dict, init=False)
    _stopping: bool = field(default=False, init=False)

    def stop(self) -> None:
        """End every session when what it received is answered; begin no other."""
        self._stopping = True
        for connection in self._connections:
            connection.stop()

    async def run(
        self, stream: trio.abc.Stream, address: bytes, local: bytes, kind: int = Kind.NORMAL
    ) -> None:
        """Serve one client until either side ends the connection."""
        if self._stopping:
            await trio.aclose_forcefully(stream)
            return
        engine = self.wiring.engine
        connection = StreamConnection(self.wiring, stream)
        client = Client(engine.clients.next_id(), address, local, engine.clock.monotonic, connection)
        client.kind = kind
        connection.client = client
        self._connections[connection] = None
        try:
            with connection.scope:
                async with stream, open_bare_nursery() as nursery:
                    nursery.start_soon(self._write, connection)
                    await self._read(connection)
        finally:
            del self._connections[connection]
            with suppress(trio.BrokenResourceError):  # the store is gone already
                self.inbox.send_nowait(Requests(None, gone=[client]))

    @trio.lowlevel.enable_ki_protection
    async def _read(self, connection: StreamConnection) -> None:
        """Bring chunks to the store, one at a time, until there are no more."""
        client = connection.client
        send_done, done = trio.open_memory_channel[None](1)
        requests = Requests(send_done, arrived=[client])
        with done:
            while True:
                if requests:
                    self.inbox.send_nowait(requests)
                    await done.receive()
                if client.half_closed or (connection.stopped and not connection.parser.paused):
                    break
                requests = Requests(send_done)
                await connection.read(requests)
        connection.all_read = True
        connection.notice()

    @trio.lowlevel.enable_ki_protection
    async def _write(self, connection: StreamConnection) -> None:
        """Send what the store leaves in the outbox, until the session is over."""
        while not connection.finished:
            await connection.send()
        connection.scope.cancel()
