"""What a hundred thousand small collections cost: how much the resident memory grows by them, beside Redis."""

from collections.abc import Callable, Iterator

from oracle import Argument, encode_command

from .contestants import REDIS, TRIOREDIS, Contestant, running
from .memory import pipe
from .report import Claim, Section, Table

COLLECTIONS = 100_000
MEMBERS = 5
MUST, GOAL = 3.5, 1.5


def _pairs(number: int) -> list[Argument]:
    return [word for each in range(MEMBERS) for word in (f"field{each}", f"value{number + each:07}")]


def _members(number: int) -> list[Argument]:
    return [f"member{number + each:07}" for each in range(MEMBERS)]


def _scored(number: int) -> list[Argument]:
    return [word for each in range(MEMBERS) for word in (number + each, f"member{number + each:07}")]


# (what, the command, its arguments behind the key)
KINDS: tuple[tuple[str, str, Callable[[int], list[Argument]]], ...] = (
    ("hashes", "HSET", _pairs),
    ("lists", "RPUSH", _members),
    ("sets", "SADD", _members),
    ("sets of integers", "SADD", lambda number: [number + each for each in range(MEMBERS)]),
    ("sorted sets", "ZADD", _scored),
)


def run() -> Section:
    """Fills both servers with small collections of each type."""
    rows, claims, figures = [], [], {}
    for what, command, arguments in KINDS:
        redis, trioredis = (_growth(contestant, command, arguments) for contestant in (REDIS, TRIOREDIS))
        ratio = trioredis / redis
        rows.append((what, f"{redis / 1e6:.0f}", f"{trioredis / 1e6:.0f}", f"{ratio:.2f}"))
        claims.append(Claim(f"memory, small {what}", ratio, MUST, GOAL, at_most=True))
        figures[what] = {"redis": redis, "trioredis": trioredis}
    header = (f"{COLLECTIONS // 1000} k of {MEMBERS}", "redis MB", "trioredis MB", "ratio")
    return Section("Small collections", Table(header, rows), claims, figures)


def _growth(contestant: Contestant, command: str, arguments: Callable[[int], list[Argument]]) -> int:
    with running(contestant) as server:
        before = server.rss()
        pipe(server, _commands(command, arguments))
        with server.connect() as wire:
            found = wire.ask("DBSIZE")
        if found != COLLECTIONS:
            raise RuntimeError(f"{server.name} has {found!r} keys of {COLLECTIONS}")
        return server.rss() - before


def _commands(command: str, arguments: Callable[[int], list[Argument]]) -> Iterator[bytes]:
    for number in range(COLLECTIONS):
        yield encode_command(command, f"key:{number:08}", *arguments(number))
