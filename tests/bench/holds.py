"""How long one command over a million elements holds the loop.

Commands are never interrupted, so the rest of a program waits for the longest step of the server's tasks. Each
command is sent to a server in this process, whose steps an instrument measures; beside it stands how long it takes until
the reply of Redis is read. DEL, UNLINK and FLUSHALL only begin their work: the rest is done in slices, which count as well.

`python -m bench.holds` is the process that is measured.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter

import trio
import trio.testing
from attrs import frozen

import trioredis
from oracle import Argument, encode_command

from .contestants import REDIS, SERVER_CORE, Server, pinned, running
from .memory import pipe
from .report import Claim, Section, Table
from .speed import SECONDS_TO_DESPAIR
from .steps import StepLengths

ELEMENTS = 1_000_000
ELEMENTS_A_WRITE = 1_000
SLICE_MS = 10.0


@frozen
class Hold:
    """A command over a million elements of something."""

    of: str
    """One of `FILLS`."""
    command: str
    in_slices: bool = False
    """It must leave its work to slices."""


FILLS: dict[str, tuple[str, Callable[[int], list[Argument]]]] = {
    "keys": ("MSET", lambda number: [f"key:{number}", number]),
    "a set": ("SADD k", lambda number: [f"member:{number}"]),
    "a list": ("RPUSH k", lambda number: [number * 7 % ELEMENTS]),
    "a hash": ("HSET k", lambda number: [f"field:{number}", number]),
    "a sorted set": ("ZADD k", lambda number: [number * 7 % ELEMENTS, f"member:{number}"]),
}

HOLDS = (
    Hold("keys", "KEYS *"),
    Hold("keys", "FLUSHALL", in_slices=True),
    Hold("a set", "SMEMBERS k"),
    Hold("a set", "SUNIONSTORE new k none"),
    Hold("a set", "DEL k", in_slices=True),
    Hold("a list", "SORT k"),
    Hold("a list", "LRANGE k 0 -1"),
    Hold("a list", "DEL k", in_slices=True),
    Hold("a hash", "HGETALL k"),
    Hold("a hash", "UNLINK k", in_slices=True),
    Hold("a sorted set", "ZRANGE k 0 -1"),
    Hold("a sorted set", "UNLINK k", in_slices=True),
)


def run() -> Section:
    """Measures each of `HOLDS` here and on Redis."""
    rows, claims, figures = [], [], {}
    for number, hold in enumerate(HOLDS):
        what = f"{hold.command}, {hold.of}"
        redis, ours = _redis(hold), _measure_in_a_process(number)
        rows.append((what, f"{redis:.0f}", f"{ours:.1f}"))
        figures[what] = {"redis": redis, "trioredis": ours}
        if hold.in_slices:
            claims.append(Claim(f"hold, {what}, ms", ours, SLICE_MS, at_most=True))
    header = ("1 M elements", "redis, read in ms", "longest step ms")
    return Section("Holds", Table(header, rows), claims, figures)


def _commands(of: str) -> Iterator[bytes]:
    command, words = FILLS[of]
    for start in range(0, ELEMENTS, ELEMENTS_A_WRITE):
        numbers = range(start, start + ELEMENTS_A_WRITE)
        yield encode_command(*command.split(), *(word for number in numbers for word in words(number)))


def _redis(hold: Hold) -> float:
    with running(REDIS) as server:
        pipe(server, _commands(hold.of))
        return _answer(server, hold.command)


def _answer(server: Server, command: str) -> float:
    """Milliseconds until the reply is there."""
    with server.connect() as wire:
        began = perf_counter()
        wire.send(encode_command(*command.split()))
        wire.read_raw()
        return (perf_counter() - began) * 1e3


def _measure_in_a_process(number: int) -> float:
    command = pinned(SERVER_CORE, sys.executable, "-m", "bench.holds", str(number))
    return float(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))


async def measure(number: int) -> float:
    """The longest step of the server's tasks for one of `HOLDS`, in milliseconds."""
    hold = HOLDS[number]
    async with trio.open_nursery() as nursery:
        server = await nursery.start(partial(trioredis.serve, port=0))
        contestant = Server("holds", server.port, 0)
        await trio.to_thread.run_sync(pipe, contestant, _commands(hold.of))
        steps = StepLengths(0)
        trio.lowlevel.add_instrument(steps)
        with trio.fail_after(SECONDS_TO_DESPAIR):
            await trio.to_thread.run_sync(_answer, contestant, hold.command)
            await trio.testing.wait_all_tasks_blocked(0.5)
        trio.lowlevel.remove_instrument(steps)
        nursery.cancel_scope.cancel()
    return steps.figures()["max"]


if __name__ == "__main__":
    from trioredis.cli import calm_collector

    calm_collector()
    print(json.dumps(trio.run(measure, int(sys.argv[1]))))
