"""Rounds: bounded in bytes, events and time; taken in turns; each ends with its replies sent."""

import math

import pytest
import trio
import trio.testing
from attrs import define, field

from oracle import encode_command
from server.house import SERVER_TASKS, House, counted_steps, eventually, open_house, settled, work
from trioredis.engine.command import WRITE
from trioredis.protocol.replies import OK

PING = encode_command("PING")
PONG = b"+PONG\r\n"
A_FEW = 12
"""Rounds; what else arrives and leaves meanwhile has its own."""


async def test_a_long_pipeline_holds_nobody_up(house: House) -> None:
    house.plant_count()
    talker, other = await house.client(), await house.client()
    many = 100_000
    async with trio.open_nursery() as nursery:
        nursery.start_soon(talker.send, encode_command("COUNT", "x") * many)
        nursery.start_soon(talker.take, many * 5)
        await eventually(lambda: house.ran[b"x"] > 1000)
        before = house.rounds
        await other.ping()
        assert A_FEW >= house.rounds - before
        assert many > house.ran[b"x"]
    assert many == house.ran[b"x"]


async def test_long_commands_of_one_client_let_others_in_between(house: House) -> None:
    house.plant("WORK", work(0.001))
    house.plant_count()
    talker, other = await house.client(), await house.client()
    await talker.send((encode_command("WORK") + encode_command("COUNT", "x")) * 50)
    await eventually(lambda: house.ran[b"x"])
    await other.ping()
    assert 50 > house.ran[b"x"]
    assert b"+OK\r\n" * 100 == await talker.take(500)


async def test_long_backlogs_take_turns(house: House) -> None:
    """Those of clients that the gate lets go all at once; each takes more than a round."""
    order = []
    house.plant("WORK", work(0.001), flags=WRITE)
    house.plant("SAY", lambda ctx, word: order.append(word) or OK, 2)
    house.plant("OPEN", lambda ctx: house.engine.gate.open() or OK, 1)
    peers, opener = [await house.client() for _ in range(3)], await house.client()
    house.engine.gate.close(math.inf, only_writes=True)
    for name, peer in zip("abc", peers, strict=True):
        await peer.send((encode_command("WORK") + encode_command("SAY", name)) * 30)
    await eventually(lambda: 3 == len(house.engine.gate.held))
    await opener.send(encode_command("OPEN"))
    for peer in peers:
        assert b"+OK\r\n" * 60 == await peer.take(300)
    middle = order[10:60]
    assert {b"a", b"b", b"c"} == set(middle)
    assert 10 > max(len(run) for run in _runs(middle))


async def test_a_crowd_that_the_gate_lets_go_holds_nobody_up(house: House) -> None:
    house.plant("WORK", work(0.001), flags=WRITE)
    house.plant("OPEN", lambda ctx: house.engine.gate.open() or OK, 1)
    house.plant_count()
    peers, opener = [await house.client() for _ in range(60)], await house.client()
    house.engine.gate.close(math.inf, only_writes=True)
    for peer in peers:
        await peer.send(encode_command("WORK") + encode_command("COUNT", "x"))
    await eventually(lambda: 60 == len(house.engine.gate.held))
    await opener.send(encode_command("OPEN") + encode_command("PING"))
    await opener.take(5 + len(PONG))
    await opener.ping()
    assert 30 > house.ran[b"x"]
    await eventually(lambda: 60 == house.ran[b"x"])


def _runs(words):
    run = []
    for word in words:
        if run and run[0] != word:
            yield run
            run = []
        run.append(word)
    yield run


async def test_commands_that_are_refused_take_time_too(house: House) -> None:
    """A round's time is counted where nothing is run as well: 20 000 unknown commands are a long pipeline."""
    talker, other = await house.client(), await house.client()
    before = house.rounds
    await talker.send(b"x\r\n" * 20_000)
    await eventually(lambda: house.engine.stats.error_replies > 100)
    assert 20_000 > house.engine.stats.error_replies
    await other.ping()
    await eventually(lambda: house.engine.stats.error_replies == 20_000)
    assert 5 < house.rounds - before


async def test_a_client_with_a_backlog_is_not_read() -> None:
    async with open_house("selector") as house:
        house.plant("WORK", work(0.003))
        peer = await house.client()
        (client,) = house.engine.clients
        await peer.send(encode_command("WORK") * 10)
        await eventually(lambda: client.backlog)
        received = house.engine.stats.net_input
        await peer.send(PING)
        await eventually(lambda: len(client.backlog) < 5)
        assert received == house.engine.stats.net_input
        assert b"+OK\r\n" * 10 + PONG == await peer.take(50 + len(PONG))


