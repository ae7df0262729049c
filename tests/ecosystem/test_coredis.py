"""coredis on Trio: the client and our server in one Trio program, and the same program against a real Redis."""

import warnings
from pathlib import Path
from typing import Any

import pytest
import trio

from oracle import Oracle
from trioredis import open_server

# The library compares bytes to strings, the first time while Python reads its modules.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", BytesWarning)
    import coredis
    from coredis.exceptions import AuthenticationError, ResponseError
    from coredis.retry import NoRetryPolicy
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning")

Client = Any  # its types do not say what comes back


def client_of(port: int, **options: Any) -> Client:
    return coredis.Redis(host="127.0.0.1", port=port, decode_responses=True, **options)


async def strings(client: Client) -> list[object]:
    return [
        await client.set("k", "v"),
        await client.set("k", "w", condition=coredis.PureToken.NX),
        await client.set("k", "w", get=True, ex=100_000),
        await client.get("k"),
        await client.get("nope"),
        await client.mset({"a": 1, "b": ""}),
        await client.mget(["a", "b", "nope"]),
        await client.incr("a"),
        await client.incrbyfloat("a", 0.5),
        await client.append("b", "text"),
        await client.strlen("b"),
        await client.getrange("b", 1, 2),
        await client.setrange("b", 1, "x"),
        await client.getex("b", persist=True),
        await client.getdel("b"),
        await client.lcs("k", "a"),
    ]


async def keys(client: Client) -> list[object]:
    await client.mset({"a": 1, "b": "text"})
    return [
        await client.exists(["a", "b", "nope"]),
        await client.type("a"),
        sorted(await client.keys("*")),
        sorted([key async for key in client.scan_iter(count=1)]),
        await client.expire("a", 100_000),
        await client.ttl("a") > 99_000,
        await client.pexpireat("a", 4_000_000_000_000),
        await client.expiretime("a"),
        await client.persist("a"),
        await client.rename("a", "c"),
        await client.copy("c", "d"),
        await client.move("d", 3),
        await client.object_encoding("c"),
        await client.touch(["c"]),
        await client.unlink(["c"]),
        await client.delete(["b", "nope"]),
        await client.randomkey(),
        await client.dbsize(),
    ]


async def bits(client: Client) -> list[object]:
    return [
        await client.setbit("bits", 7, 1),
        await client.getbit("bits", 7),
        await client.bitcount("bits", 0, 9, index_unit=coredis.PureToken.BIT),
        await client.bitpos("bits", 1, 0, -1),
        await client.bitop(["bits", "nope"], "OR", "both"),
        await client.bitfield("f").set("u8", 0, 250).overflow().incrby("u8", 0, 10).get("i4", "#1").exc(),
        await client.bitfield_ro("f").get("u4", 4).exc(),
        await client.pfadd("h", "a", "b"),
        await client.pfadd("h", "a"),
        await client.pfadd("g", *map(str, range(500))),
        await client.pfmerge("m", ["g", "h"]),
        await client.pfcount(["m"]),
        await client.pfcount(["g", "h", "nope"]),
    ]


async def lists(client: Client) -> list[object]:
    return [
        await client.rpush("k", ["a", "b", "c"]),
        await client.lpush("k", ["z"]),
        await client.lpushx("nope", ["z"]),
        await client.lrange("k", 0, -1),
        await client.lindex("k", 1),
        await client.linsert("k", coredis.PureToken.BEFORE, "b", "x"),
        await client.lset("k", 0, "first"),
        await client.lpos("k", "x"),
        await client.lpos("k", "x", rank=1, count=0),
        await client.lrem("k", 0, "x"),
        await client.lpop("k"),
        await client.rpop("k", count=2),
        await client.rpop("nope", count=2),
        await client.llen("k"),
        await client.lmove("k", "other", coredis.PureToken.LEFT, coredis.PureToken.RIGHT),
        await client.rpush("k", ["1", "2", "3"]),
        await client.lmpop(["nope", "k"], coredis.PureToken.LEFT, count=2),
        await client.blpop(["nope", "k"], timeout=1),
        await client.brpop(["nope"], timeout=0.001),
        await client.blmove("other", "k", coredis.PureToken.LEFT, coredis.PureToken.LEFT, timeout=1),
        await client.blmpop(["k"], timeout=1, where=coredis.PureToken.RIGHT),
        await client.ltrim("k", 0, 1),
        await client.exists(["k", "other"]),
    ]


