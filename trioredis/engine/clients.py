"""Clients as the engine sees them: who they are, what they may do, what they are owed.

A client knows no socket. Its replies gather in `replies` during a round; at the end of the round the store
lets the client's connection send them. `unusual` folds everything out of the ordinary into one integer, so
that the usual client passes all checks of a command by one test.
"""

from collections import deque
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, Protocol

from attrs import define, field

from trioredis.engine.context import Context
from trioredis.engine.table import Argv, Entry
from trioredis.engine.timers import Timer
from trioredis.protocol.encoding import TABLES, Encoder
from trioredis.protocol.replies import Reply

if TYPE_CHECKING:
    from trioredis.engine.tracking import Tracker
    from trioredis.engine.transactions import Transaction
    from trioredis.engine.waiting import Waiting


class Connection(Protocol):
    """What a client's transport offers the engine."""

    def flush(self) -> None:
        """Send the client's replies, or keep what the other side does not take yet; close if it is time."""

    @property
    def received(self) -> int:
        """Bytes received so far."""

    @property
    def input_size(self) -> int:
        """Bytes received that are no complete command yet."""

    @property
    def output_size(self) -> int:
        """Bytes waiting to be sent."""

    @property
    def output_buffers(self) -> int:
        """How many buffers these bytes are in."""

    @property
    def hung_up(self) -> bool:
        """Whether the other side is known to send nothing more, though nobody has taken notice yet."""

    @property
    def descriptor(self) -> int:
        """The file descriptor of a socket, -1 of anything else."""

    def authenticated(self, yes: bool) -> None:
        """Relax (or restore) the limits that hold before AUTH."""


class Unusual:
    """Why a client does not pass the checks by the fast lane. Plain integers: `&` of an IntFlag costs ten times as much."""

    UNAUTHENTICATED: Final = 1
    CLOSING: Final = 2
    """Nothing of it is run any more; its connection ends when its replies are sent."""
    KILLED: Final = 4
    """Closing, and its unsent replies are dropped."""
    MUTED: Final = 8
    """CLIENT REPLY OFF."""
    SKIP_NEXT: Final = 16
    """CLIENT REPLY SKIP: the next command is not answered."""
    WAITING: Final = 32
    """Its last command is not answered yet; nothing more of it is run meanwhile."""
    GATED: Final = 64
    """The gate is closed, to everybody."""
    MONITORED: Final = 128
    """Somebody sees every command, everybody's."""
    SKIPPED: Final = 256
    """The command that runs now is the one that is not answered."""
    NO_TOUCH: Final = 512
    """CLIENT NO-TOUCH: looking at a key counts as no access."""
    IMPATIENT: Final = 1024
    """A command that would wait is answered as when its time is over: a transaction waits for nothing."""
    SERVES: Final = 2048
    """Its last command touched a key for which somebody waits."""
    QUEUING: Final = 4096
    """Between MULTI and EXEC: its commands are kept."""
    SUBSCRIBED: Final = 8192
    """To a channel at least. In RESP2, where messages look like replies, it may do little else than subscribe."""
    TRACKING: Final = 16384
    """CLIENT TRACKING: which keys it reads is remembered."""
    FOLLOWED: Final = 32768
    """Somebody follows what happens to keys, and wants to know by which command, everybody's."""

    OBSERVED: Final = MONITORED | NO_TOUCH | TRACKING | FOLLOWED
    """What holds for each command that its transaction or script calls, and not for that as a whole."""
    UNANSWERED: Final = MUTED | SKIPPED | CLOSING
    """What a command that such a client runs has to say is not sent."""


class Kind:
    """What sort of connection: the flags column of CLIENT LIST, and the filter of CLIENT KILL TYPE."""

    NORMAL: Final = 0
    MONITOR: Final = 1
    UNIX: Final = 2
    NO_EVICT: Final = 4
    SCRIPT: Final = 1 << 10
    """No connection at all: it runs the commands of a script."""


