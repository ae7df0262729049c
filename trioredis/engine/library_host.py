"""The runtime of libraries of functions, and the server as they see it."""

from time import perf_counter_ns, thread_time
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from trioredis import errors
from trioredis.engine.context import Context
from trioredis.engine.script_host import ScriptHost
from trioredis.engine.stats import TICKS_PER_SECOND
from trioredis.protocol.replies import Reply
from trioredis.scripting.functions import Function, Libraries
from trioredis.scripting.loading import LibraryRuntime

if TYPE_CHECKING:
    from trioredis.engine.functions import Call

_SECONDS_TO_LOAD: Final = 0.5


@define(eq=False)
class LibraryHost(ScriptHost):
    """A runtime for libraries, and the server as they see it."""

    runtime: LibraryRuntime = field(init=False)
    is_function: bool = field(default=True, init=False)
    _load_until: float | None = field(default=None, init=False)
    """When the library that is loaded has had its time, in seconds of the processor: a slow machine takes it none."""
    _call: tuple[list[bytes], bytes, int] | None = field(default=None, init=False)
    """The command line (its name in capitals), the name of the function, and the beginning of the call that runs."""

    def make_runtime(self) -> LibraryRuntime:
        """Return the runtime that this is the host of."""
        return LibraryRuntime(self)

    def load(self, libraries: Libraries, source: bytes, *, replace: bool = False) -> bytes:
        """Load a library; return its name."""
        self.has_written, self.is_running = False, True
        self._load_until = thread_time() + _SECONDS_TO_LOAD
        try:
            return libraries.load(source, self.runtime.load, replace=replace)
        finally:
            self.is_running = False
            self._load_until = None
            self._tidy_up()
            self.runtime.stop_loading()

    def make_room(self) -> bool:
        """Free what libraries have let go of, in slices; return whether what they keep leaves room."""
        rounds = 2  # what became garbage in the midst of a round is found in the next one
        while self.is_full and rounds:
            rounds -= self.runtime.sweep()
            self.is_full = self.runtime.used() > self.runtime.soft
            if _now() >= self.engine.slices.deadline:
                self.engine.slices.pause()
        return not self.is_full

    def call_for(self, ctx: Context, function: Function, call: "Call", *, writes: bool) -> Reply:
        """Call a function for a client."""
        client = ctx.client
        assert client.last is not None
        self._call = [client.last.command.name.upper(), *call.words], function.name, _now()
        try:
            arguments = call.words[2:]
            run = self.runtime.call
            return self.run(ctx, run, function.callback, function.name, call.keys, arguments, writes)
        finally:
            self._call = None

    def running(self) -> dict[bytes, Any] | None:
        """Return what there is to say of the function that runs, if one does."""
        if self._call is None:
            return None
        words, name, began = self._call
        milliseconds = int((_now() - began) * 1000 / TICKS_PER_SECOND)
        return {b"name": name, b"command": words, b"duration_ms": milliseconds}

    def tick(self) -> bytes | int | bool | None:
        """Pause if the slice is over, and end a library that takes too long to load."""
        if self._load_until is None:
            return ScriptHost.tick(self)
        now = thread_time()
        if now >= self._load_until:
            self.death = errors.FUNCTION_LOAD_TIMEOUT
        verdict = ScriptHost.tick(self)
        self._load_until += thread_time() - now  # what others did between two slices is not its time
        return verdict


def _now() -> int:
    return perf_counter_ns() >> 10
