"""What every kind of connection shares: the parser before a client and the outbox behind it.

The engine sees a connection through `trioredis.engine.clients.Connection`. How bytes travel is the business of
two subclasses: `SocketConnection`, which the listener's selector watches, and `StreamConnection`, which has a task.
"""

import logging

from attrs import define, field

from trioredis.engine.clients import Client
from trioredis.engine.engine import Engine
from trioredis.engine.stats import Stats
from trioredis.protocol.fast_lane import FastLane
from trioredis.protocol.requests import Limits, RequestParser
from trioredis.server.messages import Requests
from trioredis.server.outbox import Outbox

_logger = logging.getLogger("trioredis")


@define(eq=False)
class Wiring:
    """What the connections of one producer share."""

    engine: Engine
    limits: Limits
    lane: FastLane | None = field(factory=FastLane.if_available)

    def parser(self) -> RequestParser:
        """Return a parser for a new connection."""
        return RequestParser(self.limits, self.lane)


@define(eq=False)
class Connection:
    """A parser, a client, an outbox."""

    wiring: Wiring
    client: Client = field(init=False)
    parser: RequestParser = field(init=False)
    outbox: Outbox = field(factory=Outbox, init=False)
    stats: Stats = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.parser = self.wiring.parser()
        self.stats = self.wiring.engine.stats

    @property
    def input_size(self) -> int:
        """Bytes received that are no complete command yet."""
        return self.parser.buffered

    @property
    def output_size(self) -> int:
        """Bytes waiting to be sent."""
        return self.outbox.size

    @property
    def output_buffers(self) -> int:
        """How many buffers these bytes are in."""
        return len(self.outbox)

    @property
    def descriptor(self) -> int:
        """The file descriptor of a socket, -1 of anything else."""
        return -1

    def authenticated(self, yes: bool) -> None:
        """Relax (or restore) the limits that hold before AUTH."""
        self.parser.authenticated = yes

    @property
    def settled(self) -> bool:
        """Whether everything that was received is run, and everything that was replied is sent."""
        return not self.client.backlog and not self.client.replies and not self.outbox.size

    def take(self, data: bytes, requests: Requests) -> bool:
        """Parse what was received, and add what it means to a round; False if it is too much to bear."""
        parser = self.parser
        self.stats.net_input += len(data)
        commands = parser.feed(data)
        if commands:
            requests.batch.append((self.client, commands))
        if parser.buffered or parser.error is not None:
            return self._take_part(requests)
        return True

    def _take_part(self, requests: Requests) -> bool:
        """What was received ends within a command, or makes no sense."""
        parser = self.parser
        if parser.error is not None:
            self.stats.protocol_errors += 1
            requests.ended.append((self.client, parser.error))
        if parser.buffered <= self.wiring.engine.config[b"client-query-buffer-limit"]:
            return True
        _logger.warning("Client %d closed: %d bytes, and no end of its command.", self.client.id, parser.buffered)
        self.stats.query_buffer_disconnections += 1
        return False
