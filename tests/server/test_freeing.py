"""What is large is freed by the store between its rounds, for as long as there is something to free."""

from collections.abc import Iterator

from oracle import encode_command
from server.house import House, eventually, settled
from trioredis.keyspace.remains import Remains


class Large:
    """A value that is freed in many steps, each of which takes its time."""

    def __init__(self, size: int) -> None:
        self.size = size

    def crumble(self) -> Iterator[object]:
        while self.size:
            self.size -= 1
            yield sum(range(20_000))


async def test_others_are_served_while_something_large_is_freed(house: House) -> None:
    large, remains = Large(1_000), house.engine.keyspace.remains
    peer = await house.client()
    remains._queue.append(large.crumble())
    await peer.ping()
    await peer.ping()
    assert 0 < large.size < 1_000
    await eventually(lambda: not remains)
    assert 0 == large.size


async def test_nothing_moves_when_all_is_freed(house: House) -> None:
    peer = await house.client()
    house.engine.keyspace.remains._queue.append(Large(3).crumble())
    await peer.ping()
    await settled()
    assert not house.engine.keyspace.remains
    before = house.rounds
    await settled()
    assert before == house.rounds


def test_steps_are_taken_in_turn() -> None:
    remains, first, second = Remains(), Large(2), Large(1)
    remains._queue += (first.crumble(), second.crumble())
    while remains:
        remains.free_some()
    assert (0, 0) == (first.size, second.size)


async def test_what_is_dropped_again_and_again_does_not_pile_up(house: House) -> None:
    peer, remains = await house.client(), house.engine.keyspace.remains
    for thousand in range(60):
        members = (f"{thousand}:{number}" for number in range(1000))
        await peer.ask("SADD", "k", *members, answer=b":1000\r\n")
    await peer.send(encode_command("COPY", "k", "other", "REPLACE") * 60)
    most = 0
    for _ in range(60):
        assert b":1\r\n" == await peer.take(4)
        most = max(most, len(remains))
    # How few depends on the machine; nearly 60 there would be if freeing did not keep pace.
    assert most < 30
