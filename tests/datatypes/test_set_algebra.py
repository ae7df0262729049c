"""Set algebra beside Python's own, and how many members are looked at for it."""

from collections.abc import Callable
from functools import reduce
from operator import and_, or_, sub
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datatypes.set_limits import USUAL, limits
from trioredis.datatypes import set_algebra as algebra
from trioredis.datatypes.packing import Limits
from trioredis.datatypes.set_algebra import Values
from trioredis.datatypes.set_forms import HashSet, IntSet, PackedSet
from trioredis.datatypes.sets import SetValue, add

MEMBERS = st.one_of(st.integers(-8, 8), st.sampled_from(["a", "b", "01", "", "y" * 65]))
SETS = st.lists(st.sets(MEMBERS.map(lambda it: str(it).encode()), max_size=15), min_size=1, max_size=5)
LIMITS = st.builds(limits, st.integers(0, 12), st.integers(0, 12), st.sampled_from([1, 64]))

Operation = Callable[[set[bytes], set[bytes]], set[bytes]]
WAYS: dict[str, tuple[Operation, Callable[[Values], Any], Callable[[Values, Limits], SetValue]]] = {
    "intersection": (and_, algebra.intersection, algebra.stored_intersection),
    "union": (or_, algebra.union, algebra.stored_union),
    "difference": (sub, algebra.difference, algebra.stored_difference),
}


def value_of(members: set[bytes], limits: Limits = USUAL) -> SetValue | None:
    return add(None, [*members], limits)[0] if members else None


@pytest.mark.parametrize("way", WAYS)
@given(SETS, LIMITS, LIMITS)
def test_it_is_that_of_sets(way: str, sets: list[set[bytes]], limits: Limits, later: Limits) -> None:
    operation, combined, stored = WAYS[way]
    expected = sorted(reduce(operation, sets))
    values = [value_of(members, limits) for members in sets]
    assert expected == sorted(combined(values))
    assert expected == sorted(stored(values, later).members())
    assert sets == [{*value.members()} if value else set() for value in values]


@given(SETS)
def test_a_set_and_itself(sets: list[set[bytes]]) -> None:
    value = value_of(sets[0])
    others = [value_of(members) for members in sets[1:]]
    assert [] == algebra.difference([value, *others, value])
    assert sorted(sets[0]) == sorted(algebra.intersection([value, value]))


def test_sets_of_different_forms_are_different_though_their_bytes_are_equal() -> None:
    words = value_of({b"abcdef"})
    assert isinstance(words, PackedSet)
    integers = IntSet(words)
    assert sorted(integers.numbers()) == list(integers.numbers())
    assert [b"abcdef"] == algebra.difference([words, integers])


@pytest.mark.parametrize("way", WAYS)
@given(st.lists(st.sets(st.integers(-50, 50), max_size=20), min_size=1, max_size=4))
def test_integers_make_an_intset(way: str, sets: list[set[int]]) -> None:
    _, _, stored = WAYS[way]
    values = [IntSet.of(members) if members else None for members in sets]
    assert isinstance(stored(values, USUAL), IntSet)


class CountedSlots(list[Any]):
    """Slots that count who looks at them."""

    looks = 0

    def __getitem__(self, index: Any) -> Any:
        self.looks += 1
        return super().__getitem__(index)


def large(size: int, prefix: bytes = b"m") -> tuple[HashSet, CountedSlots]:
    value = HashSet()
    value.extend(b"%b%d" % (prefix, number) for number in range(size))
    value.slots = slots = CountedSlots(value.slots)
    return value, slots


def test_an_intersection_looks_up_the_members_of_the_smallest_set_only() -> None:
    (first, first_looks), (second, second_looks) = large(10_000), large(20_000)
    few = value_of({b"m1", b"m2", b"x"})
    assert [b"m1", b"m2"] == sorted(algebra.intersection([first, few, second]))
    assert (3, 2) == (first_looks.looks, second_looks.looks)


def test_counting_an_intersection_ends_with_the_limit() -> None:
    (first, first_looks), (second, second_looks) = large(1000), large(10_000)
    found = algebra.intersection([second, first])
    assert 10 == len([next(found) for _ in range(10)])
    assert first_looks.looks + second_looks.looks < 20


def test_a_small_set_minus_large_ones_looks_up_its_own_members_only() -> None:
    (first, first_looks), (second, second_looks) = large(10_000), large(20_000)
    few = value_of({b"m1", b"m15000", b"x"})
    assert [b"x"] == algebra.difference([few, first, second])
    assert first_looks.looks + second_looks.looks <= 6


def test_a_large_set_minus_many_small_ones_does_not_look_up_each_member_in_each() -> None:
    value, looks = large(10_000)
    others = [large(2, b"m") for _ in range(20)]
    assert 9_998 == len(algebra.difference([value, *(other for other, _ in others)]))
    assert looks.looks <= 10_000
    assert sum(counted.looks for _, counted in others) <= 40
