"""Publish and subscribe with redis-py (threads, RESP2 and RESP3), coredis and redis-cli, here and on a real Redis."""

import warnings
from collections.abc import Callable
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

import pytest
import trio

from ecosystem.redis_py import Both
from ecosystem.terminal import in_terminal
from oracle import Oracle, Wire
from trioredis import open_server

# The library compares bytes to strings, the first time while Python reads its modules.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", BytesWarning)
    import coredis
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning", "ignore::DeprecationWarning")

SECONDS = 5.0
Client = Any  # its types do not say what comes back
Conversation = Callable[[Client, Client], object]


# --- redis-py


def taken(subscriber: Client, count: int) -> list[object]:
    """The next things that a subscriber is told."""
    return [subscriber.get_message(timeout=SECONDS) for _ in range(count)]


def channels(client: Client, subscriber: Client) -> object:
    subscriber.subscribe("news", "weather")
    told = taken(subscriber, 2)
    told += [
        client.publish("news", "hello"),
        client.publish("nobody", "hello"),
        client.publish("weather", ""),
    ]
    told += taken(subscriber, 2)
    subscriber.unsubscribe("news")
    told += taken(subscriber, 1)
    told += [client.publish("news", "hello"), client.publish("weather", "bye")]
    return told + taken(subscriber, 1)


def patterns(client: Client, subscriber: Client) -> object:
    subscriber.psubscribe("n?ws", "w*")
    told = taken(subscriber, 2)
    told += [client.publish("news", "hello"), client.publish("mews", "hello"), client.publish("w", "hello")]
    told += taken(subscriber, 2)
    subscriber.punsubscribe("w*")
    return told + taken(subscriber, 1)


def shard_channels(client: Client, subscriber: Client) -> object:
    subscriber.ssubscribe("news")
    told = taken(subscriber, 1)
    told += [client.spublish("news", "hello"), client.publish("news", "hello")]
    told += taken(subscriber, 1)
    subscriber.sunsubscribe("news")
    return told + taken(subscriber, 1)


def inspection(client: Client, subscriber: Client) -> object:
    subscriber.subscribe("news", "weather")
    subscriber.psubscribe("n*")
    subscriber.ssubscribe("shard")
    taken(subscriber, 4)
    told = [sorted(client.pubsub_channels()), client.pubsub_channels("n*"), client.pubsub_numpat()]
    told += [
        client.pubsub_numsub("news", "nobody"),
        client.pubsub_shardchannels(),
        client.pubsub_shardnumsub("shard"),
    ]
    told += [(each["sub"], each["psub"], each["ssub"]) for each in client.client_list(_type="pubsub")]
    return [*told, len(client.client_list(_type="pubsub"))]


def the_connection(client: Client, subscriber: Client) -> object:
    subscriber.subscribe("news")
    told = taken(subscriber, 1)
    subscriber.ping("are you there")
    told += taken(subscriber, 1)
    subscriber.reset()
    return [*told, client.publish("news", "hello")]


@pytest.mark.parametrize("conversation", [channels, patterns, shard_channels, inspection, the_connection])
def test_redis_py_is_told_the_same(both: Both, conversation: Conversation) -> None:
    def converse(client: Client) -> object:
        with client.pubsub() as subscriber:
            return conversation(client, subscriber)

    both.same(converse)


def test_redis_py_hands_messages_to_functions_in_a_thread(both: Both) -> None:
    def converse(client: Client) -> list[object]:
        heard: Queue[object] = Queue()
        subscriber = client.pubsub(ignore_subscribe_messages=True)
        subscriber.subscribe(news=heard.put)
        subscriber.psubscribe(**{"w*": heard.put})
        thread = subscriber.run_in_thread(sleep_time=0.01)
        try:
            while client.pubsub_numpat() < 1:  # until the thread has subscribed
                pass
            for channel in ("news", "weather", "news", "nobody"):
                client.publish(channel, channel.upper())
            return [heard.get(timeout=SECONDS) for _ in range(3)]
        finally:
            thread.stop()
            thread.join()
            subscriber.close()

    both.same(converse)


def test_redis_py_listens_until_it_is_killed(both: Both) -> None:
    for client in (both.theirs, both.ours):
        with client.pubsub() as subscriber:
            subscriber.subscribe("news")
            assert "subscribe" == next(subscriber.listen())["type"]
            assert 1 == client.client_kill_filter(_type="pubsub")
            assert 0 == client.publish("news", "hello")


# --- coredis


async def on_trio(client: Client) -> list[object]:
    told: list[object] = []
    with trio.fail_after(SECONDS):
        async with client.pubsub(
            channels=["news"], patterns=["w*"], ignore_subscribe_messages=True
        ) as subscriber:
            told.append(await client.publish("news", "hello"))
            told.append(await client.publish("weather", "rain"))
            while len(told) < 4:
                if message := await subscriber.get_message():
                    told.append(message)
            told.append(await client.pubsub_numsub("news"))
    return told


async def test_coredis_is_told_the_same(oracle: Oracle) -> None:
    seen = []
    async with open_server(port=0) as server:
        for port in (oracle.port, server.port):
            async with coredis.Redis(host="127.0.0.1", port=port, decode_responses=True) as client:
                seen.append(await on_trio(client))
    assert seen[0] == seen[1]


# --- redis-cli


@pytest.mark.parametrize("version", ["-2", "-3"])
@pytest.mark.parametrize(("line", "channel"), [("PSUBSCRIBE n*", "news"), ("SUBSCRIBE news", "news")])
def test_redis_cli_shows_what_is_published(
    version: str, line: str, channel: str, oracle: Oracle, oracle_wire: Wire, url: str, wire: Wire
) -> None:
    shown = []
    for port, publisher in ((oracle.port, oracle_wire), (urlsplit(url).port, wire)):
        with in_terminal("redis-cli", version, "-p", str(port), *line.split()) as terminal:
            text = terminal.read_until("(integer) 1\r\n")
            publisher.command("PUBLISH", channel, "hello")
            shown.append(text + terminal.read_until('"hello"\r\n'))
    assert shown[0] == shown[1]
