"""Unions, intersections and differences of sorted sets, beside a real Redis."""

from itertools import product

import pytest

from bare_engine import Session
from commands.sorted_set_forms import FORMS, limit
from side_by_side import Both

pytestmark = pytest.mark.usefixtures("usual_limits")

DATA = (
    "ZADD a 1 one 2 two 3 three inf big -inf small 0 zero",
    "ZADD b 1 one 2.5 two 4 four -inf big -inf small",
    "ZADD c 5 one 6 two",
    "SADD s one two five",
    "SADD i 1 2 3",
    "ZADD n 1 1 2 2 3 x",
)


def prepare(both: Both) -> None:
    both("DEL a b c s i n")
    both.transcript(*DATA)


def test_examples_of_the_documentation(both: Both) -> None:
    both.transcript(
        "ZADD zset1 1 one 2 two",
        "ZADD zset2 1 one 2 two 3 three",
        "ZUNION 2 zset1 zset2",
        "ZUNION 2 zset1 zset2 WITHSCORES",
        "ZINTER 2 zset1 zset2",
        "ZINTER 2 zset1 zset2 WITHSCORES",
        "ZINTERCARD 2 zset1 zset2",
        "ZINTERCARD 2 zset1 zset2 LIMIT 1",
        "ZDIFF 2 zset2 zset1",
        "ZDIFF 2 zset2 zset1 WITHSCORES",
        "ZUNIONSTORE out 2 zset1 zset2 WEIGHTS 2 3",
        "ZRANGE out 0 -1 WITHSCORES",
        "ZINTERSTORE out 2 zset1 zset2 WEIGHTS 2 3",
        "ZRANGE out 0 -1 WITHSCORES",
        "ZDIFFSTORE out 2 zset2 zset1",
        "ZRANGE out 0 -1 WITHSCORES",
    )


@FORMS
@pytest.mark.parametrize(
    "keys", ["1 a", "2 a b", "2 b a", "3 a b c", "2 a a", "2 a nope", "2 nope a", "3 s a i", "2 i n", "2 s s"]
)
def test_results_are_shown_in_order(both: Both, entries: int, keys: str) -> None:
    limit(both, entries)
    prepare(both)
    for name, options in product(
        ["ZUNION", "ZINTER"], ["", "AGGREGATE MIN", "aggregate max", "AGGREGATE SUM"]
    ):
        both(f"{name} {keys} {options}")
        both.scores(f"{name} {keys} WITHSCORES {options}")
    both.transcript(
        f"ZDIFF {keys}", f"ZDIFF {keys} WITHSCORES", f"ZINTERCARD {keys}", f"ZINTERCARD {keys} LIMIT 1"
    )


@FORMS
@pytest.mark.parametrize("weights", ["1 1", "0 1", "inf 1", "-1 -inf", "0 0", "2.5 -3", "1e308 1e308"])
def test_weights_that_lead_nowhere_give_zero(both: Both, entries: int, weights: str) -> None:
    limit(both, entries)
    prepare(both)
    for name, keys, aggregate in product(
        ["ZUNION", "ZINTER"], ["a b", "b a", "a c", "a a", "s a"], ["SUM", "MIN", "MAX"]
    ):
        both.scores(f"{name} 2 {keys} WEIGHTS {weights} AGGREGATE {aggregate} WITHSCORES")
        both(f"{name}STORE d 2 {keys} AGGREGATE {aggregate} WEIGHTS {weights}")
        both.scores("ZRANGE d 0 -1 WITHSCORES")
        both("DEBUG DIGEST-VALUE d")


@FORMS
@pytest.mark.parametrize("name", ["ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE"])
@pytest.mark.parametrize("keys", ["2 a b", "1 nope", "3 nope a b", "2 s a", "1 i", "2 d a"])
def test_results_are_stored_and_announced(both: Both, entries: int, name: str, keys: str) -> None:
    limit(both, entries)
    for before in ("DEL d", "SET x text", "ZADD d 1 one", "ZADD d 1 old"):
        prepare(both)
        both.transcript("DEL d", before, "PEXPIREAT d 4000000000000")
        both.events(f"{name} d {keys}")
        both.transcript("ZRANGE d 0 -1 WITHSCORES", "PTTL d", "TYPE d", "OBJECT ENCODING d")


