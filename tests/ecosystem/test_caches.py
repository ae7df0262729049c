"""Caches of other people's clients, kept up to date by our server as by a real Redis: coredis on Trio, redis-py."""

import warnings
from collections.abc import Callable
from typing import Any

import pytest
import redis
import trio
import trio.testing
from redis.cache import CacheConfig
from redis.connection import CacheProxyConnection

from oracle import Oracle
from trioredis import open_server

# The library compares bytes to strings, the first time while Python reads its modules.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", BytesWarning)
    import coredis
    from coredis.patterns.cache import LRUCache

pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning", "ignore::DeprecationWarning")


# --- coredis on Trio


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until a task of the client has worked off what the server sent (coredis takes no notice of FLUSHALL)."""
    with trio.fail_after(5):
        while not is_so():
            await trio.testing.wait_all_tasks_blocked(0.001)


async def cached_reads(port: int) -> list[object]:
    """What a client with a cache sees while another one changes the keys."""
    cache, seen = LRUCache(max_keys=100), list[object]()
    caching: Any = coredis.Redis(host="127.0.0.1", port=port, decode_responses=True, cache=cache)
    other: Any = coredis.Redis(host="127.0.0.1", port=port, decode_responses=True)
    async with caching, other:
        await other.set("k", "old")
        await other.hset("h", {"f": "1"})
        for _ in range(3):
            seen += [await caching.get("k"), await caching.hgetall("h"), await caching.get("nothing")]
        seen.append(cache.stats.summary)
        for number, change in enumerate(
            (other.set("k", "new"), other.hdel("h", ["f"]), other.incr("nothing"))
        ):
            await change
            await until(lambda number=number: cache.stats.summary["invalidations"] > number)
            seen += [await caching.get("k"), await caching.hgetall("h"), await caching.get("nothing")]
    return seen


async def test_the_cache_of_coredis_is_never_stale(oracle: Oracle) -> None:
    async with open_server() as server:
        ours = await cached_reads(server.port)
    assert ours == await cached_reads(oracle.port)


# --- redis-py


def test_the_cache_of_redis_py_is_never_stale(
    ports: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The library wants 7.4, though it needs no more than 6 can; here it is the version of the oracle.
    monkeypatch.setattr(CacheProxyConnection, "MIN_ALLOWED_VERSION", "7.0.0")
    assert cached_lookups(ports[0]) == cached_lookups(ports[1])


def cached_lookups(port: int) -> list[object]:
    seen = list[object]()
    options: dict[str, Any] = {"port": port, "protocol": 3, "decode_responses": True}
    with (
        redis.Redis(cache_config=CacheConfig(max_size=100), **options) as caching,
        redis.Redis(**options) as other,
    ):
        cache = caching.get_cache()
        assert cache is not None
        for change in (
            lambda: other.set("a", "new"),
            lambda: other.mset({"a": 1, "b": 2}),
            lambda: other.delete("a"),
            lambda: caching.set("b", 3),
            lambda: other.rename("b", "a"),
            lambda: other.flushall(),
        ):
            seen += [caching.get("a"), caching.get("a"), caching.mget("a", "b"), cache.size]
            change()
            other.ping()  # whose reply comes after all that the change has caused
            seen += [caching.get("a"), caching.mget("a", "b"), cache.size]
    return seen