async def hashes(client: Client) -> list[object]:
    large = {f"field:{n}": str(n) for n in range(1000)}
    return [
        await client.hset("h", {"a": "1", "b": "text"}),
        await client.hsetnx("h", "a", "2"),
        await client.hget("h", "a"),
        await client.hget("h", "nope"),
        await client.hmget("h", ["a", "nope"]),
        await client.hgetall("h"),
        await client.hgetall("nope"),
        await client.hkeys("h"),
        await client.hvals("h"),
        await client.hexists("h", "b"),
        await client.hstrlen("h", "b"),
        await client.hincrby("h", "n", 5),
        await client.hincrbyfloat("h", "n", 0.25),
        await client.hscan("h", match="[ab]"),
        await client.hrandfield("h", count=5, withvalues=True),
        await client.hdel("h", ["a", "nope"]),
        await client.hset("large", large),
        {field: value async for field, value in client.hscan_iter("large")} == large,
        await client.hgetall("large") == large,
        await client.hlen("large"),
    ]


async def sets(client: Client) -> list[object]:
    return [
        await client.sadd("s", ["1", "2", "3"]),
        await client.sismember("s", "2"),
        await client.smismember("s", ["1", "nope"]),
        await client.scard("s"),
        await client.smembers("s"),
        await client.sscan("s", 0),
        await client.smove("s", "t", "3"),
        await client.sinter(["s", "t"]),
        await client.sunion(["s", "t"]),
        await client.sdiff(["s", "t"]),
        await client.sintercard(["s", "s"], 1),
        await client.sinterstore(["s", "t"], "d"),
        await client.sunionstore(["s", "t"], "d"),
        await client.sdiffstore(["d", "t"], "d"),
        await client.smembers("d"),
        await client.srem("s", ["1"]),
        await client.srandmember("s"),
        await client.srandmember("s", -2),
        await client.spop("s", 5),
    ]


async def sorted_sets(client: Client) -> list[object]:
    return [
        await client.zadd("z", {"a": 1.0, "b": 2.5, "c": 3.0}),
        await client.zincrby("z", "a", 1),
        await client.zscore("z", "a"),
        await client.zmscore("z", ["a", "nope"]),
        await client.zcard("z"),
        await client.zcount("z", "-inf", "+inf"),
        await client.zrank("z", "b"),
        await client.zrange("z", 0, -1, withscores=True),
        await client.zrangestore("d", "z", 0, 1),
        await client.zscan("z", 0),
        await client.zunion(["z", "d"], withscores=True),
        await client.zinter(["z", "d"], withscores=True),
        await client.zdiff(["z", "d"], withscores=True),
        await client.zunionstore(["z", "d"], "e"),
        await client.zrandmember("z", count=5, withscores=True),
        await client.zpopmin("z"),
        await client.zpopmax("z", 2),
        await client.bzpopmin(["d"], 1),
        await client.zremrangebyrank("e", 0, 1),
        await client.zrem("e", ["b", "c"]),
    ]


async def places(client: Client) -> list[object]:
    kilometres = {"radius": 200, "circle_unit": coredis.PureToken.KM}
    return [
        await client.geoadd("g", [(13.361389, 38.115556, "Palermo"), (15.087269, 37.502669, "Catania")]),
        await client.geopos("g", ["Palermo", "nope"]),
        await client.geohash("g", ["Palermo"]),
        await client.geodist("g", "Palermo", "Catania", unit=coredis.PureToken.KM),
        await client.geosearch("g", longitude=15, latitude=37, **kilometres, order=coredis.PureToken.ASC),
        await client.geosearch("g", "Palermo", **kilometres, withcoord=True, withdist=True, withhash=True),
        await client.geosearchstore("d", "g", "Palermo", **kilometres, count=1, any_=True),
    ]


async def sorting(client: Client) -> list[object]:
    return [
        await client.rpush("l", ["3", "1", "2"]),
        await client.mset({"w_1": "3", "w_2": "2", "w_3": "1"}),
        await client.sort("l"),
        await client.sort("l", ["#", "w_*"], by="w_*", offset=0, count=2, order=coredis.PureToken.DESC),
        await client.sort("l", alpha=True, store="d"),
        await client.sort_ro("l", by="nosort"),
    ]


