"""A great many keys that end together: they go in small portions, and nothing is asked again and again meanwhile."""

from random import Random

import pytest

from bare_engine import ManualTime
from trioredis.clock import Clock
from trioredis.config.settings import Config
from trioredis.engine.engine import Engine
from trioredis.engine.table import CommandTable
from trioredis.env import Env
from trioredis.keyspace.database import Database

MANY = 20_000
PORTION = 32


@pytest.fixture
def time() -> ManualTime:
    return ManualTime()


@pytest.fixture
def engine(time: ManualTime) -> Engine:
    return Engine(Env(clock=Clock(time, time), random=Random(0)), Config(), CommandTable.of([]))


def fill(database: Database, size: int, deadline: int) -> None:
    for number in range(size):
        database.write(b"%d" % number, b"x")
        database.expire(b"%d" % number, deadline)


def pass_by(engine: Engine, time: ManualTime, seconds: float) -> None:
    time.pass_by(seconds)
    engine.clock.refresh()


def test_the_expiry_task_sleeps_until_the_last_millisecond_is_over(engine: Engine, time: ManualTime) -> None:
    fill(engine.keyspace[3], 10, engine.clock.now + 5000)
    assert 5.001 == engine.next_wakeup()
    pass_by(engine, time, 5)
    assert 0 == engine.keyspace.expire_due(PORTION)
    assert 0.001 == engine.next_wakeup()


def test_nobody_wakes_for_keys_that_may_stay(engine: Engine) -> None:
    fill(engine.keyspace[0], 10, engine.clock.now)
    engine.active_expire = False
    assert engine.next_wakeup() is None


def test_keys_that_end_together_go_in_portions(engine: Engine, time: ManualTime) -> None:
    fill(engine.keyspace[0], MANY, engine.clock.now)
    pass_by(engine, time, 1)
    portions = 0
    while engine.next_wakeup() is not None:
        assert engine.next_wakeup() <= 0
        before = len(engine.keyspace)
        assert PORTION == engine.keyspace.expire_due(PORTION) == before - len(engine.keyspace)
        portions += 1
    assert MANY // PORTION == portions
    assert 0 == len(engine.keyspace)


class CountedBytes(bytes):
    """A key that counts how often it is compared or hashed."""

    asked = 0

    def __hash__(self) -> int:
        CountedBytes.asked += 1
        return super().__hash__()

    def __eq__(self, other: object) -> bool:
        CountedBytes.asked += 1
        return super().__eq__(other)


@pytest.mark.parametrize("size", [1_000, MANY])
def test_a_portion_costs_the_same_however_many_wait(engine: Engine, time: ManualTime, size: int) -> None:
    for number in range(size):
        key = CountedBytes(b"%d" % number)
        engine.keyspace[0].write(key, b"x")
        engine.keyspace[0].expire(key, engine.clock.now)
    pass_by(engine, time, 1)
    CountedBytes.asked = 0
    assert PORTION == engine.keyspace.expire_due(PORTION)
    # Three tables: each is asked once for the key, and merges a bucket of a few keys for some of the keys.
    assert CountedBytes.asked <= PORTION * 3 * 16


def test_a_look_at_one_of_many_ends_this_one_only(engine: Engine, time: ManualTime) -> None:
    fill(engine.keyspace[0], 1000, engine.clock.now)
    pass_by(engine, time, 1)
    assert engine.keyspace[0].read(b"7") is None
    assert 999 == len(engine.keyspace[0])
