"""Where the server can be reached: the directives port, bind and unixsocket, turned into listening sockets.

CONFIG SET may change port and bind while clients are connected. The old sockets are closed first, since the new
ones may overlap with them; when the new ones cannot be had, the old ones are opened again and CONFIG SET fails.
"""

import logging
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Protocol

from attrs import define, field

from trioredis.config.kinds import ConfigError
from trioredis.config.settings import Config
from trioredis.server.sockets import address_of, close_door, open_tcp, open_unix

_logger = logging.getLogger("trioredis")


class Listening(Protocol):
    """What accepts at the doors: a `Listener` or a `StreamListener`."""

    def open(self, sockets: Iterable[socket.socket]) -> None:
        """Accept clients on listening sockets, which belong to the listener from now on."""

    def close_doors(self, unwanted: Callable[[socket.socket], bool] = ...) -> None:
        """Accept no more clients on some listening sockets."""

    def stop(self) -> None:
        """Accept and read nothing more."""


_LOOPBACK = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}
"""How to reach who listens everywhere."""


@define(eq=False)
class Doors:
    """The listening sockets of a server."""

    config: Config
    addresses: list[bytes] = field(factory=list, init=False)
    """Of the TCP sockets: `host:port`."""
    unix_path: bytes = field(default=b"", init=False)
    _waiting: list[socket.socket] = field(factory=list, init=False)
    """Open, and not handed to a listener yet: clients may knock, nobody answers."""

    @classmethod
    @contextmanager
    def opened(cls, config: Config, port: int | None) -> "Iterator[Doors]":
        """Open every socket that the configuration asks for; close those that nobody has taken in the end.

        TCP is on `port` of the addresses of `bind` (0: any free one, None: no TCP).
        """
        doors = cls(config)
        try:
            doors._open_all(port)
            yield doors
        finally:
            for door in doors._waiting:
                close_door(door)

    @property
    def port(self) -> int:
        """The TCP port, or 0 when there is none."""
        return int(self.addresses[0].rpartition(b":")[2]) if self.addresses else 0

    @property
    def names(self) -> tuple[str, ...]:
        """Every address, for people: `host:port`, or the path of the Unix socket."""
        paths = [self.unix_path] if self.unix_path else []
        return tuple(os.fsdecode(address) for address in [*self.addresses, *paths])

    @property
    def url(self) -> str:
        """What a client library on this machine is given to connect; empty if there is nothing to connect to."""
        if not self.addresses:
            return f"unix://{os.fsdecode(self.unix_path)}" if self.unix_path else ""
        host, _, port = self.addresses[0].decode().rpartition(":")
        return f"redis://{_LOOPBACK.get(host, host)}:{port}"

    def hand_to(self, listening: Listening) -> None:
        """Let clients in, and follow CONFIG SET from now on."""
        sockets, self._waiting = self._waiting, []
        listening.open(sockets)
        for directive, complaint in _COMPLAINTS.items():
            self.config.on_change(directive, partial(self._move, listening, complaint))

    def _open_all(self, port: int | None) -> None:
        self._waiting = [] if port is None else self._open_tcp(port)
        self.config.values[b"port"] = self.port
        if path := self.config[b"unixsocket"]:
            permissions, backlog = self.config[b"unixsocketperm"], self.config[b"tcp-backlog"]
            self._waiting.append(open_unix(path, permissions, backlog))
            self.unix_path = path

    def _open_tcp(self, port: int) -> list[socket.socket]:
        sockets = open_tcp(self.config[b"bind"], port, self.config[b"tcp-backlog"])
        self.addresses = [address_of(door.getsockname()) for door in sockets]
        return sockets

    def _move(self, listening: Listening, complaint: bytes) -> None:
        listening.close_doors(lambda door: door.family != socket.AF_UNIX)
        self.addresses = []
        port = self.config[b"port"]
        if not port:
            return
        try:
            sockets = self._open_tcp(port)
        except OSError as error:
            _logger.warning("%s: %s", complaint.decode(), error)
            raise ConfigError(complaint) from None
        listening.open(sockets)


_COMPLAINTS = {
    b"port": b"Unable to listen on this port. Check server logs.",
    b"bind": b"Failed to bind to specified addresses.",
}
