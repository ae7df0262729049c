"""redis-py: the same program against a real Redis and against our server sees the same, in RESP2 and in RESP3."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
import redis.asyncio
from redis.backoff import NoBackoff
from redis.retry import Retry

from ecosystem.redis_py import FAR, Both, Client, Operation, form, result
from oracle import Oracle, redis_server
from trioredis.testing import server_thread

# The library compares bytes to strings, and deprecates commands that it still has to send.
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning", "ignore::DeprecationWarning")


# --- basic operations

OPERATIONS: dict[str, list[Operation]] = {
    "strings": [
        lambda r: r.set("k", "v"),
        lambda r: r.set("k", "w", nx=True),
        lambda r: r.set("k", "w", xx=True, get=True),
        lambda r: r.set("k", "w", ex=timedelta(days=1), keepttl=False),
        lambda r: r.set("k", "w", exat=FAR),
        lambda r: r.set("k", "w", keepttl=True),
        lambda r: r.get("k"),
        lambda r: r.get("nope"),
        lambda r: r["k"],
        lambda r: r.getex("k", persist=True),
        lambda r: r.getdel("k"),
        lambda r: r.getset("k", 1),
        lambda r: r.incr("k"),
        lambda r: r.incr("k", 10),
        lambda r: r.decr("k", 2),
        lambda r: r.incrbyfloat("k", 0.5),
        lambda r: r.incr("k"),
        lambda r: r.append("b", "more"),
        lambda r: r.strlen("b"),
        lambda r: r.getrange("b", 1, -2),
        lambda r: r.substr("b", 0, 1),
        lambda r: r.setrange("b", 2, "x"),
        lambda r: r.mset({"x": 1, "y": "2"}),
        lambda r: r.msetnx({"x": 1, "z": "2"}),
        lambda r: r.mget("x", "y", "nope"),
        lambda r: r.setnx("x", 1),
        lambda r: r.setex("x", 100_000, "v"),
        lambda r: r.psetex("x", 100_000_000, "v"),
        lambda r: r.lcs("b", "x"),
        lambda r: r.lcs("b", "b", idx=True, withmatchlen=True),
    ],
    "keys": [
        lambda r: r.exists("a", "b", "nope"),
        lambda r: "a" in r,
        lambda r: r.type("a"),
        lambda r: r.type("nope"),
        lambda r: sorted(r.keys()),
        lambda r: sorted(r.scan_iter(match="*", count=1)),
        lambda r: sorted(r.scan_iter(match="em*", _type="string")),
        lambda r: r.rename("a", "c"),
        lambda r: r.rename("a", "c"),
        lambda r: r.renamenx("c", "b"),
        lambda r: r.copy("c", "d"),
        lambda r: r.copy("c", "d", replace=True),
        lambda r: r.move("d", 5),
        lambda r: r.expire("c", 100_000),
        lambda r: r.ttl("c"),
        lambda r: r.expire("c", 100_000, nx=True),
        lambda r: r.pexpireat("c", FAR),
        lambda r: r.pexpiretime("c"),
        lambda r: r.expiretime("c"),
        lambda r: r.persist("c"),
        lambda r: r.pttl("c"),
        lambda r: r.pttl("nope"),
        lambda r: r.object("encoding", "c"),
        lambda r: r.object("idletime", "c"),
        lambda r: r.object("freq", "c"),
        lambda r: r.touch("c", "nope"),
        lambda r: r.unlink("c"),
        lambda r: r.delete("b", "nope"),
        lambda r: r.randomkey(),
        lambda r: r.dbsize(),
        lambda r: r.flushdb(asynchronous=True),
        lambda r: r.swapdb(0, 5),
        lambda r: r.get("d"),
        lambda r: r.flushall(),
        lambda r: r.randomkey(),
    ],
    "connection and server": [
        lambda r: r.ping(),
        lambda r: r.echo("hello"),
        lambda r: r.select(3),
        lambda r: r.select(0),
        lambda r: r.auth("wrong", "nobody"),
        lambda r: r.client_setname("me"),
        lambda r: r.client_getname(),
        lambda r: r.client_no_evict("ON"),
        lambda r: r.client_reply("ON"),
        lambda r: r.client_unblock(10**6),
        lambda r: r.client_pause(1, all=False),
        lambda r: r.client_unpause(),
        lambda r: r.client_kill("127.0.0.1:1"),
        lambda r: r.client_kill_filter(_id=10**6),
        lambda r: r.client_list(_type="pubsub"),
        lambda r: r.client_list(client_id=[10**6]),
        lambda r: r.acl_whoami(),
        lambda r: r.acl_users(),
        lambda r: r.acl_getuser("nobody"),
        lambda r: r.config_get("maxclients"),
        lambda r: r.config_get("maxclients", "time*t"),
        lambda r: r.config_set("slowlog-max-len", 64),
        lambda r: r.config_get("slowlog-max-len"),
        lambda r: r.config_set("slowlog-max-len", 128),
        lambda r: r.config_set("slowlog-max-len", "many"),
        lambda r: r.config_set("nope", 1),
        lambda r: r.config_resetstat(),
        lambda r: r.config_rewrite(),
        lambda r: r.slowlog_reset(),
        lambda r: r.slowlog_get(10),
        lambda r: r.slowlog_len(),
        lambda r: r.latency_latest(),
        lambda r: r.latency_history("command"),
        lambda r: r.latency_reset(),
        lambda r: r.memory_usage("nope"),
        lambda r: r.memory_purge(),
        lambda r: r.module_list(),
        lambda r: r.role(),
        lambda r: r.command_getkeys("mset", "k", 1, "l", 2),
        lambda r: r.command_getkeysandflags("set", "k", 1),
        lambda r: r.command_list(pattern="getr*"),
        lambda r: r.execute_command("COMMAND", "INFO", "get"),
        lambda r: r.cluster("info"),
        lambda r: r.readonly(),
        lambda r: r.execute_command("NOPE", "x"),
        lambda r: r.execute_command("GET"),
    ],
}


@pytest.mark.parametrize("operations", OPERATIONS.values(), ids=OPERATIONS)
def test_basic_operations_return_the_same(operations: list[Operation], both: Both) -> None:
    for operation in operations:
        both.same(operation)


@pytest.mark.parametrize(
    "operation",
    [
        lambda r: r.time(),
        lambda r: r.client_id(),
        lambda r: r.client_list()[0].keys() - {"lib-name", "lib-ver", "redir"},
        lambda r: r.client_info().keys() - {"lib-name", "lib-ver", "redir"},
        lambda r: r.memory_usage("a", samples=5),
        lambda r: r.command_count(),
        lambda r: {
            name: each["arity"] for name, each in r.command().items() if name in ("get", "set", "client")
        },
        lambda r: r.debug_object("a"),
        lambda r: r.acl_cat(),
        lambda r: (
            r.execute_command("HELLO").keys()
            if r.connection_pool.connection_kwargs["protocol"] == 3
            else None
        ),
    ],
)
def test_what_is_told_about_the_server_has_the_same_form(operation: Operation, both: Both) -> None:
    both.same(operation, form)


def test_info_has_fields_of_the_same_types(both: Both) -> None:
    for section in ("default", "all", "everything", "server", "clients", "stats", "keyspace", "commandstats"):
        theirs, ours = both.theirs.info(section), both.ours.info(section)
        shared = {field for field in ours.keys() & theirs.keys() if ours[field] != theirs[field]}
        assert {f: form(theirs[f]) for f in shared} == {f: form(ours[f]) for f in shared}
    assert {"db0": {"keys": 3, "expires": 0, "avg_ttl": 0}} == both.ours.info("keyspace")


def test_documentation_is_understood(both: Both) -> None:
    def fields(client: Client) -> object:
        match client.execute_command("COMMAND DOCS", "get"):
            case ["get", [*words]]:
                return words[::2]
            case {"get": documentation}:
                return list(documentation)

    assert "arguments" in both.same(fields)


def test_the_slow_log_is_understood(both: Both) -> None:
    for client in (both.theirs, both.ours):
        client.slowlog_reset()
        client.config_set("slowlog-log-slower-than", 0)
        client.set("k", "v")
        client.config_set("slowlog-log-slower-than", 10_000)
    (entry,) = both.same(
        lambda r: [each for each in r.slowlog_get(10) if each["command"] == b"SET k v"], form
    )
    assert {"id", "start_time", "duration", "command", "client_address", "client_name"} == entry.keys()


# --- bytes, pipelines, connections


def test_bytes_stay_bytes(url: str) -> None:
    everything = bytes(range(256))
    with redis.Redis.from_url(url) as client:
        for value in (b"", everything, b"\r\n", everything * 1000):
            assert client.set(value, value)
            assert value == client.get(value)


def test_pipelines_keep_the_order_and_report_errors_in_place(both: Both) -> None:
    def run(client: Client, raise_on_error: bool) -> object:
        pipeline = client.pipeline(transaction=False)
        pipeline.set("k", "v").incr("k").get("k").mget("a", "nope").ttl("a").config_get("maxclients")
        replies = pipeline.execute(raise_on_error)
        return [(type(each), str(each)) if isinstance(each, Exception) else each for each in replies]

    assert 6 == len(both.same(lambda r: run(r, raise_on_error=False)))
    both.same(lambda r: run(r, raise_on_error=True))


def test_a_long_pipeline_is_answered(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        pipeline = client.pipeline(transaction=False)
        for number in range(10_000):
            pipeline.set(f"k{number}", number)
            pipeline.get(f"k{number}")
        replies = pipeline.execute()
    assert [b"%d" % number for number in range(10_000)] == replies[1::2]


def test_monitor_shows_what_others_do(both: Both) -> None:
    def monitored(client: Client) -> list[str]:
        seen: list[str] = []
        with client.monitor() as monitor:
            client.set("k", 'a "b"')
            client.get("k")
            while not seen or seen[-1] != "GET k":
                seen.append(monitor.next_command()["command"])
        return [command for command in seen if not command.startswith(("HELLO", "CLIENT"))]

    assert ['SET k a "b"', "GET k"] == both.same(monitored)


def test_a_killed_connection_is_replaced(both: Both) -> None:
    def survive(client: Client) -> object:
        number = client.client_id()
        killed = client.client_kill_filter(_id=number, skipme=False)
        return killed, client.get("a"), client.client_id() > number

    assert (1, "10", True) == both.same(survive)


def test_health_is_checked(url: str) -> None:
    with redis.Redis.from_url(url, health_check_interval=1) as client, client.client() as connected:
        connected.connection.next_health_check = 0
        assert connected.set("k", "v")
        connected.connection.check_health()


def test_the_library_tells_its_name(url: str) -> None:
    with redis.Redis.from_url(url, client_name="me", decode_responses=True) as client:
        information = client.client_info()
    assert ("me", "redis-py") == (information["name"], information["lib-name"])
    assert information["lib-ver"]


PASSWORD = "a secret/?"


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[tuple[int, str], tuple[int, str]]]:
    """Two servers, by port and path, that ask for a password; the first is a real Redis."""
    theirs, ours = (str(tmp_path_factory.mktemp(name) / "redis.sock") for name in ("theirs", "ours"))
    with ExitStack() as stack:
        oracle = stack.enter_context(redis_server("--requirepass", PASSWORD, "--unixsocket", theirs))
        url = stack.enter_context(server_thread(port=0, requirepass=PASSWORD, unixsocket=ours))
        yield (oracle.port, theirs), (urlsplit(url).port or 0, ours)


@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.parametrize("through", ["tcp", "unix"])
@pytest.mark.parametrize(
    "credentials",
    [
        {"password": PASSWORD},
        {"username": "default", "password": PASSWORD},
        {"username": "nobody", "password": PASSWORD},
        {"password": "wrong"},
        {},
    ],
    ids=lambda credentials: "+".join(credentials) or "nothing",
)
def test_who_knows_the_password_comes_in(
    credentials: dict[str, str], through: str, protocol: int, houses: tuple[tuple[int, str], tuple[int, str]]
) -> None:
    def attempt(port: int, path: str) -> object:
        place = {"port": port} if through == "tcp" else {"unix_socket_path": path}
        with redis.Redis(**place, **credentials, protocol=protocol, retry=Retry(NoBackoff(), 0)) as client:
            return result(client, lambda r: (r.ping(), r.set("k", "v"), r.acl_whoami()))

    theirs, ours = (attempt(*house) for house in houses)
    assert theirs == ours


# --- asyncio


async def converse(url: str, protocol: int) -> list[object]:
    """Some of everything over asyncio, by several clients at once."""
    async with redis.asyncio.from_url(url, protocol=protocol, decode_responses=True) as client:
        await client.flushall()
        seen: list[object] = [
            await client.ping(),
            await client.set("k", 1, ex=100_000),
            await client.get("k"),
        ]
        counts = await asyncio.gather(*(client.incr("n") for _ in range(50)))
        seen += [sorted(counts), sorted([key async for key in client.scan_iter(count=1)])]
        async with client.pipeline(transaction=False) as pipeline:
            seen += await pipeline.set("p", "q").get("p").append("p", "r").mget("p", "nope").execute()
        try:
            await client.execute_command("NOPE")
        except redis.ResponseError as error:
            seen.append(str(error))
        seen += [await client.config_get("maxclients"), form((await client.info("server"))["redis_version"])]
        killed = await client.client_kill_filter(_type="normal", skipme=True)
        return [*seen, killed >= 0, await client.get("k"), await client.dbsize()]


@pytest.mark.parametrize("protocol", [2, 3])
def test_asyncio_sees_the_same(protocol: int, oracle: Oracle, url: str) -> None:
    theirs, ours = (asyncio.run(converse(each, protocol)) for each in (oracle.url, url))
    assert theirs == ours


@pytest.mark.parametrize("protocol", [2, 3])
def test_asyncio_through_a_unix_socket(protocol: int, tmp_path: Path) -> None:
    with server_thread(port=None, unixsocket=str(tmp_path / "redis.sock")) as url:
        assert "1" == asyncio.run(converse(url, protocol))[2]