def test_a_result_replaces_a_value_of_another_type(both: Both) -> None:
    prepare(both)
    for line in ("ZUNIONSTORE s 1 a", "ZINTERSTORE i 2 i n", "ZDIFFSTORE n 2 n a"):
        both.events(line)


def test_a_result_is_as_small_as_it_can_be(both: Both) -> None:
    both("ZADD", "many", *(word for number in range(200) for word in (number, f"m{number}")))
    both("SADD", "few", *(f"m{number}" for number in range(128)))
    both("SADD", "more", *(f"m{number}" for number in range(129)))
    both("SADD", "long", "m" * 65)
    for line in (
        *(
            "ZINTERSTORE d 2 many few",
            "ZINTERSTORE d 2 many more",
            "ZUNIONSTORE d 1 few",
            "ZUNIONSTORE d 1 more",
        ),
        *(
            "ZDIFFSTORE d 2 many few",
            "ZDIFFSTORE d 1 many",
            "ZUNIONSTORE d 1 long",
            "ZUNIONSTORE d 2 few long",
        ),
    ):
        both.transcript(line, "OBJECT ENCODING d", "DEBUG DIGEST-VALUE d")


def test_a_difference_is_the_same_whichever_is_larger(both: Both) -> None:
    both("ZADD", "large", *(word for number in range(500) for word in (number % 7, f"m{number}")))
    both("ZADD", "small", *(word for number in range(0, 600, 20) for word in (1, f"m{number}")))
    both.transcript("ZDIFF 2 large small WITHSCORES", "ZDIFF 2 small large", "ZDIFF 3 large small large")
    both.transcript("ZINTER 2 large small WITHSCORES", "ZUNION 2 small large WITHSCORES")


@pytest.mark.parametrize(
    "line",
    [
        *(
            "ZUNION 0 a",
            "ZINTER -1 a",
            "ZDIFF x a",
            "ZUNIONSTORE d 0 a",
            "ZINTERSTORE d x a",
            "ZDIFFSTORE d 0 a",
        ),
        *(
            "ZINTERCARD 0 a",
            "ZUNION 2 a",
            "ZUNION 9223372036854775807 a",
            "ZUNION 1 a b",
            "ZUNION 1 a WEIGHTS",
        ),
        *(
            "ZUNION 1 a WEIGHTS x",
            "ZUNION 1 a WEIGHTS nan",
            "ZUNION 1 a WEIGHTS 1 2",
            "ZUNION 2 a b WEIGHTS 1",
        ),
        *(
            "ZUNION 1 a WEIGHTS 1 WEIGHTS x",
            "ZUNION 1 a AGGREGATE",
            "ZUNION 1 a AGGREGATE AVG",
            "ZINTER 1 a LIMIT 1",
        ),
        *(
            "ZUNION 1 a WEIGHTS 2 WEIGHTS 3 WITHSCORES",
            "ZUNION 1 a WITHSCORES WITHSCORES",
            "ZDIFF 1 a WEIGHTS 1",
        ),
        *(
            "ZDIFF 1 a AGGREGATE SUM",
            "ZUNIONSTORE d 1 a WITHSCORES",
            "ZDIFFSTORE d 1 a WITHSCORES",
            "ZDIFFSTORE d 2 a",
        ),
        *(
            "ZINTERCARD 1 a LIMIT",
            "ZINTERCARD 1 a LIMIT -1",
            "ZINTERCARD 1 a LIMIT x",
            "ZINTERCARD 1 a LIMIT 0",
        ),
        *(
            "ZINTERCARD 1 a LIMIT 1 LIMIT 2",
            "ZINTERCARD 1 a WITHSCORES",
            "ZUNION 1 t WEIGHTS x",
            "ZUNION 2 nope t",
        ),
        *("ZINTER 2 nope t", "ZINTERCARD 2 nope t", "ZDIFF 2 nope t", "ZUNIONSTORE d 1 t", "ZUNION 1 h NOPE"),
    ],
)
def test_what_makes_no_sense_is_refused(both: Both, line: str) -> None:
    prepare(both)
    both.transcript("SET t text", "HSET h f v", line, "EXISTS d")


def test_missing_keys_are_empty(call: Session) -> None:
    assert b"*0\r\n" == call("ZUNION 2 a b") == call("ZINTER 1 a WITHSCORES") == call("ZDIFF 2 a b")
    assert b":0\r\n" == call("ZINTERCARD 2 a b") == call("ZUNIONSTORE d 1 a") == call("ZDIFFSTORE d 1 a")
