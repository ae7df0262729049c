"""A database whose keys somebody observes more closely than commands tell.

What commands announce (`trioredis.engine.listeners`) says nothing of keys that were looked for in vain, of keys that are
new, or of the values that are lost. Those who want to know are `Observer`s of the keyspace. While there is one, every
database is of the class below; without, databases are what they are, and nobody pays for a question that nobody asks.
"""

from attrs import define

from trioredis.datatypes.kinds import Value
from trioredis.datatypes.strings import is_string
from trioredis.keyspace.database import Database


class Observer:
    """Hears of what happens to keys, at once; every kind of it is ignored unless it is overridden.

    Nothing may be changed in the data meanwhile.
    """

    __slots__ = ()

    def created(self, database: Database, key: bytes) -> None:
        """A key was added."""

    def missed(self, database: Database, key: bytes) -> None:
        """A command asked for a key that is not there."""

    def losing(self, database: Database, key: bytes, value: Value) -> None:
        """A key is about to lose its value: it is given another one, removed, moved away, or its time is over.

        A string is lost by every change that makes a new one, other values only as a whole.
        """


@define(eq=False)
class ObservedDatabase(Database):
    """A database that tells its observers; a `Database` becomes one, and is one no more, by a change of class."""

    def read(self, key: bytes) -> Value | None:
        """Return a key's value for a command that asks for it: counts a hit or a miss, and an access."""
        return self._seen(key, Database.read(self, key))

    def inspect(self, key: bytes) -> Value | None:
        """Return a key's value for a command that asks about it: counts a hit or a miss, no access."""
        return self._seen(key, Database.inspect(self, key))

    def write(self, key: bytes, value: Value) -> None:
        """Set a key's value and end its time to live."""
        before = self.peek(key)
        if before is not None and not is_string(before):
            self._losing(key, before)
        Database.write(self, key, value)

    def replace(self, key: bytes, value: Value) -> None:
        """Set the value of a key that was just looked at, or is new; its time to live stays as it is."""
        before = self.values.get(key)
        if before is not value and is_string(before):
            self._losing(key, before)
        Database.replace(self, key, value)
        if before is None:
            for observer in self.observers:
                observer.created(self, key)

    def _seen(self, key: bytes, value: Value | None) -> Value | None:
        if value is None:
            for observer in self.observers:
                observer.missed(self, key)
        return value

    def _losing(self, key: bytes, value: Value) -> None:
        for observer in self.observers:
            observer.losing(self, key, value)

    def _remove(self, key: bytes) -> Value:
        self._losing(key, self.values.get(key))
        return Database._remove(self, key)
