"""Streams beside a real Redis: entries come, are read, and go. Groups and waiting have modules of their own."""

import pytest

from bare_engine import ManualTime, Session
from side_by_side import Both

LAST = f"{2**64 - 1}-{2**64 - 1}"
EXHAUSTED = b"-ERR The stream has exhausted the last possible ID, unable to add more items\r\n"
TOO_SMALL = b"-ERR The ID specified in XADD is equal or smaller than the target stream top item\r\n"

# What the Redis documentation shows of each command, with the ids that it leaves to the clock spelled out.
DOCUMENTED = {
    "XADD": [
        "XADD mystream 1691692-0 name Sara surname OConnor",
        "XADD mystream 1691693-0 field1 value1 field2 value2 field3 value3",
        "XLEN mystream",
        "XRANGE mystream - +",
        "XADD mystream 1526919030474-55 message Hello,",
        "XADD mystream 1526919030474-* message World!",
        "XADD mystream MAXLEN ~ 1000 1526919030475-0 message trimmed?",
    ],
    "XRANGE": [
        "XADD writers 1-0 name Virginia surname Woolf",
        "XADD writers 2-0 name Jane surname Austen",
        "XADD writers 3-0 name Toni surname Morrison",
        "XADD writers 4-0 name Agatha surname Christie",
        "XADD writers 5-0 name Ngozi surname Adichie",
        "XLEN writers",
        "XRANGE writers - + COUNT 2",
        "XRANGE writers (2-0 + COUNT 2",
        "XRANGE writers 3 4",
        "XRANGE writers 3-0 3-0",
        "XREVRANGE writers + - COUNT 1",
        "XREVRANGE writers + - COUNT 2",
        "XREVRANGE writers (4-0 - COUNT 2",
    ],
    "XDEL": [
        "XADD mystream 1-0 a 1",
        "XADD mystream 2-0 b 2",
        "XADD mystream 3-0 c 3",
        "XDEL mystream 2-0",
        "XRANGE mystream - +",
    ],
    "XTRIM": [
        "XADD mystream 1-0 field1 A field2 B field3 C field4 D",
        "XADD mystream 2-0 field1 A",
        "XADD mystream 3-0 field1 A",
        "XTRIM mystream MAXLEN 2",
        "XRANGE mystream - +",
        "XTRIM mystream MINID 3",
        "XRANGE mystream - +",
    ],
    "XREAD": [
        "XADD mystream 1526984818136-0 duration 1532 event-id 5 user-id 7782813",
        "XADD mystream 1526999352406-0 duration 812 event-id 9 user-id 388234",
        "XADD writers 1526985676425-0 name Virginia surname Woolf",
        "XADD writers 1526985685298-0 name Jane surname Austen",
        "XREAD COUNT 2 STREAMS mystream writers 0-0 0-0",
        "XREAD COUNT 2 STREAMS mystream writers 1526999352406-0 1526985685298-0",
        "XREAD COUNT 2 STREAMS writers 1526985676425-0",
        "XREAD STREAMS writers $",
    ],
}


@pytest.mark.parametrize("command", DOCUMENTED)
def test_the_documented_examples_do_what_they_do_in_redis(both: Both, command: str) -> None:
    both.transcript(*DOCUMENTED[command])
    both("XINFO STREAM mystream")


@pytest.fixture
def stream(both: Both) -> Both:
    """Five entries in three nodes, and one that is deleted; a string stands beside it."""
    both.theirs.command("CONFIG", "SET", "stream-node-max-entries", 100)
    both.transcript(
        "SET str text", *(f"XADD s {number}-1 f {number} g text" for number in range(1, 7)), "XDEL s 3-1"
    )
    return both


