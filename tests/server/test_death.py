"""When something of the server dies, everything ends, with the reason, and nothing is left."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio

from oracle import encode_command
from server.house import House, Steps, eventually, interrupt, open_files, open_house, work
from trioredis.app import serve
from trioredis.protocol.replies import OK

AT_ONCE = 1.0


class Catastrophe(BaseException):
    """Nothing that a command could raise by mistake."""


def die(*_: object) -> None:
    raise Catastrophe


def at_a_command(house: House, ctx: Any) -> None:
    die()


def at_a_client_taken_up_again(house: House, ctx: Any) -> None:
    class Ghost:
        backlog = property(die)

    ctx.engine.resumed.append(Ghost())


def at_a_timer(house: House, ctx: Any) -> None:
    ctx.engine.timers.at(ctx.engine.clock.monotonic, die)


def at_the_sending_of_replies(house: House, ctx: Any) -> None:
    class Ghost:
        connection = property(die)

    ctx.engine.clients.dirty[Ghost()] = None


def at_an_effect(house: House, ctx: Any) -> None:
    class Ghost:
        now = property(die)

    ctx.engine.effects.append(Ghost())


def at_reading(house: House, ctx: Any) -> None:
    class Ghost:
        feed = property(die)
        paused = False
        error = None

    ctx.client.connection.parser = Ghost()


DEATHS = [
    at_a_command,
    at_a_client_taken_up_again,
    at_a_timer,
    at_the_sending_of_replies,
    at_an_effect,
    at_reading,
]


@pytest.mark.parametrize("death", DEATHS)
async def test_the_death_of_a_task_ends_everything_with_its_exception(
    transport: str, death: Callable[[House, Any], None]
) -> None:
    raised: list[BaseException] = []

    async def serve_until_death(*, task_status: Any, **options: Any) -> None:
        try:
            await serve(task_status=task_status, **options)
        except Catastrophe as reason:
            raised.append(reason)

    kind = "stream" if transport == "stream" else "selector"
    async with trio.open_nursery() as nursery:
        options = {"port": None if transport == "memory" else 0, "bind": "127.0.0.1", "transport": kind}
        house = House(await nursery.start(partial(serve_until_death, **options)), transport, nursery)
        house.plant_block()
        idle, blocked, killer = [await house.client() for _ in range(3)]
        await blocked.send(encode_command("BLOCK"))
        await eventually(lambda: house.parked)
        house.plant("DIE", lambda ctx: death(house, ctx) or OK, 1)
        with trio.fail_after(AT_ONCE):
            await killer.send(encode_command("DIE") + encode_command("PING"))
            if death is at_reading:
                await killer.take(12)
                await killer.send(encode_command("PING"))
            for peer in (idle, blocked):
                assert b"" == await peer.until_closed()
    assert [Catastrophe] == [type(reason) for reason in raised]
    for peer in house.peers:
        await trio.aclose_forcefully(peer.stream)


def test_ctrl_c_never_cuts_a_command(transport: str) -> None:
    deeds = []

    async def main() -> None:
        async with open_house(transport) as house:

            def deed(ctx):
                deeds.append("begun")
                interrupt()
                deeds.append("done")
                return OK

            house.plant("DEED", deed, 1)
            peer = await house.client()
            await peer.send(encode_command("DEED"))
            await trio.sleep_forever()

    with pytest.raises(BaseException) as raised:  # noqa: PT011  # a group or not, as Trio pleases
        trio.run(main)
    assert "KeyboardInterrupt" in repr(raised.value)
    assert ["begun", "done"] == deeds


async def test_a_bug_in_a_command_costs_its_caller_an_error_and_nobody_anything_else(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.plant("BUG", lambda ctx: {}["planted"], 1)
    peer, neighbour = await house.client(), await house.client()
    with caplog.at_level(logging.ERROR, "trioredis"):
        await peer.send(encode_command("BUG") + encode_command("PING"))
        answer = b"-ERR internal error\r\n+PONG\r\n"
        assert answer == await peer.take(len(answer))
    (record,) = caplog.records
    assert record.exc_info is not None
    assert KeyError is record.exc_info[0]
    assert 1 == house.engine.stats.internal_errors
    assert 1 == house.engine.stats.errors[b"ERR"]
    await neighbour.ping()
    await peer.ping()


@pytest.mark.parametrize("reply", ["text", object(), [1, "text"], {b"a": {b"b": "text"}}, {1: object()}])
async def test_a_command_that_returns_nonsense_answers_with_the_error_alone(
    house: House, reply: object
) -> None:
    house.plant("NONSENSE", lambda ctx: reply, 1)
    peer = await house.client()
    await peer.send(encode_command("NONSENSE") + encode_command("PING"))
    answer = b"-ERR internal error\r\n+PONG\r\n"
    assert answer == await peer.take(len(answer))


async def everything_at_once(house: House) -> None:
    """Bring clients into every state: idle, blocked, behind, half-closed, in the middle of a command, deaf, held."""
    house.plant_block()
    house.plant("WORK", work(0.001))
    house.plant("MUCH", lambda ctx: b"x" * 20_000_000, 1)
    await house.client()
    speeches = [
        encode_command("BLOCK"),
        encode_command("WORK") * 100,
        b"*2\r\n$3\r\nGET\r\n$100\r\nhalf",
        encode_command("MUCH"),
        b"*x\r\n",
    ]
    for speech in speeches:
        await (await house.client()).send(speech)
    await eventually(lambda: house.parked)
    leaving = await house.client()
    await leaving.send(encode_command("WORK") * 3)
    await leaving.end()


@pytest.mark.parametrize("graceful", [False, True])
async def test_nothing_is_left_of_a_server(transport: str, graceful: bool, tmp_path: Path) -> None:
    before = open_files()
    path = tmp_path / "redis.sock"
    options = (
        {} if transport == "memory" else {"bind": ("127.0.0.1", "127.0.0.2", "-::1"), "unixsocket": str(path)}
    )
    async with open_house(transport, **options) as house:
        assert (transport != "memory") == path.exists()
        await everything_at_once(house)
        if graceful:
            house.server.stop()
            house.server._tasks.supervisor.scope.deadline = trio.current_time() + 0.2
            await house.server._tasks.over.wait()
    assert before == open_files()
    assert not path.exists()


async def test_no_task_is_left_of_a_server(transport: str) -> None:
    async with open_house(transport) as house:
        await everything_at_once(house)
    with_nobody = Steps()
    trio.lowlevel.add_instrument(with_nobody)
    await trio.testing.wait_all_tasks_blocked(0.01)
    trio.lowlevel.remove_instrument(with_nobody)
    assert 0 == with_nobody.of("Listener", "Store", "Sessions", "Expiry", "Supervisor")
