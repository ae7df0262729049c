"""A runtime alone: what it lets in, what it lets out, and what it takes."""

import gc
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from trioredis.errors import CommandError
from trioredis.protocol.encoding import TABLES
from trioredis.scripting.results import Failure, Writer, failure_of
from trioredis.scripting.runtime import CompileError, Runtime

SMALL = 4 << 20
"""Bytes that a script may keep in these tests."""


@define(eq=False)
class Server:
    """What scripts find on the other side."""

    runtime: Runtime = field(init=False)
    ticks: int = 0
    answer: Callable[..., Any] = lambda *words: list(words)
    ends: bool = False
    """Whether the script that runs is to end."""
    is_running: bool = False

    def call(self, *words: Any) -> Any:
        answer = self.answer(*words)
        return self.runtime.table(answer) if isinstance(answer, list | dict) else answer

    def may_call(self, *words: Any) -> Any:
        return True

    def log(self, level: int, text: bytes) -> None: ...

    def set_protocol(self, version: int) -> None: ...

    def tick(self) -> bytes | int | bool | None:
        self.ticks += 1
        return (b"ERR over" if self.ends else None) if self.is_running else False

    def run(self, source: str, *words: bytes, keys: int = 0) -> Any:
        """What a script returns, as it comes out, or what went wrong."""
        script = self.runtime.compile(source.encode("latin-1"))
        self.is_running = True
        outcome = self.runtime.run(script, keys, words)
        self.is_running = False
        return failure_of(outcome) or outcome

    def text(self, source: str) -> bytes:
        """The text of the error in which a script ends."""
        failure = self.run(source)
        assert isinstance(failure, Failure)
        return failure.text

    def written(self, source: str, protocol: int = 2) -> bytes:
        """What a client is sent."""
        out: list[bytes] = []
        Writer(self.runtime, TABLES[protocol], protocol, 2).write(self.run(source), out)
        return b"".join(out)


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    server.runtime = Runtime(server, SMALL)
    yield server
    del server.runtime


def test_what_comes_out_of_a_script(server: Server) -> None:
    assert [1, 2.5, b"x", True, None] == [
        server.run(f"return {value}") for value in ("1", "2.5", "'x'", "true", "nil")
    ]
    assert b"*3\r\n:1\r\n*1\r\n$1\r\nx\r\n+OK\r\n" == server.written("return {1, {'x'}, {ok = 'OK'}}")


def test_a_large_table_comes_out_whole(server: Server) -> None:
    expected = b"*9000\r\n" + b"".join(b":%d\r\n" % number for number in range(1, 9001))
    assert expected == server.written("local t = {} for i = 1, 9000 do t[i] = i end return t")


@pytest.mark.parametrize("depth", [1, 100, 1000])
def test_a_deep_table_comes_out_whole(server: Server, depth: int) -> None:
    expected = b"*1\r\n" * depth + b"*0\r\n"
    assert expected == server.written(f"local t = {{}} for i = 1, {depth} do t = {{t}} end return t")


def test_a_table_without_end_comes_out_to_a_limit(server: Server) -> None:
    written = server.written("local t = {} t[1] = t return t")
    assert written.endswith(b"*1\r\n-ERR reached lua stack limit\r\n")


def test_words_become_keys_and_arguments(server: Server) -> None:
    source = "return table.concat(KEYS, ',') .. ';' .. table.concat(ARGV, ',')"
    assert b"a,b;c" == server.run(source, b"a", b"b", b"c", keys=2)
    assert b"a,b,c;" == server.run(source, b"a", b"b", b"c", keys=3)
    assert b";a,b,c" == server.run(source, b"a", b"b", b"c")
    assert b"a;\xff\x00" == server.run(source, b"a", b"\xff\x00", keys=1)


def test_one_script_does_not_see_what_another_was_given(server: Server) -> None:
    server.run("KEYS.hidden = 1 ARGV[2] = 'x'", b"a", keys=1)
    assert 0 == server.run("return #KEYS + #ARGV + (KEYS.hidden or 0)")


def test_a_function_gets_its_keys_and_arguments(server: Server) -> None:
    library = server.runtime.compile(b"local keys, arguments = ... return keys[1] .. arguments[1]")
    assert b"ab" == server.runtime.call(library, 1, [b"a", b"b"])


def test_a_call_gets_what_the_server_answers(server: Server) -> None:
    assert b"GET" == server.run("return redis.call('GET', 'k')[1]")
    server.answer = lambda *words: {b"err": b"ERR no"}
    assert Failure(b"ERR no", b"@user_script:2", False) == server.run("local a\nreturn redis.call('x')")
    assert b"ERR no" == server.run("return redis.pcall('x').err")


