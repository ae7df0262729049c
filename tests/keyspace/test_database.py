"""A database beside a plain dict with a clock, and what it counts."""

from random import Random
from typing import Any

import pytest
from attrs import define
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bare_engine import ManualTime
from trioredis.clock import Clock
from trioredis.datatypes.table import Table
from trioredis.keyspace.database import Database
from trioredis.keyspace.expires import Expires

KEYS = st.binary(max_size=1) | st.integers(0, 120).map(lambda number: b"key:%d" % number)


@define
class Model:
    """What is known of one key."""

    value: int
    stamp: int
    deadline: int | None = None


class DatabaseMachine(RuleBasedStateMachine):
    """Does to a database and to a dict the same."""

    def __init__(self) -> None:
        super().__init__()
        self.time = ManualTime()
        self.clock = Clock(self.time, self.time)
        self.ended: list[bytes] = []
        self.database = Database(0, self.clock, on_expired=lambda _, key: self.ended.append(key))
        self.model: dict[bytes, Model] = {}
        self.hits = self.misses = self.looked_at_dead = 0

    def live(self, key: bytes) -> Model | None:
        """What the model has of a key; one past its deadline goes when it is looked at."""
        entry = self.model.get(key)
        if entry is None or entry.deadline is None or entry.deadline >= self.clock.now:
            return entry
        del self.model[key]
        self.looked_at_dead += 1
        return None

    def living(self) -> list[bytes]:
        """The keys that are not over; nobody looks at them."""
        now = self.clock.now
        return [key for key, entry in self.model.items() if (entry.deadline or now) >= now]

    def look(self, key: bytes, *, counts: bool, accesses: bool) -> int | None:
        entry = self.live(key)
        if counts:
            self.hits += entry is not None
            self.misses += entry is None
        if entry is None:
            return None
        if accesses:
            entry.stamp = self.clock.seconds
        return entry.value

    @rule(key=KEYS, value=st.integers())
    def write(self, key: bytes, value: int) -> None:
        self.database.write(key, value)
        self.model[key] = Model(value, self.clock.seconds)

    @rule(first=st.integers(0, 1000), size=st.integers(0, 200), value=st.integers())
    def write_many(self, first: int, size: int, value: int) -> None:
        for number in range(first, first + size):
            self.write(b"key:%d" % number, value)

    @rule(size=st.integers(0, 300))
    def pop_many(self, size: int) -> None:
        for key in sorted(self.model)[:size]:
            self.pop(key)

    @rule(key=KEYS, value=st.integers())
    def replace(self, key: bytes, value: int) -> None:
        self.find(key)
        self.database.replace(key, value)
        entry = self.model.setdefault(key, Model(value, 0))
        entry.value, entry.stamp = value, self.clock.seconds

    @rule(key=KEYS)
    def read(self, key: bytes) -> None:
        assert self.look(key, counts=True, accesses=True) == self.database.read(key)

    @rule(key=KEYS)
    def find(self, key: bytes) -> None:
        assert self.look(key, counts=False, accesses=True) == self.database.find(key)

    @rule(key=KEYS)
    def inspect(self, key: bytes) -> None:
        assert self.look(key, counts=True, accesses=False) == self.database.inspect(key)

    @rule(key=KEYS)
    def peek(self, key: bytes) -> None:
        assert self.look(key, counts=False, accesses=False) == self.database.peek(key)
        assert (key in self.model) == (key in self.database)

    @rule(key=KEYS)
    def pop(self, key: bytes) -> None:
        entry = self.live(key)
        self.model.pop(key, None)
        assert (entry and entry.value) == self.database.pop(key)

    @rule(key=KEYS, wait=st.integers(-2, 5_000))
    def expire(self, key: bytes, wait: int) -> None:
        if entry := self.live(key):
            entry.deadline = self.clock.now + wait
        if self.database.peek(key) is not None:
            self.database.expire(key, self.clock.now + wait)

    @rule(key=KEYS)
    def persist(self, key: bytes) -> None:
        entry = self.live(key)
        had_deadline = entry is not None and entry.deadline is not None
        if entry:
            entry.deadline = None
        assert (self.database.peek(key) is not None) == (entry is not None)
        assert had_deadline == self.database.persist(key)

    @rule(milliseconds=st.integers(0, 4_000))
    def let_time_pass(self, milliseconds: int) -> None:
        self.time.pass_by(milliseconds / 1000)
        self.clock.refresh()

    @rule(limit=st.integers(0, 50))
    def expire_due(self, limit: int) -> None:
        due = [
            key for key, entry in self.model.items() if (entry.deadline or self.clock.now) < self.clock.now
        ]
        due.sort(key=lambda key: (self.model[key].deadline, key))
        for key in due[:limit]:
            del self.model[key]
        self.ended.clear()
        before = self.database.stats.expired_in_time
        assert min(limit, len(due)) == self.database.expire_due(limit)
        assert due[:limit] == self.ended
        assert len(due[:limit]) == self.database.stats.expired_in_time - before

    @rule()
    def clear(self) -> None:
        self.database.clear()
        self.model.clear()

    @rule()
    def list_keys(self) -> None:
        assert sorted(self.living()) == sorted(self.database.keys())

    @rule(count=st.integers(1, 40))
    def scan(self, count: int) -> None:
        cursor, keys = self.database.scan(0, count)
        while cursor:
            cursor, more = self.database.scan(cursor, count)
            keys += more
        living = {key for key in list(self.model) if self.live(key)}
        assert living == set(keys)

    @rule(seed=st.integers())
    def choose(self, seed: int) -> None:
        key = self.database.random_key(Random(seed))
        for name in self.model.keys() - set(self.database.values):
            assert self.live(name) is None
        assert (key in self.living()) if key is not None else not self.living()

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        database = self.database
        assert {key: entry.value for key, entry in self.model.items()} == dict(database.values.items())
        assert {key: entry.deadline for key, entry in self.model.items()} == {
            key: database.deadline(key) for key in database.values
        }
        assert sum(entry.deadline is not None for entry in self.model.values()) == database.expires.count
        assert len(self.model) == len(database)

    @invariant()
    def stamps_lie_beside_their_values(self) -> None:
        database = self.database
        assert places(database.values) == places(database.stamps)
        assert {key: self.clock.seconds - entry.stamp for key, entry in self.model.items()} == {
            key: database.idle(key) for key in database.values
        }

    @invariant()
    def counts_what_happens(self) -> None:
        stats = self.database.stats
        assert (self.hits, self.misses) == (stats.hits, stats.misses)
        assert self.looked_at_dead == stats.expired - stats.expired_in_time


