"""Every command goes through `Executor.call`.

`run` takes the commands of one client, `call` one of them: look up, run, encode, count. A client that is
`unusual` in any way (not authenticated, closing, paused, watched by a monitor) leaves the fast loop by one
test of one integer: before each of its commands `Admission` asks whether it may run, and around it stands what is
out of the ordinary, in layers that each know one thing:

    _call_unusual      whether it is queued, or answered at all; what has to wait until it is answered
    call_observed      monitors
    _call_as_wished    those who follow changes
    _call_on_view      access times, and which keys its client has now

Commands that run others do so by the same means: EXEC and `Context.call` by `call_all`, a script, which has a client of
its own, by `call` and `call_observed`.

What is measured is one duration: the end of a command is the beginning of the next, so timing costs one look
at the clock. It counts in ticks of 1024 nanoseconds: small integers, which cost no allocation.
"""

import logging
from collections import deque
from collections.abc import Callable, Collection, Sequence
from functools import partial
from time import perf_counter_ns
from typing import Any

from attrs import define, field

from trioredis import errors
from trioredis.datatypes.kinds import type_name
from trioredis.engine.admission import Admission
from trioredis.engine.calling import call_inside
from trioredis.engine.clients import Client, Unusual
from trioredis.engine.command import (
    ADMIN,
    FAST,
    NO_MULTI,
    SKIP_MONITOR,
    SKIP_SLOWLOG,
)
from trioredis.engine.config_changes import follow_config
from trioredis.engine.engine import Engine
from trioredis.engine.lifecycle import end_hoarder, end_the_flooded
from trioredis.engine.monitor import show_to_monitors
from trioredis.engine.redaction import redacted
from trioredis.engine.slices import Unfinished
from trioredis.engine.stats import TICKS_PER_SECOND
from trioredis.engine.table import Argv, Entry
from trioredis.engine.tracking import begin_command, remember
from trioredis.engine.waiters import Place
from trioredis.engine.waiting import Waiting
from trioredis.errors import CommandError
from trioredis.keyspace.untouched import untouched
from trioredis.protocol.plain import Argument
from trioredis.protocol.replies import QUEUED, Error, Reply

_logger = logging.getLogger("trioredis")

_NOTHING: deque[Argv] = deque()
_NEVER = 1 << 62
_OUT_OF_LINE = Unusual.OBSERVED | Unusual.UNANSWERED
"""Why a command within another does not simply run."""
_AS_THEY_ARE = frozenset(b"touch exec eval evalsha eval_ro evalsha_ro fcall fcall_ro".split())
"""These run on the database itself: to leave an access time is what the first is for, and the others only run others."""
_LITTLE_UNUSUAL = Unusual.QUEUING | Unusual.TRACKING
"""What about a client holds back none of its commands."""


