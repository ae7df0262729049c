"""The gate: the one reason why a client's commands wait although the server is idle.

CLIENT PAUSE and DEBUG SLEEP close it for a while, a stop closes it for good. While it is closed, clients whose
next command may not pass are `held`, in order of arrival; when it opens, the store takes them up again in that
order. The time it stays closed is a timer like any other.
"""

import math
from collections.abc import Callable

from attrs import define, field

from trioredis.engine.clients import Client, Clients, Unusual
from trioredis.engine.command import MAY_REPLICATE, WRITE, Command
from trioredis.engine.timers import Timer, Timers


@define(eq=False)
class Gate:
    """Open, or closed to some commands until a moment."""

    timers: Timers
    clients: Clients
    on_open: Callable[[list[Client]], None]
    """Called with the clients that were held, oldest first."""
    closed: bool = field(default=False, init=False)
    only_writes: bool = field(default=False, init=False)
    until: float = field(default=-math.inf, init=False)
    """Monotonic seconds."""
    held: dict[Client, None] = field(factory=dict, init=False)
    _timer: Timer | None = field(default=None, init=False)

    def close(self, until: float, *, only_writes: bool = False) -> None:
        """Hold commands (or only those that write) until a monotonic time; the stricter of two wishes holds."""
        self.only_writes = only_writes and (self.only_writes or not self.closed)
        self.until = max(self.until, until)
        self.closed = True
        self.clients.mark_all(Unusual.GATED, on=True)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if math.isinf(self.until) else self.timers.at(self.until, self.open)

    def open(self) -> None:
        """Let everybody pass."""
        if self._timer is not None:
            self._timer.cancel()
        self.closed, self.until = False, -math.inf
        self.clients.mark_all(Unusual.GATED, on=False)
        held, self.held = list(self.held), {}
        self.on_open(held)

    def holds(self, command: Command) -> bool:
        """Whether a command may not pass now."""
        return self.closed and not (self.only_writes and not command.flags & (WRITE | MAY_REPLICATE))
