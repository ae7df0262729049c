"""Intersections, unions and differences of sets; a key that is not there stands for an empty one.

Members are filtered through one set after the other, lazily, so that nothing is built but what is asked for. What is
to be stored goes through a `SetBuilder`, in the order in which Redis would add it: the encoding depends on that.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, filterfalse
from typing import TypeAlias

from trioredis.datatypes.packing import Limits
from trioredis.datatypes.set_forms import IntSet, spelled
from trioredis.datatypes.sets import SetBuilder, SetValue

Values: TypeAlias = Sequence[SetValue | None]


def intersection(values: Values) -> Iterator[bytes]:
    """Yield the members that all sets have: those of the smallest set, in its order, which the others have too."""
    present = [value for value in values if value is not None]
    if len(present) < len(values):
        return iter(())
    smallest, *others = sorted(present, key=lambda value: value.size())
    lookups = smallest.size()
    found = iter(smallest.members())
    for other in others:
        if other is not smallest:
            found = filter(other.finder(lookups), found)
    return found


def stored_intersection(values: Values, limits: Limits) -> SetValue:
    """Return the intersection as a set of its own: an intset if that is possible."""
    starts_with_integers = None not in values and isinstance(min(values, key=_size), IntSet)
    builder = SetBuilder(limits, set() if starts_with_integers else {})
    builder.add_all(intersection(values))
    builder.prefer_integers()
    return builder.finished()


def union(values: Values) -> list[bytes]:
    """Return the members that any of the sets has; integers alone are in ascending order."""
    present = [value for value in values if value is not None]
    integers = [value.numbers() for value in present if isinstance(value, IntSet)]
    if len(integers) == len(present):
        return spelled(sorted(set(chain.from_iterable(integers))))
    return list(dict.fromkeys(chain.from_iterable(value.members() for value in present)))


def stored_union(values: Values, limits: Limits) -> SetValue:
    """Return the union as a set of its own."""
    builder = SetBuilder(limits, set())
    for value in values:
        if value is not None:
            builder.add_all(value.members())
    return builder.finished()


def difference(values: Values) -> list[bytes]:
    """Return the members of the first set, in its order, that no other one has."""
    first, others = _minuend_and_rest(values)
    if first is None:
        return []
    if _is_looking_up_cheaper(first, others):
        return list(_looked_up_difference(first, others))
    left = dict.fromkeys(first.members())
    for other in others:
        for member in other.members():
            left.pop(member, None)
    return list(left)


def stored_difference(values: Values, limits: Limits) -> SetValue:
    """Return the difference as a set of its own."""
    builder = SetBuilder(limits, set())
    first, others = _minuend_and_rest(values)
    if first is None:
        return builder.finished()
    if _is_looking_up_cheaper(first, others):
        builder.add_all(_looked_up_difference(first, others))
        return builder.finished()
    builder.add_all(first.members())
    for other in others:
        builder.remove_all(other.members())
    return builder.finished()


def _minuend_and_rest(values: Values) -> tuple[SetValue | None, list[SetValue]]:
    """Return the first set and those to subtract from it; None where nothing can be left."""
    first, *others = values
    # By identity: an intset may have the same bytes as a listpack of other members.
    is_there_twice = any(other is first for other in others)
    return (None if is_there_twice else first), [other for other in others if other is not None]


def _is_looking_up_cheaper(first: SetValue, others: list[SetValue]) -> bool:
    """Decide as Redis does: each member looked up in each set, or the members of each set removed one by one."""
    sizes = [first.size(), *(other.size() for other in others)]
    return sizes[0] * len(sizes) // 2 <= sum(sizes)


def _looked_up_difference(first: SetValue, others: list[SetValue]) -> Iterator[bytes]:
    found, lookups = iter(first.members()), first.size()
    for other in sorted(others, key=_size, reverse=True):
        found = filterfalse(other.finder(lookups), found)
    return found


def _size(value: SetValue | None) -> int:
    return 0 if value is None else value.size()
