"""Sets: what is done to their values.

What changes a set returns the value to keep, which is the given one where that changes in place. `limits` are the
directives ``set-max-...`` by their names: they decide how a set is kept (see `set_forms`). When a set passes from one
encoding to the next is Redis's decision (t_set.c of 7.2, `setTypeAddAux`), and `SetBuilder` follows it. Sets never go
back, except where a command stores a new one.
"""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any, Final, TypeAlias, TypeGuard

from trioredis import errors
from trioredis.datatypes.packing import Limits, unpack
from trioredis.datatypes.set_forms import (
    HASHTABLE,
    LISTPACK,
    HashSet,
    IntSet,
    PackedSet,
    listpack_of,
    spelled,
)
from trioredis.errors import CommandError
from trioredis.numerals import parse_integer

SetValue: TypeAlias = IntSet | PackedSet | HashSet

_INTSET_ENTRIES: Final = b"set-max-intset-entries"
_LISTPACK_ENTRIES: Final = b"set-max-listpack-entries"
_LISTPACK_VALUE: Final = b"set-max-listpack-value"

_FEW_REMAIN: Final = 5
"""A set of which not a fifth stays is made anew of what stays; source: SPOP_MOVE_STRATEGY_MUL of t_set.c."""

_NO_INTEGERS: Final = IntSet()
_TYPES: Final = frozenset({IntSet, PackedSet, HashSet})


def is_set(value: Any) -> TypeGuard[SetValue]:
    """Tell whether what a key holds is a set."""
    return type(value) in _TYPES


def require_set(value: Any) -> SetValue:
    """Return what a key holds if that is a set; raise WRONGTYPE otherwise."""
    if is_set(value):
        return value
    raise CommandError(errors.WRONGTYPE)


def add(value: SetValue | None, members: Sequence[bytes], limits: Limits) -> tuple[SetValue, int]:
    """Add members, at least one, to a set or to none; return the set to keep and how many are new."""
    if type(value) is HashSet:
        return value, _add_to_table(value, members, limits)
    if len(members) == 1:
        larger = _with_one(value, members[0], limits)
        if larger is not None:
            return larger, 0 if larger is value else 1
    builder = SetBuilder.of(value, members, limits)
    before = builder.size()
    builder.add_all(members)
    return builder.finished(), builder.size() - before


def _with_one(value: SetValue | None, member: bytes, limits: Limits) -> SetValue | None:
    """Return a small set with a member, which may be there already; None where it does not stay a small one."""
    if type(value) is PackedSet:
        held: tuple[bytes, ...] = unpack(value)
        if member in held and limits[_LISTPACK_ENTRIES] > 0:
            return value
        is_small = len(held) < limits[_LISTPACK_ENTRIES] and len(member) <= limits[_LISTPACK_VALUE]
        return listpack_of((*held, member)) if is_small else None
    number = parse_integer(member)
    if number is None:
        is_small = value is None and limits[_LISTPACK_ENTRIES] > 0 and len(member) <= limits[_LISTPACK_VALUE]
        return listpack_of((member,)) if is_small else None
    larger = (value if type(value) is IntSet else _NO_INTEGERS).with_number(number)
    most = limits[_INTSET_ENTRIES]
    # One that has the number already stays what it is, even if it could not become as large now.
    return larger if larger.size() <= most or (larger is value and most) else None


def _add_to_table(value: HashSet, members: Sequence[bytes], limits: Limits) -> int:
    before = value.count
    if value.encoding == LISTPACK and not _fit_listpack(value, members, limits):
        value.encoding = HASHTABLE
    for member in members:
        value.put(member, True)
    return value.count - before


def _fit_listpack(value: HashSet, members: Sequence[bytes], limits: Limits) -> bool:
    """Tell whether a listpack that is kept open remains one when these members come."""
    new, most = {member for member in members if not value.has(member)}, limits[_LISTPACK_ENTRIES]
    has_room = len(members) <= most and (not new or value.count + len(new) <= most)
    return has_room and max(map(len, new), default=0) <= limits[_LISTPACK_VALUE]


def take_some(value: SetValue, random: Random, count: int, limits: Limits) -> tuple[SetValue, list[bytes]]:
    """Remove so many members by chance, fewer than there are; return the set to keep, and the members.

    A hashtable of which little is left is made anew, as a listpack if that can hold it; source: SPOP.
    """
    if not isinstance(value, HashSet):
        popped = value.sample(random, count)
        return value.remove(popped)[0], popped
    left = value.count - count
    if left * _FEW_REMAIN > count or value.encoding == LISTPACK:
        return value, [value.take(random)[1] for _ in range(count)]
    rest = SetBuilder(limits, {})
    rest.add_all([value.take(random)[1] for _ in range(left)])
    return rest.finished(), list(value)


def scan(value: SetValue, cursor: int, count: int) -> tuple[int, Iterable[tuple[bytes]]]:
    """Return the next cursor and some members of a hashtable, or all of anything smaller; source: SSCAN."""
    if isinstance(value, HashSet) and value.encoding == HASHTABLE:
        cursor, members = value.scan(cursor, count)
        return cursor, zip(members)
    return 0, zip(value.members())


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
    def of(cls, value: IntSet | PackedSet | None, members: Sequence[bytes], limits: Limits) -> "SetBuilder":
        """Go on with a small set, or begin one, to which `members` will be added: their number counts at once."""
        if value is None:
            if len(members) <= limits[_INTSET_ENTRIES] and parse_integer(members[0]) is not None:
                return cls(limits, set())
            return cls(limits, {} if len(members) <= limits[_LISTPACK_ENTRIES] else HashSet())
        if type(value) is IntSet:
            builder, most = cls(limits, set(value.numbers())), limits[_INTSET_ENTRIES]
        else:
            builder, most = cls(limits, dict.fromkeys(value.members())), limits[_LISTPACK_ENTRIES]
        if len(members) > most:
            builder._open()
        return builder

    def size(self) -> int:
        """Return the number of members so far."""
        return len(self._content)

    def add_all(self, members: Iterable[bytes]) -> None:
        """Add members, in this order."""
        rest = iter(members)
        for member in rest:
            self._add(member)
            if isinstance(self._content, HashSet):
                self._content.extend(rest)

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
        if not isinstance(content, set) and len(content) <= self._limits[_INTSET_ENTRIES]:
            numbers = {number for member in content if (number := parse_integer(member)) is not None}
            if len(numbers) == len(content):
                self._content = numbers

    def finished(self) -> SetValue:
        """Return the set."""
        content = self._content
        if isinstance(content, HashSet):
            return content
        return IntSet.of(content) if isinstance(content, set) else listpack_of(content)

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
            before = len(content)
            content.add(number)
            if before != len(content) > self._limits[_INTSET_ENTRIES]:
                self._open()
            return
        longest = max(map(len, spelled((min(content), max(content))))) if content else 0
        if longest <= self._limits[_LISTPACK_VALUE]:
            self._content = dict.fromkeys(spelled(sorted(content)))
        else:
            self._open()
        self._add(member)

    def _open(self) -> HashSet:
        """Become a hashtable."""
        content, self._content = self._content, (opened := HashSet())
        opened.extend(spelled(content) if isinstance(content, set) else content)
        return opened