# --- ids


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("XADD s 6-* f v", b"$3\r\n6-2\r\n"),
        ("XADD s 7 f v", b"$3\r\n7-0\r\n"),
        ("XADD s 7-* f v", b"$3\r\n7-0\r\n"),
        ("XADD s 6-1 f v", TOO_SMALL),
        ("XADD s 6 f v", TOO_SMALL),
        ("XADD s 5-* f v", TOO_SMALL),
        ("XADD s 0-0 f v", b"-ERR The ID specified in XADD must be greater than 0-0\r\n"),
        ("XADD new 0-* f v", b"$3\r\n0-1\r\n"),
        ("XADD new 0-0 f v", b"-ERR The ID specified in XADD must be greater than 0-0\r\n"),
    ],
)
def test_ids_only_grow(stream: Both, line: str, expected: bytes) -> None:
    assert expected == stream(line)
    stream.transcript("XRANGE s - +", "EXISTS new", "XINFO STREAM s")


def test_there_is_a_last_id(both: Both) -> None:
    both(f"XADD s {2**64 - 1}-{2**64 - 2} f v")
    both(f"XADD s {2**64 - 1}-* f v")
    for line in ("XADD s * f v", f"XADD s {2**64 - 1}-* f v", "XADD s 1-1 f v", f"XADD s {LAST} f v"):
        assert EXHAUSTED == both(line)
    both.transcript(f"XREAD STREAMS s {LAST}", f"XRANGE s ({LAST} +", f"XRANGE s {LAST} +", "XRANGE s - (0-0")


def test_the_sequence_number_of_an_automatic_id_carries_over(both: Both) -> None:
    both("XADD s 99999999999999-18446744073709551615 f v")
    assert b"$17\r\n100000000000000-0\r\n" == both("XADD s * f v")


def test_a_sequence_number_that_cannot_grow_is_told_as_in_7_2(call: Session) -> None:
    call(f"XADD s 5-{2**64 - 1} f v")
    assert TOO_SMALL == call("XADD s 5-* f v")


def test_automatic_ids_are_the_time(call: Session, manual_time: ManualTime) -> None:
    assert b"$15\r\n1700000000000-0\r\n" == call("XADD s * f v")
    assert b"$15\r\n1700000000000-1\r\n" == call("XADD s * f v")
    manual_time.pass_by(-5)
    assert b"$15\r\n1700000000000-2\r\n" == call("XADD s * f v")
    manual_time.pass_by(5.001)
    assert b"$15\r\n1700000000001-0\r\n" == call("XADD s * f v")


IDS = [
    "-",
    "+",
    "$",
    ">",
    "(",
    "(-",
    "(+",
    "(1-1",
    "(6-1",
    "0",
    "3-1",
    "3",
    "01-1",
    "1-",
    "-1",
    "1-*",
    "x",
    "7-7",
]


@pytest.mark.parametrize("start", IDS)
def test_ranges_take_every_kind_of_end(stream: Both, start: str) -> None:
    for line in (
        f"XRANGE s {start} +",
        f"XRANGE s - {start}",
        f"XREVRANGE s {start} -",
        f"XREVRANGE s + {start}",
    ):
        stream.transcript(line, f"{line} COUNT 2", f"{line} COUNT 0")
    stream.transcript(
        f"XREAD STREAMS s {start}", f"XDEL s 1-1 {start}", f"XTRIM s MINID {start}", f"XLEN s {start}"
    )


@pytest.mark.parametrize(
    "options", ["COUNT -1", "COUNT", "COUNT x", "COUNT 1 COUNT 3", "LIMIT 1", "COUNT 9 x"]
)
def test_ranges_refuse_other_options(stream: Both, options: str) -> None:
    for key in ("s", "none", "str"):
        stream.transcript(f"XRANGE {key} - + {options}", f"XREVRANGE {key} + - {options}")


# --- adding


