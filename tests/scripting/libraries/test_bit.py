"""`bit`: 32 bits, signed, of numbers that are anything."""

import pytest

from bare_libraries import BothLuas

NUMBERS = (
    "0", "-0", "1", "-1", "5.5", "4.5", "-1.5", "2^31", "2^31-1", "-2^31", "-2^31-1", "2^32", "2^32+7", "0xdeadbeef",
    "2^51", "2^51+5", "-2^51-3", "2^52+3", "2^53+4", "-2^60+4096", "1e300", "-1e17", "1/0", "-1/0", "0/0", "'12'",
    "'0x10'", "' 7 '",
)  # fmt: skip
WRONG = ("", "nil", "'x'", "{}", "true", "bit", "''", "'1x'")
UNARY = ("tobit", "bnot", "bswap", "tohex")
SHIFTS = ("lshift", "rshift", "arshift", "rol", "ror")
FOLDS = ("band", "bor", "bxor")


@pytest.mark.parametrize("name", UNARY)
def test_one_number_is_any_number(name: str, both_luas: BothLuas) -> None:
    for number in NUMBERS + WRONG:
        both_luas(f"bit.{name}({number})")


@pytest.mark.parametrize("name", SHIFTS)
def test_a_distance_is_taken_modulo_32(name: str, both_luas: BothLuas) -> None:
    for distance in ("0", "1", "4", "31", "32", "33", "-1", "1.5", "nil", "'x'"):
        for number in ("1", "-1", "0x87654321", "2^31", "12345.6"):
            both_luas(f"bit.{name}({number}, {distance})")
    for wrong in WRONG:
        both_luas(f"bit.{name}({wrong})")


@pytest.mark.parametrize("name", FOLDS)
def test_any_count_of_numbers_is_folded(name: str, both_luas: BothLuas) -> None:
    both_luas(f"bit.{name}(unpack({{15, 7, 2^40 + 3, -1}}))")
    both_luas(f"bit.{name}({', '.join(NUMBERS)})")
    for number in NUMBERS + WRONG:
        both_luas(f"bit.{name}({number or 'nil'}, 0x0ff0)")
        both_luas(f"bit.{name}({number})")
    both_luas(f"bit.{name}(1, 'x', {{}}, 3)")
    both_luas(f"bit.{name}('y', 'x', {{}}, 3)")


def test_hexadecimal_digits_are_counted_from_the_lowest(both_luas: BothLuas) -> None:
    for digits in ("0", "1", "4", "8", "9", "-1", "-4", "-8", "-100", "2^31", "2.5", "nil", "'3'", "'x'"):
        both_luas(f"bit.tohex(0x89abcdef, {digits})")
    assert b'"89abcdef"' == both_luas("bit.tohex(0x89abcdef)")


def test_an_error_names_the_function_as_it_is_called(both_luas: BothLuas) -> None:
    both_luas("bit:band(1)")
    both_luas("bit:lshift()")
    both_luas("pcall(bit.band)")
    both_luas("(function() local f = bit.bor; local r = f() return r end)()")
