"""Numbers: the tables say what is promised, the oracle says whether it is true."""

import math
import struct
from decimal import localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracle import Failure, Oracle, Wire
from trioredis.numerals import (
    INT64_MAX,
    INT64_MIN,
    add_long_doubles,
    format_fixed,
    format_float,
    format_long_double,
    parse_any_double,
    parse_double_in_range,
    parse_float,
    parse_integer,
    parse_long_double,
    parse_memory,
)

INTEGERS = {
    b"0": 0,
    b"7": 7,
    b"-7": -7,
    b"10": 10,
    b"999999999999999999": 999999999999999999,
    b"1000000000000000000": 10**18,
    b"9223372036854775807": INT64_MAX,
    b"-9223372036854775808": INT64_MIN,
}
NOT_INTEGERS = [
    *[b"", b"-", b"+", b"+3", b" 1", b"1 ", b"1\n", b"\x001", b"1\x00", b"-0", b"00", b"01", b"-01", b"1_0"],
    *["٣".encode(), b"1e3", b"1.0", b"0x10", b"--1", b"inf", b"9223372036854775808", b"-9223372036854775809"],
    *[b"99999999999999999999", b"1" * 100, b"1" * 5000],
]


@pytest.mark.parametrize(("text", "number"), INTEGERS.items())
def test_a_canonical_integer_of_64_bits_is_read(text: bytes, number: int) -> None:
    assert number == parse_integer(text)


@pytest.mark.parametrize("text", NOT_INTEGERS)
def test_anything_else_is_no_integer(text: bytes) -> None:
    assert parse_integer(text) is None


@given(st.integers(INT64_MIN, INT64_MAX))
def test_every_printed_integer_reads_back(number: int) -> None:
    assert number == parse_integer(b"%d" % number)


@given(st.text("-+0123456789 _٣\x00", max_size=21).map(str.encode))
def test_an_integer_that_is_read_prints_as_the_same_text(text: bytes) -> None:
    number = parse_integer(text)
    assert number is None or text == b"%d" % number


FLOATS = {
    b"1": 1.0,
    b"+1": 1.0,
    b"-.5": -0.5,
    b"1.": 1.0,
    b"5.e3": 5000.0,
    b"00012": 12.0,
    b"3.0E+2": 300.0,
    b"0x10": 16.0,
    b"-0X.8p1": -1.0,
    b"inf": math.inf,
    b"-Infinity": -math.inf,
    b"0e999999999999": 0.0,
    b"4.9e-324": 5e-324,
}
NOT_FLOATS = [
    *[
        b"",
        b".",
        b"-",
        b" 1",
        b"1 ",
        b"\t1",
        b"1\x00",
        b"1_0",
        b"1e",
        b"1e+",
        b"0x",
        b"0x1p",
        b"infin",
        b"nan",
    ],
    *[b"-nan", b"nan(1)", b"1f", b"1d3", b"--1", "٣".encode(), b"1e400", b"-1e400", b"1e-400", b"0x1p1024"],
    *[b"0x1p-1080"],
]


@pytest.mark.parametrize(("text", "number"), FLOATS.items())
def test_a_float_is_read_as_c_reads_it(text: bytes, number: float) -> None:
    assert number == parse_float(text)


@pytest.mark.parametrize("text", NOT_FLOATS)
def test_anything_else_is_no_float(text: bytes) -> None:
    assert parse_float(text) is None


PRINTED_FLOATS = {
    3.0: b"3",
    -0.0: b"-0",
    0.1: b"0.1",
    1234567.125: b"1234567.125",
    0.00001: b"0.00001",
    1.25e-5: b"1.25e-5",
    1e-7: b"1e-7",
    5e-324: b"5e-324",
    2.0**62: b"4611686018427387904",
    2.0**63: b"9223372036854776000",
    1e21: b"1e+21",
    1.2345e30: b"1.2345e+30",
    1e300: b"1e+300",
    math.inf: b"inf",
    -math.inf: b"-inf",
}


KINDLY_READ = {
    b"": 0.0,
    b"\0junk": 0.0,
    b" \t\n\v\f\r-1.5": -1.5,
    b"2\0junk": 2.0,
    b"0x10": 16.0,
    b"Infinity": math.inf,
    b"-inf": -math.inf,
    b"1e400": math.inf,
    b"-1e400": -math.inf,
    b"1e-400": 0.0,
    b"0x1p5000": math.inf,
    b"-0x1p5000": -math.inf,
}


@pytest.mark.parametrize(("text", "number"), KINDLY_READ.items())
def test_strtod_takes_what_a_strict_reader_does_not(text: bytes, number: float) -> None:
    assert number == parse_any_double(text)


@pytest.mark.parametrize(
    "text", [b" ", b"1 ", b"x", b"nan", b"1e", b"0x", b"--1", b"1_0", b"(1", "٣".encode()]
)
def test_strtod_does_not_take_everything(text: bytes) -> None:
    assert parse_any_double(text) is None


@given(st.integers(0, 10**310))
def test_digits_alone_are_read_as_any_number(number: int) -> None:
    text = b"%d" % number
    assert parse_float(text) == parse_float(text + b".0")


@pytest.mark.parametrize(("number", "text"), PRINTED_FLOATS.items())
def test_a_float_is_printed_as_redis_prints_it(number: float, text: bytes) -> None:
    assert text == format_float(number)


def test_the_decimal_context_of_the_host_changes_no_digit() -> None:
    with localcontext(prec=3, Emin=-9, Emax=9):
        assert b"1.23456789e-300" == format_float(1.23456789e-300)
        assert b"1.7976931348623157e+308" == format_float(1.7976931348623157e308)


