"""SORT beside a real Redis: the documented examples, every option, and what is refused in which words."""

import tracemalloc
from itertools import product

import pytest

from bare_engine import Session
from side_by_side import Both

# --- the documented examples


def test_the_documentation_of_sort(both: Both) -> None:
    both.transcript(
        "RPUSH mylist 3 1 2",
        "SORT mylist",
        "SORT mylist DESC",
        "SORT mylist ALPHA",
        "RPUSH numbers 10 9 8 7 6 5 4 3 2 1 0 11",
        "SORT numbers LIMIT 0 10",
        "SORT numbers LIMIT 0 5 ALPHA DESC",
        "MSET weight_1 30 weight_2 20 weight_3 10 object_1 one object_2 two object_3 three",
        "SORT mylist BY weight_*",
        "SORT mylist BY nosort",
        "SORT mylist BY weight_* GET object_*",
        "SORT mylist BY weight_* GET object_* GET #",
        "SORT mylist BY weight_* STORE resultkey",
        "LRANGE resultkey 0 -1",
    )
    for number in (1, 2, 3):
        both(f"HSET object:{number} weight {-number} name n{number}")
    both("SORT mylist BY object:*->weight GET object:*->name GET nope:*->name")


# --- every option

SOURCES = [
    "RPUSH k 3 1 2 10 2",
    "RPUSH k b a c a B",
    "SADD k 5 3 1 12 4",
    "SADD k b",
    "ZADD k 3 10 2 20 1 30 0 5",
    "ZADD k 3 a 2 c 1 b",
    "DEL k",
    "SET k value",
    "HSET k f v",
]
ORDERS = [
    *("", "ASC", "DESC", "DESC ASC", "ALPHA", "ALPHA DESC", "BY w_*", "BY w_* DESC", "BY w_* ALPHA"),
    *("BY w_* ALPHA DESC", "BY h_*->f", "BY h_*->f DESC ALPHA", "BY h_*->nope", "BY h_*->"),
    *("BY w_* BY nope_*", "BY nosort BY w_*", "BY # ALPHA"),
]
PARTS = [
    *("", "LIMIT 0 2", "LIMIT 1 2", "LIMIT -5 3", "LIMIT 2 -1", "LIMIT 2 -7", "LIMIT 1 0", "LIMIT 100 2"),
    *("LIMIT 3 9223372036854775807", "LIMIT 9223372036854775807 9223372036854775807", "LIMIT 0 1 LIMIT 1 2"),
]
GETS = ["", "GET #", "GET w_* GET #", "GET h_*->f GET nope", "GET h_* GET nope_*", "GET h_*-> GET w_*->f"]


@pytest.fixture
def weighted(both: Both) -> Both:
    """Weights for a part of the elements, in strings and in hashes."""
    both("MSET w_1 30 w_2 20 w_3 20 w_10 -1 w_12 7 w_a 3 w_b 2 w_c 1 w_B 2 w_5 0 w_30 44")
    both("INCRBY w_4 4")
    for number, element in enumerate([2, 1, 3, 10, "c", "a", "b", 20, 5, 12, 30, 4]):
        both(f"HSET h_{element} f {number} g x")
    return both


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("order", ORDERS)
def test_sort_sorts_as_redis_does(weighted: Both, source: str, order: str) -> None:
    weighted(source)
    for part, get in product(PARTS, GETS):
        weighted(f"SORT k {order} {part} {get}")
    weighted(f"SORT_RO k LIMIT 1 2 {order} GET # GET w_*")


@pytest.mark.parametrize(
    "order", ["BY w_*->f ALPHA", "BY w_*->f ALPHA DESC", "BY w_* ALPHA", "BY w_* ALPHA DESC"]
)
@pytest.mark.parametrize("part", PARTS)
def test_what_has_the_same_text_for_a_weight_keeps_its_order(weighted: Both, order: str, part: str) -> None:
    weighted("RPUSH k 3 x 2 y B b")
    weighted(f"SORT k {order} {part}")


