"""Streams beside a list that does the same the slow way, and what a list does not promise.

Nodes are small in most of these tests, so that there are many.
"""

import gc
import weakref
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from trioredis.datatypes.consumer_groups import Consumer, Group
from trioredis.datatypes.listpack import OVERHEAD, entry_size
from trioredis.datatypes.stream_ids import MAX_ID
from trioredis.datatypes.stream_nodes import Entry, Node
from trioredis.datatypes.streams import Cut, Stream
from trioredis.errors import CommandError


def filled(
    count: int, node_entries: int = 10, fields: Callable[[int], Entry] = lambda n: (b"f", b"%d" % n)
) -> Stream:
    """A stream of the ids from 1 on."""
    stream = Stream()
    for number in range(1, count + 1):
        stream.add(number, fields(number), 0, node_entries)
    return stream


def ids(entries: list[tuple[int, Entry]]) -> list[int]:
    return [entry_id for entry_id, _ in entries]


# --- beside a model


@define
class Model:
    """A stream as a list; for each node the ids that it had, and those that are left."""

    entries: dict[int, Entry] = field(factory=dict)
    nodes: list[tuple[list[int], set[int]]] = field(factory=list)
    first_deleted_last: int = 0

    def add(self, entry_id: int, entry: Entry, node_entries: int) -> None:
        if not self.nodes or len(self.nodes[-1][0]) >= node_entries:
            self.nodes.append(([], set()))
        self.nodes[-1][0].append(entry_id)
        self.nodes[-1][1].add(entry_id)
        self.entries[entry_id] = entry

    def delete(self, entry_id: int) -> bool:
        for had, has in self.nodes:
            if entry_id in has:
                has.remove(entry_id)
                del self.entries[entry_id]
                if not has:
                    self.nodes.remove((had, has))
                return True
        return False

    def trim(self, cut: Cut) -> int:
        before = len(self.entries)
        while self.nodes and not self.is_short_enough(cut):
            had, has = self.nodes[0]
            if 0 < cut.limit < before - len(self.entries) + len(has):
                break
            whole = had[-1] < cut.oldest if cut.length is None else len(self.entries) - len(has) >= cut.length
            if not whole:
                if not cut.whole_nodes:
                    self.trim_node(has, cut)
                break
            for entry_id in has:
                del self.entries[entry_id]
            del self.nodes[0]
        return before - len(self.entries)

    def is_short_enough(self, cut: Cut) -> bool:
        return cut.length is not None and len(self.entries) <= cut.length

    def trim_node(self, has: set[int], cut: Cut) -> None:
        for entry_id in sorted(has):
            if entry_id >= cut.oldest if cut.length is None else len(self.entries) <= cut.length:
                break
            has.remove(entry_id)
            del self.entries[entry_id]


FIELDS = st.sampled_from(
    [(b"f", b"1"), (b"f", b"1"), (b"f", b"text"), (b"g", b"2"), (b"f", b"1", b"g", b"2")]
)
PLACES = st.integers(0, 60)
CUTS = st.builds(
    Cut,
    length=st.none() | PLACES,
    oldest=PLACES,
    whole_nodes=st.booleans(),
    limit=st.sampled_from([0, 0, 3, 10]),
)
STEPS = st.one_of(
    st.tuples(st.just("add"), st.lists(FIELDS, min_size=1, max_size=20)),
    st.tuples(st.just("delete"), st.lists(PLACES, max_size=10)),
    st.tuples(st.just("trim"), CUTS),
    st.tuples(st.just("read"), st.tuples(PLACES, PLACES, st.sampled_from([0, 1, 3, 100]))),
)


@given(st.lists(STEPS, max_size=20), st.integers(1, 8))
def test_a_stream_does_what_a_list_does(steps: list[tuple[str, Any]], node_entries: int) -> None:
    stream, model = Stream(), Model()
    for name, what in steps:
        match name:
            case "add":
                for entry in what:
                    model.add(stream.last_id + 1, entry, node_entries)
                    stream.add(stream.last_id + 1, entry, 0, node_entries)
            case "delete":
                assert sum(map(model.delete, what)) == stream.delete(what)
            case "trim":
                assert model.trim(what) == stream.trim(what)
            case "read":
                start, end, count = what
                expected = [(each, entry) for each, entry in model.entries.items() if start <= each <= end]
                assert expected[: count or None] == stream.entries(start, end, count)
                assert expected[::-1][: count or None] == stream.entries_reversed(start, end, count)
        compare(model, stream)


