"""The tasks of one server, and the channels that join them.

    listener, sessions ══ Requests ══▶ inbox ══▶ store ══ effects ══▶ supervisor
    expiry ═══════════════ Tick ══════▶

The store alone reads the inbox and alone writes effects, so its end is the end of both channels: whoever sends to
it or waits for it learns at once that it is gone.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, Self

import trio
from attrs import define, field

from trioredis.engine.effects import Effect
from trioredis.engine.engine import Engine
from trioredis.protocol.requests import Limits
from trioredis.server.connection import Wiring
from trioredis.server.doors import Doors, Listening
from trioredis.server.expiry import Expiry
from trioredis.server.messages import Finish, Message
from trioredis.server.store import Store
from trioredis.server.stream_listener import StreamListener
from trioredis.server.stream_session import Sessions
from trioredis.server.supervisor import Supervisor

Transport = Literal["selector", "stream"]
"""How sockets are served: all of them by one selector (Linux), or each by tasks of its own (everywhere)."""

DEFAULT_TRANSPORT: Transport = "selector" if sys.platform == "linux" else "stream"


@define(eq=False)
class Tasks:
    """What runs, and how it ends."""

    engine: Engine
    inbox: "trio.MemorySendChannel[Message]"
    store: Store
    expiry: Expiry
    supervisor: Supervisor
    sessions: Sessions
    over: trio.Event = field(factory=trio.Event, init=False)
    """Set when nothing of the server is left."""

    @classmethod
    def of(cls, engine: Engine) -> Self:
        """Join the tasks of a server; none of them runs yet."""
        send, inbox = trio.open_memory_channel[Message](float("inf"))
        send_effect, effects = trio.open_memory_channel[Effect](float("inf"))
        wiring = Wiring(engine, Limits(engine.config[b"proto-max-bulk-len"]))
        expiry = Expiry(engine, send.clone())
        return cls(
            engine,
            send,
            Store(engine, inbox, send.clone(), send_effect, expiry.wake),
            expiry,
            Supervisor(engine, effects),
            Sessions(wiring, send.clone()),
        )

    @contextmanager
    def lifetime(self) -> Iterator[None]:
        """Around everything there is of the server: at its end, it is `over`."""
        try:
            yield
        finally:
            self.engine.followers.end()
            self.over.set()

    def start_owners(self, nursery: trio.Nursery) -> None:
        """Start the tasks that hold the state and look after it."""
        for run in (self.store.run, self.supervisor.run, self.expiry.run):
            nursery.start_soon(run)

    def start_producers(self, nursery: trio.Nursery, doors: Doors, transport: Transport) -> None:
        """Let clients in, and start the tasks that bring what they send."""
        listener: Listening = StreamListener(self.sessions, nursery)
        if transport == "selector":
            # Imported here, because other systems than Linux do not have what it is made of.
            from trioredis.server.listener import Listener

            listener = Listener(self.sessions.wiring, self.inbox.clone())
            nursery.start_soon(listener.run)
        self.supervisor.producers += [listener, self.sessions]
        doors.hand_to(listener)

    def finish(self) -> None:
        """End the owners, now that no producer is left."""
        self.expiry.stop()
        self.inbox.send_nowait(Finish())
