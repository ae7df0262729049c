"""A server under test, clients that talk to it byte by byte, and commands planted into it.

Every wait of a client has a deadline, so a server that hangs fails its test and not the suite. Nothing sleeps:
`settled()` waits until no task of this process has anything left to do, which a server that spins never grants.
"""

import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import trio
import trio.testing
from attrs import define, field

from oracle import Argument, encode_command
from trioredis.app import Server, serve
from trioredis.engine.command import command
from trioredis.engine.engine import Engine
from trioredis.engine.waiting import wait
from trioredis.protocol.replies import NO_REPLY, OK

SECONDS_TO_ANSWER = 5.0


@define(eq=False)
class Peer:
    """The other side of a connection."""

    stream: Any

    async def send(self, data: bytes) -> None:
        with trio.fail_after(SECONDS_TO_ANSWER):
            await self.stream.send_all(data)

    async def take(self, size: int) -> bytes:
        """The next `size` bytes, or fewer if the connection ends."""
        taken = bytearray()
        with trio.fail_after(SECONDS_TO_ANSWER):
            while len(taken) < size and (data := await self.stream.receive_some(size - len(taken))):
                taken += data
        return bytes(taken)

    async def until_closed(self) -> bytes:
        """Everything that comes before the other side closes; a reset connection counts as closed."""
        taken = bytearray()
        with trio.fail_after(SECONDS_TO_ANSWER):
            try:
                while data := await self.stream.receive_some(65536):
                    taken += data
            except trio.BrokenResourceError:
                pass
        return bytes(taken)

    async def ask(self, *arguments: Argument, answer: bytes) -> bytes:
        """Run a command whose reply is known; return what came instead."""
        await self.send(encode_command(*arguments))
        return await self.take(len(answer))

    async def line(self) -> bytes:
        """The next line; what there is of it if the connection ends."""
        taken = b""
        while not taken.endswith(b"\r\n") and (byte := await self.take(1)):
            taken += byte
        return taken

    async def told(self, *arguments: Argument) -> bytes:
        """Run a command and return the first line of its reply."""
        await self.send(encode_command(*arguments))
        return await self.line()

    async def ping(self) -> None:
        """Find out that the server is there, and that this connection owes nothing."""
        assert b"+PONG\r\n" == await self.ask("PING", answer=b"+PONG\r\n")

    async def end(self) -> None:
        """Say that nothing more will be sent; replies can still be read."""
        if isinstance(self.stream, trio.StapledStream):  # a memory stream has two halves
            await self.stream.send_stream.aclose()
        else:
            await self.stream.send_eof()

    async def aclose(self) -> None:
        await self.stream.aclose()

    def reset(self) -> None:
        """Leave as a process does that crashes with data unread: the other side gets a reset."""
        linger_on_for_no_time = b"\1\0\0\0\0\0\0\0"
        self.stream.socket.setsockopt(trio.socket.SOL_SOCKET, trio.socket.SO_LINGER, linger_on_for_no_time)
        self.stream.socket.close()


