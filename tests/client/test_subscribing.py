"""The client's subscriptions: messages by `async for`, replies meanwhile, and what is left afterwards."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import trio
from trio.testing import memory_stream_pair, wait_all_tasks_blocked

import trioredis
from trioredis import Server
from trioredis.client import Connection, Message, ReplyError


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with trioredis.open_server(port=None) as server:
        yield server


async def first(messages: AsyncIterator[Message], count: int) -> list[Message]:
    with trio.fail_after(5):
        return [await anext(messages) for _ in range(count)]


async def published(server: Server, *words: str) -> int:
    async with server.client() as client:
        return int(await client.execute("PUBLISH", *words))


async def test_a_subscriber_gets_messages_in_order(server: Server) -> None:
    async with server.client() as client, client.subscribed("news", b"\xff", patterns=["w*"]) as messages:
        for words in (("news", "one"), ("other", "none"), ("weather", "two"), ("news", "three")):
            await published(server, *words)
        expected = [Message(b"news", b"one"), Message(b"weather", b"two", b"w*"), Message(b"news", b"three")]
        assert expected == await first(messages, 3)


async def test_who_is_subscribed_is_so_from_the_first_line_of_the_block_to_its_end(server: Server) -> None:
    async with server.client() as client:
        async with client.subscribed("news", patterns=["n*"]):
            assert 2 == await published(server, "news", "x")
        assert 0 == await published(server, "news", "x")
        assert b"PONG" == await client.execute("PING")


async def test_messages_that_nobody_took_are_gone_with_the_subscription(server: Server) -> None:
    async with server.client() as client:
        async with client.subscribed("news"):
            await published(server, "news", "old")
        async with client.subscribed("news") as messages:
            await published(server, "news", "new")
            assert [Message(b"news", b"new")] == await first(messages, 1)


async def test_a_subscriber_goes_on_with_commands(server: Server) -> None:
    async with server.client() as client, client.subscribed("news") as messages:
        for number in range(3):
            assert 1 == await client.execute("PUBLISH", "news", number)
        assert b"PONG" == await client.execute("PING")
        assert [b"0", b"1", b"2"] == [message.data for message in await first(messages, 3)]


async def test_one_task_may_wait_for_messages_while_others_wait_for_replies(server: Server) -> None:
    got: list[bytes] = []

    async def collect() -> None:
        async for message in messages:
            got.append(message.data)
            if len(got) == 30:
                nursery.cancel_scope.cancel()

    async def ask(word: str) -> None:
        for _ in range(10):
            assert 1 == await client.execute("PUBLISH", "news", word)

    async with server.client() as client, client.subscribed("news") as messages:
        with trio.fail_after(5):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(collect)
                await wait_all_tasks_blocked()
                for word in "abc":
                    nursery.start_soon(ask, word)
        assert {b"a": 10, b"b": 10, b"c": 10} == {word: got.count(word) for word in set(got)}
        assert b"PONG" == await client.execute("PING")


async def test_waiting_for_a_message_may_be_cancelled(server: Server) -> None:
    async with server.client() as client, client.subscribed("news") as messages:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(anext, messages)
            await wait_all_tasks_blocked()
            nursery.cancel_scope.cancel()
        assert b"PONG" == await client.execute("PING")


async def test_messages_end_with_the_block(server: Server) -> None:
    async with server.client() as client:
        async with client.subscribed("news") as messages:
            await published(server, "news", "x")
        assert [] == [message async for message in messages]


async def test_a_wait_that_was_cancelled_can_be_taken_up_again(server: Server) -> None:
    async with server.client() as client, client.subscribed("news") as messages:
        with trio.move_on_after(0):
            await anext(messages)
        await published(server, "news", "x")
        assert [Message(b"news", b"x")] == await first(messages, 1)


async def test_a_block_that_is_cancelled_unsubscribes(server: Server) -> None:
    async with server.client() as client:
        async with trio.open_nursery() as nursery, client.subscribed("news"):
            nursery.cancel_scope.cancel()
            await trio.lowlevel.checkpoint()
        assert 0 == await published(server, "news", "x")
        assert b"PONG" == await client.execute("PING")


async def test_a_connection_is_subscribed_once_at_a_time(server: Server) -> None:
    async with server.client() as client, client.subscribed("news"):
        with pytest.raises(trio.BusyResourceError):
            async with client.subscribed("other"):
                pass
        assert 1 == await published(server, "news", "x")


async def test_without_a_channel_there_is_nothing_to_hear(server: Server) -> None:
    async with server.client() as client, client.subscribed():
        assert b"PONG" == await client.execute("PING")


async def test_a_subscription_that_is_refused_is_an_error(server: Server) -> None:
    server.config.set([(b"requirepass", b"secret")], is_local=True)
    async with server.client() as client:
        with pytest.raises(ReplyError, match="NOAUTH"):
            async with client.subscribed("news"):
                raise AssertionError("it was not refused")
        assert b"OK" == await client.execute("AUTH", "secret")
        async with client.subscribed("news"):
            assert 1 == await client.execute("PUBLISH", "news", "x")


@pytest.mark.parametrize("goes", ["the server", "the client"])
async def test_when_the_connection_ends_there_are_no_more_messages(goes: str) -> None:
    ours, theirs = memory_stream_pair()
    connection = Connection(ours)
    await theirs.send_all(b"%0\r\n+PONG\r\n")
    error: Any = trio.BrokenResourceError if goes == "the server" else trio.ClosedResourceError
    async with connection.subscribed("news") as messages:
        await (theirs if goes == "the server" else connection).aclose()
        with pytest.raises(error):
            await anext(messages)
