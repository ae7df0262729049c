"""redis-cli in all its modes: what it prints, and its exit status, are what they are against a real Redis."""

import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from subprocess import CompletedProcess

import pytest
from attrs import frozen

from ecosystem.forms import (
    as_it_is,
    in_any_order,
    summary_without_numbers,
    without_numbers,
    without_progress,
)
from ecosystem.terminal import Terminal, in_terminal
from oracle import encode_command, redis_server
from program import run
from trioredis.testing import server_thread

Ports = tuple[int, int]
Outcome = tuple[int, str, str]


def cli(port: int, arguments: str = "", typed: str = "") -> Outcome:
    """Run redis-cli with arguments as in a shell; return its exit status, its output and its error output."""
    return outcome(
        run("redis-cli", "-p", str(port), *shlex.split(arguments), input=typed, errors="backslashreplace")
    )


def outcome(done: "CompletedProcess[str]") -> Outcome:
    return done.returncode, done.stdout, done.stderr


def same(ports: Ports, arguments: str, typed: str = "", form: Callable[[str], object] = as_it_is) -> Outcome:
    """Run redis-cli against both servers; what it prints has to have the same form. Return the outcome of ours."""
    (status, output, errors), ours = (cli(port, arguments, typed) for port in ports)
    assert (status, form(output), form(errors)) == (ours[0], form(ours[1]), form(ours[2]))
    return ours


# --- one command


@pytest.mark.parametrize(
    "arguments",
    [
        *("PING", "SET k v", "SET k v NX", "GET a", "GET nope", "GET empty", "MGET a nope empty", "INCR a", "INCR key:1"),
        *("TYPE a", "TTL key:1", "EXPIRETIME key:1", "OBJECT ENCODING a", "OBJECT FREQ a", "CONFIG GET maxclients"),
        *("CONFIG GET 'max[cd]l*s'", "ECHO 'a \"b\"\n'", "NOPE", "GET", "-e NOPE", "-e GET a", "DEBUG ERROR 'A b'"),
        *("--no-raw GET a", "--no-raw GET bytes", "--no-raw MGET a nope empty bytes", "--no-raw TTL a", "--no-raw NOPE"),
        *("--raw GET bytes", "-d , MGET a nope key:1", "-D ; -r 2 INCR a", "-r 3 -i 0.01 INCR a", "-n 3 DBSIZE", "-n 99 GET a"),
        *("-2 CONFIG GET maxclients", "-3 CONFIG GET maxclients", "-3 --no-raw CONFIG GET maxclients", "-3 --no-raw GET nope"),
        *("--json CONFIG GET maxclients", "--json MGET a nope bytes", "-2 --json MGET a nope", "--quoted-json GET bytes"),
        *("--csv MGET a nope bytes", "--csv -3 CONFIG GET maxclients", "--csv NOPE", "--json NOPE", "--quoted-input GET '\"\\x61\"'"),
        *("DEBUG PROTOCOL double", "-3 DEBUG PROTOCOL double", "-3 --no-raw DEBUG PROTOCOL map", "-3 --json DEBUG PROTOCOL map"),
        *("-3 --no-raw DEBUG PROTOCOL set", "-3 --no-raw DEBUG PROTOCOL bignum", "-3 DEBUG PROTOCOL verbatim", "-3 DEBUG PROTOCOL true"),
        *("-3 --no-raw DEBUG PROTOCOL attrib", "CLIENT SETNAME me", "CLIENT REPLY ON", "SELECT 99", "QUIT", "CLUSTER INFO", "ROLE"),
        *("COMMAND GETKEYS MSET a 1 b 2", "COMMAND INFO get", "MEMORY USAGE nope", "SLOWLOG RESET", "LATENCY LATEST", "MODULE LIST"),
    ],
)  # fmt: skip
def test_a_command_is_answered_in_the_same_words(arguments: str, ports: Ports) -> None:
    same(ports, arguments)


@pytest.mark.parametrize(
    "arguments", ["CLIENT ID", "TIME", "DBSIZE", "-3 --json HELLO", "DEBUG OBJECT a", "LATENCY RESET"]
)
def test_an_answer_about_the_server_has_the_same_form(arguments: str, ports: Ports) -> None:
    same(ports, arguments, form=lambda shown: re.sub(r"0x[0-9a-f]+|\d+(\.\d+)*", "0", shown))


@pytest.mark.parametrize(
    "arguments", ["INFO", "CLIENT LIST", "COMMAND DOCS", "MEMORY STATS", "CONFIG GET *", "LOLWUT"]
)
def test_long_answers_are_understood(arguments: str, ports: Ports) -> None:
    for port in ports:
        status, output, errors = cli(port, arguments)
        assert (0, "") == (status, errors)
        assert not output.startswith("ERR")
        assert len(output) > 100 or arguments == "LOLWUT"