def test_a_place_is_known_whoever_is_called_last(server: Server) -> None:
    failing = ["redis.log()", "rawset(redis, 1, 1)", "table.insert(1, 2)", "error('x')", "redis.sha1hex()"]
    for call in failing:
        for source in (f"\nreturn {call}", f"\nlocal function f() return {call} end return f()"):
            failure = server.run(source)
            assert b"@user_script:2" == failure.place, source


def test_a_text_that_is_no_script(server: Server) -> None:
    for source in (b"x x", b"return (", b"\x1bLua", b"goto a", b"local x <const> = 1", b"\xff"):
        with pytest.raises(CompileError) as caught:
            server.runtime.compile(source)
        assert caught.value.text.startswith(b"user_script:1: ")


SHARED = ["_G", "redis", "string", "table", "math", "coroutine", "cjson", "cmsgpack", "bit", "struct"]


@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize(
    "attempt",
    [
        "NAME.x = 1",
        "rawset(NAME, 'x', 1)",
        "rawset(NAME, 1, 1)",
        "table.insert(NAME, 1)",
        "table.insert(NAME, 1, 1)",
        "setmetatable(NAME, {})",
        "setmetatable(NAME, nil)",
        "for key in pairs(NAME) do NAME[key] = nil end",
    ],
)
def test_what_scripts_share_cannot_be_changed(server: Server, name: str, attempt: str) -> None:
    before = server.run(f"local n = 0 for _ in pairs({name}) do n = n + 1 end return n")
    assert server.text(attempt.replace("NAME", name)).endswith(b"Attempt to modify a readonly table")
    for harmless in ("table.remove(NAME)", "table.sort(NAME)", "table.concat(NAME)", "next(NAME)"):
        server.run(harmless.replace("NAME", name))
    assert before == server.run(f"local n = 0 for _ in pairs({name}) do n = n + 1 end return n")
    assert None is server.run(f"return rawget({name}, 'x')")


def test_metatables_of_what_is_shared_cannot_be_changed(server: Server) -> None:
    for table in ("getmetatable('')", "getmetatable(_G)", "getmetatable('').__index"):
        assert server.text(f"{table}.__index = 1").endswith(b"Attempt to modify a readonly table")
    assert None is server.run("return getmetatable(redis)")


@pytest.mark.parametrize(
    "name",
    [
        "print",
        "os",
        "io",
        "debug",
        "require",
        "package",
        "dofile",
        "loadfile",
        "getfenv",
        "setfenv",
        "newproxy",
        "module",
        "python",
        "_ENV",
    ],
)
def test_nothing_else_is_there(server: Server, name: str) -> None:
    expected = b"Script attempted to access nonexistent global variable '%b'" % name.encode()
    assert name == "_ENV" or server.text(f"return {name}").endswith(expected)
    assert None is server.run(f"return rawget(_G, '{name}')")


def test_a_script_cannot_put_others_in_the_place_of_its_globals(server: Server) -> None:
    assert server.text("_ENV = {}").endswith(b"Attempt to modify a readonly table")
    assert server.run("local _ENV = {x = 1} return rawget(_G, 'x')") is None


def test_nothing_of_python_is_in_sight(server: Server) -> None:
    source = """
        local seen, kinds = {}, {}
        local function look(value)
            if seen[value] then return end
            seen[value] = true
            kinds[type(value)] = true
            if type(value) == 'table' then
                for key, item in pairs(value) do look(key) look(item) end
                local meta = getmetatable(value)
                if type(meta) == 'table' then look(meta) end
            end
        end
        look(_G) look(getmetatable(''))
        return tostring(kinds.userdata) .. tostring(kinds.thread)
    """
    cjson_null = "cjson.null"  # the one value that is neither a table nor a function
    assert server.run(source.replace("look(_G)", f"seen[{cjson_null}] = true look(_G)")) == b"nilnil"


def test_bytecode_is_not_let_in(server: Server) -> None:
    assert None is server.run("return loadstring(string.dump(function() return 1 end))")
    assert None is server.run(
        "local d = string.dump(function() end) return load(function() local x = d d = nil return x end)"
    )


def test_finalizers_are_not_called(server: Server) -> None:
    source = """
        local called = 0
        for i = 1, 1000 do setmetatable({}, {__gc = function() called = called + 1 end}) end
        collectgarbage()
        return called
    """
    assert 0 == server.run(source)
    assert b"function" == server.run("return type(getmetatable(setmetatable({}, {__gc = tostring})).__gc)")


def test_the_collector_cannot_be_stopped(server: Server) -> None:
    source = "collectgarbage('stop') local s for i = 1, 100000 do s = {i} end return collectgarbage('count')"
    assert server.run(source) < SMALL / 1024


