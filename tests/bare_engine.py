"""An engine without tasks and sockets: commands go in, the bytes of their replies come out.

`Session` is one client of such an engine. A session is called as `Wire.command` is, so a test can put the same
words to both; a single string is split at its spaces, which makes transcripts readable:

    call("SET k v EX 10")            call(b"SET", b"k", b"\\x00 \\xff")

Each call is a round of its own: the clock is read, the command is run, the replies are taken away.
"""

from attrs import define, field

from oracle import Argument
from trioredis.commands import load
from trioredis.config.settings import Config
from trioredis.engine.clients import Client
from trioredis.engine.context import Context
from trioredis.engine.engine import Engine
from trioredis.engine.executor import Executor
from trioredis.engine.lifecycle import admit
from trioredis.engine.table import CommandTable
from trioredis.env import Env
from trioredis.keyspace.database import Database

NEVER = 1 << 62


@define(eq=False)
class ManualTime:
    """Time that passes when a test says so. It starts at a second that is easy to reckon with."""

    seconds: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds


@define(eq=False)
class LooseEnds:
    """A connection that leads nowhere: replies stay with the client until the session takes them."""

    received: int = 0
    input_size: int = 0
    output_size: int = 0
    output_buffers: int = 0
    descriptor: int = -1
    hung_up: bool = False
    has_authenticated: bool = True

    def flush(self) -> None: ...

    def authenticated(self, yes: bool) -> None:
        self.has_authenticated = yes


Announcement = tuple[int, bytes, bytes]
"""The number of a database, an event, and the key that it happened to."""


@define(eq=False)
class ListeningContext(Context):
    """A context that keeps what commands announce."""

    announced: list[Announcement] = field(factory=list)

    def touch(self, key: bytes, event: bytes | None, db: Database | None = None) -> None:
        Context.touch(self, key, event, db)
        if event is not None:
            self.announced.append(((self.db if db is None else db).index, event, key))

    def notify(self, key: bytes, event: bytes, db: Database | None = None) -> None:
        Context.notify(self, key, event, db)
        self.announced.append(((self.db if db is None else db).index, event, key))


@define(eq=False)
class Session:
    """One client of an engine."""

    engine: Engine
    executor: Executor
    client: Client
    context: ListeningContext

    @classmethod
    def open(cls, env: Env, config: Config | None = None) -> "Session":
        """The first client of a new engine."""
        engine = Engine(env, config or Config(), CommandTable.of(load()))
        return cls._on(engine, Executor(engine))

    def another(self) -> "Session":
        """One more client of the same engine."""
        return self._on(self.engine, self.executor)

    @classmethod
    def _on(cls, engine: Engine, executor: Executor) -> "Session":
        now = engine.clock.monotonic
        client = Client(engine.clients.next_id(), b"127.0.0.1:5000", b"127.0.0.1:6379", now, LooseEnds())
        admit(engine, client)
        client.context = context = ListeningContext(client, engine, engine.keyspace[0])
        return cls(engine, executor, client, context)

    def __call__(self, *arguments: Argument) -> bytes:
        """Run one command and return the raw bytes of its reply."""
        self.engine.clock.refresh()
        self.executor.start()
        self.executor.run(self.client, [words(*arguments)], NEVER)
        self.executor.finish_round()
        return self.taken()

    def taken(self) -> bytes:
        """Return what the client was sent since somebody looked."""
        reply = b"".join(self.client.replies)
        self.client.replies.clear()
        return reply

    def announced(self) -> list[Announcement]:
        """Return what commands announced since somebody looked."""
        announcements = self.context.announced.copy()
        self.context.announced.clear()
        return announcements


def words(*arguments: Argument) -> list[bytes]:
    """The words of a command; those of a single string stand between spaces."""
    match arguments:
        case [str(line)]:
            return line.encode().split()
        case _:
            return [a if isinstance(a, bytes) else str(a).encode() for a in arguments]
