"""Hashes beside a dict: whatever form a hash has, it holds the same, and it has the form that its limits ask for."""

import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trioredis import errors
from trioredis.datatypes import hashes, kinds
from trioredis.datatypes.hashes import HashValue, ListedHash, PackedHash, TableHash
from trioredis.datatypes.packing import MOST, Limits
from trioredis.errors import CommandError

ENTRIES, LONGEST = 512, 64

FORMS: list[tuple[type, int]] = [(PackedHash, 5), (ListedHash, 300), (TableHash, 600)]


def limits(entries: int = ENTRIES, longest: int = LONGEST) -> Limits:
    return {b"hash-max-listpack-entries": entries, b"hash-max-listpack-value": longest}


USUAL = limits()


def numbered(size: int, start: int = 0) -> dict[bytes, bytes]:
    return {b"field:%d" % n: b"text:%d" % n for n in range(start, start + size)}


def of(fields: dict[bytes, bytes], entries: int = ENTRIES, longest: int = LONGEST) -> HashValue:
    words = [word for item in fields.items() for word in item]
    return hashes.set_fields(None, words, limits(entries, longest))[0]


@pytest.fixture(params=FORMS, ids=lambda form: form[0].__name__)
def value(request: pytest.FixtureRequest) -> HashValue:
    """A hash of numbered fields in each of its forms."""
    form, size = request.param
    value = of(numbered(size))
    assert form is type(value)
    return value


# --- what it holds

NAMES = st.sampled_from([b"", b"a", b"b", b"\x00\xff", b"f" * 64, b"f" * 65]) | st.binary(max_size=3)
TEXTS = st.sampled_from([b"", b"1", b"t" * 64, b"t" * 65]) | st.binary(max_size=3)
PAIRS = st.lists(st.tuples(NAMES, TEXTS), min_size=1, max_size=12)
CHANGES = st.lists(PAIRS | st.lists(NAMES, max_size=4))


@given(CHANGES, st.sampled_from([1, 7, 100]), st.sampled_from([2, 64, 10**6]))
def test_holds_what_a_dict_holds_in_order_until_a_limit_is_crossed(
    changes: list[list[Any]], entries: int, longest: int
) -> None:
    value: HashValue | None = None
    model: dict[bytes, bytes] = {}
    is_table = False
    for change in changes:
        before = len(model)
        if change and isinstance(change[0], tuple):
            model.update(change)
            words = [word for pair in change for word in pair]
            is_table |= max(len(model), len(change)) > entries or max(map(len, words)) > longest
            value, added = put(value, words, limits(entries, longest))
            assert len(model) - before == added
        elif value is not None:
            for field in change:
                model.pop(field, None)
            value, removed = hashes.delete_fields(value, change)
            assert before - len(model) == removed
        if value is None:
            assert {} == model
            is_table = False
        else:
            check(value, model, is_table)


def put(value: HashValue | None, words: list[bytes], limits: Limits) -> tuple[HashValue, int]:
    return (
        hashes.set_field(value, words[0], words[1], limits)
        if len(words) == 2
        else hashes.set_fields(value, words, limits)
    )


def check(value: HashValue, model: dict[bytes, bytes], is_table: bool) -> None:
    assert is_table == (hashes.encoding(value) == b"hashtable")
    assert len(model) == hashes.length(value)
    assert all(text == hashes.get(value, field) for field, text in model.items())
    assert hashes.get(value, b"nobody has it") is None
    items = list(hashes.items(value))
    assert sorted(model.items()) == sorted(items) if is_table else list(model.items()) == items


def test_a_field_that_is_set_again_keeps_its_place_and_one_that_was_removed_does_not() -> None:
    value: HashValue | None = of(numbered(3))
    assert value is not None
    value, _ = hashes.set_field(value, b"field:0", b"new", USUAL)
    value, _ = hashes.delete_fields(value, [b"field:1"])
    value, _ = hashes.set_field(value, b"field:1", b"back", USUAL)
    assert [b"field:0", b"field:2", b"field:1"] == [field for field, _ in hashes.items(value)]


def test_every_form_gives_all_of_its_fields(value: HashValue) -> None:
    expected = numbered(hashes.length(value))
    assert sorted(expected.items()) == sorted(hashes.items(value))
    assert b"text:3" == hashes.get(value, b"field:3")


def test_what_is_no_hash_is_refused() -> None:
    values: list[Any] = [b"", bytearray(), 1, {}, object()]
    for value in values:
        assert not hashes.is_hash(value)
        with pytest.raises(CommandError) as caught:
            hashes.require_hash(value)
        assert errors.WRONGTYPE == caught.value.text


