"""What a keyspace tells its observers, and that it is what it was when they have left."""

from collections.abc import Callable

import pytest
from attrs import define, field

from bare_engine import ManualTime
from trioredis.datatypes.kinds import CRUMBLING
from trioredis.datatypes.set_forms import HashSet
from trioredis.keyspace.database import Database
from trioredis.keyspace.keyspace import Keyspace
from trioredis.keyspace.observed import Observer
from trioredis.keyspace.untouched import untouched


@define(eq=False)
class Diary(Observer):
    """Keeps what it hears."""

    lines: list[tuple] = field(factory=list)

    def created(self, database, key):
        self.lines.append(("created", database.index, key))

    def missed(self, database, key):
        self.lines.append(("missed", database.index, key))

    def losing(self, database, key, value):
        assert value is database.values.get(key)
        self.lines.append(("losing", database.index, key, value))


@pytest.fixture
def diary(keyspace: Keyspace) -> Diary:
    """Of somebody who observes a keyspace with one key, ``old``."""
    keyspace[0].write(b"old", b"1")
    diary = Diary()
    keyspace.observe(diary)
    return diary


NEW = ("created", 0, b"new")
NO = ("missed", 0, b"no")
LOST = ("losing", 0, b"old", b"1")

HEARD: list[tuple[Callable[[Database], object], list[tuple]]] = [
    (lambda db: db.read(b"no"), [NO]),
    (lambda db: db.inspect(b"no"), [NO]),
    (lambda db: db.find(b"no"), []),
    (lambda db: db.peek(b"no"), []),
    (lambda db: db.read(b"old"), []),
    (lambda db: db.write(b"new", b"2"), [NEW]),
    (lambda db: db.replace(b"new", b"2"), [NEW]),
    (lambda db: db.write(b"old", b"2"), [LOST]),
    (lambda db: db.replace(b"old", b"2"), [LOST]),
    (lambda db: db.replace(b"old", db.peek(b"old")), []),
    (lambda db: db.delete(b"old"), [LOST]),
    (lambda db: db.pop(b"old"), [LOST]),
    (lambda db: db.delete(b"no"), []),
]


@pytest.mark.parametrize(("do", "heard"), HEARD)
def test_an_observer_hears_of_misses_and_new_keys_and_of_values_before_they_are_lost(
    keyspace: Keyspace, diary: Diary, do, heard
) -> None:
    do(keyspace[0])
    assert heard == diary.lines


def test_a_collection_is_lost_only_as_a_whole(keyspace: Keyspace, diary: Diary) -> None:
    first, second = HashSet([b"a"]), HashSet([b"b"])
    keyspace[0].write(b"set", first)
    diary.lines.clear()
    keyspace[0].replace(b"set", second)
    assert [] == diary.lines
    keyspace[0].write(b"set", first)
    keyspace[0].write(b"set", b"1")
    assert [("losing", 0, b"set", second), ("losing", 0, b"set", first)] == diary.lines


def over(keyspace: Keyspace, time: ManualTime) -> Database:
    """The database, whose key ``old`` is past its deadline."""
    keyspace[0].expire(b"old", keyspace.clock.now + 1)
    time.pass_by(1)
    keyspace.clock.refresh()
    return keyspace[0]


@pytest.mark.parametrize(
    ("do", "heard"),
    [
        (lambda db: db.read(b"old"), [LOST, ("missed", 0, b"old")]),
        (lambda db: db.expire_due(1), [LOST]),
        (lambda db: db.write(b"old", b"2"), [LOST, ("created", 0, b"old")]),
    ],
)
def test_a_key_whose_time_is_over_is_lost_once_and_then_missed_or_new(
    keyspace: Keyspace, diary: Diary, time: ManualTime, do, heard
) -> None:
    do(over(keyspace, time))
    assert heard == diary.lines
    assert 1 == keyspace.stats.expired


def test_a_large_value_is_shown_before_it_is_taken_apart(keyspace: Keyspace, diary: Diary) -> None:
    large = HashSet(b"%d" % number for number in range(10))
    assert type(large) in CRUMBLING
    keyspace[0].write(b"set", large)
    keyspace[0].delete(b"set")
    assert [("created", 0, b"set"), ("losing", 0, b"set", large)] == diary.lines


@pytest.mark.parametrize("view", [lambda db: db, untouched], ids=["itself", "untouched"])
def test_a_view_that_leaves_no_access_times_tells_the_same(keyspace: Keyspace, diary: Diary, view) -> None:
    database = view(keyspace[0])
    database.read(b"no")
    database.write(b"new", b"2")
    database.delete(b"old")
    assert [NO, NEW, LOST] == diary.lines


def test_nobody_pays_when_the_last_observer_has_left(keyspace: Keyspace, diary: Diary) -> None:
    other = Diary()
    keyspace.observe(other)
    keyspace.ignore(diary)
    keyspace.ignore(diary)
    keyspace[1].read(b"no")
    assert ([], [("missed", 1, b"no")]) == (diary.lines, other.lines)
    keyspace.ignore(other)
    assert {Database} == {*map(type, keyspace)}
    keyspace[1].read(b"no")
    assert 1 == len(other.lines)
