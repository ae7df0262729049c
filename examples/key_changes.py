"""A journal of everything that happens to users: which command changed what, and what was there before.

No client has to tell it anything, and none can forget to: it follows the keys themselves.
"""

import trio

import trioredis


async def keep_journal(
    server: trioredis.Server,
    journal: list[str],
    task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Write down what happens to the keys of users, until the server ends."""
    async with server.changes("user:*") as changes:
        task_status.started()
        async for change in changes:
            did = b" ".join(change.command or [b"time went by"]).decode()
            journal.append(f"{change.key.decode():10} {change.event:8} {did:25} before: {change.old!r}")


async def main() -> None:
    journal: list[str] = []
    async with trio.open_nursery() as nursery, trioredis.open_server(port=0) as server:
        await nursery.start(keep_journal, server, journal)
        async with server.client() as client, server.changes("user:eve") as about_eve:
            await client.execute("SET", "user:ann", "Oslo")
            await client.execute("SET", "user:ann", "Rome")
            await client.execute("RPUSH", "user:bob", "bread", "wine")
            await client.execute("LPOP", "user:bob")
            await client.execute("SET", "order:7", "of nobody's interest here")
            await client.execute("DEL", "user:ann", "user:bob")
            await client.execute("SET", "user:eve", "Kyiv", "PX", 20)
            async for change in about_eve:
                if change.event == "expired":
                    break
    print(*journal, sep="\n")


trio.run(main)
