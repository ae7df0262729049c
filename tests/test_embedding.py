"""The server as a guest: whatever loop it runs on, it touches nothing of its host's, and leaves nothing."""

import asyncio
import gc
import logging
import signal
import tempfile
import threading
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio

import trioredis


async def use_a_server() -> bytes:
    """Everything that a host does with a server, from its start to its end."""
    async with (
        trioredis.open_server(port=0, bind="127.0.0.1") as server,
        trioredis.Connection(await trio.open_tcp_stream("127.0.0.1", server.port)) as client,
    ):
        await client.execute("SET", "key", "value", "PX", 100_000)
        value: bytes = await client.execute("GET", "key")
        return value


def traces() -> dict[str, Any]:
    """What of its host a guest might change, or leave behind in it."""
    logger, root = logging.getLogger("trioredis"), logging.getLogger()
    return {
        "signals": {number: signal.getsignal(number) for number in signal.valid_signals()},
        "wake-up descriptor": signal.set_wakeup_fd(-1),
        "logging": (
            logger.level,
            logger.handlers,
            logger.propagate,
            logger.filters,
            root.level,
            [*root.handlers],
        ),
        "collector": (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()),
        "files": {
            entry.name: str(entry.readlink())
            for entry in Path("/proc/self/fd").iterdir()
            if entry.is_symlink()
        },
        "threads": threading.enumerate(),
        "temporary files": {*Path(tempfile.gettempdir()).glob("*trioredis*")},
        "directory": Path.cwd(),
    }


def test_nothing_is_left_of_a_server_in_a_trio_program() -> None:
    before = traces()
    assert b"value" == trio.run(use_a_server)
    assert before == traces()


async def test_a_running_server_has_touched_nothing_of_its_host() -> None:
    mine = ("signals", "logging", "collector", "threads", "temporary files", "directory")
    before = traces()
    async with (
        trioredis.open_server(port=0, bind="127.0.0.1", enable_protected_configs="yes") as server,
        server.client() as client,
    ):
        await client.execute("CONFIG", "SET", "loglevel", "warning", "dir", "/")
        assert {name: before[name] for name in mine} == {
            name: value for name, value in traces().items() if name in mine
        }


def test_a_server_runs_in_guest_mode_on_asyncio() -> None:
    async def host() -> bytes:
        loop = asyncio.get_running_loop()
        end: asyncio.Future[Any] = loop.create_future()
        trio.lowlevel.start_guest_run(
            use_a_server,
            run_sync_soon_threadsafe=loop.call_soon_threadsafe,
            done_callback=end.set_result,
        )
        return (await end).unwrap()

    assert b"value" == asyncio.run(host())


def test_a_server_runs_in_a_task_group_of_anyio() -> None:
    async def program() -> bytes:
        async with anyio.create_task_group() as tasks:
            server = await tasks.start(partial(trioredis.serve, port=0, bind="127.0.0.1"))
            async with await anyio.connect_tcp("127.0.0.1", server.port) as stream:
                await stream.send(b"ECHO value\r\n")
                reply = await stream.receive()
            await server.aclose()
        return reply

    assert b"$5\r\nvalue\r\n" == anyio.run(program, backend="trio")


def test_a_server_of_anyio_is_cancelled_with_its_task_group() -> None:
    async def program() -> None:
        async with anyio.create_task_group() as tasks:
            await tasks.start(partial(trioredis.serve, port=0, bind="127.0.0.1"))
            tasks.cancel_scope.cancel()

    before = traces()
    anyio.run(program, backend="trio")
    assert before == traces()


def test_ctrl_c_in_the_host_ends_the_server_too() -> None:
    async def host() -> None:
        async with trioredis.open_server(port=0, bind="127.0.0.1"):
            signal.raise_signal(signal.SIGINT)
            await trio.sleep_forever()

    before = traces()
    with pytest.raises(KeyboardInterrupt):
        trio.run(host)
    assert before == traces()
