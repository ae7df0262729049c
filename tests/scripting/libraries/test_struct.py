"""`struct`: values packed as C packs them, with every number at the edge of its size."""

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bare_libraries import BothLuas, Lua

INTEGERS = (
    "0", "1", "-1", "127", "128", "-128", "255", "256", "-129", "32767", "65535", "70000", "2^31", "-2^31", "2^32-1", "2^53",
    "2^53+2", "-2^53", "2^62", "2^63", "-2^63", "2^63+2^40", "2^64", "1e300", "-1e300", "0/0", "1/0", "-1/0", "1.7", "-1.7",
    "'12'", "'0x10'",
)  # fmt: skip
FLOATS = (
    "0", "-0", "1", "-2.5", "0.1", "1e300", "-1e300", "1e-300", "5e-324", "2.2250738585072014e-308", "1.5e-310", "1/0",
    "-1/0", "0/0", "-(0/0)", "1e-45", "7e-46", "7.1e-46", "1.17549435e-38", "1e-40", "3.4028234e38", "3.4028236e38",
    "16777217", "16777219", "33554431", "'1.5'",
)  # fmt: skip
LETTERS = "bBhHlLTiI"


@pytest.mark.parametrize("letter", [*LETTERS, "i1", "i2", "i3", "I5", "i8", "I16", "i32", "i0"])
def test_integers_are_cut_to_their_size(letter: str, both_luas: BothLuas) -> None:
    for number in INTEGERS:
        for order in "<>":
            packed = f"struct.pack('{order}{letter}', {number})"
            both_luas(packed)
            both_luas(f"struct.unpack('{order}{letter}', {packed})")


@pytest.mark.parametrize("letter", [*LETTERS, "i3", "I7", "I16", "i32"])
def test_every_byte_of_an_integer_counts_that_fits(letter: str, both_luas: BothLuas) -> None:
    for data in (b"\xff" * 40, b"\x80" + b"\0" * 40, b"\0" * 7 + b"\x81" + b"\0" * 40, bytes(range(1, 41))):
        for order in "<>":
            both_luas(f"struct.unpack('{order}{letter}', ARGV[1])", data)


@pytest.mark.parametrize("letter", ["f", "d"])
def test_numbers_with_a_point_are_rounded_as_c_rounds_them(letter: str, both_luas: BothLuas) -> None:
    for number in FLOATS:
        for order in "<>":
            packed = f"struct.pack('{order}{letter}', {number})"
            both_luas(packed)
            both_luas(f"struct.unpack('{order}{letter}', {packed})")


def test_bytes_that_are_no_number_are_told_by_their_sign(both_luas: BothLuas) -> None:
    for data in (b"\1\0\x80\x7f", b"\1\0\x80\xff", b"\0\0\x80\x7f", b"\0\0\x80\xff", b"\1\0\0\x80"):
        both_luas("tostring(struct.unpack('<f', ARGV[1]))", data)
        both_luas("tostring(struct.unpack('<d', ARGV[1]))", b"\0" * 4 + data[::-1][::-1])


FORMATS = (
    "", " ", "i", "!i", "bi", "!bi", "!4bi", "!8bid", "!2bibd", "!bx!1d", "<i>i", "<!4b>i", "c5", "c0", "s", "xx", "!xxd",
    "!8bi3", "!8bi7", "!8bi12", "!16bI16", "!3i", "!0i", "!i", "i33", "i9999999999", "!9999999999", "c99999999999",
    "c2147483647c2147483647c2147483647", "q", "=i", "iq", "bs", "i0", "i0c0", "\\0i", "b\\0q", "1", "i 4", "!1", "T",
)  # fmt: skip


def test_formats_of_every_kind(both_luas: BothLuas) -> None:
    for form in FORMATS:
        both_luas(f"struct.size('{form}')")
        both_luas(f"struct.pack('{form}', 1, 2, 3, 4)")
        both_luas(f"struct.pack('{form}', 'abcdef', 'ghi')")
        both_luas(f"struct.pack('{form}')")
        both_luas(f"struct.unpack('{form}', '\\3\\0\\0\\0abcdefghijklmnopqrstuvwxyz')")
        both_luas(f"struct.unpack('{form}', '\\3\\0\\0\\0abcdefghijklmnopqrstuvwxyz', 4)")
        both_luas(f"struct.unpack('{form}', '')")


ERRORS = (
    "struct.pack()", "struct.pack({})", "struct.pack('i', {})", "struct.pack('ii', 1)", "struct.pack('i', nil)",
    "struct.pack('f', 'x')", "struct.pack('s', {})", "struct.pack('s')", "struct.pack('c4', 'abc')", "struct.pack('s', 12)",
    "struct.size()", "struct.size(12)", "struct.size({})", "struct:pack('i')", "struct.unpack()", "struct.unpack('i')",
    "struct.unpack('i', {})", "struct.unpack('i', 'abcd', 0)", "struct.unpack('i', 'abcd', -5)",
    "struct.unpack('i', 'abcd', 1.9)", "struct.unpack('i', 'abcd', 0.5)", "struct.unpack('i', 'abcd', 'x')",
    "struct.unpack('i', 'abcd', {})", "struct.unpack('i', 'abcd', '1')", "struct.unpack('d', 'x', 1e300)",
    "struct.unpack('<', 'abc', 10)", "struct.unpack('', 'abc', 10)", "struct.unpack('bc0', '\\3ab')",
    "struct.unpack('sc0', '3\\0abcd')", "struct.unpack('sc0', 'x\\0abcd')", "struct.unpack('c0', 'abc')",
    "struct.unpack('dc0', struct.pack('d', -1) .. 'abc')", "struct.unpack('dc0', struct.pack('d', 2.9) .. 'abc')",
    "struct.unpack('s', 'abc')", "struct.unpack('ss', 'abc\\0d')", "struct.unpack('bb', 'a')", "struct.unpack('x', '')",
    "select('#', struct.unpack(string.rep('b', 7997), string.rep('a', 8000)))",
    "select('#', struct.unpack(string.rep('b', 7998), string.rep('a', 8000)))",
    "select('#', struct.unpack(string.rep('b', 7997), string.rep('a', 8000), 1))",
)  # fmt: skip


@pytest.mark.parametrize("expression", ERRORS)
def test_calls_at_the_edge_of_what_is_allowed(expression: str, both_luas: BothLuas) -> None:
    both_luas(expression)


PACKERS = ("struct.pack", "same")


@pytest.mark.parametrize("order", ["<", ">"])
@given(numbers=st.lists(st.floats(allow_nan=False)))
def test_doubles_come_back_as_they_went(order: str, numbers: list[float]) -> None:
    lua = Lua.open()
    lua.run(
        "function same(format, ...) return struct.pack(format, struct.unpack(format, struct.pack(format, ...))) end"
    )
    form = order + "d" * len(numbers)
    # Packed by Python: a number that Lua hands to Python may lose the sign of its zero.
    expected = pack(form, *numbers)
    assert [expected, expected] == [lua.run(f"return {f}(...)", form.encode(), *numbers) for f in PACKERS]


@given(data=st.binary(max_size=40), form=st.text("<>=!bBhHlLTiIcsfdx 0123456789", max_size=12))
def test_garbage_is_an_error_or_values(data: bytes, form: str) -> None:
    result = Lua.open().run("return pcall(struct.unpack, ...)", form.encode(), data)
    assert result[0] is True or isinstance(result[1], bytes)
