"""What a running script asks of the server: its commands, its log lines, and its time.

A script has a client of its own (Redis's "fake client"): it selects databases without moving its caller, nobody can kill
it, and its replies are not written but handed to the script, by encoders that make values of Lua. Everything else is
the usual way of a command, `Executor.call`.

Nothing here may raise into Lua: what is called from there returns errors as tables.
"""

import logging
from collections.abc import Callable, Sequence
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from trioredis import errors
from trioredis.engine.clients import Client, Kind, Unusual
from trioredis.engine.command import MAY_REPLICATE, NOSCRIPT, WRITE
from trioredis.engine.context import Context
from trioredis.engine.table import Argv, Entry
from trioredis.errors import CommandError
from trioredis.log_levels import NOTICE
from trioredis.protocol.encoding import Encoder
from trioredis.protocol.replies import NO_REPLY, Error, Reply
from trioredis.scripting.results import Failure, Writer, failure_of
from trioredis.scripting.runtime import INSTRUCTIONS, CompileError, LuaFunction, Runtime
from trioredis.scripting.values import REPLY_TYPES, Translator, error_table

if TYPE_CHECKING:
    from trioredis.engine.engine import Engine

_logger = logging.getLogger("trioredis")

_LEVELS: Final = (logging.DEBUG, logging.INFO, NOTICE, logging.WARNING)
"""Of redis.LOG_DEBUG and so on."""

_SWEPT_FROM: Final = 16 << 20
"""Bytes in use from which on the collector is helped when a script is over."""
_COMPILED: Final = 10_000
"""Functions that are kept compiled."""

_FEW_INSTRUCTIONS: Final = 20
_MANY_INSTRUCTIONS: Final = 1000
_LONG: Final = 500_000 >> 10
"""Ticks between two looks at the time that are too many."""


class _CountedError(CommandError):
    """An error that is in the statistics already."""


@define(eq=False)
class _Nowhere:
    """The connection of a client that has none."""

    input_size: int = 0
    received: int = 0
    output_size: int = 0
    output_buffers: int = 0
    hung_up: bool = False
    descriptor: int = -1

    def flush(self) -> None:
        """There is nobody to send anything to."""

    def authenticated(self, yes: bool) -> None:
        """There are no limits to relax."""


