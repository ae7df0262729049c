"""The client's connection: commands out, replies in, over any stream, whatever comes back."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trio
from trio.testing import memory_stream_pair, wait_all_tasks_blocked

import trioredis
from oracle import encode_command
from trioredis.client import Connection, ReplyError


@pytest.fixture
def line() -> tuple[Connection, trio.StapledStream]:
    """A connection, and the server's end of it, which the test plays."""
    ours, theirs = memory_stream_pair()
    return Connection(ours), theirs


async def answered(line: tuple[Connection, trio.StapledStream], *chunks: bytes) -> Any:
    """Run a command that is answered by these chunks."""
    connection, server = line
    for chunk in chunks:
        await server.send_all(chunk)
    return await connection.execute("COMMAND")


REPLIES = [
    (b"+OK\r\n", b"OK"),
    (b"$5\r\nvalue\r\n", b"value"),
    (b":12\r\n", 12),
    (b"$-1\r\n", None),
    (b"*-1\r\n", None),
    (b"*2\r\n+a\r\n*1\r\n:1\r\n", [b"a", [1]]),
    (b"_\r\n", None),
    (b",1.5\r\n", 1.5),
    (b"#t\r\n", True),
    (b"(123456789012345678901234567890\r\n", 123456789012345678901234567890),
    (b"=6\r\ntxt:ab\r\n", b"ab"),
    (b"~2\r\n:2\r\n:1\r\n", [2, 1]),
    (b"%1\r\n+key\r\n*1\r\n+a\r\n", {b"key": [b"a"]}),
    (b">2\r\n+message\r\n+unasked\r\n:1\r\n", 1),
]


@pytest.mark.parametrize(("wire", "value"), REPLIES)
async def test_a_reply_is_a_value_of_python(line: Any, wire: bytes, value: Any) -> None:
    reply = await answered(line, wire)
    assert (type(value), value) == (type(reply), reply)


@pytest.mark.parametrize(("wire", "value"), REPLIES)
async def test_a_reply_may_come_byte_by_byte(line: Any, wire: bytes, value: Any) -> None:
    assert value == await answered(line, *(wire[at : at + 1] for at in range(len(wire))))


async def test_an_error_reply_is_raised(line: Any) -> None:
    with pytest.raises(ReplyError) as failure:
        await answered(line, b"-WRONGTYPE Operation against \xff\r\n")
    assert ("WRONGTYPE", b"WRONGTYPE Operation against \xff") == (failure.value.code, failure.value.text)
    assert r"WRONGTYPE Operation against \xff" == str(failure.value)


async def test_an_error_inside_of_a_reply_is_a_part_of_it(line: Any) -> None:
    first, second = await answered(line, b"*2\r\n:1\r\n-ERR no\r\n")
    assert (1, ReplyError, "ERR no") == (first, type(second), str(second))


async def test_after_an_error_reply_the_connection_goes_on(line: Any) -> None:
    with pytest.raises(ReplyError):
        await answered(line, b"-ERR no\r\n")
    assert 1 == await answered(line, b":1\r\n")


@pytest.mark.parametrize(
    ("arguments", "wire"),
    [
        ((b"SET", b"\xff", b""), encode_command(b"SET", b"\xff", b"")),
        (("SET", "ключ", "v"), encode_command("SET", "ключ".encode(), "v")),
        (("INCRBY", "k", -3), encode_command("INCRBY", "k", "-3")),
        (("INCRBYFLOAT", "k", 0.1), encode_command("INCRBYFLOAT", "k", "0.1")),
    ],
)
async def test_arguments_are_bytes_text_and_numbers(
    line: Any, arguments: tuple[Any, ...], wire: bytes
) -> None:
    connection, server = line
    await server.send_all(b"+OK\r\n")
    await connection.execute(*arguments)
    assert wire == await server.receive_some()


@pytest.mark.parametrize("argument", [None, True, [b"a"], 1j])
async def test_anything_else_is_refused_and_nothing_is_sent(line: Any, argument: Any) -> None:
    connection, server = line
    with pytest.raises(TypeError, match="an argument of a command is bytes, str, int or float"):
        await connection.execute("SET", argument)
    await connection.aclose()
    assert b"" == await server.receive_some()


async def test_a_command_has_a_name(line: Any) -> None:
    with pytest.raises(TypeError):
        await line[0].execute()  # which a server would pass over, and never answer


async def closed(server: trio.StapledStream) -> None:
    await server.aclose()


async def talks_nonsense(server: trio.StapledStream) -> None:
    await server.send_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.mark.parametrize("what", [closed, talks_nonsense])
async def test_without_a_server_there_is_no_reply(
    line: Any, what: Callable[[trio.StapledStream], Awaitable[None]]
) -> None:
    connection, server = line
    await what(server)
    with pytest.raises(trio.BrokenResourceError):
        await connection.execute("PING")
    with pytest.raises(trio.ClosedResourceError):
        await connection.execute("PING")


async def test_a_command_cancelled_half_way_breaks_the_connection(line: Any) -> None:
    connection, server = line
    with trio.CancelScope() as scope:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(connection.execute, "PING")
            await wait_all_tasks_blocked()
            scope.cancel()
    assert encode_command("PING") == await server.receive_some()
    with pytest.raises(trio.ClosedResourceError):
        await connection.execute("PING")


async def test_waiting_for_one_s_turn_may_be_cancelled(line: Any) -> None:
    connection, server = line
    async with trio.open_nursery() as nursery:
        nursery.start_soon(connection.execute, "FIRST")
        await wait_all_tasks_blocked()
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as others:
                others.start_soon(connection.execute, "SECOND")
                await wait_all_tasks_blocked()
                scope.cancel()
        await server.send_all(b"+OK\r\n")
    assert encode_command("FIRST") == await server.receive_some()
    assert 1 == await answered(line, b":1\r\n")


@asynccontextmanager
async def a_client() -> AsyncIterator[Connection]:
    async with trioredis.open_server(port=None) as server, server.client() as client:
        yield client


async def test_tasks_that_share_a_connection_get_their_own_replies() -> None:
    async def ask(word: str) -> None:
        for _ in range(10):
            assert word.encode() == await client.execute("ECHO", word)

    async with a_client() as client, trio.open_nursery() as nursery:
        for word in "abc":
            nursery.start_soon(ask, word)


async def test_a_connection_speaks_resp3_when_it_is_told_to() -> None:
    async with a_client() as client:
        assert 3 == (await client.execute("HELLO", 3))[b"proto"]
        assert {b"maxclients": b"10000"} == await client.execute("CONFIG", "GET", "maxclients")


async def test_a_large_value_comes_back_whole() -> None:
    value = bytes(range(256)) * 10_000
    async with a_client() as client:
        await client.execute("SET", "key", value)
        assert value == await client.execute("GET", "key")
