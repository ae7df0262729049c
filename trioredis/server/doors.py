"""Where the server can be reached: the directives port, bind and unixsocket, turned into listening sockets.

CONFIG SET may change port and bind while clients are connected. The old sockets are closed first, since the new
ones may overlap with them; when the new ones cannot be had, the old ones are opened again and CONFIG SET fails.
"""

import os
import socket
from collections.abc import Callable, Iterable
from typing import Protocol

from attrs import define, field

from trioredis.config.kinds import ConfigError
from trioredis.config.settings import Config
from trioredis.server.sockets import address_of, open_tcp, open_unix


class Listening(Protocol):
    """What accepts at the doors: a `Listener` or a `StreamListener`."""

    def open(self, sockets: Iterable[socket.socket]) -> None:
        """Accept clients on listening sockets, which belong to the listener from now on."""

    def close_doors(self, unwanted: Callable[[socket.socket], bool] = ...) -> None:
        """Accept no more clients on some listening sockets."""


@define(eq=False)
class Doors:
    """The listening sockets of a server."""

    config: Config
    addresses: list[bytes] = field(factory=list, init=False)
    """Of the TCP sockets: `host:port`."""
    unix_path: bytes = field(default=b"", init=False)
    _listening: Listening | None = field(default=None, init=False)

    @property
    def port(self) -> int:
        """The TCP port, or 0 when there is none."""
        return int(self.addresses[0].rpartition(b":")[2]) if self.addresses else 0

    def open_all(self, port: int | None) -> list[socket.socket]:
        """Open every socket that the configuration asks for: TCP on `port` (0: any free one), and Unix."""
        sockets = [] if port is None else self._open_tcp(port)
        if path := self.config[b"unixsocket"]:
            backlog, permissions = self.config[b"tcp-backlog"], self.config[b"unixsocketperm"]
            sockets.append(open_unix(path, permissions, backlog))
            self.unix_path = path
        return sockets

    def hand_to(self, listening: Listening, sockets: list[socket.socket]) -> None:
        """Let clients in, and follow CONFIG SET from now on."""
        self._listening = listening
        listening.open(sockets)
        self.config.on_change(b"port", self._move)
        self.config.on_change(b"bind", self._move)

    def _open_tcp(self, port: int) -> list[socket.socket]:
        sockets = open_tcp(self.config[b"bind"], port, self.config[b"tcp-backlog"])
        self.addresses = [address_of(door.getsockname()) for door in sockets]
        self.config.values[b"port"] = self.port
        return sockets

    def _move(self) -> None:
        if self._listening is None:
            return
        self._listening.close_doors(lambda door: door.family != socket.AF_UNIX)
        self.addresses = []
        port = self.config[b"port"]
        if not port:
            return
        try:
            sockets = self._open_tcp(port)
        except OSError as error:
            raise ConfigError(b"Unable to listen on this port: %b" % os.strerror(error.errno or 0).encode()) from None
        self._listening.open(sockets)
