"""Sorted set commands that add, remove and look up: replies, announcements and encodings beside a real Redis."""

import pytest

from bare_engine import Session
from commands.sorted_set_forms import FORMS, limit
from side_by_side import Both

pytestmark = pytest.mark.usefixtures("usual_limits")

# --- the documented examples


def test_examples_of_the_documentation(both: Both) -> None:
    both.transcript(
        "ZADD myzset 1 one",
        "ZADD myzset 1 uno",
        "ZADD myzset 2 two 3 three",
        "ZCARD myzset",
        "ZSCORE myzset one",
        "ZMSCORE myzset one two nofield",
        "ZINCRBY myzset 2 one",
        "ZREM myzset two",
        "ZMSCORE myzset one uno two three",
    )


# --- ZADD


@FORMS
@pytest.mark.parametrize("before", ["DEL k", "ZADD k 1 a", "ZADD k 1 a 2 b 3 c"])
@pytest.mark.parametrize(
    "options",
    [
        *("", "NX", "XX", "GT", "LT", "CH", "INCR", "nx ch", "xx CH", "XX GT", "XX LT CH", "GT CH"),
        *("NX INCR", "XX INCR", "GT INCR", "LT INCR", "XX GT CH INCR", "NX NX"),
        *("NX XX", "NX GT", "LT NX", "GT LT", "GT LT XX", "NX XX GT LT", "INCR NX XX", "NOPE", "1"),
    ],
)
def test_zadd_takes_every_option(both: Both, entries: int, before: str, options: str) -> None:
    limit(both, entries)
    both(before)
    for pairs in ("1 a", "0 a", "5 a", "-1 a", "inf b", "-inf b", "1 a 5 b -5 c", "3 d 4 d", "0 a 0 b 0 c"):
        both.events(f"ZADD k {options} {pairs}")
        both("ZMSCORE k a b c d")


@pytest.mark.parametrize(
    "words",
    [
        *(
            "1",
            "NX",
            "NX 1",
            "1 a 2",
            "x a",
            "NX x a",
            "1 a x b",
            "1 a nan b",
            "NX XX",
            "GT LT 1 a",
            "NX GT x a",
        ),
        *(
            "INCR 1 a 2 b",
            "INCR x a 2 b",
            "INCR x a",
            "1e5 a",
            "0x10 a",
            "+1 a",
            "1_0 a",
            "infinity a",
            "1e400 a",
        ),
    ],
)
def test_zadd_refuses_what_makes_no_sense_before_it_looks_at_the_key(both: Both, words: str) -> None:
    for preparation in ("DEL k", "SET k text", "ZADD k 1 a"):
        both("DEL k")
        both(preparation)
        both.events(f"ZADD k {words}")
        both(f"ZADD k CH {words}")


@FORMS
def test_an_increment_that_leads_nowhere_is_refused(both: Both, entries: int) -> None:
    limit(both, entries)
    both.transcript("ZADD k inf a -inf b", "ZADD k INCR -inf a", "ZINCRBY k inf b", "ZINCRBY k nan a")
    both.transcript("ZINCRBY k x a", "ZINCRBY k 5 a", "ZMSCORE k a b")


@FORMS
def test_scores_are_printed_as_redis_prints_them(both: Both, entries: int) -> None:
    limit(both, entries)
    for score in ("3", "-0", "0", "1.5", "1e20", "inf", "-inf", "4503599627370496", "-2.25", "1e22"):
        both("ZADD", "k", score, "a")
        both("ZSCORE", "k", "a")
        both("ZADD", "k", "INCR", score, "b")
        both("DEL", "k")


def test_a_score_is_printed_with_as_few_digits_as_7_2_needs(call: Session) -> None:
    call("ZADD k 0.1 a")
    assert b"$3\r\n0.1\r\n" == call("ZSCORE k a")
    assert b"$3\r\n0.3\r\n" == call("ZADD k INCR 0.2 a").replace(b"19\r\n0.30000000000000004", b"3\r\n0.3")
    call("HELLO 3")
    assert b",0.1\r\n" == call("ZADD k INCR 0.1 b")


# --- ZINCRBY, ZREM


@FORMS
def test_zincrby_announces_what_it_changes(both: Both, entries: int) -> None:
    limit(both, entries)
    for line in ("ZINCRBY k 5 a", "ZINCRBY k -5 a", "ZINCRBY k 0 a", "ZINCRBY k 0 b", "ZADD k INCR 2 a"):
        both.events(line)


@FORMS
def test_a_sorted_set_without_members_goes(both: Both, entries: int) -> None:
    limit(both, entries)
    both("ZADD k 1 a 2 b 3 c")
    for line in ("ZREM k nope", "ZREM k a nope a", "ZREM nope a", "ZREM k b c d"):
        both.events(line)
    both("EXISTS k")


def test_a_time_to_live_stays(both: Both) -> None:
    both.transcript("ZADD k 1 a", "PEXPIREAT k 4000000000000", "ZADD k 2 b", "ZREM k a", "PEXPIRETIME k")


@pytest.mark.parametrize(
    "line",
    ["ZADD k 1 a", "ZADD k XX 1 a", "ZINCRBY k 1 a", "ZREM k a", "ZCARD k", "ZSCORE k a", "ZMSCORE k a b"],
)
def test_other_types_are_refused_and_missing_keys_are_empty(both: Both, line: str) -> None:
    both(line)
    both.transcript("DEL k", "SET k text", line, "GET k")


# --- encodings


def encoded(both: Both, *lines: str) -> None:
    for line in lines:
        both(line)
        both("OBJECT ENCODING k")


def test_a_member_too_many_or_too_long_makes_a_skiplist_for_ever(both: Both) -> None:
    limit(both, 3)
    encoded(both, "ZADD k 1 a 2 b", "ZADD k 3 c", "ZADD k 3 c", "ZADD k XX 4 d", "ZADD k 4 d", "ZREM k a b c")
    both("DEL k")
    encoded(
        both, f"ZADD k 1 {'m' * 64}", f"ZADD k XX 1 {'m' * 65}", f"ZADD k 1 {'m' * 65}", f"ZREM k {'m' * 65}"
    )
    both("DEL k")
    encoded(both, f"ZADD k 1 {'m' * 65}")


def test_conversion_in_the_middle_of_a_command_loses_nothing(both: Both) -> None:
    pairs = " ".join(f"{number % 7} m{number}" for number in range(200))
    encoded(both, f"ZADD k {pairs}", "ZADD k 0 new")
    both("DEBUG DIGEST-VALUE k")


def test_many_members_at_once_count_as_so_many_even_if_they_are_the_same(call: Session) -> None:
    call("ZADD k 1 a")
    call("ZADD", "k", *(["1", "a"] * 128))
    assert b"$8\r\nlistpack\r\n" == call("OBJECT ENCODING k")
    call("ZADD", "k", *(["1", "a"] * 129))
    assert b"$8\r\nskiplist\r\n" == call("OBJECT ENCODING k")
