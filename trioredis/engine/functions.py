"""Functions of a server: their libraries, and the runtime that they live in.

All libraries share one runtime, which scripts (EVAL) have no part in. It is made for the first library, and thrown away
when there is none left: that gives its memory back, and whatever libraries remembered is gone with them. So is what
they remember when it is too much: then the runtime is thrown away, and all libraries are loaded anew into another.

A library is loaded in slices, as a script runs (`trioredis.engine.slices`), and has half a second of the processor for it.
"""

import logging
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from trioredis import errors
from trioredis.engine.context import Context
from trioredis.errors import CommandError
from trioredis.protocol.replies import OK, Reply
from trioredis.rdb.functions import dump_libraries, dumped_libraries
from trioredis.scripting.functions import Function, Libraries
from trioredis.scripting.shebang import NO_WRITES

if TYPE_CHECKING:
    from trioredis.engine.engine import Engine
    from trioredis.engine.library_host import LibraryHost

_logger = logging.getLogger("trioredis")


class RestorePolicy(Enum):
    """What FUNCTION RESTORE does about the libraries that are there."""

    FLUSH = b"FLUSH"
    """It deletes them."""
    APPEND = b"APPEND"
    """It takes none of the same name."""
    REPLACE = b"REPLACE"
    """It replaces those of the same name."""


@frozen(eq=False)
class Call:
    """A call of a function by FCALL."""

    function: Function
    keys: int
    """How many of the arguments are keys."""
    words: tuple[bytes, ...]
    """The name of the function as it was written, the number of keys, and the arguments."""


@define(eq=False)
class Functions:
    """The functions of a server."""

    engine: "Engine"
    libraries: Libraries = field(factory=Libraries, init=False)
    host: "LibraryHost | None" = field(default=None, init=False)
    """There is one while there are libraries."""

    def load(self, ctx: Context, source: bytes, *, replace: bool) -> Reply:
        """Load a library for a client; return its name."""
        try:
            name = self._some_host().load(self.libraries, source, replace=replace)
        finally:
            self._leave_nothing_behind()
        ctx.note_change()
        return name

    def delete(self, name: bytes) -> None:
        """Forget a library."""
        self.libraries.delete(name)
        self._leave_nothing_behind()

    def flush(self) -> None:
        """Forget everything."""
        self._have(Libraries(), None)

    def dump(self) -> bytes:
        """Return all libraries as FUNCTION DUMP does."""
        sources = [each.source for each in self.libraries.by_name.values()]
        return dump_libraries(sources, self.engine.config[b"rdbcompression"])

    def restore(self, ctx: Context, payload: bytes, policy: RestorePolicy) -> Reply:
        """Load for a client what FUNCTION DUMP returned: all of it, or nothing."""
        former, loaded = (self.libraries, self.host), Libraries()
        if policy is RestorePolicy.FLUSH:
            self.libraries, self.host = Libraries(), None
        try:
            for source in dumped_libraries(payload):
                self._some_host().load(loaded, source)
            self.libraries.join(loaded, replace=policy is RestorePolicy.REPLACE)
        except BaseException:
            self._have(*former)
            raise
        if policy is RestorePolicy.FLUSH:
            self._retire(former[1])
        ctx.note_change()
        return OK

    def call(self, ctx: Context, call: Call, *, only_reads: bool) -> Reply:
        """Call a function for a client."""
        writes = not call.function.flags & NO_WRITES
        if writes and only_reads:
            raise CommandError(errors.SCRIPT_MAY_WRITE)
        return self.engine.slices.run(ctx, partial(self._call, ctx, call, writes), call.words)

    def _call(self, ctx: Context, call: Call, writes: bool) -> Reply:
        function, host = call.function, self._some_host()
        if host.is_full and not host.make_room():
            self._start_anew()
            function, host = self.libraries.find(function.name), self._some_host()
        return host.call_for(ctx, function, call, writes=writes)

    def running(self) -> dict[bytes, Any] | None:
        """Return what FUNCTION STATS says of the function that runs; CommandError if a script does."""
        told = self.host.running() if self.host is not None else None
        if told is None and self.engine.scripts.is_running:
            raise CommandError(self.engine.scripts.busy_text)
        return told

    def close(self) -> None:
        """Free everything; nothing runs any more."""
        host, self.libraries, self.host = self.host, Libraries(), None
        if host is not None:
            host.close()

    def used_memory(self) -> int:
        """Return the bytes that the runtime takes, libraries and all they remember."""
        return self.host.runtime.used() if self.host is not None else 0

    def _some_host(self) -> "LibraryHost":
        if self.host is None:
            # Imported here, as in `trioredis.engine.scripts.prepare`.
            from trioredis.engine.library_host import LibraryHost

            self.host = LibraryHost(self.engine)
        return self.host

    def _start_anew(self) -> None:
        """Load all libraries into another runtime, for what they remember is too much."""
        sources = [each.source for each in self.libraries.by_name.values()]
        self.flush()
        for source in sources:
            try:
                self._some_host().load(self.libraries, source)
            except CommandError as error:
                _logger.warning("A library of functions is lost, for it cannot be loaded again: %s", error)

    def _leave_nothing_behind(self) -> None:
        """Throw the runtime away if nothing lives in it."""
        if not self.libraries.by_name:
            self.flush()

    def _have(self, libraries: Libraries, host: "LibraryHost | None") -> None:
        """Let these be the libraries and their runtime, and throw away the one that was."""
        former, self.libraries, self.host = self.host, libraries, host
        if former is not host:
            self._retire(former)

    def _retire(self, host: "LibraryHost | None") -> None:
        if host is not None:
            self.engine.scripts.retire(host)
