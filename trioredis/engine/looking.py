"""How commands look at a key that has to hold a value of their type.

Each data type says by a function what it accepts: `require_list`, for one, returns a list and raises WRONGTYPE for
anything else. Out of that are made the two functions by which nearly all of its commands begin:

    read = reader(require_list)         find = finder(require_list)

They return None where there is no key. What traces they leave is told in `trioredis.keyspace.database`.
"""

from collections.abc import Callable
from typing import TypeVar

from trioredis.datatypes.kinds import Value
from trioredis.engine.context import Context

V = TypeVar("V")
Look = Callable[[Context, bytes], V | None]


def reader(require: Callable[[Value], V]) -> Look[V]:
    """Return how a command looks at what it returns or tells something of."""

    def read(ctx: Context, key: bytes) -> V | None:
        value = ctx.db.read(key)
        return None if value is None else require(value)

    return read


def finder(require: Callable[[Value], V]) -> Look[V]:
    """Return how a command looks at what it will change."""

    def find(ctx: Context, key: bytes) -> V | None:
        value = ctx.db.find(key)
        return None if value is None else require(value)

    return find
