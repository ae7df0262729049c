"""`cjson`: what is an array, what is a number, and where an error is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bare_libraries import BothLuas, Lua

VALUES = (
    "nil", "true", "false", "cjson.null", "0", "-0", "1", "-1", "1.5", "0.1", "1e15", "1e14", "123456789012345", "2^53", "1e300",
    "1e-7", "1/3", "10/2", "1/0", "-1/0", "0/0", "'x'", "''", "'/'", "'\\\\'", "'\"'", "'\\127'", "'\\0\\1\\31 '",
    "'\\b\\t\\n\\f\\r'", "'\\255\\254'", "'\\195\\164'", "{}", "{1}", "{1, 2, 3}", "{1, nil, 3}", "{nil, nil, 3}", "{a = 1}",
    "{[1] = 'a', [10] = 'b'}", "{[1] = 'a', [11] = 'b'}", "{[11] = 1}", "{[10] = 1}", "{[0] = 1}", "{[-1] = 1}",
    "{[1.5] = 1}", "{[2^40] = 1}", "{[2^31 - 1] = 1}", "{[1/0] = 1}", "{[true] = 1}", "{[{}] = 1}", "{string.rep}",
    "{a = string.rep}", "string.rep", "coroutine.create(function() end)", "{{}, {{}}}", "{['a/b'] = {['c'] = 1}}",
    "{a = 0/0}", "{[0.1] = 1}", "{[1e300] = 1}", "{1, cjson.null, false}", "{a = {1, 2, {b = {}}}}",
    "setmetatable({}, {__index = function() return 1 end, __len = function() return 5 end})",
    "(function() local t = {} t.t = t return t end)()", "(function() local t = {} t[1] = t return t end)()",
)  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
def test_values_are_written(value: str, both_luas: BothLuas) -> None:
    both_luas(f"cjson.encode({value})")


TEXTS = (
    "", " ", "null", "true", "false", "nul", "nullx", "truefalse", "tru", "fals", "0", "-0", "1", "-1", "01", "-01", "1.", "1.5",
    ".5", "-.5", "+1", "+", "-", "--1", "1e5", "1E5", "1e+5", "1e-5", "1e", "1e+", "1.e5", "1.5.5", "0x10", "0x", "-0xfF", "0x.8",
    "0x1p4", "0x1p", "0x1.8p-1", "inf", "-inf", "infinity", "-Infinity", "INFx", "nan", "-nan", "NaN", "nan(12)", "nan(", "i", "n",
    "N", "I", "0.1", "123456789012345678901234567890", "1e400", "-1e400", "1e-400", "0e0", "0.", "00", "0 1", "1 2", "[]", "[ ]",
    "[1]", "[1,]", "[,1]", "[1 2]", "[1,2", "[", "]", "[[]", "[[]]", "[1,[2,[3]]]", "{}", "{ }", "{", "}", '{"a"}', '{"a":}',
    '{"a":1', '{"a":1,}', '{"a":1 "b":2}', '{"a" 1}', "{a:1}", "{1:2}", '{"a":1,"b":{"c":[]}}', '{"a":1,"a":2}', '{"":1}',
    "{[]}", "{null:1}", "{true:1}", "{,}", "{:1}", '{"a":1}}', '{"a":1]', "[1}", '"', '"a', '"a"', '"a"b', '"\\', '"\\"', '"\\n"',
    '"\\x"', '"\\b\\t\\n\\f\\r\\/\\\\\\""', '"\\u0041"', '"\\u00e4\\u20ac"', '"\\u0000"', '"\\u12"', '"\\uzzzz"', '"\\u"',
    '"\\ud83d\\ude00"', '"\\ud83d"', '"\\ud83d\\u0041"', '"\\ude00"', '"\\ud83dx"', '"\\ud83d\\ud83d"', '"\\uDBFF\\uDFFF"', '"tab\t"',
    '"line\n"', "\t\n\r [ 1 , 2 ] \n", "[1]\x0b", "'a'", "[1]x", '[1]"x"', '[1]"x', "[1]1", "[1]-", "[1]null", "[1]nope", "[1]{",
    '{"a":tru}', '{"a":"x', '{"a":-}', '{"x\\q":1}', '{"x', '[1,"a\\u00"]', '["a"1]', "[1:2]", '{"a":1:2}', '{"a",1}', "#", "[#]",
    "/* */ 1", "[nan,inf]", '{"a":nan}', "[1,2,3,[4,5,{}],{}]",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_texts_are_read(text: str, both_luas: BothLuas) -> None:
    both_luas("cjson.decode(ARGV[1])", text.encode())
    both_luas("cjson.decode(ARGV[1], cjson.decode_invalid_numbers(false))", text.encode())
    both_luas(
        "(function() cjson.decode_invalid_numbers(false) return cjson.decode(ARGV[1]) end)()", text.encode()
    )


@pytest.mark.parametrize(
    "data",
    [b"\0", b"\0\0", b"1\0", b"[1]\0x", b'"a\0b"', b"\xff", b'"\xff\xfe"', b"\xef\xbb\xbf1", b"[1\x00", b"[\x00]", b'{"\xc3\xa4":1}'],
)  # fmt: skip
def test_bytes_are_read_as_they_are(data: bytes, both_luas: BothLuas) -> None:
    both_luas("cjson.decode(ARGV[1])", data)


def test_numbers_are_told_from_words_of_their_letters(both_luas: BothLuas) -> None:
    for text in (b"nan", b"-nan", b"NaN", b"inf", b"-Infinity", b"-0", b"1e400"):
        both_luas("tostring(cjson.decode(ARGV[1]))", text)
        both_luas("cjson.encode_invalid_numbers(true), cjson.encode({cjson.decode(ARGV[1])})", text)


SETTINGS = (
    "encode_max_depth", "decode_max_depth", "encode_number_precision", "encode_keep_buffer", "encode_invalid_numbers",
    "decode_invalid_numbers", "encode_sparse_array",
)  # fmt: skip
ARGUMENTS = (
    "", "nil", "0", "1", "14", "15", "-1", "2^31", "2^32 + 3", "2.9", "'5'", "'x'", "true", "false", "'on'", "'off'", "'null'", "{}",
    "1, 2", "nil, nil", "true, 3", "true, -1", "false, 2, 2^31 - 1", "nil, 0, 5", "true, 'x', 1", "1, 2, 3, 4",
)  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_tell_what_is_set(name: str, both_luas: BothLuas) -> None:
    for arguments in ARGUMENTS:
        both_luas(f"cjson.new().{name}({arguments})")
        both_luas(
            f"(function() local c = cjson.new() pcall(c.{name}, {arguments or 'nil'}) return c.{name}() end)()"
        )
    both_luas(f"cjson:{name}()")


def with_setting(call: str, expression: str) -> str:
    """An expression of ``c``, a library of its own after that call."""
    return f"(function() local c = cjson.new() c.{call} return {expression} end)()"


@pytest.mark.parametrize("digits", [1, 3, 14])
def test_numbers_are_written_with_so_many_digits(digits: int, both_luas: BothLuas) -> None:
    for number in ("1/3", "123456", "1e20", "0.1", "2^53", "-0"):
        both_luas(with_setting(f"encode_number_precision({digits})", f"c.encode({{{number}}})"))


@pytest.mark.parametrize("mode", ["true", "false", "'null'"])
def test_what_is_no_number_of_json_is_written_as_is_set(mode: str, both_luas: BothLuas) -> None:
    for number in ("0/0", "-(0/0)", "1/0", "-1/0"):
        both_luas(with_setting(f"encode_invalid_numbers({mode})", f"c.encode({{{number}}})"))
        both_luas(with_setting(f"encode_invalid_numbers({mode})", f"pcall(c.encode, {{a = {{{number}}}}})"))
    both_luas(with_setting(f"encode_invalid_numbers({mode})", "pcall(c.encode, {[1/0] = 1})"))


@pytest.mark.parametrize("setting", ["true", "false, 0", "true, 1, 0", "false, 5, 3", "true, 2, 100"])
def test_sparse_arrays_are_what_is_set(setting: str, both_luas: BothLuas) -> None:
    for table in (
        "{[3] = 1}",
        "{1, [4] = 1}",
        "{1, 2, [11] = 1}",
        "{[50] = 1}",
        "{1, nil, 3}",
        "{{[12] = 1}}",
    ):
        both_luas(with_setting(f"encode_sparse_array({setting})", f"pcall(c.encode, {table})"))


def test_depth_is_bounded_both_ways(both_luas: BothLuas) -> None:
    for depth in (1, 2, 3):
        for value in ("{}", "{{}}", "{{{}}}", "{a = {b = {c = 1}}}", "1"):
            both_luas(with_setting(f"encode_max_depth({depth})", f"pcall(c.encode, {value})"))
        for text in (b"1", b"[]", b"[[]]", b"[[[]]]", b'{"a":{"b":[]}}', b'[[1],{"a":[]}]'):
            both_luas(with_setting(f"decode_max_depth({depth})", "pcall(c.decode, ARGV[1])"), text)


@pytest.mark.parametrize(
    ("piece", "depth"), [("[", 1000), ("[", 1001), ('{"a":', 1001), ("[", 20000), ('{"a":', 20000)]
)
def test_texts_nested_without_end_are_an_error(piece: str, depth: int, both_luas: BothLuas) -> None:
    both_luas("cjson.decode(ARGV[1])", piece.encode() * depth)
    both_luas(with_setting("decode_max_depth(2^31 - 1)", "pcall(c.decode, ARGV[1])"), piece.encode() * depth)


def test_tables_nested_without_end_are_an_error(both_luas: BothLuas) -> None:
    for key in ("1", "'a'"):
        table = f"(function() local t = {{}} t[{key}] = t return t end)()"
        both_luas(f"cjson.encode({table})")
        both_luas(with_setting("encode_max_depth(2^31 - 1)", f"pcall(c.encode, {table})"))


CALLS = (
    "cjson", "cjson.new()", "cjson.encode()", "cjson.encode(1, 2)", "cjson:encode(1)", "cjson.decode()", "cjson.decode(1, 2)",
    "cjson.decode({})", "cjson.decode(12)", "cjson.decode(nil)", "cjson.decode(true)", "pcall(cjson.decode, '{')",
    "pcall(cjson.encode)", "tostring(cjson.null), type(cjson.null), cjson.null == cjson.decode('null')",
    "cjson.null == nil, not cjson.null, cjson.decode('[null]')[1] == cjson.null", "cjson.null.x", "#cjson.null",
    "cjson.null .. 'x'", "cjson.null + 1", "cjson.null()", "cjson.null < cjson.null", "#cjson.decode('[1,null,null]')",
)  # fmt: skip


@pytest.mark.parametrize("expression", CALLS)
def test_calls_at_the_edge_of_what_is_allowed(expression: str, both_luas: BothLuas) -> None:
    both_luas(expression)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**46), 2**46) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(JSON, st.booleans())
def test_what_python_writes_is_read_and_written_the_same(value: object, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    try:
        text.decode()
    except UnicodeDecodeError:
        return
    assert value == json.loads(Lua.open().run("return cjson.encode(cjson.decode(...))", text))


@given(st.text('[]{}":,0123456789.eExX+-truefalsnINy \\u\0/\n', max_size=30))
def test_garbage_is_an_error_or_a_value(text: str) -> None:
    result = Lua.open().run("return pcall(cjson.decode, ...)", text.encode())
    assert result[0] is True or isinstance(result[1], bytes)
