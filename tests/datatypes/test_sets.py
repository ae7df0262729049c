"""Sets beside Python's own, whatever the limits, and what a Python set does not promise: encodings, order, fair choice."""

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datatypes.set_limits import USUAL, limits
from trioredis.datatypes import kinds, sets
from trioredis.datatypes.packing import MOST, Limits
from trioredis.datatypes.set_forms import HashSet, IntSet, PackedSet
from trioredis.datatypes.sets import SetBuilder, SetValue, add, take_some
from trioredis.errors import CommandError


def numbers(start: int, end: int) -> list[bytes]:
    return [b"%d" % number for number in range(start, end)]


def texts(start: int, end: int) -> list[bytes]:
    return [b"m%d" % number for number in range(start, end)]


def set_of(members: list[bytes], limits: Limits = USUAL) -> SetValue:
    value = None
    for member in members:
        value, _ = add(value, [member], limits)
    assert value is not None
    return value


MEMBERS = st.one_of(
    st.integers(-20, 20).map(lambda number: b"%d" % number),
    st.sampled_from([b"", b"01", b"+1", b"-0", b"x", b"y" * 64, b"y" * 65, b"9223372036854775807"]),
    st.sampled_from([b"-9223372036854775808", b"9223372036854775808", b"\x00\xff"]),
    st.binary(max_size=3),
)
LIMITS = st.builds(limits, st.integers(0, 12), st.integers(0, 12), st.integers(0, 70))
CHANGES = st.lists(st.tuples(st.booleans(), st.lists(MEMBERS, min_size=1, max_size=8)), max_size=30)


@given(CHANGES, LIMITS)
def test_holds_what_a_set_holds(changes: list[tuple[bool, list[bytes]]], limits: Limits) -> None:
    value: SetValue | None = None
    model = set[bytes]()
    for adds, members in changes:
        before = len(model)
        if adds:
            model |= {*members}
            value, changed = add(value, members, limits)
        else:
            model -= {*members}
            value, changed = value.remove(members) if value else (None, 0)
        assert abs(len(model) - before) == changed
        if value is not None:
            check(value, model, members)
        value = value if model else None


def check(value: SetValue, model: set[bytes], others: list[bytes]) -> None:
    assert sorted(model) == sorted(value.members())
    assert len(model) == value.size()
    for lookups in (1, 1000):
        is_member = value.finder(lookups)
        assert all(
            (member in model) == value.has(member) == is_member(member) for member in [*model, *others]
        )


@given(CHANGES, LIMITS)
def test_members_added_at_once_or_one_by_one_are_the_same_set(
    changes: list[tuple[bool, list[bytes]]], limits: Limits
) -> None:
    members = [member for _, members in changes for member in members] or [b"x"]
    builder = SetBuilder.of(None, members[:1], limits)
    builder.add_all(members)
    together, singly = builder.finished(), set_of(members, limits)
    assert (together.encoding, sorted(together.members())) == (singly.encoding, sorted(singly.members()))
    if not isinstance(together, HashSet):
        assert together == singly


# Where an encoding ends. Real Redis 7.0 agrees about integers; the rest is t_set.c of 7.2.


@pytest.mark.parametrize(
    ("members", "encoding"),
    [
        (numbers(0, 512), b"intset"),
        (numbers(0, 513), b"hashtable"),
        (texts(0, 128), b"listpack"),
        (texts(0, 129), b"hashtable"),
        ([b"y" * 64], b"listpack"),
        ([b"y" * 65], b"hashtable"),
        ([b"x", b"y" * 65], b"hashtable"),
        ([b"x", *numbers(0, 127)], b"listpack"),
        ([b"x", *numbers(0, 128)], b"hashtable"),
        ([*numbers(0, 127), b"x"], b"listpack"),
        ([*numbers(0, 128), b"x"], b"hashtable"),
        ([b"1", b"y" * 65], b"hashtable"),
        ([b"01"], b"listpack"),
        ([b"9223372036854775807", b"-9223372036854775808"], b"intset"),
        ([b"9223372036854775808"], b"listpack"),
    ],
    ids=lambda it: it.decode() if isinstance(it, bytes) else f"{len(it)} from {it[0][:9].decode()}",
)
@pytest.mark.parametrize(
    "fill", [set_of, lambda members: add(None, members, USUAL)[0]], ids=["one by one", "at once"]
)
def test_encodings_end_where_redis_ends_them(
    fill: Callable[[list[bytes]], SetValue], members: list[bytes], encoding: bytes
) -> None:
    value = fill(members)
    assert encoding == value.encoding == kinds.encoding_name(value)
    assert sorted(members) == sorted(value.members())


def test_an_intset_whose_numbers_are_too_long_for_a_listpack_becomes_a_hashtable() -> None:
    for members in ([b"1", b"12"], [b"-1"]):
        value = set_of([*members, b"x"], limits(value=1))
        assert b"hashtable" == value.encoding
    assert b"listpack" == set_of([b"1", b"x"], limits(value=1)).encoding


def test_what_is_announced_to_be_large_is_a_hashtable_from_the_start() -> None:
    value, added = add(None, [b"x"] * 129, USUAL)
    assert (b"hashtable", 1) == (value.encoding, added)
    value, added = add(set_of([b"x"]), [b"x"] * 129, USUAL)
    assert (b"hashtable", 0) == (value.encoding, added)
    value, added = add(set_of([b"1"]), [b"1"] * 513, USUAL)
    assert (b"hashtable", 0) == (value.encoding, added)


