"""The supervisor task: carries out the effects that commands ask for, and ends the server in good order.

A graceful stop has three steps, and this is the first: no producer accepts or reads anything more, and each
ends when what it received is answered. The producers' nursery gets `shutdown-timeout` as its deadline, so a
client that does not take its replies cannot hold up the end. What follows when that nursery is empty is `serve()`'s.
"""

from typing import Protocol

import trio
from attrs import define, field

from trioredis.engine.effects import Effect
from trioredis.engine.engine import Engine


class Producer(Protocol):
    """Something that brings messages to the store."""

    def stop(self) -> None:
        """Accept and read nothing more."""


@define(eq=False)
class Supervisor:
    """Starts nothing yet, and stops everything."""

    engine: Engine
    effects: "trio.MemoryReceiveChannel[Effect]"
    producers: list[Producer] = field(factory=list)
    scope: trio.CancelScope = field(factory=trio.CancelScope)
    """Around the producers."""
    stopping: bool = field(default=False, init=False)

    async def run(self) -> None:
        """Carry out effects until the store ends."""
        async for effect in self.effects:
            self.stop(now=effect.now)

    def stop(self, *, now: bool = False) -> None:
        """Begin to end the server; a second call, or `now`, ends it at once."""
        is_second, self.stopping = self.stopping, True
        if now or is_second:
            self.scope.cancel()
            return
        self.scope.deadline = trio.current_time() + self.engine.config[b"shutdown-timeout"]
        for producer in self.producers:
            producer.stop()
