"""Streams: entries under ids that only grow, and the consumer groups that read them.

The entries lie in nodes (`trioredis.datatypes.stream_nodes`) in the order of their ids; what is looked for by id is found
by bisection over the nodes' first ids, then within one. All nodes are sealed but the last, and at most one more: the
one that was looked into last. That is the first node for a stream that is trimmed at each XADD, and the node where a
consumer reads that is behind, so neither unpacks anything twice.

How many entries were ever added up to an id is known only as long as nothing was deleted between: `distance` and
`lag` answer None where Redis does, for what it does not count it does not guess.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from sys import getsizeof
from typing import Any, Final

from attrs import define, field, frozen

from trioredis import errors
from trioredis.datatypes.consumer_groups import UNKNOWN, Consumer, Group
from trioredis.datatypes.stream_ids import MAX_ID, MAX_SEQUENCE, SHIFT
from trioredis.datatypes.stream_nodes import Entry, Node
from trioredis.errors import CommandError
from trioredis.numerals import as_int64

LARGEST_NODE: Final = 1 << 30
"""No node has more bytes, whatever the configuration says."""
_SLICE = 10
"""Nodes that are freed at once."""
_ID_SIZE = 16


@frozen
class Cut:
    """What is to be trimmed away: either all that exceeds a length, or all that is older than an id."""

    length: int | None = None
    oldest: int = 0
    whole_nodes: bool = False
    """Leave a node that would have to be cut in two."""
    limit: int = 0
    """Remove no more than so many entries; 0: as many as there are."""


@define(eq=False)
class Stream:
    """A stream."""

    length: int = field(default=0, init=False)
    last_id: int = field(default=0, init=False)
    """The newest id, even if its entry is deleted by now."""
    first_id: int = field(default=0, init=False)
    """The id of the first entry; 0 when there is none."""
    max_deleted_id: int = field(default=0, init=False)
    """The greatest id that was deleted, other than by trimming."""
    entries_added: int = field(default=0, init=False)
    """How many entries there ever were."""
    groups: dict[bytes, Group] = field(factory=dict, init=False)
    nodes: list[Node] = field(factory=list, init=False)
    _starts: list[int] = field(factory=list, init=False)
    """The first id of each node."""
    _opened: Node | None = field(default=None, init=False)
    """The node that is open besides the last."""

    # --- adding

    def next_id(self, now: int) -> int:
        """Return the id of an entry that is added now, in Unix milliseconds; beyond `MAX_ID` if there is none left."""
        entry_id = now << SHIFT
        return entry_id if entry_id > self.last_id else self.last_id + 1

    def next_id_at(self, milliseconds: int) -> int:
        """Return the first free id at a Unix time; where there is none, one that is taken."""
        if milliseconds != self.last_id >> SHIFT:
            return milliseconds << SHIFT
        return self.last_id + (self.last_id & MAX_SEQUENCE != MAX_SEQUENCE)

    def add(self, entry_id: int, entry: Entry, node_bytes: int, node_entries: int) -> None:
        """Add an entry, whose id must be greater than `last_id`.

        A node gets no more bytes and no more entries than these; 0 stands for no such limit.
        """
        size = sum(map(len, entry))
        if size > LARGEST_NODE:
            raise CommandError(errors.STREAM_ENTRY_TOO_LARGE)
        node = self.nodes[-1] if self.nodes else None
        if (
            node is None
            or node.size + size >= (node_bytes or LARGEST_NODE)
            or 0 < node_entries <= node.count + node.deleted
        ):
            if node is not None:
                node.seal()
            self.nodes.append(Node(entry_id, entry))
            self._starts.append(entry_id)
        else:
            if not node.is_open:
                node.open()
            node.add(entry_id, entry)
        self.last_id = entry_id
        self.length += 1
        self.entries_added += 1
        if self.length == 1:
            self.first_id = entry_id

    # --- reading

    @property
    def top_id(self) -> int:
        """The id of the last entry that is there; 0 when there is none."""
        for node in reversed(self.nodes):
            if node.count:
                return self._open(node).ids[-1] if node.deleted else node.last
        return 0

    def get(self, entry_id: int) -> Entry | None:
        """Return an entry, or None."""
        place = bisect_right(self._starts, entry_id) - 1
        if place < 0 or entry_id > self.nodes[place].last:
            return None
        node = self._open(self.nodes[place])
        index = bisect_left(node.ids, entry_id)
        return node.entries[index] if index < node.count and node.ids[index] == entry_id else None

    def __contains__(self, entry_id: int) -> bool:
        return self.get(entry_id) is not None

    def entries(self, start: int = 0, end: int = MAX_ID, count: int = 0) -> list[tuple[int, Entry]]:
        """Return the entries from one id to another, both included, and no more than `count`; 0: all."""
        found: list[tuple[int, Entry]] = []
        for node in islice(self.nodes, max(bisect_right(self._starts, start) - 1, 0), None):
            if node.start > end:
                break
            if node.last < start:
                continue
            ids = self._open(node).ids
            first, behind = bisect_left(ids, start), bisect_right(ids, end)
            if count:
                behind = min(behind, first + count - len(found))
            found += zip(ids[first:behind], node.entries[first:behind], strict=True)
            if len(found) == count > 0:
                break
        return found

    def entries_reversed(self, start: int = 0, end: int = MAX_ID, count: int = 0) -> list[tuple[int, Entry]]:
        """Return the entries between two ids as `entries` does, the last ones, and these first."""
        found: list[tuple[int, Entry]] = []
        for place in range(bisect_right(self._starts, end) - 1, -1, -1):
            node = self.nodes[place]
            if node.last < start:
                break
            ids = self._open(node).ids
            first, behind = bisect_left(ids, start), bisect_right(ids, end)
            if count:
                first = max(first, behind - count + len(found))
            found += zip(ids[first:behind][::-1], node.entries[first:behind][::-1], strict=True)
            if len(found) == count > 0:
                break
        return found

    def _open(self, node: Node) -> Node:
        """Return the node, open; the one that was opened before is sealed."""
        if not node.is_open:
            self._seal_opened()
            node.open()
            self._opened = node
        return node

    def _seal_opened(self) -> None:
        if self._opened is not None:
            self._opened.seal()
            self._opened = None

    # --- removing

    def delete(self, entry_ids: Iterable[int]) -> int:
        """Delete entries; return how many there were."""
        deleted = sum(map(self._delete, entry_ids))
        if deleted:
            self._find_first()
        return deleted

    def _delete(self, entry_id: int) -> bool:
        if entry_id not in self:
            return False
        place = bisect_right(self._starts, entry_id) - 1
        node = self.nodes[place]
        if node.count == 1:
            self._drop(place, place + 1)
        else:
            index = bisect_left(node.ids, entry_id)
            node.remove(index, index + 1)
        self.length -= 1
        self.max_deleted_id = max(self.max_deleted_id, entry_id)
        return True

    def trim(self, cut: Cut) -> int:
        """Remove the oldest entries, as `cut` says; return how many."""
        before, whole = self.length, 0
        for node in self.nodes:
            if self._is_short_enough(cut) or 0 < cut.limit < before - self.length + node.count:
                break
            if not self._goes_whole(node, cut):
                if not cut.whole_nodes:
                    self._trim_node(node, cut)
                break
            self.length -= node.count
            whole += 1
        self._drop(0, whole)
        if before != self.length:
            self._find_first()
        return before - self.length

    def _is_short_enough(self, cut: Cut) -> bool:
        return cut.length is not None and self.length <= cut.length

    def _goes_whole(self, node: Node, cut: Cut) -> bool:
        return node.last < cut.oldest if cut.length is None else self.length - node.count >= cut.length

    def _trim_node(self, node: Node, cut: Cut) -> None:
        ids = self._open(node).ids
        end = bisect_left(ids, cut.oldest) if cut.length is None else self.length - cut.length
        node.remove(0, end)
        self.length -= end

    def _drop(self, first: int, end: int) -> None:
        """Remove nodes."""
        if self._opened in self.nodes[first:end]:
            self._opened = None
        del self.nodes[first:end], self._starts[first:end]

    def _find_first(self) -> None:
        """Set `first_id` anew."""
        first = next((node for node in self.nodes if node.count), None)
        if first is None:
            self.first_id = 0
        else:
            self.first_id = self._open(first).ids[0] if first.deleted else first.start

    # --- groups

    def deliver(
        self, group: Group, consumer: Consumer, entry_ids: Iterable[int], now: int, *, noted: bool
    ) -> None:
        """Let a group have read entries, in order; if it is `noted`, they are pending for a consumer from now on."""
        for entry_id in entry_ids:
            if entry_id > group.last_id:
                if group.entries_read != UNKNOWN and not self._has_gaps(entry_id):
                    group.entries_read = as_int64(group.entries_read + 1)
                elif self.entries_added:
                    distance = self.distance(entry_id)
                    group.entries_read = UNKNOWN if distance is None else as_int64(distance)
                group.last_id = entry_id
            if noted:
                group.deliver(entry_id, consumer, now)

    def lag(self, group: Group) -> int | None:
        """Return how many entries a group has not read yet, or None."""
        if not self.entries_added:
            return 0
        read: int | None = group.entries_read
        if read == UNKNOWN or self._has_gaps(group.last_id):
            read = self.distance(group.last_id)
        return None if read is None else as_int64(self.entries_added - read)

    def distance(self, entry_id: int) -> int | None:
        """Return how many entries were ever added up to an id, or None."""
        if not self.entries_added:
            return 0
        if not self.length and entry_id <= self.last_id:
            return self.entries_added
        if entry_id == self.last_id:
            return self.entries_added
        if entry_id > self.first_id or 0 < self.max_deleted_id >= self.first_id:
            return None
        return self.entries_added - self.length + (entry_id == self.first_id)

    def _has_gaps(self, start: int) -> bool:
        """Tell whether something may have been deleted from an id on."""
        return self.length > 0 < self.max_deleted_id and max(start, self.first_id) <= self.max_deleted_id

    # --- the whole

    def radix_tree_nodes(self) -> int:
        """Return how many nodes Redis needs for the tree in which it keeps the nodes of a stream.

        The keys of that tree are ids of 16 bytes. It has a node for each key, one for each prefix where keys part, and
        one for each stretch of bytes between two of these in which nothing parts.
        """
        if not self.nodes:
            return 1
        count = len(self._starts)
        parting: list[int] = []  # the depths on the way to the last key where an earlier one went another way
        for left, right in pairwise(self._starts):
            depth = _ID_SIZE - (7 + (left ^ right).bit_length()) // 8
            end = _ID_SIZE
            while parting and parting[-1] > depth:
                count += end - parting[-1] > 1
                end = parting.pop()
            count += end - depth > 1
            if not parting or parting[-1] < depth:
                parting.append(depth)
                count += 1
        end = _ID_SIZE
        while parting:
            count += end - parting[-1] > 1
            end = parting.pop()
        return count + (end > 0)

    def copy(self) -> "Stream":
        """Return an equal stream that shares nothing that may change."""
        twin = Stream()
        twin.length, twin.first_id, twin.last_id = self.length, self.first_id, self.last_id
        twin.max_deleted_id, twin.entries_added = self.max_deleted_id, self.entries_added
        self._seal_opened()
        twin.nodes = [node.copy() for node in self.nodes]
        twin._starts = self._starts.copy()
        twin.groups = {name: group.copy() for name, group in self.groups.items()}
        return twin

    def memory(self, samples: int) -> int:
        """Return about how many bytes the stream takes, estimated from so many nodes; 0: from all."""
        seen = [node.memory() for node in islice(self.nodes, samples or None)]
        nodes = sum(seen) * len(self.nodes) // len(seen) if seen else 0
        lists = getsizeof(self) + getsizeof(self.nodes) + getsizeof(self._starts)
        return lists + nodes + sum(group.memory() for group in self.groups.values())

    def crumble(self) -> Iterator[object]:
        """Take the stream apart, about a thousand entries a step."""
        self._opened = None
        while self.nodes:
            node = self.nodes[-1]
            if node.is_open and node.count > _SLICE * 100:
                node.remove(node.count - _SLICE * 100, node.count)
            else:
                del self.nodes[-_SLICE:], self._starts[-_SLICE:]
            yield None
        while self.groups:
            _, group = self.groups.popitem()
            yield from group.crumble()


def require_stream(value: Any) -> Stream:
    """Return what a key holds if that is a stream; raise WRONGTYPE otherwise."""
    if type(value) is Stream:
        return value
    raise CommandError(errors.WRONGTYPE)
