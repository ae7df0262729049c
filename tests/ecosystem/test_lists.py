"""Lists through redis-py and coredis: the same program on a real Redis and on our server, and queues that workers share."""

import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
import trio

from ecosystem.redis_py import Both, Client, Operation
from oracle import Oracle
from trioredis import open_server

# The library compares bytes to strings, the first time while Python reads its modules.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", BytesWarning)
    import coredis

pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning", "ignore::DeprecationWarning")

OPERATIONS: list[Operation] = [
    lambda r: r.rpush("k", "a", "b", 3),
    lambda r: r.lpush("k", "z"),
    lambda r: r.lpushx("k", "y"),
    lambda r: r.rpushx("nope", "y"),
    lambda r: r.llen("k"),
    lambda r: r.lrange("k", 0, -1),
    lambda r: r.lindex("k", -1),
    lambda r: r.lindex("k", 99),
    lambda r: r.linsert("k", "before", "b", "x"),
    lambda r: r.linsert("k", "AFTER", "nope", "x"),
    lambda r: r.lset("k", 0, "first"),
    lambda r: r.lset("k", 99, "first"),
    lambda r: r.lpos("k", "x"),
    lambda r: r.lpos("k", "x", rank=-1, count=0, maxlen=10),
    lambda r: r.lpos("k", "nope"),
    lambda r: r.lrem("k", 1, "x"),
    lambda r: r.lpop("k"),
    lambda r: r.rpop("k", 2),
    lambda r: r.lpop("nope"),
    lambda r: r.lpop("nope", 2),
    lambda r: r.ltrim("k", 0, 1),
    lambda r: r.lmove("k", "other", "LEFT", "RIGHT"),
    lambda r: r.rpoplpush("k", "other"),
    lambda r: r.lmove("nope", "other"),
    lambda r: r.rpush("k", "1", "2", "3"),
    lambda r: r.lmpop(2, "nope", "k", direction="RIGHT", count=2),
    lambda r: r.lmpop(1, "nope", direction="LEFT"),
    lambda r: r.blpop(["nope", "k"], timeout=1),
    lambda r: r.brpop("other"),
    lambda r: r.blmove("other", "k", 1),
    lambda r: r.brpoplpush("k", "other", 1),
    lambda r: r.blmpop(1, 1, "other", direction="LEFT"),
    lambda r: r.blpop("nope", timeout=0.001),
    lambda r: r.blmove("nope", "other", 0.001),
    lambda r: r.lpush("a", "x"),
    lambda r: r.exists("k", "other"),
]


def test_redis_py_sees_the_same(both: Both) -> None:
    for operation in OPERATIONS:
        both.same(operation)


# --- coredis


async def everything(client: Client) -> list[object]:
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


async def test_coredis_sees_the_same(oracle: Oracle) -> None:
    async def told(port: int) -> list[object]:
        async with coredis.Redis(host="127.0.0.1", port=port, decode_responses=True) as client:
            await client.flushall()
            return await everything(client)

    async with open_server(port=0) as server:
        assert await told(oracle.port) == await told(server.port)


async def test_workers_of_coredis_share_a_queue_and_lose_nothing() -> None:
    """The client and the server in one Trio program."""
    done: list[str] = []

    async def work(client: Client) -> None:
        while (job := await client.blpop(["queue"], timeout=10))[1] != "stop":
            done.append(job[1])

    async with (
        open_server(port=0) as server,
        coredis.Redis(host="127.0.0.1", port=server.port, decode_responses=True) as client,
    ):
        with trio.fail_after(20):
            async with trio.open_nursery() as nursery:
                for _ in range(10):
                    nursery.start_soon(work, client)
                for number in range(0, 1000, 10):
                    await client.rpush("queue", [f"{each}" for each in range(number, number + 10)])
                await client.rpush("queue", ["stop"] * 10)
        assert [f"{number}" for number in range(1000)] == sorted(done, key=int)
        assert 0 == await client.exists(["queue"])


# --- redis-py in threads


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    with redis.Redis.from_url(url, decode_responses=True) as client:
        client.flushall()
        yield client


def test_a_thread_waits_for_what_another_pushes(client: Client) -> None:
    heard: list[object] = []
    thread = threading.Thread(target=lambda: heard.append(client.blpop("queue", timeout=10)))
    thread.start()
    while client.info("clients")["blocked_clients"] == 0:
        pass
    client.rpush("queue", "job", "next")
    thread.join()
    assert [("queue", "job")] == heard
    assert ["next"] == client.lrange("queue", 0, -1)


def test_workers_in_threads_share_a_reliable_queue_and_lose_nothing(client: Client) -> None:
    def work(number: int) -> list[str]:
        jobs = []
        while (job := client.blmove("queue", f"taken by {number}", 10, "LEFT", "RIGHT")) != "stop":
            jobs.append(job)
        return jobs

    with ThreadPoolExecutor(5) as workers:
        results = workers.map(work, range(5))
        for number in range(500):
            client.rpush("queue", number)
        client.rpush("queue", *["stop"] * 5)
        done = [job for jobs in results for job in jobs]
    assert [f"{number}" for number in range(500)] == sorted(done, key=int)
    assert 505 == sum(client.llen(f"taken by {number}") for number in range(5))
