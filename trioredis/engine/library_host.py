"""The runtime of libraries of functions, and the server as they see it."""

from time import perf_counter_ns
from typing import Final

from attrs import define, field

from trioredis import errors
from trioredis.engine.script_host import ScriptHost
from trioredis.scripting.functions import Libraries
from trioredis.scripting.loading import LibraryRuntime

_NEVER: Final = 1 << 62
_TIME_TO_LOAD: Final = 500_000_000 >> 10
"""Half a second, in ticks."""


@define(eq=False)
class LibraryHost(ScriptHost):
    """A runtime for libraries, and the server as they see it."""

    runtime: LibraryRuntime = field(init=False)
    _load_until: int = field(default=_NEVER, init=False)
    """When the library that is loaded has had its time, in ticks."""

    def make_runtime(self) -> LibraryRuntime:
        """Return the runtime that this is the host of."""
        return LibraryRuntime(self)

    def load(self, libraries: Libraries, source: bytes, *, replace: bool = False) -> bytes:
        """Load a library; return its name."""
        self._load_until = (perf_counter_ns() >> 10) + _TIME_TO_LOAD
        try:
            return libraries.load(source, self.runtime.load, replace=replace)
        finally:
            self._load_until = _NEVER
            self._tidy_up()

    def tick(self) -> bytes | int | None:
        """Pause if the slice is over, and end a library that takes too long to load."""
        if perf_counter_ns() >> 10 >= self._load_until:
            self.death = errors.FUNCTION_LOAD_TIMEOUT
        return ScriptHost.tick(self)
