"""The times to live of one database.

A deadline is a Unix time in milliseconds. Two views of the same entries: a table (when does this key end?)
and an agenda sorted by time (who ends next?). Both follow every change exactly, so a key whose TTL is set
anew a million times costs no more than one that was set once.
"""

from attrs import define, field
from sortedcontainers import SortedList

from trioredis.keyspace.table import Table


@define(eq=False)
class Expires:
    """Deadline of every key that has one."""

    count: int = field(default=0, init=False)
    """How many keys have a deadline; an attribute, since every access asks."""
    _entries: Table[tuple[int, bytes]] = field(factory=Table, init=False)
    _agenda: "SortedList[tuple[int, bytes]]" = field(factory=SortedList, init=False)

    def get(self, key: bytes) -> int | None:
        """Return the deadline of a key, in milliseconds, or None."""
        entry = self._entries.get(key)
        return entry[0] if entry is not None else None

    def set(self, key: bytes, deadline: int) -> None:
        """Let a key end at a Unix time in milliseconds."""
        self.discard(key)
        entry = (deadline, key)
        self._entries.put(key, entry)
        self._agenda.add(entry)
        self.count += 1

    def discard(self, key: bytes) -> bool:
        """Let a key live for ever; say whether it had a deadline."""
        entry = self._entries.pop(key)
        if entry is None:
            return False
        self._agenda.remove(entry)
        self.count -= 1
        return True

    def clear(self) -> None:
        """Forget every deadline."""
        self._entries.clear()
        self._agenda.clear()
        self.count = 0

    def first(self) -> tuple[int, bytes] | None:
        """Return the earliest deadline and its key, or None."""
        return self._agenda[0] if self._agenda else None

    def average_ttl(self, now: int) -> int:
        """Return the mean time to live in milliseconds, estimated from a few keys spread over the agenda."""
        if not self.count:
            return 0
        step = max(1, self.count // 16)
        sample: list[int] = [self._agenda[index][0] - now for index in range(0, self.count, step)]
        return max(0, sum(sample) // len(sample))
