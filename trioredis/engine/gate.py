"""The gate: the one concept behind every reason for which commands wait although the server is idle.

CLIENT PAUSE and DEBUG SLEEP close it for a while, a script that runs on until it is done, each for a reason of its own:
one that ends does not end the others. While it is closed, clients whose next command may not pass are `held`, in order
of arrival; whenever a reason ends, the store takes them up again in that order, and those that still may not pass are
held anew. The time a reason lasts is a timer like any other.

While it is closed nothing is to happen to the data that others could see, so keys do not expire either: to who looks
for it a key is gone that is past its deadline, but it is told that it expired only when the gate is open
(`Engine.expires_keys`).

For a script the gate has a third state, *busy*: it runs for too long, and what was held until now is refused.
"""

from collections.abc import Callable
from enum import Enum
from functools import partial

from attrs import define, field, frozen

from trioredis.engine.clients import Client, Clients, Kind, Unusual
from trioredis.engine.command import ALLOW_BUSY, MAY_REPLICATE, WRITE
from trioredis.engine.timers import Timer, Timers


class Reason(Enum):
    """Why the gate is closed."""

    PAUSE = "CLIENT PAUSE"
    SLEEP = "DEBUG SLEEP"
    SCRIPT = "a script that is not done"


@frozen(eq=False)
class _Closure:
    until: float
    only_writes: bool
    timer: Timer


@define(eq=False)
class Gate:
    """Open, or closed to some commands until a moment."""

    timers: Timers
    clients: Clients
    on_open: Callable[[list[Client]], None]
    """Called with the clients that were held, oldest first."""
    held: dict[Client, None] = field(factory=dict, init=False)
    is_busy: bool = field(default=False, init=False)
    """Whether commands are refused because a script runs for too long."""
    _closures: dict[Reason, _Closure] = field(factory=dict, init=False)

    def close(self, until: float, *, only_writes: bool = False, reason: Reason = Reason.PAUSE) -> None:
        """Hold commands (or only those that write) until a monotonic time.

        Of two wishes for the same reason the later time and the stricter kind hold.
        """
        before = self._closures.get(reason)
        if before is not None:
            before.timer.cancel()
            until, only_writes = max(until, before.until), only_writes and before.only_writes
        timer = self.timers.at(until, partial(self.open, reason))
        self._closures[reason] = _Closure(until, only_writes, timer)
        self.clients.mark_all(Unusual.GATED, on=True)

    def close_for_script(self, patience: float) -> None:
        """Hold commands until the script is done; from a monotonic time on, refuse them."""
        timer = self.timers.at(patience, self._be_busy)
        self._closures[Reason.SCRIPT] = _Closure(patience, False, timer)
        self.clients.mark_all(Unusual.GATED, on=True)

    def _be_busy(self) -> None:
        self.is_busy = True
        self._let_try()

    def open(self, reason: Reason = Reason.PAUSE) -> None:
        """Let a reason end; whoever was held may try again."""
        closure = self._closures.pop(reason, None)
        self.is_busy = self.is_busy and reason is not Reason.SCRIPT
        if closure is not None:
            closure.timer.cancel()
        if not self._closures:
            self.clients.mark_all(Unusual.GATED, on=False)
        self._let_try()

    def _let_try(self) -> None:
        held, self.held = list(self.held), {}
        self.on_open(held)

    @property
    def is_closed(self) -> bool:
        """Whether it is closed to any command."""
        return bool(self._closures)

    def holds(self, client: Client, flags: int) -> bool:
        """Whether a client may not run a command with these flags now."""
        return any(self._holds_for(reason, client, flags) for reason in self._closures)

    def _holds_for(self, reason: Reason, client: Client, flags: int) -> bool:
        if reason is Reason.SCRIPT:
            return not flags & ALLOW_BUSY
        if reason is Reason.PAUSE and client.kind & Kind.MONITOR:  # which only watches
            return False
        return bool(flags & (WRITE | MAY_REPLICATE)) or not self._closures[reason].only_writes
