"""Counting and removing ranges of sorted sets, and ranks, beside a real Redis."""

from itertools import product

import pytest

from bare_engine import Session
from commands.sorted_set_forms import FORMS, SAME, SCORES, limit
from side_by_side import Both
from trioredis.commands.sorted_set_spans import zrank, zrevrank

pytestmark = pytest.mark.usefixtures("usual_limits")


def test_examples_of_the_documentation(both: Both) -> None:
    both.transcript(
        "ZADD myzset 1 one 2 two 3 three",
        "ZCOUNT myzset -inf +inf",
        "ZCOUNT myzset (1 3",
        "ZRANK myzset three",
        "ZRANK myzset four",
        "ZREVRANK myzset one",
        "ZREVRANK myzset four",
        "ZREMRANGEBYRANK myzset 0 1",
        "ZRANGE myzset 0 -1 WITHSCORES",
        "ZADD myzset 1 one 2 two 3 three",
        "ZREMRANGEBYSCORE myzset -inf (2",
        "ZRANGE myzset 0 -1 WITHSCORES",
        "ZADD lex 0 aaaa 0 b 0 c 0 d 0 e 0 foo 0 zap 0 zip 0 ALPHA 0 alpha",
        "ZLEXCOUNT lex - +",
        "ZLEXCOUNT lex [b [f",
        "ZREMRANGEBYLEX lex [alpha [omega",
        "ZRANGE lex 0 -1",
    )


@FORMS
def test_counts_and_removals_by_score(both: Both, entries: int) -> None:
    limit(both, entries)
    for low, high in product(
        ["-inf", "(-inf", "1", "(1", "2.5", "(2.5", "0", "-0", "+inf", "(inf"], repeat=2
    ):
        both(SCORES)
        both(f"ZCOUNT z {low} {high}")
        both.events(f"ZREMRANGEBYSCORE z {low} {high}")
        both("ZRANGE z 0 -1")


@FORMS
def test_counts_and_removals_by_member(both: Both, entries: int) -> None:
    limit(both, entries)
    for low, high in product(["-", "+", "[a", "(a", "[aa", "(b", "[e", "(e", "(z"], repeat=2):
        both(SAME)
        both(f"ZLEXCOUNT z {low} {high}")
        both.events(f"ZREMRANGEBYLEX z {low} {high}")
        both("ZRANGE z 0 -1")


@FORMS
def test_removals_by_rank(both: Both, entries: int) -> None:
    limit(both, entries)
    for first, last in product([0, 1, 8, 9, -1, -9, -10, 2**63 - 1, -(2**63)], repeat=2):
        both(SCORES)
        both.events(f"ZREMRANGEBYRANK z {first} {last}")
        both("ZRANGE z 0 -1")


@FORMS
def test_ranks(both: Both, entries: int) -> None:
    limit(both, entries)
    both(SCORES)
    for member in "abcdefghinope":
        both(f"ZRANK z {member}")
        both(f"ZREVRANK z {member}")


def test_removals_from_a_large_one(both: Both) -> None:
    words = [word for number in range(3000) for word in (number * 7919 % 3001, f"m{number}")]
    both("ZADD", "z", *words)
    for line in ("ZREMRANGEBYRANK z 100 200", "ZREMRANGEBYSCORE z 500 (700", "ZREMRANGEBYRANK z -5 -1"):
        both(line)
        both.transcript("ZCARD z", "ZRANK z m77", "ZREVRANK z m2000", "DEBUG DIGEST-VALUE z")
    both.transcript("ZREMRANGEBYRANK z 10 -10", "ZRANGE z 0 -1 WITHSCORES", "OBJECT ENCODING z")


@pytest.mark.parametrize(
    "line",
    [
        *(
            "ZCOUNT z 0 1",
            "ZCOUNT z x 1",
            "ZCOUNT z 0 nan",
            "ZLEXCOUNT z - +",
            "ZLEXCOUNT z a +",
            "ZLEXCOUNT z - b",
        ),
        *(
            "ZREMRANGEBYRANK z 0 -1",
            "ZREMRANGEBYRANK z x 1",
            "ZREMRANGEBYRANK z 0 1.5",
            "ZREMRANGEBYSCORE z 0 1",
        ),
        *("ZREMRANGEBYSCORE z x 1", "ZREMRANGEBYSCORE z 1 (", "ZREMRANGEBYLEX z - +", "ZREMRANGEBYLEX z - x"),
        *("ZRANK z a", "ZREVRANK z a"),
    ],
)
def test_other_types_are_refused_and_missing_keys_are_empty(both: Both, line: str) -> None:
    both.transcript(line, "SET z text", line, "GET z")


# --- what 7.2 adds


@pytest.mark.parametrize("encoding", ["listpack", "skiplist"])
def test_a_rank_with_its_score(call: Session, encoding: str) -> None:
    if encoding == "skiplist":
        call("CONFIG SET zset-max-listpack-entries 0")
    call("ZADD z 1 a 2.5 b")
    assert b"*2\r\n:1\r\n$3\r\n2.5\r\n" == call("ZRANK z b WITHSCORE")
    assert b"*2\r\n:0\r\n$3\r\n2.5\r\n" == call("ZREVRANK z b withscore")
    assert b"*-1\r\n" == call("ZRANK z nope WITHSCORE") == call("ZREVRANK nope a WITHSCORE")
    assert b"$-1\r\n" == call("ZRANK z nope") == call("ZRANK nope a")
    call("HELLO 3")
    assert b"*2\r\n:1\r\n,2.5\r\n" == call("ZRANK z b WITHSCORE")
    assert b"_\r\n" == call("ZRANK z nope WITHSCORE")


def test_a_rank_with_anything_else_is_refused(call: Session) -> None:
    call("SET text x")
    assert b"-ERR syntax error\r\n" == call("ZRANK text a WITHSCORES")
    assert b"-ERR wrong number of arguments for 'zrank' command\r\n" == call("ZRANK z a WITHSCORE x")
    assert b"-ERR wrong number of arguments for 'zrevrank' command\r\n" == call("ZREVRANK z a WITHSCORE x")
    assert call("ZRANK text a WITHSCORE").startswith(b"-WRONGTYPE")


def test_ranks_take_an_option_since_7_2() -> None:
    for each in (zrank, zrevrank):
        assert (-3, (("7.2.0", "Takes `WITHSCORE`."),)) == (each.arity, each.history)
