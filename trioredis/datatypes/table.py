"""A hash table that never stops the world: linear hashing over small dicts.

One big dict copies itself when it grows, for tens of milliseconds once it holds a million keys. Here the
keys live in many dicts of about `LOAD` keys, and one of them is split whenever the average is exceeded
(Litwin, "Linear hashing", 1980). Buckets below the split pointer, and their twins in the upper half, hash
with one bit more than the others. So that a lookup need not know on which side a bucket is, the upper half
of the slots that are not split yet refer to the same dict as their twin: every lookup is `slots[hash & mask]`.

    split = 1, half = 4        slot  0   1   2   3 | 4   5   6   7
                               dict  A   B   C   D | E   B   C   D

The shape depends on nothing but the hashes and the order of insertions and removals: two tables that see
the same ones are congruent, and a slot found in one is the slot in the other (`Database` relies on it).

Scanning follows Redis's reversed binary cursor (dict.c, `dictScan`): the low bits of a cursor name a
bucket, and counting with the bits reversed visits a bucket before or after both halves of its split, never
between. A key that is present during the whole scan is returned at least once.
"""

import sys
from collections.abc import Iterator
from itertools import chain, islice
from random import Random
from typing import Generic, Self, TypeVar

V = TypeVar("V")

LOAD = 16
"""Keys a bucket, on average, above which the next bucket is split."""

_SLICE = 1024 // LOAD
"""Buckets that are freed at once."""


class Table(Generic[V]):
    """A mapping from bytes with incremental growth, scanning and random choice."""

    __slots__ = ("_half", "_split", "count", "mask", "slots")

    slots: list[dict[bytes, V]]

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget every key."""
        bucket: dict[bytes, V] = {}
        self.slots = [bucket, bucket]
        self.count = 0
        self.mask = 1
        self._half = 1
        self._split = 0

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[bytes]:
        """Yield every key; the table must not change meanwhile."""
        return chain.from_iterable(self._buckets())

    def items(self) -> Iterator[tuple[bytes, V]]:
        """Yield every key with its value; the table must not change meanwhile."""
        return chain.from_iterable(map(dict.items, self._buckets()))

    def get(self, key: bytes) -> V | None:
        """Return the value of a key, or None."""
        return self.slots[hash(key) & self.mask].get(key)

    def put(self, key: bytes, value: V) -> None:
        """Set the value of a key."""
        bucket = self.slots[hash(key) & self.mask]
        before = len(bucket)
        bucket[key] = value
        if len(bucket) != before:
            self.count += 1
            if self.count > (self._half + self._split) * LOAD:
                self._split_one()

    def pop(self, key: bytes, default: None = None) -> V | None:
        """Remove a key and return its value, or None when there was none; a dict's `pop` wants that said."""
        value = self.slots[hash(key) & self.mask].pop(key, None)
        if value is not None:
            self.count -= 1
            if self.count < (self._half + self._split) * LOAD // 4:
                self._merge_one()
        return value

    def scan(self, cursor: int, count: int) -> tuple[int, list[bytes]]:
        """Return the next cursor (0: done) and about `count` keys, whole buckets at a time."""
        cursor, buckets = self._portion(cursor, count)
        return cursor, [*chain.from_iterable(buckets)]

    def scan_items(self, cursor: int, count: int) -> tuple[int, list[tuple[bytes, V]]]:
        """Return the same as `scan`, with the value of each key."""
        cursor, buckets = self._portion(cursor, count)
        return cursor, [item for bucket in buckets for item in bucket.items()]

    def _portion(self, cursor: int, count: int) -> tuple[int, list[dict[bytes, V]]]:
        buckets: list[dict[bytes, V]] = []
        found = 0
        for _ in range(10 * count):
            low = self._half - 1
            mask = self.mask if cursor & low < self._split else low
            bucket = self.slots[cursor & mask]
            buckets.append(bucket)
            found += len(bucket)
            cursor = _next_reversed(cursor & mask, mask)
            if cursor == 0 or found >= count:
                break
        return cursor, buckets

    def copy(self) -> Self:
        """Return a congruent table of the same class, with the same keys and values."""
        twin = type(self)()
        buckets = [bucket.copy() for bucket in self.slots[: self._half + self._split]]
        twin.slots = buckets + buckets[self._split : self._half]
        twin.count, twin.mask, twin._half, twin._split = self.count, self.mask, self._half, self._split
        return twin

    def crumble(self) -> Iterator[list[dict[bytes, V]]]:
        """Forget every key at once, and free what was there slice by slice of buckets.

        What a step yields is freed by the next one.
        """
        slots = self.slots[: self._half + self._split]
        self.clear()
        return _slices(slots)

    def overhead(self, key: bytes) -> int:
        """Return the bytes that the place of a key takes, which must be there: its share of a bucket."""
        bucket = self.slots[hash(key) & self.mask]
        return sys.getsizeof(bucket) // len(bucket)

    def memory(self, samples: int) -> int:
        """Return the bytes that table, keys and values take, estimated from so many keys; 0: from all of them."""
        items = list(islice(self.items(), samples or None))
        content = sum(sys.getsizeof(key) + sys.getsizeof(value) + self.overhead(key) for key, value in items)
        return sys.getsizeof(self) + sys.getsizeof(self.slots) + content * self.count // max(1, len(items))

    def random_key(self, random: Random) -> bytes | None:
        """Return a key, each with the same chance, in O(1) expected; None when empty.

        A place is chosen, in any bucket out of as many as the fullest one can be expected to have; an empty place is
        refused. The fullest are among those that are not split yet: five standard deviations above their average.
        """
        if not self.count:
            return None
        slots, chance, buckets = self.slots, random.random, self._half + self._split
        average = self.count // self._half
        places = average + average // 2 + 14 if buckets > 1 else average
        everywhere = buckets * places
        while True:
            place = int(chance() * everywhere)
            bucket = slots[place // places]
            rank, size = place % places, len(bucket)
            if size > places:
                rank = int(chance() * size)
            if rank < size:
                return next(islice(bucket, rank, None))

    def _buckets(self) -> Iterator[dict[bytes, V]]:
        """Return every bucket once."""
        return islice(self.slots, self._half + self._split)

    def _split_one(self) -> None:
        """Divide one bucket; both halves are built anew, so that they are compact."""
        lower, upper, mask = self._split, self._split + self._half, self.mask
        shared = self.slots[lower]
        self.slots[lower] = {key: value for key, value in shared.items() if hash(key) & mask == lower}
        self.slots[upper] = {key: value for key, value in shared.items() if hash(key) & mask == upper}
        self._split += 1
        if self._split == self._half:
            self.slots += self.slots
            self._half *= 2
            self._split = 0
            self.mask = 2 * self._half - 1

    def _merge_one(self) -> None:
        """Undo the last split."""
        if self._split == 0:
            if self._half == 1:
                return
            self._half //= 2
            self._split = self._half
            self.mask = 2 * self._half - 1
            del self.slots[2 * self._half :]
        self._split -= 1
        lower, upper = self._split, self._split + self._half
        self.slots[lower] = self.slots[upper] = self.slots[lower] | self.slots[upper]


def _slices(slots: list[dict[bytes, V]]) -> Iterator[list[dict[bytes, V]]]:
    while slots:
        yield slots[-_SLICE:]
        del slots[-_SLICE:]


def _next_reversed(cursor: int, mask: int) -> int:
    """Add one to the bits of a cursor under `mask`, the highest bit counting least; 0 after the last."""
    bit = (mask + 1) >> 1
    while cursor & bit:
        cursor ^= bit
        bit >>= 1
    return cursor | bit
