"""A runtime for libraries of functions: what they reach while they are loaded, and afterwards (``functions.lua``)."""

from typing import Any, Final

from attrs import define, field
from lupa.lua52 import LuaError

from trioredis import errors
from trioredis.errors import CommandError
from trioredis.scripting.functions import Function, Library
from trioredis.scripting.results import failure_of
from trioredis.scripting.runtime import CompileError, Runtime
from trioredis.scripting.shebang import FLAGS

_CHUNK: Final = b"@user_function"
"""What errors call the code of every library."""


@define(eq=False)
class _Registrar:
    """Adds functions to libraries. It knows no runtime: one that its own Lua holds would never be freed."""

    library: Library | None = None
    """What is being loaded."""

    def register(self, name: bytes, callback: Any, description: bytes | None, flags: float) -> bytes | None:
        """Add a function to the library; return what is wrong with it."""
        assert self.library is not None
        try:
            self.library.register(Function(name, callback, description, int(flags)))
        except CommandError as error:
            return error.text
        return None


@define(eq=False)
class LibraryRuntime(Runtime):
    """A Lua state for libraries, all of them: none can change what another one sees."""

    _registrar: _Registrar = field(factory=_Registrar, init=False)

    def __attrs_post_init__(self) -> None:
        Runtime.__attrs_post_init__(self)
        register = self.closure(self._registrar.register)
        self._load(b"functions", self._api, register, self.lua.table_from(FLAGS))

    def load(self, code: bytes, library: Library) -> None:
        """Run the code of a library, which registers its functions."""
        try:
            chunk = self.compile(code, _CHUNK)
        except CompileError as error:
            raise CommandError(errors.library_not_compiled(error.text)) from None
        self._registrar.library = library
        try:
            failure = failure_of(self._api[b"load_library"](chunk))
        except LuaError:  # there was no room left to say what went wrong
            raise CommandError(errors.library_not_run(errors.SCRIPT_MEMORY)) from None
        finally:
            self._registrar.library = None
        if failure is not None:
            raise CommandError(errors.library_not_run(failure.text))

    def stop_loading(self) -> None:
        """Let the environment be that of calls, however a load has ended."""
        self._api[b"stop_loading"]()
