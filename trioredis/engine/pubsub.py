"""Who is subscribed to what, and how a message reaches everybody whom it concerns.

There are three sorts of subscriptions: to channels, to patterns of channels, and to shard channels, which in a cluster
stay with the slot of their name and know no patterns. A client that has any is SUBSCRIBED until the last is gone.

A message is encoded once for each version of the protocol that its subscribers speak, and all of them get the same
bytes object: what a thousand slow ones have not taken yet is kept once.

A message is no reply. To a client whose own command caused it, it goes after the reply, never into the midst of it
(``Client.pushes``), and it comes through where replies are switched off (CLIENT REPLY).

Source: the Redis documentation of Pub/sub; pubsub.c.
"""

from collections.abc import Callable
from typing import Final

from attrs import define, field

from trioredis.engine.clients import Client, Clients, Unusual
from trioredis.patterns import Matcher, compile_pattern
from trioredis.protocol.encoding import encode
from trioredis.protocol.replies import Push

_FLOOD: Final = 1024 * 1024
"""Bytes of messages after which somebody looks, even in the midst of a command, who takes none of them."""
_NOBODY: Final[dict[Client, None]] = {}


def compile_channel_pattern(pattern: bytes) -> Matcher:
    """Return a function that tells whether a channel matches a pattern; even a lone ``*`` leaves out the empty name."""
    return compile_pattern(b"**" if pattern == b"*" else pattern)


@define(eq=False)
class Subscriptions:
    """Subscriptions of one sort, from both sides."""

    clients: dict[bytes, dict[Client, None]] = field(factory=dict, init=False)
    """Who is subscribed to a name, in order of subscription; only names that somebody is subscribed to."""
    names: dict[Client, dict[bytes, None]] = field(factory=dict, init=False)
    """What a client is subscribed to, in order; only clients that are subscribed to something."""

    def add(self, client: Client, name: bytes) -> None:
        """Subscribe a client; once or again."""
        self.clients.setdefault(name, {})[client] = None
        self.names.setdefault(client, {})[name] = None

    def remove(self, client: Client, name: bytes) -> None:
        """End a subscription, if there is one."""
        names = self.names.get(client, {})
        if name not in names:
            return
        del names[name], self.clients[name][client]
        if not names:
            del self.names[client]
        if not self.clients[name]:
            del self.clients[name]

    def of(self, client: Client) -> list[bytes]:
        """Return what a client is subscribed to."""
        return list(self.names.get(client, ()))

    def count(self, client: Client) -> int:
        """Return to how many names a client is subscribed."""
        return len(self.names.get(client, ()))


@define(eq=False)
class PubSub:
    """All subscriptions of a server; those of a client end when its connection is about to."""

    all_clients: Clients
    channels: Subscriptions = field(factory=Subscriptions, init=False)
    patterns: Subscriptions = field(factory=Subscriptions, init=False)
    shard_channels: Subscriptions = field(factory=Subscriptions, init=False)
    _matchers: dict[bytes, Matcher] = field(factory=dict, init=False)
    """Patterns compiled; those that somebody is subscribed to."""
    on_flood: Callable[[], None] = field(init=False)
    """Called in the midst of a command or a script that publishes without end."""
    _unchecked: int = field(default=0, init=False)
    """Bytes of messages since it was called."""

    def __attrs_post_init__(self) -> None:
        self.all_clients.on_close = self.forget

    def publish(self, channel: bytes, message: bytes) -> int:
        """Send a message to who is subscribed to the channel, then to who is to a pattern that it matches.

        Return how many messages that were: one who is subscribed in several ways gets several.
        """
        clients = self.channels.clients.get(channel)
        sent = self._deliver(Push([b"message", channel, message]), clients) if clients else 0
        if self._matchers:
            matching = [pattern for pattern, matches in self._matchers.items() if matches(channel)]
            for pattern in matching:
                clients = self.patterns.clients.get(pattern, _NOBODY)  # those before may have been cut off
                sent += self._deliver(Push([b"pmessage", pattern, channel, message]), clients)
        return sent

    def publish_in_shard(self, channel: bytes, message: bytes) -> int:
        """Send a message to who is subscribed to a shard channel; return how many that were."""
        clients = self.shard_channels.clients.get(channel)
        return self._deliver(Push([b"smessage", channel, message]), clients) if clients else 0

    def subscribe(self, client: Client, subscriptions: Subscriptions, name: bytes) -> None:
        """Subscribe a client to something of this sort."""
        subscriptions.add(client, name)
        if subscriptions is self.patterns and name not in self._matchers:
            self._matchers[name] = compile_channel_pattern(name)
        client.unusual |= Unusual.SUBSCRIBED

    def unsubscribe(self, client: Client, subscriptions: Subscriptions, name: bytes) -> None:
        """End a subscription of this sort, if there is one."""
        subscriptions.remove(client, name)
        if subscriptions is self.patterns and name not in subscriptions.clients:
            self._matchers.pop(name, None)
        if not self.is_subscriber(client):
            client.unusual &= ~Unusual.SUBSCRIBED

    def forget(self, client: Client) -> None:
        """End all subscriptions of a client."""
        for subscriptions in (self.channels, self.patterns, self.shard_channels):
            for name in subscriptions.of(client):
                self.unsubscribe(client, subscriptions, name)

    def is_subscriber(self, client: Client) -> bool:
        """Whether a client is subscribed to anything."""
        return any(client in sort.names for sort in (self.channels, self.patterns, self.shard_channels))

    def total(self, client: Client, subscriptions: Subscriptions) -> int:
        """Return how many subscriptions a client has of a sort; channels and patterns are counted together."""
        if subscriptions is self.shard_channels:
            return subscriptions.count(client)
        return self.channels.count(client) + self.patterns.count(client)

    def _deliver(self, push: Push, clients: dict[Client, None]) -> int:
        """Send a message to some clients; return how many they are."""
        wires, sent = _Wires(push), len(clients)
        for client in clients:
            client.pushes.append(wires[client.protocol])
        self.all_clients.told.update(clients)
        self._unchecked += sum(map(len, wires.values()))
        if self._unchecked > _FLOOD:
            self._unchecked = 0
            self.on_flood()
        return sent


class _Wires(dict[int, bytes]):
    """A message in each version of the protocol that somebody asks for."""

    __slots__ = ("_push",)

    def __init__(self, push: Push) -> None:
        self._push = push

    def __missing__(self, protocol: int) -> bytes:
        wire = self[protocol] = encode(self._push, protocol)
        return wire