@pytest.mark.parametrize(
    "words",
    [
        *(
            "NOMKSTREAM 9-9 f v",
            "nomkstream NOMKSTREAM 9-9 f v",
            "NOMKSTREAM MAXLEN 1 9-9 f v",
            "MAXLEN 0 9-9 f v",
        ),
        *(
            "MAXLEN = 2 9-9 f v",
            "MAXLEN ~ 2 9-9 f v",
            "MAXLEN ~ 2 LIMIT 1 9-9 f v",
            "LIMIT 1 MAXLEN ~ 2 9-9 f v",
        ),
        *("MINID 3 9-9 f v", "MINID = 3-1 9-9 f v", "MINID ~ 99 9-9 f v", "minid 100 9-9 f v"),
        *("MAXLEN 1 MINID 3 9-9 f v", "MINID 3 MINID 3 9-9 f v", "MAXLEN -1 9-9 f v", "MAXLEN x 9-9 f v"),
        *("MINID x 9-9 f v", "MINID - 9-9 f v", "MAXLEN 1 LIMIT 5 9-9 f v", "MAXLEN = 1 LIMIT 0 9-9 f v"),
        *("LIMIT 5 9-9 f v", "LIMIT 0 9-9 f v", "MAXLEN ~ 1 LIMIT -1 9-9 f v", "MAXLEN ~ 1 LIMIT x 9-9 f v"),
        *(
            "MAXLEN 9-9 f v",
            "MAXLEN ~ 9-9 f v",
            "LIMIT 9-9 f v",
            "~ 9-9 f v",
            "* f",
            "9-9 f v g",
            "9-9 f v g w",
        ),
        *("x f v", "- f v", "+ f v", "$ f v", "maxlen maxlen maxlen", "MAXLEN 1 2 3", "NOMKSTREAM MAXLEN 3"),
    ],
)
def test_xadd_takes_options_before_the_id(stream: Both, words: str) -> None:
    for key in ("s", "none", "str"):
        stream.events(f"XADD {key} {words}")
    stream.transcript("XRANGE s - +", "EXISTS none", "XINFO STREAM s")


def test_adding_and_trimming_are_announced_in_this_order(stream: Both) -> None:
    assert [(0, b"xadd", b"s")] == stream.events("XADD s 7-1 f v")
    assert [(0, b"xadd", b"s"), (0, b"xtrim", b"s")] == stream.events("XADD s MAXLEN 2 8-1 f v")
    assert [(0, b"xadd", b"s")] == stream.events("XADD s MAXLEN 2000 9-1 f v")
    assert [] == stream.events("XADD none NOMKSTREAM 9-1 f v")


# --- removing


def test_deleting_is_announced_once_and_leaves_an_empty_stream(stream: Both) -> None:
    assert [(0, b"xdel", b"s")] == stream.events("XDEL s 1-1 2-1 2-1 3-1 99-1")
    assert [] == stream.events("XDEL s 1-1")
    assert [] == stream.events("XDEL s 4-1 x")
    stream.events("XDEL s 4-1 5-1 6-1")
    stream.transcript(
        "XLEN s", "TYPE s", "XINFO STREAM s", "XADD s 6-1 f v", "XADD s 6-2 f v", "XINFO STREAM s"
    )


@pytest.mark.parametrize(
    "words",
    [
        *(
            "MAXLEN 2",
            "MAXLEN 0",
            "MAXLEN 99",
            "MAXLEN = 3",
            "MAXLEN ~ 3",
            "MAXLEN ~ 0",
            "MINID 4",
            "MINID ~ 99",
        ),
        *(
            "MINID 99",
            "MINID 3-1",
            "MINID = 4-1",
            "MAXLEN ~ 0 LIMIT 2",
            "MAXLEN ~ 0 LIMIT 0",
            "MAXLEN 2 LIMIT 1",
        ),
        *(
            "LIMIT 1",
            "LIMIT 0 LIMIT 0",
            "MAXLEN",
            "MAXLEN ~",
            "MAXLEN 1 MINID 2",
            "MINID x",
            "MAXLEN -3",
            "x y",
            "~ 3",
        ),
        *("MAXLEN 3 NOMKSTREAM", "MAXLEN 3 x", "MAXLEN 3 4", "*"),
    ],
)
def test_xtrim_takes_and_refuses_the_same(stream: Both, words: str) -> None:
    for key in ("s", "none", "str"):
        stream.events(f"XTRIM {key} {words}")
    stream.transcript("XRANGE s - +", "XINFO STREAM s", "XINFO STREAM s FULL")


