"""A node of a stream: neighbouring entries that are kept, and trimmed, together.

Redis cuts a stream into listpacks of about a hundred entries. Where it cuts is seen from outside (XTRIM with ``~``
removes whole nodes), so a node here counts the bytes that the listpack would have:

    header | live | deleted | number of fields | fields | 0 | entries | end

The fields are those of the first entry; each entry with the same ones is written without them. An entry that was
deleted goes on taking its bytes, and its place in the count, until the node goes.

A node is *open*, two lists, or *sealed*, one `bytes` object. Sealed, a million entries of one field take about as much as
they do in Redis, and Python's collector finds ten thousand nodes where a million tuples would be.
"""

from itertools import chain, repeat
from marshal import dumps, loads
from sys import getsizeof
from typing import Any

from trioredis.datatypes.listpack import OVERHEAD, entry_size
from trioredis.datatypes.stream_ids import MAX_SEQUENCE, SHIFT
from trioredis.numerals import as_int64

Entry = tuple[bytes, ...]
"""Fields and values in turn."""

_SMALL = 128
"""From here on a number takes more than two bytes."""
_LONG = 1024
"""More bytes than these an entry are cheaper kept than copied."""
_WITHOUT_REFERENCES = 2
_NOT_HERE: Any = ()


class Node:
    """Some entries of a stream, at least one to begin with; the lists are there while it is open."""

    __slots__ = (
        *("_body", "_count_size", "_sealed", "count", "deleted", "entries"),
        *("fields", "ids", "is_open", "is_uniform", "last", "start"),
    )

    start: int
    """The id of the first entry that was added, even if it is deleted by now."""
    last: int
    """The id of the last one, likewise."""
    count: int
    """Entries that are there."""
    deleted: int
    """Entries that are not there any more."""
    fields: Entry
    """Those of the first entry."""
    is_uniform: bool
    """All entries have these fields."""
    is_open: bool
    ids: list[int]
    entries: list[Entry]
    _sealed: bytes | None
    """What the lists say; an open node forgets it when it is changed."""

    def __init__(self, entry_id: int, entry: Entry) -> None:
        self.start = entry_id
        self.count = self.deleted = 0
        self.fields = fields = entry[::2]
        self.is_uniform = self.is_open = True
        self.ids = []
        self.entries = []
        self._count_size = _number_size(len(fields) + 3)
        self._body = OVERHEAD + _number_size(len(fields)) + sum(map(entry_size, fields)) + 2
        self.add(entry_id, entry)

    @property
    def size(self) -> int:
        """The bytes of the listpack."""
        if self.count < _SMALL > self.deleted:
            return self._body + 4
        return self._body + _number_size(self.count) + _number_size(self.deleted)

    def add(self, entry_id: int, entry: Entry) -> None:
        """Add an entry behind the others, to an open node."""
        # Three small numbers: flags, and by how much the halves of the id differ from the first one's.
        size = 6 if entry_id - self.start < _SMALL else 2 + self._distance_size(entry_id)
        if entry[::2] == self.fields:
            size += self._count_size
            for value in entry[1::2]:
                size += entry_size(value)
        else:
            self.is_uniform = False
            size += _number_size(len(entry) // 2) + sum(map(entry_size, entry)) + _number_size(len(entry) + 4)
        self._body += size
        self.ids.append(entry_id)
        self.entries.append(entry)
        self.count += 1
        self.last = entry_id
        self._sealed = None

    def remove(self, first: int, end: int) -> None:
        """Delete the entries at places `first` up to `end` of an open node."""
        del self.ids[first:end], self.entries[first:end]
        self.count -= end - first
        self.deleted += end - first
        self._sealed = None

    def open(self) -> None:
        """Let the lists be there."""
        if self.is_open:
            return
        assert self._sealed is not None
        distances, content = loads(self._sealed)
        self.ids = list(map(self.start.__add__, distances))
        self.entries = self._widened(content) if self.is_uniform else content
        self.is_open = True

    def seal(self) -> None:
        """Pack the lists, unless texts are so long that it would save nothing."""
        if self._body > _LONG * self.count:
            return
        if self._sealed is None:
            start = self.start
            values = (
                [value for entry in self.entries for value in entry[1::2]]
                if self.is_uniform
                else self.entries
            )
            self._sealed = dumps(([entry_id - start for entry_id in self.ids], values), _WITHOUT_REFERENCES)
        self.ids = self.entries = _NOT_HERE
        self.is_open = False

    def copy(self) -> "Node":
        """Return an equal node that shares nothing that may change."""
        twin = Node.__new__(Node)
        for name in self.__slots__:
            setattr(twin, name, getattr(self, name))
        if self.is_open:
            twin.ids, twin.entries = self.ids.copy(), self.entries.copy()
        return twin

    def memory(self) -> int:
        """Return the bytes that the node takes."""
        total = getsizeof(self) + getsizeof(self._sealed)
        if self.is_open:
            total += getsizeof(self.ids) + getsizeof(self.entries)
            total += sum(getsizeof(entry) + sum(map(getsizeof, entry)) for entry in self.entries)
        return total

    def _widened(self, values: list[bytes]) -> list[Entry]:
        """Return entries of the node's fields with these values."""
        width = len(self.fields)
        columns = ((repeat(field), values[place::width]) for place, field in enumerate(self.fields))
        return list(zip(*chain.from_iterable(columns), strict=False))

    def _distance_size(self, entry_id: int) -> int:
        """Return the bytes of the two numbers by which an id differs from the first one."""
        milliseconds = (entry_id >> SHIFT) - (self.start >> SHIFT)
        sequence = (entry_id & MAX_SEQUENCE) - (self.start & MAX_SEQUENCE)
        return _number_size(as_int64(milliseconds)) + _number_size(as_int64(sequence))


def _number_size(number: int) -> int:
    return 2 if 0 <= number < _SMALL else entry_size(b"%d" % number)
