"""Deadlines beside a plain dict of them."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trioredis.keyspace.expires import NEVER, Expires

KEYS = st.sampled_from([b"", b"a", b"b", b"ab", b"\xff", b"\x00" * 9, b"a" * 300])
DEADLINES = st.integers(0, 5) | st.integers(0, 2**63 - 1)
CHANGES = st.lists(
    st.tuples(st.just("set"), KEYS, DEADLINES)
    | st.tuples(st.just("discard"), KEYS, st.just(0))
    | st.tuples(st.just("pop_due"), st.just(b""), DEADLINES)
)


@given(CHANGES)
def test_holds_what_a_dict_holds(changes: list[tuple[str, bytes, int]]) -> None:
    expires, model = Expires(), dict[bytes, int]()
    for action, key, time in changes:
        if action == "set":
            expires.set(key, time)
            model[key] = time
        elif action == "discard":
            assert (key in model) == expires.discard(key)
            model.pop(key, None)
        else:
            due = next((name for end, name in agenda(model) if end < time), None)
            assert due == expires.pop_due(time)
            model = {name: end for name, end in model.items() if name != due}
        assert len(model) == expires.count
        assert min(model.values(), default=NEVER) == expires.earliest
        assert model == {name: expires.get(name) for name in model}
    assert agenda(model) == [(expires.earliest, expires.pop_due(NEVER)) for _ in model]


def agenda(model: dict[bytes, int]) -> list[tuple[int, bytes]]:
    return sorted((end, key) for key, end in model.items())


def test_a_deadline_is_over_when_its_millisecond_is() -> None:
    expires = Expires()
    expires.set(b"k", 1000)
    assert expires.pop_due(1000) is None
    assert b"k" == expires.pop_due(1001)


def test_a_negative_deadline_is_a_bug_of_the_caller() -> None:
    expires = Expires()
    with pytest.raises(OverflowError):
        expires.set(b"k", -1)
    assert 0 == expires.count


def test_setting_a_deadline_anew_leaves_nothing_behind() -> None:
    expires = Expires()
    for deadline in [*range(1000), *range(1000, 0, -1)]:
        expires.set(b"k", deadline)
    assert 1 == expires.count
    assert b"k" == expires.pop_due(NEVER)
    assert expires.pop_due(NEVER) is None


def test_deadlines_are_no_business_of_the_collector() -> None:
    expires = Expires()
    gc.collect()
    before = len(gc.get_objects())
    for number in range(10_000):
        expires.set(b"%d" % number, number)
    assert len(gc.get_objects()) - before < 100


def test_the_mean_time_to_live_is_estimated_from_the_whole_range() -> None:
    expires = Expires()
    assert 0 == expires.average_ttl(0)
    for number in range(1, 10_001):
        expires.set(b"%d" % number, 1000 + number)
    assert 4_000 <= expires.average_ttl(1000) <= 6_000
    assert 0 == expires.average_ttl(1_000_000)


def test_clearing_forgets_every_deadline() -> None:
    expires = Expires()
    expires.set(b"k", 1)
    list(expires.crumble())
    assert (0, NEVER, None) == (expires.count, expires.earliest, expires.get(b"k"))
