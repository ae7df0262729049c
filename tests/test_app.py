"""The server as a Trio program sees it: how it starts, what it tells, how it is reached."""

import errno
import logging
import sys
from functools import partial
from pathlib import Path

import pytest
import trio

import trioredis
from oracle import encode_command
from program import run
from trioredis.env import Env
from trioredis.log_levels import NOTICE
from trioredis.machine import Machine
from trioredis.protocol.responses import ResponseParser

LOCAL = {"port": 0, "bind": "127.0.0.1"}


async def ask(stream: trio.abc.Stream, *arguments: str | bytes) -> object:
    """Run one command over a stream; return the reply as our parser reads it."""
    with trio.fail_after(5):
        await stream.send_all(encode_command(*arguments))
        parser = ResponseParser()
        while not (replies := parser.feed(bytes(await stream.receive_some()))):
            pass
    return replies[0]


@pytest.fixture(params=["selector", "stream"])
def transport(request: pytest.FixtureRequest) -> str:
    return request.param


# How it is reached.


async def test_clients_may_connect_as_soon_as_start_returns(transport: str) -> None:
    async with trio.open_nursery() as nursery:
        server = await nursery.start(partial(trioredis.serve, **LOCAL, transport=transport))
        async with await trio.open_tcp_stream("127.0.0.1", server.port) as stream:
            assert b"value" == await ask(stream, "ECHO", "value")
        nursery.cancel_scope.cancel()


async def test_a_server_tells_where_it_listens(tmp_path: Path) -> None:
    path = str(tmp_path / "redis.sock")
    async with trioredis.open_server(**LOCAL, unixsocket=path) as server:
        assert (f"127.0.0.1:{server.port}", path) == server.addresses
        assert f"redis://127.0.0.1:{server.port}" == server.url
        async with await trio.open_tcp_stream("127.0.0.1", server.port) as stream:
            assert b"tcp" == await ask(stream, "ECHO", "tcp")
        async with await trio.open_unix_socket(path) as stream:
            assert b"unix" == await ask(stream, "ECHO", "unix")


@pytest.mark.parametrize(
    ("bind", "host"), [("*", "127.0.0.1"), ("::*", "[::1]"), ("::1", "[::1]"), ("127.0.0.1 ::1", "127.0.0.1")]
)
async def test_the_url_is_one_that_this_machine_can_connect_to(bind: str, host: str) -> None:
    async with trioredis.open_server(port=0, bind=bind) as server:
        assert f"redis://{host}:{server.port}" == server.url
        async with await trio.open_tcp_stream(host.strip("[]"), server.port) as stream:
            assert b"x" == await ask(stream, "ECHO", "x")


async def test_every_address_gets_the_same_free_port() -> None:
    async with trioredis.open_server(port=0, bind=["127.0.0.1", "::1"]) as server:
        assert (f"127.0.0.1:{server.port}", f"[::1]:{server.port}") == server.addresses


async def test_without_tcp_there_is_no_port(tmp_path: Path) -> None:
    async with trioredis.open_server(port=None, unixsocket=str(tmp_path / "s")) as server:
        assert (0, f"unix://{tmp_path / 's'}") == (server.port, server.url)
    async with trioredis.open_server(port=None) as server:
        assert (0, "", ()) == (server.port, server.url, server.addresses)


async def test_a_memory_stream_is_a_connection_without_a_socket() -> None:
    async with trioredis.open_server(port=None) as server, server.memory_stream() as stream:
        assert b"x" == await ask(stream, "ECHO", "x")


async def test_in_process_clients_share_the_data_with_everybody() -> None:
    async with (
        trioredis.open_server(**LOCAL) as server,
        server.client() as client,
        await trio.open_tcp_stream("127.0.0.1", server.port) as stream,
    ):
        assert b"OK" == await client.execute("SET", "key", "value")
        assert b"value" == await ask(stream, "GET", "key")


async def test_a_closed_server_takes_no_more_clients() -> None:
    async with trioredis.open_server(port=None) as server:
        await server.aclose()
        with pytest.raises(trio.ClosedResourceError):
            server.client()


@pytest.mark.parametrize("how", ["SHUTDOWN", "SHUTDOWN NOW"])
async def test_a_server_that_is_closing_takes_no_more_clients(how: str) -> None:
    async with trioredis.open_server(port=None) as server, server.client() as client:
        with pytest.raises(trio.BrokenResourceError):
            await client.execute(*how.split())
        with pytest.raises(trio.ClosedResourceError):
            server.client()


