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
from trioredis.engine.functions import Functions
from trioredis.engine.gate import Gate
from trioredis.engine.latency import LatencyMonitor
from trioredis.engine.listeners import Listeners
from trioredis.engine.notifications import Notifications
from trioredis.engine.pubsub import PubSub
from trioredis.engine.scripts import Scripts
from trioredis.engine.slices import Slices
from trioredis.engine.slowlog import Slowlog
from trioredis.engine.stats import Stats
from trioredis.engine.table import CommandTable
from trioredis.engine.timers import Timers
from trioredis.engine.tracking import Tracking
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
    tracking: Tracking = field(init=False)
    """Who has which key in a cache of its own."""
    executor: "Executor" = field(init=False)
    """Runs the commands; it has entered itself here, for commands that run others."""
    scripts: Scripts = field(init=False)
    functions: Functions = field(init=False)
    slices: Slices = field(init=False)
    """Who runs on although the round is over."""
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
    _ended: list[tuple[Database, bytes]] = field(factory=list, init=False)
    """Keys that have ended while the gate was closed: nobody was told yet that they expired."""
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
        self.tracking = Tracking(
            self.clients,
            self.listeners,
            self.keyspace.remains,
            self.env.random,
            self.config[b"tracking-table-max-keys"],
        )
        self.gate = Gate(self.timers, self.clients, self._go_on)
        self.scripts, self.functions, self.slices = Scripts(self), Functions(self), Slices(self)
        self.run_id, self.replid = self.env.hex_id(), self.env.hex_id()
        self.startup_memory = self.env.machine.resident_memory()
        self.started = self.clock.monotonic

    def _note_expired(self, database: Database, key: bytes) -> None:
        """Tell everybody whom it concerns that a key has ended; while the gate is closed it does not `expire` yet."""
        if self.gate.is_closed:
            self._ended.append((database, key))
        elif self.listeners.present:
            self.listeners.tell_more(None, database, key, b"expired")
        if self.listeners.present:
            self.listeners.tell(None, database, key, None)

    def _go_on(self, held: list[Client]) -> None:
        """Let clients try again that the gate has held, and if it is open the keys expire that have ended meanwhile."""
        self.resumed += held
        if not self.gate.is_closed:
            ended, self._ended = self._ended, []
            for database, key in ended:
                self.listeners.tell_more(None, database, key, b"expired")
            self.keyspace.deadline_changed = True

    @property
    def expires_keys(self) -> bool:
        """Whether keys end at their deadline by themselves; while the gate is closed, only when somebody looks."""
        return self.active_expire and not self.gate.is_closed

    def next_wakeup(self) -> float | None:
        """Return the seconds until a timer or a key is due (0 or less: now); None when nothing ever is."""
        self.timers.changed = self.keyspace.deadline_changed = False
        waits = []
        if (earliest := self.timers.earliest) is not None:
            waits.append(earliest - self.clock.monotonic)
        deadline = self.keyspace.next_deadline
        if deadline is not None and self.expires_keys:
            waits.append((deadline + 1 - self.clock.now) / 1000)
        return min(waits, default=None)
