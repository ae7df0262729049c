"""Random elements of a collection; source: SRANDMEMBER, HRANDFIELD, ZRANDMEMBER.

A `Table` gives a random key in O(1), so a few of many cost no more than they are. Anything else is listed first: it is
small, or has an order in which Redis, too, walks to what it chose.
"""

from collections.abc import Collection
from random import Random
from typing import Any, Final

from trioredis import errors
from trioredis.datatypes.table import Table
from trioredis.errors import CommandError

Names = Collection[bytes] | Table[Any]

MOST_REPEATED: Final = 2**22
"""How many elements are given that may be repeated. Redis goes on until it has no memory left."""

_FEW: Final = 3
"""Up to one of so many, keys are drawn until they are different; of more, most would be drawn again."""


def choose(names: Names, count: int, random: Random) -> list[bytes]:
    """Return `count` different names, or all there are; of a count below zero, -count that may be repeated."""
    return distinct(names, count, random) if count >= 0 else repeated(names, -count, random)


def distinct(names: Names, count: int, random: Random) -> list[bytes]:
    """Return `count` different names, or all there are, those of a list or dict in their order."""
    size = len(names)
    if count >= size:
        return list(names)
    if isinstance(names, Table) and count * _FEW <= size:
        return _drawn(names, count, random)
    listed = list(names)
    return [listed[place] for place in sorted(random.sample(range(size), count))]


def repeated(names: Names, count: int, random: Random) -> list[bytes]:
    """Return `count` names, each of which is chosen from all; CommandError when that is unreasonably many."""
    if count > MOST_REPEATED:
        raise CommandError(errors.OUT_OF_RANGE)
    if isinstance(names, Table) and count < len(names):
        return [_one(names, random) for _ in range(count)]
    return random.choices(list(names), k=count)


def _drawn(table: Table[Any], count: int, random: Random) -> list[bytes]:
    chosen: dict[bytes, None] = {}
    while len(chosen) < count:
        chosen[_one(table, random)] = None
    return list(chosen)


def _one(table: Table[Any], random: Random) -> bytes:
    key = table.random_key(random)
    assert key is not None, "nobody keeps an empty collection"
    return key
