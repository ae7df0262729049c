"""Commands that combine several sets: replies, announcements and encodings beside a real Redis."""

import pytest

from bare_engine import Session
from commands.test_sets import encoding, unordered
from side_by_side import Both


@pytest.fixture
def sets(both: Both) -> Both:
    both.transcript(
        "SADD key1 a b c d",
        "SADD key2 c",
        "SADD key3 a c e",
        "SADD odd 1 3 5 7 9",
        "SADD low 0 1 2 3",
        "SADD mixed 3 x 1",
    )
    both.transcript("SET text x")
    return both


# --- the documented examples, and more


@pytest.mark.parametrize(
    "keys",
    ["key1", "key1 key2 key3", "key3 key1", "key1 nope", "nope key1", "nope", "odd low", "low odd", "odd mixed",
     "mixed odd low", "key1 key1", "odd odd", "key1 odd", "odd key1 low", "odd nope odd", "key1 key2 key1"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["SINTER", "SUNION", "SDIFF"])
def test_sets_are_combined(sets: Both, name: str, keys: str) -> None:
    unordered(sets, name, *keys.split())
    sets(f"SINTERCARD {len(keys.split())} {keys}")
    event = name.lower().encode() + b"store"
    for _ in range(2):
        announced = sets.events(f"{name}STORE stored {keys}")
        assert announced in ([(0, event, b"stored")], [])
        unordered(sets, "SMEMBERS", "stored")
        sets("TYPE stored")
    events = sets.events(f"{name}STORE key1 {keys}")
    assert events[0] in ((0, event, b"key1"), (0, b"del", b"key1"))


@pytest.mark.parametrize("name", ["SINTER", "SUNION", "SDIFF"])
def test_integers_alone_are_in_ascending_order(sets: Both, name: str) -> None:
    sets(f"{name} odd low")
    sets(f"{name}STORE new odd low")
    sets("OBJECT ENCODING new")
    sets("SMEMBERS new")


@pytest.mark.parametrize(
    "keys", ["text", "nope text", "text nope", "odd text nope", "odd odd text", "nope odd text", "text odd"]
)
@pytest.mark.parametrize("name", ["SINTER", "SUNION", "SDIFF"])
def test_a_string_among_the_keys_is_refused_whatever_the_others_are(sets: Both, name: str, keys: str) -> None:
    sets(f"{name} {keys}")
    sets(f"SINTERCARD {len(keys.split())} {keys}")
    assert [] == sets.events(f"{name}STORE odd {keys}")
    sets("SMEMBERS odd")


@pytest.mark.parametrize("name", ["SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"])
def test_a_result_replaces_any_value_and_its_deadline(sets: Both, name: str) -> None:
    sets("EXPIREAT text 4000000000")
    assert [(0, name.lower().encode(), b"text")] == sets.events(f"{name} text odd")
    sets.transcript("TYPE text", "TTL text", "SMEMBERS text")
    assert [(0, b"del", b"text")] == sets.events(f"{name} text nope")
    assert [] == sets.events(f"{name} text nope")


# --- SINTERCARD


@pytest.mark.parametrize(
    "words",
    [
        "0 a", "x a", "-1 a", "1", "2 odd", "9223372036854775807 odd", "9223372036854775808 odd", "1 odd low", "1 odd LIMIT",
        "1 odd LIMIT x", "1 odd LIMIT -1", "1 odd limit 0", "1 odd LIMIT 2", "2 odd low LIMIT 1", "2 odd low LIMIT 100",
        "1 odd LIMIT 1 LIMIT 3", "1 odd LIMIT 1 LIMIT", "1 odd LIMIT 1 NOPE", "1 odd LIMIT x NOPE", "1 odd NOPE LIMIT x",
        "1 text LIMIT x", "1 text", "2 nope text LIMIT 1", "1 odd LIMIT 9223372036854775807",
    ],
)  # fmt: skip
def test_sintercard_counts_up_to_a_limit(sets: Both, words: str) -> None:
    sets(f"SINTERCARD {words}")


# --- encodings: of integers beside the oracle, the others from t_set.c of 7.2


def test_intersections_of_integers_in_a_hashtable_are_an_intset(both: Both) -> None:
    both("SADD", "a", *range(600))
    both("SADD", "b", *range(300, 900))
    for keys in ("a b", "a a", "b a"):
        both(f"SINTERSTORE d {keys}")
        both("OBJECT ENCODING d")
        unordered(both, "SMEMBERS", "d")


def test_unions_beyond_the_limit_of_intsets_are_a_hashtable(both: Both) -> None:
    both("SADD", "a", *range(300))
    both("SADD", "b", *range(212, 512))
    both("SADD", "c", 512)
    both.transcript(
        "SUNIONSTORE d a b", "OBJECT ENCODING d", "SMEMBERS d", "SUNIONSTORE d a b c", "OBJECT ENCODING d"
    )
    unordered(both, "SUNION", "a", "b", "c")


@pytest.mark.parametrize(("subtracted", "sets"), [(1, 1), (595, 1), (595, 2), (200, 3), (1, 5), (595, 4)])
def test_the_encoding_of_a_difference_tells_how_it_was_made(both: Both, subtracted: int, sets: int) -> None:
    both("SADD", "a", *range(600))
    for number in range(sets):
        both("SADD", f"b{number}", *range(subtracted))
    both("SDIFFSTORE", "d", "a", *(f"b{number}" for number in range(sets)))
    both("OBJECT ENCODING d")
    unordered(both, "SMEMBERS", "d")


@pytest.mark.parametrize(
    ("line", "encoding_of_it"),
    [
        ("SUNIONSTORE d ints words", b"listpack"),
        ("SUNIONSTORE d ints many", b"hashtable"),
        ("SUNIONSTORE d words words", b"listpack"),
        ("SUNIONSTORE d ints full", b"hashtable"),
        ("SINTERSTORE d words mixed", b"listpack"),
        ("SINTERSTORE d mixed ints", b"intset"),
        ("SINTERSTORE d many words", b"listpack"),
        ("SINTERSTORE d many many", b"hashtable"),
        ("SDIFFSTORE d mixed words", b"intset"),
        ("SDIFFSTORE d many words", b"hashtable"),
        ("SDIFFSTORE d words ints", b"listpack"),
        ("SDIFFSTORE d many many2", b"listpack"),
    ],
)
def test_results_are_listpacks_where_they_fit(call: Session, line: str, encoding_of_it: bytes) -> None:
    call("SADD ints 1 2 3")
    call("SADD words m1 m2 m3")
    call("SADD mixed m1 1 2")
    call("SADD", "full", *(f"m{number}" for number in range(126)))
    call("SADD", "many", *(f"m{number}" for number in range(200)))
    call("SADD", "many2", *(f"m{number}" for number in range(190)))
    call(line)
    assert encoding_of_it == encoding(call, "d")


def test_a_stored_union_lists_integers_before_what_comes_behind_them(call: Session) -> None:
    call("SADD ints 2 1")
    call("SADD words b 0 a")
    call("SUNIONSTORE d ints words")
    assert b"*5\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\nb\r\n$1\r\n0\r\n$1\r\na\r\n" == call("SMEMBERS d")


def test_a_large_destination_is_freed_later(call: Session) -> None:
    call("SADD", "d", *range(5000))
    call("SADD s 1")
    call("SUNIONSTORE d s")
    assert b"*1\r\n$1\r\n1\r\n" == call("SMEMBERS d")
    assert 1 == len(call.engine.keyspace[0].remains)
