"""How connections end: half-closed, reset, blocked, held, killed, in the middle of something."""

import socket

import pytest

from oracle import encode_command
from server.house import House, counted_steps, eventually, leave, open_house, settled, slay, work
from trioredis.protocol.replies import OK

PING = encode_command("PING")
PONG = b"+PONG\r\n"
FRAMING_ERROR = b"-ERR Protocol error: invalid multibulk length\r\n"


async def test_who_hangs_up_gets_every_reply(house: House) -> None:
    peer = await house.connect()
    await peer.send(PING * 5000)
    await peer.end()
    assert PONG * 5000 == await peer.until_closed()


async def test_who_hangs_up_and_reads_slowly_gets_every_byte(house: House) -> None:
    size = 20_000_000
    house.plant("MUCH", lambda ctx: b"x" * size, 1)
    peer = await house.client()
    await peer.send(encode_command("MUCH") + PING)
    await peer.end()
    assert b"$20000000\r\n" == await peer.take(11)
    await settled()
    assert size + 2 + len(PONG) == len(await peer.until_closed())


async def test_who_hangs_up_before_saying_anything_is_let_go(house: House) -> None:
    peer = await house.connect()
    await peer.end()
    assert b"" == await peer.until_closed()
    await eventually(lambda: not len(house.engine.clients))


async def test_half_a_command_before_the_end_is_forgotten(house: House) -> None:
    peer = await house.connect()
    await peer.send(PING + b"*2\r\n$3\r\nGE")
    await peer.end()
    assert PONG == await peer.until_closed()


async def test_who_hangs_up_while_its_commands_wait_their_turn_gets_every_reply(house: House) -> None:
    house.plant_count()
    house.plant("WORK", work(0.003))
    peer = await house.connect()
    await peer.send(encode_command("WORK") * 5 + encode_command("COUNT", "x"))
    await peer.end()
    assert b"+OK\r\n" * 6 == await peer.until_closed()


async def test_a_blocked_client_that_hangs_up_is_let_go(house: House) -> None:
    house.plant_block()
    peer = await house.connect()
    await peer.send(PING + encode_command("BLOCK"))
    assert PONG == await peer.take(len(PONG))
    await eventually(lambda: house.parked)
    await peer.end()
    assert b"" == await peer.until_closed()
    await eventually(lambda: not len(house.engine.clients))


async def test_a_blocked_client_that_goes_on_talking_and_hangs_up_is_let_go(house: House) -> None:
    house.plant_block()
    house.plant_count()
    peer = await house.connect()
    await peer.send(encode_command("BLOCK"))
    await eventually(lambda: house.parked)
    for _ in range(3):
        await peer.send(encode_command("COUNT", "x") * 10)
        await settled()
    await peer.end()
    assert b"" == await peer.until_closed()
    assert 0 == house.ran[b"x"]


async def test_a_client_that_hung_up_is_let_go_when_it_blocks(house: House) -> None:
    house.plant_block()
    house.plant("WORK", work(0.003))
    peer = await house.connect()
    await peer.send(encode_command("WORK") + encode_command("BLOCK"))
    await peer.end()
    assert b"+OK\r\n" == await peer.until_closed()


async def test_a_blocked_client_gets_its_answer_and_what_it_sent_meanwhile(house: House) -> None:
    house.plant_block()
    peer = await house.connect()
    await peer.send(encode_command("BLOCK") + PING)
    await eventually(lambda: house.parked)
    house.plant("WAKE", lambda ctx, *words: house.parked.pop().answer(1))
    other = await house.connect()
    await other.send(encode_command("WAKE"))
    assert b":1\r\n" + PONG == await peer.take(4 + len(PONG))
    await peer.ping()


async def test_a_client_held_at_the_gate_that_hangs_up_is_let_go(house: House) -> None:
    house.plant_count()
    peer = await house.client()
    house.engine.gate.close(house.engine.clock.monotonic + 3600)
    await peer.send(encode_command("COUNT", "x"))
    await eventually(lambda: house.engine.gate.held)
    await peer.end()
    assert b"" == await peer.until_closed()
    await eventually(lambda: not house.engine.gate.held)
    assert 0 == house.ran[b"x"]


async def test_broken_framing_waits_for_the_blocked_command_before_it(house: House) -> None:
    house.plant_block()
    peer = await house.connect()
    await peer.send(encode_command("BLOCK") + b"*x\r\n")
    await eventually(lambda: house.parked)
    await settled()
    house.plant("WAKE", lambda ctx, *words: house.parked.pop().answer(1))
    await (await house.connect()).send(encode_command("WAKE"))
    assert b":1\r\n" + FRAMING_ERROR == await peer.until_closed()


