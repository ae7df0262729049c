"""Listening where a selector cannot be awaited: Trio accepts, and each client gets a session of its own."""

import socket
from collections.abc import Callable, Iterable

import trio
from attrs import define, field

from trioredis.engine.clients import Kind
from trioredis.server.sockets import address_of, close_door, configure
from trioredis.server.stream_session import Sessions


@define(eq=False)
class StreamListener:
    """The same doors as `Listener`, with a task for each door and each client."""

    sessions: Sessions
    nursery: trio.Nursery
    """Holds a task for each door and each client."""
    _doors: dict[socket.socket, trio.CancelScope] = field(factory=dict, init=False)

    def open(self, sockets: Iterable[socket.socket]) -> None:
        """Accept clients on listening sockets, which belong to the listener from now on."""
        for door in sockets:
            scope = self._doors[door] = trio.CancelScope()
            self.nursery.start_soon(self._accept, door, scope)

    def close_doors(self, unwanted: Callable[[socket.socket], bool] = lambda door: True) -> None:
        """Accept no more clients on some listening sockets."""
        for door, scope in list(self._doors.items()):
            if unwanted(door):
                del self._doors[door]
                scope.cancel()
                trio.lowlevel.notify_closing(door)
                close_door(door)

    def stop(self) -> None:
        """Accept nothing more."""
        self.close_doors()

    async def _accept(self, door: socket.socket, scope: trio.CancelScope) -> None:
        listener = trio.SocketListener(trio.socket.from_stdlib_socket(door))
        with scope:
            try:
                await trio.serve_listeners(self._serve, [listener], handler_nursery=self.nursery)
            finally:
                self.close_doors(lambda each: each is door)

    async def _serve(self, stream: trio.SocketStream) -> None:
        accepted = stream.socket
        configure(accepted, self.sessions.wiring.engine.config[b"tcp-keepalive"])
        local = address_of(accepted.getsockname())
        if accepted.family == socket.AF_UNIX:
            await self.sessions.run(stream, b"%b:0" % local, b"%b:0" % local, Kind.UNIX)
        else:
            await self.sessions.run(stream, address_of(accepted.getpeername()), local)
