"""Transactions by 50 clients: ten SETs between MULTI and EXEC, sent at once; and increments that WATCH the old number.

The increments are the check that matters: each client reads a number, and writes it back plus one if nobody else has
meanwhile. Ten numbers for fifty clients, so that most of them try again and again; in the end the numbers have to add up.
"""

from collections import defaultdict
from functools import partial
from statistics import median

from oracle import encode_command

from .contestants import REDIS, TRIOREDIS, Server, running
from .load import Conversation, Speaker, repeated, spoken
from .report import Claim, Section, Table, median_ratio

CLIENTS = 50
ROUNDS = 3
SETS = 10
TRANSACTIONS = 4_000
"""Of each client, in a round."""
INCREMENTS = 2_000
"""Of each client."""
COUNTERS = 10

_REQUEST = b"".join(
    [
        encode_command("MULTI"),
        *(encode_command("SET", f"key:{number}", "value") for number in range(SETS)),
        encode_command("EXEC"),
    ]
)
_REPLY = b"+OK\r\n" + b"+QUEUED\r\n" * SETS + b"*%d\r\n" % SETS + b"+OK\r\n" * SETS
_ABORTED = b"+OK\r\n+QUEUED\r\n" + b"*-1\r\n"
_DONE = b"+OK\r\n+QUEUED\r\n" + b"*1\r\n+OK\r\n"

BATCHES: Speaker = partial(repeated, _REQUEST, _REPLY, TRANSACTIONS)


def run() -> Section:
    """Measures both, beside Redis."""
    batches, increments = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    busiest, lost = 0.0, 0
    with running(REDIS) as redis, running(TRIOREDIS) as ours:
        for _ in range(ROUNDS):
            for server in (redis, ours):
                load = spoken(server, BATCHES, CLIENTS)
                batches[server.name].append(CLIENTS * TRANSACTIONS / load.seconds)
                busiest = max(busiest, load.busy)
        for server in (redis, ours):
            load = spoken(server, incremented, CLIENTS)
            increments[server.name].append(CLIENTS * INCREMENTS / load.seconds)
            lost += CLIENTS * INCREMENTS - _counted(server)
    titles = {"MULTI, 10 SET, EXEC": batches, "increments with WATCH": increments}
    rows = [_row(title, rates) for title, rates in titles.items()]
    claims = [
        Claim("MULTI, 10 SET, EXEC: of Redis", _ratio(batches), 0.22, 0.40),
        Claim("lost of 100 000 increments with WATCH", lost, 0, at_most=True),
        Claim("busiest core of the load", busiest, 0.95, at_most=True),
    ]
    table = Table(("50 clients, transactions", "redis k/s", "trioredis k/s", "ratio"), rows)
    return Section("Transactions", table, claims, titles)


def incremented(number: int) -> Conversation:
    """Add one to one of the numbers, so many times."""
    key, done = f"counter:{number % COUNTERS}", 0
    look = encode_command("WATCH", key) + encode_command("GET", key)
    while done < INCREMENTS:
        _, *_, value = (yield look, _is_value).split(b"\r\n")[:-1]
        change = encode_command("SET", key, int(value) + 1 if value != b"$-1" else 1)
        answer = yield encode_command("MULTI") + change + encode_command("EXEC"), _is_outcome
        done += answer == _DONE


def _is_value(data: bytes) -> bool:
    return data.endswith(b"\r\n") and data.count(b"\r\n") >= (2 if b"$-1" in data else 3)


def _is_outcome(data: bytes) -> bool:
    if len(data) >= len(_DONE) and data not in (_ABORTED, _DONE):
        raise RuntimeError(f"{data!r} was answered")
    return data in (_ABORTED, _DONE)


def _counted(server: Server) -> int:
    with server.connect() as wire:
        values = wire.ask("MGET", *(f"counter:{number}" for number in range(COUNTERS)))
    assert isinstance(values, list)
    return sum(map(int, values))


def _row(title: str, rates: dict[str, list[float]]) -> list[str]:
    redis, ours = (f"{median(rates[name]) / 1000:.1f}" for name in ("redis", "trioredis"))
    return [title, redis, ours, f"{_ratio(rates):.2f}"]


def _ratio(rates: dict[str, list[float]]) -> float:
    return median_ratio(rates["trioredis"], rates["redis"])
