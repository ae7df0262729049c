"""The same file and the same arguments, given to `trioredis serve` and to a real redis-server, mean the same."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from oracle import Value, Wire, may_skip_without
from program import TRIOREDIS, run, running

pytestmark = pytest.mark.skipif(may_skip_without(), reason="redis-server is not installed")

SHOWN = (
    "maxclients",
    "timeout",
    "requirepass",
    "client-output-buffer-limit",
    "bind",
    "loglevel",
    "tcp-keepalive",
    "hz",
)

EVERYWHERE = (
    *("--port", "0", "--unixsocket", "redis.sock"),
    *("--client-output-buffer-limit", "normal 3mb 2mb 1"),  # whose default is another one here, on purpose
)
PASSWORDS = ('with "quotes" and spaces', "--maxclients")
"""One of which may be needed to ask."""

FILES = {
    "redis.conf": (
        "# A comment\n"
        "maxclients 50\n"
        "TIMEOUT 7\n"
        'requirepass "with \\"quotes\\" and spaces"\n'
        "include more-*.conf\n"
        "client-output-buffer-limit normal 3mb 2mb 1\n"
        "client-output-buffer-limit pubsub 9mb 8mb 7\n"
    ),
    "more-1.conf": "maxclients 51\nhz 20\n",
    "more-2.conf": "hz 30\n",
}

ARGUMENTS: list[tuple[list[str], str]] = [
    ([], ""),
    (["redis.conf"], ""),
    (["redis.conf", "--maxclients", "52"], ""),
    (["--maxclients", "52", "--maxclients", "53"], ""),
    (["--MaxClients", "52"], ""),
    (["--maxclients 52"], ""),
    (["--bind", "127.0.0.1", "-::1"], ""),
    (["--bind", "127.0.0.1 -::1"], ""),
    (["--save", "--maxclients", "52"], ""),
    (["--save", "", "--maxclients", "52"], ""),
    (["--requirepass", "--maxclients", "--maxclients", "52"], ""),
    (
        [
            "--client-output-buffer-limit",
            "normal",
            "3mb",
            "2mb",
            "1",
            "--client-output-buffer-limit",
            "pubsub 9 8 7",
        ],
        "",
    ),
    (["-"], "maxclients 54\ntimeout 3\n"),
    (["redis.conf", "-"], "maxclients 54\n"),
    (["redis.conf", "--loglevel", "verbose", "-"], "loglevel notice\nmaxclients 54\n"),
    (["redis.conf", "--maxclients", "52", "-"], "maxclients 54\n"),
]


def shown(command: Sequence[str], arguments: Sequence[str], text: str, directory: Path) -> dict[str, Value]:
    """What CONFIG GET shows after a server was started like this."""
    rest = ["-"] if arguments[-1:] == ["-"] else []
    words = [*arguments[: len(arguments) - len(rest)], *EVERYWHERE, *rest]
    (directory / "input").write_text(text)
    with (
        (directory / "input").open() as stdin,
        running(*command, *words, stdin=stdin, cwd=directory),
        Wire.connect_unix(str(directory / "redis.sock")) as wire,
    ):
        for password in PASSWORDS:
            wire.command("AUTH", password)
        names = SHOWN if "--bind" in arguments else set(SHOWN) - {"bind"}  # whose default is our own, too
        return {name: wire.ask("CONFIG", "GET", name) for name in names}


@pytest.mark.parametrize(("arguments", "text"), ARGUMENTS)
def test_arguments_mean_the_same(arguments: list[str], text: str, tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    expected = shown(["redis-server"], arguments, text, tmp_path)
    assert expected == shown([*TRIOREDIS, "serve"], arguments, text, tmp_path)


REFUSED = [
    ["--nonsense", "1"],
    ["--maxclients", "many"],
    ["--maxclients"],
    ["--maxclients", "1", "2"],
    ["--maxclients", "0"],
    ["--port", "65536"],
    ["--loglevel", "loud"],
    ["--protected-mode", "maybe"],
    ["--requirepass"],
    ["missing.conf"],
    ["broken.conf"],
    ["--dir", "/nonexistent"],
    ["--port", "0"],
    ["--bind", "192.0.2.1", "--port", "0", "--unixsocket", "/nonexistent/redis.sock"],
]


@pytest.mark.parametrize("arguments", REFUSED)
def test_what_redis_refuses_is_refused_with_status_1(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "broken.conf").write_text('requirepass "open\n')
    theirs = run("redis-server", *arguments, cwd=tmp_path)
    ours = run(*TRIOREDIS, "serve", *arguments, cwd=tmp_path)
    assert (1, 1, "") == (theirs.returncode, ours.returncode, ours.stdout)
    assert ours.stderr.startswith("trioredis: ")
    assert 1 == len(ours.stderr.splitlines())
