"""What every kind of connection shares: the parser before a client and the outbox behind it.

The engine sees a connection through `trioredis.engine.clients.Connection`. How bytes travel is the business of
two subclasses: `SocketConnection`, which the listener's selector watches, and `StreamConnection`, which has a task.
"""

import logging

from attrs import define, field

from trioredis.engine.clients import Client, Unusual
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

    def __attrs_post_init__(self) -> None:
        self.engine.config.on_change(b"proto-max-bulk-len", self._set_limits)

    def _set_limits(self) -> None:
        self.limits.max_bulk_length = self.engine.config[b"proto-max-bulk-len"]

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
    received: int = field(default=0, init=False)
    """Bytes received so far."""

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
    def hung_up(self) -> bool:
        """Whether the other side is known to send nothing more, though nobody has taken notice yet."""
        return False

    @property
    def descriptor(self) -> int:
        """The file descriptor of a socket, -1 of anything else."""
        return -1

    def authenticated(self, yes: bool) -> None:
        """Relax (or restore) the limits that hold before AUTH."""
        self.parser.authenticated = yes

    @property
    def settled(self) -> bool:
        """Whether everything that was received is run, or waits for others; and all that was replied is sent."""
        client = self.client
        if client.unusual & Unusual.WAITING:
            if self.wiring.engine.slices.delays(client):
                return False
        elif client.backlog or self.parser.paused:
            return False
        return not client.replies and not self.outbox.size

    @property
    def silent(self) -> bool:
        """Whether the client sends nothing more, or nothing that makes sense."""
        return self.client.half_closed or bool(self.client.farewell)

    @property
    def query_limit(self) -> int:
        """Bytes that a client may have sent without having completed a command, or without it being run."""
        limit: int = self.wiring.engine.config[b"client-query-buffer-limit"]
        return limit

    def stir(self) -> None:
        """Note that the client is busy although no command of it is complete: it does not idle."""
        self.wiring.engine.clock.refresh()
        self.client.last_used = self.wiring.engine.clock.monotonic

    def take(self, data: bytes, requests: Requests) -> bool:
        """Parse what was received, and add what it means to a round; False if it is too much to bear."""
        parser, size = self.parser, len(data)
        self.stats.net_input += size
        self.received += size
        commands = parser.feed(data)
        if commands:
            requests.batch.append((self.client, commands))
        if parser.buffered or parser.error is not None:
            return self._take_part(requests)
        return True

    def _take_part(self, requests: Requests) -> bool:
        """What was received ends within a command, or makes no sense."""
        parser = self.parser
        self.stir()
        if parser.error is not None:
            self.stats.protocol_errors += 1
            requests.ended.append((self.client, parser.error))
        if parser.buffered <= self.query_limit:
            return True
        _logger.warning(
            "Client %d closed: %d bytes, and no end of its command.", self.client.id, parser.buffered
        )
        self.stats.query_buffer_disconnections += 1
        return False