def places(table: Table[Any]) -> list[set[bytes]]:
    return [set(bucket) for bucket in table.slots]


TestDatabase = DatabaseMachine.TestCase


@pytest.fixture
def time() -> ManualTime:
    return ManualTime()


@pytest.fixture
def database(time: ManualTime) -> Database:
    return Database(0, Clock(time, time))


def pass_by(database: Database, time: ManualTime, seconds: float) -> None:
    time.pass_by(seconds)
    database.clock.refresh()


def test_a_key_lives_through_the_millisecond_of_its_deadline(database: Database, time: ManualTime) -> None:
    database.write(b"k", b"v")
    database.expire(b"k", database.clock.now + 1000)
    pass_by(database, time, 1)
    assert (0, b"v") == (database.expire_due(1), database.peek(b"k"))
    pass_by(database, time, 0.001)
    assert database.peek(b"k") is None
    assert (1, 0) == (database.stats.expired, database.stats.expired_in_time)


def test_every_new_deadline_is_announced(time: ManualTime) -> None:
    told: list[int] = []
    database = Database(0, Clock(time, time), on_deadline=told.append)
    database.write(b"k", b"v")
    for deadline in (5, 9, 2):
        database.expire(b"k", deadline)
    assert [5, 9, 2] == told


def test_there_is_no_idle_time_without_a_key(database: Database) -> None:
    with pytest.raises(KeyError):
        database.idle(b"k")


@pytest.mark.parametrize(("deadline", "chosen"), [(None, b""), (5_000, b""), (0, None)])
def test_a_key_is_chosen_among_many_that_are_over(
    database: Database, time: ManualTime, deadline: int | None, chosen: bytes | None
) -> None:
    for number in range(1000):
        database.write(b"%d" % number, b"v")
        database.expire(b"%d" % number, database.clock.now)
    database.write(b"", b"v")
    if deadline is not None:
        database.expire(b"", database.clock.now + deadline)
    pass_by(database, time, 1)
    assert chosen == database.random_key(Random(0))
    assert database.stats.expired <= 100 or deadline is None


class Unasked(Expires):
    """Deadlines that nobody may look up."""

    def get(self, key: bytes) -> int | None:
        pytest.fail(f"somebody looked for the deadline of {key!r}")


def test_nobody_looks_for_deadlines_before_the_first_is_over(database: Database) -> None:
    database.expires = Unasked()
    for number in range(100):
        database.write(b"%d" % number, b"v")
        database.expire(b"%d" % number, database.clock.now)
    assert b"v" == database.read(b"7")
    assert b"7" in database
    assert 100 == len(list(database.keys()))
    assert 100 == len(database.scan(0, 1000)[1])
    assert database.random_key(Random(0)) is not None
