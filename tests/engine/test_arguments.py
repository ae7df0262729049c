"""Words of command lines become values, or Redis's errors; which error comes first is the oracle's word."""

import pytest

from trioredis import errors
from trioredis.engine.arguments import Options, to_deadline, to_integer, to_integer_between
from trioredis.errors import CommandError

SET = Options("[NX | XX] [GET] [EX _ | PX _ | KEEPTTL]")
LCS = Options("[LEN] [MINMATCHLEN int]")


@pytest.mark.parametrize(
    ("options", "line", "expected"),
    [
        (SET, b"", {}),
        (SET, b"nx GET", {b"NX": True, b"GET": True}),
        (SET, b"EX 10 Get", {b"EX": b"10", b"GET": True}),
        (SET, b"EX EX", {b"EX": b"EX"}),
        (SET, b"EX 10 ex 20", {b"EX": b"20"}),
        (SET, b"NX NX", {b"NX": True}),
        (LCS, b"minmatchlen -4", {b"MINMATCHLEN": -4}),
    ],
)
def test_options_come_in_any_order_and_case(
    options: Options, line: bytes, expected: dict[bytes, object]
) -> None:
    assert expected == options.read(line.split())


@pytest.mark.parametrize(
    ("options", "line", "error"),
    [
        (SET, b"NO", errors.SYNTAX),
        (SET, b"NX XX", errors.SYNTAX),
        (SET, b"EX 10 KEEPTTL", errors.SYNTAX),
        (SET, b"EX", errors.SYNTAX),
        (SET, b"EX ten NO", errors.SYNTAX),
        (LCS, b"MINMATCHLEN ten NO", errors.NOT_AN_INTEGER),
    ],
)
def test_options_that_make_no_sense_are_refused(options: Options, line: bytes, error: bytes) -> None:
    with pytest.raises(CommandError) as refusal:
        options.read(line.split())
    assert error == refusal.value.text


def test_numbers_are_read_strictly() -> None:
    assert -1 == to_integer(b"-1")
    assert 3 == to_integer_between(b"3", 0, 3)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b"1_0", errors.NOT_AN_INTEGER),
        (b"4", errors.out_of_bounds(0, 3)),
        (b"-1", errors.out_of_bounds(0, 3)),
    ],
)
def test_a_number_out_of_bounds_is_refused_with_its_bounds(text: bytes, error: bytes) -> None:
    with pytest.raises(CommandError) as refusal:
        to_integer_between(text, 0, 3)
    assert error == refusal.value.text


@pytest.mark.parametrize("text", [b"x", b"4"])
def test_an_error_of_its_own_replaces_both(text: bytes) -> None:
    with pytest.raises(CommandError) as refusal:
        to_integer_between(text, 0, 3, errors.DB_OUT_OF_RANGE)
    assert errors.DB_OUT_OF_RANGE == refusal.value.text


def test_a_deadline_counts_from_its_beginning() -> None:
    assert 15_000 == to_deadline(b"10", unit=1000, since=5000, command=b"expire")
    assert -5000 == to_deadline(b"-10", unit=1000, since=5000, command=b"expire")


@pytest.mark.parametrize("text", [b"9223372036854775807", b"9223372036854775", b"-9223372036854776"])
def test_a_deadline_beyond_64_bits_is_refused(text: bytes) -> None:
    with pytest.raises(CommandError) as refusal:
        to_deadline(text, unit=1000, since=1000, command=b"expire")
    assert errors.invalid_expire(b"expire") == refusal.value.text
