"""Random programs in Lua, from a grammar: nearly all compile, many fail, some never end.

A program that may run for ever is marked: it is to be run as one that only reads, for nobody can kill a script that
has written something.
"""

from collections.abc import Callable
from random import Random
from typing import Final

from attrs import define, field

DEEPEST: Final = 4

NUMBERS = (
    "0", "1", "-1", "2", "3.5", "-0.5", "7", "16", "255", "1e3", "1e15", "2^31", "-2^31", "2^53", "2^63", "1e300", "1/0", "-1/0",
    "0/0",
)  # fmt: skip
STRINGS = (
    "''", "'a'", "'abc'", "'10'", "'0x10'", "'inf'", "'\\0'", "'\\255\\254'", "'%'", "'%d'", "'[a-'", "'(.-)%1'", "'.-'", "'%b()'",
    "'x.y'", "'{\"a\":[1,2]}'", "'[1,'", "'\\147\\1\\2\\3'", "'>I2s'", "('x'):rep(100)", "'k1'", "'k2'", "'__index'", "'return 1'",
)  # fmt: skip
FUNCTIONS = (
    "tostring", "tonumber", "type", "pairs", "ipairs", "next", "unpack", "select", "rawget", "rawset", "rawequal", "getmetatable",
    "setmetatable", "pcall", "xpcall", "error", "assert", "loadstring", "load", "collectgarbage", "string.rep", "string.sub",
    "string.byte", "string.char", "string.find", "string.match", "string.gsub", "string.gmatch", "string.format", "string.reverse",
    "string.upper", "string.len", "string.dump", "table.concat", "table.insert", "table.remove", "table.sort", "table.getn",
    "table.maxn", "table.foreach", "math.floor", "math.max", "math.random", "math.randomseed", "math.fmod", "math.ldexp",
    "coroutine.create", "coroutine.resume", "coroutine.wrap", "coroutine.yield", "coroutine.status", "coroutine.running",
    "cjson.encode", "cjson.decode", "cjson.encode_max_depth", "cjson.new", "cmsgpack.pack", "cmsgpack.unpack",
    "cmsgpack.unpack_one", "cmsgpack.unpack_limit", "struct.pack", "struct.unpack", "struct.size", "bit.band", "bit.lshift",
    "bit.tohex", "redis.call", "redis.pcall", "redis.error_reply", "redis.status_reply", "redis.sha1hex", "redis.setresp",
    "redis.acl_check_cmd", "redis.replicate_commands",
)  # fmt: skip
COMMANDS = (
    "GET", "SET", "INCR", "APPEND", "GETRANGE", "MGET", "MSET", "DEL", "EXISTS", "TYPE", "RPUSH", "LPOP", "LRANGE", "SADD", "SMEMBERS",
    "SPOP", "HSET", "HGETALL", "HINCRBY", "ZADD", "ZRANGE", "ZPOPMIN", "XADD", "XRANGE", "PFADD", "SETBIT", "BITCOUNT", "SCAN",
    "SORT", "ECHO", "PING", "TIME", "OBJECT", "MULTI", "EVAL", "SELECT", "EXPIRE", "TTL", "nosuch", "",
)  # fmt: skip
OPERATORS = ("+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or")
CONSTANTS = (
    "nil",
    "true",
    "false",
    "KEYS",
    "ARGV",
    "KEYS[1]",
    "ARGV[1]",
    "cjson.null",
    "redis",
    "_G",
    "...",
    "math.huge",
)
METHODS = ("rep", "sub", "find", "format", "gsub", "byte", "upper", "nosuch")
EVENTS = (
    "__index",
    "__newindex",
    "__call",
    "__concat",
    "__add",
    "__eq",
    "__lt",
    "__len",
    "__tostring",
    "__gc",
    "__mode",
)


