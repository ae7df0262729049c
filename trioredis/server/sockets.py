"""Sockets: opening the ones to listen on, setting up the ones that were accepted, naming both."""

import errno
import os
import select
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from stat import S_ISSOCK

import trio


def open_tcp(addresses: Sequence[bytes], port: int, backlog: int, attempts: int = 8) -> list[socket.socket]:
    """Listen on a port of several addresses; OSError when one of them that is not optional cannot be had.

    An address is a host name, an IP address or `*` (every IPv4 address) or `::*` (every IPv6 address). A leading
    `-` makes it optional: when this machine does not have it, it is passed over (redis.conf, `bind`). With port
    0 the first address gets a free port, and the others the same one; if that is taken there, another is tried,
    `attempts` times. The error names the address.
    """
    try:
        return _open_each(addresses, port, backlog)
    except OSError as error:
        if port or error.errno != errno.EADDRINUSE or not attempts:
            raise
    return open_tcp(addresses, port, backlog, attempts - 1)


def _open_each(addresses: Iterable[bytes], port: int, backlog: int) -> list[socket.socket]:
    with ExitStack() as cleanup:
        doors: list[socket.socket] = []
        for address in addresses:
            optional, host = address.startswith(b"-"), os.fsdecode(address.removeprefix(b"-"))
            try:
                door = _open_one(host, port or (doors[0].getsockname()[1] if doors else 0), backlog)
            except OSError as error:
                if optional and error.errno not in _FATAL:
                    continue
                raise
            doors.append(door)
            cleanup.callback(door.close)
        cleanup.pop_all()
    return doors


def open_unix(path: bytes, permissions: int, backlog: int) -> socket.socket:
    """Listen on a Unix socket; a stale file in its place is removed. `permissions` 0 leaves them as they are."""
    with ExitStack() as cleanup:
        door = cleanup.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        door.setblocking(False)
        if permissions:
            os.fchmod(door.fileno(), permissions)
        with suppress(FileNotFoundError):
            if S_ISSOCK(os.stat(path).st_mode):  # noqa: PTH116  # the path is bytes
                os.unlink(path)  # noqa: PTH108
        with _naming(os.fsdecode(path)):
            door.bind(path)
            door.listen(backlog)
        cleanup.pop_all()
    return door


def close_door(door: socket.socket) -> None:
    """Listen on a socket no more; the file of a Unix socket goes with it."""
    if door.family == socket.AF_UNIX:
        with suppress(OSError):
            Path(os.fsdecode(door.getsockname())).unlink()
    door.close()


def configure(accepted: "socket.socket | trio.socket.SocketType", keepalive: int) -> None:
    """Prepare a client's socket: no delay, probes after `keepalive` seconds of silence."""
    if accepted.family == socket.AF_UNIX:
        return
    with suppress(OSError):
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if keepalive:
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            _probe_after(accepted, keepalive)


def address_of(name: object) -> bytes:
    """Return the address of a socket as Redis writes it: `host:port`, `[host]:port`, or a path."""
    if isinstance(name, tuple):
        host, port = name[:2]
        return (f"[{host}]:{port}" if ":" in host else f"{host}:{port}").encode()
    return os.fsencode(name) if isinstance(name, str) else bytes(name)  # type: ignore[call-overload]


_FATAL = {errno.EADDRINUSE, errno.EACCES}
"""Errors that an optional address does not excuse."""


def _open_one(host: str, port: int, backlog: int) -> socket.socket:
    if host in ("*", "::*"):
        host = "0.0.0.0" if host == "*" else "::"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET  # a name too is one for IPv4, as in Redis
    with _naming(f"{host}:{port}"), ExitStack() as cleanup:
        address = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)[0][4]
        door = cleanup.enter_context(socket.socket(family, socket.SOCK_STREAM))
        door.setblocking(False)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        door.bind(address)
        door.listen(backlog)
        cleanup.pop_all()
    return door


@contextmanager
def _naming(place: str) -> Iterator[None]:
    """Have an OSError say what it is about."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, place) from None
    except UnicodeError:  # no host name at all
        raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL), place) from None


def _probe_after(accepted: "socket.socket | trio.socket.SocketType", seconds: int) -> None:
    """Probe a silent peer as Redis does: after `seconds`, then thrice at a third of it."""
    if hasattr(socket, "TCP_KEEPIDLE"):
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, seconds)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, max(1, seconds // 3))
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)


# Only Linux tells the end of what the other side sends from the end of both directions.
_HANG_UP = getattr(select, "POLLRDHUP", select.POLLHUP)


def has_hung_up(descriptor: int) -> bool:
    """Whether the other side of a socket has closed, as far as the kernel knows; so it is with a closed one (-1)."""
    if descriptor < 0:
        return True
    poll = select.poll()
    poll.register(descriptor, _HANG_UP)
    return bool(poll.poll(0))