@pytest.mark.parametrize("limits", [(3, 4096), (100, 150), (0, 0), (0, 100), (1, 1)])
def test_nodes_begin_and_go_where_they_do_in_redis(both: Both, limits: tuple[int, int]) -> None:
    names = ("stream-node-max-entries", "stream-node-max-bytes")
    try:
        for name, value in zip(names, limits, strict=True):
            both("CONFIG", "SET", name, value)
        for number in range(1, 60):
            both(f"XADD s {number * 977}-{number % 3} f {number ** (number % 9)} g {'x' * (number % 70)}")
        both.transcript("XDEL s 977-1 2931-0 10747-2", "XINFO STREAM s")
        for words in (
            "MAXLEN ~ 50",
            "MINID ~ 20000",
            "MAXLEN ~ 30 LIMIT 10",
            "MAXLEN 20",
            "MINID 40001",
            "MAXLEN ~ 0",
        ):
            both.transcript(f"XTRIM s {words}", "XINFO STREAM s", "XLEN s")
    finally:
        for name, value in zip(names, (100, 4096), strict=True):
            both("CONFIG", "SET", name, value)


def test_nodes_of_the_usual_size_are_trimmed_as_in_redis(both: Both) -> None:
    for number in range(1, 1_201):
        both(f"XADD s {1_700_000_000_000 + number // 3}-* field value-{number} other {number}")
    both.transcript(
        "XINFO STREAM s",
        "XTRIM s MAXLEN ~ 500",
        "XINFO STREAM s",
        "XADD s MAXLEN ~ 10 LIMIT 300 1800000000000-1 f v",
    )
    both("XLEN s")


# --- reading on


@pytest.mark.parametrize(
    "line",
    [
        *(
            "XREAD STREAMS s 0",
            "XREAD STREAMS s s 0 5-1",
            "XREAD STREAMS s none 6-1 0",
            "XREAD STREAMS s none 5-1 0",
        ),
        *(
            "XREAD COUNT 1 STREAMS s 0",
            "XREAD COUNT 0 STREAMS s 0",
            "XREAD COUNT -1 STREAMS s 0",
            "xread streams s 0",
        ),
        *(
            "XREAD COUNT x STREAMS s 0",
            "XREAD COUNT STREAMS s 0",
            "XREAD FOO STREAMS s 0",
            "XREAD STREAMS none x",
        ),
        *(
            "XREAD GROUP g c STREAMS s 0",
            "XREAD NOACK STREAMS s 0",
            "XREAD STREAMS str 0",
            "XREAD STREAMS str x",
        ),
        *("XREAD STREAMS s str 0 0", "XREAD STREAMS s s 0 x", "XREAD STREAMS s >", "XREAD COUNT 1 COUNT 2"),
        *(
            "XREAD STREAMS s $",
            "XREAD STREAMS s 7-7",
            "XREAD BLOCK x STREAMS s 0",
            "XREAD BLOCK -1 STREAMS s 0",
        ),
        *("XREAD BLOCK STREAMS s 0", "XREAD BLOCK 1.5 STREAMS s 0", "XREAD BLOCK 0 STREAMS s 0"),
    ],
)
def test_xread_takes_and_refuses_the_same(stream: Both, line: str) -> None:
    stream(line)


def test_an_unbalanced_list_of_streams_is_told_as_in_7_2(call: Session) -> None:
    unbalanced = (
        b"-ERR Unbalanced '%b' list of streams: for each stream key an ID or '%b' must be specified.\r\n"
    )
    assert unbalanced % (b"xread", b"$") == call("XREAD STREAMS a b 0")
    assert unbalanced % (b"xreadgroup", b">") == call("XREADGROUP GROUP g c STREAMS a b >")