@define(eq=False)
class House:
    """A running server and the way to it."""

    server: Server
    transport: str
    nursery: trio.Nursery
    """Around `serve()`."""
    peers: list[Peer] = field(factory=list, init=False)
    steps: "Steps" = field(factory=lambda: Steps(), init=False)
    parked: list[Any] = field(factory=list, init=False)
    """What clients of the planted BLOCK wait for."""
    ran: "Counter[bytes]" = field(factory=Counter, init=False)
    """How often each planted COUNT was run."""

    @property
    def engine(self) -> Engine:
        return self.server._tasks.engine

    @property
    def rounds(self) -> int:
        """How many messages the store has worked off: it gives way after each."""
        return self.steps.of("Store")

    async def connect(self) -> Peer:
        if self.transport == "memory":
            return self.connect_in_memory()
        return self.greet(await trio.open_tcp_stream("127.0.0.1", self.server.port))

    def connect_in_memory(self) -> Peer:
        return self.greet(self.server.memory_stream())

    def greet(self, stream: trio.abc.Stream) -> Peer:
        """Make a stream somebody to talk to; it is closed with the house."""
        self.peers.append(Peer(stream))
        return self.peers[-1]

    async def client(self) -> Peer:
        """A connection that is known to have arrived."""
        peer = await self.connect()
        await peer.ping()
        return peer

    def plant(self, name: str, handler: Callable[..., Any], arity: int = -1, flags: int = 0) -> None:
        """Add a command to this server."""
        declare = command(
            name,
            arity=arity,
            flags=flags,
            group="generic",
            since="1.0.0",
            complexity="O(1)",
            args="[word:string ...]",
        )
        handler.__doc__ = handler.__doc__ or "Do what a test wants."
        self.engine.commands.add(declare(handler))

    def plant_block(self) -> None:
        """Add BLOCK, which waits for ever; `parked` holds what can be answered."""

        def block(ctx, *words):
            self.parked.append(wait(ctx, None, None))
            return NO_REPLY

        self.plant("BLOCK", block)

    def plant_count(self) -> None:
        """Add COUNT word, which is noted in `ran`."""

        def count(ctx, word, *words):
            self.ran[word] += 1
            return OK

        self.plant("COUNT", count, -2)

    def set(self, *words: bytes | str) -> None:
        """Change directives, as CONFIG SET does."""
        texts = [word if isinstance(word, bytes) else word.encode() for word in words]
        self.engine.config.set(list(zip(texts[::2], texts[1::2], strict=True)), is_local=True)


def work(seconds: float) -> Callable[..., Any]:
    """Return a command that takes its time."""

    def run(ctx, *words):
        end = perf_counter() + seconds
        while perf_counter() < end:
            pass
        return OK

    return run


def leave(ctx, *words):
    """End the connection, as QUIT does."""
    ctx.engine.clients.close(ctx.client)
    return OK


def slay(ctx, *words):
    """Kill everybody else."""
    for client in ctx.engine.clients:
        if client is not ctx.client:
            ctx.engine.clients.close(client, at_once=True)
    return OK


@asynccontextmanager
async def open_house(transport: str = "selector", **options: Any) -> AsyncIterator[House]:
    """Run a server until the block ends; then cancel it."""
    port = None if transport == "memory" else 0
    kind = "selector" if transport == "memory" else transport
    async with trio.open_nursery() as nursery:
        defaults = {"port": port, "transport": kind, "bind": "127.0.0.1", **options}
        house = House(await nursery.start(partial(serve, **defaults)), transport, nursery)
        trio.lowlevel.add_instrument(house.steps)
        try:
            yield house
        finally:
            trio.lowlevel.remove_instrument(house.steps)
            for peer in house.peers:
                await trio.aclose_forcefully(peer.stream)
            nursery.cancel_scope.cancel()


@define(eq=False)
class Steps(trio.abc.Instrument):
    """Counts how often each task of this process is run."""

    by_task: "Counter[str]" = field(factory=Counter)

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self.by_task[task.name.rpartition(".")[0] + "." + task.name.rpartition(".")[2]] += 1

    def of(self, *owners: str) -> int:
        """The steps of the tasks whose names contain one of these words."""
        return sum(count for name, count in self.by_task.items() if any(owner in name for owner in owners))


SERVER_TASKS = ("Listener", "Store", "Expiry", "Sessions", "Supervisor", "StreamListener")


@contextmanager
def counted_steps(steps: Steps | None = None) -> Iterator[Steps]:
    steps = steps or Steps()
    trio.lowlevel.add_instrument(steps)
    try:
        yield steps
    finally:
        trio.lowlevel.remove_instrument(steps)


async def settled(cushion: float = 0.01) -> None:
    """Wait until nothing moves. A server that spins never gets there."""
    with trio.fail_after(SECONDS_TO_ANSWER):
        await trio.testing.wait_all_tasks_blocked(cushion)


async def eventually(condition: Callable[[], Any]) -> None:
    """Wait until something holds, letting everybody else run."""
    with trio.fail_after(SECONDS_TO_ANSWER):
        while not condition():
            await trio.lowlevel.checkpoint()


def open_files() -> dict[str, str]:
    """The descriptors of this process, and what they are; numbers in names are left out."""
    found = {}
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found[entry.name] = str(entry.readlink())
        except FileNotFoundError:  # the listing's own
            continue
    return found


def interrupt() -> None:
    """Press Ctrl-C."""
    signal.raise_signal(signal.SIGINT)