def test_the_hook_comes_in_every_coroutine(server: Server) -> None:
    for make in ("coroutine.wrap(loop)()", "coroutine.resume(coroutine.create(loop))"):
        before = server.ticks
        server.run(f"local function loop() for i = 1, 100000 do end end {make}")
        assert server.ticks > before + 100


@pytest.mark.parametrize(
    "source",
    [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "while true do xpcall(function() while true do end end, function() while true do end end) end",
        "while true do coroutine.wrap(function() while true do end end)() end",
        "load(function() while true do end end) while true do end",
    ],
)
def test_a_script_that_is_to_end_does(server: Server, source: str) -> None:
    server.ends = True
    assert b"ERR over" == server.text(source)
    server.ends = False
    server.runtime.arm()
    assert 1 == server.run("for i = 1, 10000 do end return 1")


HUNGRY = [
    "local t = {} while true do t[#t + 1] = {} end",
    "local s = 'x' while true do s = s .. s end",
    "local t = {} for i = 1, 1e7 do t[i] = i end",
    "return string.rep('x', 1e9)",
    "local s = string.rep('x', 1e6) local t = {} for i = 1, 1e6 do t[i] = s .. i end",
    "local c = {} while true do c[#c + 1] = coroutine.create(function() end) end",
    "return table.concat({string.rep('x', 4e6), string.rep('y', 4e6), string.rep('z', 4e6)})",
    "return ('x'):rep(4e6):gsub('x', 'yyyyyyyyyy')",
    "return string.format('%s%s%s%s', ('x'):rep(4e6), ('x'):rep(4e6), ('x'):rep(4e6), ('x'):rep(4e6))",
    "local t = {} for i = 1, 1e6 do t['k' .. i] = true end return t",
    "local t = {} while true do pcall(function() while true do t[#t + 1] = {} end end) end",
    "return cjson.encode(string.rep('\\n', 4e6))",
    "local s = string.rep('x', 4e6) for i = 1, 10 do redis.call(s .. i, s .. i) end",
]


@pytest.mark.parametrize("value", ["i * 7919 % 100003", "'k' .. i * 7919 % 100003"])
def test_a_long_sort_can_be_interrupted_even_in_the_usual_order(server: Server, value: str) -> None:
    server.answer = lambda *words: server.ticks
    source = f"""
        local list = {{}} for i = 1, 20000 do list[i] = {value} end
        local before = redis.call('ticks')
        table.sort(list)
        return redis.call('ticks') - before
    """
    assert server.run(source) > 1000


@pytest.mark.parametrize("bytes_of_source", [SMALL // 2, SMALL // 8 * 5])
def test_a_source_that_takes_all_the_memory_once_it_is_compiled_is_refused(
    server: Server, bytes_of_source: int
) -> None:
    with pytest.raises(CommandError, match="not enough memory for a script"):
        server.run("x=1 " * (bytes_of_source // 4))
    assert 1 == server.run("return 1")


@pytest.mark.parametrize("source", HUNGRY)
def test_a_script_cannot_have_all_the_memory(server: Server, source: str) -> None:
    failure = server.run(source)
    assert isinstance(failure, Failure)
    assert b"not enough memory" in failure.text
    assert server.runtime.used() < 5 * SMALL
    server.runtime.make_room()
    assert 1 == server.run("return 1")
    assert server.runtime.used() < SMALL


def test_what_is_too_large_is_not_let_in(server: Server) -> None:
    huge = b"x" * (SMALL + 1)
    for attempt in (
        lambda: server.run("return #ARGV[1]", huge),
        lambda: server.run("return #ARGV", *[b"x" * 1000] * (SMALL // 1000 + 1)),
        lambda: server.runtime.compile(b"return '%b'" % huge),
    ):
        with pytest.raises(CommandError, match="not enough memory"):
            attempt()
    assert 1000 == server.run("return #ARGV[1]", b"x" * 1000)


def test_a_runtime_that_is_given_up_is_freed(server: Server) -> None:
    # Lua holds on to its host, where Python's collector does not look.
    other = Server()
    other.runtime = Runtime(other, SMALL)
    other.run("return 1")
    host = weakref.ref(other)
    del other.runtime, other
    gc.collect()
    assert host() is None


@given(st.binary(max_size=200))
def test_any_bytes_are_a_script_or_none(source: bytes) -> None:
    server = Server(ends=True)
    server.runtime = Runtime(server, SMALL)
    with suppress(CompileError):
        server.run(source.decode("latin-1"))
    server.ends = False
    assert 1 == server.run("return 1")
    del server.runtime
