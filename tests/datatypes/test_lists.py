"""Lists against the simplest model there is, in both of their forms; nodes and encodings by Redis 7.2's rules.

The oracle is a 7.0, which keeps every list in a quicklist and says so. What is expected of encodings here follows
`t_list.c` and `quicklist.c` of 7.2, and the sizes of the listpack specification.
"""

from marshal import dumps
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trioredis.datatypes import kinds, lists
from trioredis.datatypes.listpack import OVERHEAD, entry_size
from trioredis.datatypes.lists import ListValue, PackedList
from trioredis.datatypes.packing import MOST
from trioredis.datatypes.quicklist import Node, Quicklist, node_limit
from trioredis.errors import CommandError

SMALL_NODES = 3
"""A setting for nodes of three elements."""

SETTINGS = (-2, -1, 3, 1, 0, 100)


def checked(value: ListValue, setting: int) -> list[bytes]:
    """The elements, after a look at everything that has to hold at any time."""
    content = [*lists.elements(value)]
    assert len(content) == lists.length(value)
    if isinstance(value, Quicklist):
        for node in value.nodes:
            assert (True, OVERHEAD + sum(map(entry_size, node))) == (bool(node), node.size)
        assert len(value.nodes) == 1 or not value.is_listpack
        assert type(setting) is int
    return content


ELEMENTS = st.sampled_from([b"", b"a", b"b", b"12", b"-5", b"c" * 70, b"d" * 1500, b"e" * 5000])


@st.composite
def scripts(draw: st.DrawFn) -> list[tuple[str, tuple[object, ...]]]:
    """Names of operations, with arguments that are cut to size when they are applied."""
    place = st.integers(0, 400)
    step = st.one_of(
        st.tuples(st.just("push"), st.tuples(st.lists(ELEMENTS, min_size=1, max_size=60), st.booleans())),
        st.tuples(st.just("push_moved"), st.tuples(ELEMENTS, st.booleans())),
        st.tuples(st.just("pop"), st.tuples(st.booleans())),
        st.tuples(st.just("pop_several"), st.tuples(place, st.booleans())),
        st.tuples(st.just("insert"), st.tuples(place, ELEMENTS, st.booleans())),
        st.tuples(st.just("replace"), st.tuples(place, ELEMENTS)),
        st.tuples(st.just("trim"), st.tuples(st.integers(0, 5), place)),
        st.tuples(st.just("remove"), st.tuples(ELEMENTS, st.booleans(), st.sampled_from([1, 2, 1000]))),
    )
    return draw(st.lists(step, max_size=40))


