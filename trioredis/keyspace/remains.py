"""What is left of large values and of whole databases: freed in small steps, a thousand elements at a time.

A value that is dropped whole holds the loop for as long as Python takes to free it. Here it is taken apart by its own
`crumble` (`trioredis.datatypes.kinds`), and the store takes some steps after each of its rounds until nothing is left.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any

from attrs import define, field

from trioredis.datatypes.kinds import CRUMBLING
from trioredis.datatypes.table import Table
from trioredis.keyspace.expires import Expires

_END = object()


@define(eq=False)
class Remains:
    """A queue of what is to be freed."""

    _queue: deque[Iterator[object]] = field(factory=deque, init=False)

    def __len__(self) -> int:
        """Return how many values, and how many tables of databases, are not freed yet."""
        return len(self._queue)

    def add(self, value: Any) -> None:
        """Free a value of one of the types in `CRUMBLING`, which nobody else refers to."""
        self._queue.append(CRUMBLING[type(value)](value))

    def add_tables(self, values: Table[Any], stamps: Table[int], expires: Expires) -> None:
        """Empty the tables of a database at once, and free what was in them."""
        self._queue.extend((self._values(values.crumble()), stamps.crumble(), expires.crumble()))

    def add_table(self, table: Table[Any]) -> None:
        """Empty a table at once, and free what was in it; its values have to be small."""
        self._queue.append(table.crumble())

    def free_some(self) -> None:
        """Take one step."""
        if next(self._queue[0], _END) is _END:
            self._queue.popleft()

    def _values(self, slices: Iterator[list[dict[bytes, Any]]]) -> Iterator[object]:
        """Free the values of a database; the large ones among them have to wait for their turn."""
        for buckets in slices:
            for bucket in buckets:
                for value in bucket.values():
                    if type(value) in CRUMBLING:
                        self.add(value)
            yield buckets
