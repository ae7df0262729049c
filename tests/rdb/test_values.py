"""Values of every type: what is saved of them is byte for byte what a real Redis saves after the same commands.

`tests/test_dataset.py` does the same with many more values. Here are the corners that have a name.
"""

from collections.abc import Iterator
from itertools import islice
from random import Random

import pytest

from dataset import several, short
from oracle import Wire
from rdb.dumps import Savers, dumped
from trioredis.datatypes.kinds import KINDS
from trioredis.rdb.values import FORMS, saved_form, saved_length

ON_THE_EDGE_OF_INTEGERS = ["3", "-5", "0.1", "-0.5", "1e-7", "1e15", "1e17", "1e18", "4611686018427387904"]
BEYOND_THEM = ["4611686018427388928", "-4611686018427388928", "1e19", "1e30", "inf", "-inf", "1e-300", "-0"]
SCORES = ON_THE_EDGE_OF_INTEGERS + BEYOND_THEM

STREAMS = {
    "no entry": ["XADD key 5-3 a 1", "XDEL key 5-3"],
    "no entry ever": ["XGROUP CREATE key g $ MKSTREAM"],
    "distances": ["XADD key 5-9 a 1", "XADD key 6-1 a 2", "XADD key 6-200 a 3", "XADD key 99999999999-0 a 4"],
    "the greatest ids": ["XADD key 0-1 a 1", "XADD key 18446744073709551615-18446744073709551615 a 2"],
    "other fields": [
        "XADD key 1-1 a 1 b 2",
        "XADD key 1-2 a 1",
        "XADD key 1-3 b 2 a 1",
        "XADD key 1-4 a 5 b 6",
    ],
    "a group that knows nothing": ["XADD key 1-1 a 1", "XADD key 2-1 a 1", "XGROUP CREATE key g 1-1"],
    "a group that knows more": ["XADD key 1-1 a 1", "XGROUP CREATE key 12 $ ENTRIESREAD 1000"],
    "groups in order": [
        "XADD key 1-1 a 1",
        *(f"XGROUP CREATE key {name} 0" for name in ("b", "a", "10", "ab", "B")),
    ],
    "deliveries beyond counting": [
        "XADD key 1-1 a 1",
        "XGROUP CREATE key g 0",
        "XREADGROUP GROUP g me STREAMS key >",
        "XCLAIM key g me 0 1-1 RETRYCOUNT 9223372036854775807",
        "XCLAIM key g me 0 1-1",
    ],
    "an id that was set": ["XADD key 1-1 a 1", "XSETID key 9-9 ENTRIESADDED 77 MAXDELETEDID 3-3"],
}


@pytest.fixture
def savers(oracle_wire: Wire) -> Savers:
    return Savers(oracle_wire)


def test_every_kind_of_value_has_a_saved_form() -> None:
    assert set(KINDS) == set(FORMS)


@pytest.mark.parametrize("score", SCORES)
def test_a_score_is_written_as_in_redis_whatever_the_encoding(savers: Savers, score: str) -> None:
    savers.run("ZADD", "key", score, "member")
    assert savers.save_alike(b"key")
    savers.run("ZADD", "key", score, "m" * 65)
    assert savers.save_alike(b"key")


def test_a_large_sorted_set_is_written_from_its_highest_score_on(savers: Savers) -> None:
    pairs = [word for number in range(2500) for word in (number % 900, f"member {number}")]
    savers.run("ZADD", "key", *pairs)
    assert savers.save_alike(b"key")


def test_fields_are_written_in_the_order_in_which_they_came(savers: Savers) -> None:
    savers.run("HSET", "key", *b"a 1 b 2 c 3 10 4".split())
    savers.run("HDEL", "key", "a")
    savers.run("HSET", "key", "c", "changed", "a", "again")
    assert savers.save_alike(b"key")


def test_a_set_in_a_listpack_is_written_as_one_in_a_table(savers: Savers) -> None:
    savers.run("SADD", "key", "a", "b", "12")
    assert savers.save_alike(b"key")


@pytest.mark.parametrize("number", [2**15 - 1, 2**15, -(2**15) - 1, 2**31 - 1, 2**31, -(2**63), 2**63 - 1])
def test_integers_are_written_as_wide_as_the_widest_needs(savers: Savers, number: int) -> None:
    savers.run("SADD", "key", 3, number, -2)
    assert savers.save_alike(b"key")