class Model:
    """The same operations on a plain list and on the real thing."""

    def __init__(self, setting: int) -> None:
        self.setting = setting
        self.value: ListValue | None = None
        self.plain: list[bytes] = []

    def push(self, added: list[bytes], left: bool) -> None:
        self.value = lists.push(self.value, added, self.setting, left=left)
        self.plain = [*reversed(added), *self.plain] if left else [*self.plain, *added]

    def push_moved(self, element: bytes, left: bool) -> None:
        self.value = lists.push_moved(self.value, element, self.setting, left=left)
        self.plain.insert(0 if left else len(self.plain), element)

    def pop(self, left: bool) -> None:
        if self.value is not None:
            element, self.value = lists.pop(self.value, self.setting, left=left)
            assert self.plain.pop(0 if left else -1) == element

    def pop_several(self, count: int, left: bool) -> None:
        if self.value is not None:
            popped, self.value = lists.pop_several(self.value, count, self.setting, left=left)
            size = min(count, len(self.plain))
            assert [self.plain.pop(0 if left else -1) for _ in range(size)] == popped

    def insert(self, place: int, element: bytes, after: bool) -> None:
        if self.value is not None:
            index = place % len(self.plain)
            value = lists.grown(self.value, 1, len(element), self.setting)
            self.value = lists.insert(value, index, element, after=after)
            self.plain.insert(index + after, element)

    def replace(self, place: int, element: bytes) -> None:
        if self.value is not None:
            index = place % len(self.plain)
            value = lists.grown(self.value, 1, len(element), self.setting)
            self.value = lists.shrunk(lists.replace(value, index, element), self.setting)
            self.plain[index] = element

    def trim(self, start: int, stop: int) -> None:
        if self.value is not None:
            self.value = lists.trim(self.value, start, min(stop, len(self.plain)), self.setting)
            self.plain = self.plain[start:stop]

    def remove(self, element: bytes, from_right: bool, most: int) -> None:
        if self.value is not None:
            found, self.value = lists.remove(
                self.value, element, self.setting, from_right=from_right, most=most
            )
            assert min(most, self.plain.count(element)) == found
            for _ in range(found):
                self.plain.reverse() if from_right else None
                self.plain.remove(element)
                self.plain.reverse() if from_right else None

    def check(self) -> None:
        if self.value is None:
            assert [] == self.plain
            return
        assert self.plain == checked(self.value, self.setting)
        size = len(self.plain)
        for start, stop in [(0, size), (size // 2, size // 2 + 3), (size // 3, size)]:
            assert self.plain[start:stop] == lists.get_range(self.value, start, min(stop, size))
        for index in {0, size // 2, size - 1}:
            assert self.plain[index] == lists.get(self.value, index)
        for element in (b"a", b"d" * 1500):
            places = [index for index, each in enumerate(self.plain) if each == element]
            assert places == [*lists.find(self.value, element, most=size)]
            assert places[::-1] == [*lists.find(self.value, element, from_right=True, most=size)]
            assert [p for p in places if p < 5] == [*lists.find(self.value, element, most=5)]


@given(st.sampled_from(SETTINGS), scripts())
@settings(deadline=None)
def test_a_list_is_a_list_whatever_is_done_to_it(setting: int, script: list) -> None:
    model = Model(setting)
    for name, arguments in script:
        getattr(model, name)(*arguments)
        model.check()


# --- forms


@pytest.mark.parametrize("left", [True, False])
def test_a_list_is_packed_while_it_is_small(left: bool) -> None:
    value: ListValue | None = None
    for number in range(MOST):
        value = lists.push(value, [b"%d" % number], -2, left=left)
        assert type(value) is PackedList
        assert number + 1 == lists.length(value)
    value = lists.push(value, [b"x"], -2, left=left)
    assert (Quicklist, MOST + 1) == (type(value), lists.length(value))


def test_a_packed_list_is_what_marshal_writes() -> None:
    """Its ends are reached by cutting, so the bytes have to be those that packing writes."""
    value = lists.push(None, [b"b", b"", b"c" * 300], -2, left=False)
    value = lists.push(value, [b"a", b"0"], -2, left=True)
    assert dumps([b"0", b"a", b"b", b"", b"c" * 300], 2) == value
    element, value = lists.pop(value, -2, left=True)
    assert value is not None
    last, value = lists.pop(value, -2, left=False)
    assert (b"0", b"c" * 300, dumps([b"a", b"b", b""], 2)) == (element, last, value)


def test_a_list_that_has_shrunk_is_packed_again() -> None:
    value: ListValue | None = lists.push(None, [b"x"] * 1000, -2, left=False)
    for _ in range(1000 - MOST // 2):
        assert type(value) is Quicklist
        _, value = lists.pop(value, -2, left=True)
    assert (PackedList, MOST // 2) == (type(value), lists.length(value or PackedList()))


def test_a_list_of_long_texts_is_not_packed() -> None:
    assert type(lists.push(None, [b"x" * 3000], -2, left=False)) is Quicklist
    assert type(lists.push(None, [b"x" * 1000], -2, left=False)) is PackedList


@pytest.mark.parametrize("count", [1, MOST, MOST + 1, 3000])
@pytest.mark.parametrize("setting", [-2, 5])
def test_a_list_made_of_elements_is_that_of_pushes(count: int, setting: int) -> None:
    content = [b"%d" % number for number in range(count)]
    made, pushed = lists.from_elements(content, setting), lists.push(None, content, setting, left=False)
    assert content == [*lists.elements(made)]
    assert (type(pushed), lists.encoding(pushed)) == (type(made), lists.encoding(made))


def test_what_is_no_list_is_of_the_wrong_type() -> None:
    for value in (b"x", 1, bytearray(b"x")):
        with pytest.raises(CommandError, match="WRONGTYPE"):
            lists.require_list(value)


# --- nodes, by the rules of quicklist.c


def nodes(value: Quicklist) -> list[bytes]:
    return [b"".join(node) for node in value.nodes]


def of_nodes(*contents: bytes) -> Quicklist:
    """A list of nodes of one-letter elements, three of which are full."""
    value = Quicklist(node_limit(SMALL_NODES))
    for content in contents:
        value.nodes.append(Node.of(bytes([letter]) for letter in content))
        value.count += len(content)
    return value


@pytest.mark.parametrize(
    ("before", "index", "after", "expected"),
    [
        # There is room.
        ([b"ab", b"c"], 0, False, [b"xab", b"c"]),
        ([b"ab", b"c"], 1, True, [b"abx", b"c"]),
        # At the edge of a full node, into the neighbour that has room.
        ([b"abc", b"d"], 2, True, [b"abc", b"xd"]),
        ([b"a", b"bcd"], 1, False, [b"ax", b"bcd"]),
        # At the edge of a full node whose neighbour is full or missing.
        ([b"abc", b"def"], 2, True, [b"abc", b"x", b"def"]),
        ([b"abc", b"def"], 3, False, [b"abc", b"x", b"def"]),
        ([b"abc"], 2, True, [b"abc", b"x"]),
        ([b"abc"], 0, False, [b"x", b"abc"]),
        # In the middle of a full node, which is split; halves merge with what is small beside them.
        ([b"abc"], 0, True, [b"a", b"xbc"]),
        ([b"abc"], 1, True, [b"ab", b"xc"]),
        ([b"abc"], 1, False, [b"ax", b"bc"]),
        ([b"abc"], 2, False, [b"abx", b"c"]),
        ([b"q", b"abc", b"z"], 1, True, [b"qa", b"xbc", b"z"]),
        ([b"q", b"abc", b"z"], 2, True, [b"qab", b"xcz"]),
        ([b"p", b"q", b"abc", b"y", b"z"], 3, True, [b"pq", b"ab", b"xcy", b"z"]),
        ([b"p", b"q", b"abc", b"y", b"z"], 3, False, [b"p", b"qax", b"bc", b"yz"]),
    ],
)
def test_an_insertion_fills_splits_and_merges(
    before: list[bytes], index: int, after: bool, expected: list[bytes]
) -> None:
    value = of_nodes(*before)
    value.insert(index, b"x", after=after)
    checked(value, SMALL_NODES)
    assert expected == nodes(value)


def test_pushes_begin_a_node_where_the_last_one_is_full() -> None:
    value = Quicklist(node_limit(SMALL_NODES), [b"c", b"d", b"e", b"f"])
    for letter in (b"b", b"a"):
        value.push_left(letter)
    assert [b"ab", b"cde", b"f"] == nodes(value)


def test_an_element_that_is_too_large_for_a_node_has_its_own() -> None:
    value = Quicklist(node_limit(-1), [b"a", b"x" * 5000, b"b", b"c"])
    assert [1, 1, 2] == [len(node) for node in value.nodes]


def test_removing_leaves_the_nodes_apart_and_no_empty_one() -> None:
    value = of_nodes(b"abc", b"bbb", b"cba")
    assert 4 == value.remove(b"b", from_right=True, most=4)
    assert [b"abc", b"ca"] == nodes(value)
    value.drop_left(2)
    value.drop_right(1)
    assert [b"c", b"c"] == nodes(value)
    checked(value, SMALL_NODES)


@pytest.mark.parametrize(
    ("setting", "limit"),
    [(-1, 4096), (-2, 8192), (-3, 16384), (-4, 32768), (-5, 65536), (-6, 65536), (-(2**31), 65536)],
)
def test_a_negative_setting_is_one_of_five_sizes(setting: int, limit: int) -> None:
    assert limit == node_limit(setting)[0]


# --- costs


class CountedNode(Node):
    """A node that notes how often somebody looks at it."""

    __slots__ = ()
    looks = 0

    def __len__(self) -> int:
        CountedNode.looks += 1
        return Node.__len__(self)


SIZE = 200_000
ELEMENTS_IN_A_BLOCK = 64
"""Of a `collections.deque`, which reaches its middle block by block."""


@pytest.fixture(scope="module")
def long_list() -> Quicklist:
    value = Quicklist(node_limit(-2), (b"%016d" % number for number in range(SIZE)))
    for place, node in enumerate(value.nodes):
        value.nodes[place] = CountedNode.of(node)
    return value


@pytest.mark.parametrize(
    ("index", "most"),
    [(0, 2), (SIZE - 1, 3), (SIZE // 2, SIZE // 2 // ELEMENTS_IN_A_BLOCK), (1000, 14), (SIZE - 1000, 14)],
)
def test_an_index_is_reached_in_fewer_steps_than_in_a_deque(
    long_list: Quicklist, index: int, most: int
) -> None:
    CountedNode.looks = 0
    assert b"%016d" % index == lists.get(long_list, index)
    assert most >= CountedNode.looks
    CountedNode.looks = 0
    expected = [b"%016d" % number for number in range(index, min(index + 10, SIZE))]
    assert expected == lists.get_range(long_list, index, min(index + 10, SIZE))
    assert most + 3 >= CountedNode.looks


def test_a_push_or_a_pop_looks_at_one_node(long_list: Quicklist) -> None:
    CountedNode.looks = 0
    for left in (True, False):
        lists.push(long_list, [b"x"], -2, left=left)
        lists.pop(long_list, -2, left=left)
    assert 12 >= CountedNode.looks


@pytest.mark.parametrize("setting", [-2, 1, -5])
def test_a_long_list_is_freed_in_slices_of_a_node_or_a_thousand_elements(setting: int) -> None:
    value = lists.push(None, [b"%d" % number for number in range(20_000)], setting, left=False)
    assert isinstance(value, Quicklist)
    largest = max(map(len, value.nodes))
    left = [sum(map(len, value.nodes)) for _ in value.crumble()]
    freed = [before - after for before, after in zip([20_000, *left], left, strict=False)]
    assert max(freed) < 1024 + largest
    assert [*value.nodes] == []


def test_memory_is_estimated_from_a_sample() -> None:
    content = [Random(0).randbytes(20) for _ in range(5000)]
    value = lists.push(None, content, -2, left=False)
    exact = kinds.memory_usage(value, 0)
    assert 5000 * (8 + 33 + 20) < exact < 5000 * (8 + 33 + 20) * 1.2
    assert exact * 0.9 < kinds.memory_usage(value, 5) < exact * 1.1
    assert kinds.memory_usage(Quicklist(node_limit(-2)), 5) < 1000


def test_a_small_list_takes_little() -> None:
    content = [b"member%07d" % number for number in range(5)]
    assert 250 > kinds.memory_usage(lists.push(None, content, -2, left=False), 5)


@pytest.mark.parametrize("count", [5, 300, 5000])
def test_a_copy_shares_nothing_that_changes(count: int) -> None:
    content = [b"%d" % number for number in range(count)]
    value = lists.push(None, content, -2, left=False)
    copy = kinds.copy_of(value)
    assert (lists.encoding(value), content) == (lists.encoding(copy), checked(copy, -2))
    value = lists.push(lists.replace(value, 0, b"x"), [b"y"], -2, left=False)
    assert content == checked(copy, -2)
