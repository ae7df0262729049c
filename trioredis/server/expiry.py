"""The expiry task: the only one that sleeps, but for a listener that has run out of descriptors.

It sleeps inside a cancel scope whose deadline is the next thing that is due in the engine: a key's TTL, the end
of a pause, an idle client. When something earlier turns up, the store moves the deadline of the scope; nobody
has to be woken for that. Then a `Tick` goes to the store like any other message. Without deadlines there is no
wake-up at all.
"""

import math

import trio
from attrs import define, field

from trioredis.engine.engine import Engine
from trioredis.server.messages import Message, Tick


@define(eq=False)
class Expiry:
    """Sends a `Tick` whenever something is due."""

    engine: Engine
    inbox: "trio.MemorySendChannel[Message]"
    scope: trio.CancelScope = field(factory=trio.CancelScope, init=False)
    """The whole task."""
    _sleep: trio.CancelScope | None = field(default=None, init=False)

    async def run(self) -> None:
        """Sleep and tick until `stop()` is called."""
        with self.scope:
            await self._tick()

    def stop(self) -> None:
        """Let nothing fall due any more."""
        self.scope.cancel()

    async def _tick(self) -> None:
        send_done, done = trio.open_memory_channel[None](1)
        async with self.inbox, done:
            while True:
                with trio.CancelScope() as self._sleep:
                    self.wake()
                    await trio.sleep_forever()
                self._sleep = None
                self.inbox.send_nowait(Tick(send_done))
                await done.receive()

    def wake(self) -> None:
        """Sleep until what is due now, and no longer."""
        wait = self.engine.next_wakeup()
        if self._sleep is not None:
            self._sleep.deadline = math.inf if wait is None else trio.current_time() + max(wait, 0)
