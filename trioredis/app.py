"""`serve()`: two nurseries, one inbox, and the tasks between them.

    owners      store, supervisor                 hold the state; end last
    producers   listener, sessions, expiry        bring messages; end first

A graceful stop ends the producers, each when what it received is answered; then the store gets its last
message, and then there is nothing left. Cancelling `serve()` ends both at once. Either way every socket is
closed and every task is gone when it returns.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Literal, Protocol

import trio
from attrs import define, field
from trio.testing import memory_stream_pair

from trioredis.clock import Clock
from trioredis.commands import load
from trioredis.config.settings import Config
from trioredis.engine.effects import Effect
from trioredis.engine.engine import Engine
from trioredis.engine.table import CommandTable
from trioredis.env import Env
from trioredis.protocol.requests import Limits
from trioredis.server.connection import Wiring
from trioredis.server.doors import Doors
from trioredis.server.expiry import Expiry
from trioredis.server.listener import Listener
from trioredis.server.messages import Finish, Message
from trioredis.server.store import Store
from trioredis.server.stream_listener import StreamListener
from trioredis.server.stream_session import Sessions
from trioredis.server.supervisor import Supervisor

Transport = Literal["selector", "stream"]


@define(eq=False)
class Server:
    """A running server, as the program that embeds it sees it."""

    _engine: Engine
    _doors: Doors
    _supervisor: Supervisor
    _sessions: Sessions
    _producers: trio.Nursery
    _over: trio.Event = field(factory=trio.Event, init=False)

    @property
    def port(self) -> int:
        """The TCP port, or 0 when the server listens on none."""
        return self._doors.port

    async def aclose(self) -> None:
        """Stop gracefully, and wait until the server is gone."""
        self._supervisor.stop()
        await self._over.wait()

    def memory_stream(self) -> trio.abc.Stream:
        """Return the client's end of a new connection without a socket."""
        ours, theirs = memory_stream_pair()
        self._producers.start_soon(self._sessions.run, ours, b"127.0.0.1:0", b"127.0.0.1:0")
        return theirs


async def serve(
    *,
    port: int | None = 6379,
    config: Config | None = None,
    env: Env | None = None,
    transport: Transport = "selector" if sys.platform == "linux" else "stream",
    task_status: "trio.TaskStatus[Server]" = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serve until cancelled, closed, or shut down by a client."""
    config = config or Config()
    env = env or Env(clock=Clock.of_trio())
    engine = Engine(env, config, CommandTable.of(load()))
    doors = Doors(config)
    sockets = doors.open_all(port)
    send, inbox = trio.open_memory_channel[Message](float("inf"))
    send_effect, effects = trio.open_memory_channel[Effect](float("inf"))
    wiring = Wiring(engine, Limits(config[b"proto-max-bulk-len"]))
    sessions = Sessions(wiring, send.clone())
    expiry = Expiry(engine, send.clone())
    store = Store(engine, inbox, send.clone(), send_effect, expiry.wake)
    supervisor = Supervisor(engine, effects)
    async with trio.open_nursery() as owners:
        owners.start_soon(store.run)
        owners.start_soon(supervisor.run)
        with supervisor.scope:
            async with trio.open_nursery() as producers:
                if transport == "selector":
                    listener = Listener(wiring, send.clone())
                    producers.start_soon(listener.run)
                else:
                    listener = StreamListener(sessions, producers)
                producers.start_soon(expiry.run)
                supervisor.producers += [listener, sessions]
                doors.hand_to(listener, sockets)
                server = Server(engine, doors, supervisor, sessions, producers)
                task_status.started(server)
        send.send_nowait(Finish())
        server._over.set()
