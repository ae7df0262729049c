"""A program with a Redis of its own: its tasks share counters in-process, other programs see them over TCP."""

from functools import partial

import trio

import trioredis

CHAPTERS = {
    "the nursery": "every task has a parent and no task outlives it",
    "the channel": "a task tells another task and waits for no answer",
}


async def count_words(server: trioredis.Server, text: str) -> None:
    async with server.client() as client:
        for word in text.split():
            await client.execute("INCR", f"word:{word}")


async def main() -> None:
    async with trio.open_nursery() as nursery:
        # The server is a task like any other: it lives in this nursery, and ends with it.
        server: trioredis.Server = await nursery.start(partial(trioredis.serve, port=0, bind="127.0.0.1"))
        print(f"While this runs: redis-cli -u {server.url} get word:task")
        async with trio.open_nursery() as counters:
            for text in CHAPTERS.values():
                counters.start_soon(count_words, server, text)
        async with server.client() as client:
            print(f"'task' was counted {int(await client.execute('GET', 'word:task'))} times")
        print(f"{server.statistics().keys} different words")
        await server.aclose()
        print("The server has ended; this program goes on.")


trio.run(main)
