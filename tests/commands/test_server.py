"""Commands about the server as a whole."""

import re
from functools import partial

import pytest
import trio

from bare_engine import ManualTime, Session, words
from oracle import Wire
from side_by_side import Both
from trioredis import open_server, serve
from trioredis.engine.effects import Stop
from trioredis.log_levels import NOTICE


def test_time_has_microseconds(call: Session, manual_time: ManualTime) -> None:
    manual_time.pass_by(0.25)
    assert b"*2\r\n$10\r\n1700000000\r\n$6\r\n250000\r\n" == call("TIME")


def test_a_server_on_its_own_is_a_master(both: Both) -> None:
    both.transcript("ROLE", "ROLE x", "TIME x", "MONITOR x")


# --- SHUTDOWN


@pytest.mark.parametrize("line", ["SHUTDOWN", "SHUTDOWN NOSAVE", "shutdown force nosave force"])
def test_shutdown_stops_the_server_and_answers_nothing(call: Session, line: str) -> None:
    assert b"" == call(line)
    assert [Stop()] == call.engine.effects
    assert call.client.gone


def test_shutdown_now_waits_for_nobody(call: Session) -> None:
    call("SHUTDOWN NOW")
    assert [Stop(now=True)] == call.engine.effects


def test_what_cannot_be_saved_is_not_lost_on_those_who_asked(
    call: Session, caplog: pytest.LogCaptureFixture
) -> None:
    assert b"-ERR Errors trying to SHUTDOWN. Check logs.\r\n" == call("SHUTDOWN SAVE")
    assert [] == call.engine.effects
    assert not call.client.gone
    assert "cannot be saved" in caplog.text


def test_who_forces_the_end_gets_it_without_a_save(call: Session, caplog: pytest.LogCaptureFixture) -> None:
    assert b"" == call("SHUTDOWN SAVE FORCE")
    assert [Stop()] == call.engine.effects
    assert "cannot be saved" in caplog.text


@pytest.mark.parametrize(
    "options", ["ABORT", "abort ABORT", "ABORT NOW", "SAVE ABORT", "SAVE NOSAVE", "NOPE", "NOSAVE x"]
)
def test_what_shutdown_refuses_redis_refuses_too(both: Both, options: str) -> None:
    both(f"SHUTDOWN {options}")
    assert [] == both.ours.engine.effects


async def test_shutdown_ends_the_server_and_not_its_host(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(NOTICE)
    async with trio.open_nursery() as nursery:
        server = await nursery.start(partial(serve, port=None))
        bystander = server.memory_stream()
        await bystander.send_all(b"PING\r\n")
        assert b"+PONG\r\n" == await bystander.receive_some()
        caller = server.memory_stream()
        await caller.send_all(b"SET k v\r\nSHUTDOWN NOSAVE\r\nGET k\r\n")
        assert b"+OK\r\n" == await caller.receive_some()
        assert b"" == await caller.receive_some()
        assert b"" == await bystander.receive_some()
    assert "asks the server to shut down" in caplog.text


# --- MONITOR

_WHEN_AND_WHO = re.compile(rb"^\+\d{10}\.\d{6} \[(\d+) 127\.0\.0\.1:\d+\]", re.MULTILINE)

SHOWN = [
    "PING",
    "set a b",
    "SET a",
    "NOPE",
    "ROLE",
    "TIME",
    "CLUSTER INFO",
    "CLUSTER",
    "MODULE LIST",
    "DEBUG SLEEP 0",
    "READONLY",
    "INCR a",
    "GET a b",
]


def lines(sent: bytes) -> list[bytes]:
    """What monitors were sent, without the time and the caller."""
    return _WHEN_AND_WHO.sub(rb"\1", sent).splitlines()


def test_monitors_see_what_those_of_redis_see(both: Both, oracle_monitor: Wire) -> None:
    monitor = both.ours.another()
    assert b"+OK\r\n" == monitor("MONITOR")
    for line in SHOWN:
        both.ours(line)
        both.theirs.command(*words(line))
    both.ours("PING end")
    both.theirs.command("PING", "end")
    theirs = b""
    while not theirs.endswith(b'"end"\r\n'):
        theirs += oracle_monitor.read_raw()
    assert lines(theirs) == lines(monitor.taken())


@pytest.fixture
def oracle_monitor(both: Both) -> Wire:
    listener = both.listener
    assert b"+OK\r\n" == listener.command("MONITOR")
    return listener


def test_a_second_monitor_command_is_not_answered(call: Session) -> None:
    assert b"+OK\r\n" == call("MONITOR")
    assert b"" == call("MONITOR")


async def test_a_monitor_sees_others_and_its_end_is_noticed() -> None:
    async with open_server(port=None) as server:
        monitor, caller = server.memory_stream(), server.memory_stream()
        await monitor.send_all(b"MONITOR\r\n")
        assert b"+OK\r\n" == await monitor.receive_some()
        await caller.send_all(b"SET k v\r\nGET k\r\n")
        assert b"+OK\r\n$1\r\nv\r\n" == await caller.receive_some()
        assert [b'0 "SET" "k" "v"', b'0 "GET" "k"'] == lines(await monitor.receive_some())
        await monitor.aclose()
        await caller.send_all(b"PING\r\n")
        assert b"+PONG\r\n" == await caller.receive_some()
        assert 1 == server.statistics().clients


async def test_a_monitor_that_does_not_read_is_cut_off_and_nobody_else() -> None:
    size, times = 64 * 1024, 500
    async with open_server(port=0, client_output_buffer_limit="normal 1mb 0 0") as server:
        monitor, caller = await trio.open_tcp_stream("127.0.0.1", server.port), server.memory_stream()
        await monitor.send_all(b"MONITOR\r\n")
        assert b"+OK\r\n" == await monitor.receive_some()
        for _ in range(times):
            await caller.send_all(b"*2\r\n$4\r\nPING\r\n$%d\r\n%b\r\n" % (size, b"x" * size))
            await receive_exactly(caller, len(b"$%d\r\n\r\n" % size) + size)
        async with monitor:
            seen = sum([len(data) async for data in monitor])
        assert 1 == server.statistics().clients
    assert seen < size * times


async def receive_exactly(stream: trio.abc.Stream, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        data += await stream.receive_some(size - len(data))
    return bytes(data)
