"""Libraries of functions: what there is, under which name, and what FUNCTION LOAD makes of a source.

A source is run once, and registers functions meanwhile. Whatever is wrong with it, or with what it registers, leaves
everything as it was: a library is built on the side, and takes its place when nothing can fail any more. How a source
is run, and what a callback is, only its runner knows.

Functions are called by their name in any case of letters, so two that differ in nothing else are the same to us. Redis
lets one library have both, and dies when that library goes.

Source: the Redis documentation of functions; functions.c.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from attrs import define, field, frozen

from trioredis import errors
from trioredis.errors import CommandError
from trioredis.scripting.shebang import has_shebang, split_shebang

ENGINE: Final = b"LUA"
"""The name of the only engine."""

_is_name = re.compile(rb"[A-Za-z0-9_]+").fullmatch
_NAME_OPTION: Final = b"name="


@frozen(eq=False)
class Function:
    """What FCALL calls."""

    name: bytes
    callback: Any
    """Something of the runner's."""
    description: bytes | None
    flags: int
    """Bits of `trioredis.scripting.shebang.FLAGS`."""


@define(eq=False)
class Library:
    """Functions that were loaded together."""

    name: bytes
    source: bytes
    """With its shebang."""
    functions: dict[bytes, Function] = field(factory=dict, init=False)
    """By name in lower case."""

    def register(self, function: Function) -> None:
        """Add a function."""
        if not _is_name(function.name):
            raise CommandError(errors.LIBRARY_NAME_INVALID)
        if function.name.lower() in self.functions:
            raise CommandError(errors.FUNCTION_IN_LIBRARY)
        self.functions[function.name.lower()] = function


Runner = Callable[[bytes, Library], None]
"""Runs the code of a library (a source without its shebang), which registers its functions."""


@define(eq=False)
class Libraries:
    """Everything that is loaded."""

    by_name: dict[bytes, Library] = field(factory=dict, init=False)
    functions: dict[bytes, Function] = field(factory=dict, init=False)
    """By name in lower case."""

    def load(self, source: bytes, run: Runner, *, replace: bool = False) -> bytes:
        """Run a source and keep its functions; return the name of the library."""
        name, code = read_metadata(source)
        if name in self.by_name and not replace:
            raise CommandError(errors.library_exists(name))
        library = Library(name, source)
        run(code, library)
        if not library.functions:
            raise CommandError(errors.NO_FUNCTIONS)
        self._put([library])
        return name

    def join(self, others: "Libraries", *, replace: bool) -> None:
        """Add libraries that were loaded elsewhere; all or none."""
        for name in others.by_name:
            if name in self.by_name and not replace:
                raise CommandError(errors.restored_library_exists(name))
        self._put([*others.by_name.values()])

    def delete(self, name: bytes) -> None:
        """Forget a library and its functions."""
        library = self.by_name.pop(name, None)
        if library is None:
            raise CommandError(errors.LIBRARY_NOT_FOUND)
        for each in library.functions:
            del self.functions[each]

    def find(self, name: bytes) -> Function:
        """Return a function; CommandError if there is none of that name."""
        function = self.functions.get(name) or self.functions.get(name.lower())
        if function is None:
            raise CommandError(errors.FUNCTION_NOT_FOUND)
        return function

    def _put(self, libraries: list[Library]) -> None:
        """Let libraries take the place of those of the same names, unless others have functions like theirs."""
        replaced = [self.by_name[each.name] for each in libraries if each.name in self.by_name]
        left = self.functions.keys() - {name for old in replaced for name in old.functions}
        for library in libraries:
            for lower_name, function in library.functions.items():
                if lower_name in left:
                    raise CommandError(errors.function_exists(function.name))
        for old in replaced:
            self.delete(old.name)
        for library in libraries:
            self.by_name[library.name] = library
            self.functions |= library.functions


def read_metadata(source: bytes) -> tuple[bytes, bytes]:
    """Return the name that the shebang of a library gives it, and its code from the end of that line on."""
    if not has_shebang(source):
        raise CommandError(errors.LIBRARY_METADATA_MISSING)
    invalid = errors.LIBRARY_METADATA_INVALID
    engine, options, code = split_shebang(source, invalid, invalid)
    name = None
    for option in options:
        if option[: len(_NAME_OPTION)].lower() != _NAME_OPTION:
            raise CommandError(errors.invalid_library_metadata(option))
        if name is not None:
            raise CommandError(errors.LIBRARY_NAME_TWICE)
        name = option[len(_NAME_OPTION) :]
    if name is None:
        raise CommandError(errors.LIBRARY_NAME_MISSING)
    if not _is_name(name):
        raise CommandError(errors.LIBRARY_NAME_INVALID)
    if engine.upper() != ENGINE:
        raise CommandError(errors.engine_not_found(engine))
    return name, code
