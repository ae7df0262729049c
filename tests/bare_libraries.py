"""The libraries of scripts in a Lua without a server, beside the same libraries in a real Redis.

An expression is Lua text that yields any number of values. Both sides print what it yields by the same Lua code,
so that what a reply cannot carry, a fraction, nil or the keys of a table, is compared too.
"""

from typing import Any

from attrs import define
from lupa.lua52 import LuaRuntime

from oracle import Value, Wire
from trioredis.scripting.libraries import build

# Prints values so that two of the same text are the same. Bytes that are not printable are spelled out.
PRINT = r"""
local print_value
local function quoted(text)
  return '"' .. string.gsub(text, '[^ !#-~]', function(c) return '\\' .. string.byte(c) .. ';' end) .. '"'
end
local function table_text(value, depth)
  local lines = {}
  for key, item in pairs(value) do
    lines[#lines + 1] = print_value(key, depth) .. '=' .. print_value(item, depth)
  end
  table.sort(lines)
  return '{' .. table.concat(lines, ',') .. '}'
end
function print_value(value, depth)
  local kind = type(value)
  if kind == 'string' then return quoted(value) end
  if kind == 'number' then return string.format('%.17g', value) end
  if kind == 'table' then return depth > 60 and '...' or table_text(value, depth + 1) end
  if kind == 'function' then return 'function' end
  return tostring(value)
end
local function print_all(...)
  local texts = {}
  for i = 1, select('#', ...) do texts[i] = print_value((select(i, ...)), 0) end
  return table.concat(texts, ' ')
end
local function answer(ok, ...)
  if ok then return print_all(...) end
  return 'error: ' .. tostring((...))
end
local function all(...) return ... end
"""


@define(eq=False)
class Lua:
    """A Lua runtime with the libraries as global variables, and nothing else that a server would add."""

    runtime: Any

    @classmethod
    def open(cls) -> "Lua":
        runtime = LuaRuntime(
            encoding=None, register_eval=False, register_builtins=False, attribute_filter=_deny_all
        )
        names = runtime.globals()
        for name, library in build(runtime).items():
            names[name] = library
        names[b"unpack"] = names[b"table"][b"unpack"]
        names[b"loadstring"] = names[b"load"]
        return cls(runtime)

    def run(self, source: str, *arguments: Any) -> Any:
        """What a chunk returns that gets these arguments."""
        chunk = self.runtime.globals()[b"load"](source.encode(), b"=user_script")
        assert not isinstance(chunk, tuple), chunk
        return chunk(*arguments)


def _deny_all(_object: object, _name: object, _is_setting: bool) -> object:
    raise AttributeError("no attributes")


@define(eq=False)
class BothLuas:
    """Our libraries and the oracle's."""

    ours: Lua
    theirs: Wire

    def __call__(self, expression: str, *arguments: bytes) -> bytes:
        """Print what an expression of ``ARGV`` yields, here and there; the same, which is returned.

        What it raises is printed as ``pcall`` returns it, with the position that a function of a script sees.
        """
        source = f"{PRINT} return answer(pcall(function() return all({expression}) end))"
        expected = self.theirs.ask("EVAL", source, 0, *arguments)
        assert isinstance(expected, bytes)
        result = self.here(source, arguments)
        assert expected == result, (expression, expected, result)
        return expected

    def here(self, source: str, arguments: tuple[bytes, ...]) -> Value:
        table = self.ours.runtime.table_from(list(arguments))
        result = self.ours.run(f"local ARGV = ...\n{source}".replace("\n", " ", 1), table)
        assert isinstance(result, bytes)
        return result
