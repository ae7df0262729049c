"""Sorted sets: members in the order of their scores, and of their bytes where scores are equal.

What a key holds is one of two forms:

=====================  =======================================  ======================================
`PackedSortedSet`      up to `packing.MOST` members and scores  listpack
`LargeSortedSet`       more, or what no listpack would hold     listpack, then skiplist
=====================  =======================================  ======================================

Nobody works on the packed form. `opened` makes a `SmallSortedSet` of it, two lists side by side, and leaves a large
one as it is; both do the same things. What is to be kept afterwards `stored` returns:

    sorted_set = opened(value).with_room(1, len(member), limits)
    sorted_set.add(member, 1.5)
    ctx.db.replace(key, sorted_set.stored())

A large one is a table from members to scores, and a sequence of *entries* in order. An entry is one `bytes` object, the
score (see `score_keys`) and then the member, so Python's collector never sees it. Which of the two zeros a score was set
to, the table knows.

Places are counted from 0, for the lowest score. A stretch of them is a *span*, `(start, stop)`, as in a slice. Where it
begins and ends can be said by a `Cut`, which lies before or after everything equal to a value.

`limits` are the directives ``zset-max-...`` by their names. Where a listpack becomes a skiplist is Redis's decision
(t_zset.c of 7.2); it never becomes a listpack again, but the result of a command that stores a new one is made to measure.
"""

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, Final, TypeGuard

from attrs import frozen
from sortedcontainers import SortedList

from trioredis import errors
from trioredis.datatypes import packing
from trioredis.datatypes.crumbling import crumbled
from trioredis.datatypes.packing import Limits, pack, unpack
from trioredis.datatypes.score_keys import SIZE, key_after, score_key, score_of
from trioredis.datatypes.table import Table
from trioredis.errors import CommandError
from trioredis.numerals import format_float

LISTPACK: Final = b"listpack"
SKIPLIST: Final = b"skiplist"

Span = tuple[int, int]
Item = tuple[bytes, float]
"""A member and its score."""

_MOST: Final = packing.MOST // 2
"""Members up to which a sorted set is packed."""

_LONGEST: Final = 256
"""Bytes of a member up to which a sorted set is packed; Redis's usual limits do not let it get there."""

_POINTER: Final = 8
"""Bytes of a place in the sequence."""

_ENTRIES: Final = b"zset-max-listpack-entries"
_VALUE: Final = b"zset-max-listpack-value"


@frozen
class Cut:
    """A place in the order of scores, or of members, that lies between two elements."""

    value: Any
    """A score, a member, or None: beyond every member."""
    after: bool = False
    """It lies after what equals the value, and not before."""

    def is_after(self, value: Any) -> bool:
        """Tell whether an element with a value lies before this place."""
        return self.value is None or value < self.value or (self.after and value == self.value)


class PackedSortedSet(bytes):
    """A small sorted set as a database keeps it."""

    __slots__ = ()


class SortedSet:
    """What both forms do in the same way."""

    __slots__ = ()

    encoding: bytes
    """As OBJECT ENCODING says."""

    def __len__(self) -> int:
        raise NotImplementedError

    def members(self, start: int, stop: int, *, backwards: bool = False) -> list[bytes]:
        """Return the members in a span."""
        raise NotImplementedError

    def span_of_scores(self, low: Cut, high: Cut) -> Span:
        """Return where the scores between two cuts are."""
        start = self.place_of_score(low.value, low.after)
        return start, max(start, self.place_of_score(high.value, high.after))

    def place_of_score(self, score: float, after: bool) -> int:
        """Return how many scores are lower, or `after` them, not higher."""
        raise NotImplementedError

    def span_of_members(self, low: Cut, high: Cut, *, backwards: bool = False) -> Span:
        """Return where the members between two cuts are, if all scores are the same.

        If they are not, Redis promises nothing. It walks through a listpack, and so does this, from the end if the
        members are wanted backwards.
        """
        if self.encoding == SKIPLIST:
            start = self._place_of_member(low)
            return start, max(start, self._place_of_member(high))
        members = self.members(0, len(self))
        if not members or low.is_after(members[-1]) or not high.is_after(members[0]):
            return 0, 0
        return _walk_back(members, low, high) if backwards else _walk(members, low, high)

    def _place_of_member(self, cut: Cut) -> int:
        raise NotImplementedError


def _walk(members: list[bytes], low: Cut, high: Cut) -> Span:
    start, size = 0, len(members)
    while start < size and low.is_after(members[start]):
        start += 1
    stop = start
    while stop < size and high.is_after(members[stop]):
        stop += 1
    return start, stop


def _walk_back(members: list[bytes], low: Cut, high: Cut) -> Span:
    stop = len(members)
    while stop and not high.is_after(members[stop - 1]):
        stop -= 1
    start = stop
    while start and not low.is_after(members[start - 1]):
        start -= 1
    return start, stop


