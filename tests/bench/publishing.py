"""Publishing, to so many subscribers: messages a second, beside Redis.

redis-benchmark publishes, as in `speed`; the subscribers are `drain`, a process on the same core as it. A run is over when
they have received everything, so a server that answers the publisher and keeps the messages to itself gains nothing.
"""

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median

from attrs import frozen

from .contestants import LOAD_CORE, REDIS, TRIOREDIS, Server, pinned, running
from .report import Claim, Section, Table, median_ratio
from .speed import Errand, Workload, rate_of

CHANNEL, MESSAGE = "news", "hello"
WIRE = len(f"*3\r\n$7\r\nmessage\r\n$4\r\n{CHANNEL}\r\n$5\r\n{MESSAGE}\r\n")
"""Bytes of the message as a subscriber gets it."""


@frozen
class Publishing:
    """How many publish to how many, and the ratio to Redis that must be."""

    publishers: int
    subscribers: int
    must: float | None = None

    @property
    def name(self) -> str:
        """The row in the table."""
        return f"{self.publishers} to {self.subscribers}"

    @property
    def workload(self) -> Workload:
        """What redis-benchmark is told."""
        return Workload(self.name, self.publishers, tests=(f"PUBLISH {CHANNEL} {MESSAGE}",))


PUBLISHINGS = (Publishing(50, 1, must=0.5), Publishing(50, 100, must=0.5), Publishing(1, 1000))

Samples = dict[str, list[float]]
"""Messages published a second, by server."""


@frozen
class Audience:
    """The subscribers of one server."""

    server: Server
    process: "subprocess.Popen[str]"

    def hear_all(self, messages: int, subscribers: int) -> None:
        """Wait until all have received so many messages."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{messages * subscribers * WIRE}\n")
        self.process.stdin.flush()
        self.process.stdout.readline()


def run(rounds: int, seconds: float) -> Section:
    """Measures each of `PUBLISHINGS`, some `seconds` for each server and round."""
    rows, claims, figures = [], [], []
    for each in PUBLISHINGS:
        samples = _measure(each, rounds, seconds)
        redis, ours = samples["redis"], samples["trioredis"]
        of_redis = median_ratio(ours, redis)
        rows.append(
            (
                each.name,
                *(f"{median(rates) * each.subscribers / 1000:.1f}" for rates in (redis, ours)),
                f"{of_redis:.2f}",
            )
        )
        figures.append({"publishers": each.publishers, "subscribers": each.subscribers, "rates": samples})
        if each.must is not None:
            claims.append(Claim(f"PUBLISH, {each.name}, of Redis", of_redis, each.must))
    header = ("publishers to subscribers", "redis k messages/s", "trioredis k messages/s", "ratio")
    return Section("Publishing", Table(header, rows), claims, figures)


def _measure(publishing: Publishing, rounds: int, seconds: float) -> Samples:
    samples: Samples = defaultdict(list)
    with ExitStack() as stack:
        servers = [stack.enter_context(running(contestant)) for contestant in (REDIS, TRIOREDIS)]
        audiences = [stack.enter_context(_audience(server, publishing.subscribers)) for server in servers]
        plan = [(audience, _requests(audience, publishing, seconds)) for audience in audiences]
        for _ in range(rounds):
            for audience, requests in plan:
                samples[audience.server.name].append(_rate(audience, publishing, requests))
    return samples


def _requests(audience: Audience, publishing: Publishing, seconds: float) -> int:
    """As many messages as are published in so many seconds."""
    probe = max(200, 40_000 // publishing.subscribers)
    return max(probe, round(_rate(audience, publishing, probe) * seconds))


def _rate(audience: Audience, publishing: Publishing, requests: int) -> float:
    """Messages a second, all of them received."""
    workload = publishing.workload
    published = rate_of(Errand(workload, workload.tests[0], audience.server, requests))
    until_published = time.perf_counter()
    audience.hear_all(requests, publishing.subscribers)
    # Starting redis-benchmark took some of the time in between.
    return requests / (requests / published + time.perf_counter() - until_published)


@contextmanager
def _audience(server: Server, subscribers: int) -> Iterator[Audience]:
    command = [sys.executable, "-m", "bench.drain", str(server.port), CHANNEL, str(subscribers)]
    process = subprocess.Popen(
        pinned(LOAD_CORE, *command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise RuntimeError(f"{server.name}: {subscribers} could not subscribe")
        yield Audience(server, process)
