"""`cmsgpack`: MessagePack as far as the original knows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bare_libraries import BothLuas, Lua

NUMBERS = (
    "0", "-0", "1", "127", "128", "255", "256", "65535", "65536", "2^32-1", "2^32", "2^53", "2^62", "2^63-1024", "2^63",
    "2^64", "-1", "-32", "-33", "-128", "-129", "-32768", "-32769", "-2^31", "-2^31-1", "-2^53", "-2^63", "-2^63-2048",
    "0.5", "-0.1", "1.5", "1e300", "1e-300", "1e-45", "1/0", "-1/0", "0/0", "-(0/0)",
)  # fmt: skip
VALUES = (
    "nil", "true", "false", "''", "'a'", "string.rep('a', 31)", "string.rep('a', 32)", "string.rep('a', 255)",
    "string.rep('a', 256)", "string.rep('a', 65535)", "string.rep('a', 65536)", "'\\0\\255'", "string.rep", "{}", "{1}",
    "{1, 2, 3}", "{1, nil, 3}", "{[0] = 1}", "{[1.5] = 1}", "{[2] = 1}", "{a = 1}", "{a = {b = {c = {}}}}", "{{}, {{}}}",
    "{[-1] = 1}", "{[2^31] = 1}", "{[true] = false}", "{1, 2, x = 3}",
)  # fmt: skip


@pytest.mark.parametrize("value", NUMBERS + VALUES)
def test_a_value_is_packed_and_unpacked(value: str, both_luas: BothLuas) -> None:
    both_luas(f"cmsgpack.unpack(cmsgpack.pack({value}))")
    if value != "{1, 2, x = 3}":  # the order of keys is Lua's own affair
        both_luas(f"cmsgpack.pack({value})")


@pytest.mark.parametrize("length", [0, 1, 15, 16, 65535, 65536])
def test_tables_of_every_size(length: int, both_luas: BothLuas) -> None:
    build = "(function(n, f) local t = {} for i = 1, n do t[f(i)] = 1 end return t end)"
    array = f"cmsgpack.pack({build}({length}, function(i) return i end))"
    both_luas(f"#{array}, {array}:sub(1, 6)")
    both_luas(f"#cmsgpack.unpack({array})")
    table = f"cmsgpack.pack({build}({length}, function(i) return 'k' .. i end))"
    both_luas(f"#{table}, {table}:sub(1, {1 if length < 16 else 3 if length < 65536 else 5})")
    both_luas(
        f"(function() local n = 0 for _ in pairs(cmsgpack.unpack({table})) do n = n + 1 end return n end)()"
    )


def test_a_table_that_holds_itself_ends_in_nil(both_luas: BothLuas) -> None:
    both_luas("cmsgpack.pack((function() local t = {} t[1] = t return t end)())")
    both_luas("cmsgpack.unpack(cmsgpack.pack((function() local t = {} t.t = t return t end)()))")


def test_a_metatable_is_asked_for_the_items_of_an_array_only(both_luas: BothLuas) -> None:
    both_luas(
        "cmsgpack.pack(setmetatable({}, {__index = function() return 7 end, __len = function() return 3 end}))"
    )


def test_every_byte_may_come_first(both_luas: BothLuas) -> None:
    for mark in range(256):
        for rest in (b"", b"\1", b"\0\1", b"\0\0\0\1", b"\0\0\0\0\0\0\0\1", b"\1\2\3\4\5\6\7\x88\x99"):
            both_luas("cmsgpack.unpack(ARGV[1])", bytes([mark]) + rest)


CALLS = (
    "cmsgpack.pack()", "cmsgpack.pack(1, 2, 'x', nil)", "cmsgpack.pack(nil)", "cmsgpack.unpack()",
    "cmsgpack.unpack({})", "cmsgpack.unpack(12)", "cmsgpack.unpack('')", "cmsgpack.unpack('\\1\\2\\3')",
    "cmsgpack.unpack('\\1\\2', 1, 2)", "cmsgpack.unpack_one()", "cmsgpack.unpack_one('a')", "cmsgpack.unpack_one('')",
    "cmsgpack.unpack_one('\\1\\2\\3', 0)", "cmsgpack.unpack_one('\\1\\2\\3', 2)", "cmsgpack.unpack_one('\\1\\2\\3', 3)",
    "cmsgpack.unpack_one('a', -1)", "cmsgpack.unpack_one('a', 5)", "cmsgpack.unpack_one('a', 'b')",
    "cmsgpack.unpack_one('a', 2^40)", "cmsgpack.unpack_one('a', 0/0)", "cmsgpack.unpack_limit('ab', 2^40)", "cmsgpack.unpack_limit('ab', 0/0)", "cmsgpack.unpack_limit('ab', -2^40, 2^33)", "cmsgpack.unpack_one({}, 1)",
    "cmsgpack.unpack_one({}, {})", "cmsgpack.unpack_limit()", "cmsgpack.unpack_limit('a')", "cmsgpack.unpack_limit('a', -1)",
    "cmsgpack.unpack_limit('\\1\\2\\3', 0)", "cmsgpack.unpack_limit('\\1\\2\\3', 2)", "cmsgpack.unpack_limit('\\1\\2\\3', 9)",
    "cmsgpack.unpack_limit('\\1\\2\\3', 2, 1)", "cmsgpack.unpack_limit('\\1\\2\\3', 0, 1)",
    "cmsgpack.unpack_limit('\\1\\2\\3', 1.9, nil)", "cmsgpack.unpack_limit({}, {}, {})",
    "cmsgpack.unpack('\\221\\255\\255\\255\\255\\1')", "cmsgpack.unpack('\\223\\255\\255\\255\\255\\1\\1')",
    "cmsgpack.unpack('\\219\\255\\255\\255\\255a')", "cmsgpack.unpack('\\129\\192\\1')",
    "cmsgpack.unpack('\\129\\203\\127\\248\\0\\0\\0\\0\\0\\0\\1')", "cmsgpack.unpack('\\130\\1\\2\\1\\3')",
    "cmsgpack._NAME, cmsgpack._VERSION, cmsgpack._COPYRIGHT, cmsgpack._DESCRIPTION", "cmsgpack",
)  # fmt: skip


@pytest.mark.parametrize("expression", CALLS)
def test_calls_at_the_edge_of_what_is_allowed(expression: str, both_luas: BothLuas) -> None:
    both_luas(expression)


@pytest.mark.parametrize(
    ("piece", "most"), [("\\1", 7999), ("\\145", 3999), ("\\129\\1", 3999), ("\\129", 7999)]
)
def test_depth_ends_where_a_function_of_c_has_no_more_room(
    piece: str, most: int, both_luas: BothLuas
) -> None:
    for count in (most, most + 1):
        both_luas(f"select('#', cmsgpack.unpack(string.rep('{piece}', {count})))")
    both_luas(f"cmsgpack.unpack(string.rep('{piece}', 20000))")


# Numbers are compared as Python's: Lua has one kind only, and gives integers back as integers.
VALUE = st.recursive(
    st.booleans() | st.floats(allow_nan=False) | st.integers(-(2**53), 2**53) | st.binary(max_size=40),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=5) | st.dictionaries(st.binary(max_size=5), inner, max_size=5)
    ),
    max_leaves=20,
)


def lua_of(lua: Lua, value: object) -> object:
    match value:
        case list():
            return lua.runtime.table_from([lua_of(lua, item) for item in value])
        case dict():
            return lua.runtime.table_from({key: lua_of(lua, item) for key, item in value.items()})
    return value


def python_of(value: object, like: object) -> object:
    match like:
        case list():
            return [python_of(item, example) for item, example in zip(value.values(), like, strict=True)]
        case dict():
            return {key: python_of(item, like[key]) for key, item in value.items()}
    return value


@given(VALUE)
def test_values_come_back_as_they_went(value: object) -> None:
    lua = Lua.open()
    assert value == python_of(
        lua.run("return cmsgpack.unpack(cmsgpack.pack(...))", lua_of(lua, value)), value
    )


@given(st.binary(max_size=60))
def test_garbage_is_an_error_or_values(data: bytes) -> None:
    result = Lua.open().run("return pcall(cmsgpack.unpack, ...)", data)
    assert result is True or result[0] is True or isinstance(result[1], bytes)
