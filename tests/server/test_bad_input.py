"""What nobody should send. It costs the sender its connection at most, and its neighbours nothing."""

import logging
import random
from contextlib import suppress

import pytest
import trio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oracle import Oracle, encode_command
from protocol.transcripts import ERRORS, UNAUTHENTICATED_ERRORS, UNFINISHED
from server.house import House, Peer, eventually, open_house, settled, work
from trioredis.engine.command import NO_AUTH

PING = encode_command("PING")
PONG = b"+PONG\r\n"
LARGE = encode_command("ECHO", b"x" * 20_000)
LARGE_REPLY = b"$20000\r\n" + b"x" * 20_000 + b"\r\n"


def protocol_error(text: bytes) -> bytes:
    return b"-ERR Protocol error: %b\r\n" % text


async def until_closed(house: House, data: bytes) -> bytes:
    peer = await house.connect()
    with suppress(trio.BrokenResourceError):  # it may be closed before it has said everything
        await peer.send(data)
    return await peer.until_closed()


@pytest.mark.parametrize(("data", "text"), [row for row in ERRORS if len(row[0]) < 1000])
async def test_broken_framing_is_told_and_closed(house: House, data: bytes, text: bytes) -> None:
    neighbour = await house.client()
    assert PONG + protocol_error(text) == await until_closed(house, PING + data)
    assert (1, 1) == (house.engine.stats.protocol_errors, house.engine.stats.errors[b"ERR"])
    await neighbour.ping()


@pytest.mark.parametrize(("data", "text"), [row for row in ERRORS if len(row[0]) >= 1000])
async def test_a_line_without_an_end_is_told_and_closed(house: House, data: bytes, text: bytes) -> None:
    peer = await house.connect()
    for begin in range(0, len(data), 5000):
        await peer.send(data[begin : begin + 5000])
        await settled(0)
    assert protocol_error(text) == await peer.until_closed()


@pytest.mark.parametrize(("data", "text"), [row for row in ERRORS if len(row[0]) < 1000])
async def test_the_oracle_and_we_count_the_same_errors(
    memory_house: House, oracle: Oracle, data: bytes, text: bytes
) -> None:
    with oracle.connect() as wire:
        wire.send(b"PING\r\nNONSENSE\r\n" + data)
        theirs = wire.read_until_closed()
    assert theirs == await until_closed(memory_house, b"PING\r\nNONSENSE\r\n" + data)


@pytest.mark.parametrize("data", UNFINISHED)
async def test_what_is_unfinished_is_waited_for_and_forgotten(house: House, data: bytes) -> None:
    peer = await house.connect()
    await peer.send(PING + data)
    assert PONG == await peer.take(7)
    await settled(0)
    assert 1 == len(house.engine.clients)
    await peer.end()
    assert b"" == await peer.until_closed()
    await eventually(lambda: not len(house.engine.clients))


async def test_bytes_that_come_one_by_one_mean_the_same(house: House) -> None:
    peer = await house.connect()
    for byte in encode_command("SET", "k", "v") + b"GET k\r\n*1\r\n$-7\r\n":
        await peer.send(bytes([byte]))
        await settled(0)
    assert b"+OK\r\n$1\r\nv\r\n" + protocol_error(b"invalid bulk length") == await peer.until_closed()


@pytest.mark.parametrize(
    "opening", [b"POST / HTTP/1.1\r\nHost: a\r\n\r\nSET k v\r\n", b"Host: a\r\nSET k v\r\n"]
)
async def test_a_browser_that_was_lured_here_is_closed_without_a_word(
    house: House, opening: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "trioredis"):
        assert b"" == await until_closed(house, opening)
    assert any("SECURITY ATTACK" in record.getMessage() for record in caplog.records)
    assert 0 == len(house.engine.keyspace)


@pytest.fixture
async def locked_house(transport: str):
    async with open_house(transport, requirepass="secret") as house:
        yield house


@pytest.mark.parametrize(("data", "text"), UNAUTHENTICATED_ERRORS)
async def test_who_has_not_authenticated_is_kept_short(locked_house: House, data: bytes, text: bytes) -> None:
    assert protocol_error(text) == await until_closed(locked_house, data)


async def test_a_password_and_a_large_frame_may_come_in_one_packet(locked_house: House) -> None:
    peer = await locked_house.connect()
    for _ in range(3):
        await peer.send(b"AUTH secret\r\n" + LARGE + PING)
        answer = b"+OK\r\n" + LARGE_REPLY + PONG
        assert answer == await peer.take(len(answer))


async def test_a_wrong_password_opens_nothing(locked_house: House) -> None:
    reply = await until_closed(locked_house, b"AUTH wrong\r\n" + LARGE)
    assert reply.startswith(b"-WRONGPASS ")
    assert reply.endswith(b"\r\n" + protocol_error(b"unauthenticated bulk length"))
    assert 1 == locked_house.engine.stats.protocol_errors


async def test_a_large_frame_waits_for_the_password_that_waits_its_turn(locked_house: House) -> None:
    locked_house.plant("WORK", work(0.003), flags=NO_AUTH)
    peer = await locked_house.connect()
    await peer.send(encode_command("WORK") * 5 + b"AUTH secret\r\n" + LARGE + PING)
    answer = b"+OK\r\n" * 6 + LARGE_REPLY + PONG
    assert answer == await peer.take(len(answer))
    await peer.ping()


