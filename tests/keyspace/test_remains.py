"""Large values and whole databases are freed in small steps, and nothing of them is left."""

import gc
from collections.abc import Iterator
from itertools import pairwise
from weakref import WeakSet

import pytest

from bare_engine import ManualTime
from trioredis.clock import Clock
from trioredis.keyspace import database as database_module
from trioredis.keyspace import remains as remains_module
from trioredis.keyspace.keyspace import Keyspace


class Part:
    """A thousand elements."""


class Large:
    """A value that is freed part by part."""

    def __init__(self, size: int) -> None:
        self.parts = [Part() for _ in range(size)]

    def crumble(self) -> Iterator[object]:
        while self.parts:
            yield self.parts.pop()


@pytest.fixture
def keyspace(monkeypatch: pytest.MonkeyPatch) -> Keyspace:
    for module in (database_module, remains_module):
        monkeypatch.setattr(module, "CRUMBLING", {Large: Large.crumble})
    time = ManualTime()
    return Keyspace(Clock(time, time))


def freed_step_by_step(keyspace: Keyspace, parts: WeakSet[Part]) -> list[int]:
    """How many parts are left after each step."""
    left = []
    while keyspace.remains:
        left.append(len(parts))
        keyspace.remains.free_some()
    return [*left, len(parts)]


@pytest.mark.parametrize("how", ["delete", "write", "replace", "expire", "expire_due"])
def test_a_large_value_that_goes_is_freed_in_steps(keyspace: Keyspace, how: str) -> None:
    database, large = keyspace[0], Large(3)
    parts = WeakSet(large.parts)
    database.write(b"k", large)
    del large
    match how:
        case "delete":
            assert database.delete(b"k")
        case "write":
            database.write(b"k", b"v")
        case "replace":
            database.replace(b"k", b"v")
        case "expire":
            database.expire(b"k", 1)
            assert database.peek(b"k") is None
        case "expire_due":
            database.expire(b"k", 1)
            assert 1 == database.expire_due(10)
    left = freed_step_by_step(keyspace, parts)
    assert 3 == left[0]
    assert 0 == left[-1]
    assert all(before - after <= 1 for before, after in pairwise(left))


def test_a_value_that_is_kept_or_put_back_is_not_taken_apart(keyspace: Keyspace) -> None:
    database, large = keyspace[0], Large(3)
    database.write(b"k", large)
    database.replace(b"k", large)
    assert large is database.pop(b"k")
    assert not keyspace.remains
    assert not database.delete(b"k")


def test_a_small_value_leaves_nothing(keyspace: Keyspace) -> None:
    keyspace[0].write(b"k", b"v")
    keyspace[0].delete(b"k")
    assert not keyspace.remains


def test_a_database_is_empty_at_once_and_freed_in_steps(keyspace: Keyspace) -> None:
    database = keyspace[0]
    for number in range(5_000):
        database.write(b"%d" % number, number)
        database.expire(b"%d" % number, 4_000_000_000_000)
    large = Large(3)
    parts = WeakSet(large.parts)
    database.write(b"large", large)
    del large
    database.clear()
    assert (0, 0, []) == (len(database), database.expires.count, list(database.keys()))
    database.write(b"new", b"v")
    assert len(freed_step_by_step(keyspace, parts)) > 3 * 5_000 // 1_024
    assert [b"new"] == list(database.keys())
    gc.collect()
    assert 0 == len(parts)