@define(eq=False)
class ReadAtOnce(trio.abc.Instrument):
    """How many bytes the listener reads between two waits."""

    house: House
    sizes: list[int] = field(factory=list, init=False)
    _before: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._before = self.house.engine.stats.net_input

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self._before = self.house.engine.stats.net_input

    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        if size := self.house.engine.stats.net_input - self._before:
            self.sizes.append(size)


@pytest.mark.parametrize("clients", [1, 10, 64, 100])
async def test_a_round_reads_64_kib_whoever_sends(clients: int) -> None:
    async with open_house("selector") as house:
        house.plant_count()
        peers = [await house.client() for _ in range(clients)]
        piece = encode_command("COUNT", "x", b"x" * 300_000)
        trio.lowlevel.add_instrument(reading := ReadAtOnce(house))
        async with trio.open_nursery() as nursery:
            for peer in peers:
                nursery.start_soon(peer.send, piece)
                nursery.start_soon(peer.take, 5)
        trio.lowlevel.remove_instrument(reading)
        assert len(piece) * clients == sum(reading.sizes)
        assert 64 * 1024 >= max(reading.sizes) >= 32 * 1024


async def test_every_one_of_many_ready_clients_gets_its_turn() -> None:
    async with open_house("selector") as house:
        peers = [await house.client() for _ in range(200)]
        before = house.rounds
        for peer in peers:
            await peer.send(PING)
        for peer in peers:
            assert PONG == await peer.take(len(PONG))
        assert 200 >= house.rounds - before


async def test_the_replies_of_a_round_leave_in_one_piece(house: House) -> None:
    peer = await house.client()
    await peer.send(PING * 100)
    with trio.fail_after(5):
        assert PONG * 100 == bytes(await peer.stream.receive_some(1000))


async def test_replies_leave_at_the_end_of_their_own_round(house: House) -> None:
    """Not with those of the rest of the pipeline, which takes many rounds."""
    house.plant("WORK", work(0.003))
    house.plant_count()
    peer = await house.client()
    await peer.send(encode_command("COUNT", "a") + encode_command("WORK") * 10 + encode_command("COUNT", "b"))
    assert b"+OK\r\n" == await peer.take(5)
    assert 0 == house.ran[b"b"]


async def test_keys_that_end_together_hold_nobody_up(house: House) -> None:
    database, many = house.engine.keyspace[0], 50_000
    deadline = house.engine.clock.now + 3_599_000
    for number in range(many):
        key = b"key:%d" % number
        database.write(key, 1)
        database.expire(key, deadline)
    peer = await house.client()

    def hour_strikes(ctx):
        house.engine.clock.advance(3_600)
        house.engine.keyspace.deadline_changed = True
        return OK

    house.plant("STRIKE", hour_strikes, 1)
    before = house.rounds
    await peer.ask("STRIKE", answer=b"+OK\r\n")
    await eventually(lambda: len(database) < many)
    await peer.ping()
    assert 0 < len(database)
    await eventually(lambda: not len(database))
    assert 10 < house.rounds - before


async def test_a_single_key_ends_by_itself(
    autojump_clock: trio.testing.MockClock, memory_house: House
) -> None:
    database = memory_house.engine.keyspace[0]
    peer = await memory_house.client()

    def volatile(ctx, key, milliseconds):
        database.write(key, 1)
        database.expire(key, ctx.now + int(milliseconds))
        return OK

    memory_house.plant("VOLATILE", volatile, 3)
    begin = trio.current_time()
    await peer.ask("VOLATILE", "later", 7_200_000, answer=b"+OK\r\n")
    await peer.ask("VOLATILE", "sooner", 3_600_000, answer=b"+OK\r\n")
    with counted_steps() as steps:
        await trio.sleep(3599)
        assert 2 == len(database)
        assert 0 == steps.of(*SERVER_TASKS)
        await trio.sleep(2)
        assert 1 == len(database)
        await trio.sleep(3600)
        assert 0 == len(database)
        assert 20 > steps.of(*SERVER_TASKS)
    assert 7201 == trio.current_time() - begin


async def test_idle_is_no_step_at_all(house: House) -> None:
    for _ in range(5):
        await house.client()
    await settled()
    with counted_steps() as steps:
        await settled(0.05)
    assert 0 == steps.of(*SERVER_TASKS)


async def test_a_year_of_silence_is_no_step_at_all(
    mock_clock: trio.testing.MockClock, memory_house: House
) -> None:
    await memory_house.connect_in_memory().ping()
    await trio.testing.wait_all_tasks_blocked()
    with counted_steps() as steps:
        mock_clock.jump(365 * 86_400)
        await trio.testing.wait_all_tasks_blocked()
    assert 0 == steps.of(*SERVER_TASKS)
