"""A client's socket, as the listener's selector sees it.

It has no task: the listener reads it when it is readable, the store sends its replies at the end of the round
without waiting, and what the other side does not take at once goes out when the selector says that there is room.
Only the listener closes it.
"""

import socket
from collections.abc import Callable
from select import EPOLLIN, EPOLLOUT, EPOLLRDHUP

from attrs import define, field

from trioredis.engine.clients import Unusual
from trioredis.engine.lifecycle import is_waiting
from trioredis.server.connection import Connection
from trioredis.server.outbox import PIECE
from trioredis.server.sockets import has_hung_up

_PIECES_AT_ONCE = 4
"""Pieces sent when a socket becomes writable, so that one fast reader cannot hold the round."""

_TURNS = Unusual.CLOSING | Unusual.KILLED | Unusual.WAITING | Unusual.GATED
"""What about a client changes what is watched for, or ends its connection."""


@define(eq=False)
class SocketConnection(Connection):
    """One client's socket."""

    socket: socket.socket
    attend: Callable[["SocketConnection"], None]
    """Asks the listener to look at this connection: to watch for something else, or to close it."""
    receive: Callable[[int], bytes] = field(init=False)
    send: Callable[[bytes | memoryview], int] = field(init=False)
    watched: int = field(default=EPOLLIN, init=False)
    """The events that the selector watches for."""
    broken: bool = field(default=False, init=False)
    """The other side is gone; there is nobody to send to."""
    stopped: bool = field(default=False, init=False)
    """Nothing more is read; the connection ends when what was received is answered."""

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        self.receive = self.socket.recv
        self.send = self.socket.send

    @property
    def descriptor(self) -> int:
        """The file descriptor."""
        return self.socket.fileno()

    @property
    def hung_up(self) -> bool:
        """Whether the other side has closed, as far as the kernel knows."""
        return has_hung_up(self.socket.fileno())

    @property
    def closed(self) -> bool:
        """Whether the listener has closed the socket; the store may not know yet."""
        return self.socket.fileno() < 0

    @property
    def wanted(self) -> int:
        """The events that matter now, besides errors and hang-ups, which a selector reports unasked."""
        return self._wanted_input | (EPOLLOUT if self.outbox.size else 0)

    @property
    def _wanted_input(self) -> int:
        client = self.client
        if client.gone:
            return 0
        if is_waiting(self.wiring.engine, client):
            return 0 if client.half_closed else EPOLLRDHUP
        return 0 if self.stopped or self.silent or client.backlog or self.parser.paused else EPOLLIN

    @property
    def finished(self) -> bool:
        """Whether it is time to close the socket."""
        if self.broken or self.client.unusual & Unusual.KILLED:
            return True
        return not self.outbox.size and (self.client.gone or (self.stopped and self.settled))

    def flush(self) -> None:
        """Send the replies of the round, as far as the socket takes them."""
        replies = self.client.replies
        if replies:
            if self.outbox.size or not self._send_at_once(replies):
                self.outbox.extend(replies)
                self.drain()
            replies.clear()
        if self.watched != EPOLLIN or self.outbox.size or self.client.unusual & _TURNS or self.broken:
            self.attend(self)

    def drain(self) -> None:
        """Send what waits in the outbox, as far as the socket takes it."""
        outbox = self.outbox
        for _ in range(_PIECES_AT_ONCE):
            piece = outbox.peek()
            if not piece:
                self.client.over_soft_limit_since = None
                return
            sent = self._try_send(piece)
            if sent:
                outbox.advance(sent)
            if sent < len(piece):
                return

    def _send_at_once(self, replies: list[bytes]) -> bool:
        """Send a round's replies in one call if they are few; False when that was not tried, or not enough."""
        data = replies[0]
        if len(replies) > 1:
            if sum(map(len, replies)) > PIECE:
                return False
            data = b"".join(replies)
        try:
            sent = self.send(data)
        except OSError:
            return False
        self.stats.net_output += sent
        if sent < len(data):
            self.outbox.extend([data])
            self.outbox.advance(sent)
        return True

    def _try_send(self, data: bytes | memoryview) -> int:
        try:
            sent = self.send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:
            self.broken = True
            self.outbox.clear()
            return 0
        self.stats.net_output += sent
        return sent
