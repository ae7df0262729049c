"""A database: keys, their values, their deadlines, their last access.

Everything that reads or writes a key goes through here, so one place decides that a key past its deadline
(strictly past: at the very millisecond it is still there, as in Redis) is gone. Such a key is removed the
moment anybody looks at it (`_expire`), whether or not the expiry task has come by.

What nobody refers to any more Python frees at once, which takes a tenth of a second for a set of a million members.
So a large value that is deleted, overwritten or over goes to `Remains`, and is freed from there in small steps; whoever
gives it to another key instead takes it out with `pop`.

There are four ways to look, since a command may leave two traces, both or none:

                   counts a hit or a miss    counts none
    an access      `read` (GET)              `find` (INCR)
    no access      `inspect` (TTL)           `peek` (the server itself)

`read` and `write` are the hot path and reach into the tables themselves: values and access stamps are two
congruent tables, so one slot serves both.
"""

import sys
from collections.abc import Callable, Iterator
from random import Random
from typing import TYPE_CHECKING, Final

from attrs import define, field

from trioredis.clock import Clock
from trioredis.datatypes.kinds import CRUMBLING, Value
from trioredis.datatypes.table import Table
from trioredis.keyspace.expires import Expires
from trioredis.keyspace.remains import Remains

if TYPE_CHECKING:
    from trioredis.keyspace.observed import Observer

_TRIES: Final = 100
"""Keys past their deadline that `random_key` meets before it looks for another way."""


@define
class KeyspaceStats:
    """What happened to keys, as INFO stats reports it."""

    hits: int = 0
    misses: int = 0
    expired: int = 0
    expired_in_time: int = 0
    """Of these, the ones that the expiry task removed."""

    def reset(self) -> None:
        """Start counting anew."""
        self.hits = self.misses = self.expired = self.expired_in_time = 0


