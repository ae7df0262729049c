"""Sources of Lua 5.1 for a compiler of Lua 5.2."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trioredis.scripting.source import acceptable

UNCHANGED = (
    rb"return '\n\\\"\065\'\r\a\b\f\t\v'",
    rb"return [[\d]]",
    rb"-- '\d'",
    rb"--[[ '\d' ]] return 1",
    rb"return '\\d'",
    b"return '\\\n'",
    rb"return \d",
    b"",
    b"\xff\x00\\",
)


@pytest.mark.parametrize("source", UNCHANGED)
def test_what_both_read_the_same_is_left_as_it_is(source: bytes) -> None:
    assert source == acceptable(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (rb"'\d'", b"'d'"),
        (rb'"\z\x41"', b'"zx41"'),
        (rb"'\\\d'", rb"'\\d'"),
        (rb"'\'\d'", rb"'\'d'"),
        (rb'"a" .. "\." --[==[ "\." ]] ]==] .. "\-"', rb'"a" .. "." --[==[ "\." ]] ]==] .. "-"'),
        (b"-- it's\n'\\d'", b"-- it's\n'd'"),
        (b"'\\d", b"'d"),
        (b"'\xff\\\xff'", b"'\xff\xff'"),
        (b"local goto = _ENV", b"local goto_ = _ENV_"),
        (b"-- x\r_ENV = nil", b"-- x\r_ENV_ = nil"),
        (b"'x\r_ENV = nil'", b"'x\r_ENV_ = nil'"),
        (b"gotox = 'goto' -- _ENV", b"gotox = 'goto' -- _ENV"),
    ],
)
def test_what_means_nothing_to_the_older_one_means_nothing_to_the_newer_one(
    source: bytes, expected: bytes
) -> None:
    assert expected == acceptable(source)


@given(st.binary())
def test_no_line_is_lost(source: bytes) -> None:
    assert source.count(b"\n") == acceptable(source).count(b"\n")


@pytest.mark.parametrize("piece", [b"--[[\n", b"[[", b"'\\d", b"--[=[\n", b'"', b"\\d", b"[="])
def test_a_source_made_to_be_slow_is_not(piece: bytes) -> None:
    small, large = b"'\\d'" + piece * 2_000, b"'\\d'" + piece * 200_000
    acceptable(small)
    begun = process_time()
    acceptable(large)
    assert process_time() - begun < 1.0
