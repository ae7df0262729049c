"""What scripts get is made of Lua alone, and nothing else is left behind."""

from lupa.lua52 import LuaRuntime

from bare_libraries import Lua
from trioredis.scripting.libraries import build

NAMES_OF_GLOBALS = (
    "local n = {} for k in pairs(_G) do n[#n + 1] = k end table.sort(n) return table.concat(n, ' ')"
)


def test_libraries_leave_no_global_variable_behind() -> None:
    lua = LuaRuntime(encoding=None, register_eval=False, register_builtins=False)
    before = lua.execute(NAMES_OF_GLOBALS)
    assert [b"bit", b"cjson", b"cmsgpack", b"struct"] == [*build(lua)]
    assert before == lua.execute(NAMES_OF_GLOBALS)


def test_a_function_of_a_library_is_one_of_lua() -> None:
    kinds = Lua.open().run(
        "local kinds = {} for _, library in ipairs{bit, cjson, cmsgpack, struct} do"
        " for name, value in pairs(library) do kinds[type(value)] = true end end"
        " return kinds['function'], kinds.string, kinds.userdata, kinds.table"
    )
    assert (True, True, True, None) == kinds


def test_an_error_of_somebody_else_passes_through_as_it_is() -> None:
    lua = Lua.open()
    stopped = lua.run(
        "local debug, stop = debug, {}"
        " debug.sethook(function() debug.sethook() error(stop) end, '', 50)"
        " local ok, problem = pcall(cjson.decode, '[' .. string.rep('1,', 1000) .. '1]')"
        " return ok, problem == stop"
    )
    assert (False, True) == stopped
