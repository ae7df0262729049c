"""Subscribers over real connections: a thousand, slow ones, and such as go away."""

import math
import resource
from collections import Counter
from collections.abc import Iterator

import pytest
import trio
from attrs import define, field

from bare_engine import LooseEnds, Session
from oracle import encode_command
from server.house import House, Peer, Steps, counted_steps, eventually, open_house, settled
from trioredis.engine.effects import Effect
from trioredis.env import Env
from trioredis.server.messages import Message, Requests
from trioredis.server.store import Store

MEGABYTE = 1024 * 1024
LIMIT = "client-output-buffer-limit"
SUBSCRIBED = b"*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n"


def message(data: bytes) -> bytes:
    """A message on `news` in RESP2."""
    return b"*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$%d\r\n%b\r\n" % (len(data), data)


async def subscriber(house: House) -> Peer:
    peer = await house.connect()
    assert SUBSCRIBED == await peer.ask("SUBSCRIBE", "news", answer=SUBSCRIBED)
    return peer


async def publish(peer: Peer, data: bytes, receivers: int) -> None:
    reply = b":%d\r\n" % receivers
    assert reply == await peer.ask("PUBLISH", "news", data, answer=reply)


async def test_messages_and_replies_of_a_pipeline_stay_apart(house: House) -> None:
    peer = await house.connect()
    lines = [
        ["HELLO", "3"],
        ["SUBSCRIBE", "news"],
        ["PUBLISH", "news", "x"],
        ["ECHO", "y"],
        ["UNSUBSCRIBE"],
        ["PING"],
    ]
    await peer.send(b"".join(encode_command(*line) for line in lines))
    expected = (
        b">3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n:1\r\n>3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\nx\r\n"
        b"$1\r\ny\r\n>3\r\n$11\r\nunsubscribe\r\n$4\r\nnews\r\n:0\r\n+PONG\r\n"
    )
    heard = b""
    while not heard.endswith(b"+PONG\r\n"):
        heard += await peer.take(1)
    assert heard.endswith(expected)


async def test_a_message_reaches_a_subscriber_that_says_nothing(house: House) -> None:
    silent, publisher = await subscriber(house), await house.client()
    await settled()
    for number in range(10):
        await publish(publisher, b"%d" % number, 1)
    expected = b"".join(message(b"%d" % number) for number in range(10))
    assert expected == await silent.take(len(expected))


@pytest.mark.parametrize("how", ["half-closed", "closed", "killed", "quit"])
async def test_a_subscriber_that_goes_is_forgotten(house: House, how: str) -> None:
    going, staying, publisher = await subscriber(house), await subscriber(house), await house.client()
    await publish(publisher, b"x", 2)
    if how == "killed":
        client = next(iter(house.engine.pubsub.channels.clients[b"news"]))
        assert b":1\r\n" == await publisher.ask("CLIENT", "KILL", "ID", client.id, answer=b":1\r\n")
    elif how == "quit":
        await going.send(encode_command("QUIT"))
    else:
        await (going.end() if how == "half-closed" else going.aclose())
    await eventually(lambda: len(house.engine.pubsub.channels.names) == 1)
    await publish(publisher, b"y", 1)
    if how != "closed":
        assert message(b"y") not in await going.until_closed()
    expected = message(b"x") + message(b"y")
    assert expected == await staying.take(len(expected))
    await eventually(lambda: len(house.engine.clients) == 2)


async def test_a_slow_subscriber_is_cut_off_and_nobody_else_notices(socket_house: House) -> None:
    house = socket_house
    house.set(LIMIT, "normal 0 0 0 pubsub 8mb 0 0")
    slow, quick, publisher = await subscriber(house), await subscriber(house), await house.client()
    data, rounds = bytes(MEGABYTE), 0
    expected = message(data)
    while len(house.engine.pubsub.channels.names) == 2:
        rounds += 1
        assert rounds < 50
        await publisher.send(encode_command("PUBLISH", "news", data))
        assert (await publisher.take(4)).startswith(b":")
        assert expected == await quick.take(len(expected))
    assert 8 <= rounds
    assert 1 == house.engine.stats.output_buffer_disconnections
    cut = await slow.until_closed()
    assert len(cut) < rounds * len(expected)
    await publish(publisher, b"z", 1)
    assert message(b"z") == await quick.take(len(message(b"z")))