@define(eq=False)
class Client:
    """One connection's state; lives from its arrival in the store to its departure."""

    id: int
    address: bytes
    """Of the other side: `host:port`, or `path:0` for a Unix socket."""
    local_address: bytes
    created: float
    """Monotonic seconds."""
    connection: Connection
    context: Context = field(init=False)
    unusual: int = field(default=0, init=False)
    encoders: dict[type, Encoder] = field(default=TABLES[2], init=False)
    """How to write a reply of each type in the client's version of the protocol."""
    replies: list[bytes] = field(factory=list, init=False)
    pushes: list[bytes] = field(init=False)
    """Where to put what it did not ask for: its replies, except while a command of it runs that may cause some."""
    backlog: deque[Argv] = field(factory=deque, init=False)
    """Commands received and not yet run."""
    protocol: int = field(default=2, init=False)
    kind: int = field(default=0, init=False)
    name: bytes = field(default=b"", init=False)
    library_name: bytes = field(default=b"", init=False)
    library_version: bytes = field(default=b"", init=False)
    user: bytes = field(default=b"default", init=False)
    last_used: float = field(init=False)
    """Monotonic seconds of the last round in which it sent something."""
    last: Entry | None = field(default=None, init=False)
    """What it called last."""
    half_closed: bool = field(default=False, init=False)
    """The other side sends nothing more."""
    idle_watch: Timer | None = field(default=None, init=False)
    """When somebody looks whether it has idled for too long."""
    over_soft_limit_since: float | None = field(default=None, init=False)
    """Monotonic seconds at which its replies began to exceed the soft limit."""
    output_watch: Timer | None = field(default=None, init=False)
    """When somebody looks whether they have exceeded it for too long."""
    waiting: "Waiting | None" = field(default=None, init=False)
    """Its last command, if that is not answered yet."""
    transaction: "Transaction | None" = field(default=None, init=False)
    """What it has queued since MULTI; while there is one it is QUEUING."""
    stale: bool = field(default=False, init=False)
    """A key that it watches has changed: its EXEC will run nothing."""
    tracker: "Tracker | None" = field(default=None, init=False)
    """How it tracks; while there is one it is TRACKING."""
    farewell: bytes = field(default=b"", init=False)
    """The error that is its last reply, if it broke the protocol."""

    def __attrs_post_init__(self) -> None:
        self.last_used = self.created
        self.pushes = self.replies

    @property
    def gone(self) -> bool:
        """Whether nothing of this client is run any more."""
        return bool(self.unusual & Unusual.CLOSING)

    @property
    def is_calling(self) -> bool:
        """Whether a command of it runs that may cause pushes, which have to wait until it is over."""
        return self.pushes is not self.replies

    @property
    def is_local(self) -> bool:
        """Whether the other side is on this machine."""
        if self.kind & Kind.UNIX:
            return True
        host = self.address.rpartition(b":")[0].decode().strip("[]")
        return ip_address(host).is_loopback

    def speak(self, protocol: int) -> None:
        """Answer in RESP2 or RESP3 from the next reply on."""
        self.protocol = protocol
        self.encoders = TABLES[protocol]

    def serve_soon(self) -> None:
        """Have the executor look, after this client's command, at those who wait for what it touched."""
        self.unusual |= Unusual.SERVES

    def close(self, *, at_once: bool = False) -> None:
        """End the connection after what it is owed is sent, or `at_once`."""
        self.unusual |= Unusual.CLOSING
        if at_once:
            self.unusual |= Unusual.KILLED
            self.replies.clear()
            self.pushes.clear()
        self.backlog.clear()


@define(eq=False)
class Clients:
    """Every client of a server, in order of arrival."""

    _by_id: dict[int, Client] = field(factory=dict, init=False)
    _last_id: int = field(default=0, init=False)
    dirty: dict[Client, None] = field(factory=dict, init=False)
    """Clients with something to send or to end, to be flushed when the round ends."""
    told: dict[Client, None] = field(factory=dict, init=False)
    """Clients to whom something was published; they come after those."""
    on_close: Callable[[Client], None] = field(init=False)
    """Called with a client whose connection is about to end: it is sent nothing more."""
    _common: int = field(default=0, init=False)
    """What is unusual about every client."""

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Client]:
        return iter(self._by_id.values())

    def __contains__(self, client: Client) -> bool:
        return client.id in self._by_id

    def get(self, number: int) -> Client | None:
        """Return the client with an id, or None."""
        return self._by_id.get(number)

    def next_id(self) -> int:
        """Return an id that was never used before."""
        self._last_id += 1
        return self._last_id

    def add(self, client: Client) -> None:
        """Register a client that arrived."""
        self._by_id[client.id] = client
        client.unusual |= self._common

    def mark_all(self, reason: int, *, on: bool) -> None:
        """Make every client, present and to come, unusual for a reason, or no more."""
        self._common = self._common | reason if on else self._common & ~reason
        for client in self:
            client.unusual = client.unusual | reason if on else client.unusual & ~reason

    def remove(self, client: Client) -> None:
        """Forget a client that is gone; once or again."""
        self._by_id.pop(client.id, None)
        self.dirty.pop(client, None)
        self.told.pop(client, None)

    def answer(self, client: Client, reply: Reply) -> None:
        """Send a client a reply."""
        client.encoders[type(reply)](reply, client.replies)
        self.dirty[client] = None

    def push(self, client: Client, value: Reply) -> None:
        """Send a client something it did not ask for: not into the midst of a reply, and even if it wants no replies."""
        client.encoders[type(value)](value, client.pushes)
        self.dirty[client] = None

    def close(self, client: Client, *, at_once: bool = False) -> None:
        """End a client's connection when the round ends."""
        client.close(at_once=at_once)
        self.on_close(client)
        self.dirty[client] = None
