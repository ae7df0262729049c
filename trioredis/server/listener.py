"""The listener task: one selector over every socket, itself awaited through Trio.

A round: take up to 64 events, read all these sockets, send what was read to the store as *one* message, and do
not look again before the store has finished with it. However many clients there are, a round costs two task
switches; that is what makes this server fast. Reading is bounded per round, so one fast sender does not
hold the others up.

The order of a farewell matters: a socket is unregistered, shut down, closed. The selector itself goes last, after
`trio.lowlevel.notify_closing`, without which a task that waits for it would wait for ever. Nobody else closes
anything here; the store asks by `attend`.
"""

import errno
import logging
import os
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from select import EPOLLIN, EPOLLOUT, epoll

import trio
from attrs import define, field

from trioredis.engine.clients import Client, Kind, Unusual
from trioredis.engine.lifecycle import is_waiting
from trioredis.server.connection import Wiring
from trioredis.server.messages import Message, Requests
from trioredis.server.socket_connection import SocketConnection
from trioredis.server.sockets import address_of, close_door, configure

_logger = logging.getLogger("trioredis")

_EVENTS = 64
"""Events taken at once; every one is handled, or the rest would starve."""
_ACCEPTED_AT_ONCE = 64
_BYTES = 40 * 1024
"""Bytes read in a round, shared by its sockets: to parse them takes about as long as to run them."""
_LEAST_BYTES = 512
_DEAF = Unusual.WAITING | Unusual.CLOSING
_SECONDS_WITHOUT_DOORS = 1.0
_OUT_OF_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


