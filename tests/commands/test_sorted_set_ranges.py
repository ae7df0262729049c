"""Ranges of sorted sets by rank, score and member, beside a real Redis."""

from itertools import product

import pytest

from bare_engine import Session
from commands.sorted_set_forms import FORMS, SAME, SCORES, limit
from side_by_side import Both

pytestmark = pytest.mark.usefixtures("usual_limits")


def test_examples_of_the_documentation(both: Both) -> None:
    both.transcript(
        "ZADD myzset 1 one 2 two 3 three",
        "ZRANGE myzset 0 -1",
        "ZRANGE myzset 2 3",
        "ZRANGE myzset -2 -1",
        "ZRANGE myzset 0 1 WITHSCORES",
        "ZRANGE myzset (1 +inf BYSCORE LIMIT 1 1",
        "ZREVRANGE myzset 0 -1",
        "ZREVRANGE myzset 2 3",
        "ZREVRANGE myzset -2 -1",
        "ZRANGEBYSCORE myzset -inf +inf",
        "ZRANGEBYSCORE myzset 1 2",
        "ZRANGEBYSCORE myzset (1 2",
        "ZRANGEBYSCORE myzset (1 (2",
        "ZREVRANGEBYSCORE myzset +inf -inf",
        "ZREVRANGEBYSCORE myzset 2 1",
        "ZREVRANGEBYSCORE myzset 2 (1",
        "ZREVRANGEBYSCORE myzset (2 (1",
        "ZADD lex 0 a 0 b 0 c 0 d 0 e 0 f 0 g",
        "ZRANGEBYLEX lex - [c",
        "ZRANGEBYLEX lex - (c",
        "ZRANGEBYLEX lex [aaa (g",
        "ZREVRANGEBYLEX lex [c -",
        "ZREVRANGEBYLEX lex (c -",
        "ZREVRANGEBYLEX lex (g [aaa",
        "ZADD srczset 1 one 2 two 3 three 4 four",
        "ZRANGESTORE dstzset srczset 2 -1",
        "ZRANGE dstzset 0 -1",
    )


@FORMS
def test_ranges_by_rank(both: Both, entries: int) -> None:
    limit(both, entries)
    both(SCORES)
    for first, last in product([0, 1, 8, 9, -1, -9, -10, 2**63 - 1, -(2**63)], repeat=2):
        both(f"ZRANGE z {first} {last}")
        both(f"ZRANGE z {first} {last} REV WITHSCORES")
        both(f"ZREVRANGE z {first} {last} withscores")


@FORMS
@pytest.mark.parametrize(
    "options", ["", "WITHSCORES", "LIMIT 1 2", "LIMIT 1 -1", "LIMIT -1 2", "LIMIT 0 0 WITHSCORES"]
)
def test_ranges_by_score(both: Both, entries: int, options: str) -> None:
    limit(both, entries)
    both(SCORES)
    for low, high in product(
        ["-inf", "(-inf", "1", "(1", "2.5", "(2.5", "0", "-0", "+inf", "(inf"], repeat=2
    ):
        both(f"ZRANGEBYSCORE z {low} {high} {options}")
        both(f"ZREVRANGEBYSCORE z {high} {low} {options}")
        both(f"ZRANGE z {low} {high} BYSCORE {options}")
        both(f"ZRANGE z {high} {low} {options} REV BYSCORE")


@FORMS
@pytest.mark.parametrize("options", ["", "LIMIT 1 2", "LIMIT 9 9", "LIMIT 2 -5"])
def test_ranges_by_member(both: Both, entries: int, options: str) -> None:
    limit(both, entries)
    both(SAME)
    for low, high in product(
        ["-", "+", "[", "(", "[a", "(a", "[aa", "(b", "[bb", "[e", "(e", "(z"], repeat=2
    ):
        both(f"ZRANGEBYLEX z {low} {high} {options}")
        both(f"ZREVRANGEBYLEX z {high} {low} {options}")
        both(f"ZRANGE z {low} {high} BYLEX {options}")
        both(f"ZRANGE z {high} {low} {options} REV BYLEX")


