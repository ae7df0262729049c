"""Requests a second, as redis-benchmark counts them.

The server has one core, redis-benchmark the other. All contestants are up at once, and every workload goes
round them before the next round begins: a machine that slows down for a minute slows down everybody. The
ratio to Redis is taken within a round, and the median of the rounds is what counts.

The keys are redis-benchmark's own single one, so the figures are those of the path from socket to socket,
which is what differs between the designs. One workload spreads over 100 000 keys (`-r`): there a lookup
costs something too.
"""

import csv
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from statistics import median

from attrs import frozen

from .contestants import HOST, LOAD_CORE, Contestant, Server, pinned, running
from .report import Claim, Section, Table


@frozen
class Workload:
    """What redis-benchmark is told, and what trioredis promises as a ratio to Redis."""

    name: str
    clients: int
    pipeline: int = 1
    spread: int = 0
    must: float | None = None
    goal: float | None = None

    def flags(self, requests: int) -> list[str]:
        flags = ["-c", str(self.clients), "-P", str(self.pipeline), "-n", str(requests)]
        return [*flags, "-r", str(self.spread)] if self.spread else flags

    @property
    def probe(self) -> int:
        """Requests enough to warm a server up and to see how fast it is."""
        return max(2_000, 20 * self.clients * self.pipeline)


FIFTY = Workload("50 clients", 50, must=0.70, goal=0.90)
WORKLOADS = (
    FIFTY,
    Workload("500 clients", 500, must=0.75, goal=1.0),
    Workload("1 client", 1, must=0.45, goal=0.60),
    Workload("50 clients, -P 16", 50, pipeline=16, must=0.30, goal=0.50),
    Workload("50 clients, -r 100000", 50, spread=100_000),
)

# (contestant, reference, must) at 50 clients
OTHER_CLAIMS = (("trioredis", "fakeredis", 6.0), ("stream", "redis", 0.10))

MOST_REQUESTS = 2_000_000
# redis-benchmark never ends when its server has died.
SECONDS_TO_DESPAIR = 120


@frozen
class Key:
    """Which figure."""

    workload: Workload
    test: str
    contestant: str


Samples = dict[Key, list[float]]


def run(
    workloads: Sequence[Workload], contestants: Sequence[Contestant], tests: str, rounds: int, seconds: float
) -> Section:
    """Measures every workload on every contestant, some `seconds` for each test and round."""
    samples: Samples = defaultdict(list)
    with ExitStack() as stack:
        servers = [stack.enter_context(running(contestant)) for contestant in contestants]
        pairs = [(workload, server) for workload in workloads for server in servers]
        plan = [(w, s, _requests(w, s, tests, seconds)) for w, s in pairs]
        for _ in range(rounds):
            for workload, server, requests in plan:
                for test, rate in _rates(workload, server, tests, requests).items():
                    samples[Key(workload, test, server.name)].append(rate)
    names = [contestant.name for contestant in contestants]
    return Section("Speed", _table(samples, names), list(_claims(samples, names)), _figures(samples))


def _requests(workload: Workload, server: Server, tests: str, seconds: float) -> int:
    slowest = min(_rates(workload, server, tests, workload.probe).values())
    return min(MOST_REQUESTS, max(workload.probe, round(slowest * seconds)))


def _rates(workload: Workload, server: Server, tests: str, requests: int) -> dict[str, float]:
    """Requests a second by test, from redis-benchmark's CSV."""
    command = ["redis-benchmark", "-h", HOST, "-p", str(server.port), "-q", "--csv", "-t", tests]
    result = subprocess.run(
        pinned(LOAD_CORE, *command, *workload.flags(requests)),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS_TO_DESPAIR,
    )
    if result.returncode:
        raise RuntimeError(f"{server.name}, {workload.name}: {result.stderr}{result.stdout}")
    return {row["test"]: float(row["rps"]) for row in csv.DictReader(result.stdout.splitlines())}


def ratio(samples: Samples, workload: Workload, test: str, contestant: str, reference: str) -> float:
    """The median over the rounds of one contestant's rate by another's."""
    ours, theirs = (samples[Key(workload, test, name)] for name in (contestant, reference))
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def _table(samples: Samples, names: Sequence[str]) -> Table:
    others = [name for name in names if name != "redis"]
    header = ["workload", "test", "redis k/s"]
    for name in others:
        header += [f"{name} k/s", "ratio"]
    rows = []
    for workload, test in _tests(samples):
        row = [workload.name, test, _thousands(samples[Key(workload, test, "redis")])]
        for name in others:
            rate = _thousands(samples[Key(workload, test, name)])
            row += [rate, f"{ratio(samples, workload, test, name, 'redis'):.2f}"]
        rows.append(row)
    return Table(header, rows)


def _thousands(rates: Sequence[float]) -> str:
    return f"{median(rates) / 1000:.1f}"


def _tests(samples: Samples) -> Iterable[tuple[Workload, str]]:
    return dict.fromkeys((key.workload, key.test) for key in samples)


def _claims(samples: Samples, names: Sequence[str]) -> Iterable[Claim]:
    for workload, test in _tests(samples):
        if workload.must is not None and "trioredis" in names:
            measured = ratio(samples, workload, test, "trioredis", "redis")
            yield Claim(f"{workload.name}: {test}, of Redis", measured, workload.must, workload.goal)
        for contestant, reference, must in OTHER_CLAIMS if workload is FIFTY else ():
            if contestant in names and reference in names:
                measured = ratio(samples, workload, test, contestant, reference)
                yield Claim(f"{workload.name}: {test}, {contestant} of {reference}", measured, must)


def _figures(samples: Samples) -> list[dict[str, object]]:
    return [
        {"workload": key.workload.name, "test": key.test, "contestant": key.contestant, "rates": rates}
        for key, rates in samples.items()
    ]
