"""Libraries of functions: what is loaded, what is refused, and what is left as it was; beside a real Redis."""

from itertools import count
from typing import Any

import pytest
from attrs import define, field

from oracle import Failure, Wire
from scripting.function_corpus import EXAMPLES, LOADED_OR_NOT, SHEBANGS, library
from trioredis.errors import CommandError
from trioredis.scripting.functions import Libraries
from trioredis.scripting.loading import LibraryRuntime
from trioredis.scripting.shebang import FLAGS, NO_WRITES


class Nobody:
    """A host that has nothing to offer."""

    def call(self, *words: Any) -> Any:
        return {b"err": b"ERR nobody is here"}

    def may_call(self, *words: Any) -> Any:
        return False

    def log(self, level: int, text: bytes) -> None: ...

    def set_protocol(self, version: int) -> None: ...

    def tick(self) -> bytes | int | None:
        return None


@define(eq=False)
class Ours:
    """Libraries and their runtime."""

    runtime: LibraryRuntime = field(factory=lambda: LibraryRuntime(Nobody()))
    libraries: Libraries = field(factory=Libraries)

    def load(self, source: bytes, *, replace: bool = False) -> bytes:
        """Load a library; return its name, or the error."""
        try:
            return self.libraries.load(source, self.runtime.load, replace=replace)
        except CommandError as error:
            return Failure(error.text)

    def call(self, name: bytes, *words: bytes) -> Any:
        return self.runtime.call(self.libraries.find(name).callback, 0, words)

    def described(self) -> list[Any]:
        """What FUNCTION LIST says, in some order."""
        return sorted(
            [
                each.name,
                each.source,
                sorted(
                    (
                        function.name,
                        function.description or b"",
                        sorted(flag for flag, bit in FLAGS.items() if function.flags & bit),
                    )
                    for function in each.functions.values()
                ),
            ]
            for each in self.libraries.by_name.values()
        )


def described(wire: Wire) -> list[Any]:
    """What FUNCTION LIST of a real Redis says, in the same form."""
    found = []
    for words in wire.ask("FUNCTION", "LIST", "WITHCODE"):  # type: ignore[union-attr]
        library = as_map(words)
        functions = [as_map(function) for function in library[b"functions"]]
        listed = ((each[b"name"], each[b"description"] or b"", sorted(each[b"flags"])) for each in functions)
        found.append([library[b"library_name"], library[b"library_code"], sorted(listed)])
    return sorted(found)


def as_map(words: Any) -> dict[bytes, Any]:
    return dict(zip(words[::2], words[1::2], strict=True))


@pytest.fixture
def ours() -> Ours:
    return Ours()


SOURCES = [*SHEBANGS, *map(library, LOADED_OR_NOT), *(example.source for example in EXAMPLES)]


def test_what_redis_loads_is_loaded_and_all_else_refused_in_its_words(library_wire: Wire) -> None:
    for source in SOURCES:
        ours = Ours()
        library_wire.command("FUNCTION", "FLUSH")
        assert library_wire.ask("FUNCTION", "LOAD", source) == ours.load(source), source
        assert described(library_wire) == ours.described(), source


def test_libraries_pile_up_and_clash_as_in_redis(library_wire: Wire, ours: Ours) -> None:
    for source in SOURCES:
        assert library_wire.ask("FUNCTION", "LOAD", source) == ours.load(source), source
    assert described(library_wire) == ours.described()


REFUSED = [each for each in SOURCES if isinstance(Ours().load(each), Failure)]


def test_a_load_that_fails_changes_nothing(ours: Ours) -> None:
    counting = "local n = 0 redis.register_function('f', function() n = n + 1 return n end)"
    ours.load(library(counting))
    ours.load(library("redis.register_function('h', function() return 'h' end)", "other"))
    assert 1 == ours.call(b"f")
    before = ours.described()
    clash = library(
        "redis.register_function('new', function() end) redis.register_function('H', function() end)"
    )
    for source in (*REFUSED, clash):
        assert isinstance(ours.load(source, replace=True), Failure)
    assert before == ours.described()
    assert (2, b"h") == (ours.call(b"f"), ours.call(b"h"))