async def test_a_stop_lets_the_frame_behind_the_password_pass(locked_house: House) -> None:
    locked_house.plant("WORK", work(0.003), flags=NO_AUTH)
    peer = await locked_house.connect()
    await peer.send(encode_command("WORK") * 5 + b"AUTH secret\r\n" + LARGE)
    await eventually(lambda: any(client.backlog for client in locked_house.engine.clients))
    locked_house.server.stop()
    assert b"+OK\r\n" * 6 + LARGE_REPLY == await peer.until_closed()


@pytest.mark.parametrize("size", [0, 1, 16_384, 65_536, 16 << 20])
async def test_values_of_any_size_come_back(house: House, size: int) -> None:
    await _there_and_back(await house.client(), b"k", random.Random(size).randbytes(size))


async def test_the_largest_value_comes_back(request: pytest.FixtureRequest, socket_transport: str) -> None:
    if request.config.getoption("--hypothesis-profile") != "fuzz":
        pytest.skip("for the fuzz session: it takes gigabytes")
    async with open_house(socket_transport) as house:
        peer, size = await house.client(), 512 << 20
        await peer.stream.send_all(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n" % size)
        for _ in range(512):
            await peer.stream.send_all(b"x" * (1 << 20))
        await peer.send(b"\r\n")
        assert b"+OK\r\n" == await peer.take(5)
        assert b":%d\r\n" % size == await peer.ask("STRLEN", "k", answer=b":%d\r\n" % size)
        await peer.send(encode_command("GET", "k"))
        left = size + len(b"$%d\r\n" % size) + 2
        while left:
            left -= len(await peer.stream.receive_some(1 << 20))


async def _there_and_back(peer: Peer, key: bytes, value: bytes) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(peer.send, encode_command("SET", key, value) + encode_command("GET", key))
        reply = b"+OK\r\n$%d\r\n%b\r\n" % (len(value), value)
        is_equal = reply == await peer.take(len(reply))  # not in the assertion: pytest would print it
        assert is_equal


@given(st.lists(st.tuples(st.binary(), st.binary()), min_size=1, max_size=20))
async def test_keys_and_values_are_any_bytes(pairs: list[tuple[bytes, bytes]]) -> None:
    async with open_house("memory") as house:
        peer = await house.client()
        for key, value in pairs:
            await _there_and_back(peer, key, value)
        assert len(dict(pairs)) == len(house.engine.keyspace)


# Bytes that look a little like commands. None of the words stops, pauses or locks the server.
_PIECES = [
    b"*",
    b"$",
    b"\r\n",
    b"\n",
    b"\r",
    b"0",
    b"1",
    b"3",
    b"-1",
    b"99999999999",
    b"'",
    b'"',
    b"\\x",
    b"\0",
    b" ",
]
_COMMANDS = [
    b"PING",
    b"GET",
    b"SET",
    b"INCR",
    b"k",
    b"QUIT\r\n",
    b"HELLO 3\r\n",
    b"SELECT 1\r\n",
    b"COMMAND DOCS\r\n",
]
_FRAMES = [b"*1\r\n$4\r\nPING\r\n", b"*3\r\n$3\r\nSET\r\n", b"$1\r\nk\r\n", b"CLIENT REPLY OFF\r\n", b"\xff"]
_WORDS = st.sampled_from([*_PIECES, *_COMMANDS, *_FRAMES])
_SPEECH = st.lists(st.one_of(_WORDS, st.binary(max_size=20)), max_size=40).map(b"".join)
_CONVERSATION = st.lists(st.lists(_SPEECH, min_size=1, max_size=5), min_size=1, max_size=4)


@pytest.mark.parametrize("kind", ["selector", "stream", "memory"])
@given(_CONVERSATION, st.booleans())
@settings(suppress_health_check=[HealthCheck.too_slow])
async def test_noise_is_survived(kind: str, conversation: list[list[bytes]], is_polite: bool) -> None:
    async with open_house(kind) as house:
        neighbour = await house.client()
        peers = [await house.connect() for _ in conversation]
        for peer, speeches in zip(peers, conversation, strict=True):
            with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
                for speech in speeches:
                    await peer.send(speech)
                    await trio.lowlevel.checkpoint()
        for peer in peers:
            if is_polite:
                with suppress(trio.BrokenResourceError):
                    await peer.end()
                await peer.until_closed()
            else:
                await peer.aclose()
        await neighbour.ping()
        await eventually(lambda: 1 == len(house.engine.clients))
        assert 0 == house.engine.stats.internal_errors


async def test_bad_guests_leave_nothing_behind(house: House) -> None:
    neighbour = await house.client()
    house.plant_block()
    habits = [
        b"*x\r\n",
        b"*2\r\n$3\r\nGET\r\n$100\r\nhalf",
        b"",
        PING,
        b"QUIT\r\n",
        encode_command("BLOCK") + b"*x\r\n",
    ]
    for number in range(120):
        peer = await house.connect()
        with suppress(trio.BrokenResourceError):
            await peer.send(habits[number % len(habits)])
        if number % 3 == 0:
            await settled(0)
        await peer.aclose()
    await neighbour.ping()
    await eventually(lambda: 1 == len(house.engine.clients))
    await settled()
    tasks = house.server._tasks
    assert not house.engine.clients.dirty
    assert not house.engine.gate.held
    assert not house.engine.resumed
    ours = len(tasks.sessions._connections) + sum(
        len(getattr(producer, "_connections", ())) for producer in tasks.supervisor.producers[:1]
    )
    assert 1 == ours
