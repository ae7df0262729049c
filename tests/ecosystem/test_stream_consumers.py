"""Many consumers of one group at once: no entry is lost, and none is handled twice."""

import asyncio
from collections import Counter
from itertools import count

import pytest
import redis
import redis.asyncio

pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning")

ENTRIES = 600
CONSUMERS = 10
GROUP = "workers"


def test_ten_consumers_get_every_entry_once(url: str) -> None:
    """Each is delivered to one consumer and acknowledged once, whoever comes and goes meanwhile."""
    handled = asyncio.run(work_off(url))
    assert Counter(range(ENTRIES)) == handled
    with redis.Redis.from_url(url) as client:
        [group] = client.xinfo_groups("jobs")
        assert (0, ENTRIES, 0) == (group["pending"], group["entries-read"], group["lag"])
        assert ENTRIES == client.xlen("jobs")


async def work_off(url: str) -> "Counter[int]":
    """Let two producers add jobs, and ten consumers work them off; some of these give up at times."""
    handled: Counter[int] = Counter()
    async with redis.asyncio.Redis.from_url(url) as admin:
        await admin.flushall()
        await admin.xgroup_create("jobs", GROUP, id="0", mkstream=True)
    async with asyncio.TaskGroup() as tasks:
        for number in range(CONSUMERS):
            tasks.create_task(consume(url, f"consumer-{number}", handled))
        for number in range(2):
            tasks.create_task(produce(url, range(number, ENTRIES, 2)))
    return handled


async def produce(url: str, jobs: range) -> None:
    async with redis.asyncio.Redis.from_url(url) as client:
        for job in jobs:
            await client.xadd("jobs", {"job": job})


async def consume(url: str, name: str, handled: "Counter[int]") -> None:
    """Work until all is done, with a connection that is broken off now and then and a short patience."""
    patience = count(1)
    while handled.total() < ENTRIES:
        async with redis.asyncio.Redis.from_url(url) as client:
            for last_id in ("0", *">" * (5 + next(patience) % 7)):
                reply = await client.xreadgroup(
                    GROUP, name, {"jobs": last_id}, count=1 + len(name) % 3, block=20
                )
                for _, entries in reply:
                    for entry_id, fields in entries:
                        if await client.xack("jobs", GROUP, entry_id):
                            handled[int(fields[b"job"])] += 1