@define
class Author:
    """Writes one program."""

    random: Random
    endless: bool
    """Whether it may go on for ever."""
    _names: list[str] = field(factory=lambda: ["a"])
    _depth: int = 0

    def program(self) -> str:
        return "local a = ARGV\n" + self.block(self.random.randint(1, 8)) + f"\nreturn {self.values(3)}"

    def pick(self, choices: tuple[str, ...]) -> str:
        return self.random.choice(choices)

    def name(self) -> str:
        return self.random.choice(self._names)

    def new_name(self) -> str:
        name = f"v{len(self._names)}"
        self._names.append(name)
        return name

    def deeper(self, write: Callable[[], str], otherwise: str) -> str:
        """One level down, if there is one, where names come and go."""
        if self._depth >= DEEPEST:
            return otherwise
        self._depth += 1
        known = len(self._names)
        try:
            return write()
        finally:
            del self._names[known:]
            self._depth -= 1

    # --- expressions

    def value(self) -> str:
        return self.random.choice(_VALUES)(self)

    def values(self, most: int) -> str:
        return ", ".join(self.value() for _ in range(self.random.randint(0, most))) or "nil"

    def number(self) -> str:
        return self.pick(NUMBERS)

    def text(self) -> str:
        return self.pick(STRINGS)

    def constant(self) -> str:
        word = self.pick(CONSTANTS)
        return "a" if word == "..." else word

    def operation(self) -> str:
        return self.deeper(lambda: f"({self.value()} {self.pick(OPERATORS)} {self.value()})", "1")

    def sign(self) -> str:
        return self.deeper(lambda: f"{self.pick(('-', '#', 'not '))}({self.value()})", "0")

    def table(self) -> str:
        def write() -> str:
            items = [self.value() for _ in range(self.random.randint(0, 4))]
            keys = [f"[{self.value()}] = {self.value()}" for _ in range(self.random.randint(0, 2))]
            return "{" + ", ".join(items + keys) + "}"

        return self.deeper(write, "{}")

    def meta_table(self) -> str:
        def write() -> str:
            events = ", ".join(f"{self.pick(EVENTS)} = {self.function()}" for _ in range(2))
            return f"setmetatable({self.table()}, {{{events}}})"

        return self.deeper(write, "{}")

    def index(self) -> str:
        return self.deeper(lambda: f"({self.value()})[{self.value()}]", "a")

    def method(self) -> str:
        return self.deeper(lambda: f"({self.value()}):{self.pick(METHODS)}({self.values(2)})", "a")

    def call(self) -> str:
        return self.deeper(lambda: f"{self.pick(FUNCTIONS)}({self.values(4)})", "a")

    def command(self) -> str:
        def write() -> str:
            how = self.pick(("call", "pcall"))
            words = ", ".join([f"'{self.pick(COMMANDS)}'", "KEYS[1]", self.values(3)])
            return f"redis.{how}({words})"

        return self.deeper(write, "redis.call('PING')")

    def caught(self) -> str:
        return self.deeper(lambda: f"select(2, pcall({self.value()}, {self.values(3)}))", "a")

    def function(self) -> str:
        return self.deeper(
            lambda: (
                f"function(...) local {self.new_name()} = ... {self.block(2)} return {self.values(2)} end"
            ),
            "tostring",
        )

    def variable(self) -> str:
        return self.name()

    # --- statements

    def block(self, size: int) -> str:
        return "\n".join(self.random.choice(_STATEMENTS)(self) for _ in range(size))

    def declare(self) -> str:
        value = self.value()
        return f"local {self.new_name()} = {value}"

    def assign(self) -> str:
        return f"{self.name()} = {self.value()}"

    def put(self) -> str:
        return f"pcall(function() {self.name()}[{self.value()}] = {self.value()} end)"

    def grow(self) -> str:
        name = self.name()
        times = self.random.choice((3, 10, 20))
        return f"pcall(function() for i = 1, {times} do {name} = {name} .. {name} .. {self.text()} end end)"

    def fill(self) -> str:
        count = self.random.choice((10, 1000, 20_000))
        return f"do local t = {{}} for i = 1, {count} do t[i] = {self.text()} .. i end {self.name()} = t end"

    def branch(self) -> str:
        return self.deeper(lambda: f"if {self.value()} then {self.block(2)} else {self.block(1)} end", "")

    def count(self) -> str:
        times = self.random.choice((1, 3, 10))
        return self.deeper(lambda: f"for {self.new_name()} = 1, {times} do {self.block(2)} end", "")

    def walk(self) -> str:
        def write() -> str:
            over = self.table()
            return (
                f"for k, {self.new_name()} in {self.pick(('pairs', 'ipairs'))}({over}) do {self.block(1)} end"
            )

        return self.deeper(write, "")

    def attempt(self) -> str:
        return self.deeper(lambda: f"pcall(function() {self.block(3)} end)", "")

    def perform(self) -> str:
        return f"local _ = {self.random.choice((Author.call, Author.command, Author.caught))(self)}"

    def routine(self) -> str:
        def write() -> str:
            body = f"function(...) {self.block(1)} coroutine.yield({self.values(2)}) {self.block(1)} end"
            return f"do local co = coroutine.create({body}) coroutine.resume(co) coroutine.resume(co) end"

        return self.deeper(write, "")

    def recur(self) -> str:
        if not self.endless:
            return ""
        return self.deeper(
            lambda: f"do local f f = function(n) {self.block(1)} return f(n) end pcall(f, 1) end", ""
        )

    def go_on(self) -> str:
        if not self.endless:
            return ""
        condition = self.random.choice(
            ("while true do {} end", "repeat {} until false", "for i = 1, 1/0 do {} end")
        )
        return self.deeper(lambda: condition.format(self.block(2)), "")


_VALUES: Final = (
    *(Author.variable,) * 4, *(Author.number,) * 3, *(Author.text,) * 3, *(Author.constant,) * 2, Author.operation, Author.operation,
    Author.sign, Author.table, Author.table, Author.meta_table, Author.index, Author.method, *(Author.call,) * 4, Author.command,
    Author.caught, Author.function, Author.function,
)  # fmt: skip
_STATEMENTS: Final = (
    *(Author.declare,) * 4, *(Author.assign,) * 2, Author.put, Author.grow, Author.fill, Author.branch, Author.count, Author.walk,
    *(Author.attempt,) * 3, *(Author.perform,) * 4, Author.routine, Author.recur, Author.go_on,
)  # fmt: skip


def random_script(random: Random) -> tuple[str, bool]:
    """A program, and whether it may go on for ever."""
    endless = random.random() < 0.2
    return Author(random, endless).program(), endless