async def test_a_blocked_client_that_broke_the_framing_may_still_hang_up(house: House) -> None:
    house.plant_block()
    peer = await house.connect()
    await peer.send(encode_command("BLOCK") + b"*x\r\n")
    await eventually(lambda: house.parked)
    await settled()
    await peer.end()
    assert b"" == await peer.until_closed()


async def test_nothing_after_quit_is_run_or_answered(house: House) -> None:
    house.plant("LEAVE", leave)
    house.plant_count()
    peer = await house.connect()
    await peer.send(encode_command("LEAVE") + encode_command("COUNT", "x") + b"*x\r\n")
    assert b"+OK\r\n" == await peer.until_closed()
    assert 0 == house.ran[b"x"]
    assert 0 == house.engine.stats.error_replies


async def test_a_client_may_leave_in_the_middle_of_its_backlog(house: House) -> None:
    house.plant("LEAVE", leave)
    house.plant_count()
    house.plant("WORK", work(0.003))
    peer = await house.connect()
    await peer.send(encode_command("WORK") * 2 + encode_command("LEAVE") + encode_command("COUNT", "x") * 5)
    assert b"+OK\r\n" * 3 == await peer.until_closed()
    assert 0 == house.ran[b"x"]


async def test_what_a_client_said_before_it_crashed_is_done(socket_house: House) -> None:
    """The reset comes with the data: nobody else of this process runs in between."""
    socket_house.plant_count()
    hasty = socket.create_connection(("127.0.0.1", socket_house.server.port))
    await eventually(lambda: 1 == len(socket_house.engine.clients))
    await settled()
    hasty.sendall(encode_command("COUNT", "x") * 100)
    hasty.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    hasty.close()
    await eventually(lambda: not len(socket_house.engine.clients))
    assert 100 == socket_house.ran[b"x"]


async def test_a_crash_while_replies_wait_takes_nobody_along() -> None:
    async with open_house("selector") as house:
        house.plant("MUCH", lambda ctx, *words: b"x" * 50_000_000)
        neighbour = await house.client()
        peer = await house.client()
        await peer.send(encode_command("MUCH"))
        await settled()
        peer.reset()
        await eventually(lambda: 1 == len(house.engine.clients))
        await neighbour.ping()


async def test_a_crash_while_commands_wait_their_turn_takes_nobody_along(socket_house: House) -> None:
    socket_house.plant("WORK", work(0.003))
    neighbour = await socket_house.client()
    peer = await socket_house.client()
    await peer.send(encode_command("WORK") * 20)
    await neighbour.ping()
    peer.reset()
    await eventually(lambda: 1 == len(socket_house.engine.clients))
    await neighbour.ping()


async def test_a_crash_while_blocked_is_noticed(socket_house: House) -> None:
    socket_house.plant_block()
    peer = await socket_house.client()
    await peer.send(encode_command("BLOCK"))
    await eventually(lambda: socket_house.parked)
    peer.reset()
    await eventually(lambda: not len(socket_house.engine.clients))


@pytest.mark.parametrize("say_goodbye", [False, True])
async def test_hanging_up_behind_a_backlog_wakes_nobody(socket_house: House, say_goodbye: bool) -> None:
    """Level-triggered events that nobody handles would keep the listener running."""
    house = socket_house
    house.plant_block()
    house.plant("WORK", work(0.003))
    peer = await house.client()
    await peer.send(encode_command("WORK") * 3 + encode_command("BLOCK") + PING)
    await eventually(lambda: house.parked)
    await peer.send(PING * 3)
    await settled()
    if say_goodbye:
        await peer.end()
    with counted_steps() as steps:
        await settled(0.02)
    assert 20 > steps.of("Listener", "Store")


async def test_a_client_killed_by_another_is_closed_without_a_word(house: House) -> None:
    victim, other = await house.client(), await house.client()
    house.plant("SLAY", slay)
    await other.send(encode_command("SLAY"))
    assert b"" == await victim.until_closed()
    await other.take(5)
    await other.ping()


async def test_who_is_gone_may_still_be_spoken_to() -> None:
    """The listener closes first and tells the store later: what is sent in between finds a closed socket."""
    async with open_house("selector") as house:
        victim = await house.client()
        (client,) = house.engine.clients

        def shout(ctx, *words):
            house.engine.clients.push(client, b"hello")
            return OK

        house.plant("SHOUT", shout)
        house.plant("WORK", work(0.003))
        other = house.connect_in_memory()
        await other.send((encode_command("SHOUT") + encode_command("WORK")) * 10)
        victim.reset()
        assert b"+OK\r\n" * 20 == await other.take(100)
        await eventually(lambda: 1 == len(house.engine.clients))
        await (await house.client()).ping()
