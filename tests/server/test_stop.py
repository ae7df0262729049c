"""The graceful stop: accept and read nothing more, answer what was received, wait no longer than is allowed."""

import pytest
import trio

from oracle import encode_command
from server.house import House, eventually, leave, open_house, settled, work
from trioredis.engine.effects import Stop
from trioredis.protocol.replies import OK

PONG = b"+PONG\r\n"


async def test_idle_clients_are_let_go_at_once(house: House) -> None:
    peers = [await house.client() for _ in range(3)]
    with trio.fail_after(1):
        await house.server.aclose()
    assert [b""] * 3 == [await peer.until_closed() for peer in peers]


async def test_what_was_received_is_answered_although_it_takes_many_rounds(house: House) -> None:
    house.plant("WORK", work(0.001))
    peers = [await house.client() for _ in range(3)]
    speech, before = encode_command("WORK") * 40, house.engine.stats.net_input
    for peer in peers:
        await peer.send(speech)
    await eventually(lambda: house.engine.stats.net_input == before + 3 * len(speech))
    await house.server.aclose()
    assert [b"+OK\r\n" * 40] * 3 == [await peer.until_closed() for peer in peers]


async def test_a_round_under_way_is_answered(house: House) -> None:
    """The stop comes from within the very round whose replies are not sent yet."""

    def stop(ctx):
        house.server.stop()
        return OK

    house.plant("HALT", stop, 1)
    peer = await house.client()
    await peer.send(encode_command("PING") + encode_command("HALT") + encode_command("PING"))
    assert PONG + b"+OK\r\n" + PONG == await peer.until_closed()


async def test_nothing_more_is_read(house: House) -> None:
    house.plant("WORK", work(0.003))
    house.plant_count()
    peer, late = await house.client(), await house.client()
    await peer.send(encode_command("WORK") * 5)
    await eventually(lambda: any(client.backlog for client in house.engine.clients))
    house.server.stop()
    await late.send(encode_command("COUNT", "x"))
    await peer.send(encode_command("COUNT", "x"))
    assert b"+OK\r\n" * 5 == await peer.until_closed()
    assert b"" == await late.until_closed()
    assert 0 == house.ran[b"x"]


async def test_nobody_is_accepted_any_more(socket_house: House) -> None:
    house, port = socket_house, socket_house.server.port
    house.plant("WORK", work(0.003))
    peer = await house.client()
    await peer.send(encode_command("WORK") * 10)
    await eventually(lambda: any(client.backlog for client in house.engine.clients))
    house.server.stop()
    with pytest.raises(OSError, match="all attempts to connect"):
        await trio.open_tcp_stream("127.0.0.1", port)
    assert b"+OK\r\n" * 10 == await peer.until_closed()


async def test_a_door_that_opens_while_the_server_stops_lets_nobody_in(socket_house: House) -> None:
    house = socket_house
    house.plant("WORK", work(0.003))
    house.plant("MOVE", lambda ctx: house.set("bind", "127.0.0.2") or OK, 1)
    peer = await house.client()
    await peer.send(encode_command("WORK") * 5 + encode_command("MOVE") + encode_command("WORK") * 50)
    await eventually(lambda: any(client.backlog for client in house.engine.clients))
    port = house.server.port
    house.server.stop()
    await eventually(lambda: house.engine.config[b"bind"] == (b"127.0.0.2",))
    with pytest.raises(OSError, match="all attempts to connect"):
        await trio.open_tcp_stream("127.0.0.2", port)
    assert b"+OK\r\n" * 56 == await peer.until_closed()
    with trio.fail_after(1):
        await house.server.aclose()


async def test_who_does_not_take_its_replies_is_waited_for_as_long_as_allowed() -> None:
    async with open_house("selector", shutdown_timeout=60) as house:
        house.plant("MUCH", lambda ctx: b"x" * 50_000_000, 1)
        deaf, other = await house.client(), await house.client()
        await deaf.send(encode_command("MUCH"))
        await eventually(lambda: any(client.connection.output_size for client in house.engine.clients))
        house.server.stop()
        await deaf.send(encode_command("PING"))
        assert b"" == await other.until_closed()
        await settled()  # what it sends is not read, and nobody spins over it
        scope = house.server._tasks.supervisor.scope
        assert 55 < scope.deadline - trio.current_time() <= 60
        scope.deadline = trio.current_time()
        with trio.fail_after(1):
            await house.server.aclose()


async def test_who_takes_its_replies_slowly_gets_all_of_them(socket_house: House) -> None:
    house, size = socket_house, 20_000_000
    house.plant("MUCH", lambda ctx: b"x" * size, 1)
    slow = await house.client()
    await slow.send(encode_command("MUCH"))
    await eventually(lambda: any(client.connection.output_size for client in house.engine.clients))
    house.server.stop()
    reply = await slow.until_closed()
    assert len(b"$20000000\r\n") + size + 2 == len(reply)


async def test_a_second_stop_ends_it_at_once(socket_house: House) -> None:
    house = socket_house
    house.plant("MUCH", lambda ctx: b"x" * 50_000_000, 1)
    deaf = await house.client()
    await deaf.send(encode_command("MUCH"))
    await eventually(lambda: any(client.connection.output_size for client in house.engine.clients))
    house.server.stop()
    house.server.stop()
    with trio.fail_after(1):
        await house.server._tasks.over.wait()


async def test_a_client_may_stop_the_server(house: House) -> None:
    house.plant("HALT", lambda ctx: ctx.engine.effects.append(Stop()) or OK, 1)
    peer, other = await house.client(), await house.client()
    await peer.send(encode_command("HALT"))
    assert b"+OK\r\n" == await peer.until_closed()
    assert b"" == await other.until_closed()
    with trio.fail_after(1):
        await house.server._tasks.over.wait()


async def test_blocked_clients_hold_nobody_up(house: House) -> None:
    house.plant_block()
    peer = await house.client()
    await peer.send(encode_command("BLOCK") + encode_command("PING"))
    await eventually(lambda: house.parked)
    with trio.fail_after(1):
        await house.server.aclose()
    assert b"" == await peer.until_closed()


async def test_a_client_that_is_leaving_anyway_gets_its_replies(house: House) -> None:
    house.plant("LEAVE", leave)
    house.plant("WORK", work(0.003))
    peer = await house.client()
    await peer.send(encode_command("WORK") * 3 + encode_command("LEAVE"))
    await eventually(lambda: any(client.backlog for client in house.engine.clients))
    await house.server.aclose()
    assert b"+OK\r\n" * 4 == await peer.until_closed()


async def test_a_server_may_be_stopped_as_soon_as_it_runs(transport: str) -> None:
    async with open_house(transport) as house:
        house.server.stop()
        with trio.fail_after(1):
            await house.server._tasks.over.wait()


async def test_a_client_in_memory_that_comes_too_late_is_turned_away(house: House) -> None:
    early = house.connect_in_memory()
    house.server.stop()
    assert b"" == await early.until_closed()
    with pytest.raises(trio.ClosedResourceError):
        house.server.memory_stream()


async def test_cancelling_waits_for_nobody(transport: str) -> None:
    async with open_house(transport) as house:
        house.plant("WORK", work(0.003))
        peer = await house.client()
        await peer.send(encode_command("WORK") * 1000)
        await eventually(lambda: any(client.backlog for client in house.engine.clients))
        with trio.CancelScope(shield=True), trio.fail_after(1):
            house.nursery.cancel_scope.cancel()
            await house.server._tasks.over.wait()
