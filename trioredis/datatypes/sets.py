"""Sets: how their members are kept, and what is done to them.

A set is one of three Python types, which follow the encodings that OBJECT ENCODING tells of. The first two are small:
one object of bytes (see `packing`) that never changes, so that what changes them returns another value to keep.

============  =========================================================  ======================
type          how                                                        OBJECT ENCODING
============  =========================================================  ======================
`IntSet`      64-bit integers in ascending order, eight bytes each       intset
`PackedSet`   a tuple of members in the order in which they were added   listpack
`HashSet`     a `Table`, which changes in place                          hashtable, or listpack
============  =========================================================  ======================

An `IntSet` is searched by bisection where it lies and changed by cutting and joining, which costs as little with 500
members as with five. A `PackedSet` has to be unpacked, so what Redis calls a listpack is a `HashSet` here once that
becomes slow: with more than `MOST` members, or long ones, which only changed limits allow.

When a set changes from one encoding to the next is Redis's decision (t_set.c of 7.2, `setTypeAddAux`) and told in
`SetBuilder`. Sets never go back, except where a command stores a new one.

All three have the same methods. Those that change a set return the set to keep, which may have become empty; the limits
that they are given are the directives ``set-max-...``, by their names.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice
from random import Random
from struct import Struct
from typing import Any, Final, Self, TypeAlias, TypeGuard

from trioredis import errors
from trioredis.datatypes.packing import MOST, pack, unpack
from trioredis.datatypes.table import Table
from trioredis.errors import CommandError
from trioredis.numerals import parse_integer

Members: TypeAlias = Collection[bytes]
Limits: TypeAlias = Mapping[bytes, Any]
Finder: TypeAlias = Callable[[bytes], bool]

INTSET: Final = b"intset"
LISTPACK: Final = b"listpack"
HASHTABLE: Final = b"hashtable"

_INTSET_ENTRIES: Final = b"set-max-intset-entries"
_LISTPACK_ENTRIES: Final = b"set-max-listpack-entries"
_LISTPACK_VALUE: Final = b"set-max-listpack-value"

_LARGEST_INTSET: Final = 1 << 30
_LARGEST_PACKED: Final = 1 << 14
"""Bytes of members above which a listpack is kept open; the usual limits allow half of that."""

_DENSE: Final = 16
"""From one look-up for so many integers on it is cheaper to make a set of them first."""

_FEW_REMAIN: Final = 5
"""A set of which not a fifth stays is made anew of what stays; source: SPOP_MOVE_STRATEGY_MUL of t_set.c."""

_MANY_WANTED: Final = 3
"""A sample of more than a third is taken from a list of all; source: SRANDMEMBER_SUB_STRATEGY_MUL of t_set.c."""

_as_bytes: Final = Struct("=q").pack
_WIDTH: Final = 8


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
        return _spelled(self.numbers())

    def has(self, member: bytes) -> bool:
        """Tell whether something is a member."""
        return self._find(member) is not None

    def finder(self, lookups: int) -> Finder:
        """Return what tells whether something is a member, to be asked about so many times."""
        return frozenset(self.members()).__contains__ if lookups * _DENSE > self.size() else self.has

    def add(self, members: Sequence[bytes], limits: Limits) -> tuple["SetValue", int]:
        """Add members; return the set and how many are new."""
        if len(members) == 1 and (number := parse_integer(members[0])) is not None:
            numbers = memoryview(self).cast("q")
            place, size = bisect_left(numbers, number), len(numbers)
            if place < size and numbers[place] == number and limits[_INTSET_ENTRIES] > 0:
                return self, 0
            if size < limits[_INTSET_ENTRIES]:
                cut = place * _WIDTH
                return IntSet(self[:cut] + _as_bytes(number) + self[cut:]), 1
        return SetBuilder(limits, set(self.numbers())).extended(members)

    def remove(self, members: Sequence[bytes]) -> tuple["SetValue", int]:
        """Remove members; return the set and how many were there."""
        if len(members) == 1:
            place = self._find(members[0])
            return (self, 0) if place is None else (self._without(place), 1)
        gone = set(map(parse_integer, members))
        kept = array("q", [number for number in self.numbers() if number not in gone]).tobytes()
        return IntSet(kept), (len(self) - len(kept)) // _WIDTH

    def pick(self, random: Random) -> bytes:
        """Return a member by chance."""
        return b"%d" % self.numbers()[int(random.random() * self.size())]

    def picks(self, random: Random, count: int) -> list[bytes]:
        """Return so many members by chance, any of them several times."""
        return random.choices(self.members(), k=count)

    def sample(self, random: Random, count: int) -> list[bytes]:
        """Return so many different members by chance; there have to be more."""
        return _spelled(random.sample(self.numbers(), count))

    def take(self, random: Random) -> tuple["SetValue", bytes]:
        """Remove a member by chance; return the set and the member."""
        place = int(random.random() * self.size())
        return self._without(place), b"%d" % self.numbers()[place]

    def take_some(self, random: Random, count: int, limits: Limits) -> tuple["SetValue", list[bytes]]:
        """Remove so many members by chance, fewer than there are; return the set and the members."""
        popped = self.sample(random, count)
        return self.remove(popped)[0], popped

    def _find(self, member: bytes) -> int | None:
        number = parse_integer(member)
        if number is None:
            return None
        numbers = memoryview(self).cast("q")
        place = bisect_left(numbers, number)
        return place if place < len(numbers) and numbers[place] == number else None

    def _without(self, place: int) -> "IntSet":
        cut = place * _WIDTH
        return IntSet(self[:cut] + self[cut + _WIDTH :])


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

    def add(self, members: Sequence[bytes], limits: Limits) -> tuple["SetValue", int]:
        """Add members; return the set and how many are new."""
        held = unpack(self)
        if len(members) == 1 and limits[_LISTPACK_ENTRIES] > 0:
            member = members[0]
            if member in held:
                return self, 0
            if len(held) < min(limits[_LISTPACK_ENTRIES], MOST) and len(member) <= limits[_LISTPACK_VALUE]:
                return _packed_or_open((*held, member)), 1
        return SetBuilder(limits, dict.fromkeys(held)).extended(members)

    def remove(self, members: Sequence[bytes]) -> tuple["SetValue", int]:
        """Remove members; return the set and how many were there."""
        held, gone = unpack(self), frozenset(members)
        kept = tuple([member for member in held if member not in gone])
        return (pack(PackedSet, kept) if len(kept) < len(held) else self), len(held) - len(kept)

    def pick(self, random: Random) -> bytes:
        """Return a member by chance."""
        held: tuple[bytes, ...] = unpack(self)
        return held[int(random.random() * len(held))]

    def picks(self, random: Random, count: int) -> list[bytes]:
        """Return so many members by chance, any of them several times."""
        return random.choices(unpack(self), k=count)

    def sample(self, random: Random, count: int) -> list[bytes]:
        """Return so many different members by chance; there have to be more."""
        return random.sample(unpack(self), count)

    def take(self, random: Random) -> tuple["SetValue", bytes]:
        """Remove a member by chance; return the set and the member."""
        held = list(unpack(self))
        member: bytes = held.pop(int(random.random() * len(held)))
        return pack(PackedSet, tuple(held)), member

    def take_some(self, random: Random, count: int, limits: Limits) -> tuple["SetValue", list[bytes]]:
        """Remove so many members by chance, fewer than there are; return the set and the members."""
        popped = self.sample(random, count)
        return self.remove(popped)[0], popped


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

    def add(self, members: Sequence[bytes], limits: Limits) -> tuple["SetValue", int]:
        """Add members; return the set and how many are new."""
        before = self.count
        if self.encoding == LISTPACK:
            self._stop_being_a_listpack_at_need(members, limits)
        for member in members:
            self.put(member, True)
        return self, self.count - before

    def remove(self, members: Iterable[bytes]) -> tuple["SetValue", int]:
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
        pick = self.pick
        return [pick(random) for _ in range(count)]

    def sample(self, random: Random, count: int) -> list[bytes]:
        """Return so many different members by chance; there have to be more."""
        if count * _MANY_WANTED > self.count:
            return random.sample(list(self), count)
        found: dict[bytes, None] = {}
        while len(found) < count:
            found[self.pick(random)] = None
        return list(found)

    def take(self, random: Random) -> tuple["SetValue", bytes]:
        """Remove a member by chance; return the set and the member."""
        member = self.pick(random)
        self.pop(member)
        return self, member

    def take_some(self, random: Random, count: int, limits: Limits) -> tuple["SetValue", list[bytes]]:
        """Remove so many members by chance, fewer than there are; return the set, maybe another, and the members."""
        left = self.count - count
        if left * _FEW_REMAIN > count or self.encoding == LISTPACK:
            return self, [self.take(random)[1] for _ in range(count)]
        rest = SetBuilder(limits, {})
        rest.add_all([self.take(random)[1] for _ in range(left)])
        return rest.finished(), list(self)

    def copy(self) -> "HashSet":
        """Return an equal set that shares nothing which may change."""
        copy = HashSet(self.encoding)
        copy.extend(self)
        return copy

    def memory(self, samples: int) -> int:
        """Return the bytes that the set takes, estimated from so many members; 0: from all."""
        sampled = list(islice(self, samples or None))
        size = sum(sys.getsizeof(member) + self.overhead(member) for member in sampled)
        return sys.getsizeof(self) + sys.getsizeof(self.slots) + size * self.count // max(1, len(sampled))

    def _stop_being_a_listpack_at_need(self, members: Sequence[bytes], limits: Limits) -> None:
        new = {member for member in members if not self.has(member)}
        most, longest = limits[_LISTPACK_ENTRIES], max(map(len, new), default=0)
        grows_beyond = new and self.count + len(new) > most
        if grows_beyond or len(members) > most or longest > limits[_LISTPACK_VALUE]:
            self.encoding = HASHTABLE


SetValue = IntSet | PackedSet | HashSet

_TYPES: Final = frozenset({IntSet, PackedSet, HashSet})


def is_set(value: Any) -> TypeGuard[SetValue]:
    """Tell whether what a key holds is a set."""
    return type(value) in _TYPES


def require_set(value: Any) -> SetValue:
    """Return what a key holds if that is a set; raise WRONGTYPE otherwise."""
    if is_set(value):
        return value
    raise CommandError(errors.WRONGTYPE)


def create(members: Sequence[bytes], limits: Limits) -> tuple[SetValue, int]:
    """Return a new set of these members, at least one, and how many different ones they are."""
    member = members[0]
    if len(members) == 1 and limits[_LISTPACK_ENTRIES] > 0 and len(member) <= limits[_LISTPACK_VALUE]:
        number = parse_integer(member)
        if number is None:
            return _packed_or_open((member,)), 1
        if limits[_INTSET_ENTRIES] > 0:
            return IntSet(_as_bytes(number)), 1
    return SetBuilder.for_members(member, len(members), limits).extended(members)


def _packed_or_open(members: Collection[bytes]) -> PackedSet | HashSet:
    """Return a set that is a listpack to Redis."""
    if len(members) <= MOST:
        packed = pack(PackedSet, tuple(members))
        if len(packed) <= _LARGEST_PACKED:
            return packed
    opened = HashSet(LISTPACK)
    opened.extend(members)
    return opened


class SetBuilder:
    """A set in the making, which changes its encoding where Redis would change it.

    Its content is a set of integers, a dict of what will be a listpack, or already a `HashSet`. An intset becomes a
    listpack when the first member comes that is no integer, if there still is room in one; whatever exceeds its limits
    becomes a hashtable, an intset too.
    """

    __slots__ = ("_content", "_limits")

    def __init__(self, limits: Limits, content: set[int] | dict[bytes, None] | HashSet) -> None:
        self._limits = limits
        self._content = content

    @classmethod
    def for_members(cls, first: bytes, hint: int, limits: Limits) -> "SetBuilder":
        """Begin a set to which about `hint` members will be added, `first` before the others."""
        if hint <= limits[_INTSET_ENTRIES] and parse_integer(first) is not None:
            return cls(limits, set())
        return cls(limits, {} if hint <= limits[_LISTPACK_ENTRIES] else HashSet())

    def size(self) -> int:
        """Return the number of members so far."""
        return len(self._content)

    def extended(self, members: Sequence[bytes]) -> tuple[SetValue, int]:
        """Add members to what was there; return the finished set, and how many are new."""
        before = len(self._content)
        most = self._limits[_INTSET_ENTRIES if isinstance(self._content, set) else _LISTPACK_ENTRIES]
        if len(members) > most:
            self._open()
        self.add_all(members)
        return self.finished(), len(self._content) - before

    def add_all(self, members: Iterable[bytes]) -> None:
        """Add members, in this order."""
        for member in members:
            self._add(member)

    def remove_all(self, members: Iterable[bytes]) -> None:
        """Remove members."""
        content = self._content
        if isinstance(content, set):
            content.difference_update(map(parse_integer, members))
        elif isinstance(content, dict):
            for member in members:
                content.pop(member, None)
        else:
            content.remove(members)

    def prefer_integers(self) -> None:
        """Become an intset if all members are integers, and not too many."""
        content = self._content
        if not isinstance(content, set) and len(content) <= self._most_integers():
            numbers = {number for member in content if (number := parse_integer(member)) is not None}
            if len(numbers) == len(content):
                self._content = numbers

    def finished(self) -> SetValue:
        """Return the set."""
        content = self._content
        if isinstance(content, HashSet):
            return content
        return IntSet.of(content) if isinstance(content, set) else _packed_or_open(content)

    def _add(self, member: bytes) -> None:
        content = self._content
        if isinstance(content, set):
            self._add_to_integers(content, member)
        elif isinstance(content, HashSet):
            content.put(member, True)
        elif member not in content:
            if (
                len(content) < self._limits[_LISTPACK_ENTRIES]
                and len(member) <= self._limits[_LISTPACK_VALUE]
            ):
                content[member] = None
            else:
                self._open().put(member, True)

    def _add_to_integers(self, content: set[int], member: bytes) -> None:
        number = parse_integer(member)
        if number is not None:
            content.add(number)
            if len(content) > self._most_integers():
                self._open()
            return
        longest = max(map(len, _spelled((min(content), max(content))))) if content else 0
        if longest <= self._limits[_LISTPACK_VALUE]:
            self._content = dict.fromkeys(_spelled(sorted(content)))
        else:
            self._open()
        self._add(member)

    def _open(self) -> HashSet:
        """Become a hashtable."""
        content, self._content = self._content, (opened := HashSet())
        opened.extend(_spelled(content) if isinstance(content, set) else content)
        return opened

    def _most_integers(self) -> int:
        most: int = min(self._limits[_INTSET_ENTRIES], _LARGEST_INTSET)
        return most


def _spelled(numbers: Iterable[int]) -> list[bytes]:
    return [b"%d" % number for number in numbers]
