"""`serve()`: two nurseries, one inbox, and the tasks between them.

    owners      store, supervisor, expiry         hold the state and its clock; end last
    producers   listener, sessions                bring messages; end first

A graceful stop ends the producers, each when what it received is answered; then the store gets its last
message, and then there is nothing left. Cancelling `serve()` ends both at once. Either way every socket is
closed and every task is gone when it returns; and when a task dies, its exception is what `serve()` raises.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from types import EllipsisType
from typing import Any, TypeVar, Unpack

import trio
from attrs import define, frozen

from trioredis.client.connection import Connection
from trioredis.clock import Clock
from trioredis.commands import load
from trioredis.commands.custom import Commands, add_custom
from trioredis.config.keywords import Setting, configured
from trioredis.config.settings import Config
from trioredis.engine.command import Handler
from trioredis.engine.custom import CustomFacts, check_name
from trioredis.engine.engine import Engine
from trioredis.engine.scripts import prepare
from trioredis.engine.table import CommandTable
from trioredis.env import Env
from trioredis.server.changes import Changes
from trioredis.server.descriptors import fit_maxclients
from trioredis.server.doors import Doors
from trioredis.server.nurseries import open_bare_nursery
from trioredis.server.tasks import DEFAULT_TRANSPORT, Tasks, Transport

F = TypeVar("F", bound=Handler)

_IN_PROCESS = b"127.0.0.1:0"
"""The address of a client without a socket."""


async def serve(
    *,
    port: int | EllipsisType | None = ...,
    config: Config | None = None,
    commands: Commands | None = None,
    env: Env | None = None,
    transport: Transport = DEFAULT_TRANSPORT,
    task_status: "trio.TaskStatus[Server]" = trio.TASK_STATUS_IGNORED,
    **directives: Setting,
) -> None:
    """Serve until cancelled, closed, or shut down by a client.

    `port` is for TCP: 0 is any free one, None no TCP at all; left out, it is the configuration's, 6379. `config` is
    copied. `commands` are your own, besides Redis's. Further keyword arguments are directives of redis.conf, with
    underscores for dashes, and come on top of `config`. `nursery.start()` returns a `Server` as soon as clients may
    connect.

    Raises `ConfigError` for a bad directive and `OSError` when an address cannot be had. If a task of the
    server dies, its exception comes out here, after everything is closed.
    """
    if not isinstance(port, EllipsisType):
        directives["port"] = port or 0
    config = configured(config, directives)
    env = env or Env(clock=Clock.of_trio())
    prepare()
    fit_maxclients(config, env.machine)
    tasks = Tasks.of(Engine(env, config, CommandTable.of([*load(), *(commands or ())])))
    tcp_port = config[b"port"] or (0 if port == 0 else None)
    with tasks.lifetime(), Doors.opened(config, tcp_port) as doors:
        async with open_bare_nursery() as owners:
            tasks.start_owners(owners)
            with tasks.supervisor.scope:
                async with open_bare_nursery() as producers:
                    tasks.start_producers(producers, doors, transport)
                    task_status.started(Server(tasks, doors, producers))
            tasks.finish()


@asynccontextmanager
async def open_server(**options: Any) -> "AsyncIterator[Server]":
    """Run a server for as long as an `async with` block lasts; stop it gracefully at the end.

    Takes the arguments of `serve()`. If the block fails, or the server does, the server ends at once and the
    exception comes out as it is.
    """
    async with open_bare_nursery() as nursery:
        server: Server = await nursery.start(partial(serve, **options))
        yield server
        await server.aclose()


@frozen
class ServerStatistics:
    """A look at a server, of the moment."""

    clients: int
    """Connected now."""
    keys: int
    """In all databases."""
    commands: int
    """Run since the start."""
    connections: int
    """Accepted since the start."""
    bytes_received: int
    bytes_sent: int


@define(eq=False, repr=False)
class Server:
    """A running server, as the program that embeds it sees it."""

    _tasks: Tasks
    _doors: Doors
    _producers: trio.Nursery

    def __repr__(self) -> str:
        return f"Server({self.url!r})"

    @property
    def config(self) -> Config:
        """The directives as they are now."""
        return self._tasks.engine.config

    @property
    def port(self) -> int:
        """The TCP port, or 0 when the server listens on none."""
        return self._doors.port

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where the server listens: `host:port` for TCP, and the path of a Unix socket."""
        return self._doors.names

    @property
    def url(self) -> str:
        """What client libraries take: `redis://host:port`, or `unix://path`. The password is not in it."""
        return self._doors.url

    def statistics(self) -> ServerStatistics:
        """Return what the server does and has done."""
        engine = self._tasks.engine
        engine.commands.fold_stats()
        return ServerStatistics(
            clients=len(engine.clients),
            keys=len(engine.keyspace),
            commands=sum(entry.stats.calls for entry in engine.commands.entries()),
            connections=engine.stats.connections,
            bytes_received=engine.stats.net_input,
            bytes_sent=engine.stats.net_output,
        )

    def command(self, name: str, **facts: Unpack[CustomFacts]) -> Callable[[F], F]:
        """Make the function below a command of this server; see `Commands.command`."""
        check_name(name)

        def declare(function: F) -> F:
            add_custom(self._tasks.engine.commands, name, function, facts)
            return function

        return declare

    def changes(self, *patterns: str | bytes, database: int | None = None, buffer: int = 1000) -> Changes:
        """Return what happens to keys that match a pattern, or to all, in one database or in all.

        ``async with server.changes("user:*") as changes``, and then ``async for change in changes``. If more than so many
        changes are not read yet, the oldest is dropped and counted in ``changes.missed``.
        """
        return Changes.of(self._tasks.engine.followers, patterns, database, buffer)

    def memory_stream(self) -> trio.abc.Stream:
        """Return the client's end of a new connection without a socket."""
        from trio.testing import memory_stream_pair  # here, because it is heavy and most programs do without

        if self._tasks.supervisor.stopping or self._tasks.over.is_set():
            raise trio.ClosedResourceError("the server is closed")
        ours, theirs = memory_stream_pair()
        self._producers.start_soon(self._tasks.sessions.run, ours, _IN_PROCESS, _IN_PROCESS)
        return theirs

    def client(self) -> Connection:
        """Return a client of this server, without a socket; close it, or use it as `async with`."""
        return Connection(self.memory_stream())

    def stop(self, *, now: bool = False) -> None:
        """Begin to stop gracefully: accept and read nothing more, answer what was received.

        A second call stops at once, as `now` does: what clients have not taken is lost.
        """
        self._tasks.supervisor.stop(now=now)

    async def wait_closed(self) -> None:
        """Wait until nothing of the server is left, whoever ends it."""
        await self._tasks.over.wait()

    async def aclose(self) -> None:
        """Stop gracefully, and wait until the server is gone. If this is cancelled, it is gone at once."""
        if not self._tasks.supervisor.stopping:
            self.stop()
        try:
            await self.wait_closed()
        except trio.Cancelled:
            self.stop(now=True)
            with trio.CancelScope(shield=True):
                await self.wait_closed()
            raise