@pytest.mark.parametrize("lines", STREAMS.values(), ids=STREAMS)
def test_a_stream_is_written_with_all_that_it_counts(savers: Savers, lines: list[str]) -> None:
    for line in lines:
        savers.run(*line.split())
    assert savers.save_alike(b"key")


def test_what_is_pending_is_written_for_its_group_and_for_its_consumer(savers: Savers) -> None:
    for number in range(1, 300):
        savers.run("XADD", "key", f"{number}-0", "field", number)
    savers.run("XGROUP", "CREATE", "key", "readers", 0)
    for consumer, count in ("b", 100), ("a", 150), ("77", 1):
        savers.run("XREADGROUP", "GROUP", "readers", consumer, "COUNT", count, "STREAMS", "key", ">")
    savers.run("XACK", "key", "readers", *(f"{number}-0" for number in range(1, 240, 3)))
    savers.run("XCLAIM", "key", "readers", "a", 0, "2-0", "5-0", "TIME", 12345, "RETRYCOUNT", 70_000)
    savers.run("XGROUP", "CREATECONSUMER", "key", "readers", "new")
    savers.run("XGROUP", "DELCONSUMER", "key", "readers", "b")
    assert savers.save_alike(b"key")


def test_entries_that_were_deleted_are_written_out_of_their_node(savers: Savers) -> None:
    for number in range(1, 8):
        savers.run("XADD", "key", f"{number}-0", "field", "value" * 50)
    whole = saved_length(savers.ours.context.db.peek(b"key"), compressing=False)
    savers.run("XDEL", "key", "3-0")
    assert whole - 250 > saved_length(savers.ours.context.db.peek(b"key"), compressing=False)


# --- lists


def middling(random: Random) -> bytes:
    return random.randbytes(random.randrange(1000))


def list_changes(random: Random, theirs: Wire) -> Iterator[list[bytes | str | int]]:
    """Changes that make a list grow, most of them in its middle."""
    while True:
        word = random.choice([short, short, middling])
        size = int(theirs.ask("LLEN", "key"))  # type: ignore[arg-type]
        place = random.randrange(size) if size else 0
        pivot = theirs.ask("LINDEX", "key", place)
        match random.randrange(8):
            case 0 | 1:
                yield [
                    random.choice(["LPUSH", "RPUSH"]),
                    "key",
                    *several(random, word, random.choice([1, 5])),
                ]
            case 2 | 3 | 4 if isinstance(pivot, bytes):
                yield ["LINSERT", "key", random.choice(["BEFORE", "AFTER"]), pivot, word(random)]
            case 5 if size:
                yield ["LSET", "key", place, word(random)]
            case 6 if isinstance(pivot, bytes):
                yield ["LREM", "key", random.choice([-2, 0, 1]), pivot]
            case 7 if size:
                yield [
                    "LMOVE",
                    "key",
                    "key",
                    random.choice(["LEFT", "RIGHT"]),
                    random.choice(["LEFT", "RIGHT"]),
                ]


@pytest.fixture
def sizing_savers(savers: Savers) -> Iterator[Savers]:
    yield savers
    savers.theirs.command("CONFIG", "SET", "list-max-listpack-size", -2)


@pytest.mark.parametrize("setting", [1, 2, 3, 7, 32, -1])
def test_lists_have_the_nodes_that_they_have_in_redis(sizing_savers: Savers, setting: int) -> None:
    sizing_savers.run("CONFIG", "SET", "list-max-listpack-size", setting)
    changes = list_changes(Random(setting), sizing_savers.theirs)
    for _ in range(20):
        for change in islice(changes, 8):
            sizing_savers.run(*change)
        assert sizing_savers.save_alike(b"key")


# --- compression


@pytest.fixture
def uncompressed(oracle_wire: Wire) -> Iterator[Wire]:
    oracle_wire.command("CONFIG", "SET", "rdbcompression", "no")
    yield oracle_wire
    oracle_wire.command("CONFIG", "SET", "rdbcompression", "yes")


def test_nothing_is_compressed_if_nothing_is_to_be(uncompressed: Wire) -> None:
    savers = Savers(uncompressed)
    savers.run("RPUSH", "key", *["the same again"] * 100)
    _, pieces = saved_form(savers.ours.context.db.peek(b"key"), compressing=False)
    assert dumped(uncompressed)[1] == b"".join(pieces)