@pytest.mark.parametrize(
    "text", [b"1" * 10**6, b"0x" + b"1" * 10**6, b"." + b"1" * 10**6, b"1e" + b"1" * 10**6]
)
def test_a_long_text_is_refused_without_a_search(text: bytes) -> None:
    assert parse_float(text + b"!") is None  # trying every way to divide the digits would take hours


def test_not_a_number_has_one_form() -> None:
    assert b"nan" == format_float(-math.nan)


@given(st.floats(allow_nan=False))
def test_every_printed_float_reads_back_to_the_last_bit(number: float) -> None:
    read = parse_float(format_float(number))
    assert read is not None
    assert struct.pack("<d", number) == struct.pack("<d", read)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, b"0"),
        (-0.0, b"0"),
        (-1e-20, b"0"),
        (180.0, b"180"),
        (0.1, b"0.10000000000000001"),
        (-100.5, b"-100.5"),
    ],
)
def test_a_fixed_number_has_17_decimals_at_most(number: float, text: bytes) -> None:
    assert text == format_fixed(number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(
            (b"", 0.0),
            (b"\0x", 0.0),
            (b"5\0x", 5.0),
            (b" \t\n\v\f\r5", 5.0),
            (b"-1.5e3", -1500.0),
            (b"0x10", 16.0),
        ),
        *((b"inf", math.inf), (b" -infinity", -math.inf), (b"0e-999", 0.0), (b"2.3e-308", 2.3e-308)),
        *((b" ", None), (b"5 ", None), (b"x", None), (b"nan", None), (b"1e400", None), (b"1e-310", None)),
        *((b"1_0", None), (b"1e-400", None), (b"\xa05", None)),
    ],
)
def test_a_weight_is_what_c_reads_without_error(text: bytes, number: float | None) -> None:
    assert number == parse_double_in_range(text)


digits = st.text("0123456789", max_size=30)
decimals = st.builds(
    "{}{}.{}e{}".format, st.sampled_from(["", "-", "+"]), digits, digits, st.integers(-5000, 5000)
)
plain = st.builds("{}{}.{}".format, st.sampled_from(["", "-"]), digits, digits)
hexadecimals = st.builds(
    "0x{:x}.{:x}p{}".format, st.integers(0, 2**80), st.integers(0, 2**80), st.integers(-99, 99)
)
edges = st.sampled_from(
    [
        *[
            "inf",
            "-Infinity",
            "nan",
            "-0",
            "0e99999999999999999999",
            "1e99999999999999999999",
            "1e-0000000000000005",
        ],
        *["1.18973149535723176502e+4932", "1.18973149535723176509e+4932", "3.6e-4951", "1.8e-4951", "5e-18"],
        *[
            "9223372036854775807",
            "18446744073709551617",
            "0x1p-17",
            "." * 3,
            "0" * 5118 + "1",
            "0" * 5119 + "1",
        ],
    ]
)
numbers = (
    decimals | plain | hexadecimals | edges | st.floats().map(repr) | st.text("0123.eExXp+-", max_size=6)
).map(str.encode)


def sum_of(left: bytes, right: bytes) -> bytes:
    """What INCRBYFLOAT answers, as far as numbers go."""
    addends = parse_long_double(left), parse_long_double(right)
    if addends[0] is None or addends[1] is None:
        return b"ERR value is not a valid float"
    total = add_long_doubles(addends[0], addends[1])
    return b"ERR increment would produce NaN or Infinity" if total is None else format_long_double(total)


@settings(deadline=None, max_examples=300)
@given(numbers, numbers)
def test_long_doubles_add_up_to_what_redis_says(oracle: Oracle, left: bytes, right: bytes) -> None:
    with oracle.connect() as wire:
        wire.command("SET", "number", left)
        assert wire.ask("INCRBYFLOAT", "number", right) == sum_of(left, right)


@settings(deadline=None, max_examples=300)
@given(numbers)
def test_a_float_is_read_where_redis_reads_one(oracle: Oracle, text: bytes) -> None:
    with oracle.connect() as wire:
        accepted = not isinstance(wire.ask("ZADD", "scores", text, "member"), Failure)
    assert accepted == (parse_float(text) is not None)


def test_adding_rounds_to_64_bits_and_prints_17_decimals() -> None:
    assert b"0.3" == sum_of(b"0.1", b"0.2")
    assert b"10.6" == sum_of(b"10.5", b"0.1")
    assert b"5200" == sum_of(b"5.0e3", b"2.0e2")
    assert b"18446744073709551616" == sum_of(b"18446744073709551616", b"1")


AMOUNTS = [
    *[
        b"",
        b"0",
        b"1",
        b"0001",
        b"10k",
        b"1KB",
        b"5m",
        b"5Mb",
        b"2g",
        b"1gB",
        b"7b",
        b"gb",
        b"-1",
        b" 1",
        b"1 ",
    ],
    *[b"1.5gb", b"1t", b"1kk", b"1%", b"99999999999999999999", b"18446744073709551615k", b"20000000000gb"],
    *[b"0" * 126 + b"1", b"0" * 127 + b"1"],
]


@pytest.mark.parametrize("text", AMOUNTS)
def test_an_amount_of_memory_is_read_as_redis_reads_it(oracle_wire: Wire, text: bytes) -> None:
    amount = parse_memory(text)
    refused = isinstance(oracle_wire.ask("CONFIG", "SET", "maxmemory", text), Failure)
    assert refused == (amount is None)
    if amount is not None:
        assert oracle_wire.ask("CONFIG", "GET", "maxmemory") == [b"maxmemory", b"%d" % amount]
    oracle_wire.command("CONFIG", "SET", "maxmemory", "0")