def test_reading_counts_hits_as_redis_does(both: Both) -> None:
    both.theirs.command("CONFIG", "RESETSTAT")
    both.transcript(
        "XADD s 1-1 f v", "XREAD STREAMS s none 0 0", "XRANGE s - +", "XLEN s", "XDEL s 9", "XTRIM s MAXLEN 5"
    )
    theirs = both.theirs.ask("INFO", "stats")
    if isinstance(theirs, tuple | list):
        theirs = theirs[-1]
    stats = both.ours.engine.keyspace[0].stats
    assert b"keyspace_hits:%d\r\nkeyspace_misses:%d\r\n" % (stats.hits, stats.misses) in bytes(theirs)  # type: ignore[arg-type]


# --- XSETID


@pytest.mark.parametrize(
    "words",
    [
        *(
            "6-1",
            "7",
            "5-1",
            "4",
            "x",
            "-",
            "+",
            LAST,
            "9 ENTRIESADDED 5",
            "9 ENTRIESADDED 4",
            "9 ENTRIESADDED -1",
        ),
        *(
            "9 ENTRIESADDED x",
            "9 ENTRIESADDED",
            "9 MAXDELETEDID 8-1",
            "9 MAXDELETEDID 10",
            "9 MAXDELETEDID x",
        ),
        *(
            "9 MAXDELETEDID",
            "9 MAXDELETEDID 0-0",
            "9 entriesadded 100 maxdeletedid 9",
            "9 FOO",
            "x ENTRIESADDED -1",
        ),
        "9 MAXDELETEDID 10 FOO",
    ],
)
def test_xsetid_takes_and_refuses_the_same(stream: Both, words: str) -> None:
    for key in ("s", "none", "str"):
        stream.events(f"XSETID {key} {words}")
    stream.transcript("XINFO STREAM s", "XADD s 7-* f v")


def test_no_last_id_lies_behind_what_was_deleted(call: Session) -> None:
    # The oracle, a 7.0, allows it.
    for line in ("XADD s 5-5 f v", "XADD s 7-7 f v", "XDEL s 7-7"):
        call(line)
    assert b"-ERR The ID specified in XSETID is smaller than current max_deleted_entry_id\r\n" == call(
        "XSETID s 6"
    )
    assert b"+OK\r\n" == call("XSETID s 7-7")


# --- other commands


@pytest.mark.parametrize("line", ["XADD", "XLEN", "XRANGE", "XREVRANGE", "XREAD", "XDEL", "XTRIM", "XSETID"])
def test_nothing_can_be_called_without_arguments(both: Both, line: str) -> None:
    both.transcript(line, f"{line} k", f"{line} k x")


def test_a_stream_is_a_value_like_others(stream: Both) -> None:
    stream.transcript("XGROUP CREATE s g 0", "XREADGROUP GROUP g c COUNT 2 STREAMS s >")
    stream.transcript(
        "TYPE s", "OBJECT ENCODING s", "OBJECT REFCOUNT s", "GET s", "APPEND s x", "COPY s twin"
    )
    stream.transcript(
        "XADD s 7-1 f v", "XACK s g 1-1", "XRANGE twin - +", "XPENDING twin g", "XINFO STREAM twin"
    )
    stream.transcript(
        "RENAME twin moved", "MOVE moved 1", "SELECT 1", "XLEN moved", "SCAN 0 TYPE stream", "DEL moved"
    )
    stream.transcript("SELECT 0", "EXPIRE s 100", "TTL s", "PERSIST s", "UNLINK s", "EXISTS s")


def test_a_large_stream_is_freed_in_slices(call: Session) -> None:
    for _ in range(3_000):
        call("XADD s * f v")
    call("DEL s")
    remains = call.engine.keyspace.remains
    assert 1 == len(remains)
    while remains:
        remains.free_some()
