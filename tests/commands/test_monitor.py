"""MONITOR beside a real Redis: which lines there are, and in which order among the replies."""

import re

import pytest
from attrs import define

from oracle import encode_command
from side_by_side import Both

_TIME_AND_PORT = re.compile(rb"\+\d+\.\d{6} \[(\d+)(?: [\d.]+:\d+)?( lua)?\]")
_END = b"the end of what was seen"


@define(eq=False)
class Onlooker:
    """A monitor here and there."""

    client: Both

    def sees(self, *lines: str) -> list[bytes]:
        """What it was sent since it looked, after it has called something itself, the same here and there."""
        ours = b"".join(map(self.client.ours, lines)) + self.client.ours("ECHO", _END)
        calls = [line.split() for line in lines] + [["ECHO", _END.decode()]]
        self.client.theirs.send(b"".join(encode_command(*call) for call in calls))
        theirs = self.client.theirs.read_raw()
        while _END not in theirs:
            theirs += self.client.theirs.read_raw()
        theirs += self.client.theirs.read_raw()  # the line of ECHO itself
        assert without_time(theirs) == without_time(ours)
        return without_time(ours).split(b"\r\n")[: -len(b"$ text line end".split())]


def without_time(text: bytes) -> bytes:
    return _TIME_AND_PORT.sub(rb"+[\1\2]", text)


@pytest.fixture
def other(both: Both) -> Both:
    """A client that was there before the monitor."""
    return both.another(2)


@pytest.fixture
def onlooker(both: Both, other: Both) -> Onlooker:
    client = both.another(2)
    client("MONITOR")
    return Onlooker(client)


def test_what_a_transaction_runs_is_seen_when_it_runs_and_exec_at_last(
    both: Both, onlooker: Onlooker
) -> None:
    both.transcript("MULTI", "SET k v", "NOPE", "EXEC")
    both.transcript("MULTI", "SET k v", "SELECT 2", "GET k", "EXEC", "SELECT 0", "MULTI", "PING", "DISCARD")
    assert b'+[2] "EXEC"' in onlooker.sees()


def test_who_waits_is_seen_once(both: Both, other: Both, onlooker: Onlooker) -> None:
    assert b"" == other.ours("BLPOP l 0")
    other.theirs.send(encode_command("BLPOP", "l", 0))
    both("LPUSH l a")
    assert other.theirs.read_raw() == other.ours.taken()
    assert [b'+[0] "BLPOP" "l" "0"', b'+[0] "LPUSH" "l" "a"'] == onlooker.sees()[-2:]


def test_what_is_refused_is_not_seen_and_what_fails_is(both: Both, onlooker: Onlooker) -> None:
    for line in (
        "NOPE",
        "GET",
        "CLIENT NOPE",
        "CONFIG GET maxmemory",
        "SELECT 99",
        "EXEC",
        "AUTH x",
        "AUTH x y",
    ):
        both(line)
    both.transcript("LPUSH k x", "GET k", "CLIENT ID x", "RESET", "WATCH k")
    assert b'+[0] "AUTH" "(redacted)"' in onlooker.sees()


def test_what_is_held_is_seen_when_it_runs(both: Both, other: Both, onlooker: Onlooker) -> None:
    both("CLIENT PAUSE 100000 WRITE")
    assert b"" == other.ours("SET k v")
    other.theirs.send(encode_command("SET", "k", "v"))
    both("GET k")
    both("CLIENT UNPAUSE")
    assert other.theirs.read_raw() == other.ours("SET k v")  # which the store runs
    assert [b'+[0] "GET" "k"', b'+[0] "SET" "k" "v"'] == onlooker.sees()[-2:]


def test_a_monitor_sees_what_it_calls_itself(onlooker: Onlooker) -> None:
    onlooker.sees("PING", "MONITOR", "SELECT 3", "GET k", "CLIENT NO-EVICT ON", "NOPE")
    onlooker.sees("CLIENT REPLY SKIP", "PING", "PING", "CLIENT REPLY OFF", "PING", "CLIENT REPLY ON")


def test_nobody_becomes_a_monitor_in_a_transaction(both: Both) -> None:
    both.transcript("MULTI", "MONITOR", "PING", "EXEC", "PING")


@pytest.mark.parametrize(
    "line", ["GET k", "SET k v", "PUBLISH ch m", "SPUBLISH ch m", "PFCOUNT h", "LPUSH k"]
)
def test_a_monitor_may_not_do_what_replicas_may_not(line: str, onlooker: Onlooker) -> None:
    onlooker.sees(line)
    onlooker.sees("MULTI", line, "EXEC")


def test_a_monitor_is_a_normal_client_to_those_who_kill(both: Both, onlooker: Onlooker) -> None:
    both.transcript("CLIENT KILL TYPE replica", "CLIENT KILL TYPE pubsub")
    number = onlooker.client.theirs.ask("CLIENT", "ID")
    both.theirs.command("CLIENT", "KILL", "TYPE", "normal", "ID", number)
    both.ours(f"CLIENT KILL TYPE normal ID {onlooker.client.ours.client.id}")
    assert onlooker.client.ours.client.gone
    onlooker.client.theirs.read_until_closed()


def test_a_script_is_seen_as_it_was_called_before_what_it_calls(both: Both, onlooker: Onlooker) -> None:
    for script in (
        "redis.call('SET', 'k', 'v') return redis.pcall('LPUSH', 'k', 'x')",
        "redis.call('select', 3) return redis.call('get', 'x')",
        "return redis.call('config', 'get', 'port')",
        "return redis.call('publish', 'ch', 'x')",
        "no lua",
    ):
        both("EvaL", script, 0)
    both.transcript("EVALSHA x 0", "EVAL x 3", "script EXISTS x", "SCRIPT LOAD x=1")
    both("MULTI")
    both("EVAL", "return redis.call('PING')", 0)
    both.transcript("PING", "EXEC")
    assert [b'+[0 lua] "PING"', b'+[0] "PING"', b'+[0] "EXEC"'] == onlooker.sees()[-3:]
