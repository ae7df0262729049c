"""Function libraries, and calls to try them with.

Those in `function_libraries/` are of the kind that people write; the calls, words between
spaces, stand behind ``-->`` at their end. The
others are small: `LOADED_OR_NOT` tells what a library may do while it is loaded, and `CALLED` what a function may.
"""

from pathlib import Path
from typing import Final

from attrs import frozen

Line = list[bytes]

_DIRECTORY: Final = Path(__file__).parent / "function_libraries"
_CALL: Final = b"--> "


@frozen
class Example:
    """A library and calls."""

    name: str
    source: bytes
    calls: list[Line]


def _read(path: Path) -> Example:
    source = path.read_bytes()
    calls = [line.removeprefix(_CALL).split() for line in source.splitlines() if line.startswith(_CALL)]
    return Example(path.stem, source, calls)


EXAMPLES: Final = [_read(path) for path in sorted(_DIRECTORY.glob("*.lua"))]

_REGISTER = "redis.register_function"
_AND_F = f"\n{_REGISTER}('f', function() return 'called' end)"


def library(code: str, name: str = "mylib") -> bytes:
    """A library of this code, from its second line on."""
    return f"#!lua name={name}\n{code}".encode()


def _named(arguments: str) -> str:
    return f"{_REGISTER}{{{arguments}}}"


SHEBANGS: Final = [
    *(b"", b"#", b"#!", b"#!\n", b"#!lua", b"#!lua\n", b"#!lua name=x", b"#!lua name=x\n", b"#!lua name= \n"),
    *(b"#!lua name=\n", b"#!lua name=a name=b\n", b"#!lua foo=bar\n", b"#!lua name=a foo\n", b"#!js name=a\n"),
    *(b"#!lua name=a-b\n", b'#!lua name="ab c"\n', b'#!lua "name=abc\n', b"#!lua 'name=abc'\n", b"#! lua name=x\n"),
    *(b"#!lua\tname=x\n", b"#!lua name=x\r\n", b"#!lua name=x\0\n", b"#!lua name=x y\0z\n", b"#!l\0ua name=x\n"),
    *(b"\n#!lua name=x\n", b"#!lua name=a\xff\n", b"#!lua nam\n", b"#!lua name\n", b"#!'' name=x\n", b"#!j%s name=x\n"),
    *(b"#!js\0z name=x\n", b'#!lua name=x "\\x41"\n', b"#!lua name=x fl\r\nags=x\n", b'"#!lua" name=x\n', b"redis.call()"),
    *(b"#!lua flags=no-writes\n", b"#!lua name=x flags=no-writes\n", b"#!LUA NAME=x\n", b"#!js name=a-b\n", b"#!\xff name=x\n"),
    *(b"#!lua name=" + b"x" * 300 + b"\n", b"#!" + b"x" * 300 + b" name=x\n", b"#!lua " + b"x" * 300 + b"\n"),
]
"""First lines, nearly all of them wrong."""