@define(eq=False)
class Database:
    """One of the numbered databases."""

    index: int
    clock: Clock
    stats: KeyspaceStats = field(factory=KeyspaceStats)
    remains: Remains = field(factory=Remains)
    on_expired: Callable[["Database", bytes], None] = field(default=lambda database, key: None)
    """Called after a key was removed because its time was over."""
    on_deadline: Callable[[int], None] = field(default=lambda deadline: None)
    """Called with each new deadline, in Unix milliseconds."""
    observers: "dict[Observer, None]" = field(factory=dict)
    """Who is told more than commands tell; while there is somebody, this is an `ObservedDatabase`."""
    values: Table[Value] = field(factory=Table, init=False)
    stamps: Table[int] = field(factory=Table, init=False)
    expires: Expires = field(factory=Expires, init=False)

    def __len__(self) -> int:
        return self.values.count

    def __contains__(self, key: bytes) -> bool:
        """Whether a key is there; counts neither as an access nor as a hit."""
        return self.peek(key) is not None

    def read(self, key: bytes) -> Value | None:
        """Return a key's value for a command that asks for it: counts a hit or a miss, and an access."""
        slot = hash(key) & self.values.mask
        value = self.values.slots[slot].get(key)
        if value is None or (self.expires.count and self._expire(key)):
            self.stats.misses += 1
            return None
        self.stamps.slots[slot][key] = self.clock.seconds
        self.stats.hits += 1
        return value

    def find(self, key: bytes) -> Value | None:
        """Return a key's value for a command that will change it: counts an access, no hit."""
        value = self.peek(key)
        if value is not None:
            self.stamps.slots[hash(key) & self.stamps.mask][key] = self.clock.seconds
        return value

    def inspect(self, key: bytes) -> Value | None:
        """Return a key's value for a command that asks about it: counts a hit or a miss, no access."""
        value = self.peek(key)
        if value is None:
            self.stats.misses += 1
        else:
            self.stats.hits += 1
        return value

    def peek(self, key: bytes) -> Value | None:
        """Return a key's value without leaving a trace."""
        value = self.values.slots[hash(key) & self.values.mask].get(key)
        if value is None or (self.expires.count and self._expire(key)):
            return None
        return value

    def write(self, key: bytes, value: Value) -> None:
        """Set a key's value and end its time to live."""
        if self.expires.count and not self._expire(key):
            self.expires.discard(key)
        self.replace(key, value)

    def replace(self, key: bytes, value: Value) -> None:
        """Set the value of a key that was just looked at, or is new; its time to live stays as it is."""
        slot = hash(key) & self.values.mask
        bucket = self.values.slots[slot]
        before = bucket.get(key)
        if before is None:
            self.values.put(key, value)
            self.stamps.put(key, self.clock.seconds)
            return
        bucket[key] = value
        self.stamps.slots[slot][key] = self.clock.seconds
        if type(before) in CRUMBLING and before is not value:
            self.remains.add(before)

    def delete(self, key: bytes) -> bool:
        """Remove a key with its deadline and its value; say whether it was there."""
        value = self.pop(key)
        if type(value) in CRUMBLING:
            self.remains.add(value)
        return value is not None

    def pop(self, key: bytes) -> Value | None:
        """Remove a key with its deadline and return its value, to be kept; None when there was none."""
        if self.peek(key) is None:
            return None
        if self.expires.count:
            self.expires.discard(key)
        return self._remove(key)

    def idle(self, key: bytes) -> int:
        """Return the seconds since a key was last used; KeyError when there is none."""
        return self.clock.seconds - self.stamps.slots[hash(key) & self.stamps.mask][key]

    def overhead(self, key: bytes) -> int:
        """Return the bytes that a key, which must be there, takes besides its value: its name, its places in tables."""
        tables = self.values.overhead(key) + self.stamps.overhead(key)
        return sys.getsizeof(key) + tables + self.expires.overhead(key)

    def deadline(self, key: bytes) -> int | None:
        """Return the Unix time in milliseconds at which a key ends, or None."""
        return self.expires.get(key)

    def expire(self, key: bytes, deadline: int) -> None:
        """Let a key, which must be there, end at a Unix time in milliseconds."""
        self.expires.set(key, deadline)
        self.on_deadline(deadline)

    def persist(self, key: bytes) -> bool:
        """Let a key live for ever; say whether it had a deadline."""
        return self.expires.discard(key)

    def clear(self) -> None:
        """Remove every key."""
        self.remains.add_tables(self.values, self.stamps, self.expires)

    def keys(self) -> Iterator[bytes]:
        """Yield the keys that are not past their deadline; the database must not change meanwhile."""
        now, deadline_of = self.clock.now, self.expires.get
        if self.expires.earliest >= now:
            yield from self.values
            return
        for key in self.values:
            deadline = deadline_of(key)
            if deadline is None or deadline >= now:
                yield key

    def scan(self, cursor: int, count: int) -> tuple[int, list[bytes]]:
        """Return the next cursor (0: done) and about `count` keys (Redis documentation: SCAN)."""
        cursor, keys = self.values.scan(cursor, count)
        if self.expires.earliest < self.clock.now:
            keys = [key for key in keys if key in self]
        return cursor, keys

    def random_key(self, random: Random) -> bytes | None:
        """Return a key, each with the same chance; None when there is none.

        Where nearly all keys are over and wait for their removal, it is the one that ends last.
        """
        while True:
            for _ in range(_TRIES):
                key = self.values.random_key(random)
                if key is None or key in self:
                    return key
            if (last := self.expires.last_after(self.clock.now)) is not None:
                return last
            if self.expires.count == len(self):
                return None

    def expire_due(self, limit: int) -> int:
        """Remove up to `limit` keys whose time is over, the longest overdue first; return how many."""
        now, removed = self.clock.now, 0
        while removed < limit and (key := self.expires.pop_due(now)) is not None:
            self._end(key)
            removed += 1
        self.stats.expired_in_time += removed
        return removed

    def _expire(self, key: bytes) -> bool:
        """Remove a key if its time is over, and say so."""
        if self.expires.earliest >= self.clock.now:
            return False
        deadline = self.expires.get(key)
        if deadline is None or deadline >= self.clock.now:
            return False
        self.expires.discard(key)
        self._end(key)
        return True

    def _end(self, key: bytes) -> None:
        """Remove a key because its time is over; its deadline is forgotten already."""
        value = self._remove(key)
        if type(value) in CRUMBLING:
            self.remains.add(value)
        self.stats.expired += 1
        self.on_expired(self, key)

    def _remove(self, key: bytes) -> Value:
        self.stamps.pop(key)
        return self.values.pop(key)