@define(eq=False)
class ScriptHost:
    """A runtime, and the server as its scripts see it."""

    engine: "Engine"
    client: Client = field(init=False)
    runtime: Runtime = field(init=False)
    is_closed: bool = field(default=False, init=False)
    is_full: bool = field(default=False, init=False)
    """Whether scripts have left so much that nothing more can be brought in."""
    is_running: bool = field(default=False, init=False)
    is_function: bool = field(default=False, init=False)
    """Whether it runs functions (FCALL), not EVAL scripts."""
    has_written: bool = field(default=False, init=False)
    """Whether the script that runs has changed something."""
    death: bytes = field(default=b"", init=False)
    """The error with which the script that runs is to end; empty: none."""
    functions: dict[bytes, LuaFunction] = field(factory=dict, init=False)
    """Compiled scripts, by sha."""
    _denied: int = field(default=NOSCRIPT, init=False)
    """Flags of commands that it may not call."""
    _usual: dict[bytes, Entry] = field(init=False)
    _encoders: dict[int, dict[type, Encoder]] = field(init=False)
    _instructions: int = field(default=INSTRUCTIONS, init=False)
    """How many run until the next look at the time."""
    _began: int = field(default=0, init=False)
    """When the script began, in ticks."""
    _looked: int = field(default=0, init=False)
    """When it was looked at the time last."""
    _rounds_to_sweep: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        engine = self.engine
        self._usual = engine.commands.usual
        self.client = client = Client(0, b"?:0", b"", engine.clock.monotonic, _Nowhere())
        client.kind = Kind.SCRIPT
        client.context = Context(client, engine, engine.keyspace[0])
        self.runtime = self.make_runtime()
        self._encoders = {protocol: self._encoders_for(protocol) for protocol in (2, 3)}
        self.set_protocol(2)

    def make_runtime(self) -> Runtime:
        """Return the runtime that this is the host of."""
        return Runtime(self)

    # --- running

    def run(
        self,
        ctx: Context,
        run: Callable[[LuaFunction, int, Sequence[bytes]], Any],
        function: LuaFunction,
        name: bytes,
        keys: int,
        words: Sequence[bytes],
        writes: bool,
    ) -> Reply:
        """Run a script, or a function, for a client, by `Runtime.run` or `Runtime.call`.

        `name` is what errors call it, `writes` whether it may.
        """
        client, caller, executor = self.client, ctx.client, self.engine.executor
        began = self._began = self._looked = executor.now
        client.context.db = ctx.db
        client.unusual, client.tracker = Unusual.IMPATIENT | caller.unusual & Unusual.OBSERVED, caller.tracker
        self._denied = NOSCRIPT if writes else NOSCRIPT | WRITE | MAY_REPLICATE
        self.has_written, self.is_running = False, True
        if client.protocol > 2:
            self.set_protocol(2)
        try:
            outcome = run(function, keys, words)
        finally:
            self.is_running, client.tracker = False, None
            # The command as a whole takes as long as everything in it.
            executor.now = began
            caller.unusual |= client.unusual & Unusual.SERVES
            death = self._tidy_up()
        kind = type(outcome)
        if kind is bytes or kind is int:
            return outcome  # type: ignore[no-any-return]
        if death and kind is tuple and outcome[0] == b"broken":
            raise CommandError(death)
        return self._answered(caller, name, outcome)

    def compiled(self, sha: bytes, code: bytes) -> LuaFunction:
        """Return a script as a function, which is kept; CommandError if it is none."""
        if len(self.functions) > _COMPILED:
            self.functions.clear()
        try:
            function = self.functions[sha] = self.runtime.compile(code)
        except CompileError as problem:
            raise CommandError(errors.script_does_not_compile(problem.text)) from None
        self.is_full = self.runtime.used() > self.runtime.soft
        return function

    def forget(self) -> None:
        """Keep no script compiled."""
        self.functions.clear()

    def end(self) -> None:
        """Let the script that runs end."""
        if self.is_running:
            self.death = errors.SCRIPT_ENDED

    def _answered(self, caller: Client, name: bytes, outcome: Any) -> Reply:
        """Write what a script returned to its caller."""
        if failure := failure_of(outcome):
            return self._failed(caller, name, failure)
        writer = Writer(self.runtime, caller.encoders, caller.protocol, self.client.protocol)
        writer.write(outcome, caller.replies)
        # As in Redis: errors of commands make the call fail each, its own all together.
        assert caller.last is not None
        caller.last.stats.failed += writer.counted_errors + bool(writer.errors)
        for text in writer.errors:
            self.engine.stats.count_error(text)
        return NO_REPLY

    def _failed(self, caller: Client, name: bytes, failure: Failure) -> Reply:
        text = failure.text
        if failure.place:
            text += b" script: %b, on %b." % (name, failure.place)
        if not failure.is_counted:
            raise CommandError(text)
        assert caller.last is not None
        caller.last.stats.failed += 1
        return Error(text)

    def _tidy_up(self) -> bytes:
        """Make the runtime ready for the next script; return what the one before was to die of."""
        death = self.death
        if death or self._instructions != INSTRUCTIONS:
            self.death = b""
            self._instructions = INSTRUCTIONS
            self.runtime.arm()
        used = self.runtime.used()
        self.is_full = used > self.runtime.soft
        if used > _SWEPT_FROM and not self._rounds_to_sweep:
            self._rounds_to_sweep = 2  # what became garbage in the midst of a round is found in the next one
            self.engine.slices.chores.append(self.sweep)
        return death

    def sweep(self) -> bool:
        """Free some of the memory that scripts have left; return whether all is free."""
        if not self.is_closed and self._rounds_to_sweep:
            self._rounds_to_sweep -= self.runtime.sweep()
        return self.is_closed or not self._rounds_to_sweep

    def retire(self) -> None:
        """Run nothing more; what there was becomes garbage, for `sweep` if it is much."""
        self.functions.clear()
        self._rounds_to_sweep = 2 if self.runtime.used() > _SWEPT_FROM else 0

    def close(self) -> None:
        """Let go of the runtime. It holds on to this object, and would never be freed."""
        self.is_closed = True
        self.functions.clear()
        self._encoders.clear()
        self.client.encoders = {}
        del self.runtime

    # --- what scripts call

    def call(self, *words: Any) -> Any:
        """Run a command; return what the script gets, with True beside it if it is time to pause."""
        try:
            argv = [word if type(word) is bytes else _word(word) for word in words]
            entry = self._usual.get(argv[0]) if argv else None
            if entry is None or not entry.least <= len(argv) <= entry.most:
                entry = self._find(argv)
            flags = entry.command.flags
            if flags & self._denied:
                raise self._refusal(entry)
            if flags & WRITE:
                self.has_written = True
            client, executor = self.client, self.engine.executor
            executor.now = perf_counter_ns() >> 10  # what Lua took is not the command's time
            call = executor.call_observed if client.unusual & Unusual.OBSERVED else executor.call
            now = call(client, argv)
            reply = client.replies.pop() if client.replies else None
            if now < self.engine.slices.deadline:
                return reply
            self._instructions = 1
            return reply, True
        except _CountedError as error:
            return self.runtime.table(error_table(error.text))
        except CommandError as error:
            return self.runtime.table({b"err": error.text})
        except BaseException:
            _logger.exception("Bug in a call of a script. The server goes on.")
            self.engine.stats.internal_errors += 1
            return self.runtime.table({b"err": errors.INTERNAL})

    def may_call(self, *words: Any) -> Any:
        """Say whether a command may be called; there are no users who may not."""
        try:
            argv = [word if type(word) is bytes else _word(word) for word in words]
            if not argv:
                raise CommandError(errors.SCRIPT_CALLS_NOTHING)
            try:
                self.engine.commands.find(argv)
            except CommandError:
                raise CommandError(errors.ACL_CHECK_INVALID_COMMAND) from None
        except CommandError as error:
            return self.runtime.table({b"err": error.text})
        return True

    def log(self, level: int, text: bytes) -> None:
        """Write a line to the log."""
        _logger.log(_LEVELS[level], "%s", text.decode("utf-8", "backslashreplace"))

    def set_protocol(self, version: int) -> None:
        """Give the script replies in the words of RESP2 or RESP3."""
        self.client.protocol = version
        self.client.encoders = self._encoders[version]

    def tick(self) -> bytes | int | bool | None:
        """Pause if the slice is over. Return the error that ends the script, or a new number of instructions."""
        if not self.is_running:
            return False
        try:
            pace = self._pace(now := perf_counter_ns() >> 10)
            if now >= self.engine.slices.deadline:
                self.engine.slices.pause()
                # Somebody may have begun to follow.
                self.client.unusual |= self.engine.clients.common & Unusual.OBSERVED
                self._looked = perf_counter_ns() >> 10
            return self.death or pace
        except BaseException:  # GreenletExit: the greenlet is thrown away
            return errors.SCRIPT_ENDED

    def _pace(self, now: int) -> int | None:
        """Return another number of instructions if they take too long, or if more of them take no time."""
        elapsed, self._looked = now - self._looked, now
        before = self._instructions
        if before < _FEW_INSTRUCTIONS:
            self._instructions = INSTRUCTIONS
        elif elapsed > _LONG:
            self._instructions = _FEW_INSTRUCTIONS
        elif before < _MANY_INSTRUCTIONS and 4 * elapsed < _LONG < now - self._began:
            self._instructions = min(2 * before, _MANY_INSTRUCTIONS)
        return None if before == self._instructions else self._instructions

    # --- commands

    def _find(self, argv: Argv) -> Entry:
        """Return what a command line calls that is out of the ordinary; CommandError if there is no such thing."""
        if not argv:
            raise CommandError(errors.SCRIPT_CALLS_NOTHING)
        try:
            entry = self.engine.commands.find(argv)
        except CommandError:
            is_known = len(argv) == 1 and self.engine.commands.named(argv[0]) is not None
            raise self._counting(
                errors.SCRIPT_WRONG_ARITY if is_known else errors.SCRIPT_UNKNOWN_COMMAND
            ) from None
        if not entry.least <= len(argv) <= entry.most:
            entry.stats.rejected += 1
            raise self._counting(errors.SCRIPT_WRONG_ARITY)
        return entry

    def _refusal(self, entry: Entry) -> CommandError:
        entry.stats.rejected += 1
        is_noscript = entry.command.flags & NOSCRIPT
        return self._counting(errors.NOT_FROM_SCRIPT if is_noscript else errors.SCRIPT_READS_ONLY)

    def _counting(self, text: bytes) -> CommandError:
        self.engine.stats.count_error(text)
        return _CountedError(text)

    def _encoders_for(self, protocol: int) -> dict[type, Encoder]:
        """Return functions that append, instead of what is written to a client, what a script gets."""
        runtime = self.runtime

        def translated(reply: Reply, out: list[Any]) -> None:
            plain = Translator(protocol, runtime.soft).plain(reply)
            out.append(runtime.table(plain) if isinstance(plain, list | dict) else plain)

        def as_it_is(reply: Any, out: list[Any]) -> None:
            out.append(reply)

        def text(reply: bytes, out: list[Any]) -> None:
            if len(reply) > runtime.soft:
                raise CommandError(errors.SCRIPT_MEMORY)
            out.append(reply)

        def failure(reply: Error, out: list[Any]) -> None:
            out.append(runtime.table(error_table(reply.text)))

        return dict.fromkeys(REPLY_TYPES, translated) | {int: as_it_is, bytes: text, Error: failure}


def _word(word: Any) -> bytes:
    """Return a number as Redis 7.0 prints it: by ``%.17g``."""
    if type(word) is int:
        return b"%d" % word if -(10**17) < word < 10**17 else b"%.17g" % word
    if type(word) is float:
        return b"-nan" if word != word else b"%.17g" % word
    raise CommandError(errors.SCRIPT_ARGUMENT_TYPE)