async def test_what_many_slow_subscribers_have_not_taken_is_kept_once(socket_house: House) -> None:
    house = socket_house
    house.set(LIMIT, "pubsub 0 0 0")
    slow, publisher = [await subscriber(house) for _ in range(20)], await house.client()
    for _ in range(10):
        await publish(publisher, bytes(MEGABYTE), len(slow))
    await settled()
    buffers = [
        buffer
        for client in house.engine.pubsub.channels.names
        for buffer in client.connection.outbox._buffers  # type: ignore[attr-defined]
    ]
    assert 20 < len(buffers)
    assert len(set(map(id, buffers))) <= 10


async def test_a_subscriber_that_is_slow_for_a_while_gets_everything(socket_house: House) -> None:
    slow, publisher = await subscriber(socket_house), await socket_house.client()
    words = [bytes([65 + number]) * 500_000 for number in range(20)]
    for word in words:
        await publish(publisher, word, 1)
    expected = b"".join(map(message, words))
    assert expected == await slow.take(len(expected))


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_descriptors")
async def test_a_thousand_subscribers_get_every_message_and_hold_nobody_up() -> None:
    async with open_house() as house:
        crowd = [await house.connect() for _ in range(1000)]
        for each in crowd:
            await each.send(encode_command("SUBSCRIBE", "news"))
        for each in crowd:
            assert SUBSCRIBED == await each.take(len(SUBSCRIBED))
        publisher = await house.client()
        before = house.rounds
        await publish(publisher, b"0", 1000)
        assert house.engine.clients.told  # the publisher did not wait for all of them
        for number in range(1, 5):
            await publish(publisher, b"%d" % number, 1000)
        expected = b"".join(message(b"%d" % number) for number in range(5))
        for each in crowd:
            assert expected == await each.take(len(expected))
        # A round sends to two hundred: between them anybody else has his turn.
        assert 5 <= house.rounds - before


@define(eq=False)
class Witness(LooseEnds):
    """A connection that notes when it is flushed, and in which of the store's steps."""

    name: str = ""
    flushed: list[tuple[str, int]] = field(factory=list)
    steps: Steps = field(factory=Steps)

    def flush(self) -> None:
        self.flushed.append((self.name, self.steps.of("Store")))


async def test_who_asks_is_answered_first_and_very_many_are_told_in_several_rounds() -> None:
    publisher, flushed = Session.open(Env()), list[tuple[str, int]]()
    engine = publisher.engine
    to_itself, inbox = trio.open_memory_channel[Message](math.inf)
    effects, _ = trio.open_memory_channel[Effect](math.inf)
    steps, store = Steps(), Store(engine, inbox, to_itself, effects, lambda: None)
    for number in range(450):
        subscriber = publisher.another()
        subscriber("SUBSCRIBE news")
        subscriber.client.connection = Witness(name=f"subscriber {number}", flushed=flushed, steps=steps)
    publisher.client.connection = Witness(name="publisher", flushed=flushed, steps=steps)
    to_itself.send_nowait(Requests(None, batch=[(publisher.client, [[b"PUBLISH", b"news", b"x"]])]))
    with counted_steps(steps):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(store.run)
            await eventually(lambda: len(flushed) == 451)
            nursery.cancel_scope.cancel()
    names, rounds = zip(*flushed, strict=True)
    assert ("publisher", *(f"subscriber {number}" for number in range(450))) == names
    assert [201, 200, 50] == [*Counter(rounds).values()]


async def test_who_is_told_and_leaves_before_is_no_trouble(house: House) -> None:
    crowd, publisher = [await subscriber(house) for _ in range(10)], await house.client()
    for each in crowd[::2]:
        await each.aclose()
    await publisher.send(encode_command("PUBLISH", "news", "x"))
    assert (await publisher.take(3)).startswith(b":")
    for each in crowd[1::2]:
        assert message(b"x") == await each.take(len(message(b"x")))
    await eventually(lambda: len(house.engine.clients) == 6)
    assert 5 == len(house.engine.pubsub.channels.names)


async def test_the_server_stops_with_subscribers(house: House) -> None:
    silent = await subscriber(house)
    with trio.fail_after(5):
        await house.server.aclose()
    assert b"" == await silent.until_closed()