@pytest.mark.parametrize("source", [source for source in SOURCES if not source.startswith("SADD k 5")])
@pytest.mark.parametrize("desc", ["", "DESC", "ALPHA", "ALPHA DESC"])
def test_what_is_not_sorted_keeps_its_order(weighted: Both, source: str, desc: str) -> None:
    weighted(source)
    for part, get in product(PARTS, GETS):
        weighted(f"SORT k BY nosort {desc} {part} {get}")


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("order", [*ORDERS, "BY nosort", "BY nosort DESC"])
def test_sort_stores_what_redis_stores(weighted: Both, source: str, order: str) -> None:
    weighted(source)
    for part, get in product(["", "LIMIT 1 2", "LIMIT 9 1"], GETS):
        weighted("SET to old EX 100000")
        weighted.events(f"SORT k {part} {get} STORE to {order}")
        weighted.transcript("TYPE to", "PERSIST to")
        if weighted("TYPE to") == b"+list\r\n":
            weighted("LRANGE to 0 -1")


@pytest.mark.parametrize(
    "line", ["SORT k", "SORT_RO k BY nosort", "SORT k STORE to", "SORT k ALPHA NOPE", "SORT none"]
)
def test_a_sorted_set_becomes_a_skiplist_by_being_sorted(both: Both, line: str) -> None:
    both("ZADD k 1 1 2 3 -0.0 5")
    both("EXPIRE k 100000")
    both(line)
    both("OBJECT ENCODING k")
    both("SORT_RO k BY nosort")
    both("PERSIST k")


def test_sort_stores_over_its_source(both: Both) -> None:
    both("RPUSH k 3 1 2")
    both.events("SORT k STORE k")
    both("LRANGE k 0 -1")
    both.events("SORT k LIMIT 5 5 STORE k")
    both("EXISTS k")
    assert [] == both.events("SORT k STORE k")


def test_the_last_destination_counts(both: Both) -> None:
    both("RPUSH k 3 1 2")
    both.events("SORT k STORE a STORE b")
    both("EXISTS a b")


@pytest.mark.parametrize(
    "numbers",
    [
        *(
            [b"1.5", b"-2", b"1e3"],
            [b" 4", b"\t3"],
            [b"4 ", b"3"],
            [b"", b"-1"],
            [b" ", b"1"],
            [b"5\0zz", b"6"],
        ),
        *([b"nan", b"1"], [b"inf", b"-inf", b"5"], [b"infinity", b"1"], [b"0x10", b"+5"], [b"1e400", b"1"]),
        *(
            [b"1e-310", b"1"],
            [b"1e-400"],
            [b"0e-400"],
            [b"-0", b"0", b"+0"],
            [b"1_0"],
            ["٣".encode()],
            [b"\0a", b"\0b"],
        ),
        *([b"9223372036854775807", b"9223372036854775806"], [b"1" * 400, b"2"], [b"x", b"1"], [b"1x", b"1"]),
    ],
)
def test_weights_are_the_numbers_of_c(both: Both, numbers: list[bytes]) -> None:
    both("RPUSH", "k", *numbers)
    for place, number in enumerate(numbers):
        both("SET", f"w_{place}", number)
        both("RPUSH", "places", place)
    both("SORT k")
    both("SORT k DESC")
    both("SORT places BY w_*")


