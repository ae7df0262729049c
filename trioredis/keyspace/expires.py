"""The times to live of one database.

A deadline is a Unix time in milliseconds. Two views of the same entries: a table (when does this key end?)
and an agenda sorted by time (who ends next?). Both follow every change exactly, so a key whose TTL is set
anew a million times costs no more than one that was set once, and `earliest` is the truth: while it lies
ahead, no key is past its deadline and nobody has to look.

An entry is one `bytes` object, the deadline in eight bytes and then the key. It sorts by time, and Python's
collector has no business with it: a million tuples in its place hold the loop for tens of milliseconds
whenever the collector comes by.
"""

import sys
from collections.abc import Iterator
from itertools import chain
from typing import Final

from attrs import define, field
from sortedcontainers import SortedList

from trioredis.datatypes.crumbling import crumbled
from trioredis.datatypes.table import Table

NEVER: Final = 1 << 63
"""Later than every deadline."""

_TIME: Final = 8
"""Bytes of the deadline in an entry."""

_POINTER: Final = 8
"""Bytes of a place in the agenda."""


@define(eq=False)
class Expires:
    """Deadline of every key that has one."""

    count: int = field(default=0, init=False)
    """How many keys have a deadline; an attribute, since every access asks."""
    earliest: int = field(default=NEVER, init=False)
    """The deadline of the key that ends first."""
    _entries: Table[bytes] = field(factory=Table, init=False)
    _agenda: "SortedList[bytes]" = field(factory=SortedList, init=False)

    def get(self, key: bytes) -> int | None:
        """Return the deadline of a key, in milliseconds, or None."""
        entry = self._entries.get(key)
        return None if entry is None else _deadline(entry)

    def set(self, key: bytes, deadline: int) -> None:
        """Let a key end at a Unix time in milliseconds, which is not negative."""
        entry = deadline.to_bytes(_TIME, "big") + key
        self.discard(key)
        self._entries.put(key, entry)
        self._agenda.add(entry)
        self.count += 1
        self.earliest = min(self.earliest, deadline)

    def discard(self, key: bytes) -> bool:
        """Let a key live for ever; say whether it had a deadline."""
        entry = self._entries.pop(key)
        if entry is None:
            return False
        self._agenda.remove(entry)
        self._note_removal()
        return True

    def pop_due(self, now: int) -> bytes | None:
        """Forget the deadline that is the longest over, and return its key; None when none is over."""
        if self.earliest >= now:
            return None
        key: bytes = self._agenda.pop(0)[_TIME:]
        self._entries.pop(key)
        self._note_removal()
        return key

    def last_after(self, now: int) -> bytes | None:
        """Return the key that ends last, unless its deadline is over as well or there is none."""
        last: bytes = self._agenda[-1] if self.count else b""
        return last[_TIME:] if last and _deadline(last) >= now else None

    def crumble(self) -> Iterator[object]:
        """Forget every deadline at once, and free what was there in small steps."""
        entries, agenda = self._entries.crumble(), self._agenda
        self._agenda = SortedList()
        self.count = 0
        self.earliest = NEVER
        return chain(entries, crumbled(agenda))

    def average_ttl(self, now: int) -> int:
        """Return the mean time to live in milliseconds, estimated from a few keys spread over the agenda."""
        if not self.count:
            return 0
        step = max(1, self.count // 16)
        sample = [_deadline(self._agenda[index]) - now for index in range(0, self.count, step)]
        return max(0, sum(sample) // len(sample))

    def overhead(self, key: bytes) -> int:
        """Return the bytes that the deadline of a key takes, 0 if it has none."""
        entry = self._entries.get(key)
        return 0 if entry is None else sys.getsizeof(entry) + self._entries.overhead(key) + _POINTER

    def _note_removal(self) -> None:
        self.count -= 1
        self.earliest = _deadline(self._agenda[0]) if self.count else NEVER


def _deadline(entry: bytes) -> int:
    return int.from_bytes(entry[:_TIME], "big")
