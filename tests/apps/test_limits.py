"""limits: how often something may be done, counted by scripts."""

import asyncio

import limits
import limits.aio
import pytest
from limits.aio.storage import RedisStorage
from limits.storage import storage_from_string

STRATEGIES = ["FixedWindowRateLimiter", "MovingWindowRateLimiter", "SlidingWindowCounterRateLimiter"]
THREE_AN_HOUR = limits.parse("3/hour")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_three_times_an_hour_are_three_times(url: str, strategy: str) -> None:
    limiter = getattr(limits.strategies, strategy)(storage_from_string(url))
    assert [True, True, True, False] == [limiter.hit(THREE_AN_HOUR, "me") for _ in range(4)]
    assert not limiter.test(THREE_AN_HOUR, "me")
    assert limiter.hit(THREE_AN_HOUR, "you", cost=2)
    assert 1 == limiter.get_window_stats(THREE_AN_HOUR, "you").remaining
    limiter.clear(THREE_AN_HOUR, "me")
    assert limiter.hit(THREE_AN_HOUR, "me")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_so_they_are_in_asyncio(url: str, strategy: str) -> None:
    async def main() -> None:
        storage = storage_from_string(f"async+{url}", implementation="redispy")
        assert isinstance(storage, RedisStorage)
        limiter = getattr(limits.aio.strategies, strategy)(storage)
        assert [True, True, True, False] == [await limiter.hit(THREE_AN_HOUR, "me") for _ in range(4)]
        assert 0 == (await limiter.get_window_stats(THREE_AN_HOUR, "me")).remaining
        await storage.bridge.get_connection().aclose()

    asyncio.run(main())


def test_all_is_forgotten_on_demand(url: str) -> None:
    storage = storage_from_string(url)
    limiter = limits.strategies.FixedWindowRateLimiter(storage)
    for number in range(10):
        limiter.hit(THREE_AN_HOUR, str(number))
    assert 10 == storage.reset()
    assert storage.check()