class SmallSortedSet(SortedSet):
    """A packed sorted set while it is worked on."""

    __slots__ = ("_members", "_scores")

    encoding = LISTPACK

    def __init__(self, scores: list[float], members: list[bytes]) -> None:
        self._scores = scores
        self._members = members

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[Item]:
        """Yield members and their scores, in order."""
        return zip(self._members, self._scores, strict=True)

    def stored(self) -> PackedSortedSet:
        """Return what to keep under a key."""
        return pack(PackedSortedSet, (self._scores, self._members))

    def with_room(self, count: int, longest: int, limits: Limits) -> "AnySortedSet":
        """Return the sorted set to go on with if there will be `count` members, of which one is so long."""
        if count > limits[_ENTRIES] or longest > limits[_VALUE]:
            return LargeSortedSet(self, SKIPLIST)
        return LargeSortedSet(self, LISTPACK) if count > _MOST or longest > _LONGEST else self

    def score(self, member: bytes) -> float | None:
        """Return the score of a member, or None."""
        members = self._members
        return self._scores[members.index(member)] if member in members else None

    def rank(self, member: bytes) -> int | None:
        """Return the place of a member, or None."""
        members = self._members
        return members.index(member) if member in members else None

    def add(self, member: bytes, score: float) -> None:
        """Add a new member, for which there has to be room."""
        scores, members = self._scores, self._members
        place = bisect_left(scores, score)
        end = bisect_right(scores, score, place)
        if place < end:
            place = bisect_left(members, member, place, end)
        # A listpack keeps whole numbers as integers, and so forgets the sign of zero.
        scores.insert(place, score + 0.0)
        members.insert(place, member)

    def move(self, member: bytes, old: float, new: float) -> None:
        """Give a member another score."""
        self.remove(member)
        self.add(member, new)

    def remove(self, member: bytes) -> bool:
        """Remove a member; say whether it was there."""
        members = self._members
        if member not in members:
            return False
        place = members.index(member)
        del members[place], self._scores[place]
        return True

    def take(self, place: int) -> Item:
        """Remove the first (0) or the last (-1) member, and return it with its score; there has to be one."""
        return self._members.pop(place), self._scores.pop(place)

    def remove_span(self, start: int, stop: int) -> None:
        """Remove what is in a span."""
        del self._members[start:stop], self._scores[start:stop]

    def members(self, start: int, stop: int, *, backwards: bool = False) -> list[bytes]:
        """Return the members in a span."""
        members = self._members[start:stop]
        return members[::-1] if backwards else members

    def items(self, start: int, stop: int, *, backwards: bool = False) -> list[Item]:
        """Return the members in a span with their scores."""
        items = list(zip(self._members[start:stop], self._scores[start:stop], strict=True))
        return items[::-1] if backwards else items

    def by_member(self) -> dict[bytes, float]:
        """Return the scores by their members, in no order."""
        return dict(self)

    def place_of_score(self, score: float, after: bool) -> int:
        """Return how many scores are lower, or `after` them, not higher."""
        return bisect_right(self._scores, score) if after else bisect_left(self._scores, score)


