"""Taking the lowest and highest members of sorted sets, beside a real Redis."""

import pytest

from commands.sorted_set_forms import FORMS, limit
from side_by_side import Both

pytestmark = pytest.mark.usefixtures("usual_limits")

SCORES = "ZADD z 1 a 1 b 2 c 3 d"


def test_examples_of_the_documentation(both: Both) -> None:
    both.transcript(
        "ZADD myzset 1 one 2 two 3 three",
        "ZPOPMIN myzset",
        "ZPOPMAX myzset",
        "ZMPOP 1 notsuchkey MIN",
        "ZADD myzset 1 one 2 two 3 three",
        "ZMPOP 1 myzset MIN",
        "ZRANGE myzset 0 -1 WITHSCORES",
        "ZMPOP 1 myzset MAX COUNT 10",
        "ZADD myzset2 4 four 5 five 6 six",
        "ZMPOP 2 myzset myzset2 MIN COUNT 10",
        "ZRANGE myzset 0 -1 WITHSCORES",
        "ZMPOP 2 myzset myzset2 MAX COUNT 10",
        "ZRANGE myzset2 0 -1 WITHSCORES",
        "EXISTS myzset myzset2",
        "DEL zset1 zset2",
        "ZADD zset1 0 a 1 b 2 c",
        "BZPOPMIN zset1 zset2 0",
        "BZPOPMAX zset1 zset2 0",
    )


@FORMS
@pytest.mark.parametrize("name", ["ZPOPMIN", "ZPOPMAX"])
@pytest.mark.parametrize("count", ["", "0", "1", "2", "4", "5", "9223372036854775807"])
def test_members_are_popped_until_the_key_goes(both: Both, entries: int, name: str, count: str) -> None:
    limit(both, entries)
    both(SCORES)
    for _ in range(3):
        both.events(f"{name} z {count}")
        both("ZRANGE z 0 -1 WITHSCORES")


@FORMS
@pytest.mark.parametrize("line", ["ZMPOP", "BZMPOP 0"])
@pytest.mark.parametrize(
    "options", ["MIN", "max", "MIN COUNT 3", "MAX count 9", "MIN COUNT 9223372036854775807"]
)
def test_members_of_the_first_sorted_set_are_popped(
    both: Both, entries: int, line: str, options: str
) -> None:
    limit(both, entries)
    both(SCORES)
    for _ in range(2):
        both("ZADD y 5 e 6 f")
        both.events(f"{line} 3 nope z y {options}")
        both.transcript("ZRANGE z 0 -1", "ZRANGE y 0 -1")


@FORMS
@pytest.mark.parametrize("name", ["BZPOPMIN", "BZPOPMAX"])
def test_a_member_that_is_there_is_not_waited_for(both: Both, entries: int, name: str) -> None:
    limit(both, entries)
    both(SCORES)
    both("ZADD y -0 e")
    for _ in range(5):
        both.events(f"{name} nope z y 0")


@pytest.mark.parametrize(
    "line",
    [
        *(
            "ZPOPMIN z -1",
            "ZPOPMIN z x",
            "ZPOPMIN z 1 2",
            "ZPOPMIN z 0",
            "ZPOPMAX z 1.5",
            "ZPOPMIN z",
            "ZPOPMAX z 1",
        ),
        *(
            "ZMPOP 0 z MIN",
            "ZMPOP x z MIN",
            "ZMPOP 2 z MIN",
            "ZMPOP 1 z NOPE",
            "ZMPOP 1 z MIN NOPE",
            "ZMPOP 1 z MIN COUNT",
        ),
        *(
            "ZMPOP 1 z MIN COUNT 0",
            "ZMPOP 1 z MIN COUNT x 1",
            "ZMPOP 1 z MIN COUNT 1 COUNT 1",
            "ZMPOP 1 z NOPE COUNT x",
        ),
        *("ZMPOP 1 z MIN", "ZMPOP 2 nope z MAX", "ZMPOP 9223372036854775805 z MIN"),
        *(
            "BZMPOP x 0 z MIN",
            "BZMPOP x 1 z MIN",
            "BZMPOP -1 1 z MIN",
            "BZMPOP 1 1 z NOPE",
            "BZMPOP inf 1 z MIN COUNT 0",
        ),
        *("BZPOPMIN z x", "BZPOPMAX z -1", "BZPOPMIN z nan"),
    ],
)
def test_what_makes_no_sense_is_refused(both: Both, line: str) -> None:
    for preparation in ("SET z text", SCORES):
        both.transcript("DEL z", preparation, line, "EXISTS z")


def test_missing_keys_are_empty(both: Both) -> None:
    both.transcript("ZPOPMIN z", "ZPOPMAX z 1", "ZPOPMIN z 0", "ZMPOP 2 a b MIN")


def test_a_large_sorted_set_is_popped_from_both_ends(both: Both) -> None:
    both("ZADD", "z", *(word for number in range(3000) for word in (number * 7919 % 3001, f"m{number}")))
    both.transcript(
        "ZPOPMIN z", "ZPOPMAX z", "ZPOPMIN z 1000", "ZPOPMAX z 1500", "ZCARD z", "DEBUG DIGEST-VALUE z"
    )
