"""Strings: encodings, ranges and common subsequences, compared with the oracle."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracle import Failure, Oracle, Wire
from trioredis import errors
from trioredis.datatypes import strings
from trioredis.datatypes.strings import PlainBytes, StringValue
from trioredis.errors import CommandError

LIMIT = 512 * 2**20


# --- encodings

VALUES = [
    *[b"", b"5", b"-0", b"012", b"a" * 44, b"a" * 45, b"9" * 18, b"1" * 20, b"-9223372036854775808"],
    *[b"9223372036854775807", b"9223372036854775808", b"1" * 44, b"1" * 45],
]


@pytest.mark.parametrize("text", VALUES)
def test_a_string_that_was_set_has_the_encoding_of_redis(oracle_wire: Wire, text: bytes) -> None:
    oracle_wire.command("SET", "key", text)
    assert oracle_wire.ask("OBJECT", "ENCODING", "key") == strings.encoding(text)


@pytest.mark.parametrize("start", [None, b"", b"1", b"a", b"a" * 44])
@pytest.mark.parametrize("suffix", [b"", b"2", b"b" * 44, b"b" * 45])
def test_a_string_that_was_appended_to_has_the_encoding_of_redis(
    oracle_wire: Wire, start: bytes | None, suffix: bytes
) -> None:
    if start is not None:
        oracle_wire.command("SET", "key", start)
    oracle_wire.command("APPEND", "key", suffix)
    value = strings.append(start, suffix, LIMIT)
    assert oracle_wire.ask("GET", "key") == strings.as_bytes(value)
    assert oracle_wire.ask("OBJECT", "ENCODING", "key") == strings.encoding(value)


@pytest.mark.parametrize("start", [None, b"", b"1", b"abcdef"])
@pytest.mark.parametrize("offset", [0, 3, 9])
def test_a_string_that_was_patched_has_the_encoding_of_redis(
    oracle_wire: Wire, start: bytes | None, offset: int
) -> None:
    if start is not None:
        oracle_wire.command("SET", "key", start)
    oracle_wire.command("SETRANGE", "key", offset, "12")
    value = strings.set_range(start, offset, b"12", LIMIT)
    assert oracle_wire.ask("GET", "key") == strings.as_bytes(value)
    assert oracle_wire.ask("OBJECT", "ENCODING", "key") == strings.encoding(value)


@pytest.mark.parametrize("increment", ["5", "1e40", "1e50", "0.5"])
def test_a_float_result_has_the_encoding_of_redis(oracle_wire: Wire, increment: str) -> None:
    result = oracle_wire.ask("INCRBYFLOAT", "key", increment)
    assert isinstance(result, bytes)
    assert oracle_wire.ask("OBJECT", "ENCODING", "key") == strings.encoding(PlainBytes(result))


def test_a_counter_is_an_integer() -> None:
    assert (b"int", b"-12", 3) == (strings.encoding(-12), strings.as_bytes(-12), strings.length(-12))


# --- growing


@pytest.fixture(params=[bytes, int, bytearray, PlainBytes])
def value(request: pytest.FixtureRequest) -> StringValue:
    """The string 12 in each of its forms."""
    form: type[StringValue] = request.param
    return form(b"12")


def test_a_reply_is_plain_bytes_that_no_later_change_reaches(value: StringValue) -> None:
    reply = strings.as_bytes(value)
    strings.append(value, b"3", LIMIT)
    assert b"12" == reply
    assert bytes is type(reply)


def test_every_form_grows(value: StringValue) -> None:
    grown = strings.append(value, b"3", LIMIT)
    assert b"0123\x00\x00!" == strings.as_bytes(
        strings.set_range(b"0" + bytes(strings.as_bytes(grown)), 6, b"!", LIMIT)
    )
    assert b"x23" == strings.as_bytes(strings.set_range(grown, 0, b"x", LIMIT))


def test_a_string_grows_in_place() -> None:
    value = strings.append(b"a", b"b", LIMIT)
    assert value is strings.append(value, b"c", LIMIT)
    assert value is strings.set_range(value, 100, b"d", LIMIT)
    assert 101 == strings.length(value)


def test_a_string_never_grows_beyond_the_limit() -> None:
    value = bytearray(b"abc")
    with pytest.raises(CommandError) as appended:
        strings.append(value, b"de", 4)
    with pytest.raises(CommandError) as patched:
        strings.set_range(value, 2**62, b"de", 4)
    assert errors.STRING_TOO_LONG == appended.value.text == patched.value.text
    assert b"abc" == value


# --- ranges


@pytest.mark.parametrize("text", [b"", b"a", b"12", b"hello"])
def test_a_range_is_cut_as_redis_cuts_it(oracle_wire: Wire, text: bytes) -> None:
    oracle_wire.command("SET", "key", text)
    for start in range(-7, 8):
        for end in range(-7, 8):
            assert oracle_wire.ask("GETRANGE", "key", start, end) == strings.get_range(text, start, end)


def test_a_range_of_any_form_is_plain_bytes(value: StringValue) -> None:
    cut = strings.get_range(value, 0, -1)
    assert (bytes, b"12") == (type(cut), cut)


# --- the longest common subsequence

words = st.text("ab", max_size=25).map(str.encode) | st.text("abcdef", max_size=25).map(str.encode)


@settings(deadline=None, max_examples=300)
@given(words, words)
def test_the_common_subsequence_is_the_one_that_redis_finds(
    oracle: Oracle, left: bytes, right: bytes
) -> None:
    with oracle.connect() as wire:
        wire.command("MSET", "left", left, "right", right)
        answer = wire.ask("LCS", "left", "right", "IDX", "WITHMATCHLEN")
    ranges = strings.lcs_ranges(left, right)
    listed = [[[i, i + size - 1], [j, j + size - 1], size] for i, j, size in ranges]
    assert answer == [b"matches", listed, b"len", strings.lcs_length(left, right)]
    assert sum(size for _, _, size in ranges) == strings.lcs_length(left, right)


def test_the_longest_strings_that_redis_compares_take_no_time() -> None:
    """Two strings of 11 KiB are 130 million cells; as bits they are a few thousand additions."""
    left, right = b"ab" * 5700, b"ba" * 5700
    assert [(1, 0, 11399)] == strings.lcs_ranges(left, right)


@pytest.mark.parametrize("sizes", [(11584, 11583), (11584, 11585)])
def test_strings_whose_table_would_be_too_large_are_refused(
    oracle_wire: Wire, sizes: tuple[int, int]
) -> None:
    left, right = (b"a" * size for size in sizes)
    oracle_wire.command("MSET", "left", left, "right", right)
    answer = oracle_wire.ask("LCS", "left", "right", "LEN")
    if isinstance(answer, Failure):
        with pytest.raises(CommandError) as caught:
            strings.refuse_large_lcs(left, right, LIMIT)
        assert answer == caught.value.text
    else:
        strings.refuse_large_lcs(left, right, LIMIT)
