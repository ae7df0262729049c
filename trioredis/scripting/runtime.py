"""A Lua runtime that can be handed to strangers.

*What a script reaches* is made in Lua (``sandbox.lua``, ``script.lua``); of Python it sees nothing. Each function of the
server is wrapped in a closure of Lua, since a bare callable would offer its attributes; every attribute is denied
all the same; and none of these functions raises, for an exception would arrive in the script as an object. What fails
is returned, as a table ``{err=...}``, and raised on the other side.

*Time.* A hook counts instructions and asks the host, `Host.tick`, every so many of them whether to go on. The host may
switch to another greenlet there. One call of a C function (``string.find`` with nested repetitions) cannot be interrupted.

*Memory.* Lua raises an error when `hard` bytes are in use. That alone would not do: such an error outside a protected call,
as in lupa's own conversions, ends the process. So nothing is brought in while more than `soft` bytes, a
quarter of it, are in use, nor anything larger than `soft`; and the hook ends a script that keeps more than that.
"""

import hashlib
import logging
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from attrs import define, field
from lupa import lua52
from lupa.lua52 import LuaError

from trioredis import errors
from trioredis.errors import CommandError
from trioredis.scripting.bytecode import without_tail_calls
from trioredis.scripting.libraries import build, lua51
from trioredis.scripting.source import acceptable
from trioredis.versions import REDIS_VERSION

_logger = logging.getLogger("trioredis")

SOFT_LIMIT: Final = 128 << 20
"""Bytes that a script may keep."""
_HARD: Final = 4
"""How many times as many there may be for a moment."""

INSTRUCTIONS: Final = 200
"""How many run between two looks at the time, unless the host wants another number."""

_ON_STACK: Final = 4000
"""So many words are handed over one by one; more than that, in a table."""

_WRAP: Final = b"local f = ... return function(...) return f(...) end"
_SOURCES: Final = Path(__file__).parent

LuaFunction = Callable[..., Any]
Outcome = Any
"""What a script returns (`trioredis.scripting.results` reads it)."""

_BROKEN: Final = (b"broken", b"not enough memory")
"""The outcome of what ended in an error where none can be caught."""


class CompileError(Exception):
    """A text that is no script; `text` says why."""

    text: bytes

    def __init__(self, text: bytes) -> None:
        super().__init__(text)
        self.text = text


class Host(Protocol):
    """What a script can ask of the server. Nothing of it may raise, whatever it is given."""

    def call(self, *words: Any) -> Any:
        """Run a command; return what the script gets, an error as a table. With True beside it: look at the time soon."""

    def may_call(self, *words: Any) -> Any:
        """Say whether the client may call a command (ACL)."""

    def log(self, level: int, text: bytes) -> None:
        """Write a line to the log."""

    def set_protocol(self, version: int) -> None:
        """Give the script replies in the words of a version of the protocol from now on."""

    def tick(self) -> bytes | int | bool | None:
        """Look at the time. Return the error that ends the script, or how many instructions to run until the next time.

        False: no script runs.
        """


def _deny(_value: object, _name: object, _is_setting: bool) -> object:
    raise AttributeError("nothing of Python is for scripts")


def _version_number() -> int:
    major, minor, patch = map(int, REDIS_VERSION.split(b"."))
    return major << 16 | minor << 8 | patch


_CHARACTER: Final = re.compile(rb"(?<=near )char\((\d+)\)")


def _quoted(found: "re.Match[bytes]") -> bytes:
    """Show a character that is no letter, and in Lua 5.1 not a number unless it is for control."""
    code = int(found[1])
    return b"'%b'" % (found[0] if code < 128 else bytes([code]))


def _as_lua51(message: bytes) -> bytes:
    """Return the message of a compiler in the words of the older one."""
    place, colon, problem = message.rpartition(b": ")
    problem = problem.replace(b"syntax error near", b"'=' expected near")
    problem = problem.replace(b"<name> expected", b"'<name>' expected")
    problem = _CHARACTER.sub(_quoted, problem)
    return place + colon + problem.replace(b"<eof>", b"'<eof>'")


def _sha1hex(text: bytes) -> bytes:
    return hashlib.sha1(text, usedforsecurity=False).hexdigest().encode()


