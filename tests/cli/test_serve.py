"""`trioredis serve` as a process: what it says, what it obeys, how it ends."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from oracle import Wire, free_port, may_skip_without
from program import READY, TRIOREDIS, Program, run, run_trioredis, running, serving

ANY_PORT = ("--bind", "127.0.0.1", "--port")
LINE = re.compile(r"(\d+):M \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} ([.*#-]) (.+)")


def a_port() -> str:
    return str(free_port())


@pytest.fixture
def program() -> Iterator[Program]:
    """A server on a port of its own."""
    with serving(*ANY_PORT, a_port()) as program:
        yield program


def connect(program: Program) -> Wire:
    return Wire.connect("127.0.0.1", program.port())


# What it says.


def test_it_tells_what_a_person_wants_to_know_in_redis_s_form(program: Program) -> None:
    found = [LINE.fullmatch(line) for line in program.log]
    assert {(str(program.pid), "*")} == {(match[1], match[2]) for match in found}
    python = re.escape(sys.version.split()[0])
    expected = [
        rf"trioredis [\d.]+ on \w+ {python}, process {program.pid}",
        r"Configuration: the defaults and the command line",
        r"Listening on 127\.0\.0\.1:\d+",
        r"The data lives in memory only: it ends with this process\.",
        r"Server initialized",
        r"Ready to accept connections tcp",
    ]
    assert len(expected) == len(found)
    for pattern, match in zip(expected, found, strict=True):
        assert re.fullmatch(pattern, match[3])


def test_a_unix_socket_is_ready_too(tmp_path: Path) -> None:
    path = tmp_path / "redis.sock"
    with serving("--port", "0", "--unixsocket", path, "--unixsocketperm", "700") as program:
        assert program.log[-1].endswith("Ready to accept connections unix")
        assert 0o700 == path.stat().st_mode & 0o777
        with Wire.connect_unix(str(path)) as wire:
            assert b"+PONG\r\n" == wire.command("PING")
        program.signal(signal.SIGTERM)
        assert 0 == program.end()
    assert not path.exists()


def test_it_writes_to_the_log_file_instead_if_there_is_one(tmp_path: Path) -> None:
    log, pid = tmp_path / "redis.log", tmp_path / "redis.pid"
    command = [
        *TRIOREDIS,
        "serve",
        "--port",
        "0",
        "--unixsocket",
        "redis.sock",
        "--logfile",
        log,
        "--pidfile",
        pid,
    ]
    end = run("bash", "-c", _SERVE_UNTIL_READY, "bash", *command, cwd=tmp_path)
    assert ("", "", 0) == (end.stdout, end.stderr, end.returncode)
    assert (
        LINE.fullmatch(log.read_text().splitlines()[-1])[3]
        == "The server has ended, and its data with it. Bye."
    )


# Waits for the server by opening its pid file, a named pipe: that takes until it is written, after which the log is.
_SERVE_UNTIL_READY = """
mkfifo redis.pid
"$@" &
read -r pid < redis.pid
kill -TERM $pid
wait
"""


def test_the_log_is_as_detailed_as_asked_for_at_any_time() -> None:
    with serving(*ANY_PORT, a_port(), "--timeout", "1") as program, connect(program) as wire:
        wire.command("CONFIG", "SET", "loglevel", "verbose")
        assert LINE.fullmatch(program.read_until("idle for 1 seconds"))[2] == "-"
    with serving(*ANY_PORT, a_port()) as program, connect(program) as wire:
        wire.command("CONFIG", "SET", "loglevel", "nothing")
        wire.send(b"SHUTDOWN\r\n")
        assert (0, READY in program.log[-1]) == (program.end(), True)


def test_every_level_has_its_sign(tmp_path: Path) -> None:
    code = (
        "import logging; from trioredis.cli.logs import *; start_logging(None); set_loglevel(b'debug')\n"
        "for level in (10, 20, NOTICE, 30, 40): logging.getLogger('trioredis').log(level, 'level %d', level)\n"
        "set_loglevel(b'warning'); logging.getLogger('trioredis').log(NOTICE, 'unheard')"
    )
    found = [
        LINE.fullmatch(line) for line in run(sys.executable, "-c", code, cwd=tmp_path).stdout.splitlines()
    ]
    signs = [(match[2], match[3]) for match in found]
    assert [
        (".", "level 10"),
        ("-", "level 20"),
        ("*", "level 25"),
        ("#", "level 30"),
        ("#", "level 40"),
    ] == signs


# What it obeys.


def test_short_options_stand_for_directives() -> None:
    port = a_port()
    with serving("-p", "1", "-H", "127.0.0.1", "-p", port) as program:
        assert int(port) == program.port()
    with serving("--host", "127.0.0.1", "::1", "-p", port) as program:
        assert f"Listening on 127.0.0.1:{port}, [::1]:{port}" in "\n".join(program.log)


def test_a_short_option_may_be_a_value() -> None:
    with serving("--requirepass", "-p", *ANY_PORT, a_port()) as program, connect(program) as wire:
        assert b"+OK\r\n" == wire.command("AUTH", "-p")


@pytest.mark.parametrize("transport", ["selector", "stream"])
def test_the_transport_is_an_option_among_the_directives(transport: str) -> None:
    with (
        serving("--transport", transport, *ANY_PORT, a_port(), "--hz", "20") as program,
        connect(program) as wire,
    ):
        assert b"*2\r\n$2\r\nhz\r\n$2\r\n20\r\n" == wire.command("CONFIG", "GET", "hz")


def test_it_lives_in_the_directory_that_it_is_told_to(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "redis.conf").write_text("dir home\nenable-protected-configs yes\n")
    options = (tmp_path / "redis.conf", "--pidfile", "redis.pid", *ANY_PORT, a_port())
    with serving(*options, cwd=tmp_path) as program, connect(program) as wire:
        assert f"{program.pid}\n" == (tmp_path / "home" / "redis.pid").read_text()
        assert [b"dir", os.fsencode(tmp_path / "home")] == wire.ask("CONFIG", "GET", "dir")
        assert f"Configuration: {tmp_path / 'redis.conf'}" in "\n".join(program.log)
        assert b"OK" == wire.ask("CONFIG", "SET", "dir", "..")
        assert [b"dir", os.fsencode(tmp_path)] == wire.ask("CONFIG", "GET", "dir")
        assert tmp_path == Path(f"/proc/{program.pid}/cwd").readlink()
        program.signal(signal.SIGTERM)
        assert 0 == program.end()
    assert not (tmp_path / "home" / "redis.pid").exists()


def test_config_rewrite_writes_the_file_it_was_started_with(tmp_path: Path) -> None:
    (tmp_path / "redis.conf").write_text("# mine\nmaxclients 50\n")
    options = ("redis.conf", "--dir", "/", *ANY_PORT, a_port())
    with serving(*options, cwd=tmp_path) as program, connect(program) as wire:
        wire.command("CONFIG", "SET", "maxclients", "51")
        assert b"+OK\r\n" == wire.command("CONFIG", "REWRITE")
    assert ["# mine", "maxclients 51"] == (tmp_path / "redis.conf").read_text().splitlines()[:2]


def test_a_pid_file_that_cannot_be_written_is_no_reason_to_end() -> None:
    with serving("--pidfile", "/nonexistent/redis.pid", *ANY_PORT, a_port()) as program:
        assert any("# The pid file cannot be written" in line for line in program.log)


@pytest.mark.parametrize(
    ("soft", "hard", "maxclients"),
    [(64, 300, b"268"), (64, 10_032, b"10000"), (10_032, 20_000, b"10000")],
)
def test_it_takes_as_many_clients_as_the_hard_limit_allows(soft: int, hard: int, maxclients: bytes) -> None:
    limited = f'ulimit -S -n {soft}; ulimit -H -n {hard}; exec "$@"'
    command = ("bash", "-c", limited, "bash", *TRIOREDIS, "serve", *ANY_PORT, a_port())
    with running(*command) as program, connect(program) as wire:
        assert [b"maxclients", maxclients] == wire.ask("CONFIG", "GET", "maxclients")
        lowered = [line for line in program.log if "and 32 are kept back" in line]
        assert (maxclients != b"10000") == bool(lowered)


# How it ends.


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_status_0(number: signal.Signals, program: Program) -> None:
    with connect(program) as wire:
        wire.command("PING")
        program.signal(number)
        assert b"" == wire.read_until_closed()
    assert 0 == program.end()
    said = [LINE.fullmatch(line)[3] for line in program.log[-2:]]
    farewell = f"Received {number.name}: the server answers what it has received, and ends."
    assert [farewell, "The server has ended, and its data with it. Bye."] == said


def test_shutdown_ends_it_with_status_0(program: Program) -> None:
    with connect(program) as wire:
        wire.send(b"SHUTDOWN NOSAVE\r\n")
        assert b"" == wire.read_until_closed()
    assert 0 == program.end()


def stalled(program: Program, wire: Wire) -> None:
    """Ask for more than the sockets between us hold, and take none of it."""
    wire.command("SET", "key", b"x" * 1_000_000)
    wire.send(b"GET key\r\n" * 50)
    with connect(program) as other:
        other.command("PING")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(number: signal.Signals) -> None:
    with serving(*ANY_PORT, a_port(), "--shutdown-timeout", "3600") as program, connect(program) as wire:
        stalled(program, wire)
        program.signal(number)
        program.read_until("Received")
        program.signal(number)
        assert 0 == program.end()
    assert f"# Received {number.name}: the server ends at once." in program.log[-2]


def test_a_signal_may_mean_now() -> None:
    options = ("--shutdown-timeout", "3600", "--shutdown-on-sigterm", "now")
    with serving(*ANY_PORT, a_port(), *options) as program, connect(program) as wire:
        stalled(program, wire)
        program.signal(signal.SIGTERM)
        assert 0 == program.end()


# How it does not even begin.


def test_a_port_in_use_is_one_line_and_status_1(program: Program) -> None:
    port = str(program.port())
    end = run_trioredis("serve", *ANY_PORT, port)
    line = f"trioredis: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert (1, "", line) == (end.returncode, end.stdout, end.stderr)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["--prt", "1"],
            "command line: prt: unknown directive: expected one of those in the redis.conf of Redis 7.2",
        ),
        (
            ["-p", "x"],
            "command line: port: 'x': argument couldn't be parsed into an integer"
            " (expected: an integer between 0 and 65535)",
        ),
        (
            ["-r", "localhost 6379"],
            "command line: replicaof: 'localhost 6379': refused: replication does not work yet",
        ),
        (
            ["-r", "localhost", "6379"],
            "command line: replicaof: 'localhost 6379': refused: replication does not work yet",
        ),
        (
            ["--appendonly", "yes"],
            "command line: appendonly: 'yes': refused: the data lives in memory only, nothing is saved yet",
        ),
        (["missing.conf"], "missing.conf: cannot be read: No such file or directory"),
        (
            ["bad.conf"],
            "bad.conf:2: hz: 'often': argument couldn't be parsed into an integer"
            " (expected: an integer between 0 and 2147483647)",
        ),
        (["--dir", "/nonexistent"], "dir: /nonexistent: No such file or directory"),
        (["--logfile", "/nonexistent/log"], "logfile: /nonexistent/log: No such file or directory"),
        (["--port", "0"], "nobody could connect: port is 0, and unixsocket is not set"),
        (
            ["--transport", "pigeon"],
            'Invalid value "pigeon" for --transport. Choose from: "selector", "stream".',
        ),
        (["stray", "words"], "command line: words: expected an option such as --port"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_is_expected(
    arguments: list[str], line: str, tmp_path: Path
) -> None:
    (tmp_path / "bad.conf").write_text("timeout 1\nhz often\n")
    end = run_trioredis("serve", *arguments, cwd=tmp_path)
    assert (1, "", f"trioredis: {line}\n") == (end.returncode, end.stdout, end.stderr)


def test_an_unknown_command_is_one_line() -> None:
    end = run_trioredis("surf")
    assert (1, "", 'trioredis: Unknown command "surf". Available commands: serve.\n') == (
        end.returncode,
        end.stdout,
        end.stderr,
    )


@pytest.mark.parametrize("option", ["--version", "-v"])
def test_the_version(option: str) -> None:
    end = run_trioredis(option)
    assert (0, "") == (end.returncode, end.stderr)
    assert re.fullmatch(r"trioredis \d+\.\d+\.\d+\S* \(Redis 7\.2\.4\)\n", end.stdout)


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_the_help_leads_to_serve(arguments: list[str]) -> None:
    end = run_trioredis(*arguments)
    assert (0, "") == (end.returncode, end.stderr)
    assert "serve" in end.stdout


def test_the_help_of_serve_teaches_by_examples() -> None:
    end = run_trioredis("serve", "--help")
    assert (0, "") == (end.returncode, end.stderr)
    for word in (
        "[redis.conf]",
        "--ANY-DIRECTIVE",
        "-p",
        "-H",
        "-r",
        "trioredis serve --port 7000",
        "--transport",
    ):
        assert word in end.stdout


@pytest.mark.skipif(may_skip_without("redis-cli"), reason="redis-cli is not installed")
def test_redis_cli_talks_to_it(program: Program) -> None:
    end = run("redis-cli", "-p", str(program.port()), "SET", "key", "value")
    assert (0, "OK\n") == (end.returncode, end.stdout)