def test_sets_do_not_go_back_when_they_shrink() -> None:
    value, _ = set_of([b"1", b"x"]).remove([b"x"])
    assert (b"listpack", [b"1"]) == (value.encoding, list(value.members()))


def test_integers_are_in_ascending_order_and_texts_in_that_of_their_coming() -> None:
    assert [b"-5", b"0", b"3", b"20"] == list(set_of([b"20", b"3", b"-5", b"0"]).members())
    assert [b"-5", b"20", b"b", b"3", b"a"] == list(set_of([b"20", b"-5", b"b", b"3", b"a"]).members())


def test_a_listpack_too_long_to_be_unpacked_is_open_and_says_that_it_is_one() -> None:
    many = limits(entries=MOST + 2)
    value = set_of(texts(0, MOST), many)
    assert isinstance(value, PackedSet)
    value, _ = add(value, [b"x"], many)
    assert isinstance(value, HashSet)
    value, _ = add(value, [b"x", b"y"], many)
    assert (b"listpack", MOST + 2) == (value.encoding, value.size())
    value, _ = add(value, [b"z"], many)
    assert (b"hashtable", MOST + 3) == (value.encoding, value.size())


def test_a_listpack_of_long_members_is_open_too() -> None:
    value = set_of([*texts(0, 3), b"y" * 20_000], limits(value=20_000))
    assert isinstance(value, HashSet)
    assert b"listpack" == value.encoding
    value, _ = add(value, [b"y" * 20_001], limits(value=20_000))
    assert b"hashtable" == value.encoding


def test_other_values_are_no_sets() -> None:
    assert not sets.is_set(b"")
    with pytest.raises(CommandError, match="WRONGTYPE"):
        sets.require_set(b"text")


def test_a_copy_shares_nothing_that_changes() -> None:
    original = set_of(texts(0, 200))
    copy = kinds.copy_of(original)
    original.remove(texts(0, 1))
    assert (200, original.encoding) == (copy.size(), copy.encoding)


def test_memory_of_a_large_set_is_estimated_from_some_members() -> None:
    value = set_of(texts(1000, 5000))
    exact, estimated = kinds.memory_usage(value, 0), kinds.memory_usage(value, 50)
    assert 4000 * 40 < exact < 4000 * 120
    assert 0.8 * exact < estimated < 1.2 * exact


def test_a_large_set_is_freed_in_slices() -> None:
    value = set_of(texts(0, 5000))
    steps = list(kinds.CRUMBLING[HashSet](value))
    assert 4 <= len(steps) < 10
    assert 0 == value.size()


# Choosing by chance. With 49 degrees of freedom chi-square exceeds this once in 10 000 tries; the seed makes it one.

LARGEST_CHI_SQUARE = 94.6

FORMS = {
    "integers": set_of(numbers(0, 50)),
    "packed": set_of(texts(0, 50)),
    "open": set_of(texts(0, 50), limits(entries=0)),
    "integers in a table": set_of(numbers(0, 50), limits(0, 0)),
}


def chi_square(drawn: Counter[bytes], value: SetValue) -> float:
    expected = drawn.total() / value.size()
    assert drawn.keys() <= {*value.members()}
    return sum((drawn[member] - expected) ** 2 / expected for member in value.members())


def popped(value: SetValue, random: Random, count: int | None = None) -> list[bytes]:
    value = kinds.copy_of(value)
    left, members = value.take(random) if count is None else take_some(value, random, count, USUAL)
    members = [members] if isinstance(members, bytes) else members
    assert left.size() == 50 - len(members)
    assert {*left.members()}.isdisjoint(members)
    return members


WAYS: dict[str, Callable[[SetValue, Random], list[bytes]]] = {
    "pick": lambda value, random: [value.pick(random)],
    "picks": lambda value, random: value.picks(random, 20),
    "take": popped,
    "few": lambda value, random: value.sample(random, 5),
    "most": lambda value, random: value.sample(random, 45),
    "take few": lambda value, random: popped(value, random, 5),
    "take most": lambda value, random: popped(value, random, 45),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", FORMS)
def test_every_member_has_the_same_chance(form: str, way: str) -> None:
    value, random = FORMS[form], Random(11)
    drawn, draws = Counter[bytes](), 0
    while drawn.total() < 10_000:
        draws += 1
        members = WAYS[way](value, random)
        assert way == "picks" or len(members) == len({*members})
        drawn.update(members)
    # Those that are drawn together are different, which only evens things out.
    assert chi_square(drawn, value) < LARGEST_CHI_SQUARE


def test_of_a_hashtable_only_few_remain_as_a_listpack() -> None:
    left, members = take_some(set_of(texts(0, 1000)), Random(1), 995, USUAL)
    assert (b"listpack", 5, 995) == (left.encoding, left.size(), len(members))
    left, members = take_some(set_of(texts(0, 1000)), Random(1), 500, USUAL)
    assert (b"hashtable", 500, 500) == (left.encoding, left.size(), len(members))


def test_of_a_hashtable_of_integers_only_few_remain_as_a_listpack_too() -> None:
    left, _ = take_some(set_of(numbers(0, 1000)), Random(1), 995, USUAL)
    assert b"listpack" == left.encoding


def test_an_intset_stays_one_however_few_remain() -> None:
    left, _ = take_some(IntSet.of(range(100)), Random(1), 99, USUAL)
    assert b"intset" == left.encoding
