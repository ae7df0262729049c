"""What a million small keys cost: resident memory, nothing subtracted, beside Redis."""

import subprocess
from collections.abc import Iterable, Iterator

from oracle import encode_command

from .contestants import HOST, LOAD_CORE, REDIS, TRIOREDIS, Contestant, Server, pinned, running
from .report import Claim, Section, Table

KEYS = 1_000_000
KEYS_A_WRITE = 1_000

# (what, arguments after SET key value, what the ratio to Redis must not exceed)
LOADS = (
    ("no key expires", (), 2.0),
    ("every key expires", ("EX", "100000"), 3.0),
)


def run() -> Section:
    """Loads both servers with `KEYS` keys of 16 bytes with values of 16 bytes, without and with a TTL."""
    rows, claims, figures = [], [], {}
    for what, options, must in LOADS:
        redis, trioredis = (_loaded(contestant, options) for contestant in (REDIS, TRIOREDIS))
        rows.append((what, f"{redis / 1e6:.0f}", f"{trioredis / 1e6:.0f}", f"{trioredis / redis:.2f}"))
        claims.append(Claim(f"memory, {what}", trioredis / redis, must, at_most=True))
        figures[what] = {"redis": redis, "trioredis": trioredis}
    return Section("Memory", Table(("1 M keys", "redis MB", "trioredis MB", "ratio"), rows), claims, figures)


def _loaded(contestant: Contestant, options: tuple[str, ...]) -> int:
    with running(contestant) as server:
        load(server, KEYS, options)
        return server.rss()


def load(server: Server, keys: int, options: tuple[str, ...] = ()) -> None:
    """Sets so many keys, and checks that they are there."""
    pipe(server, _commands(keys, options))
    with server.connect() as wire:
        found = wire.ask("DBSIZE")
    if found != keys:
        raise RuntimeError(f"{server.name} has {found!r} keys of {keys}")


def pipe(server: Server, commands: Iterable[bytes]) -> None:
    """Sends encoded commands through `redis-cli --pipe`."""
    command = pinned(LOAD_CORE, "redis-cli", "-h", HOST, "-p", str(server.port), "--pipe")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        process.stdin.writelines(commands)
        process.stdin.close()


def _commands(keys: int, options: tuple[str, ...]) -> Iterator[bytes]:
    for start in range(0, keys, KEYS_A_WRITE):
        numbers = range(start, min(start + KEYS_A_WRITE, keys))
        yield b"".join(encode_command("SET", f"key:{n:012}", f"value{n:011}", *options) for n in numbers)