def test_a_library_that_is_replaced_loses_its_functions_and_its_state(ours: Ours) -> None:
    counting = "local n = 0 redis.register_function('{}', function() n = n + 1 return n end)"
    ours.load(library(counting.format("f")))
    assert [1, 2] == [ours.call(b"f"), ours.call(b"f")]
    ours.load(library(counting.format("f")), replace=True)
    assert 1 == ours.call(b"f")
    ours.load(library(counting.format("g")), replace=True)
    with pytest.raises(CommandError, match="Function not found"):
        ours.call(b"f")


def test_names_of_functions_know_no_case_and_names_of_libraries_do(library_wire: Wire, ours: Ours) -> None:
    for name, function in (("A", "a"), ("a", "A"), ("a", "b"), ("B", "c")):
        source = library(f"redis.register_function('{function}', function() return '{name}' end)", name)
        assert library_wire.ask("FUNCTION", "LOAD", source) == ours.load(source)
    assert library_wire.ask("FCALL", "B", 0) == ours.call(b"B") == b"a"


def test_two_functions_that_differ_only_in_case_cannot_be_in_one_library(ours: Ours) -> None:
    # Redis loads this library, and dies when it is deleted.
    code = "redis.register_function('f', function() end) redis.register_function('F', function() end)"
    assert ours.load(library(code)).endswith(b"ERR Function already exists in the library")


def test_what_a_library_keeps_of_loading_stays_what_it_was(library_wire: Wire, ours: Ours) -> None:
    code = """
      local api = redis
      redis.register_function('version', function() return api.REDIS_VERSION_NUM > 0 end)
      redis.register_function('same', function() return api == redis end)
      redis.register_function('ping', function() return api.call('PING') end)
      redis.register_function('more', function() return api.register_function('more', function() end) end)
      redis.register_function('set', function() api.x = 1 end)
    """
    library_wire.ask("FUNCTION", "LOAD", library(code))
    ours.load(library(code))
    assert [True, False] == [ours.call(b"version"), ours.call(b"same")]
    for name in (b"ping", b"more", b"set"):
        _, text, source, line, _ = ours.call(name)
        assert library_wire.ask("FCALL", name, 0) == b"%b script: %b, on %b:%b." % (text, name, source, line)


def test_libraries_cannot_reach_what_others_see(ours: Ours) -> None:
    attempts = (
        "redis.x = 1",
        "string.x = 1",
        "_G.x = 1",
        "rawset(redis, 'x', 1)",
        "getmetatable('').__index = {}",
    )
    bodies = [f"redis.register_function('f{n}', function() {code} end)" for n, code in enumerate(attempts)]
    ours.load(library("\n".join(bodies)))
    for number, _ in enumerate(attempts):
        assert b"failed" == ours.call(b"f%d" % number)[0]


def test_flags_are_kept_for_those_who_ask(ours: Ours) -> None:
    code = "redis.register_function{function_name='f', callback=function() end, flags={'No-Writes'}}"
    ours.load(library(code))
    assert NO_WRITES == ours.libraries.find(b"f").flags


@define(eq=False)
class Sniper(Nobody):
    """A host that looks on at every instruction, and ends everything from some moment on."""

    patience: int = 0

    def tick(self) -> bytes | int | None:
        self.patience -= 1
        return 1 if self.patience > 0 else b"ERR shot"


def test_a_load_may_be_ended_at_any_instruction() -> None:
    host = Sniper()
    ours = Ours(LibraryRuntime(host))
    slow = library("redis.register_function('slow', function() end) for _ = 1, 100 do end", "slow")
    for patience in count(1):
        host.patience, ours.libraries = patience, Libraries()
        outcome = ours.load(slow)
        host.patience = 1_000_000
        ours.runtime.arm()
        ours.runtime.stop_loading()
        ours.load(library("redis.register_function('f', function() return tostring(1) end)"))
        assert b"1" == ours.call(b"f")
        if outcome == b"slow":
            break
    assert patience > 100
