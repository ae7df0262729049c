"""A list that is too large to be packed: a sequence of nodes, each a Python list of some hundred elements.

Both ends take and give in O(1), the middle costs a walk over nodes from the nearer end and the shifting of one node's
elements. The nodes are those that Redis would have: a node ends where a listpack of its elements would exceed what
`list-max-listpack-size` allows, an element that is larger alone has a node of its own, and insertions split nodes
and merge neighbours by Redis's rules (quicklist.c). So what OBJECT ENCODING says changes where it changes there.

Redis keeps a list in one listpack as long as it fits the limit, and in a quicklist from then on. Here both are this
class; the listpack is the one whose only node is `UNLIMITED`.

Nodes are lists and not deques because a range then is a slice, which is twelve times as fast. The price is paid by the
head, where a push or a pop moves the elements of one node: 0.2 µs at a thousand of them, and never more than a node.
"""

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice, repeat
from typing import Final, final

from trioredis.datatypes.listpack import OVERHEAD, entry_size

Limit = tuple[int, int]
"""Up to how many bytes of a listpack, and how many elements, a node grows."""

UNLIMITED: Final[Limit] = (sys.maxsize, sys.maxsize)

_SIZES: Final = (4096, 8192, 16_384, 32_768, 65_536)
_SAFE_SIZE: Final = 8192
"""Bytes to which a node is limited whose number of elements is configured."""

_ESTIMATE: Final = 8
"""Bytes that Redis adds to an element's length to guess what it takes at most."""

_SLICE: Final = 1024
"""Elements that are freed at once."""


def node_limit(setting: int) -> Limit:
    """Return the limit that `list-max-listpack-size` stands for: elements, or one of five sizes if negative."""
    if setting >= 0:
        return _SAFE_SIZE, max(1, setting)
    return _SIZES[min(-setting, len(_SIZES)) - 1], sys.maxsize


class Node(list[bytes]):
    """Some elements, and the bytes that a listpack of them would take."""

    __slots__ = ("size",)

    size: int

    @classmethod
    def of(cls, elements: Iterable[bytes]) -> "Node":
        """A node of given elements."""
        node = cls(elements)
        node.size = OVERHEAD + sum(map(entry_size, node))
        return node


