"""Sorted sets against a naive model: both forms, and the passage from one to the other."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from trioredis.datatypes.kinds import KINDS, copy_of, encoding_name, memory_usage, type_name
from trioredis.datatypes.sorted_sets import (
    AnySortedSet,
    Cut,
    LargeSortedSet,
    PackedSortedSet,
    SmallSortedSet,
    new_sorted_set,
    opened,
    sorted_set_of,
)
from trioredis.errors import CommandError

LIMITS = {b"zset-max-listpack-entries": 128, b"zset-max-listpack-value": 64}
NONE = {b"zset-max-listpack-entries": 0, b"zset-max-listpack-value": 64}

SCORES = st.sampled_from([0.0, 1.0, -1.0, 1.5, math.inf, -math.inf, 5e-324, -5e-324, 1e300]) | st.floats(
    allow_nan=False
)
MEMBERS = st.sampled_from([b"", b"\0", b"a", b"ab", b"b", b"\xff", b"\xff\xff"]) | st.binary(max_size=3)
CONTENTS = st.dictionaries(MEMBERS, SCORES, max_size=200)
FORMS = st.sampled_from([LIMITS, NONE])


def in_order(content: dict[bytes, float]) -> list[tuple[bytes, float]]:
    return sorted(content.items(), key=lambda item: (item[1], item[0]))


class Walk(RuleBasedStateMachine):
    """Changes a sorted set and a dict in the same way."""

    @initialize(limits=FORMS)
    def begin(self, limits: dict[bytes, int]) -> None:
        self.limits = limits
        self.content: dict[bytes, float] = {}
        self.ours: AnySortedSet = new_sorted_set()

    @rule(member=MEMBERS, score=SCORES)
    def put(self, member: bytes, score: float) -> None:
        old = self.ours.score(member)
        assert self.content.get(member) == old
        self.content[member] = score
        if old is not None:
            self.ours.move(member, old, score)
            return
        self.ours = self.ours.with_room(len(self.ours) + 1, len(member), self.limits)
        self.ours.add(member, score)

    @rule(content=CONTENTS)
    def put_many(self, content: dict[bytes, float]) -> None:
        for member, score in content.items():
            self.put(member, score)

    @rule(member=MEMBERS)
    def remove(self, member: bytes) -> None:
        assert self.ours.remove(member) is (self.content.pop(member, None) is not None)

    @rule(start=st.integers(0, 300), size=st.integers(0, 100))
    def remove_span(self, start: int, size: int) -> None:
        start = min(start, len(self.content))
        stop = min(start + size, len(self.content))
        for member, _ in in_order(self.content)[start:stop]:
            del self.content[member]
        self.ours.remove_span(start, stop)

    @rule()
    def store(self) -> None:
        self.ours = opened(copy_of(self.ours.stored()))

    @rule(member=MEMBERS)
    def rank(self, member: bytes) -> None:
        members = [each for each, _ in in_order(self.content)]
        assert (members.index(member) if member in members else None) == self.ours.rank(member)

    @rule(low=SCORES, after_low=st.booleans(), high=SCORES, after_high=st.booleans(), backwards=st.booleans())
    def scores(self, low: float, after_low: bool, high: float, after_high: bool, backwards: bool) -> None:
        start, stop = self.ours.span_of_scores(Cut(low, after_low), Cut(high, after_high))
        expected = [
            item
            for item in in_order(self.content)
            if (item[1] > low or (item[1] == low and not after_low))
            and (item[1] < high or (item[1] == high and after_high))
        ]
        assert (expected[::-1] if backwards else expected) == self.ours.items(
            start, stop, backwards=backwards
        )

    @invariant()
    def same(self) -> None:
        expected = in_order(self.content)
        assert expected == list(self.ours)
        assert expected == self.ours.items(0, len(expected))
        assert [member for member, _ in expected][::-1] == self.ours.members(0, len(expected), backwards=True)
        assert len(expected) == len(self.ours)


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=50, stateful_step_count=30)


@given(CONTENTS, FORMS)
def test_one_made_of_items_holds_them_in_order(content: dict[bytes, float], limits: dict[bytes, int]) -> None:
    assert in_order(content) == list(opened(sorted_set_of(content.items(), limits)))


@given(st.sets(MEMBERS, max_size=100), MEMBERS, st.booleans(), MEMBERS, st.booleans(), st.booleans(), FORMS)
def test_members_between_two_cuts(
    members: set[bytes],
    low: bytes,
    after_low: bool,
    high: bytes,
    after_high: bool,
    backwards: bool,
    limits: dict[bytes, int],
) -> None:
    ours = opened(sorted_set_of(((member, 1.5) for member in members), limits))
    start, stop = ours.span_of_members(Cut(low, after_low), Cut(high, after_high), backwards=backwards)
    expected = [
        each
        for each in sorted(members)
        if (each > low or (each == low and not after_low)) and (each < high or (each == high and after_high))
    ]
    assert expected == ours.members(start, stop)


@given(st.sets(MEMBERS), FORMS)
def test_all_members_are_between_the_outermost_cuts(members: set[bytes], limits: dict[bytes, int]) -> None:
    ours = opened(sorted_set_of(((member, 0.0) for member in members), limits))
    assert (0, len(members)) == ours.span_of_members(Cut(b""), Cut(None))
    assert 0 == len(range(*ours.span_of_members(Cut(None), Cut(None))))


# --- forms


def numbered(count: int) -> Iterator[tuple[bytes, float]]:
    return ((b"%d" % number, float(number)) for number in range(count))


@pytest.mark.parametrize(
    ("count", "form", "encoding"),
    [
        (0, PackedSortedSet, b"listpack"),
        (64, PackedSortedSet, b"listpack"),
        (65, LargeSortedSet, b"listpack"),
        (128, LargeSortedSet, b"listpack"),
        (129, LargeSortedSet, b"skiplist"),
    ],
)
def test_a_sorted_set_is_packed_as_long_as_it_is_small(count: int, form: type, encoding: bytes) -> None:
    value = sorted_set_of(numbered(count), LIMITS)
    assert (b"zset", encoding, form) == (type_name(value), encoding_name(value), type(value))
    one_by_one: Any = new_sorted_set()
    for number, (member, score) in enumerate(numbered(count), 1):
        one_by_one = one_by_one.with_room(number, len(member), LIMITS)
        one_by_one.add(member, score)
    assert (encoding, form) == (encoding_name(one_by_one.stored()), type(one_by_one.stored()))


@pytest.mark.parametrize(
    ("longest", "limit", "form"),
    [
        (64, 64, PackedSortedSet),
        (65, 64, LargeSortedSet),
        (256, 10**6, PackedSortedSet),
        (257, 10**6, LargeSortedSet),
    ],
)
def test_long_members_are_not_packed(longest: int, limit: int, form: type) -> None:
    limits = LIMITS | {b"zset-max-listpack-value": limit}
    value = sorted_set_of([(b"m" * longest, 1.0)], limits)
    assert (form, b"listpack" if longest <= limit else b"skiplist") == (type(value), encoding_name(value))


def test_a_listpack_forgets_the_sign_of_zero_and_a_skiplist_does_not() -> None:
    listpack, skiplist = (opened(sorted_set_of([(b"a", -0.0)], limits)) for limits in (LIMITS, NONE))
    assert [1.0, -1.0] == [math.copysign(1.0, dict(each)[b"a"]) for each in (listpack, skiplist)]
    assert -1.0 == math.copysign(1.0, skiplist.items(0, 1)[0][1])


def test_what_is_no_sorted_set_is_refused() -> None:
    with pytest.raises(CommandError, match="WRONGTYPE"):
        opened(b"text")  # type: ignore[arg-type]


@pytest.mark.parametrize("limits", [LIMITS, NONE])
def test_a_copy_shares_nothing_that_changes(limits: dict[bytes, int]) -> None:
    value = sorted_set_of(numbered(10), limits)
    copy = opened(copy_of(value))
    copy.remove(b"5")
    copy.add(b"new", 3.0)
    assert list(numbered(10)) == list(opened(value))


def test_a_large_one_is_freed_in_slices_and_leaves_nothing() -> None:
    value = sorted_set_of(numbered(10_000), LIMITS)
    crumble = KINDS[type(value)].crumble
    assert crumble is not None
    slices = crumble(value)
    assert 0 == len(opened(value))
    assert 20 <= sum(1 for _ in slices) < 40


@pytest.mark.parametrize("samples", [0, 5, 10**6])
def test_memory_counts_every_member(samples: int) -> None:
    small, large = (memory_usage(sorted_set_of(numbered(count), LIMITS), samples) for count in (1000, 2000))
    assert 1.5 < large / small < 2.5
    assert 1000 * 100 < small < 1000 * 300


def test_five_members_take_little() -> None:
    small = sorted_set_of(numbered(5), LIMITS)
    assert memory_usage(small, 0) < 150
    assert SmallSortedSet is type(opened(small))
