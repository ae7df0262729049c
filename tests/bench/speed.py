"""Requests a second, as redis-benchmark counts them.

The server has one core, redis-benchmark the other. All contestants are up at once, and every workload goes
round them before the next round begins: a machine that slows down for a minute slows down everybody. The
ratio to Redis is taken within a round, and the median of the rounds is what counts.

The keys are redis-benchmark's own single one, so the figures are those of the path from socket to socket,
which is what differs between the designs. Without `-r` its sets, hashes and sorted sets have one member, and its lists
grow without end; with it, keys or members are 100 000, and a lookup costs something too.
"""

import csv
import hashlib
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from statistics import median

from attrs import field, frozen

from .contestants import HOST, LOAD_CORE, Contestant, Server, pinned, running
from .report import Claim, Section, Table, median_ratio

SCRIPT = b"""local key, value = KEYS[1], ARGV[1]
redis.call('SET', key, value)
return value
"""
STRINGS = ("set", "get", "incr")
TYPES = (
    *("lpush", "rpush", "lpop", "rpop", "lrange_100", "lrange_600"),
    *("sadd", "spop", "hset", "zadd", "zpopmin", "XADD stream * field value"),
)
"""Tests of redis-benchmark by their names in small letters, and command lines."""

SCRIPTS = (f"EVALSHA {hashlib.sha1(SCRIPT).hexdigest()} 1 key value",)

# (must, goal) without a pipeline
FLOORS = {
    **dict.fromkeys(("LPUSH", "RPUSH", "LPOP", "RPOP", "SADD", "SPOP", "HSET"), (0.60, 0.80)),
    **dict.fromkeys(("ZADD", "ZPOPMIN", "XADD"), (0.50, 0.80)),
    "LRANGE_100": (0.50, None),
    "LRANGE_600": (0.40, None),
}
IN_A_PIPELINE = {test: (0.22, 0.40) for test in FLOORS if not test.startswith("LRANGE")}


@frozen
class Workload:
    """What redis-benchmark is told, and what trioredis promises as a ratio to Redis."""

    name: str
    clients: int
    pipeline: int = 1
    spread: int = 0
    must: float | None = None
    goal: float | None = None
    tests: tuple[str, ...] = STRINGS
    floors: Mapping[str, tuple[float, float | None]] = field(factory=dict, eq=False)
    """By test, where they are not the same for all."""
    script: bytes = b""
    """What the servers have to know before."""

    def promise(self, test: str) -> tuple[float | None, float | None]:
        """The ratio to Redis that must be, and the one that is the goal."""
        return self.floors.get(test, (self.must, self.goal))

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
TYPE_WORKLOADS = (
    Workload("types", 50, tests=TYPES, floors=FLOORS),
    Workload("types, -P 16", 50, pipeline=16, tests=TYPES, floors=IN_A_PIPELINE),
    Workload("types, -r 100000", 50, spread=100_000, tests=TYPES),
)
SCRIPT_WORKLOADS = (Workload("scripts", 50, must=0.30, goal=0.45, tests=SCRIPTS, script=SCRIPT),)

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


@frozen
class Errand:
    """One line of the plan: what is asked of whom, and how often."""

    workload: Workload
    test: str
    server: Server
    requests: int


def run(
    title: str,
    workloads: Sequence[Workload],
    contestants: Sequence[Contestant],
    rounds: int,
    seconds: float,
) -> Section:
    """Measures every workload on every contestant, some `seconds` for each test and round."""
    samples: Samples = defaultdict(list)
    with ExitStack() as stack:
        servers = [stack.enter_context(running(contestant)) for contestant in contestants]
        plan = list(_plan(workloads, servers, seconds))
        for _ in range(rounds):
            for each in plan:
                samples[Key(each.workload, short(each.test), each.server.name)].append(rate_of(each))
    names = [contestant.name for contestant in contestants]
    return Section(title, _table(samples, names), list(_claims(samples, names)), _figures(samples))


def _plan(workloads: Sequence[Workload], servers: Sequence[Server], seconds: float) -> Iterable[Errand]:
    """Every test of every workload, with as many requests as each server answers in so many seconds."""
    for workload in workloads:
        for server in servers if workload.script else ():
            _load(server, workload.script)
        for test in workload.tests:
            for server in servers:
                rate = rate_of(Errand(workload, test, server, workload.probe))
                requests = min(MOST_REQUESTS, max(workload.probe, round(rate * seconds)))
                yield Errand(workload, test, server, requests)


def _load(server: Server, script: bytes) -> None:
    with server.connect() as wire:
        reply = wire.command("SCRIPT", "LOAD", script)
    if reply.startswith(b"-"):
        raise RuntimeError(f"{server.name} takes no scripts: {reply!r}")


def short(test: str) -> str:
    """The name of a test in tables: that of its command."""
    return test.split()[0].upper()


def rate_of(errand: Errand) -> float:
    """Requests a second, from redis-benchmark's CSV; the last line, for others are preparations."""
    server, workload, test = errand.server, errand.workload, errand.test
    command = ["redis-benchmark", "-h", HOST, "-p", str(server.port), "-q", "--csv"]
    what = test.split() if " " in test else ["-t", test]
    result = subprocess.run(
        pinned(LOAD_CORE, *command, *workload.flags(errand.requests), *what),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS_TO_DESPAIR,
    )
    if result.returncode:
        raise RuntimeError(f"{server.name}, {workload.name}, {test}: {result.stderr}{result.stdout}")
    *_, row = csv.DictReader(result.stdout.splitlines())
    return float(row["rps"])


def ratio(samples: Samples, workload: Workload, test: str, contestant: str, reference: str) -> float:
    """The median over the rounds of one contestant's rate by another's."""
    ours, theirs = (samples[Key(workload, test, name)] for name in (contestant, reference))
    return median_ratio(ours, theirs)


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
        must, goal = workload.promise(test)
        if must is not None and "trioredis" in names:
            measured = ratio(samples, workload, test, "trioredis", "redis")
            yield Claim(f"{workload.name}: {test}, of Redis", measured, must, goal)
        for contestant, reference, must in OTHER_CLAIMS if workload is FIFTY else ():
            if contestant in names and reference in names:
                measured = ratio(samples, workload, test, contestant, reference)
                yield Claim(f"{workload.name}: {test}, {contestant} of {reference}", measured, must)


def _figures(samples: Samples) -> list[dict[str, object]]:
    return [
        {"workload": key.workload.name, "test": key.test, "contestant": key.contestant, "rates": rates}
        for key, rates in samples.items()
    ]