async def test_a_server_shows_itself_in_a_few_words_and_no_password() -> None:
    async with trioredis.open_server(port=None, requirepass="secret") as server:
        assert "Server('')" == repr(server)
        assert "Config(path=None)" == repr(server.config)
    async with trioredis.open_server(**LOCAL) as server:
        assert f"Server('redis://127.0.0.1:{server.port}')" == repr(server)


async def test_statistics_count_what_happened() -> None:
    async with trioredis.open_server(port=None) as server, server.client() as client:
        await client.execute("SET", "key", "value")
        await client.execute("GET", "key")
        request, reply = encode_command("SET", "key", "value"), b"+OK\r\n"
        request2, reply2 = encode_command("GET", "key"), b"$5\r\nvalue\r\n"
        expected = trioredis.ServerStatistics(
            clients=1,
            keys=1,
            commands=2,
            connections=1,
            bytes_received=len(request + request2),
            bytes_sent=len(reply + reply2),
        )
        assert expected == server.statistics()


async def test_two_servers_do_not_know_of_each_other() -> None:
    config = trioredis.Config()
    async with (
        trioredis.open_server(port=0, config=config, bind="127.0.0.1") as one,
        trioredis.open_server(port=0, config=config, bind="127.0.0.1", databases=1) as other,
        one.client() as to_one,
        other.client() as to_other,
    ):
        await to_one.execute("SET", "key", "value")
        await to_one.execute("CONFIG", "SET", "maxclients", 77, "requirepass", "secret")
        assert one.port != other.port
        assert None is await to_other.execute("GET", "key")
        assert [b"maxclients", b"10000"] == await to_other.execute("CONFIG", "GET", "maxclients")
        assert {"databases": b"16", "port": b"6379"} == {
            name: config.get(name.encode())[name.encode()] for name in ("databases", "port")
        }


# How it is configured.


@pytest.mark.parametrize(
    ("setting", "name", "shown"),
    [
        ({"requirepass": ""}, "requirepass", b""),
        ({"maxclients": 7}, "maxclients", b"7"),
        ({"protected_mode": False}, "protected-mode", b"no"),
        (
            {"client_output_buffer_limit": "normal 5mb 1mb 9"},
            "client-output-buffer-limit",
            b"normal 5242880 1048576 9",
        ),
        ({"latency_tracking_info_percentiles": [50, 99.9]}, "latency-tracking-info-percentiles", b"50 99.9"),
        ({"proto_max_bulk_len": b"1mb"}, "proto-max-bulk-len", b"1048576"),
    ],
)
async def test_directives_are_keyword_arguments(setting: dict[str, object], name: str, shown: bytes) -> None:
    async with trioredis.open_server(port=None, **setting) as server, server.client() as client:
        assert shown == (await client.execute("CONFIG", "GET", name))[1][: len(shown)]


async def test_keyword_arguments_come_on_top_of_a_configuration() -> None:
    config = trioredis.Config()
    config.set([(b"maxclients", b"5"), (b"timeout", b"9")])
    async with trioredis.open_server(port=None, config=config, maxclients=6) as server:
        assert (6, 9) == (server.config[b"maxclients"], server.config[b"timeout"])
    assert 5 == config[b"maxclients"]


async def test_the_port_is_the_configuration_s_unless_it_is_an_argument() -> None:
    async with trioredis.open_server(**LOCAL) as first:
        port = first.port
    config = trioredis.Config()
    config.set([(b"port", b"%d" % port), (b"bind", b"127.0.0.1")])
    async with trioredis.open_server(config=config) as server:
        assert port == server.port
        async with trioredis.open_server(config=config, port=0) as other:
            assert port != other.port
    config.set([(b"port", b"0")])
    async with trioredis.open_server(config=config) as server:
        assert () == server.addresses


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        (
            {"prt": 1},
            "keyword argument: prt: unknown directive: expected one of those in the redis.conf of Redis 7.2",
        ),
        (
            {"port": 65536},
            "keyword argument: port: '65536': argument must be between 0 and 65535 inclusive"
            " (expected: an integer between 0 and 65535)",
        ),
        (
            {"maxclients": "many"},
            "keyword argument: maxclients: 'many': argument couldn't be parsed into an integer"
            " (expected: an integer between 1 and 4294967295)",
        ),
        (
            {"appendonly": True},
            "keyword argument: appendonly: 'yes': refused: the data lives in memory only, nothing is saved yet",
        ),
    ],
)
async def test_a_bad_directive_is_refused_before_anything_starts(
    setting: dict[str, object], text: str
) -> None:
    with pytest.raises(trioredis.ConfigError) as refusal:
        await trioredis.serve(**{"port": 0, **setting})
    assert text == str(refusal.value)