LOADED_OR_NOT: Final = [
    # What a library reads and writes while it is loaded.
    *(f"local x = {name}{_AND_F}" for name in "_G _VERSION assert error pcall pairs type tostring math string table".split()),
    *(f"local x = {name}{_AND_F}" for name in "coroutine cjson cmsgpack struct bit os io debug require KEYS ARGV x".split()),
    *(f"local x = redis.{name}{_AND_F}" for name in "call pcall log LOG_NOTICE setresp sha1hex error_reply status_reply".split()),
    *(f"local x = redis.{name}{_AND_F}" for name in "set_repl REPL_ALL acl_check_cmd breakpoint REDIS_VERSION nope".split()),
    *("x = 1", "redis = 1", "redis.x = 1", "redis.register_function = 1", "print(1)", "redis.call('SET', 'k', 'v')"),
    *("redis.log(redis.LOG_WARNING, 'loading')" + _AND_F, "redis.log()", "redis.log('x', 'y')", "redis.log(9, 'y')"),
    *("local x = ('text'):upper()" + _AND_F, "local t = {} t.x = 1" + _AND_F, "local t = nil t.x = 1", "local x = 1 + {}"),
    *("local f = nil f()", "local x = 'a' < 1", "local x = #5", "local x = {} .. 'a'", "local t = {} t[nil] = 1"),
    # What does not compile.
    *("f", "x =", "local local", "return return", "function f( end", "nil.x = 1", "redis.register_function('f'", "'open"),
    *("\n\n\n  x x", "[[", "if true then", "for", "local x = 08f", "}", "\\", "--[["),
    # What ends before it has registered anything, and what takes too deep a breath.
    *("", "return", "return 1", "return nil", "-- nothing", "do end", "local function r() return r() + 1 end r()"),
    # What is registered, and how.
    *(f"{_REGISTER}{arguments}" for arguments in ("()", "(1)", "('f')", "('f', 1)", "(1, 2, 3)", "('f', nil)", "(nil)")),
    *(f"{_REGISTER}({name}, function() return 1 end)" for name in ("1", "1.5", "{}", "nil", "true", "'a-b'", "''", "'é'")),
    *(f"{_REGISTER}({name}, function() return 1 end)" for name in (r"'f\0g'", r"'f\n'", "('x'):rep(500)", "'_'", "'9'")),
    f"{_REGISTER}('f', function() return 1 end) {_REGISTER}('f', function() return 2 end)",
    f"{_REGISTER}('f', {_REGISTER})",
    f"redis:register_function('f', function() end){_AND_F}",
    f"for i = 1, 5 do {_REGISTER}('f' .. i, function() return i end) end",
    f"local r = redis.register_function r('f', function() return r end) r('g', function() return 2 end)",
    f"{_REGISTER}('f', function() return 1 end) return 1, 2, 3",
    f"{_REGISTER}('f', function() return 1 end) local t = nil t.x = 1",
    *map(_named, ("", "1", "function_name='f'", "callback=function() end", "function_name={}, callback=function() end")),
    *(
        _named(f"function_name='f', callback=function() return 1 end, {more}")
        for more in (
            *("description='d'", "description=1", "description={}", "description=false", r"description='a\0b\r\nc'"),
            *("flags={}", "flags=1", "flags='no-writes'", "flags={'x'}", "flags={1}", "flags={{}}", "flags={''}"),
            *("flags={'no-writes'}", "flags={'NO-Writes'}", "flags={'no-writes', 'no-writes'}", "flags={nil, 'x'}"),
            *("flags={x='y'}", "flags={'no-writes', 'nope'}", "flags={'no-writes '}", "flags={'allow-oom', 'no-cluster'}"),
            "flags={'allow-cross-slot-keys', 'no-cluster', 'allow-stale', 'allow-oom', 'no-writes'}",
            *("nope=1", "[1]=1", "[true]=1", "[{}]=1", "[1.5]=1", "description=function() end"),
        )
    ),
    _named("function_name=1, callback=function() return 1 end"),
    _named("function_name='f', callback=1"),
    _named("function_name='f', callback='f'"),
    _named("FUNCTION_NAME='f', CallBack=function() return 1 end, DESCRIPTION='d', Flags={'no-writes'}"),
    _named("function_name='a b', callback=function() end"),
]
"""Code of libraries: some are loaded, some are not."""

_GLOBALS: Final = (
    "_G _VERSION assert collectgarbage coroutine dofile error gcinfo getfenv getmetatable ipairs load loadfile "
    "loadstring math module newproxy next os package pairs pcall print rawequal rawget rawset require redis select "
    "setfenv setmetatable string table tonumber tostring type unpack xpcall bit cjson cmsgpack struct debug io KEYS "
    "ARGV x arg"
).split()
_API: Final = (
    "call pcall log LOG_DEBUG LOG_VERBOSE LOG_NOTICE LOG_WARNING setresp sha1hex error_reply status_reply set_repl "
    "REPL_ALL REPL_NONE REPL_AOF REPL_SLAVE REPL_REPLICA replicate_commands breakpoint debug acl_check_cmd "
    "register_function nope"
).split()