@final
class Quicklist:
    """A list of bytes."""

    __slots__ = ("count", "is_listpack", "most_bytes", "most_elements", "nodes")

    count: int
    is_listpack: bool
    """Whether Redis would keep it in one listpack."""
    nodes: deque[Node]
    """None of them is empty."""

    def __init__(self, limit: Limit, elements: Iterable[bytes] = ()) -> None:
        self.nodes = deque()
        self.count = 0
        self.set_limit(limit)
        for element in elements:
            self.push_right(element)

    def set_limit(self, limit: Limit) -> None:
        """Limit the nodes from now on; those that are there stay as they are."""
        self.most_bytes, self.most_elements = limit
        self.is_listpack = limit == UNLIMITED

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[bytes]:
        return chain.from_iterable(self.nodes)

    def copy(self) -> "Quicklist":
        """Return a list of the same elements in the same nodes."""
        other = Quicklist((self.most_bytes, self.most_elements))
        for node in self.nodes:
            twin = Node(node)
            twin.size = node.size
            other.nodes.append(twin)
        other.count = self.count
        return other

    def crumble(self) -> Iterator[None]:
        """Free the elements, about a thousand a step."""
        while self.nodes:
            freed = 0
            while self.nodes and freed < _SLICE:
                freed += len(self.nodes.pop())
            yield

    def memory(self, samples: int) -> int:
        """Return the bytes that it takes, estimated from so many elements and nodes; 0: from all of them."""
        if not self.count:
            return sys.getsizeof(self.nodes)
        elements = [*map(sys.getsizeof, islice(self, samples or None))]
        nodes = [*map(sys.getsizeof, islice(self.nodes, samples or None))]
        total = sum(elements) * self.count // len(elements) + sum(nodes) * len(self.nodes) // len(nodes)
        return sys.getsizeof(self) + sys.getsizeof(self.nodes) + total

    # --- the ends

    def push_left(self, element: bytes) -> None:
        """Insert an element before the first."""
        nodes = self.nodes
        if not nodes or not self._takes(nodes[0], element):
            nodes.appendleft(_new_node())
        node = nodes[0]
        node.insert(0, element)
        node.size += entry_size(element)
        self.count += 1

    def push_right(self, element: bytes) -> None:
        """Append an element after the last."""
        nodes = self.nodes
        if not nodes or not self._takes(nodes[-1], element):
            nodes.append(_new_node())
        node = nodes[-1]
        node.append(element)
        node.size += entry_size(element)
        self.count += 1

    def _takes(self, node: Node, element: bytes) -> bool:
        """Tell whether an element fits into a node."""
        return node.size + len(element) + _ESTIMATE <= self.most_bytes and len(node) < self.most_elements

    def pop_left(self) -> bytes:
        """Take out the first element; there must be one."""
        node = self.nodes[0]
        element = node.pop(0)
        self.count -= 1
        if node:
            node.size -= entry_size(element)
        else:
            self.nodes.popleft()
        return element

    def pop_right(self) -> bytes:
        """Take out the last element; there must be one."""
        node = self.nodes[-1]
        element = node.pop()
        self.count -= 1
        if node:
            node.size -= entry_size(element)
        else:
            self.nodes.pop()
        return element

    def drop_left(self, count: int) -> None:
        """Remove so many elements from the left; there must be as many."""
        self.count -= count
        while count and len(self.nodes[0]) <= count:
            count -= len(self.nodes.popleft())
        if count:
            _cut(self.nodes[0], 0, count)

    def drop_right(self, count: int) -> None:
        """Remove so many elements from the right; there must be as many."""
        self.count -= count
        while count and len(self.nodes[-1]) <= count:
            count -= len(self.nodes.pop())
        if count:
            node = self.nodes[-1]
            _cut(node, len(node) - count, len(node))

    # --- the middle

    def get(self, index: int) -> bytes:
        """Return the element at an index from 0 on, which must be there."""
        number, offset = self._seek(index)
        return self.nodes[number][offset]

    def slice(self, start: int, stop: int) -> list[bytes]:
        """Return the elements from an index up to another one, both of which must be there."""
        if start >= stop:
            return []
        number, offset = self._seek(start)
        wanted = stop - start
        found = self.nodes[number][offset : offset + wanted]
        for node in islice(self.nodes, number + 1, None):
            missing = wanted - len(found)
            if not missing:
                break
            found += node if len(node) <= missing else node[:missing]
        return found

    def replace(self, index: int, element: bytes) -> None:
        """Put another element in the place of one."""
        number, offset = self._seek(index)
        node = self.nodes[number]
        node.size += entry_size(element) - entry_size(node[offset])
        node[offset] = element

    def _seek(self, index: int) -> tuple[int, int]:
        """Return the number of a node, and the place in it, of an element; in steps from the nearer end."""
        if 2 * index < self.count:
            return _walk(self.nodes, index)
        number, place = _walk(reversed(self.nodes), self.count - 1 - index)
        number = len(self.nodes) - 1 - number
        return number, len(self.nodes[number]) - 1 - place

    def insert(self, index: int, element: bytes, *, after: bool) -> None:
        """Insert an element before or after the one at an index."""
        number, offset = self._seek(index)
        node = self.nodes[number]
        self.count += 1
        if self._takes(node, element):
            _put(node, offset + after, element)
        elif offset == (len(node) - 1 if after else 0):
            self._insert_between(number + 1 if after else number, element, after=after)
        else:
            self._split(number, offset + after, element, after=after)

    def _insert_between(self, number: int, element: bytes, *, after: bool) -> None:
        """Insert an element before a node, where the neighbour that it is next to is full: into the other, or a new one."""
        other = number if after else number - 1
        if 0 <= other < len(self.nodes) and self._takes(self.nodes[other], element):
            neighbour = self.nodes[other]
            _put(neighbour, 0 if after else len(neighbour), element)
        else:
            self.nodes.insert(number, Node.of([element]))

    def _split(self, number: int, offset: int, element: bytes, *, after: bool) -> None:
        """Insert an element in the middle of a full node, which becomes two."""
        node = self.nodes[number]
        left, right = Node.of(node[:offset]), Node(node[offset:])
        right.size = node.size - left.size + OVERHEAD
        if after:
            _put(right, 0, element)
        else:
            _put(left, len(left), element)
        self.nodes[number] = left
        self.nodes.insert(number + 1, right)
        self._merge_around(number if after else number + 1)

    def _merge_around(self, center: int) -> None:
        """Merge nodes that are small enough, in Redis's order: the two before, the two behind, then with the center."""
        center -= self._merge(center - 2)
        self._merge(center + 1)
        center -= self._merge(center - 1)
        self._merge(center)

    def _merge(self, number: int) -> bool:
        """Merge a node with the next one, if both are there and fit into one; say whether they were."""
        if not 0 <= number < len(self.nodes) - 1:
            return False
        left, right = self.nodes[number], self.nodes[number + 1]
        size = left.size + right.size - OVERHEAD
        if size > self.most_bytes or len(left) + len(right) > self.most_elements:
            return False
        left += right
        left.size = size
        del self.nodes[number + 1]
        return True

    # --- looking for elements

    def find(self, element: bytes, *, from_right: bool, most: int) -> Iterator[int]:
        """Yield the indexes at which an element stands, comparing it with `most` elements."""
        if from_right:
            yield from (
                self.count - 1 - place
                for place in places(map(_reversed, reversed(self.nodes)), element, most)
            )
        else:
            yield from places(self.nodes, element, most)

    def remove(self, element: bytes, *, from_right: bool, most: int) -> int:
        """Remove up to `most` occurrences of an element; return how many there were."""
        size, left = entry_size(element), most
        for node in reversed(self.nodes) if from_right else self.nodes:
            removed = strike(node, element, from_right=from_right, most=left)
            node.size -= removed * size
            left -= removed
            if not left:
                break
        if left < most:
            self.nodes = deque(filter(None, self.nodes))
            self.count -= most - left
        return most - left


