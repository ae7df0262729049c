"""A command whose answer comes later.

Its handler calls `wait` and returns NO_REPLY. From then on the client is WAITING: nothing more of it is run, and
its connection reads nothing more. Whatever ends the wait first wins, and the others find nothing left to end:

    answer(reply)   what the client waited for is there; its backlog goes on
    finish()        the same, but its answer was written already
    time_out()      its time is over, or somebody says so (CLIENT UNBLOCK): the reply that was agreed on
    cancel()        the client is gone; nobody is answered
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import define, field

from trioredis.engine.clients import Client, Unusual
from trioredis.engine.context import Context
from trioredis.engine.table import Argv
from trioredis.engine.timers import Timer
from trioredis.protocol.replies import Reply

if TYPE_CHECKING:
    from trioredis.engine.engine import Engine


def _nothing() -> None:
    pass


@define(eq=False)
class Waiting:
    """A command that is not answered yet."""

    client: Client
    engine: "Engine"
    late_reply: Reply
    """The answer when time is over."""
    on_end: Callable[[], None]
    """Called once, however the wait ends."""
    retry: Argv | None = field(default=None, init=False)
    """How it is run again, if it waits for keys (`trioredis.engine.blocking`)."""
    muted: bool = field(default=False, init=False)
    """The client wants no answer (CLIENT REPLY)."""
    _timer: Timer | None = field(default=None, init=False)

    def start(self, seconds: float | None) -> None:
        """Begin to wait, for so many seconds at most; None: without an end."""
        self.client.waiting = self
        self.client.unusual |= Unusual.WAITING
        if seconds is not None:
            self._timer = self.engine.timers.at(self.engine.clock.monotonic + seconds, self.time_out)

    def answer(self, reply: Reply) -> None:
        """Give the client its answer, and take up what it sent meanwhile."""
        if self._end() and not self.client.gone:
            if not self.muted:
                self.engine.clients.answer(self.client, reply)
            self._resume()

    def finish(self) -> None:
        """End it: the answer is among the client's replies."""
        if self._end() and not self.client.gone:
            self._resume()

    def time_out(self) -> None:
        """Give the client the answer for when time is over."""
        self.answer(self.late_reply)

    def cancel(self) -> None:
        """Wait no more."""
        self._end()

    def _resume(self) -> None:
        """Take up what the client sent meanwhile."""
        self.client.last_used = self.engine.clock.monotonic
        self.engine.clients.dirty[self.client] = None
        self.engine.resumed.append(self.client)

    def _end(self) -> bool:
        """Leave nothing of the wait behind; say whether it was still on."""
        if self.client.waiting is not self:
            return False
        self.client.waiting = None
        self.client.unusual &= ~Unusual.WAITING
        if self._timer is not None:
            self._timer.cancel()
        self.on_end()
        return True


def wait(
    ctx: Context, seconds: float | None, late_reply: Reply, on_end: Callable[[], None] = _nothing
) -> Waiting:
    """Let the client wait for its answer, for so many seconds at most; the handler returns NO_REPLY."""
    waiting = Waiting(ctx.client, ctx.engine, late_reply, on_end)
    waiting.start(seconds)
    return waiting