def test_ranges_by_member_walk_through_a_listpack_whose_scores_differ(both: Both) -> None:
    both("ZADD z 3 a 1 b 2 c 1 d 5 aa 4 z")
    for low, high in product(["-", "+", "[a", "(a", "[b", "(b", "[c", "(d", "[z"], repeat=2):
        both(f"ZRANGEBYLEX z {low} {high}")
        both(f"ZREVRANGEBYLEX z {high} {low}")
        both(f"ZLEXCOUNT z {low} {high}")


@pytest.mark.parametrize(
    "bound",
    [
        *(
            b"",
            b"(",
            b" 1",
            b"( 1",
            b"1 ",
            b"\t\n\v\f\r2",
            b"1\x00x",
            b"\x00",
            b" ",
            b"nan",
            b"(nan",
            b"x",
            b"((1",
            b"[1",
        ),
        *(
            b"0x2",
            b"(0x1p1",
            b"0x",
            b"1e",
            b"1e400",
            b"-1e400",
            b"1e-400",
            b"0x1p5000",
            b"-0x1p5000",
            b"infinity",
        ),
        *(b"+1", b"--1", b".5", b"1.", b"INF", b"1_0", b"-", b"+"),
    ],
)
def test_a_score_is_read_as_c_reads_it(both: Both, bound: bytes) -> None:
    both(SCORES)
    for name in ("ZRANGEBYSCORE", "ZCOUNT"):
        both(name, "z", bound, "+inf")
        both(name, "z", "-inf", bound)


@pytest.mark.parametrize(
    "bound", [b"", b"a", b"-x", b"+x", b"-\x00x", b"+\x00", b"[", b"(\x00", b"1", b"\x00", b"[\xff"]
)
def test_bounds_of_members_are_marked(both: Both, bound: bytes) -> None:
    both(SAME)
    for name in ("ZRANGEBYLEX", "ZLEXCOUNT"):
        both(name, "z", bound, "+")
        both(name, "z", "-", bound)


@pytest.mark.parametrize(
    "words",
    [
        *(
            "ZRANGE z x 1",
            "ZRANGE z 0 x",
            "ZRANGE z 0 1 NOPE",
            "ZRANGE z 0 1 LIMIT 0 1",
            "ZRANGE z 0 1 LIMIT 0 -1",
        ),
        *(
            "ZRANGE z 0 1 LIMIT 0",
            "ZRANGE z 0 1 LIMIT x 1",
            "ZRANGE z 0 1 LIMIT 0 x NOPE",
            "ZRANGE z 0 1 REV REV",
        ),
        *("ZRANGE z a b BYLEX", "ZRANGE z [a [b BYLEX WITHSCORES", "ZRANGE z a b BYLEX WITHSCORES LIMIT 0 1"),
        *("ZRANGE z 0 1 BYLEX BYSCORE", "ZRANGE z 0 1 BYSCORE BYSCORE", "ZRANGE z 0 1 WITHSCORES WITHSCORES"),
        *(
            "ZREVRANGE z 0 1 REV",
            "ZREVRANGE z 0 1 LIMIT 0 1",
            "ZREVRANGE z 0 1 BYSCORE",
            "ZREVRANGE z 0 1 LIMIT 0 -1",
        ),
        *(
            "ZRANGEBYSCORE z x 1",
            "ZRANGEBYSCORE z 1 x LIMIT 0",
            "ZRANGEBYSCORE z 1 2 REV",
            "ZRANGEBYSCORE z 1 2 BYLEX",
        ),
        *("ZRANGEBYLEX z [a [b WITHSCORES", "ZRANGEBYLEX z a b LIMIT 0 1", "ZRANGEBYLEX z a b LIMIT 0 x"),
        *("ZRANGESTORE d z 0 1 WITHSCORES", "ZRANGESTORE d z x 1", "ZRANGESTORE d z 0 1 LIMIT 1 1"),
        *("ZRANGESTORE d z 0 1 LIMIT", "ZRANGESTORE d z 0 1", "ZRANGE z 0 1 LIMIT 9223372036854775808 1"),
    ],
)
def test_what_makes_no_sense_is_refused_before_the_key_is_looked_at(both: Both, words: str) -> None:
    for preparation in ("DEL z", SCORES, "SET z text"):
        both.transcript("DEL z", preparation, words)