@define(eq=False)
class Runtime:
    """One Lua state, and what is loaded into it."""

    host: Host
    soft: int = SOFT_LIMIT
    lua: Any = field(init=False)
    _api: Any = field(init=False)
    _run: LuaFunction = field(init=False)
    _call: LuaFunction = field(init=False)
    used: Callable[[], int] = field(init=False)
    """Bytes in use."""

    def __attrs_post_init__(self) -> None:
        self.lua = lua = lua52.LuaRuntime(
            encoding=None,
            register_eval=False,
            register_builtins=False,
            attribute_filter=_deny,
            unpack_returned_tuples=True,
            max_memory=_HARD * self.soft,
        )
        self.used = partial(lua.get_memory_used, total=True)
        libraries = build(lua)
        self._api = api = self._load(
            b"script", self._primitives(), self._limits(), self._load(b"sandbox"), lua51(lua)
        )
        for name, library in libraries.items():
            api[b"add_library"](name, library)
        self._run, self._call = api[b"run"], api[b"call"]

    def _load(self, name: bytes, *arguments: Any) -> Any:
        """Load one of our own chunks, and run it if it gets arguments."""
        source = (_SOURCES / f"{name.decode()}.lua").read_bytes()
        loaded = self.lua.globals()[b"load"](source, b"=trioredis", b"t")
        assert not isinstance(loaded, tuple), loaded[1]
        return loaded(*arguments) if arguments else loaded

    def closure(self, function: Callable[..., Any]) -> LuaFunction:
        """Wrap a function, so that nothing of Python is in sight where it is called; in a chunk that is known as ours."""
        wrap: Any = self.lua.globals()[b"load"](_WRAP, b"=trioredis", b"t")
        closure: LuaFunction = wrap(function)
        return closure

    def _primitives(self) -> Any:
        host = self.host
        functions: dict[bytes, Callable[..., Any]] = {
            b"call": host.call,
            b"may_call": host.may_call,
            b"log": host.log,
            b"set_protocol": host.set_protocol,
            b"tick": host.tick,
            b"sha1hex": _sha1hex,
        }
        return self.lua.table_from({name: self.closure(function) for name, function in functions.items()})

    def _limits(self) -> Any:
        return self.lua.table_from(
            {
                b"soft_kilobytes": self.soft // 1024,
                b"instructions": INSTRUCTIONS,
                b"version": REDIS_VERSION,
                b"version_number": _version_number(),
            }
        )

    def table(self, plain: Any) -> Any:
        """Return a list or dictionary, and what is in it, as a table; there must be room."""
        return self.lua.table_from(plain, recursive=True)

    def make_room(self, size: int = 0) -> None:
        """See to it that so many bytes can be brought in; CommandError when they cannot."""
        if self.used() > self.soft:
            self._api[b"collect"]()
        if max(self.used(), size) > self.soft:
            raise CommandError(errors.SCRIPT_MEMORY)

    def compile(self, source: bytes, name: bytes = b"@user_script") -> LuaFunction:
        """Return a script as a function; CompileError if it is none."""
        self.make_room(len(source))
        if source.startswith(b"\x1b"):  # compiled code, which could do anything
            raise CompileError(b"%b:1: unexpected symbol near 'char(27)'" % name.lstrip(b"@="))
        script = self._api[b"compile"](acceptable(source), name)
        if isinstance(script, tuple):
            raise CompileError(_as_lua51(script[1]))
        try:
            code = without_tail_calls(self._api[b"dump"](script))
            loaded: LuaFunction = self._api[b"load_binary"](code, name)
        except LuaError:  # what is compiled is larger than the source, by much
            raise CommandError(errors.SCRIPT_MEMORY) from None
        return loaded

    def run(self, script: LuaFunction, keys: int, words: Sequence[bytes]) -> Outcome:
        """Run a script with KEYS, the first so many of the words, and ARGV, the rest."""
        return self._enter(self._run, b"run_packed", script, keys, words)

    def call(self, function: LuaFunction, keys: int, words: Sequence[bytes]) -> Outcome:
        """Call a function with two tables: of the keys, the first so many of the words, and of the rest."""
        return self._enter(self._call, b"call_packed", function, keys, words)

    def _enter(
        self, usual: LuaFunction, packed: bytes, function: LuaFunction, keys: int, words: Sequence[bytes]
    ) -> Outcome:
        """Run something with so many words as there may be: one by one if they are few, else in a table."""
        size = sum(map(len, words))
        if self.used() > self.soft or size > self.soft:
            self.make_room(size)
        try:
            if len(words) > _ON_STACK:
                return self._api[packed](function, keys, self.table(list(words)))
            return usual(function, keys, *words)
        except LuaError:
            return _BROKEN

    def arm(self) -> None:
        """Let the hook come as usual again, after a script was killed."""
        self._api[b"arm"]()

    def sweep(self) -> bool:
        """Do some of the collector's work; return whether it has gone round."""
        return bool(self._api[b"sweep"]())

    def unpacked(self, table: Any, size: int) -> list[Any]:
        """Return the first so many values of a table."""
        unpack, values = self._api[b"unpack"], []
        for start in range(1, size + 1, _ON_STACK):
            values += unpack(table, start, min(start + _ON_STACK - 1, size))
        return values