def test_a_connection_that_is_refused_ends_it_with_status_1(ports: Ports) -> None:
    assert 1 == cli(1, "PING")[0]


# --- commands and values from the standard input


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        ("", "SET k v\nGET k\n\nINCR a\nNOPE\nGET\nMGET a nope\n# no comment\n"),
        ("-e", "GET a\nNOPE\nGET a\n"),
        ("--no-raw", "GET a\nGET nope\nMGET a nope\n3 INCR a\n"),
        ("--csv", "MGET a nope\nGET a\n"),
        ("-3 --json", "CONFIG GET maxclients\nGET nope\nDEBUG PROTOCOL map\n"),
        ("", "SELECT 3\nSET k v\nDBSIZE\nSELECT 0\nGET k\n"),
        ("", "GET 'a\n"),
        ("", "QUIT\nGET a\n"),
        ("-x SET k", "a value\nof two lines\n"),
        ("-x SET k", ""),
        ("-X value SET k value NX", "\x01\x02"),
    ],
)
def test_the_standard_input_is_taken(arguments: str, typed: str, ports: Ports) -> None:
    same(ports, arguments, typed)
    same(ports, "--no-raw GET k")


def test_pipe_sends_everything_and_counts_the_replies(ports: Ports) -> None:
    calls = [("SET", f"k{number}", "v" * 100) for number in range(5000)]
    typed = b"".join(encode_command(*call) for call in calls).decode()
    assert "errors: 0, replies: 5000" in same(ports, "--pipe", typed)[1]
    same(ports, "DBSIZE")


def test_pipe_counts_errors_and_takes_inline_commands(ports: Ports) -> None:
    assert "errors: 2, replies: 4" in same(ports, "--pipe", "SET k v\r\nNOPE\r\nINCR k\r\nGET k\r\n")[1]


# --- modes


def test_scan_prints_every_key(ports: Ports) -> None:
    assert 5 == len(same(ports, "--scan", form=in_any_order)[1].splitlines())
    same(ports, "--scan --pattern key:*", form=in_any_order)
    same(ports, "--scan --pattern nope*", form=in_any_order)
    same(ports, "--scan --count 1 --quoted-pattern '\"key:\\x31\"'", form=in_any_order)


def test_bigkeys_and_memkeys_find_what_is_there(ports: Ports) -> None:
    same(ports, "--bigkeys", form=without_progress)
    same(ports, "--bigkeys -i 0.01", form=without_progress)
    same(ports, "--memkeys", form=summary_without_numbers)
    same(ports, "--memkeys-samples 5", form=summary_without_numbers)


def test_hotkeys_need_another_policy(ports: Ports) -> None:
    assert 1 == same(ports, "--hotkeys")[0]


@pytest.mark.parametrize(
    "arguments", ["--latency -i 0.1", "--latency --csv -i 0.1", "--latency --raw -i 0.1"]
)
def test_latency_is_measured(arguments: str, ports: Ports) -> None:
    assert 0 == same(ports, arguments, form=without_numbers)[0]


def test_an_empty_server_has_modes_too(ports: Ports) -> None:
    for arguments in ("FLUSHALL", "--bigkeys", "--memkeys", "--scan"):
        same(ports, arguments)


# --- modes that end when somebody ends them


@frozen
class Terminals:
    """redis-cli in a terminal, against both servers."""

    theirs: Terminal
    ours: Terminal

    def same(self, text: str, times: int = 1, form: Callable[[str], object] = without_numbers) -> str:
        """Read both up to a text; what is shown has to have the same form. Return what ours shows."""
        theirs, ours = (each.read_until(text, times) for each in (self.theirs, self.ours))
        assert form(theirs) == form(ours)
        assert "(error)" not in ours
        return ours

    def type(self, keys: str) -> None:
        for each in (self.theirs, self.ours):
            each.type(keys)

    def status(self) -> int:
        """Wait for both to end by themselves; return the exit status of ours."""
        theirs, ours = (
            (painted(each.read_to_the_end()), each.process.wait()) for each in (self.theirs, self.ours)
        )
        assert theirs == ours
        return ours[1]


Opener = Callable[[str], Terminals]


@pytest.fixture
def terminals(ports: Ports) -> Iterator[Opener]:
    with ExitStack() as stack:

        def open_both(arguments: str) -> Terminals:
            words = shlex.split(arguments)
            return Terminals(
                *(stack.enter_context(in_terminal("redis-cli", "-p", str(p), *words)) for p in ports)
            )

        yield open_both


def test_stat_prints_a_line_each_time(terminals: Opener) -> None:
    shown = terminals("--stat -i 0.05").same("\n", times=25)
    assert 2 == shown.count("keys       mem")


def test_latency_history_prints_a_line_each_time(terminals: Opener) -> None:
    last = re.compile(r".*\[2K")  # each sample paints over the one before
    terminals("--latency-history -i 0.05").same(
        "range\r\n", times=3, form=lambda shown: without_numbers(last.sub("", shown))
    )