@pytest.mark.parametrize("value", [None, Path("/tmp/redis.sock"), {"a": 1}])
async def test_a_directive_that_is_set_to_no_text_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError, match=r"^a directive is set to text, a bool, a number"):
        await trioredis.serve(port=0, unixsocket=value)


# How it fails to start.


async def test_a_port_in_use_is_a_bare_oserror_that_names_the_address() -> None:
    async with trioredis.open_server(**LOCAL) as server:
        for attempt in (trioredis.serve, partial(_start_in_a_nursery, trioredis.serve), _open):
            with pytest.raises(OSError) as failure:  # noqa: PT011  # the number is checked below
                await attempt(port=server.port, bind="127.0.0.1")
            assert (errno.EADDRINUSE, server.addresses[0]) == (failure.value.errno, failure.value.filename)


async def _start_in_a_nursery(serve, **options: object) -> None:
    failure = None
    async with trio.open_nursery() as nursery:
        try:
            await nursery.start(partial(serve, **options))
        except OSError as error:
            failure = error
    assert failure is not None
    raise failure


async def _open(**options: object) -> None:
    async with trioredis.open_server(**options):
        pass


async def test_a_block_that_fails_raises_its_own_exception() -> None:
    with pytest.raises(ZeroDivisionError) as failure:
        async with trioredis.open_server(port=None):
            raise ZeroDivisionError
    assert None is failure.value.__context__


async def test_a_group_that_a_block_raises_stays_a_group() -> None:
    with pytest.raises(ExceptionGroup) as failure:
        async with trioredis.open_server(port=None):
            raise ExceptionGroup("of the block", [KeyError(1)])
    assert "of the block" == failure.value.message


# How many it takes.


class SmallMachine(Machine):
    def open_files(self, wanted: int) -> int:
        return min(wanted, 100)


async def test_maxclients_leaves_32_of_the_files_that_the_process_may_open(
    caplog: pytest.LogCaptureFixture,
) -> None:
    env = Env(machine=SmallMachine())
    async with (
        trioredis.open_server(port=None, env=env, maxclients=200) as server,
        server.client() as client,
    ):
        assert [b"maxclients", b"68"] == await client.execute("CONFIG", "GET", "maxclients")
        assert b"OK" == await client.execute("CONFIG", "SET", "maxclients", 68)
        with pytest.raises(trioredis.ReplyError, match=r"specified number of clients, try with 68$"):
            await client.execute("CONFIG", "SET", "maxclients", 69)
        assert [b"maxclients", b"68"] == await client.execute("CONFIG", "GET", "maxclients")
    text = "maxclients is 68, not 200: this process may open 100 files (see ulimit -n), and 32 are kept back."
    assert [("trioredis", logging.WARNING, text)] == caplog.record_tuples


async def test_who_has_not_asked_for_so_many_is_not_warned(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(NOTICE)
    async with trioredis.open_server(port=None, env=Env(machine=SmallMachine())) as server:
        assert 68 == server.config[b"maxclients"]
    assert [NOTICE] == [record.levelno for record in caplog.records]


async def test_a_maxclients_that_fits_is_not_touched(caplog: pytest.LogCaptureFixture) -> None:
    async with trioredis.open_server(port=None, env=Env(machine=SmallMachine()), maxclients=68) as server:
        assert 68 == server.config[b"maxclients"]
    assert [] == caplog.record_tuples


# What it costs.


def test_importing_the_package_brings_in_neither_the_command_line_nor_the_test_tools() -> None:
    loaded = run(sys.executable, "-c", "import sys, trioredis; print(*sys.modules)").stdout
    assert "trioredis.app" in loaded
    heavy = {
        "trioredis.cli",
        "trioredis.testing",
        "cyclopts",
        "trio.testing",
        "pytest",
        "concurrent.futures.thread",
    }
    assert set() == heavy & {*loaded.split()}
