"""Keyspace notifications: what happens to keys, as messages that clients may subscribe to.

An event goes out under two names: ``__keyspace@0__:mykey`` says ``del``, ``__keyevent@0__:del`` says ``mykey``. The letters
of ``notify-keyspace-events`` choose the names (K, E) and the classes of events. Commands announce events by name alone:
to every name belongs one class, whatever the type of the value, so the table below is all there is to know. A name
that is not in it is a custom command's, and of the class ``d``, which in Redis is for those of modules.

Two classes are announced by no command: keys that are new (``n``) and keys that were asked for and are not there (``m``).
They come from the keyspace itself, which is observed only while somebody wants to hear of these.

Source: the Redis documentation of keyspace notifications; notify.c.
"""

from typing import TYPE_CHECKING, Final

from attrs import define, field

from trioredis.engine.listeners import Listener
from trioredis.keyspace.database import Database
from trioredis.keyspace.observed import Observer

if TYPE_CHECKING:
    from trioredis.engine.clients import Client
    from trioredis.engine.engine import Engine

_EVENTS: Final = {
    b"g": b"del expire persist rename_from rename_to move_from move_to copy_to restore",
    b"$": b"set setrange incrby incrbyfloat append setbit pfadd",
    b"l": b"lpush rpush linsert lset ltrim lrem lpop rpop sortstore",
    b"s": b"sadd srem spop sinterstore sunionstore sdiffstore",
    b"h": b"hset hincrby hincrbyfloat hdel",
    b"z": (
        b"zadd zincr zrem zremrangebyscore zremrangebyrank zremrangebylex zpopmin zpopmax zunionstore zinterstore "
        b"zdiffstore zrangestore geosearchstore georadiusstore"
    ),
    b"t": (
        b"xadd xtrim xdel xsetid xgroup-create xgroup-setid xgroup-destroy xgroup-createconsumer "
        b"xgroup-delconsumer"
    ),
    b"x": b"expired",
    b"e": b"evicted",
}
CLASS_OF: Final = {event: ord(letter) for letter, events in _EVENTS.items() for event in events.split()}
"""The letter of every event that commands of Redis announce."""

_OTHERS: Final = ord("d")


@define(eq=False)
class Notifications(Listener, Observer):
    """Turns what happens to keys into messages; present while ``notify-keyspace-events`` asks for some."""

    engine: "Engine"
    _wanted: frozenset[int] = field(default=frozenset(), init=False)
    """The letters that the directive stands for."""
    _by_key: bool = field(default=False, init=False)
    _by_event: bool = field(default=False, init=False)

    def follow(self) -> None:
        """Publish from now on what the directive says."""
        wanted = frozenset(self.engine.config[b"notify-keyspace-events"])
        # Without a name or without a class there is nothing to say.
        names = wanted & set(b"KE")
        self._wanted = wanted - names if names else frozenset()
        self._by_key, self._by_event = ord("K") in names, ord("E") in names
        (self.engine.listeners.join if self._wanted else self.engine.listeners.leave)(self)
        (self.engine.keyspace.observe if self._wanted & set(b"nm") else self.engine.keyspace.ignore)(self)

    def happened(self, client: "Client | None", database: Database, key: bytes, event: bytes) -> None:
        """Publish an event that a command announced."""
        if CLASS_OF.get(event, _OTHERS) in self._wanted:
            self._publish(database, key, event)

    def created(self, database: Database, key: bytes) -> None:
        """Publish that a key is new."""
        if ord("n") in self._wanted:
            self._publish(database, key, b"new")

    def missed(self, database: Database, key: bytes) -> None:
        """Publish that a key was asked for and is not there."""
        if ord("m") in self._wanted:
            self._publish(database, key, b"keymiss")

    def _publish(self, database: Database, key: bytes, event: bytes) -> None:
        publish = self.engine.pubsub.publish
        if self._by_key:
            publish(b"__keyspace@%d__:%b" % (database.index, key), event)
        if self._by_event:
            publish(b"__keyevent@%d__:%b" % (database.index, event), key)
