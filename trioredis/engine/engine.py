"""The state of one server, and where a command finds each part of it.

The engine is synchronous and knows no task and no socket. The store owns it; `env` is all it has of the
world. Tests build one with a clock of their own and run commands on it directly.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, field

from trioredis.clock import Clock
from trioredis.config.settings import Config
from trioredis.engine.clients import Client, Clients
from trioredis.engine.effects import Effect
from trioredis.engine.followers import Followers
from trioredis.engine.gate import Gate
from trioredis.engine.latency import LatencyMonitor
from trioredis.engine.listeners import Listeners
from trioredis.engine.notifications import Notifications
from trioredis.engine.pubsub import PubSub
from trioredis.engine.slowlog import Slowlog
from trioredis.engine.stats import Stats
from trioredis.engine.table import CommandTable
from trioredis.engine.timers import Timers
from trioredis.engine.waiters import Waiters
from trioredis.engine.watches import Watches
from trioredis.env import Env
from trioredis.keyspace.database import Database
from trioredis.keyspace.keyspace import Keyspace

if TYPE_CHECKING:
    from trioredis.engine.executor import Executor


@define(eq=False, repr=False)  # which would be everything
class Engine:
    """Everything a server knows."""

    env: Env
    config: Config
    commands: CommandTable
    clock: Clock = field(init=False)
    keyspace: Keyspace = field(init=False)
    clients: Clients = field(factory=Clients, init=False)
    monitors: dict[Client, None] = field(factory=dict, init=False)
    """Clients that see every command (MONITOR)."""
    timers: Timers = field(factory=Timers, init=False)
    gate: Gate = field(init=False)
    listeners: Listeners = field(factory=Listeners, init=False)
    """Who is told of every change of a key."""
    waiters: Waiters = field(init=False)
    """Who waits for which key."""
    watches: Watches = field(init=False)
    """Which transaction depends on which key."""
    notifications: Notifications = field(init=False)
    """Tells subscribers what happens to keys."""
    followers: Followers = field(init=False)
    """Programs that follow what happens to keys."""
    pubsub: PubSub = field(init=False)
    """Who is subscribed to what."""
    executor: "Executor" = field(init=False)
    """Runs the commands; it has entered itself here, for commands that run others."""
    stats: Stats = field(factory=Stats, init=False)
    slowlog: Slowlog = field(factory=Slowlog, init=False)
    latency: LatencyMonitor = field(factory=LatencyMonitor, init=False)
    effects: list[Effect] = field(factory=list, init=False)
    """Asked for in this round."""
    resumed: list[Client] = field(factory=list, init=False)
    """Clients whose backlog can be taken up again."""
    run_id: bytes = field(init=False)
    replid: bytes = field(init=False)
    """Names this history of the data set (Redis documentation: Replication)."""
    directory: Path = field(factory=Path, init=False)
    """Where files are written: the directive dir, absolute once the configuration is followed."""
    started: float = field(init=False)
    """Monotonic seconds."""
    startup_memory: int = field(init=False)
    """Bytes that the process took before there was any data."""
    active_expire: bool = field(default=True, init=False)
    """Whether keys end at their deadline (DEBUG SET-ACTIVE-EXPIRE), or only when somebody looks."""

    def __attrs_post_init__(self) -> None:
        self.clock = self.env.clock
        self.keyspace = Keyspace(self.clock, self.config[b"databases"], self._note_expired)
        self.waiters, self.watches = Waiters(self.listeners), Watches(self.listeners)
        self.notifications, self.followers = Notifications(self), Followers(self)
        self.pubsub = PubSub(self.clients)
        self.gate = Gate(self.timers, self.clients, self.resumed.extend)
        self.run_id, self.replid = self.env.hex_id(), self.env.hex_id()
        self.startup_memory = self.env.machine.resident_memory()
        self.started = self.clock.monotonic

    def _note_expired(self, database: Database, key: bytes) -> None:
        """Tell everybody whom it concerns that a key has ended."""
        if self.listeners.present:
            self.listeners.tell_more(None, database, key, b"expired")
            self.listeners.tell(None, database, key, None)

    def next_wakeup(self) -> float | None:
        """Return the seconds until a timer or a key is due (0 or less: now); None when nothing ever is."""
        self.timers.changed = self.keyspace.deadline_changed = False
        waits = []
        if (earliest := self.timers.earliest) is not None:
            waits.append(earliest - self.clock.monotonic)
        deadline = self.keyspace.next_deadline
        if deadline is not None and self.active_expire:
            waits.append((deadline + 1 - self.clock.now) / 1000)
        return min(waits, default=None)