def _walk(nodes: Iterable[Node], index: int) -> tuple[int, int]:
    """Return which node an element is in, and how far in it. Strides of many nodes take half the time of steps."""
    number, steps = 0, iter(nodes)
    for width in chain((1, 8), repeat(64)):
        stride = [*islice(steps, width)]
        size = sum(map(len, stride))
        if index < size or not stride:
            break
        index -= size
        number += len(stride)
    for node in stride:
        if index < len(node):
            return number, index
        index -= len(node)
        number += 1
    raise IndexError(index)


def _new_node() -> Node:
    node = Node()
    node.size = OVERHEAD
    return node


def _put(node: Node, offset: int, element: bytes) -> None:
    node.insert(offset, element)
    node.size += entry_size(element)


def _cut(node: Node, start: int, stop: int) -> None:
    """Remove a part of a node; the smaller part is measured."""
    if 2 * (stop - start) < len(node):
        node.size -= sum(map(entry_size, node[start:stop]))
        del node[start:stop]
    else:
        del node[start:stop]
        node.size = OVERHEAD + sum(map(entry_size, node))


def _reversed(node: list[bytes]) -> list[bytes]:
    return node[::-1]


def places(chunks: Iterable[list[bytes]], element: bytes, most: int) -> Iterator[int]:
    """Yield where an element stands in chunks that follow each other, among the first `most` elements."""
    before = 0
    for chunk in chunks:
        if before >= most:
            return
        place, end = -1, most - before
        while True:
            try:
                place = chunk.index(element, place + 1, end)
            except ValueError:
                break
            yield before + place
        before += len(chunk)


def strike(chunk: list[bytes], element: bytes, *, from_right: bool, most: int) -> int:
    """Remove an element from a chunk up to `most` times; return how often."""
    count = left = min(most, chunk.count(element))
    if not count:
        return 0
    kept = []
    for each in reversed(chunk) if from_right else chunk:
        if left and each == element:
            left -= 1
        else:
            kept.append(each)
    chunk[:] = reversed(kept) if from_right else kept
    return count