# --- forms


def grown(size: int) -> HashValue:
    """A hash that got its fields one by one."""
    value: HashValue | None = None
    for field, text in numbered(size).items():
        value, _ = hashes.set_field(value, field, text, USUAL)
    assert value is not None
    return value


@pytest.mark.parametrize(
    ("size", "form"),
    [
        (1, PackedHash),
        (MOST // 2, PackedHash),
        (MOST // 2 + 1, ListedHash),
        (ENTRIES, ListedHash),
        (ENTRIES + 1, TableHash),
    ],
)
def test_a_hash_has_the_form_of_its_size(size: int, form: type) -> None:
    assert form is type(grown(size))
    assert form is type(of(numbered(size)))


def test_a_hash_that_shrinks_keeps_its_encoding(value: HashValue) -> None:
    before = hashes.encoding(value)
    left, _ = hashes.delete_fields(value, [*numbered(hashes.length(value) - 1)])
    assert left is not None
    assert (before, 1) == (hashes.encoding(left), hashes.length(left))


def test_a_hash_of_few_but_large_fields_is_not_packed() -> None:
    value, _ = hashes.set_field(None, b"small", b"1", limits(longest=10**6))
    value, _ = hashes.set_field(value, b"large", b"t" * 20_000, limits(longest=10**6))
    assert ListedHash is type(value)
    assert ListedHash is type(of(dict(hashes.items(value)), longest=10**6))


def test_large_forms_change_in_place() -> None:
    for size in (300, 600):
        value = of(numbered(size))
        assert value is hashes.set_field(value, b"new", b"1", USUAL)[0]
        assert value is hashes.delete_fields(value, [b"new"])[0]


def test_limits_that_were_lowered_count_from_the_next_change_on() -> None:
    value = of(numbered(5))
    unchanged, removed = hashes.delete_fields(value, [b"nobody has it"])
    assert unchanged is value
    assert not removed
    assert PackedHash is type(hashes.delete_fields(value, [b"field:1"])[0])
    assert TableHash is type(hashes.set_field(value, b"field:0", b"", limits(4))[0])
    assert PackedHash is type(hashes.set_field(value, b"field:0", b"", limits(longest=7))[0])
    assert TableHash is type(hashes.set_field(value, b"field:0", b"", limits(longest=6))[0])


def test_more_fields_than_allowed_make_a_table_even_if_they_are_the_same_ones() -> None:
    value, added = hashes.set_fields(None, [b"a", b"1"] * 3, limits(2))
    assert (TableHash, 1) == (type(value), added)


# --- as a kind


def test_every_form_is_a_hash(value: HashValue) -> None:
    assert b"hash" == kinds.type_name(value)
    assert hashes.encoding(value) == kinds.encoding_name(value)


def test_a_copy_lives_its_own_life(value: HashValue) -> None:
    size = hashes.length(value)
    copy = kinds.copy_of(value)
    assert type(value) is type(copy)
    changed, _ = hashes.set_field(copy, b"new", b"1", limits(10**6))
    changed, _ = hashes.delete_fields(changed, [b"field:0"])
    assert sorted(numbered(size).items()) == sorted(hashes.items(value))
    assert changed is not None
    assert sorted({**numbered(size - 1, 1), b"new": b"1"}.items()) == sorted(hashes.items(changed))


def test_memory_is_about_what_the_fields_take(value: HashValue) -> None:
    content = sum(len(field) + len(text) for field, text in hashes.items(value))
    from_all, from_some = kinds.memory_usage(value, 0), kinds.memory_usage(value, 5)
    assert content < from_all
    assert 0.8 * from_all < from_some < 1.25 * from_all


def test_a_small_hash_is_one_object_that_no_collector_sees() -> None:
    value = of(numbered(5))
    assert kinds.memory_usage(value, 5) == sys.getsizeof(value) < 250
    assert bytes in type(value).__mro__


@pytest.mark.parametrize("size", [300, 600, 5_000])
@pytest.mark.parametrize("form", [ListedHash, TableHash])
def test_a_large_hash_is_freed_in_slices_and_nothing_is_left(form: type, size: int) -> None:
    value: Any = ListedHash(numbered(size)) if form is ListedHash else TableHash.of(numbered(size).items())
    crumble = kinds.CRUMBLING[form]
    steps = 0
    for step in crumble(value):
        assert isinstance(step, list)
        steps += 1
    assert 0 == len(value)
    assert steps <= 1 + 2 * size // 1024
