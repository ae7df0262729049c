"""A server and a client in one program: `python examples/hello.py`."""

import trio

import trioredis


async def main() -> None:
    async with trioredis.open_server(port=0) as server, server.client() as client:
        await client.execute("SET", "greeting", "Hello from a nursery!")
        greeting = await client.execute("GET", "greeting")
        print(greeting.decode())


trio.run(main)
