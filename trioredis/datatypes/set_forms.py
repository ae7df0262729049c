"""The three forms of a set, which follow the encodings that OBJECT ENCODING tells of.

============  =========================================================  ======================
type          how                                                        OBJECT ENCODING
============  =========================================================  ======================
`IntSet`      64-bit integers in ascending order, eight bytes each       intset
`PackedSet`   a tuple of members in the order in which they were added   listpack
`HashSet`     a `Table`, which changes in place                          hashtable, or listpack
============  =========================================================  ======================

The first two are small: one object of bytes that never changes (see `packing`). An `IntSet` is searched by bisection
where it lies and changed by cutting and joining, which costs as little with 500 members as with five. A `PackedSet`
has to be unpacked, so what Redis calls a listpack is a `HashSet` here once that becomes slow: with more than `MOST`
members, or long ones, which only changed limits allow.

All three have the same methods. Those that remove members return the set to keep, which may have become empty. How
members are added, and when a set changes its form, is told in `trioredis.datatypes.sets`.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from random import Random
from struct import Struct
from typing import Final, Self, TypeAlias, final

from trioredis.datatypes import sampling
from trioredis.datatypes.packing import MOST, pack, unpack
from trioredis.datatypes.table import Table
from trioredis.numerals import parse_integer

Finder: TypeAlias = Callable[[bytes], bool]

INTSET: Final = b"intset"
LISTPACK: Final = b"listpack"
HASHTABLE: Final = b"hashtable"

_DENSE: Final = 16
"""From one look-up for so many integers on it is cheaper to make a set of them first."""

_LARGEST_PACKED: Final = 1 << 14
"""Bytes of members above which a listpack is kept open; the usual limits allow half of that."""

_as_bytes: Final = Struct("=q").pack
_WIDTH: Final = 8


@final
class IntSet(bytes):
    """Integers in ascending order."""

    __slots__ = ()
    encoding: Final = INTSET

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Self:
        """Return the set of these integers, which are different and fit in 64 bits."""
        return cls(array("q", sorted(numbers)).tobytes())

    def size(self) -> int:
        """Return the number of members."""
        return len(self) // _WIDTH

    def numbers(self) -> memoryview:
        """Return the members as integers, in ascending order, without copying them."""
        return memoryview(self).cast("q")

    def members(self) -> list[bytes]:
        """Return all members."""
        return spelled(self.numbers())

    def has(self, member: bytes) -> bool:
        """Tell whether something is a member."""
        return self._find(member) is not None

    def finder(self, lookups: int) -> Finder:
        """Return what tells whether something is a member, to be asked about so many times."""
        return frozenset(self.members()).__contains__ if lookups * _DENSE > self.size() else self.has

    def with_number(self, number: int) -> Self:
        """Return the set with an integer, which may be there already."""
        numbers = memoryview(self).cast("q")
        place = bisect_left(numbers, number)
        if place < len(numbers) and numbers[place] == number:
            return self
        cut = place * _WIDTH
        return type(self)(self[:cut] + _as_bytes(number) + self[cut:])

    def remove(self, members: Sequence[bytes]) -> tuple[Self, int]:
        """Remove members; return the set and how many were there."""
        if len(members) == 1:
            place = self._find(members[0])
            return (self, 0) if place is None else (self._without(place), 1)
        gone = set(map(parse_integer, members))
        kept = array("q", [number for number in self.numbers() if number not in gone]).tobytes()
        return type(self)(kept), (len(self) - len(kept)) // _WIDTH

    def pick(self, random: Random) -> bytes:
        """Return a member by chance."""
        return b"%d" % self.numbers()[int(random.random() * self.size())]

    def picks(self, random: Random, count: int) -> list[bytes]:
        """Return so many members by chance, any of them several times."""
        return spelled(random.choices(self.numbers(), k=count))

    def sample(self, random: Random, count: int) -> list[bytes]:
        """Return so many different members by chance; there have to be more."""
        return spelled(random.sample(self.numbers(), count))

    def take(self, random: Random) -> tuple[Self, bytes]:
        """Remove a member by chance; return the set and the member."""
        place = int(random.random() * self.size())
        return self._without(place), b"%d" % self.numbers()[place]

    def _find(self, member: bytes) -> int | None:
        number = parse_integer(member)
        if number is None:
            return None
        numbers = memoryview(self).cast("q")
        place = bisect_left(numbers, number)
        return place if place < len(numbers) and numbers[place] == number else None

    def _without(self, place: int) -> Self:
        cut = place * _WIDTH
        return type(self)(self[:cut] + self[cut + _WIDTH :])


@final
class PackedSet(bytes):
    """Few and short members in the order in which they were added."""

    __slots__ = ()
    encoding: Final = LISTPACK

    def size(self) -> int:
        """Return the number of members."""
        return len(unpack(self))

    def members(self) -> tuple[bytes, ...]:
        """Return all members."""
        members: tuple[bytes, ...] = unpack(self)
        return members

    def has(self, member: bytes) -> bool:
        """Tell whether something is a member."""
        return member in unpack(self)

    def finder(self, lookups: int) -> Finder:
        """Return what tells whether something is a member."""
        return frozenset(unpack(self)).__contains__

    def remove(self, members: Sequence[bytes]) -> tuple[Self, int]:
        """Remove members; return the set and how many were there."""
        held, gone = unpack(self), frozenset(members)
        kept = tuple([member for member in held if member not in gone])
        return (pack(type(self), kept) if len(kept) < len(held) else self), len(held) - len(kept)

    def pick(self, random: Random) -> bytes:
        """Return a member by chance."""
        held: tuple[bytes, ...] = unpack(self)
        return held[int(random.random() * len(held))]

    def picks(self, random: Random, count: int) -> list[bytes]:
        """Return so many members by chance, any of them several times."""
        return sampling.repeated(unpack(self), count, random)

    def sample(self, random: Random, count: int) -> list[bytes]:
        """Return so many different members by chance; there have to be more."""
        return sampling.distinct(unpack(self), count, random)

    def take(self, random: Random) -> tuple[Self, bytes]:
        """Remove a member by chance; return the set and the member."""
        held = list(unpack(self))
        member: bytes = held.pop(int(random.random() * len(held)))
        return pack(type(self), tuple(held)), member


@final
class HashSet(Table[bool]):
    """Any members, in an order that means nothing. It changes in place."""

    __slots__ = ("encoding",)

    def __init__(self, encoding: bytes = HASHTABLE) -> None:
        super().__init__()
        self.encoding = encoding

    size = Table.__len__
    members = Table.__iter__

    def has(self, member: bytes) -> bool:
        """Tell whether something is a member."""
        return member in self.slots[hash(member) & self.mask]

    def finder(self, lookups: int) -> Finder:
        """Return what tells whether something is a member."""
        return self.has

    def extend(self, members: Iterable[bytes]) -> None:
        """Add members, whatever the encoding."""
        for member in members:
            self.put(member, True)

    def remove(self, members: Iterable[bytes]) -> tuple[Self, int]:
        """Remove members; return the set and how many were there."""
        before = self.count
        for member in members:
            self.pop(member)
        return self, before - self.count

    def pick(self, random: Random) -> bytes:
        """Return a member by chance."""
        member = self.random_key(random)
        assert member is not None
        return member

    def picks(self, random: Random, count: int) -> list[bytes]:
        """Return so many members by chance, any of them several times."""
        return sampling.repeated(self, count, random)

    def sample(self, random: Random, count: int) -> list[bytes]:
        """Return so many different members by chance; there have to be more."""
        return sampling.distinct(self, count, random)

    def take(self, random: Random) -> tuple[Self, bytes]:
        """Remove a member by chance; return the set and the member."""
        member = self.pick(random)
        self.pop(member)
        return self, member

    def copy(self) -> Self:
        """Return an equal set that shares nothing which may change."""
        twin = super().copy()
        twin.encoding = self.encoding
        return twin


def listpack_of(members: Collection[bytes]) -> PackedSet | HashSet:
    """Return a set that is a listpack to Redis."""
    if len(members) <= MOST:
        packed = pack(PackedSet, tuple(members))
        if len(packed) <= _LARGEST_PACKED:
            return packed
    opened = HashSet(LISTPACK)
    opened.extend(members)
    return opened


def spelled(numbers: Iterable[int]) -> list[bytes]:
    """Return integers as members."""
    return [b"%d" % number for number in numbers]
