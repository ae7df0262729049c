"""How a server ends: asked to, cancelled, or because one of its tasks has died. Nothing is left of it, ever.

A bug is planted into a task by replacing one of its steps; then something is done that makes the task take it.
"""

import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock, lockstep_stream_pair

import trioredis
from oracle import encode_command
from trioredis.server import store
from trioredis.server.listener import Listener
from trioredis.server.messages import Finish, Free, Requests, Resume, Tick
from trioredis.server.store import Store
from trioredis.server.stream_listener import StreamListener
from trioredis.server.stream_session import Sessions, StreamConnection
from trioredis.server.supervisor import Supervisor

LOCAL = {"port": 0, "bind": "127.0.0.1"}
SECONDS = 1.0
"""In which a server that has lost a task must be gone."""


class PlantedError(Exception):
    """What a task dies of."""


def die(*_: object, **__: object) -> None:
    raise PlantedError


async def die_asynchronously(*_: object) -> None:
    raise PlantedError


def open_files() -> dict[str, str]:
    links = {entry.name: entry for entry in Path("/proc/self/fd").iterdir()}
    return {name: str(entry.readlink()) for name, entry in links.items() if entry.is_symlink()}


def left_behind() -> tuple[dict[str, str], list[threading.Thread]]:
    """What a server might leave behind: open files and threads."""
    return open_files(), threading.enumerate()


async def read_to_the_end(stream: trio.abc.Stream) -> bytes:
    data = b""
    try:
        while chunk := await stream.receive_some():
            data += chunk
    except trio.BrokenResourceError:
        pass
    return data


@pytest.fixture(params=["selector", "stream"])
def transport(request: pytest.FixtureRequest) -> str:
    return request.param


# A task dies.


@asynccontextmanager
async def dying_server(transport: str) -> AsyncIterator[trio.SocketStream]:
    """A server that must die of `PlantedError` before the block ends, and a client that must be let go."""
    with trio.fail_after(SECONDS), pytest.raises(PlantedError):  # noqa: PT012
        async with trioredis.open_server(**LOCAL, transport=transport) as server:
            async with await trio.open_tcp_stream("127.0.0.1", server.port) as stream:
                yield stream
                await read_to_the_end(stream)
            await trio.sleep_forever()


Doing = Callable[[trio.SocketStream], Awaitable[None]]


def sending(*commands: bytes) -> Doing:
    async def send(stream: trio.SocketStream) -> None:
        await stream.send_all(b"".join(encode_command(*command.split()) for command in commands))

    return send


PING = sending(b"PING")
LONG_PIPELINE = sending(*[b"SET key value"] * 20_000)
# Each takes longer than the budget of a round.
LONG_COMMANDS = sending(*[b"COMMAND"] * 5)