@define(eq=False)
class Listener:
    """Accepts, reads and closes sockets."""

    wiring: Wiring
    inbox: "trio.MemorySendChannel[Message]"
    _selector: epoll = field(factory=epoll, init=False)
    _bell: int = field(factory=lambda: os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC), init=False)
    """Readable when somebody wants the listener's attention while it sleeps."""
    _connections: dict[int, SocketConnection] = field(factory=dict, init=False)
    """By file descriptor."""
    _doors: dict[int, socket.socket] = field(factory=dict, init=False)
    """Listening sockets by file descriptor."""
    _attention: dict[SocketConnection, None] = field(factory=dict, init=False)
    _read_again: list[SocketConnection] = field(factory=list, init=False)
    """Their parsers hold a frame that may pass once the commands before it were run."""
    _gone: list[Client] = field(factory=list, init=False)
    """Closed since the last round; the store does not know yet."""
    _asleep: bool = field(default=False, init=False)
    _doors_shut: bool = field(default=False, init=False)
    """No descriptor is left for another client: listening sockets are not watched for a while."""
    _open_again_at: float = field(default=0.0, init=False)
    """In Trio's seconds."""
    _stopping: bool = field(default=False, init=False)

    @trio.lowlevel.enable_ki_protection
    async def run(self) -> None:
        """Serve until `stop()` is called and every client has its replies."""
        send_done, done = trio.open_memory_channel[None](1)
        self._selector.register(self._bell, EPOLLIN)
        try:
            async with self.inbox, done:
                while not (self._stopping and not self._connections):
                    requests = self._collect(send_done)
                    if requests:
                        self.inbox.send_nowait(requests)
                        await done.receive()
                    elif self._attention or self._gone:
                        await trio.lowlevel.checkpoint()
                    else:
                        await self._sleep()
                    self._look_after()
        finally:
            self._close()

    def open(self, sockets: Iterable[socket.socket]) -> None:
        """Accept clients on listening sockets, which belong to the listener from now on."""
        for door in sockets:
            if self._stopping:
                close_door(door)
                continue
            self._doors[door.fileno()] = door
            self._selector.register(door.fileno(), 0 if self._doors_shut else EPOLLIN)

    def close_doors(self, unwanted: Callable[[socket.socket], bool] = lambda door: True) -> None:
        """Accept no more clients on some listening sockets."""
        for descriptor, door in list(self._doors.items()):
            if unwanted(door):
                self._selector.unregister(descriptor)
                del self._doors[descriptor]
                close_door(door)

    def stop(self) -> None:
        """Accept and read nothing more; end when what was received is answered."""
        self.close_doors()
        self._stopping = True
        for connection in self._connections.values():
            connection.stopped = True
            self.attend(connection)
        if self._asleep:
            self._ring()

    def attend(self, connection: SocketConnection) -> None:
        """Look at a connection soon: what it waits for has changed, or it is over."""
        self._attention[connection] = None
        if self._asleep:
            self._ring()

    def _ring(self) -> None:
        os.eventfd_write(self._bell, 1)

    async def _sleep(self) -> None:
        self._asleep = True
        try:
            if self._doors_shut:
                await self._doze()
            else:
                await trio.lowlevel.wait_readable(self._selector.fileno())
        finally:
            self._asleep = False

    async def _doze(self) -> None:
        """Sleep, but try the doors again after a while: others in this process give descriptors back unheard."""
        with trio.move_on_at(self._open_again_at) as nap:
            await trio.lowlevel.wait_readable(self._selector.fileno())
        if nap.cancelled_caught:
            self._watch_doors(EPOLLIN)

    def _collect(self, done: "trio.MemorySendChannel[None]") -> Requests:
        """Take the events of a round, and turn them into a message."""
        requests = Requests(done)
        if self._gone:
            requests.gone, self._gone = self._gone, []
        while self._read_again:
            self._take_again(self._read_again.pop(), requests)
        events = self._selector.poll(0, _EVENTS)
        connections = self._connections
        size = max(_LEAST_BYTES, _BYTES // (len(events) or 1))
        for descriptor, event in events:
            connection = connections.get(descriptor)
            if connection is None:
                self._answer(descriptor, requests)
            elif event == EPOLLIN:
                self._read(connection, size, requests)
            else:
                self._handle_unusual(connection, event, size, requests)
        return requests

    def _read(self, connection: SocketConnection, size: int, requests: Requests) -> None:
        client = connection.client
        if client.backlog or self._stopping or client.unusual & _DEAF:
            self._attention[connection] = None
            return
        try:
            data = connection.receive(size)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._lose(connection)
            return
        if not data:
            requests.ended.append((client, b""))
        elif not connection.take(data, requests):
            self._lose(connection)
        elif connection.parser.paused:
            self._attention[connection] = None

    def _take_again(self, connection: SocketConnection, requests: Requests) -> None:
        self._attention[connection] = None
        if not connection.take(b"", requests):
            self._lose(connection)

    def _handle_unusual(
        self, connection: SocketConnection, event: int, size: int, requests: Requests
    ) -> None:
        """Room to send; or an error or the end, before which everything that was received is read, as in Redis."""
        self._attention[connection] = None
        if event & EPOLLOUT:
            connection.drain()
            connection.stir()
        if not event & ~EPOLLOUT:
            return
        if is_waiting(self.wiring.engine, connection.client):
            requests.ended.append((connection.client, b""))
        else:
            self._read(connection, size, requests)

    def _lose(self, connection: SocketConnection) -> None:
        """There is nobody to talk to any more."""
        connection.broken = True
        connection.outbox.clear()
        self._attention[connection] = None

    def _look_after(self) -> None:
        """Watch each connection that wants attention for what matters to it now; close it if it is over."""
        if not self._attention:
            return
        connections, self._attention = self._attention, {}
        for connection in connections:
            if connection.closed:
                continue
            if connection.finished:
                self._close_connection(connection)
                continue
            if connection.parser.paused and not connection.client.backlog:
                self._read_again.append(connection)
            self._watch(connection, connection.wanted)

    def _watch(self, connection: SocketConnection, events: int) -> None:
        if connection.watched != events:
            self._selector.modify(connection.socket.fileno(), events)
            connection.watched = events

    def _answer(self, descriptor: int, requests: Requests) -> None:
        """Accept the clients at a door; or somebody rang for attention."""
        if descriptor == self._bell:
            os.eventfd_read(self._bell)
            return
        door = self._doors[descriptor]
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                accepted, address = door.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._survive(error)
                return
            requests.arrived.append(self._greet(accepted, address))

    def _greet(self, accepted: socket.socket, address: object) -> Client:
        """Give a new socket a connection and a client."""
        engine = self.wiring.engine
        accepted.setblocking(False)
        configure(accepted, engine.config[b"tcp-keepalive"])
        is_unix = accepted.family == socket.AF_UNIX
        local = address_of(accepted.getsockname())
        client = Client(
            engine.clients.next_id(),
            b"%b:0" % local if is_unix else address_of(address),
            b"%b:0" % local if is_unix else local,
            engine.clock.monotonic,
            connection := SocketConnection(self.wiring, accepted, self.attend),
        )
        client.kind = Kind.UNIX if is_unix else Kind.NORMAL
        connection.client = client
        self._connections[accepted.fileno()] = connection
        self._selector.register(accepted.fileno(), EPOLLIN)
        return client

    def _survive(self, error: OSError) -> None:
        """An accept failed: when resources are lacking, look at the doors again when a client left, or later."""
        _logger.warning("Accepting a client failed: %s", error)
        if error.errno in _OUT_OF_RESOURCES:
            self._watch_doors(0)
            self._open_again_at = trio.current_time() + _SECONDS_WITHOUT_DOORS

    def _watch_doors(self, events: int) -> None:
        self._doors_shut = not events
        for descriptor in self._doors:
            self._selector.modify(descriptor, events)

    def _close_connection(self, connection: SocketConnection) -> None:
        descriptor = connection.socket.fileno()
        self._selector.unregister(descriptor)
        del self._connections[descriptor]
        with suppress(OSError):
            connection.socket.shutdown(socket.SHUT_RDWR)
        connection.socket.close()
        self._gone.append(connection.client)
        if self._doors_shut:
            self._watch_doors(EPOLLIN)

    def _close(self) -> None:
        """Close everything, in the one order that leaves nobody waiting."""
        self._stopping = True
        for connection in list(self._connections.values()):
            self._close_connection(connection)
        self.close_doors()
        trio.lowlevel.notify_closing(self._selector.fileno())
        self._selector.close()
        os.close(self._bell)
