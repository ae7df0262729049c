"""Consumer groups: whose is what, and how far a group has come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trioredis.datatypes.consumer_groups import UNKNOWN, Consumer, Group
from trioredis.datatypes.streams import Cut, Stream


def group_of(*names: bytes) -> Group:
    group = Group(0)
    group.consumers = {name: Consumer(name, 0) for name in names}
    return group


def owners(group: Group) -> dict[int, bytes]:
    """Who has what pending; the consumers' own lists have to say the same."""
    for consumer in group.consumers.values():
        assert [*consumer.pending] == [each for each, d in group.pending.items() if d.consumer is consumer]
    return {entry_id: delivery.consumer.name for entry_id, delivery in group.pending.items()}


STEPS = st.tuples(
    st.sampled_from(["deliver", "acknowledge", "remove"]), st.integers(1, 9), st.sampled_from([b"a", b"b"])
)


@given(st.lists(STEPS))
def test_an_entry_is_pending_for_the_one_who_got_it_last(steps: list[tuple[str, int, bytes]]) -> None:
    group, expected = group_of(b"a", b"b"), dict[int, bytes]()
    for step, entry_id, name in steps:
        match step:
            case "deliver":
                group.deliver(entry_id, group.consumers[name], 5)
                expected[entry_id] = name
            case "acknowledge":
                assert group.acknowledge(entry_id) == (expected.pop(entry_id, None) is not None)
            case "remove":
                lost = [entry_id for entry_id, owner in expected.items() if owner == name]
                assert len(lost) == group.remove_consumer(name)
                group.consumers[name] = Consumer(name, 0)
                for each in lost:
                    del expected[each]
        assert dict(sorted(expected.items())) == owners(group)


def test_a_second_delivery_counts_as_the_first() -> None:
    group = group_of(b"a", b"b")
    group.deliver(1, group.consumers[b"a"], 5)
    group.pending[1].count = 7
    group.deliver(1, group.consumers[b"b"], 9)
    assert (1, 9) == (group.pending[1].count, group.pending[1].time)


def test_who_got_something_was_active() -> None:
    group = group_of(b"a", b"b")
    group.deliver(1, group.consumers[b"a"], 5)
    assert [5, UNKNOWN] == [group.consumers[name].active_time for name in (b"a", b"b")]


def stream_of(count: int) -> Stream:
    stream = Stream()
    for entry_id in range(1, count + 1):
        stream.add(entry_id, (b"f", b"v"), 0, 3)
    return stream


def read(stream: Stream, group: Group, count: int) -> None:
    entries = stream.entries(group.last_id + 1, count=count)
    stream.deliver(group, Consumer(b"c", 0), (each for each, _ in entries), 5, noted=False)


def test_a_group_knows_how_far_it_has_come() -> None:
    stream, group = stream_of(10), Group(0)
    assert (UNKNOWN, 10) == (group.entries_read, stream.lag(group))
    read(stream, group, 4)
    assert (4, 4, 6) == (group.last_id, group.entries_read, stream.lag(group))
    stream.trim(Cut(length=5))
    assert 6 == stream.lag(group)  # in 7.2; later versions notice what was trimmed


def test_what_is_deleted_ahead_makes_the_lag_unknown_until_the_end_is_read() -> None:
    stream, group = stream_of(10), Group(0)
    read(stream, group, 4)
    stream.delete([7])
    assert stream.lag(group) is None
    read(stream, group, 100)
    assert (10, 10, 0) == (group.last_id, group.entries_read, stream.lag(group))


@pytest.mark.parametrize(("start", "expected"), [(0, 10), (1, 9), (5, None), (10, 0), (11, None)])
def test_a_group_that_starts_in_the_middle_cannot_know_what_lies_behind_it(
    start: int, expected: int | None
) -> None:
    assert expected == stream_of(10).lag(Group(start))


def test_a_stream_that_nobody_wrote_to_keeps_nobody_behind() -> None:
    assert 0 == Stream().lag(Group(5))
