"""A command of your own: RATE.TAKE, a rate limiter that no two clients can outrun, because a command is never interrupted.

redis-cli, redis-py and whatever else speaks to this server can call it like any other.
"""

import trio

import trioredis

commands = trioredis.Commands()


@commands.command("RATE.TAKE", keys=1, flags="write fast")
def take(ctx: trioredis.Context, key: bytes, limit: int, seconds: int) -> int:
    """Take one of `limit` tokens that there are in so many seconds; return how many are left."""
    taken = ctx.call("INCR", key)
    if taken == 1:
        ctx.call("EXPIRE", key, seconds)
    if taken > limit:
        raise trioredis.CommandError(f"LIMITED Try again in {ctx.call('TTL', key)} seconds")
    return limit - taken


async def main() -> None:
    async with trioredis.open_server(port=0, commands=commands) as server, server.client() as client:
        for _ in range(3):
            left = await client.execute("RATE.TAKE", "user:1", 3, 60)
            print(f"Come in! {left} left")
        try:
            await client.execute("RATE.TAKE", "user:1", 3, 60)
        except trioredis.ReplyError as error:
            print(f"Sorry: {error}")

        @server.command("COUNT.KEYS", flags="readonly")
        def count(ctx: trioredis.Context, pattern: bytes) -> int:
            """Count the keys that match a pattern; a command may come while the server runs."""
            return len(ctx.call("KEYS", pattern))

        print(f"{await client.execute('COUNT.KEYS', 'user:*')} user was here")


trio.run(main)
