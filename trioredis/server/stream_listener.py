"""Listening where a selector cannot be awaited: Trio accepts, and each client gets a session of its own."""

import socket
from collections.abc import Callable, Iterable

import trio
from attrs import define, field

from trioredis.engine.clients import Kind
from trioredis.server.sockets import address_of, close_door, configure
from trioredis.server.stream_session import Sessions


@define(eq=False)
class _Door(trio.abc.Listener[trio.SocketStream]):
    """A listening socket that takes its file along when it is closed."""

    door: socket.socket
    scope: trio.CancelScope = field(factory=trio.CancelScope, init=False)
    """Of the task that accepts here."""
    _listener: trio.SocketListener = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._listener = trio.SocketListener(trio.socket.from_stdlib_socket(self.door))

    async def accept(self) -> trio.SocketStream:
        """Wait for a client."""
        return await self._listener.accept()

    async def aclose(self) -> None:
        """Listen no more."""
        self.close()
        await trio.lowlevel.checkpoint()

    def close(self) -> None:
        """Listen no more; once or again."""
        self.scope.cancel()
        if self.door.fileno() >= 0:
            trio.lowlevel.notify_closing(self.door)
            close_door(self.door)


@define(eq=False)
class StreamListener:
    """The same doors as `Listener`, with a task for each door and each client."""

    sessions: Sessions
    nursery: trio.Nursery
    """Holds a task for each door and each client."""
    _doors: dict[_Door, None] = field(factory=dict, init=False)
    _stopping: bool = field(default=False, init=False)

    def open(self, sockets: Iterable[socket.socket]) -> None:
        """Accept clients on listening sockets, which belong to the listener from now on."""
        for each in sockets:
            if self._stopping:
                close_door(each)
                continue
            door = _Door(each)
            self._doors[door] = None
            self.nursery.start_soon(self._accept, door)

    def close_doors(self, unwanted: Callable[[socket.socket], bool] = lambda door: True) -> None:
        """Accept no more clients on some listening sockets."""
        for door in list(self._doors):
            if unwanted(door.door):
                door.close()

    def stop(self) -> None:
        """Accept nothing more."""
        self._stopping = True
        self.close_doors()

    async def _accept(self, door: _Door) -> None:
        try:
            with door.scope:
                await trio.serve_listeners(self._serve, [door], handler_nursery=self.nursery)
        finally:
            del self._doors[door]

    async def _serve(self, stream: trio.SocketStream) -> None:
        accepted = stream.socket
        configure(accepted, self.sessions.wiring.engine.config[b"tcp-keepalive"])
        try:
            local, address = address_of(accepted.getsockname()), address_of(accepted.getpeername())
        except OSError:  # it is gone already
            return
        if accepted.family == socket.AF_UNIX:
            await self.sessions.run(stream, b"%b:0" % local, b"%b:0" % local, Kind.UNIX)
        else:
            await self.sessions.run(stream, address, local)