def compare(model: Model, stream: Stream) -> None:
    assert len(model.entries) == stream.length
    assert min(model.entries, default=0) == stream.first_id
    assert max(model.entries, default=0) == stream.top_id
    assert [(had[0], had[-1], len(has)) for had, has in model.nodes] == [
        (node.start, node.last, node.count) for node in stream.nodes
    ]
    # All nodes are sealed but the last, and one more.
    assert sum(node.is_open for node in stream.nodes[:-1]) <= 1


@given(st.lists(FIELDS, min_size=1, max_size=30), st.sets(st.integers(0, 29)))
def test_a_sealed_node_opens_as_it_was(entries: list[Entry], removed: set[int]) -> None:
    node = Node(5 << 64, entries[0])
    for number, entry in enumerate(entries[1:], 1):
        node.add((5 << 64) + number * 2**63, entry)
    for place in sorted(removed, reverse=True):
        if place < node.count:
            node.remove(place, place + 1)
    before = node.ids.copy(), node.entries.copy(), node.size
    node.seal()
    node.open()
    assert before == (node.ids, node.entries, node.size)


# --- what Redis would write

NUMBERS = st.sampled_from([0, 1, 127, 128, 4095, 4096, 2**15, 2**31, 2**63 - 1, 2**63, 2**64 - 1])
TEXTS = st.sampled_from([b"", b"a", b"12", b"-1", b"4096", b"x" * 63, b"x" * 64, b"x" * 4096, b"9" * 21])
WIDE = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=140).map(lambda pairs: sum(pairs, ()))