def test_texts_end_at_a_nul_unless_they_are_stored(both: Both) -> None:
    both("RPUSH", "k", b"a\0z", b"a\0b", b"a", b"\xff", b"\x7f", b"a\0", b"", b"\0")
    both("SORT k ALPHA")
    both("SORT k ALPHA DESC")
    both("SORT k ALPHA STORE to")
    both("LRANGE to 0 -1")


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            b"*",
            b"w*",
            b"*w",
            b"w*x*",
            b"#",
            b"##",
            b"#\0",
            b"",
            b"\0*",
            b"w*\0x",
            b"w*\0->f",
            b"*->",
            b"*->f",
            b"*->f\0",
        ),
        *(
            b"w*->\0f",
            b"w*x->f",
            b"w->f*",
            b"w->f*->g",
            b"w*->f->g",
            b"w*-->f",
            b"w*->*",
            b"w*",
            b"[w]*",
            b"w\0*",
        ),
    ],
)
def test_patterns_are_c_strings(both: Both, pattern: bytes) -> None:
    both("RPUSH k 2 1 3")
    both.transcript("MSET w1 1 1w 2 w1x* 3 2 4 w2 b w3 a w2x* 9", "HSET w1->f f 1", "HSET w1x f 2 f->g 3")
    both("MSET", b"w1\0x", 5, b"w2\0x", 3, b"w1\0->f", 2, b"1->", 6, b"2->", 5, b"3\0", 1)
    both("HSET", 1, "f", 9, b"f\0", 8)
    both("HSET", "w3x", "f", 0, "f->g", 8, "*", 1)
    both("SORT", "k", "GET", pattern, "GET", "#")
    both("SORT", "k", "BY", pattern, "ALPHA")
    both("SORT", "k", "BY", pattern, "ALPHA", "DESC", "LIMIT", 1, 2)


@pytest.mark.parametrize(
    "options",
    [
        *(
            "NOPE",
            "LIMIT",
            "LIMIT 1",
            "LIMIT x 1",
            "LIMIT 1 x",
            "LIMIT 1 9223372036854775808",
            "BY",
            "GET",
            "STORE",
        ),
        *("ALPHA LIMIT 1 x NOPE", "NOPE LIMIT 1 x", "ASC DESC x", "GET # BY", "STORE to NOPE", "LIMIT 1.0 1"),
    ],
)
def test_options_that_make_no_sense_are_refused(both: Both, options: str) -> None:
    both("RPUSH k a b")
    both("SET text value")
    for name, key in product(["SORT", "SORT_RO"], ["k", "none", "text"]):
        both(f"{name} {key} {options}")
    both("EXISTS to")


def test_the_variant_that_only_reads_does_not_store(both: Both) -> None:
    both("RPUSH k 2 1")
    both("SORT_RO k STORE to")
    both("SORT_RO k GET # STORE to")


def test_weights_that_are_no_numbers_leave_the_destination_alone(both: Both) -> None:
    both("RPUSH k a b")
    both("SET to old")
    assert [] == both.events("SORT k STORE to")
    assert [] == both.events("SORT k STORE to LIMIT 5 5")
    both("GET to")


def test_every_key_that_is_looked_at_counts(both: Both) -> None:
    both("RPUSH k 1 2")
    both("SET w_1 5")
    both.theirs.command("CONFIG", "RESETSTAT")
    both.ours("CONFIG", "RESETSTAT")
    both("SORT k BY w_* GET w_* GET h_*->f GET #")
    both("SORT none")
    stats = both.theirs.ask("INFO", "stats"), both.ours("INFO", "stats")
    hits = [[line for line in each.split(b"\r\n") if line.startswith(b"keyspace_")] for each in stats]  # type: ignore[union-attr]
    assert hits[0] == hits[1]


@pytest.mark.parametrize(
    "line",
    [
        *(
            "SORT k",
            "SORT k STORE to",
            "SORT k store a STORE b",
            "SORT k STORE",
            "SORT k BY STORE GET x STORE to",
        ),
        *("SORT k LIMIT STORE 1 STORE to", "SORT k GET STORE x", "SORT k NOPE STORE to", "SORT k STORE BY x"),
        *("SORT k STORE LIMIT STORE to", "SORT_RO k STORE to", "SORT k GET", "SORT k STORE STORE to"),
    ],
)
def test_keys_are_found_where_redis_finds_them(both: Both, line: str) -> None:
    both(f"COMMAND GETKEYS {line}")
    both(f"COMMAND GETKEYSANDFLAGS {line}")


def test_a_few_elements_of_a_large_set_take_no_more_memory_than_they_are(call: Session) -> None:
    call(b"SADD", b"s", *(b"member:%d" % number for number in range(20_000)))
    tracemalloc.start()
    try:
        assert call("SORT s BY nosort LIMIT 10 3").startswith(b"*3\r\n")
        assert tracemalloc.get_traced_memory()[1] < 20_000
    finally:
        tracemalloc.stop()