CALLED: Final = [
    *(f"return type({name})" for name in _GLOBALS),
    *(f"return type(redis.{name})" for name in _API),
    *("x = 1", "_G.x = 1", "rawset(_G, 'x', 1)", "redis = 1", "redis.x = 1", "string.x = 1", "math.random = 1"),
    *("setmetatable(_G, {})", "return x", "return _G.x", "KEYS = {}", "loadstring('x = 1')()", "return loadstring('return 2')()"),
    *("error('boom')", "error('boom', 0)", "error({err='ERR boom'})", "error({err='My Boom'})", "error({err='Boom'})"),
    *("error()", "error(nil)", "error(12)", "error(true)", r"error('a\r\nb')", "error('')", "assert(false)"),
    *("assert(nil, 'why')", "assert(false, {err='OWN why'})", "local t = nil return t.x", "return 1 + {}", "return #nil"),
    *("return 'a' < 1", "return nope()", "local function deep() error('deep') end deep()", "return {} .. 'x'"),
    *("local ok, e = pcall(error, 'x') return e", "local ok, e = pcall(redis.call, 'nope') return e", "return {pcall(error)}"),
    *("local ok, e = pcall(redis.call, 'lpush', keys[1], 'v') return tostring(e)", "return select('#', pcall(error))"),
    *("return redis.error_reply('x y')", "return redis.error_reply('-X y')", "return redis.error_reply('x')"),
    *("return {err='E x'}", "return {err='-E x'}", "return {ok='fine'}", "return redis.status_reply('OK')", r"return {ok='a\r\nb'}"),
    *("return redis.call('nope')", "return redis.call('get')", "return redis.call('set', keys[1], args[1])"),
    *("return redis.call('lpush', keys[1], 'v')", "return redis.pcall('lpush', keys[1], 'v')", "return redis.pcall('nope')"),
    *("return redis.call()", "return redis.call({})", "return redis.call('ping', nil)", "return redis.call('echo', 1.5)"),
    *(
        f"return redis.call({words})"
        for words in (
            *("'eval', 'return 1', 0", "'fcall', 'f', 0", "'fcall_ro', 'f', 0", "'function', 'list'", "'function', 'flush'"),
            *("'multi'", "'exec'", "'watch', 'k'", "'script', 'flush'", "'debug', 'sleep', 0", "'hello'"),
            *("'auth', 'x'", "'reset'", "'function', 'nope'", "'mset', 'a', 1, 'b', 2", "'ping'"),
            *("'incr', keys[1]", "'append', keys[1], 'x'", "'get', keys[2]", "'hgetall', keys[2]", "'del', keys[1]"),
        )
    ),
    *("return keys", "return args", "return {keys, args}", "return #keys + #args", "return keys[9]", "keys[1] = 'new' return keys"),
    *("return {1, 2, nil, 4}", "return {double=3.5}", "return 3.99", "return -0.5", "return true", "return false", "return nil"),
    *("return 'x', 1", "return {}", "return {{}}", "return {{1, {2}}, 'x'}", "return {a=1}", "return print", "return {print}"),
    *("return 1e15", "return {1, 2.9, '3.9'}", "return ''", "return {'', false, true}", "return {true, nil, 1}", "return"),
    *("redis.setresp(4)", "redis.setresp()", "redis.setresp('3') return true", "redis.setresp(3) return {false, true}"),
    *("redis.setresp(3) return redis.call('hgetall', keys[2])", "redis.setresp(3) return redis.call('get', keys[2])"),
    *("return redis.register_function('g', function() end)", "return redis.sha1hex('')", "return redis.sha1hex()"),
    *("return redis.log(redis.LOG_DEBUG, 'a', 'b')", "return redis.set_repl(redis.REPL_ALL)", "redis.set_repl(9)"),
    *("return redis.acl_check_cmd('set', 'x', '1')", "return redis.acl_check_cmd('nope')", "return redis.replicate_commands()"),
    *("coroutine.wrap(function() error('in it') end)()", "return coroutine.wrap(function() return redis.call('ping') end)()"),
    *("local function r() return r() + 1 end return r()", "return table.concat(keys, ',')", "return ('x'):rep(3)"),
    *("local t = {} for i = 1, 300 do t[i] = i end return t", "return string.format('%5.1f|%d', 2.25, 7)", "return tostring(nil)"),
    *("return unpack(keys)", "return select(2, 'a', 'b')", "return math.floor(-3.5)", "return tonumber('0x10')", "return next({})"),
    *("for i = 1, 3 do redis.call('rpush', keys[2], i) end return redis.call('lrange', keys[2], 0, -1)",),
    *("redis.call('set', keys[1], 'w') error('after a write')", "redis.call('del', keys[1]) return redis.call('exists', keys[1])"),
]
"""Bodies of a function that is given two keys, ``k`` and ``k2``, and an argument ``v``; ``k`` holds a string."""
