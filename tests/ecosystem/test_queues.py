"""Queues that workers share, in one Trio program with the server by coredis, in threads by redis-py."""

import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
import trio

from ecosystem.redis_py import Client
from trioredis import open_server

# The library compares bytes to strings, the first time while Python reads its modules.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", BytesWarning)
    import coredis

pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning", "ignore::DeprecationWarning")

# --- coredis


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
