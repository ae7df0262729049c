"""The scripts that a server knows, and the one that runs (Redis documentation: Scripting with Lua).

What is kept is source: the runtime in which it is compiled is made for the first script, and thrown away when
it is too full. How a script runs is told in `script_host`, how it is interrupted in `slices`.
"""

import hashlib
from functools import partial
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from trioredis import errors
from trioredis.engine.context import Context
from trioredis.errors import CommandError
from trioredis.protocol.replies import Reply
from trioredis.scripting.shebang import FLAGS, NO_WRITES, has_shebang, split_shebang

if TYPE_CHECKING:
    from trioredis.engine.engine import Engine
    from trioredis.engine.script_host import ScriptHost


@frozen(eq=False)
class Script:
    """A text that compiles, or did when it came."""

    source: bytes
    sha: bytes
    code: bytes
    """The source without its first line, if that is about the script."""
    flags: int | None
    """Bits of `FLAGS`, of which one counts: memory has no limit, and there is neither a master nor a cluster.

    None: it says nothing of itself, and may do what the command that runs it may.
    """

    @classmethod
    def parse(cls, source: bytes) -> "Script":
        """Read what a script says of itself; CommandError if that makes no sense."""
        sha = hashlib.sha1(source, usedforsecurity=False).hexdigest().encode()
        if not has_shebang(source):
            return cls(source, sha, source, None)
        engine, options, code = split_shebang(source, errors.SHEBANG, errors.SHEBANG_ENGINE)
        if engine != b"lua":
            raise CommandError(errors.unexpected_script_engine(b"#!" + engine))
        return cls(source, sha, code, _declared_flags(options))


def _declared_flags(options: list[bytes]) -> int:
    flags = 0
    for option in options:
        if not option.startswith(b"flags="):
            raise CommandError(errors.unknown_shebang_option(option))
        for name in option.removeprefix(b"flags=").split(b",") if option != b"flags=" else ():
            if name not in FLAGS:
                raise CommandError(errors.unexpected_script_flag(name))
            flags |= FLAGS[name]
    return flags


def prepare() -> None:
    """Import what scripts run in: Lua, greenlets. It takes some 15 ms, once in a process.

    A server does it before it starts, or its first script would hold the loop for so long; a program that only imports
    this package does without.
    """
    import greenlet as greenlet

    from trioredis.engine import library_host as library_host


@define(eq=False)
class Scripts:
    """The scripts of one server."""

    engine: "Engine"
    _by_source: dict[bytes, Script] = field(factory=dict, init=False)
    _by_sha: dict[bytes, Script] = field(factory=dict, init=False)
    _host: "ScriptHost | None" = field(default=None, init=False)
    _retired: "ScriptHost | None" = field(default=None, init=False)
    """Too full to be of use, and not freed yet."""

    def __len__(self) -> int:
        return len(self._by_sha)

    @property
    def memory(self) -> int:
        """Bytes that Lua uses."""
        return self._host.runtime.used() if self._host else 0

    @property
    def is_running(self) -> bool:
        """Whether a script is not done although somebody else is asked."""
        return self._running is not None

    @property
    def busy_text(self) -> bytes:
        """The error for those who disturb the script that runs."""
        is_function = self._running is not None and self._running.is_function
        return errors.BUSY_FUNCTION if is_function else errors.BUSY_SCRIPT

    @property
    def _running(self) -> "ScriptHost | None":
        """The host of the script or function that runs."""
        hosts = (self._host, self.engine.functions.host)
        return next((host for host in hosts if host is not None and host.is_running), None)

    def host(self) -> "ScriptHost":
        """Return the runtime and its surroundings, with room for something new."""
        from trioredis.engine.script_host import ScriptHost  # here, as in `prepare`

        if self._host is not None and self._host.is_full:
            self.retire(self._host)
            self._host = None
        if self._host is None:
            self._host = ScriptHost(self.engine)
        return self._host

    def retire(self, host: "ScriptHost") -> None:
        """Free a runtime that is of no use any more, little by little; but never two."""
        if self._retired is not None:
            self._retired.close()
        self._retired = host
        host.retire()
        if self.engine.slices.interruptible:
            self.engine.slices.chores.append(partial(self._bury, host))
        else:
            self._bury(host)

    def _bury(self, host: "ScriptHost") -> bool:
        if not host.sweep() and self.engine.slices.interruptible:
            return False
        if host is self._retired:
            host.close()
            self._retired = None
        return True

    def add(self, source: bytes) -> Script:
        """Return a script by its source, which is kept; CommandError if it does not compile."""
        known = self._by_source.get(source)
        if known is not None:
            return known
        script = Script.parse(source)
        self.host().compiled(script.sha, script.code)
        self._by_source[source] = self._by_sha[script.sha] = script
        return script

    def find(self, sha: bytes) -> Script | None:
        """Return a script by the hexadecimal SHA-1 of its source."""
        return self._by_sha.get(sha) or self._by_sha.get(sha.lower())

    def evaluate(
        self, ctx: Context, script: Script, keys: int, words: tuple[bytes, ...], *, only_reads: bool
    ) -> Reply:
        """Run a script for a client; the first so many of the words are keys."""
        writes = not only_reads
        if script.flags is not None:
            writes = not script.flags & NO_WRITES
            if writes and only_reads:
                raise CommandError(errors.SCRIPT_MAY_WRITE)
        host = self.host()
        function = host.functions.get(script.sha) or host.compiled(script.sha, script.code)
        run = partial(host.run, ctx, host.runtime.run, function, script.sha, keys, words, writes)
        return self.engine.slices.run(ctx, run, words)

    def flush(self) -> None:
        """Forget all scripts."""
        self._by_source.clear()
        self._by_sha.clear()
        if self._host is not None:
            self._host.forget()

    def kill(self, *, function: bool) -> None:
        """Let the script (or function) that runs end with an error; CommandError if there is none, or it has written."""
        host = self._running
        if host is None:
            raise CommandError(errors.NOTBUSY)
        if host.has_written:
            raise CommandError(errors.UNKILLABLE)
        if host.is_function != function:
            raise CommandError(self.busy_text)
        host.death = errors.SCRIPT_KILLED

    def end(self) -> None:
        """Let whatever runs end, since the server does."""
        slices = self.engine.slices
        while slices.unfinished is not None:
            if self._running is not None:
                self._running.end()
            slices.go_on()

    def close(self) -> None:
        """Free everything; nothing runs any more."""
        for host in (self._host, self._retired):
            if host is not None:
                host.close()
        self._host = self._retired = None