def test_latency_goes_on_and_on(terminals: Opener) -> None:
    terminals("--latency").same(" samples)", times=3)


def test_monitor_shows_what_others_do(terminals: Opener, ports: Ports) -> None:
    monitors = terminals("MONITOR")
    monitors.same("OK\r\n")
    for port in ports:
        cli(port, "", "SET k 'a \"b\"'\nSELECT 2\nGET nope\nDEBUG SLEEP 0\nINCR end\n")
    assert '"SET" "k" "a \\"b\\""' in monitors.same('"end"\r\n')


# --- interactively


def painted(shown: str) -> list[str]:
    """What stands in the line each time it is painted, without the prompt."""
    return re.sub(r"127\.0\.0\.1:\d+", "host", shown).split("\x1b[0K")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("set a ", "value [NX|XX] [GET] [EX seconds|PX milliseconds|EXAT unix-time-seconds|PXAT unix-time-milliseconds|KEEPTTL]"),
        ("SET a b EX 10 ", "[NX|XX] [GET]"),
        ("mset k v ", "[key value ...]"),
        ("client kill ", "ip:port|[ID client-id]"),
        ("config get ", "parameter [parameter ...]"),
        ("scan 0 match x ", "[COUNT count] [TYPE type]"),
        ("lcs a b ", "[LEN] [IDX] [MINMATCHLEN len] [WITHMATCHLEN]"),
        ("object ", ""),
        ("get a ", ""),
        ("ping", "[message]"),
        ("nope ", ""),
    ],
)  # fmt: skip
def test_hints_come_while_one_types(typed: str, hint: str, terminals: Opener) -> None:
    both = terminals("")
    both.same("> ", form=painted)
    both.type(typed)
    end = f"\r\x1b[{len('127.0.0.1:12345> ' + typed)}C"
    shown = both.same(end, form=painted)
    assert hint in shown


def test_a_session_looks_as_it_does_with_redis(terminals: Opener) -> None:
    both = terminals("")
    both.same("> ", form=painted)
    for line in ("set k v", "get k", "mget k nope", "incr a", "select 3", "dbsize", "config get maxclients"):
        both.type(line + "\r")
        both.same("\r\n", form=painted)
        both.same("127.0.0.1:")
        both.same("> ")
    both.type("exit\r")
    assert 0 == both.status()


def test_names_are_completed(terminals: Opener) -> None:
    both = terminals("")
    both.same("> ", form=painted)
    both.type("client setn\t")
    both.same("connection-name", form=painted)


@pytest.mark.parametrize(
    ("topic", "fact"), [("incr", "1.0.0"), ("client setname", "connection-name"), ("@string", "GETDEL")]
)
def test_help_tells_about_commands(topic: str, fact: str, terminals: Opener) -> None:
    both = terminals("")
    for each in (both.theirs, both.ours):
        each.read_until("> ")
        each.type(f"help {topic}\r")
        each.read_until("\r\n")
        assert fact in each.read_until("> ")


# --- doors that are locked, and doors that are files


PASSWORD = "a secret"


@frozen
class House:
    """A server that asks for a password and listens on a Unix socket too."""

    port: int
    socket: str


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, House]]:
    theirs, ours = (str(tmp_path_factory.mktemp(name) / "redis.sock") for name in ("theirs", "ours"))
    with (
        redis_server("--requirepass", PASSWORD, "--unixsocket", theirs) as oracle,
        server_thread(port=0, requirepass=PASSWORD, unixsocket=ours) as url,
    ):
        yield House(oracle.port, theirs), House(int(url.rpartition(":")[2]), ours)


@pytest.mark.parametrize(
    "arguments",
    [
        *("PING", "-a 'a secret' PING", "-a wrong PING", "--user default --pass 'a secret' PING", "--user me --pass x PING"),
        *("-a 'a secret' --no-auth-warning -3 PING", "-u redis://default:a%20secret@127.0.0.1:{port}/3 CLIENT GETNAME"),
        *("-u redis://a%20secret@127.0.0.1:{port} PING", "-s {socket} -a 'a secret' SET k v", "-s {socket} PING"),
        *("-a 'a secret' --bigkeys", "-a 'a secret' --scan", "--scan", "--bigkeys", "--stat", "AUTH 'a secret'"),
    ],
)  # fmt: skip
def test_who_knows_the_password_comes_in(arguments: str, houses: tuple[House, House]) -> None:
    theirs, ours = (
        cli(house.port, arguments.format(port=house.port, socket=house.socket)) for house in houses
    )
    assert theirs == ours


def test_the_password_may_come_from_the_environment(houses: tuple[House, House]) -> None:
    theirs, ours = (
        outcome(run("redis-cli", "-p", str(house.port), "PING", env={"REDISCLI_AUTH": PASSWORD}))
        for house in houses
    )
    assert (0, "PONG\n", "") == theirs == ours