@pytest.mark.parametrize(
    ("kind", "do"),
    [
        (Requests, PING),
        (Resume, LONG_COMMANDS),
        (Tick, sending(b"SET key value PX 1")),
        (Free, sending(b"SET key value", b"FLUSHALL")),
    ],
)
async def test_the_store_dies_of_a_message(
    kind: type, do: Doing, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dying_server(transport) as stream:
        monkeypatch.setitem(store._HANDLERS, kind, die)
        await do(stream)


async def test_the_store_dies_at_the_end_of_a_round(transport: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with dying_server(transport) as stream:
        monkeypatch.setattr(Store, "_finish_round", die)
        await PING(stream)


async def test_the_store_dies_when_it_should_have_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trioredis.server.tasks.Finish", object)
    with trio.fail_after(SECONDS), pytest.raises(KeyError):
        async with trioredis.open_server(**LOCAL):
            pass
    assert Finish is not object


@pytest.mark.parametrize("step", ["_collect", "_look_after", "_read"])
async def test_the_listener_dies(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with dying_server("selector") as stream:
        monkeypatch.setattr(Listener, step, die)
        await PING(stream)


async def test_a_task_that_accepts_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StreamListener, "_serve", die_asynchronously)
    async with dying_server("stream"):
        pass


@pytest.mark.parametrize(
    ("task", "step"),
    [(Sessions, "_read"), (Sessions, "_write"), (StreamConnection, "take"), (StreamConnection, "send")],
)
async def test_a_session_dies(task: type, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task, step, die)
    async with dying_server("stream") as stream:
        await PING(stream)


async def test_the_expiry_dies(transport: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with dying_server(transport) as stream:
        monkeypatch.setattr("trioredis.server.expiry.Tick", die)
        await sending(b"SET key value PX 1")(stream)


async def test_the_supervisor_dies(transport: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with dying_server(transport) as stream:
        monkeypatch.setattr(Supervisor, "stop", die)
        await sending(b"SHUTDOWN NOSAVE")(stream)


async def test_what_fails_before_the_first_task_leaves_no_open_door(monkeypatch: pytest.MonkeyPatch) -> None:
    before = left_behind()
    monkeypatch.setattr("trioredis.server.tasks.Tasks.start_owners", die)
    with pytest.raises(PlantedError):
        await trioredis.serve(**LOCAL)
    assert before == left_behind()


async def test_doors_that_were_open_before_one_that_cannot_be_are_closed(tmp_path: Path) -> None:
    before = left_behind()
    with pytest.raises(OSError, match="nowhere"):
        await trioredis.serve(**LOCAL, unixsocket=str(tmp_path / "nowhere" / "redis.sock"))
    assert before == left_behind()


# It is cancelled.


@pytest.mark.parametrize("steps", [*range(12), 20, 40])
async def test_cancelling_at_any_moment_leaves_nothing(steps: int, transport: str, tmp_path: Path) -> None:
    before, socket_path = left_behind(), tmp_path / "redis.sock"
    async with trio.open_nursery() as nursery:
        options = {**LOCAL, "transport": transport, "unixsocket": str(socket_path)}
        nursery.start_soon(_come_and_go, options)
        for _ in range(steps):
            await trio.lowlevel.checkpoint()
        nursery.cancel_scope.cancel()
    assert (before, False) == (left_behind(), socket_path.exists())


async def _come_and_go(options: dict[str, object]) -> None:
    async with (
        trioredis.open_server(**options) as server,
        server.client() as client,
        await trio.open_tcp_stream("127.0.0.1", server.port) as stream,
    ):
        await LONG_PIPELINE(stream)
        await client.execute("SET", "key", "value", "PX", 1)
        await read_to_the_end(stream)


async def test_a_cancelled_server_raises_nothing_of_its_own() -> None:
    with trio.CancelScope() as scope:
        async with trioredis.open_server(**LOCAL):
            scope.cancel()
            await trio.sleep_forever()
    assert scope.cancelled_caught


async def test_a_nursery_that_ends_takes_the_server_along(transport: str) -> None:
    before = left_behind()
    async with trio.open_nursery() as nursery:
        server = await nursery.start(partial(trioredis.serve, **LOCAL, transport=transport))
        stream = await trio.open_tcp_stream("127.0.0.1", server.port)
        nursery.cancel_scope.cancel()
    assert b"" == await read_to_the_end(stream)
    await stream.aclose()
    assert before == left_behind()


# It is asked to.


async def test_shutdown_ends_serve_and_the_host_lives(transport: str) -> None:
    before = left_behind()
    with trio.fail_after(SECONDS):
        async with trio.open_nursery() as nursery:
            server = await nursery.start(partial(trioredis.serve, **LOCAL, transport=transport))
            async with await trio.open_tcp_stream("127.0.0.1", server.port) as stream:
                await sending(b"SHUTDOWN NOSAVE")(stream)
                assert b"" == await read_to_the_end(stream)
        await server.wait_closed()
    assert before == left_behind()


async def test_what_was_received_is_answered_before_the_end(transport: str) -> None:
    async with trioredis.open_server(**LOCAL, transport=transport) as server:
        async with await trio.open_tcp_stream("127.0.0.1", server.port) as stream:
            await LONG_PIPELINE(stream)
            first = await stream.receive_some(5)
            server.stop()
            replies = first + await read_to_the_end(stream)
            assert replies == b"+OK\r\n" * (len(replies) // 5)
        with trio.fail_after(SECONDS):
            await server.wait_closed()
        assert len(replies) // 5 == server.statistics().commands


async def test_a_command_under_way_in_a_session_is_answered_before_the_end() -> None:
    async with trioredis.open_server(port=None) as server, server.memory_stream() as stream:
        await PING(stream)
        while not server.statistics().bytes_received:  # not run yet: its message is in the inbox
            await trio.lowlevel.checkpoint()
        server.stop()
        assert b"+PONG\r\n" == await read_to_the_end(stream)


async def test_a_client_that_came_last_is_let_go_too() -> None:
    with trio.fail_after(SECONDS):
        async with trioredis.open_server(port=None) as server:
            stream = server.memory_stream()
            server.stop()
            assert b"" == await read_to_the_end(stream)
            await server.wait_closed()


async def test_idle_clients_do_not_delay_the_end(transport: str) -> None:
    with trio.fail_after(SECONDS):
        async with trioredis.open_server(**LOCAL, transport=transport) as server, server.client() as client:
            await client.execute("PING")
            stream = await trio.open_tcp_stream("127.0.0.1", server.port)
        await stream.aclose()


async def test_two_tasks_may_close_a_server_together() -> None:
    async with trioredis.open_server(port=None) as server, trio.open_nursery() as nursery:
        nursery.start_soon(server.aclose)
        nursery.start_soon(server.aclose)
        await server.aclose()


@asynccontextmanager
async def server_with_a_deaf_client(**options: object) -> AsyncIterator[trioredis.Server]:
    """A server without sockets, one client of which does not take its reply."""
    async with trioredis.open_server(port=None, **options) as server:
        ours, theirs = lockstep_stream_pair()
        server._producers.start_soon(server._tasks.sessions.run, theirs, b"127.0.0.1:0", b"127.0.0.1:0")
        await PING(ours)
        await trio.testing.wait_all_tasks_blocked()
        yield server


async def test_a_client_that_takes_no_replies_delays_the_end_by_shutdown_timeout(
    autojump_clock: MockClock,
) -> None:
    async with server_with_a_deaf_client(shutdown_timeout=7) as server:
        begin = trio.current_time()
        await server.aclose()
        assert 7 == trio.current_time() - begin


async def test_shutdown_timeout_may_be_changed(autojump_clock: MockClock) -> None:
    async with server_with_a_deaf_client() as server:
        async with server.client() as client:
            await client.execute("CONFIG", "SET", "shutdown-timeout", 3)
        begin = trio.current_time()
        await server.aclose()
        assert 3 == trio.current_time() - begin


@pytest.mark.parametrize("hurry", [{"now": True}, {}])
async def test_a_second_stop_ends_at_once(hurry: dict[str, bool], autojump_clock: MockClock) -> None:
    async with server_with_a_deaf_client() as server:
        begin = trio.current_time()
        server.stop()
        server.stop(**hurry)
        await server.wait_closed()
        assert 0 == trio.current_time() - begin


async def test_who_cancels_the_closing_of_a_server_has_it_gone_at_once(autojump_clock: MockClock) -> None:
    async with server_with_a_deaf_client() as server:
        with trio.move_on_after(1):
            await server.aclose()
        begin = trio.current_time()
        await server.wait_closed()
        assert 0 == trio.current_time() - begin


async def test_the_last_key_does_not_have_to_expire(autojump_clock: MockClock) -> None:
    begin = trio.current_time()
    async with trioredis.open_server(port=None) as server, server.client() as client:
        await client.execute("SET", "key", "value", "EX", 100)
    assert 0 == trio.current_time() - begin


async def test_the_time_of_a_server_is_that_of_its_program(autojump_clock: MockClock) -> None:
    async with trioredis.open_server(port=None) as server, server.client() as client:
        await client.execute("SET", "key", "value", "EX", 100)
        await trio.sleep(99)
        assert b"value" == await client.execute("GET", "key")
        await trio.sleep(1.1)
        assert 0 == server.statistics().keys
