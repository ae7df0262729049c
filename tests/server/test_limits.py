"""How many clients, how long they may be silent, how much they may send and leave unread."""

import socket
from contextlib import suppress

import pytest
import trio
import trio.testing

from oracle import encode_command
from server.house import SERVER_TASKS, House, Peer, counted_steps, eventually, open_house, settled
from trioredis.protocol.replies import OK

TOO_MANY = b"-ERR max number of clients reached\r\n"


async def test_one_client_too_many_is_told_and_closed(house: House) -> None:
    house.set("maxclients", "2")
    first, in_memory = await house.client(), house.connect_in_memory()
    await in_memory.ping()
    late = await house.connect()
    assert TOO_MANY == await late.until_closed()
    stats = house.engine.stats
    assert (2, 1) == (stats.connections, stats.rejected_connections)
    await first.ping()
    await first.aclose()
    await eventually(lambda: 1 == len(house.engine.clients))
    await house.client()


async def test_who_was_turned_away_leaves_nothing_behind(house: House) -> None:
    house.set("maxclients", "1")
    await house.client()
    for _ in range(20):
        assert TOO_MANY == await (await house.connect()).until_closed()
    await settled()
    assert 1 == len(house.engine.clients)
    assert not house.engine.clients.dirty


def address_of_this_machine() -> str:
    """An address that is not the loopback's; asking for a route sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            pytest.skip("this machine has no address but its own")
        return str(probe.getsockname()[0])


@pytest.mark.parametrize("password", ["", "secret"])
async def test_without_a_password_strangers_are_denied(socket_transport: str, password: str) -> None:
    stranger_at = address_of_this_machine()
    async with open_house(socket_transport, bind="*", requirepass=password) as house:
        stranger = house.greet(await trio.open_tcp_stream(stranger_at, house.server.port))
        if password:
            await stranger.send(encode_command("PING"))
            answer = b"-NOAUTH Authentication required.\r\n"
            assert answer == await stranger.take(len(answer))
        else:
            assert b"-DENIED Redis is running in protected mode" == (await stranger.until_closed())[:42]
            house.set("protected-mode", "no")
            stranger = house.greet(await trio.open_tcp_stream(stranger_at, house.server.port))
            await stranger.ping()


async def test_silent_clients_are_closed_after_the_timeout(
    autojump_clock: trio.testing.MockClock, memory_house: House
) -> None:
    memory_house.set("timeout", "300")
    silent, lively = await memory_house.client(), await memory_house.client()
    for _ in range(10):
        await trio.sleep(100)
        await lively.ping()
    assert b"" == await silent.until_closed()
    assert 1 == len(memory_house.engine.clients)
    await trio.sleep(301)
    assert b"" == await lively.until_closed()


async def test_a_long_upload_is_no_silence(
    autojump_clock: trio.testing.MockClock, memory_house: House
) -> None:
    memory_house.set("timeout", "10")
    memory_house.plant_count()
    peer = await memory_house.client()
    await peer.send(b"*3\r\n$5\r\nCOUNT\r\n$1\r\nx\r\n$100\r\n")
    for _ in range(20):
        await trio.sleep(5)
        await peer.send(b"12345")
    await peer.send(b"\r\n")
    assert b"+OK\r\n" == await peer.take(5)


async def test_who_waits_for_something_is_not_silent(
    autojump_clock: trio.testing.MockClock, memory_house: House
) -> None:
    memory_house.set("timeout", "10")
    memory_house.plant_block()
    memory_house.plant_count()
    blocked, held = await memory_house.client(), await memory_house.client()
    await blocked.send(encode_command("BLOCK"))
    await eventually(lambda: memory_house.parked)
    memory_house.engine.gate.close(memory_house.engine.clock.monotonic + 50)
    await held.send(encode_command("COUNT", "x"))
    await trio.sleep(100)
    assert b"+OK\r\n" == await held.take(5)
    assert 2 > len(memory_house.engine.clients)
    memory_house.parked[0].answer(1)
    await (await memory_house.client()).ping()
    assert b":1\r\n" == await blocked.take(4)


async def test_watching_for_silence_costs_nothing_while_nobody_is(
    autojump_clock: trio.testing.MockClock, memory_house: House
) -> None:
    memory_house.set("timeout", "86400")
    await memory_house.client()
    await settled()
    with counted_steps() as steps:
        await trio.sleep(86_000)
    assert 0 == steps.of(*SERVER_TASKS)


async def test_clients_that_come_and_go_leave_no_timers(memory_house: House) -> None:
    memory_house.set("timeout", "86400")
    for _ in range(500):
        peer = await memory_house.client()
        await peer.aclose()
    await eventually(lambda: not len(memory_house.engine.clients))
    appointments = len(memory_house.engine.timers._heap)
    assert 200 > appointments


async def test_a_command_without_an_end_is_ended(house: House) -> None:
    house.set("client-query-buffer-limit", "1mb")
    peer, neighbour = await house.client(), await house.client()
    with suppress(trio.BrokenResourceError):
        await peer.send(b"*2\r\n$3\r\nGET\r\n$100000000\r\n" + b"x" * 50_000_000)
    assert b"" == await peer.until_closed()
    assert 1 == house.engine.stats.query_buffer_disconnections
    await eventually(lambda: 1 == len(house.engine.clients))
    await neighbour.ping()


@pytest.mark.parametrize("size", [1_000_000, 2_000_000])
async def test_what_a_waiting_client_sends_is_limited_as_well(size: int) -> None:
    """The selector leaves it in the socket; a session, which has to read on to see the end, counts it."""
    async with open_house("memory") as house:
        house.set("client-query-buffer-limit", "1mb")
        house.plant_block()
        peer = await house.client()
        await peer.send(encode_command("BLOCK"))
        await eventually(lambda: house.parked)
        with suppress(trio.BrokenResourceError):
            for _ in range(size // 100_000):
                await peer.send(encode_command("PING", b"x" * 100_000))
                await settled(0)
        assert (0 if size > 1 << 20 else 1) == len(house.engine.clients)


async def test_who_never_reads_is_ended_at_the_hard_limit(socket_house: House) -> None:
    house = socket_house
    house.set("client-output-buffer-limit", "normal 20mb 0 0")
    house.plant("MUCH", lambda ctx: b"x" * 5_000_000, 1)
    deaf, neighbour = await house.client(), await house.client()
    with suppress(trio.BrokenResourceError):
        for _ in range(10):
            await deaf.send(encode_command("MUCH"))
            await neighbour.ping()
            assert 26_000_000 > sum(client.connection.output_size for client in house.engine.clients)
    await eventually(lambda: 1 == len(house.engine.clients))
    assert 1 == house.engine.stats.output_buffer_disconnections
    await neighbour.ping()


async def test_who_reads_is_not_ended_however_much_it_gets(socket_house: House) -> None:
    house = socket_house
    house.set("client-output-buffer-limit", "normal 20mb 0 0")
    house.plant("MUCH", lambda ctx: b"x" * 5_000_000, 1)
    peer = await house.client()
    for _ in range(10):
        await peer.send(encode_command("MUCH"))
        assert 5_000_012 == len(await peer.take(5_000_012))
    assert 0 == house.engine.stats.output_buffer_disconnections


class Sluggish(trio.abc.HalfCloseableStream):
    """A stream whose other side takes nothing until it is told to."""

    def __init__(self, stream: trio.StapledStream) -> None:
        self.stream = stream
        self.opened = trio.Event()

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        return bytes(await self.stream.receive_some(max_bytes))

    async def send_all(self, data: bytes) -> None:
        await self.opened.wait()
        await self.stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self.stream.wait_send_all_might_not_block()

    async def send_eof(self) -> None:
        await self.stream.send_eof()

    async def aclose(self) -> None:
        await self.stream.aclose()


@pytest.fixture
async def sluggish(memory_house: House) -> tuple[Peer, Sluggish]:
    """A client that is sent 2 MB and takes nothing for now; 1 MB is allowed for ten seconds."""
    house = memory_house
    house.set("client-output-buffer-limit", "normal 0 1mb 10")
    house.plant("MUCH", lambda ctx: b"x" * 2_000_000, 1)
    ours, theirs = trio.testing.memory_stream_pair()
    stream = Sluggish(ours)
    house.nursery.start_soon(house.server._tasks.sessions.run, stream, b"127.0.0.1:0", b"127.0.0.1:0")
    peer = house.greet(theirs)
    await peer.send(encode_command("MUCH"))
    return peer, stream


@pytest.mark.parametrize(("takes_after", "survives"), [(9, True), (11, False)])
async def test_who_is_over_the_soft_limit_for_too_long_is_ended(
    autojump_clock: trio.testing.MockClock,
    memory_house: House,
    sluggish: tuple[Peer, Sluggish],
    takes_after: int,
    survives: bool,
) -> None:
    await trio.sleep(takes_after)
    sluggish[1].opened.set()
    await trio.sleep(20)
    assert survives == (1 == len(memory_house.engine.clients))
    assert (0 if survives else 1) == memory_house.engine.stats.output_buffer_disconnections


async def test_who_takes_its_replies_in_between_begins_anew(
    autojump_clock: trio.testing.MockClock, memory_house: House, sluggish: tuple[Peer, Sluggish]
) -> None:
    peer, stream = sluggish
    await trio.sleep(5)
    stream.opened.set()
    await trio.sleep(3)
    stream.opened = trio.Event()
    await peer.send(encode_command("MUCH"))
    await trio.sleep(9)
    assert 1 == len(memory_house.engine.clients)
    await trio.sleep(2)
    assert 0 == len(memory_house.engine.clients)


async def test_the_limit_of_an_argument_follows_the_configuration(house: House) -> None:
    house.plant_count()
    before, after = await house.client(), await house.client()
    await before.send(b"*2\r\n$5\r\nCOUNT\r\n$2000000\r\n")
    await settled()
    house.set("proto-max-bulk-len", "1mb")
    await after.send(b"*2\r\n$5\r\nCOUNT\r\n$2000000\r\n")
    assert b"-ERR Protocol error: invalid bulk length\r\n" == await after.until_closed()
    await before.send(b"x" * 2_000_000 + b"\r\n")
    assert b"+OK\r\n" == await before.take(5)


async def test_a_pause_holds_commands_and_lets_them_go_in_their_order(
    autojump_clock: trio.testing.MockClock, memory_house: House
) -> None:
    house, order = memory_house, []
    house.plant("SAY", lambda ctx, word: order.append(word) or OK, 2)
    peers = [await house.client() for _ in range(5)]
    house.engine.gate.close(house.engine.clock.monotonic + 60)
    house.server._tasks.expiry.wake()
    for number in (3, 1, 4, 0, 2):
        await peers[number].send(encode_command("SAY", number) + encode_command("SAY", number))
        await settled(0)
    await trio.sleep(59)
    assert [] == order
    await trio.sleep(2)
    assert b"3311440022" == b"".join(order)
    for peer in peers:
        assert b"+OK\r\n" * 2 == await peer.take(10)
