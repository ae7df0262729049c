"""Functions of a server: their libraries, and the runtime that they live in.

All libraries share one runtime, which scripts (EVAL) have no part in. It is made for the first library, and thrown away
when there is none left: that gives its memory back, and whatever libraries remembered is gone with them. So is what
they remember when it is too much: then the runtime is thrown away, and all libraries are loaded anew into another.

A library is loaded in slices, as a script runs, and has half a second for it.
"""

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

from attrs import define, field

from trioredis.engine.context import Context
from trioredis.protocol.replies import Reply
from trioredis.rdb.functions import dump_libraries, dumped_libraries
from trioredis.scripting.functions import Function, Libraries
from trioredis.scripting.shebang import NO_WRITES

if TYPE_CHECKING:
    from trioredis.engine.engine import Engine
    from trioredis.engine.library_host import LibraryHost


class RestorePolicy(Enum):
    """What FUNCTION RESTORE does about the libraries that are there."""

    FLUSH = b"FLUSH"
    """It deletes them."""
    APPEND = b"APPEND"
    """It takes none of the same name."""
    REPLACE = b"REPLACE"
    """It replaces those of the same name."""


@define(eq=False)
class Functions:
    """The functions of a server."""

    engine: "Engine"
    libraries: Libraries = field(factory=Libraries, init=False)
    host: "LibraryHost | None" = field(default=None, init=False)
    """There is one while there are libraries."""

    def load(self, ctx: Context, source: bytes, *, replace: bool) -> bytes:
        """Load a library for a client; return its name."""
        try:
            name = self._hosted().load(self.libraries, source, replace=replace)
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
        self.libraries = Libraries()
        self.host = None

    def dump(self) -> bytes:
        """Return all libraries as FUNCTION DUMP does."""
        sources = [each.source for each in self.libraries.by_name.values()]
        return dump_libraries(sources, self.engine.config[b"rdbcompression"])

    def restore(self, ctx: Context, payload: bytes, policy: RestorePolicy) -> None:
        """Load what FUNCTION DUMP returned."""
        is_flush = policy is RestorePolicy.FLUSH
        host = self._new_host() if is_flush else self._hosted()
        loaded = Libraries()
        try:
            for source in dumped_libraries(payload):
                host.load(loaded, source)
            if is_flush:
                self.libraries, self.host = loaded, host
            else:
                self.libraries.join(loaded, replace=policy is RestorePolicy.REPLACE)
        finally:
            self._leave_nothing_behind()
        ctx.note_change()

    def call(
        self, ctx: Context, function: Function, keys: int, words: Sequence[bytes], *, read_only: bool
    ) -> Reply:
        """Call a function for a client; the first so many of the words are its keys."""
        host = self._hosted()
        writes = not function.flags & NO_WRITES
        return host.call_function(ctx, function.callback, function.name, keys, words, writes=writes)

    def used_memory(self) -> int:
        """Return the bytes that the runtime takes, libraries and all they remember."""
        return self.host.runtime.used() if self.host is not None else 0

    def _hosted(self) -> "LibraryHost":
        if self.host is None:
            self.host = self._new_host()
        return self.host

    def _new_host(self) -> "LibraryHost":
        from trioredis.engine.library_host import LibraryHost  # here: who has no functions does not pay for it

        return LibraryHost(self.engine)

    def _leave_nothing_behind(self) -> None:
        if not self.libraries.by_name:
            self.host = None
