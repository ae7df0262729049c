"""The databases of a server together: whose deadline is next, and what SWAPDB exchanges."""

from bare_engine import ManualTime
from trioredis.clock import Clock
from trioredis.keyspace.database import Database
from trioredis.keyspace.keyspace import Keyspace


def fill(database: Database, size: int, deadline: int) -> None:
    """Add keys that end at one moment."""
    for number in range(size):
        database.write(b"%d:%d" % (deadline, number), b"v")
        database.expire(b"%d:%d" % (deadline, number), deadline)


def test_there_are_sixteen_databases_by_default_or_as_many_as_asked_for(time: ManualTime) -> None:
    assert list(range(16)) == [database.index for database in Keyspace(Clock(time, time))]
    assert list(range(3)) == [database.index for database in Keyspace(Clock(time, time), 3)]


def test_without_deadlines_there_is_no_next_one(keyspace: Keyspace) -> None:
    keyspace[0].write(b"k", b"v")
    assert (None, False) == (keyspace.next_deadline, keyspace.deadline_changed)
    keyspace.expire_due(1)
    assert keyspace.next_deadline is None


def test_the_next_deadline_is_the_earliest_of_all_databases(keyspace: Keyspace) -> None:
    for index, deadline in [(0, 500), (3, 300), (5, 400)]:
        fill(keyspace[index], 1, deadline)
    assert 300 == keyspace.next_deadline


def test_only_an_earlier_deadline_is_a_change(keyspace: Keyspace) -> None:
    fill(keyspace[0], 1, 500)
    assert keyspace.deadline_changed
    keyspace.deadline_changed = False
    fill(keyspace[1], 1, 500)
    fill(keyspace[1], 1, 600)
    assert not keyspace.deadline_changed
    fill(keyspace[1], 1, 499)
    assert keyspace.deadline_changed


def test_a_deadline_that_is_gone_is_forgotten_at_the_next_look(keyspace: Keyspace) -> None:
    later = keyspace.clock.now + 9000
    fill(keyspace[0], 1, later - 1)
    fill(keyspace[1], 1, later)
    keyspace[0].clear()
    assert 0 == keyspace.expire_due(10)
    assert later == keyspace.next_deadline


def test_the_limit_holds_for_all_databases_together(keyspace: Keyspace) -> None:
    for database in keyspace:
        fill(database, 10, 1)
    removed = [keyspace.expire_due(32) for _ in range(6)]
    assert [32, 32, 32, 32, 32, 0] == removed
    assert (0, 160) == (len(keyspace), keyspace.stats.expired_in_time)


def test_keys_of_every_database_are_counted(keyspace: Keyspace) -> None:
    fill(keyspace[0], 2, 1)
    fill(keyspace[15], 3, 1)
    assert 5 == len(keyspace)


def test_swapped_databases_exchange_keys_deadlines_and_idle_times(
    keyspace: Keyspace, time: ManualTime
) -> None:
    first, second = keyspace[0], keyspace[1]
    later = keyspace.clock.now + 60_000
    fill(first, 100, later)
    first.write(b"old", b"v")
    time.pass_by(30)
    keyspace.clock.refresh()
    second.write(b"new", b"w")
    keyspace.swap(0, 1)
    assert (0, 1) == (first.index, second.index)
    assert [b"new"] == list(first.keys())
    assert 101 == len(second)
    assert later == second.deadline(b"%d:7" % later)
    assert (0, 30) == (first.idle(b"new"), second.idle(b"old"))
    assert b"v" == second.pop(b"old")


def test_a_database_swapped_with_itself_stays_as_it_is(keyspace: Keyspace) -> None:
    fill(keyspace[2], 5, keyspace.clock.now)
    keyspace.swap(2, 2)
    assert 5 == len(keyspace[2])
    assert 5 == keyspace[2].expires.count


def test_an_expired_key_is_reported_with_its_database(time: ManualTime) -> None:
    reported: list[tuple[int, bytes]] = []
    keyspace = Keyspace(Clock(time, time), on_expired=lambda db, key: reported.append((db.index, key)))
    fill(keyspace[4], 1, 1)
    fill(keyspace[2], 1, 1)
    keyspace[4].peek(b"1:0")
    keyspace.expire_due(10)
    assert [(4, b"1:0"), (2, b"1:0")] == reported