# --- ZRANGESTORE


@FORMS
@pytest.mark.parametrize(
    "words",
    [
        *(
            "0 -1",
            "0 0",
            "-2 -1 REV",
            "5 1",
            "(1 +inf BYSCORE",
            "+inf (1 BYSCORE REV LIMIT 1 2",
            "5 1 BYSCORE",
        ),
        *("- + BYLEX", "+ - BYLEX REV LIMIT 0 2"),
    ],
)
def test_zrangestore_stores_and_announces(both: Both, entries: int, words: str) -> None:
    limit(both, entries)
    for before in ("DEL d", "SET d text PXAT 4000000000000", "ZADD d 1 old"):
        both(SCORES)
        both(before)
        both.events(f"ZRANGESTORE d z {words}")
        both.transcript("ZRANGE d 0 -1 WITHSCORES", "PTTL d", "OBJECT ENCODING d")
    both.events(f"ZRANGESTORE z z {words}")
    both.transcript("ZRANGE z 0 -1 WITHSCORES", "OBJECT ENCODING z")


def test_zrangestore_of_nothing_deletes(both: Both) -> None:
    both("ZADD d 1 a")
    both.events("ZRANGESTORE d nope 0 -1")
    both.events("ZRANGESTORE d nope 0 -1")


def test_what_is_stored_is_as_small_as_it_can_be(both: Both) -> None:
    both("ZADD", "z", *(word for number in range(200) for word in (number, f"m{number}")))
    for words in ("0 127", "0 128", "0 10 BYSCORE", "0 128 BYSCORE", "- + BYLEX"):
        both.transcript(f"ZRANGESTORE d z {words}", "OBJECT ENCODING d", "DEBUG DIGEST-VALUE d")
    both("ZADD", "z", 0, "m" * 65)
    both.transcript("ZRANGESTORE d z 0 0", "OBJECT ENCODING d", "ZRANGESTORE d z 0 1", "OBJECT ENCODING d")


def test_stored_zeros_have_the_sign_that_their_encoding_keeps(both: Both) -> None:
    limit(both, 1)
    both.transcript("ZADD z -0 a", "ZADD z -0 b", "ZADD z -0 c", "ZRANGE z 0 -1 WITHSCORES")
    both.transcript(
        "ZRANGESTORE d z 0 0", "ZRANGE d 0 -1 WITHSCORES", "ZRANGESTORE d z 0 1", "ZRANGE d 0 -1 WITHSCORES"
    )


@pytest.mark.parametrize(
    "line",
    [
        *(
            "ZRANGE z 0 -1",
            "ZREVRANGE z 0 -1",
            "ZRANGEBYSCORE z 0 1",
            "ZREVRANGEBYSCORE z 1 0",
            "ZRANGEBYLEX z - +",
        ),
        *("ZREVRANGEBYLEX z + -", "ZRANGESTORE d z 0 -1"),
    ],
)
def test_other_types_are_refused_and_missing_keys_are_empty(both: Both, line: str) -> None:
    both.transcript(line, "SET z text", line, "EXISTS d")


def test_a_huge_range_or_limit_builds_nothing(call: Session) -> None:
    call("ZADD z 1 a")
    assert b"*1\r\n$1\r\na\r\n" == call(f"ZRANGE z 0 {2**62}")
    assert b"*1\r\n$1\r\na\r\n" == call(f"ZRANGE z -inf inf BYSCORE LIMIT 0 {2**62}")
    assert b"*0\r\n" == call(f"ZRANGE z -inf inf BYSCORE LIMIT {2**62} {2**62}")
