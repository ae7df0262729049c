"""Programs that follow what happens to keys: `Server.changes`.

A `Change` says what subscribers of keyspace notifications hear, and two things that they do not: which command did it, and
what was there before. Both are caught only while somebody follows. Every client is then FOLLOWED, so that the executor
says which command begins and ends, and the keyspace is observed, so that values are seen before they are lost.

What is kept of a lost value must not be large, for then it would not be freed in slices, and must not change any more. So a
change carries what is immutable: strings, and collections as long as they are packed. A string that is changed in place is
copied before the command, up to `LONGEST_COPY`. Of anything larger a change carries nothing.

Commands may be in the middle of each other (EXEC, scripts, custom commands): each has its own `FollowedCall`, and what it changes
is its own.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field, frozen

from trioredis.datatypes.kinds import Value
from trioredis.datatypes.native import as_native
from trioredis.engine.clients import Unusual
from trioredis.engine.command import WRITE, keys_of
from trioredis.engine.listeners import Listener
from trioredis.engine.waiters import Place
from trioredis.keyspace.database import Database
from trioredis.keyspace.observed import Observer
from trioredis.patterns import Matcher

if TYPE_CHECKING:
    from trioredis.engine.clients import Client
    from trioredis.engine.engine import Engine
    from trioredis.engine.table import Argv

LONGEST_COPY: Final = 64 * 1024
"""Bytes of a string up to which it is copied if it is about to be changed in place."""


@frozen(eq=False)
class Change:
    """What happened to a key."""

    event: str
    """As keyspace notifications call it: ``set``, ``lpush``, ``expired``; also ``flushdb`` and ``swapdb``."""
    key: bytes | None
    """None: every key of the database (``flushdb``, ``swapdb``)."""
    database: int
    command: tuple[bytes, ...] | None
    """The words of the command that did it, within a transaction or a script the one in it; None: time did."""
    _old: Value | None = field(repr=False)
    _engine: "Engine" = field(repr=False)

    @property
    def old(self) -> Any:
        """What the key held before, if that was lost: a string, or a small value that was removed or overwritten; or None.

        In the types of Python: see `value`.
        """
        return None if self._old is None else as_native(self._old)

    def value(self) -> Any:
        """Return a copy of what the key holds now, which may be more than one change later; None: nothing.

        A string is bytes, a list a list, a hash a dict, a set a set, a sorted set a dict of scores, a stream a list of ids
        with lists of fields and values.
        """
        if self.key is None:
            return None
        database = self._engine.keyspace[self.database]
        deadline, value = database.deadline(self.key), database.values.get(self.key)
        # Only a look: to remove what is past its deadline is the business of the store.
        is_over = deadline is not None and deadline < self._engine.clock.now
        return None if value is None or is_over else as_native(value)

    @property
    def size(self) -> int:
        """How many bytes it keeps, more or less."""
        old = len(self._old) if isinstance(self._old, bytes) else 0
        return old + sum(map(len, self.command or ()))


@define(eq=False)
class Follower:
    """Somebody who follows."""

    _matchers: Sequence[Matcher]
    """Which keys it follows, by any of these; none: all keys."""
    _database: int | None
    """In which database; None: in all."""

    def wants(self, database: int, key: bytes | None) -> bool:
        """Whether a change concerns it."""
        if self._database not in (None, database):
            return False
        return key is None or not self._matchers or any(matches(key) for matches in self._matchers)

    def changed(self, change: Change) -> None:
        """Something happened that concerns it; nothing may be changed in the data meanwhile."""
        raise NotImplementedError

    def ended(self) -> None:
        """There will be no more changes."""
        raise NotImplementedError


@define(eq=False)
class FollowedCall:
    """A command that runs."""

    words: tuple[bytes, ...] | None = None
    lost: dict[Place, Value | None] = field(factory=dict)
    """What keys held when it began, as far as that is lost; None: nothing that may be kept."""
    copies: dict[Place, bytes] = field(factory=dict)
    """Its keys that held strings which may change in place, and what these were."""

    def old(self, place: Place, value: Value | None) -> Value | None:
        """Return what a key held that holds a value now, if that was lost."""
        old = self.lost.get(place)
        if old is None and place in self.copies and self.copies[place] != value:
            old = self.copies[place]
        return old


@define(eq=False)
class Followers(Listener, Observer):
    """Everybody who follows, and what there is to be told of the command that runs."""

    engine: "Engine"
    is_over: bool = field(default=False, init=False)
    """Whether the server is gone."""
    _present: dict[Follower, None] = field(factory=dict, init=False)
    current: FollowedCall = field(factory=FollowedCall, init=False)
    """The command that runs, or none."""

    def join(self, follower: Follower) -> None:
        """Tell somebody of every change from now on."""
        self._present[follower] = None
        self.engine.listeners.join(self)
        self.engine.keyspace.observe(self)
        self.engine.clients.mark_all(Unusual.FOLLOWED, on=True)

    def leave(self, follower: Follower) -> None:
        """Tell somebody nothing more; once or again."""
        self._present.pop(follower, None)
        if not self._present:
            self.engine.listeners.leave(self)
            self.engine.keyspace.ignore(self)
            self.engine.clients.mark_all(Unusual.FOLLOWED, on=False)

    def end(self) -> None:
        """Let everybody know that there will be no more changes."""
        self.is_over = True
        for follower in list(self._present):
            self.leave(follower)
            follower.ended()

    def begin(self, database: Database, argv: "Argv") -> FollowedCall:
        """Note that a command begins, in the middle of the one that is returned, to be given to `resume`."""
        outer, self.current = self.current, FollowedCall(tuple(argv))
        entry = self.engine.commands.usual.get(argv[0].lower())
        writes = entry is not None and entry.command.flags & WRITE
        for key, _ in keys_of(entry.command, argv) if entry is not None and writes else ():
            value = database.values.get(key)
            if type(value) is bytearray and len(value) <= LONGEST_COPY:
                self.current.copies[database.index, key] = bytes(value)
        return outer

    def resume(self, outer: FollowedCall) -> None:
        """Note that a command has ended."""
        self.current = outer

    def created(self, database: Database, key: bytes) -> None:
        """Note that what the command does to a key from now on, it does to its own."""
        self.current.lost.setdefault((database.index, key), None)

    def losing(self, database: Database, key: bytes, value: Value) -> None:
        """Keep a value that is lost, unless it was not there when the command began."""
        kept = value if isinstance(value, (bytes, int)) else None
        self.current.lost.setdefault((database.index, key), kept)

    def happened(self, client: "Client | None", database: Database, key: bytes, event: bytes) -> None:
        """Tell of a change."""
        place, call = (database.index, key), self.current
        if event == b"expired":  # nobody's command did it, and what comes after it finds no key
            words, old = None, call.lost.pop(place, None)
        else:
            words, old = call.words, call.old(place, database.values.get(key))
        name = event.decode("ascii", "backslashreplace")
        self._tell(Change(name, key, database.index, words, old, self.engine))

    def flushing(self, client: "Client", database: Database) -> None:
        """Tell that all keys of a database are removed, if it has any."""
        if len(database):
            self._tell(Change("flushdb", None, database.index, self.current.words, None, self.engine))

    def swapping(self, client: "Client", first: Database, second: Database) -> None:
        """Tell that two databases exchange their keys, each for itself."""
        for database in (first, second) if first is not second else ():
            self._tell(Change("swapdb", None, database.index, self.current.words, None, self.engine))

    def _tell(self, change: Change) -> None:
        for follower in self._present:
            if follower.wants(change.database, change.key):
                follower.changed(change)
