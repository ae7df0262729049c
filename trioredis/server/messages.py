"""What enters the store's inbox. Nothing else touches the data.

Every producer has at most one message in the inbox: it sends one, and waits on `done` before the next. So the
inbox needs no bound of its own, and no `send` ever has to wait.
"""

import trio
from attrs import define, field

from trioredis.engine.clients import Client
from trioredis.engine.table import Argv


@define(eq=False)
class Requests:
    """What a producer read in one round, in the order in which the store takes it up."""

    done: "trio.MemorySendChannel[None] | None"
    """Told when the round is over: its commands were run, or wait in their client's backlog."""
    arrived: list[Client] = field(factory=list)
    batch: list[tuple[Client, list[Argv]]] = field(factory=list)
    ended: list[tuple[Client, bytes]] = field(factory=list)
    """Clients that send nothing more. With a text: they broke the protocol, and it is their last reply."""
    gone: list[Client] = field(factory=list)
    """Clients whose connection does not exist any more."""

    def __bool__(self) -> bool:
        return bool(self.batch or self.arrived or self.ended or self.gone)


@define(eq=False)
class Tick:
    """A timer or a key is due."""

    done: "trio.MemorySendChannel[None]"


@define(eq=False)
class Resume:
    """The store to itself: clients whose backlog goes on."""

    clients: list[Client]
    done: None = None


@define(eq=False)
class Free:
    """The store to itself: something large is not freed yet."""

    ticks: int
    """How long to go on."""
    done: None = None


@define(eq=False)
class Flush:
    """The store to itself: not everybody has been sent what he is owed."""

    done: None = None


@define(eq=False)
class GoOn:
    """The store to itself: a script is not done, or has left something to clear away."""

    done: None = None


@define(eq=False)
class Finish:
    """No producer is left: the last message."""


Message = Requests | Tick | Resume | Free | Flush | GoOn | Finish
