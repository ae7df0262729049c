"""Client-side caching: who read which key, and the word that a copy of it is stale (CLIENT TRACKING).

A client that tracks keeps copies of what it reads. In the usual mode the server remembers, after every command that
reads, that this client now has its keys; the next change of such a key, by whomever, is told to all who have it, and
then it is forgotten until it is read again. OPTIN and OPTOUT restrict that to the reads before which CLIENT CACHING
said yes, or did not say no. In BCAST mode nothing is remembered: the client names prefixes, and hears at the end of each
round which keys that begin so were changed in it.

Three rules decide where such a message stands, and they are Redis's (tracking.c):

- What a command changes is told to others at once, but to the client that called it after its reply; inside a
  transaction that is after the reply of EXEC. Hence `pending`, which the executor sends.
- It goes to the connection that REDIRECT names, if one was named. In RESP2 only that way, and only to a subscriber:
  there it looks like something published in the channel ``__redis__:invalidate``.
- If that connection is gone, a client in RESP3 is told so, each time, instead.

The table is bounded: above ``tracking-table-max-keys`` keys chosen at random are forgotten, which those who have them
are told. It says nothing of databases, as in Redis, and a client that left stays in it until its keys change, except
when all are gone who ever tracked: then nothing is left, neither the table nor a listener. A key has nearly always one
reader, whose number stands in the table as it is; the numbers of several are packed in bytes, which the collector does
not walk.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable
from random import Random
from struct import Struct
from typing import Final, TypeAlias

from attrs import define, field, frozen

from trioredis import errors
from trioredis.datatypes.table import Table
from trioredis.engine.clients import Client, Clients, Unusual
from trioredis.engine.command import READONLY, Command, keys_of
from trioredis.engine.listeners import Listener, Listeners
from trioredis.errors import CommandError
from trioredis.keyspace.database import Database
from trioredis.keyspace.remains import Remains
from trioredis.protocol.encoding import encode
from trioredis.protocol.replies import Push

CHANNEL: Final = b"__redis__:invalidate"
"""Where the messages for a subscriber in RESP2 seem to be published."""

_HEADERS: Final = {
    2: encode(Push([b"message", CHANNEL, 0])).removesuffix(b":0\r\n"),
    3: encode(Push([b"invalidate", 0]), 3).removesuffix(b":0\r\n"),
}
"""How a message begins; the keys follow, which look the same in both versions of the protocol."""

_ALL_KEYS: Final = {version: encode(None, version) for version in (2, 3)}
"""What follows instead where a whole database was emptied."""

_NUMBER: Final = Struct("=Q")

_EFFORT: Final = 100
"""Keys that are forgotten at once if there are too many; each time that was not enough, as many more."""

Readers: TypeAlias = int | bytes
"""The number of the client that has a key; of several the numbers in ascending order, eight bytes each."""


@frozen
class Options:
    """How a client wants to track."""

    redirect: int = 0
    """The number of the client that gets the messages; 0: itself."""
    broadcasts: bool = False
    opts_in: bool = False
    opts_out: bool = False
    no_loop: bool = False
    """It needs not be told of its own changes."""


@define(eq=False)
class Tracker:
    """What a client that tracks has told."""

    client: Client
    options: Options
    prefixes: set[bytes] = field(factory=set, init=False)
    caching: bool = field(default=False, init=False)
    """CLIENT CACHING was called, for the next command or transaction."""
    caching_is_over: bool = field(default=False, init=False)
    """That one has come: it ends with it."""
    remembers: bool = field(init=False)
    """Whether what is read now is remembered."""
    is_broken: bool = field(default=False, init=False)
    """Who should get its messages is gone."""

    def __attrs_post_init__(self) -> None:
        self.use(self.options)

    def use(self, options: Options) -> None:
        """Track in another way from now on."""
        self.options, self.is_broken = options, False
        self.cache(self.caching)

    def cache(self, wanted: bool) -> None:
        """Do what CLIENT CACHING says, or nothing special any more."""
        self.caching, self.caching_is_over = wanted, False
        options = self.options
        self.remembers = (
            wanted if options.opts_in else not (options.broadcasts or (options.opts_out and wanted))
        )


@define(eq=False)
class Tracking(Listener):
    """All that is tracked on a server."""

    clients: Clients
    listeners: Listeners
    remains: Remains
    """Where a table goes that is not needed any more."""
    random: Random
    limit: int
    """Keys in the table, at most; 0: as many as there are."""
    trackers: dict[Client, None] = field(factory=dict, init=False)
    readers: Table[Readers] = field(factory=Table, init=False)
    """Who has which key."""
    items: int = field(default=0, init=False)
    """Keys in the table, each as often as it has readers."""
    prefixes: dict[bytes, dict[Client, None]] = field(factory=dict, init=False)
    """Who wants to hear of keys that begin so."""
    _sizes: "Counter[int]" = field(factory=Counter, init=False)
    """How many of these prefixes have a length."""
    _lengths: list[int] = field(factory=list, init=False)
    """The lengths that there are, in ascending order."""
    pending: list[tuple[Client, bytes | None]] = field(factory=list, init=False)
    """What the client whose command runs is told afterwards."""
    has_work: bool = field(default=False, init=False)
    """Something is to be done when the round ends."""
    _changed: dict[bytes, dict[bytes, Client | None]] = field(factory=dict, init=False)
    """By prefix, the keys that were changed in this round, and who was the last to do it."""
    _known: dict[Client, None] = field(factory=dict, init=False)
    """Who is here and has tracked, perhaps does no more; the table may name it."""
    _attempts: int = field(default=1, init=False)
    """How often in a row forgetting some keys was not enough, and once more."""

    # --- clients come and go

    def start(self, client: Client, options: Options, prefixes: Iterable[bytes]) -> None:
        """Let a client track, or track in another way."""
        tracker = client.tracker
        if tracker is None:
            tracker = client.tracker = Tracker(client, options)
            client.unusual |= Unusual.TRACKING
            self.trackers[client] = self._known[client] = None
            self.listeners.join(self)
        else:
            tracker.use(options)
        for prefix in prefixes:
            tracker.prefixes.add(prefix)
            if prefix not in self.prefixes:
                self._add_prefix(prefix)
            self.prefixes[prefix][client] = None

    def stop(self, client: Client) -> None:
        """Let a client track no more; once or again. What it has read is remembered in case it starts again."""
        if client.tracker is None:
            return
        for prefix in client.tracker.prefixes:
            del self.prefixes[prefix][client]
            if not self.prefixes[prefix]:
                self._drop_prefix(prefix)
        client.tracker = None
        client.unusual &= ~Unusual.TRACKING
        del self.trackers[client]

    def _add_prefix(self, prefix: bytes) -> None:
        """Get to know a prefix about which somebody wants to hear."""
        self.prefixes[prefix] = {}
        if not self._sizes[len(prefix)]:
            insort(self._lengths, len(prefix))
        self._sizes[len(prefix)] += 1

    def _drop_prefix(self, prefix: bytes) -> None:
        """Forget a prefix about which nobody wants to hear any more."""
        del self.prefixes[prefix]
        self._changed.pop(prefix, None)
        self._sizes[len(prefix)] -= 1
        if not self._sizes[len(prefix)]:
            del self._sizes[len(prefix)]
            self._lengths.remove(len(prefix))

    def forget(self, client: Client) -> None:
        """Note that a client is gone; after the last one who tracked nothing is remembered."""
        self.stop(client)
        if client in self._known:
            del self._known[client]
            if not self._known:
                self._clear()
                self.listeners.leave(self)

    # --- what was read

    def remember(self, client: Client, keys: Iterable[bytes]) -> None:
        """Note that a client has copies of some keys."""
        number, table = client.id, self.readers
        for key in keys:
            readers = table.get(key)
            if readers is None:
                table.put(key, number)
                self.items += 1
            elif isinstance(readers, bytes) or readers != number:
                self._add(key, readers, number)
        if table.count > self.limit > 0:
            self._forget_some()

    def _add(self, key: bytes, readers: Readers, number: int) -> None:
        """Add a reader to others that a key has, unless it is one of them."""
        packed = _NUMBER.pack(readers) if isinstance(readers, int) else readers
        numbers = memoryview(packed).cast("Q")
        place = bisect_left(numbers, number)
        if place == len(numbers) or numbers[place] != number:
            at = place * _NUMBER.size
            self.readers.put(key, packed[:at] + _NUMBER.pack(number) + packed[at:])
            self.items += 1

    def keep_to(self, limit: int) -> None:
        """Change how many keys the table may have."""
        self.limit = limit
        self._forget_some()

    def _forget_some(self) -> None:
        """Forget keys until there are few enough, but not too many at once: the rest when the round ends."""
        for _ in range(_EFFORT * self._attempts):
            if not self._has_too_many:
                break
            key = self.readers.random_key(self.random)
            assert key is not None
            self._invalidate(key, self.readers.pop(key) or 0, spares_caller=False)
        self._attempts = self._attempts + 1 if self._has_too_many else 1
        self.has_work |= self._has_too_many

    @property
    def _has_too_many(self) -> bool:
        return self.readers.count > self.limit > 0

    def _clear(self) -> None:
        self.remains.add_table(self.readers)
        self.items, self._attempts = 0, 1

    # --- what was changed

    def touched(self, client: Client | None, database: Database, key: bytes) -> None:
        """Tell those who have a key, and have those told who want to hear of all that are called so."""
        if self.prefixes:
            self._note_changed(client, key)
        readers = self.readers.pop(key)
        if readers is not None:
            self._invalidate(key, readers)

    def emptying(self, client: Client) -> None:
        """Tell everybody that everything is stale, whatever was read."""
        self._clear()
        for tracker in sorted(self.trackers, key=lambda each: each.id):
            self._tell(tracker, None)

    def _note_changed(self, client: Client | None, key: bytes) -> None:
        for length in self._lengths:
            if length > len(key):
                break
            prefix = key[:length]
            if prefix in self.prefixes:
                self._changed.setdefault(prefix, {})[key] = client
                self.has_work = True

    def _invalidate(self, key: bytes, readers: Readers, *, spares_caller: bool = True) -> None:
        """Tell the readers of a key that was taken out of the table, except one who knows because it did it itself."""
        numbers = [readers] if isinstance(readers, int) else memoryview(readers).cast("Q")
        message = encode([key])
        self.items -= len(numbers)
        for number in numbers:
            client = self.clients.get(number)
            if client is None or client.tracker is None or client.tracker.options.broadcasts:
                continue
            if not (client.tracker.options.no_loop and spares_caller and client.is_calling):
                self._tell(client, message)

    # --- what is told

    def _tell(self, client: Client, keys: bytes | None) -> None:
        """Tell a client of an encoded list of keys (None: of all), after its reply if its command runs."""
        if client.is_calling:
            self.pending.append((client, keys))
        else:
            self._send(client, keys)

    def send_pending(self) -> None:
        """Tell the client whose command is over what was kept for it."""
        pending, self.pending = self.pending, []
        for client, keys in pending:
            self._send(client, keys)

    def finish_round(self) -> None:
        """Tell of the keys that were changed in this round, and go on forgetting what is too much."""
        self.has_work = False
        changed, self._changed = self._changed, {}
        for prefix in sorted(changed):
            self._broadcast(prefix, changed[prefix])
        if self._has_too_many:
            self._forget_some()

    def _broadcast(self, prefix: bytes, changed: dict[bytes, Client | None]) -> None:
        keys = sorted(changed)
        for_all = encode(keys)
        for client in self.prefixes[prefix]:
            assert client.tracker is not None
            if not client.tracker.options.no_loop:
                self._send(client, for_all)
            elif others := [key for key in keys if changed[key] is not client]:
                self._send(client, encode(others))

    def _send(self, client: Client, keys: bytes | None) -> None:
        """Send a message to a client, or to whoever gets what is meant for it, if that is possible."""
        tracker = client.tracker
        if tracker is None or client.unusual & Unusual.KILLED:
            return
        receiver, number = client, tracker.options.redirect
        if number:
            other = self.clients.get(number)
            if other is None or other.unusual & Unusual.KILLED:
                tracker.is_broken = True
                if client.protocol > 2:
                    self.clients.push(client, Push([b"tracking-redir-broken", number]))
                return
            receiver = other
        if receiver.gone or (
            receiver.protocol == 2 and not (number and receiver.unusual & Unusual.SUBSCRIBED)
        ):
            return
        receiver.pushes += _HEADERS[receiver.protocol], keys or _ALL_KEYS[receiver.protocol]
        self.clients.dirty[receiver] = None


def remember(tracking: Tracking, client: Client, command: Command, argv: list[bytes]) -> None:
    """Note what a command has read for the client that tracks: its caller, or that of the script that called it.

    A script calls commands as a client of its own, which has the tracker of its caller.
    """
    tracker = client.tracker
    if tracker is None:
        return
    if tracker.caching:
        end_caching(client, command)
    # A read-only script is told from what it calls: it may not read the keys that it names, and may read others.
    if tracker.remembers and command.flags & READONLY:
        if command.key_slice is not None:
            tracking.remember(tracker.client, argv[command.key_slice])
        elif command.group != "scripting":
            tracking.remember(tracker.client, [key for key, _ in keys_of(command, argv)])


def end_caching(client: Client, command: Command | None) -> None:
    """Let the effect of CLIENT CACHING end with a command (None: one that does not exist) or its transaction.

    Other CLIENT commands may stand between the two.
    """
    if client.tracker is not None and not (command and command.name.startswith(b"client|")):
        client.tracker.caching_is_over = client.tracker.caching


def begin_command(client: Client) -> None:
    """Let go of what CLIENT CACHING said for the command or transaction before."""
    tracker = client.tracker
    if tracker is not None and tracker.caching_is_over and client.transaction is None:
        tracker.cache(False)


def redirect_of(client: Client) -> int:
    """Return who gets the messages of a client: the id of another one, 0 for itself, -1 if it does not track."""
    return client.tracker.options.redirect if client.tracker else -1


def check_prefixes(client: Client, prefixes: list[bytes]) -> None:
    """Raise CommandError if two prefixes, new or those that the client has, begin alike: a key would be told twice."""
    present = sorted(client.tracker.prefixes) if client.tracker is not None else []
    overlapping = _overlapping([*present, *prefixes])
    for at, prefix in enumerate(prefixes):
        if prefix in overlapping:
            for kind, others in ((b"an existing", present), (b"another provided", prefixes[at + 1 :])):
                for other in others:
                    if prefix.startswith(other) or other.startswith(prefix):
                        raise CommandError(errors.overlapping_prefixes(prefix, kind, other))


def _overlapping(prefixes: list[bytes]) -> set[bytes]:
    """Return those that begin another one, and those that another one begins; there may be very many."""
    found, begun = set[bytes](), list[bytes]()
    for prefix in sorted(prefixes):
        while begun and not prefix.startswith(begun[-1]):
            begun.pop()
        found |= {begun[-1], prefix} if begun else set()
        begun.append(prefix)
    return found