@define(eq=False)
class Executor:
    """Runs commands against an engine."""

    engine: Engine
    now: int = field(init=False, default=0)
    """When the last command ended, in ticks."""
    taken: int = field(init=False, default=0)
    """Commands taken up since the statistics were folded."""
    depth: int = field(init=False, default=0)
    """How many commands are in the middle of calling another."""
    admission: Admission = field(init=False)
    """Whom it asks what a client may call."""
    _usual: dict[bytes, Entry] = field(init=False)
    _slow: int = field(init=False, default=_NEVER)
    """Ticks from which on a call is looked at twice: the lower one of two thresholds."""

    def __attrs_post_init__(self) -> None:
        self.engine.executor, self.admission = self, Admission(self.engine)
        self.engine.pubsub.on_flood = partial(end_the_flooded, self.engine)
        self._usual = self.engine.commands.usual
        follow_config(self.engine)
        for name in (b"slowlog-log-slower-than", b"latency-monitor-threshold"):
            self.engine.config.on_change(name, self._set_slow)
        self._set_slow()

    def start(self) -> int:
        """Begin anew: time that passed so far is no command's. Return now, in ticks."""
        self.now = perf_counter_ns() >> 10
        return self.now

    def run(self, client: Client, commands: Collection[Argv], until: int) -> deque[Argv]:
        """Run commands in order; return those that are left because time is over or the client must wait."""
        self.taken += len(commands)
        calls = iter(commands)
        call = self.call
        for argv in calls:
            if client.unusual:
                return self._run_unusual(client, deque((argv, *calls)), until)
            if call(client, argv) > until:
                left = deque(calls)
                break
        else:
            left = _NOTHING
        if client.unusual & Unusual.SERVES:
            self.serve(client)
        return left

    def call(self, client: Client, argv: Argv) -> int:
        """Run one command, append its reply, return the time in ticks. Whether it may run is the caller's question."""
        entry, size = self._usual.get(argv[0]), len(argv)
        if entry is None or not entry.least <= size <= entry.most:
            entry = self.admission.find(client, argv)
            if entry is None:
                return self.start()
        client.last = entry
        try:
            # One to three arguments, the most usual, are spelled out: unpacking a list costs 90 ns.
            if size == 2:
                reply = entry.handler(client.context, argv[1])
            elif size == 3:
                reply = entry.handler(client.context, argv[1], argv[2])
            elif size == 4:
                reply = entry.handler(client.context, argv[1], argv[2], argv[3])
            else:
                reply = entry.handler(client.context, *argv[1:])
            client.encoders[type(reply)](reply, client.replies)
        except CommandError as error:
            client.encoders[Error](self._failed(entry, error.answer(argv)), client.replies)
        except Exception:
            text = self._log_bug(client, entry)
            client.encoders[Error](self._failed(entry, text), client.replies)
        now = perf_counter_ns() >> 10
        elapsed = now - self.now
        self.now = now
        entry.stats.samples.append(elapsed)
        if elapsed >= self._slow:
            self._note_slow(client, entry, argv, elapsed)
        return now

    def call_all(self, client: Client, calls: Collection[Argv]) -> None:
        """Run commands as a part of the command that runs, which takes as long as all of them together."""
        began, caller, call = self.now, client.last, self.call
        for argv in calls:
            if client.unusual & _OUT_OF_LINE:
                self._call_or_silence(client, argv)
            else:
                call(client, argv)
        self.now, client.last = began, caller

    def conclude(self, call: Unfinished, result: Callable[[], Reply]) -> None:
        """Answer a command that was not done in its slice and is now; `result` returns or raises as its handler would."""
        waiting, stats = call.waiting, call.entry.stats
        client = waiting.client
        client.last = call.entry
        reply: Reply
        try:
            reply = result()
        except CommandError as error:
            reply = self._failed(call.entry, error.text)
        except Exception:
            reply = self._failed(call.entry, self._log_bug(client, call.entry))
        if client.waiting is waiting and not client.gone and not waiting.muted:
            client.replies += call.replies
        waiting.answer(reply)
        self._send_pushes(client, [] if client.gone else call.pushes)
        client.unusual &= ~Unusual.SERVES
        self.start()
        stats.ticks += call.spent - call.counted
        if call.spent >= self._slow:
            self._note_slow(
                client, call.entry, [*call.entry.command.name.split(b"|"), *call.words], call.spent
            )

    def call_inside(self, client: Client, words: Sequence[Argument]) -> Any:
        """Run a command as a part of the client's command that runs, and return its reply as a plain value."""
        return call_inside(self, client, words)

    def serve(self, client: Client | None = None) -> None:
        """Run again whatever waits for keys that are ready, as a client made them, until none is left."""
        if client is not None:
            client.unusual &= ~Unusual.SERVES
        if self.engine.slices.unfinished is not None:
            return  # what half a script has done is nobody's business
        waiters = self.engine.waiters
        while waiters.ready:
            for place in waiters.take_ready():
                for waiting in waiters.line(place, None):
                    self._run_again(waiting)
                self._serve_kind(place, self._kind_at(place))

    def _serve_kind(self, place: Place, kind: bytes | None) -> None:
        """Run again what waits for such a value, until there is none: then nobody behind is looked at."""
        if kind is not None:
            for waiting in self.engine.waiters.line(place, kind):
                if self._kind_at(place) != kind:
                    break
                self._run_again(waiting)

    def _kind_at(self, place: Place) -> bytes | None:
        """Return the type of the value that a key holds; None when there is none."""
        index, key = place
        value = self.engine.keyspace[index].peek(key)
        return None if value is None else type_name(value)

    def finish_round(self) -> None:
        """Serve those whose keys are ready because time passed, and tell caches what was changed."""
        if self.engine.waiters.ready:
            self.serve()
        if self.engine.tracking.has_work:
            self.engine.tracking.finish_round()

    def _run_again(self, waiting: Waiting) -> None:
        """Run a command that waits, for a client that is still there; unless it waits on, it is answered now."""
        client, argv = waiting.client, waiting.retry
        if argv is None or client.gone or client.waiting is not waiting or client.connection.hung_up:
            return
        before = len(client.replies)
        client.pushes = pushes = list[bytes]()
        self._call_as_wished(client, argv)
        client.unusual &= ~Unusual.SERVES
        assert client.last is not None
        stats = client.last.stats
        elapsed = stats.samples.pop()  # the call was counted when it began to wait
        stats.ticks += elapsed
        if len(client.replies) > before:
            if waiting.muted:
                del client.replies[before:]
            waiting.finish()
            if elapsed >= self._slow:
                self._note_slow(client, client.last, argv, elapsed)
        self._send_pushes(client, pushes)

    def _run_unusual(self, client: Client, calls: deque[Argv], until: int) -> deque[Argv]:
        if client.unusual & Unusual.SERVES:
            self.serve(client)
        while calls:
            if client.unusual & Unusual.CLOSING:
                return _NOTHING
            if client.unusual & Unusual.WAITING:
                return calls
            if client.unusual & ~_LITTLE_UNUSUAL or not self._run_usual(client, calls):
                entry = self.admission.admit(client, calls[0])
                if entry is not None and self.admission.is_held(client, entry, calls[0]):
                    return calls
                argv = calls.popleft()
                begin_command(client)
                if entry is None:
                    self.start()
                else:
                    self._call_unusual(client, entry, argv)
            if client.unusual & Unusual.SERVES:
                self.serve(client)
            if self.now > until:
                return calls
        return calls

    def _run_usual(self, client: Client, calls: deque[Argv]) -> bool:
        """Take up commands of a client that queues or tracks and is usual otherwise; False: look at the first closely."""
        if client.transaction is not None and self._queue(client, calls):
            return True
        argv = calls[0]
        entry = self._usual.get(argv[0])
        if entry is None or not entry.least <= len(argv) <= entry.most:
            return False
        if client.transaction is not None and (entry.is_queued or entry.flags & NO_MULTI):
            return False
        begin_command(client)
        pushes: list[bytes] = []
        client.pushes = pushes
        self.call(client, calls.popleft())
        if client.unusual & Unusual.TRACKING:
            remember(self.engine.tracking, client, entry.command, argv)
        self._send_pushes(client, pushes)
        return True

    def _queue(self, client: Client, calls: deque[Argv]) -> bool:
        """Keep the commands of a transaction for EXEC, up to the first of which that is not sure; False: there was none."""
        usual, kept, flags = self._usual, list[Argv](), 0
        for argv in calls:
            entry = usual.get(argv[0])
            if entry is None or not entry.is_queued or not entry.least <= len(argv) <= entry.most:
                break
            kept.append(argv)
            flags |= entry.flags
        if not kept:
            return False
        for _ in kept:
            calls.popleft()
        client.last = usual[kept[-1][0]]
        self._keep(client, kept, flags)
        return True

    def _call_unusual(self, client: Client, entry: Entry, argv: Argv) -> None:
        if client.unusual & Unusual.SKIP_NEXT:
            client.unusual ^= Unusual.SKIP_NEXT | Unusual.SKIPPED
        client.pushes = pushes = list[bytes]()
        if client.transaction is not None and entry.is_queued:
            client.last = entry
            self._keep(client, [argv], entry.flags)
        else:
            self._call_or_silence(client, argv)
        if client.waiting is not None and client.unusual & Unusual.UNANSWERED:
            client.waiting.muted = True
        client.unusual &= ~Unusual.SKIPPED
        self._send_pushes(client, pushes)

    def _send_pushes(self, client: Client, pushes: list[bytes]) -> None:
        """Send what had to wait until a command of the client was answered; first that its own copies are stale."""
        client.pushes = client.replies
        if self.engine.tracking.pending and self.engine.slices.unfinished is None:
            self.engine.tracking.send_pending()
        client.replies += pushes

    def _keep(self, client: Client, calls: list[Argv], flags: int) -> None:
        """Keep commands of a transaction for EXEC."""
        transaction = client.transaction
        assert transaction is not None
        if not transaction.spoilt and not client.stale:  # or it will run nothing
            transaction.calls += calls
            transaction.flags |= flags
            received = client.connection.received - transaction.received_before
            if received > self.engine.config[b"client-query-buffer-limit"]:
                end_hoarder(self.engine, client)
        if not client.unusual & Unusual.UNANSWERED:
            client.replies.append(QUEUED.wire * len(calls))
        self.start()

    def _call_or_silence(self, client: Client, argv: Argv) -> None:
        """Run a command, and keep its reply back from a client that wants none."""
        before, unanswered = len(client.replies), client.unusual & Unusual.UNANSWERED
        self.call_observed(client, argv)
        if client.unusual & unanswered:  # unless it was CLIENT REPLY ON
            del client.replies[before:]

    def call_observed(self, client: Client, argv: Argv) -> int:
        """Run a command as `call` does, and tell those who want to know about it."""
        if self.engine.monitors:
            entry = self._usual.get(argv[0].lower())
            if entry is not None and entry.flags & SKIP_MONITOR:
                show_to_monitors(self.engine, client, argv)  # a script, before what it calls
        self._call_as_wished(client, argv)
        assert client.last is not None
        if self.engine.monitors and not client.last.flags & (SKIP_MONITOR | ADMIN):
            show_to_monitors(self.engine, client, argv)
        return self.now

    def _call_as_wished(self, client: Client, argv: Argv) -> None:
        """Run a command, and let those who follow know which one it is."""
        if not client.unusual & Unusual.FOLLOWED:
            self._call_on_view(client, argv)
            return
        outer = self.engine.followers.begin(client.context.db, argv)
        self._call_on_view(client, argv)
        self.engine.followers.resume(outer)

    def _call_on_view(self, client: Client, argv: Argv) -> None:
        """Run a command as the client wants it: without a trace in access times, or with its keys remembered."""
        if not client.unusual & Unusual.NO_TOUCH or argv[0].lower() in _AS_THEY_ARE:
            self.call(client, argv)
        else:
            self._call_without_trace(client, argv)
        if client.unusual & Unusual.TRACKING:
            assert client.last is not None
            remember(self.engine.tracking, client, client.last.command, argv)

    def _call_without_trace(self, client: Client, argv: Argv) -> None:
        """Run a command on a view of its database that keeps no access times."""
        context = client.context
        database = context.db
        context.db = view = untouched(database)
        self.call(client, argv)
        if context.db is view:
            context.db = database

    def _failed(self, entry: Entry, text: bytes) -> Error:
        """Count a call that ended in an error, and return what its client gets."""
        entry.stats.failed += 1
        self.engine.stats.count_error(text)
        return Error(text)

    def _log_bug(self, client: Client, entry: Entry) -> bytes:
        name = entry.command.name.decode()
        _logger.exception("Bug in %s, called by client %d. The server goes on.", name, client.id)
        self.engine.stats.internal_errors += 1
        return errors.INTERNAL

    def _note_slow(self, client: Client, entry: Entry, argv: Argv, elapsed: int) -> None:
        """Log a slow call, unless it is not over: it waits, or is run again and is noted by who does that."""
        # In a slice nothing waits but the whole: what it calls is over.
        if client.waiting is not None and not self.engine.slices.is_inside:
            return
        engine, config = self.engine, self.engine.config
        seconds, time = elapsed / TICKS_PER_SECOND, int(engine.clock.wall)
        if (
            0 <= config[b"slowlog-log-slower-than"] <= seconds * 1e6
            and not entry.command.flags & SKIP_SLOWLOG
        ):
            keep = config[b"slowlog-max-len"]
            engine.slowlog.add(redacted(argv), time, seconds, client.address, client.name, keep)
        event = b"fast-command" if entry.command.flags & FAST else b"command"
        engine.latency.record(event, int(seconds * 1000), config[b"latency-monitor-threshold"], time)

    def _set_slow(self, *_: object) -> None:
        slowlog = self.engine.config[b"slowlog-log-slower-than"]
        latency = self.engine.config[b"latency-monitor-threshold"] * 1000
        thresholds = [slowlog] if slowlog >= 0 else []
        thresholds += [latency] if latency > 0 else []
        self._slow = min((int(each * TICKS_PER_SECOND / 1e6) for each in thresholds), default=_NEVER)
