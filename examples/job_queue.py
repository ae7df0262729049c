"""A queue of jobs that no crash loses: a stream, a consumer group, and workers that wait without polling.

A worker that takes a job has it on its list of pending entries until it says that it is done (XACK). What a worker leaves
behind that died in the middle of a job, another one claims (XAUTOCLAIM). Other programs may take part over the port.
"""

from functools import partial

import trio

import trioredis

JOBS, WORKERS = 12, 3
PATIENCE_MS = 50
"""How long a worker waits for a job before it looks for one that somebody has left behind."""


async def work(server: trioredis.Server, name: str, done: dict[bytes, str], all_done: trio.Event) -> None:
    """Take jobs for ever; the first worker dies of its second job."""
    async with server.client() as client:
        taken = 0
        while True:
            answer = await client.execute(
                *("XREADGROUP", "GROUP", "workers", name, "COUNT", 1, "BLOCK", PATIENCE_MS),
                *("STREAMS", "jobs", ">"),
            )
            entries = answer[0][1] if answer else await left_behind(client, name)
            for entry, fields in entries:
                taken += 1
                if name == "worker-0" and taken == 2:
                    print(f"{name} dies of job {fields[1].decode()}")
                    return
                await client.execute("XACK", "jobs", "workers", entry)
                done[fields[1]] = name
                if len(done) == JOBS:
                    all_done.set()


async def left_behind(client: trioredis.Connection, name: str) -> list:
    """Claim a job that somebody took and has not finished for a while."""
    _, entries, _ = await client.execute(
        "XAUTOCLAIM", "jobs", "workers", name, 2 * PATIENCE_MS, "0", "COUNT", 1
    )
    return entries


async def main() -> None:
    async with trio.open_nursery() as nursery:
        server = await nursery.start(partial(trioredis.serve, port=0))
        done, all_done = dict[bytes, str](), trio.Event()
        async with server.client() as producer:
            await producer.execute("XGROUP", "CREATE", "jobs", "workers", "0", "MKSTREAM")
            for number in range(WORKERS):
                nursery.start_soon(work, server, f"worker-{number}", done, all_done)
            for number in range(JOBS):
                await producer.execute("XADD", "jobs", "*", "number", number)
            await all_done.wait()
            pending, *_ = await producer.execute("XPENDING", "jobs", "workers")
        print(f"{len(done)} jobs done by {len({*done.values()})} workers, {pending} left behind")
        nursery.cancel_scope.cancel()


trio.run(main)