def listpack(entries: list[tuple[int, Entry]], deleted: int) -> Iterator[bytes]:
    """The elements of the listpack that Redis makes of these entries."""
    start, first = entries[0]
    yield from (
        b"%d" % (len(entries) - deleted),
        b"%d" % deleted,
        b"%d" % (len(first) // 2),
        *first[::2],
        b"0",
    )
    for entry_id, entry in entries:
        halves = (entry_id >> 64) - (start >> 64), entry_id % 2**64 - start % 2**64
        yield b"2"  # or some other small number
        yield from (b"%d" % ((half + 2**63) % 2**64 - 2**63) for half in halves)
        if entry[::2] == first[::2]:
            yield from (*entry[1::2], b"%d" % (len(entry) // 2 + 3))
        else:
            yield from (b"%d" % (len(entry) // 2), *entry, b"%d" % (len(entry) + 4))


@given(
    st.sets(st.builds(lambda *halves: halves[0] << 64 | halves[1], NUMBERS, NUMBERS), min_size=1), st.data()
)
def test_a_node_has_the_size_of_the_listpack_that_redis_writes(
    some_ids: set[int], data: st.DataObject
) -> None:
    entries = [(entry_id, data.draw(WIDE | FIELDS)) for entry_id in sorted(some_ids)]
    node = Node(*entries[0])
    for entry in entries[1:]:
        node.add(*entry)
    deleted = data.draw(st.integers(0, len(entries) - 1))
    node.remove(0, deleted)
    assert OVERHEAD + sum(map(entry_size, listpack(entries, deleted))) == node.size


def radix_tree_size(keys: list[bytes]) -> int:
    """Nodes of a radix tree, counted in the tree itself."""
    prefixes = {key[:depth] for key in keys for depth in range(17)}
    children = {prefix: sum(other[:-1] == prefix for other in prefixes if other) for prefix in prefixes}
    chains = [prefix for prefix in prefixes if children[prefix] == 1]
    first_in_chain = [prefix for prefix in chains if not prefix or children[prefix[:-1]] != 1]
    return len(prefixes) - len(chains) + len(first_in_chain)


@given(
    st.sets(st.builds(lambda *halves: halves[0] << 64 | halves[1], NUMBERS, NUMBERS), min_size=1, max_size=9)
)
def test_the_radix_tree_has_as_many_nodes_as_if_there_were_one(some_ids: set[int]) -> None:
    stream = Stream()
    for entry_id in sorted(some_ids):
        stream.add(entry_id, (b"f", b"v"), 0, 1)
    assert radix_tree_size([each.to_bytes(16) for each in sorted(some_ids)]) == stream.radix_tree_nodes()


def test_a_node_is_full_by_entries_or_by_bytes() -> None:
    by_entries, by_bytes, endless = Stream(), Stream(), Stream()
    for number in range(1, 1001):
        by_entries.add(number, (b"f", b"v"), 0, 100)
        by_bytes.add(number, (b"f", b"v" * 100), 4096, 0)
        endless.add(number, (b"f", b"v"), 0, 0)
    assert [10, 28, 1] == [len(stream.nodes) for stream in (by_entries, by_bytes, endless)]


def test_an_entry_that_fits_in_no_node_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trioredis.datatypes.streams.LARGEST_NODE", 100)
    with pytest.raises(CommandError, match="too large"):
        Stream().add(1, (b"f", b"v" * 100), 0, 0)


# --- ids


@pytest.mark.parametrize(
    ("last", "now", "expected"),
    [
        (0, 5, 5 << 64),
        (5 << 64, 5, (5 << 64) + 1),
        (9 << 64, 5, (9 << 64) + 1),
        ((6 << 64) - 1, 5, 6 << 64),
        (MAX_ID, 5, MAX_ID + 1),
    ],
)
def test_ids_grow_even_if_the_clock_goes_back(last: int, now: int, expected: int) -> None:
    stream = Stream()
    stream.last_id = last
    assert expected == stream.next_id(now)


# --- how much is done


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Node]:
    """The nodes that were unpacked."""
    nodes: list[Node] = []
    unpack = Node.open

    def counting(node: Node) -> None:
        if not node.is_open:
            nodes.append(node)
        unpack(node)

    monkeypatch.setattr(Node, "open", counting)
    return nodes


def test_a_range_in_the_middle_looks_only_where_it_lies(opened: list[Node]) -> None:
    stream = filled(100_000)
    assert [*range(50_005, 50_025)] == ids(stream.entries(50_005, count=20))
    assert [*range(50_024, 50_004, -1)] == ids(stream.entries_reversed(end=50_024, count=20))
    assert len(opened) <= 6


def test_what_is_new_at_the_end_is_read_without_unpacking_anything(opened: list[Node]) -> None:
    stream = filled(10_005)
    assert [*range(10_001, 10_006)] == ids(stream.entries(10_001))
    assert 10_005 == stream.top_id
    assert stream.get(10_003) is not None
    assert [] == opened


def test_whole_nodes_are_trimmed_without_unpacking_them(opened: list[Node]) -> None:
    stream = filled(10_000)
    assert 9_000 == stream.trim(Cut(length=1_000))
    assert [] == opened


def test_who_reads_on_unpacks_no_node_twice(opened: list[Node]) -> None:
    stream = filled(1_000)
    for number in range(1_000):
        assert [number + 1] == ids(stream.entries(number + 1, count=1))
    assert 99 == len(opened)


def test_a_stream_that_is_trimmed_at_each_entry_unpacks_no_node_twice(opened: list[Node]) -> None:
    stream = filled(100)
    for number in range(101, 1_001):
        stream.add(number, (b"f", b"v"), 0, 10)
        stream.trim(Cut(length=100))
    assert len(opened) <= 91


# --- the whole


def test_a_copy_is_equal_and_does_not_follow() -> None:
    stream = filled(25)
    group = stream.groups[b"g"] = Group(0)
    group.consumers[b"c"] = consumer = Consumer(b"c", 1)
    stream.deliver(group, consumer, [1, 2], 5, noted=True)
    twin = stream.copy()
    stream.delete([3, 14, 25])
    stream.add(26, (b"f", b"v"), 0, 10)
    group.acknowledge(1)
    assert [*range(1, 26)] == ids(twin.entries())
    assert [1, 2] == list(twin.groups[b"g"].pending) == list(twin.groups[b"g"].consumers[b"c"].pending)
    twin.add(26, (b"f", b"w"), 0, 10)
    assert (b"f", b"v") == stream.get(26)


def test_memory_is_about_what_the_texts_take() -> None:
    stream = filled(10_000, 100, lambda number: (b"field", b"value-%08d" % number))
    assert 14 * 10_000 < stream.memory(0) < 60 * 10_000
    assert 0.8 < stream.memory(5) / stream.memory(0) < 1.2


@pytest.mark.parametrize("node_entries", [100, 0])
def test_a_stream_is_freed_a_thousand_entries_at_a_time(node_entries: int) -> None:
    stream = filled(20_000, node_entries)
    group = stream.groups[b"g"] = Group(0)
    group.consumers[b"c"] = consumer = Consumer(b"c", 1)
    stream.deliver(group, consumer, range(1, 20_001), 5, noted=True)
    deliveries = weakref.ref(group)
    sizes = [len(group.pending) + sum(node.count for node in stream.nodes) for _ in stream.crumble()]
    assert all(before - after <= 1_024 for before, after in pairwise([40_000, *sizes]))
    assert (0, [], {}) == (sizes[-1], stream.nodes, stream.groups)
    del group, consumer
    gc.collect()
    assert deliveries() is None