class LargeSortedSet(SortedSet):
    """A sorted set that is kept as it is."""

    __slots__ = ("_entries", "_scores", "encoding")

    _entries: "SortedList[bytes]"

    def __init__(self, items: Iterable[Item], encoding: bytes) -> None:
        """Take members, each of them once, and their scores."""
        self.encoding = encoding
        self._scores: Table[float] = Table()
        put = self._scores.put
        for member, score in items:
            put(member, score + 0.0 if encoding == LISTPACK else score)
        self._entries = SortedList(score_key(score) + member for member, score in self._scores.items())

    def __len__(self) -> int:
        return self._scores.count

    def __iter__(self) -> Iterator[Item]:
        """Yield members and their scores, in order; nothing may be changed meanwhile."""
        return map(self._item, self._entries)

    def stored(self) -> "LargeSortedSet":
        """Return what to keep under a key."""
        return self

    def with_room(self, count: int, longest: int, limits: Limits) -> "LargeSortedSet":
        """Return the sorted set to go on with if there will be `count` members, of which one is so long."""
        if self.encoding == LISTPACK and (count > limits[_ENTRIES] or longest > limits[_VALUE]):
            self.encoding = SKIPLIST
        return self

    def score(self, member: bytes) -> float | None:
        """Return the score of a member, or None."""
        return self._scores.get(member)

    def rank(self, member: bytes) -> int | None:
        """Return the place of a member, or None."""
        score = self._scores.get(member)
        return None if score is None else self._entries.bisect_left(score_key(score) + member)

    def add(self, member: bytes, score: float) -> None:
        """Add a new member, for which there has to be room."""
        self._scores.put(member, self._kept(score))
        self._entries.add(score_key(score) + member)

    def move(self, member: bytes, old: float, new: float) -> None:
        """Give a member another score."""
        self._entries.remove(score_key(old) + member)
        self.add(member, new)

    def remove(self, member: bytes) -> bool:
        """Remove a member; say whether it was there."""
        score = self._scores.pop(member)
        if score is None:
            return False
        self._entries.remove(score_key(score) + member)
        return True

    def take(self, place: int) -> Item:
        """Remove the first (0) or the last (-1) member, and return it with its score; there has to be one."""
        member = self._entries.pop(place)[SIZE:]
        score = self._scores.pop(member)
        assert score is not None
        return member, score

    def remove_span(self, start: int, stop: int) -> None:
        """Remove what is in a span."""
        if stop - start == 1:
            self._scores.pop(self._entries.pop(start)[SIZE:])
            return
        for member in self.members(start, stop):
            self._scores.pop(member)
        del self._entries[start:stop]

    def members(self, start: int, stop: int, *, backwards: bool = False) -> list[bytes]:
        """Return the members in a span."""
        return [entry[SIZE:] for entry in self._entries.islice(start, stop, backwards)]

    def items(self, start: int, stop: int, *, backwards: bool = False) -> list[Item]:
        """Return the members in a span with their scores."""
        return list(map(self._item, self._entries.islice(start, stop, backwards)))

    def place_of_score(self, score: float, after: bool) -> int:
        """Return how many scores are lower, or `after` them, not higher."""
        place: int = self._entries.bisect_left(key_after(score) if after else score_key(score))
        return place

    def _place_of_member(self, cut: Cut) -> int:
        if cut.value is None or not self._entries:
            return len(self)
        bisect = self._entries.bisect_right if cut.after else self._entries.bisect_left
        place: int = bisect(self._entries[0][:SIZE] + cut.value)
        return place

    def by_member(self) -> Table[float]:
        """Return the scores by their members, in no order; only to be looked at."""
        return self._scores

    def crumble(self) -> Iterator[object]:
        """Forget everything at once, and free what was there in small steps."""
        scores, entries = self._scores.crumble(), self._entries
        self._entries = SortedList()
        return chain(scores, crumbled(entries))

    def copy(self) -> "LargeSortedSet":
        """Return a sorted set of the same members and scores."""
        twin = LargeSortedSet((), self.encoding)
        twin._scores = self._scores.copy()
        twin._entries = self._entries.copy()
        return twin

    def memory(self, samples: int) -> int:
        """Return the bytes that it takes, estimated from so many members; 0: from all of them."""
        sizes = [sys.getsizeof(entry) + _POINTER for entry in islice(self._entries, samples or None)]
        of_entries = sum(sizes) * len(self) // max(1, len(sizes))
        return sys.getsizeof(self) + self._scores.memory(samples) + of_entries

    def _kept(self, score: float) -> float:
        """Return a score as the encoding keeps it: a listpack forgets the sign of zero."""
        return score + 0.0 if self.encoding == LISTPACK else score

    def _item(self, entry: bytes) -> Item:
        member = entry[SIZE:]
        return member, score_of(entry) or self._zero(member)

    def _zero(self, member: bytes) -> float:
        """Return the score of a member that has one of the two zeros."""
        zero = self._scores.get(member)
        assert zero is not None
        return zero


AnySortedSet = SmallSortedSet | LargeSortedSet
"""What is worked on."""

SortedSetValue = PackedSortedSet | LargeSortedSet
"""What a key holds."""


def is_sorted_set(value: Any) -> TypeGuard[SortedSetValue]:
    """Tell whether what a key holds is a sorted set."""
    return type(value) is PackedSortedSet or type(value) is LargeSortedSet


def opened(value: SortedSetValue) -> AnySortedSet:
    """Return what a key holds, to be worked on; raise WRONGTYPE if it is no sorted set."""
    if type(value) is PackedSortedSet:
        return SmallSortedSet(*unpack(value))
    if type(value) is LargeSortedSet:
        return value
    raise CommandError(errors.WRONGTYPE)


def new_sorted_set() -> SmallSortedSet:
    """Return one without members."""
    return SmallSortedSet([], [])


def sorted_set_of(items: Iterable[Item], limits: Limits) -> SortedSetValue:
    """Return what to keep of members, each of them once, and their scores: a listpack if that can hold them.

    Source: `zsetConvertToListpackIfNeeded` of t_zset.c, which makes the results of commands that store them smaller.
    """
    items = list(items)
    longest = max((len(member) for member, _ in items), default=0)
    sorted_set = new_sorted_set().with_room(len(items), longest, limits)
    if isinstance(sorted_set, LargeSortedSet):
        return LargeSortedSet(items, sorted_set.encoding)
    for member, score in items:
        sorted_set.add(member, score)
    return sorted_set.stored()


def scan(sorted_set: AnySortedSet, cursor: int, count: int) -> tuple[int, Iterable[tuple[bytes, bytes]]]:
    """Return the next cursor (0: done) and about `count` members with their scores as text; a listpack is given whole.

    As in 7.2, a score in a listpack is the text that was kept, and one in a skiplist has 17 digits.
    """
    if isinstance(sorted_set, SmallSortedSet) or sorted_set.encoding == LISTPACK:
        return 0, ((member, format_float(score)) for member, score in sorted_set)
    cursor, items = sorted_set.by_member().scan_items(cursor, count)
    return cursor, ((member, b"%.17g" % score) for member, score in items)


def encoding(value: SortedSetValue) -> bytes:
    """Return what OBJECT ENCODING says."""
    return value.encoding if isinstance(value, LargeSortedSet) else LISTPACK
