"""What operations on large sorted sets cost, in comparisons of elements: O(log n + m) for m elements of n."""

from collections.abc import Callable
from math import log2
from typing import Any

import pytest

from trioredis.datatypes.sorted_sets import Cut, LargeSortedSet, opened, sorted_set_of

LIMITS = {b"zset-max-listpack-entries": 128, b"zset-max-listpack-value": 64}


class Counted(bytes):
    """A member that counts the comparisons which it, and the entry that it is put in, take part in."""

    comparisons = 0

    def __radd__(self, score: bytes) -> "Counted":
        return Counted(bytes(score) + bytes(self))

    def __lt__(self, other: Any) -> bool:
        Counted.comparisons += 1
        return bytes.__lt__(self, other)

    def __gt__(self, other: Any) -> bool:
        Counted.comparisons += 1
        return bytes.__gt__(self, other)

    def __eq__(self, other: object) -> bool:
        Counted.comparisons += 1
        return bytes.__eq__(self, other)

    __hash__ = bytes.__hash__


def member(number: int) -> Counted:
    return Counted(b"m%07d" % number)


@pytest.fixture(scope="module", params=[1_000, 10_000, 100_000])
def large(request: pytest.FixtureRequest) -> LargeSortedSet:
    items = ((member(number), float(number // 10)) for number in range(request.param))
    sorted_set = opened(sorted_set_of(items, LIMITS))
    assert isinstance(sorted_set, LargeSortedSet)
    return sorted_set


def comparisons(act: Callable[[], object]) -> int:
    Counted.comparisons = 0
    act()
    return Counted.comparisons


@pytest.mark.parametrize(
    "act",
    [
        lambda z: z.rank(member(777)),
        lambda z: z.place_of_score(50.0, after=False),
        lambda z: z.place_of_score(50.0, after=True),
        lambda z: z.span_of_scores(Cut(20.0), Cut(90.0, after=True)),
        lambda z: z.span_of_members(Cut(b"m0000100"), Cut(b"m0000900", after=True)),
        lambda z: z.items(500, 520),
        lambda z: z.members(500, 520, backwards=True),
        lambda z: (z.add(member(10**6), 33.0), z.remove(member(10**6))),
        lambda z: (z.move(member(500), 50.0, 77.0), z.move(member(500), 77.0, 50.0)),
        lambda z: z.add(*z.take(0)),
        lambda z: z.add(*z.take(-1)),
    ],
)
def test_a_place_is_found_in_logarithmic_time(large: LargeSortedSet, act: Callable[[Any], object]) -> None:
    assert comparisons(lambda: act(large)) <= 6 * (log2(len(large)) + 2)


@pytest.mark.parametrize("count", [1, 2, 50, 200])
def test_removing_a_span_costs_what_is_in_it(large: LargeSortedSet, count: int) -> None:
    removed = large.items(300, 300 + count)
    assert comparisons(lambda: large.remove_span(300, 300 + count)) <= 8 * count + 6 * log2(len(large))
    for each, score in removed:
        large.add(member(int(each[1:])), score)