async def server(client: Client) -> list[object]:
    return [
        await client.ping(),
        await client.echo("hello"),
        await client.config_get(["maxclients"]),
        await client.config_set({"slowlog-max-len": 128}),
        type(await client.time()),
        type(await client.client_id()),
        {"id", "addr", "name", "cmd"} <= (await client.client_info()).keys(),
        len(await client.client_list()) > 0,
        await client.client_getname(),
        await client.client_kill(identifier=10**6),
        await client.acl_whoami(),
        await client.command_getkeys("MSET", ["k", 1, "l", 2]),
        (await client.command_info("get"))["get"]["arity"],
        sorted(await client.command_docs("get")),
        {"redis_version", "tcp_port", "used_memory"} <= (await client.info()).keys(),
        await client.slowlog_reset(),
        await client.role(),
        await client.memory_usage("nope"),
        await client.latency_latest() == {},
    ]


async def pipeline(client: Client) -> list[object]:
    async with client.pipeline(transaction=False, raise_on_error=False) as pipe:
        answers = [
            pipe.set("k", "v"),
            pipe.get("k"),
            pipe.incr("n"),
            pipe.append("k", "w"),
            pipe.mget(["k", "x"]),
        ]
        pipe.incr("k")
    return [await answer for answer in answers]


async def together(client: Client) -> list[object]:
    counts: list[int] = []

    async def count() -> None:
        counts.append(await client.incr("n"))

    async with trio.open_nursery() as nursery:
        for _ in range(50):
            nursery.start_soon(count)
    return [sorted(counts), await client.get("n")]


async def streams(client: Client) -> list[object]:
    return [
        await client.xadd("s", {"f": "v"}, identifier="1-1"),
        await client.xadd("s", {"f": "w"}, identifier="2-1"),
        await client.xlen("s"),
        await client.xrange("s"),
        await client.xrevrange("s", count=1),
        await client.xread({"s": "1-1"}),
        await client.xgroup_create("s", "g", identifier="0"),
        await client.xreadgroup("g", "c", {"s": ">"}, count=1),
        await client.xpending("s", "g"),
        await client.xclaim("s", "g", "d", 0, ["1-1"]),
        await client.xautoclaim("s", "g", "e", 0, "0"),
        await client.xack("s", "g", ["1-1"]),
        await client.xdel("s", ["1-1"]),
        await client.xinfo_groups("s"),
        await client.xgroup_delconsumer("s", "g", "c"),
        await client.xgroup_destroy("s", "g"),
        await client.xtrim("s", coredis.PureToken.MAXLEN, 1),
        await client.xinfo_stream("s"),
    ]


@pytest.mark.parametrize(
    "conversation",
    [
        strings,
        keys,
        bits,
        lists,
        hashes,
        sets,
        sorted_sets,
        streams,
        places,
        sorting,
        server,
        pipeline,
        together,
    ],
)
async def test_basic_operations_return_the_same(conversation: Any, oracle: Oracle) -> None:
    async with open_server(port=0) as ours:
        seen = []
        for port in (oracle.port, ours.port):
            async with client_of(port) as client:
                await client.flushall()
                seen.append(await conversation(client))
    assert seen[0] == seen[1]


async def test_errors_are_raised_as_what_they_are() -> None:
    async with open_server(port=0) as server, client_of(server.port) as client:
        await client.set("k", "v")
        with pytest.raises(ResponseError, match="not an integer"):
            await client.incr("k")
        assert "v" == await client.get("k")


async def test_bytes_stay_bytes() -> None:
    everything = bytes(range(256))
    async with open_server(port=0) as server, coredis.Redis(host="127.0.0.1", port=server.port) as client:
        for value in (b"", everything, everything * 1000):
            await client.set(value, value)
            assert value == await client.get(value)


async def test_a_password_and_a_unix_socket(tmp_path: Path) -> None:
    path = str(tmp_path / "redis.sock")
    async with open_server(port=0, unixsocket=path, requirepass="secret") as server:
        async with coredis.Redis(unix_socket_path=path, username="default", password="secret") as client:
            assert await client.ping()
        with pytest.RaisesGroup(AuthenticationError, flatten_subgroups=True, allow_unwrapped=True):
            async with client_of(server.port, password="wrong", retry_policy=NoRetryPolicy()) as client:
                await client.ping()


async def test_switches_of_the_connection_are_understood() -> None:
    async with (
        open_server(port=0) as server,
        client_of(server.port, noevict=True, notouch=True, client_name="me") as client,
    ):
        information = await client.client_info()
    assert ("me", "coredis") == (information["name"], information["lib-name"])


async def test_a_killed_connection_is_replaced() -> None:
    async with open_server(port=0) as server, client_of(server.port) as client:
        assert await client.set("k", "v")
        async with client_of(server.port) as killer:
            assert 1 == await killer.client_kill(type_=coredis.PureToken.NORMAL, skipme=True)
        assert "v" == await client.get("k")
