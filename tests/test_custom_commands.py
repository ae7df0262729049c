"""Commands of one's own in a server, from the decorator to every kind of client."""

import pytest
import redis
import trio

import trioredis
from trioredis.testing import server_thread


def echo(ctx: trioredis.Context, key: bytes) -> bytes:
    """Say which key it was."""
    return key


def commands_with(name: str) -> trioredis.Commands:
    commands = trioredis.Commands()
    assert echo is commands.command(name, keys=1, flags="readonly")(echo)
    return commands


async def test_a_server_that_was_given_commands_has_them_and_no_other_server_has() -> None:
    async with (
        trioredis.open_server(port=None, commands=commands_with("MY.ECHO")) as server,
        trioredis.open_server(port=None) as other,
        server.client() as client,
        other.client() as stranger,
    ):
        assert b"a" == await client.execute("my.echo", "a")
        with pytest.raises(trioredis.ReplyError, match="unknown command"):
            await stranger.execute("my.echo", "a")
        assert 1 == await client.execute("COMMAND", "COUNT") - await stranger.execute("COMMAND", "COUNT")


async def test_commands_may_be_given_to_several_servers_which_count_for_themselves() -> None:
    commands = commands_with("MY.ECHO")
    async with (
        trioredis.open_server(port=None, commands=commands) as server,
        trioredis.open_server(port=None, commands=commands) as other,
        server.client() as client,
        other.client() as elsewhere,
    ):
        await client.execute("MY.ECHO", "a")
        assert b"cmdstat_my.echo:calls=1," in await client.execute("INFO", "commandstats")
        assert b"cmdstat_my.echo" not in await elsewhere.execute("INFO", "commandstats")


async def test_a_command_may_come_while_the_server_runs() -> None:
    async with trioredis.open_server(port=None) as server, server.client() as client:
        with pytest.raises(trioredis.ReplyError, match="unknown command"):
            await client.execute("MY.ECHO", "a")
        assert echo is server.command("MY.ECHO")(echo)
        assert b"a" == await client.execute("MY.ECHO", "a")
        with pytest.raises(ValueError, match=r"there is a command my\.echo already"):
            server.command("my.echo")(echo)


def test_a_name_that_redis_has_is_refused_before_there_is_a_server() -> None:
    with pytest.raises(ValueError, match=r"choose another name, like MY\.GET"):
        commands_with("GET")
    commands = commands_with("MY.ECHO")
    with pytest.raises(ValueError, match=r"there is a command MY\.ECHO already"):
        commands.command("MY.ECHO")(echo)
    assert [b"my.echo"] == [command.name for command in commands]
    assert 1 == len(commands)


async def test_a_pipeline_to_a_socket_gets_each_reply_in_its_place() -> None:
    commands = trioredis.Commands()

    @commands.command("MY.APPEND", keys=1)
    def append(ctx: trioredis.Context, key: bytes, *words: bytes) -> list[int]:
        return [ctx.call("APPEND", key, word) for word in words]

    async with (
        trioredis.open_server(port=0, bind="127.0.0.1", commands=commands) as server,
        await trio.open_tcp_stream("127.0.0.1", server.port) as stream,
    ):
        await stream.send_all(b"MY.APPEND k a bc\r\nGET k\r\nMY.APPEND k\r\nMY.APPEND k d\r\n")
        expected = b"*2\r\n:1\r\n:3\r\n$3\r\nabc\r\n*0\r\n*1\r\n:4\r\n"
        answer = b""
        with trio.fail_after(5):
            while len(answer) < len(expected):
                answer += await stream.receive_some(1000)
        assert expected == answer


def test_redis_py_calls_it_like_any_other() -> None:
    with (
        server_thread(commands=commands_with("MY.ECHO")) as url,
        redis.Redis.from_url(url) as client,
        client.pipeline(transaction=True) as pipeline,
    ):
        assert b"a" == client.execute_command("MY.ECHO", "a")
        assert [True, b"b"] == pipeline.set("k", "v").execute_command("MY.ECHO", "b").execute()
        assert ["c"] == client.execute_command("COMMAND GETKEYS", "MY.ECHO", "c")


async def test_a_paused_server_holds_those_that_write(autojump_clock: object) -> None:
    commands = commands_with("MY.READ")
    commands.command("MY.WRITE", keys=1)(echo)
    async with (
        trioredis.open_server(port=None, commands=commands) as server,
        server.client() as client,
        server.client() as writer,
    ):
        await client.execute("CLIENT", "PAUSE", 100_000, "WRITE")
        assert b"a" == await client.execute("MY.READ", "a")
        start = trio.current_time()
        assert b"a" == await writer.execute("MY.WRITE", "a")
        assert 100 <= trio.current_time() - start <= 101
