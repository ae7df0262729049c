"""All the databases of a server."""

from collections.abc import Callable, Iterator

from attrs import define, field

from trioredis.clock import Clock
from trioredis.keyspace.database import Database, KeyspaceStats
from trioredis.keyspace.expires import NEVER
from trioredis.keyspace.observed import ObservedDatabase, Observer
from trioredis.keyspace.remains import Remains


@define(eq=False)
class Keyspace:
    """A fixed number of databases that share a clock, statistics and the next deadline."""

    clock: Clock
    size: int = 16
    on_expired: Callable[[Database, bytes], None] = field(default=lambda database, key: None)
    databases: list[Database] = field(init=False)
    observers: dict[Observer, None] = field(factory=dict, init=False)
    stats: KeyspaceStats = field(factory=KeyspaceStats, init=False)
    remains: Remains = field(factory=Remains, init=False)
    next_deadline: int | None = field(default=None, init=False)
    """No key ends before this Unix time in milliseconds; None: no key ends at all."""
    deadline_changed: bool = field(default=False, init=False)
    """Whether it moved since somebody cleared this."""

    def __attrs_post_init__(self) -> None:
        common = self.clock, self.stats, self.remains, self.on_expired, self._note_deadline
        self.databases = [Database(index, *common, self.observers) for index in range(self.size)]

    def __iter__(self) -> Iterator[Database]:
        return iter(self.databases)

    def __getitem__(self, index: int) -> Database:
        return self.databases[index]

    def __len__(self) -> int:
        return sum(map(len, self.databases))

    def expire_due(self, limit: int) -> int:
        """Remove up to `limit` keys whose time is over; return how many, and renew `next_deadline`."""
        removed = 0
        for database in self.databases:
            removed += database.expire_due(limit - removed)
        earliest = min(database.expires.earliest for database in self.databases)
        self.next_deadline = None if earliest == NEVER else earliest
        return removed

    def swap(self, first: int, second: int) -> None:
        """Exchange the contents of two databases; clients that selected one find the other's keys."""
        a, b = self.databases[first], self.databases[second]
        a.values, b.values = b.values, a.values
        a.stamps, b.stamps = b.stamps, a.stamps
        a.expires, b.expires = b.expires, a.expires

    def observe(self, observer: Observer) -> None:
        """Tell somebody of what happens to keys from now on; once or again."""
        self.observers[observer] = None
        self._change_class(ObservedDatabase)

    def ignore(self, observer: Observer) -> None:
        """Tell somebody nothing more; once or again."""
        self.observers.pop(observer, None)
        if not self.observers:
            self._change_class(Database)

    def _change_class(self, kind: type[Database]) -> None:
        for database in self.databases:
            database.__class__ = kind

    def _note_deadline(self, deadline: int) -> None:
        if self.next_deadline is None or deadline < self.next_deadline:
            self.next_deadline = deadline
            self.deadline_changed = True
