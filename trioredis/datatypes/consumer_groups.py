"""Consumer groups: what was delivered to whom, and is not acknowledged yet.

A group knows the last id that it delivered, and of each entry that nobody has acknowledged who got it, when and
how often. Its *pending list* is ordered by id, and so is each consumer's own. Delivered entries mostly are the last in
both, which is where a sorted list is quickest.

Groups know ids and nothing of entries; what concerns both (which entries are new to a group, how far behind it is) is
the stream's business.
"""

from collections.abc import Iterator
from itertools import islice
from sys import getsizeof
from typing import Final

from attrs import define, field
from sortedcontainers import SortedDict, SortedList

from trioredis.numerals import as_int64

UNKNOWN: Final = -1
"""How many entries a group has read, when nobody can tell; when a consumer was last active, when it never was."""

_SLICE = 1024


@define(eq=False)
class Consumer:
    """A consumer of a group."""

    name: bytes
    seen_time: int
    """When it last tried to get something, in Unix milliseconds."""
    active_time: int = UNKNOWN
    """When it last got something, likewise."""
    pending: SortedList = field(factory=SortedList)
    """The ids of what was delivered to it."""


@define(eq=False)
class Delivery:
    """That an entry was delivered, and is not acknowledged."""

    consumer: Consumer
    time: int
    """When it was delivered last, in Unix milliseconds."""
    count: int = 1
    """How often it was, in 64 bits, the first of which is the sign."""

    def count_again(self) -> None:
        """Count one more delivery."""
        self.count = as_int64(self.count + 1)


@define(eq=False)
class Group:
    """A consumer group of one stream."""

    last_id: int
    """The last entry that was delivered."""
    entries_read: int = UNKNOWN
    """How many entries of the stream lie behind it, in 64 bits, the first of which is the sign."""
    consumers: dict[bytes, Consumer] = field(factory=dict, init=False)
    pending: SortedDict = field(factory=SortedDict, init=False)
    """The `Delivery` of each id."""

    def deliver(self, entry_id: int, consumer: Consumer, now: int) -> None:
        """Note that an entry, which may be pending already, was delivered as if for the first time."""
        before = self.pending.get(entry_id)
        if before is None:
            self.pending[entry_id] = Delivery(consumer, now)
            consumer.pending.add(entry_id)
        else:
            self.give(entry_id, before, consumer)
            before.time = now
            before.count = 1
        consumer.active_time = now

    def give(self, entry_id: int, delivery: Delivery, consumer: Consumer) -> None:
        """Let a pending entry be another consumer's."""
        if delivery.consumer is not consumer:
            delivery.consumer.pending.remove(entry_id)
            consumer.pending.add(entry_id)
            delivery.consumer = consumer

    def acknowledge(self, entry_id: int) -> bool:
        """Forget that an entry is pending; say whether it was."""
        delivery = self.pending.pop(entry_id, None)
        if delivery is None:
            return False
        delivery.consumer.pending.remove(entry_id)
        return True

    def remove_consumer(self, name: bytes) -> int:
        """Remove a consumer, which must be there, and forget what it has pending; return how much that was."""
        consumer = self.consumers.pop(name)
        for entry_id in consumer.pending:
            del self.pending[entry_id]
        return len(consumer.pending)

    def copy(self) -> "Group":
        """Return an equal group that shares nothing that may change."""
        twin = Group(self.last_id, self.entries_read)
        for name, consumer in self.consumers.items():
            twin.consumers[name] = Consumer(
                name, consumer.seen_time, consumer.active_time, SortedList(consumer.pending)
            )
        twin.pending.update(
            (entry_id, Delivery(twin.consumers[delivery.consumer.name], delivery.time, delivery.count))
            for entry_id, delivery in self.pending.items()
        )
        return twin

    def memory(self) -> int:
        """Return about how many bytes the group takes."""
        each = getsizeof(Delivery(Consumer(b"", 0), 0)) + 4 * getsizeof(self.last_id)
        return getsizeof(self) + len(self.pending) * each + sum(map(getsizeof, self.consumers))

    def crumble(self) -> Iterator[object]:
        """Take the group apart, a thousand entries a step."""
        while self.pending:
            for entry_id in list(islice(reversed(self.pending), _SLICE)):
                self.acknowledge(entry_id)
            yield None
