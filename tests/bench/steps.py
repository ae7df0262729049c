"""How long the server holds the loop at a time: the longest steps of its tasks, seen by a Trio instrument.

A program that embeds the server shares one thread with it, so a step is what everybody else in that program
waits for. The load is the worst that well-behaved clients can do: 50 of them, a thousand GETs in each write.

Each row is a process of its own, `python -m bench.steps`, which runs the server and the instrument in itself
and redis-benchmark on the other core; either with the collector as `trioredis serve` sets it, or untouched,
as in an embedding program; empty, or with a million keys for the collector to walk over.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from array import array
from functools import partial

import trio
from attrs import define, field

import trioredis

from .contestants import HOST, LOAD_CORE, SERVER_CORE, Server, pinned
from .memory import load
from .report import Claim, Section, Table
from .speed import SECONDS_TO_DESPAIR

REQUESTS = 2_000_000
WARM_UP_NS = 1_000_000_000
LOAD = ("redis-benchmark", "-h", HOST, "-c", "50", "-P", "1000", "-t", "get", "-q")

# (what, arguments of this program)
RUNS = (
    ("serve", ()),
    ("embedded", ("--embedded",)),
    ("serve, 1 M keys", ("--keys", "1000000")),
    ("embedded, 1 M keys", ("--embedded", "--keys", "1000000")),
)


def run() -> Section:
    """Measures each of `RUNS`; the claims are about the first."""
    found = {what: _measure_in_a_process(arguments) for what, arguments in RUNS}
    header = ("-c 50 -P 1000 -t get", "steps", "median ms", "99.9 % ms", "max ms")
    rows = [
        (what, str(f["steps"]), f"{f['median']:.2f}", f"{f['p999']:.2f}", f"{f['max']:.2f}")
        for what, f in found.items()
    ]
    claims = [
        Claim("step, 99.9 %, ms", found["serve"]["p999"], 3.0, at_most=True),
        Claim("step, longest, ms", found["serve"]["max"], 5.0, at_most=True),
    ]
    return Section("Steps", Table(header, rows), claims, found)


def _measure_in_a_process(arguments: tuple[str, ...]) -> dict[str, float]:
    command = pinned(SERVER_CORE, sys.executable, "-m", "bench.steps", *arguments)
    result = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    figures: dict[str, float] = json.loads(result.stdout)
    return figures


@define(eq=False)
class StepLengths(trio.abc.Instrument):
    """The length of every task step that begins at `begin` or later, in nanoseconds of processor time.

    Processor time, because what another program takes from the core is no fault of the step's. The server waits
    for nothing within a step, so on a core of its own the two times are the same.
    """

    begin: int
    lengths: "array[int]" = field(factory=partial(array, "q"))
    """An array, because a list of tuples would give the collector something to do."""

    _started: int = field(factory=time.thread_time_ns, init=False)

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self._started = time.thread_time_ns()

    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        if time.perf_counter_ns() >= self.begin:
            self.lengths.append(time.thread_time_ns() - self._started)

    def figures(self) -> dict[str, float]:
        """How many steps, and their median, 99.9th percentile and maximum in milliseconds."""
        ordered = sorted(self.lengths)
        at = {"median": len(ordered) // 2, "p999": len(ordered) * 999 // 1000, "max": len(ordered) - 1}
        return {"steps": len(ordered)} | {name: ordered[index] / 1e6 for name, index in at.items()}


async def measure(keys: int) -> dict[str, float]:
    """Runs server, instrument and load until the load is done."""
    async with trio.open_nursery() as nursery:
        server = await nursery.start(partial(trioredis.serve, port=0))
        if keys:
            await trio.to_thread.run_sync(load, Server("steps", server.port, os.getpid()), keys)
        steps = StepLengths(time.perf_counter_ns() + WARM_UP_NS)
        trio.lowlevel.add_instrument(steps)
        command = pinned(LOAD_CORE, *LOAD, "-p", str(server.port), "-n", str(REQUESTS))
        with trio.fail_after(SECONDS_TO_DESPAIR):
            await trio.run_process(command, capture_stdout=True)
        trio.lowlevel.remove_instrument(steps)
        nursery.cancel_scope.cancel()
    return steps.figures()


def main() -> None:
    """Prints the figures of one run as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.steps", description=main.__doc__)
    parser.add_argument("--embedded", action="store_true", help="leave the collector alone")
    parser.add_argument("--keys", type=int, default=0, help="so many keys in the server")
    options = parser.parse_args()
    if not options.embedded:
        # Here, so that an embedded run has nothing of the command line in its memory.
        from trioredis.cli import calm_collector

        calm_collector()
    print(json.dumps(trio.run(measure, options.keys)))


if __name__ == "__main__":
    main()
