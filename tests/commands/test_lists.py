"""List commands: replies and announcements beside a real Redis, and encodings, which only 7.2 has.

The oracle is a 7.0, which calls every list a quicklist. What OBJECT ENCODING is expected to say here follows the source
of 7.2 (`listTypeTryConversion` in t_list.c, where it is called, and quicklist.c).
"""

import pytest

from bare_engine import Session
from side_by_side import Both
from trioredis.config.catalogue import find

SMALL, LARGE = range(5), range(5000)
"""As many elements as a packed list has, and as make a quicklist of several nodes."""


def fill(both: Both, key: str, numbers: range) -> None:
    both("RPUSH", key, *(f"e{number}" for number in numbers))


# --- the examples of the documentation


@pytest.mark.parametrize(
    "lines",
    [
        "LPUSH mylist world|LPUSH mylist hello|LRANGE mylist 0 -1|LLEN mylist",
        "RPUSH mylist hello|RPUSH mylist world|LRANGE mylist 0 -1",
        "LPUSH mylist World|LPUSHX mylist Hello|LPUSHX myotherlist Hello|LRANGE mylist 0 -1"
        "|LRANGE myotherlist 0 -1",
        "RPUSH mylist Hello|RPUSHX mylist World|RPUSHX myotherlist World|LRANGE mylist 0 -1"
        "|LRANGE myotherlist 0 -1",
        "RPUSH mylist one two three four five|LPOP mylist|LPOP mylist 2|LRANGE mylist 0 -1",
        "RPUSH mylist one two three four five|RPOP mylist|RPOP mylist 2|LRANGE mylist 0 -1",
        "LPUSH mylist World|LPUSH mylist Hello|LINDEX mylist 0|LINDEX mylist -1|LINDEX mylist 3",
        "RPUSH mylist Hello|RPUSH mylist World|LINSERT mylist BEFORE World There|LRANGE mylist 0 -1",
        "RPUSH mylist one|RPUSH mylist two|RPUSH mylist three|LSET mylist 0 four|LSET mylist -2 five"
        "|LRANGE mylist 0 -1",
        "RPUSH mylist one|RPUSH mylist two|RPUSH mylist three|LRANGE mylist 0 0|LRANGE mylist -3 2"
        "|LRANGE mylist -100 100|LRANGE mylist 5 10",
        "RPUSH mylist hello|RPUSH mylist hello|RPUSH mylist foo|RPUSH mylist hello|LREM mylist -2 hello"
        "|LRANGE mylist 0 -1",
        "RPUSH mylist one|RPUSH mylist two|RPUSH mylist three|LTRIM mylist 1 -1|LRANGE mylist 0 -1",
        "RPUSH mylist a b c d 1 2 3 4 3 3 3|LPOS mylist 3|LPOS mylist 3 COUNT 0 RANK 2"
        "|LPOS mylist c RANK -1|LPOS mylist 3 RANK -1 COUNT 2",
        "RPUSH mylist a b c 1 2 3 c c|LPOS mylist c|LPOS mylist c RANK 2|LPOS mylist c RANK -1"
        "|LPOS mylist c COUNT 2|LPOS mylist c RANK -1 COUNT 2|LPOS mylist c COUNT 0|LPOS mylist c MAXLEN 1",
        "RPUSH mylist one|RPUSH mylist two|RPUSH mylist three|LMOVE mylist myotherlist RIGHT LEFT"
        "|LMOVE mylist myotherlist LEFT RIGHT|LRANGE mylist 0 -1|LRANGE myotherlist 0 -1",
        "RPUSH mylist one|RPUSH mylist two|RPUSH mylist three|RPOPLPUSH mylist myotherlist"
        "|LRANGE mylist 0 -1|LRANGE myotherlist 0 -1",
        "LMPOP 2 non1 non2 LEFT COUNT 10|LPUSH mylist one two three four five|LMPOP 1 mylist LEFT"
        "|LRANGE mylist 0 -1|LMPOP 1 mylist RIGHT COUNT 10|LPUSH mylist one two three four five"
        "|LPUSH mylist2 a b c d e|LMPOP 2 mylist mylist2 right count 3|LRANGE mylist 0 -1"
        "|LMPOP 2 mylist mylist2 right count 5|LMPOP 2 mylist mylist2 right count 10|EXISTS mylist mylist2",
    ],
)
def test_the_examples_of_the_documentation(both: Both, lines: str) -> None:
    both.transcript(*lines.split("|"))


# --- what is announced

ONE = "RPUSH k a"
THREE = "RPUSH k a b c"


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("PING", "LPUSH k a b"),
        (THREE, "RPUSH k a b"),
        ("PING", "LPUSHX k a"),
        (THREE, "LPUSHX k a"),
        (THREE, "RPUSHX k a"),
        (THREE, "LPOP k"),
        (ONE, "LPOP k"),
        (THREE, "LPOP k 0"),
        (THREE, "LPOP k 2"),
        (THREE, "LPOP k 3"),
        (THREE, "LPOP k 9223372036854775807"),
        (THREE, "RPOP k"),
        (ONE, "RPOP k"),
        (THREE, "RPOP k 2"),
        (THREE, "RPOP k 100"),
        (THREE, "LINSERT k BEFORE a x"),
        (THREE, "LINSERT k after c x"),
        (THREE, "LINSERT k AFTER nope x"),
        (THREE, "LSET k 1 x"),
        (THREE, "LSET k 1 b"),
        (THREE, "LSET k 3 b"),
        (THREE, "LREM k 0 b"),
        (THREE, "LREM k 0 nope"),
        (ONE, "LREM k -1 a"),
        (THREE, "LTRIM k 0 -1"),
        (THREE, "LTRIM k 1 1"),
        (THREE, "LTRIM k 2 1"),
        ("PING", "LTRIM k 0 -1"),
        (THREE, "LMPOP 2 nope k LEFT"),
        (THREE, "LMPOP 2 nope k RIGHT COUNT 3"),
        (THREE, "LMOVE k other LEFT RIGHT"),
        (ONE, "LMOVE k other LEFT LEFT"),
        (ONE, "LMOVE k k LEFT RIGHT"),
        (THREE, "LMOVE k k RIGHT LEFT"),
        (THREE, "LMOVE k k LEFT LEFT"),
        (THREE, "LMOVE nope k LEFT LEFT"),
        (ONE, "RPOPLPUSH k other"),
        (ONE, "RPOPLPUSH k k"),
        (THREE, "BLPOP k 0"),
        (ONE, "BRPOP nope k 0"),
        (THREE, "BLMOVE k other LEFT RIGHT 0"),
        (ONE, "BLMOVE k k LEFT RIGHT 0"),
        (ONE, "BRPOPLPUSH k other 0"),
        (THREE, "BLMPOP 0 2 nope k RIGHT COUNT 2"),
        (ONE, "BLMPOP 0 1 k LEFT"),
    ],
)
def test_what_happened_is_announced_in_order(both: Both, before: str, line: str) -> None:
    both(before)
    both.events(line)
    both("LRANGE k 0 -1")
    both("LRANGE other 0 -1")
    both("EXISTS k")


def test_a_list_keeps_its_time_to_live_while_it_has_elements(both: Both) -> None:
    both.transcript(
        "RPUSH k a b c", "PEXPIREAT k 4000000000000", "LPOP k", "RPUSH k d", "LMOVE k k LEFT RIGHT",
        "LSET k 0 x", "LTRIM k 0 1", "LREM k 1 x", "LINSERT k AFTER d e", "PEXPIRETIME k",
        "LPOP k 100", "RPUSH k a", "PEXPIRETIME k",
    )  # fmt: skip


# --- every place of short and long lists


@pytest.mark.parametrize("numbers", [SMALL, LARGE], ids=["short", "long"])
def test_every_place_can_be_read(both: Both, numbers: range) -> None:
    fill(both, "k", numbers)
    size = len(numbers)
    for index in (0, 1, size // 2, size - 1, size, -1, -2, -size, -size - 1, 2**63 - 1, -(2**63)):
        both("LINDEX", "k", index)
        for other in (0, size // 3, size - 1, -1, -size, 2**63 - 1, -(2**63)):
            both("LRANGE", "k", index, other)


@pytest.mark.parametrize("numbers", [SMALL, LARGE], ids=["short", "long"])
def test_every_place_can_be_changed(both: Both, numbers: range) -> None:
    fill(both, "k", numbers)
    size = len(numbers)
    for index in (0, 1, size // 2, size - 1, -1, -size):
        both("LSET", "k", index, f"set at {index}")
        both("LINSERT", "k", "BEFORE", f"set at {index}", f"before {index}")
        both("LINSERT", "k", "AFTER", f"set at {index}", "x" * 9000)
    both("LRANGE", "k", 0, -1)
    for line in ("LTRIM k 1 -2", "LREM k 1 e7", "LPOP k 700", "RPOP k 700", "LTRIM k -4 100", "LLEN k"):
        both(line)
        both("LRANGE", "k", 0, -1)


@pytest.mark.parametrize(
    "numbers", [range(1), SMALL, range(300), LARGE], ids=["one", "short", "medium", "long"]
)
def test_the_digest_is_the_same(both: Both, numbers: range) -> None:
    both.ours.engine.config.assign(find(b"enable-debug-command"), [b"yes"])
    fill(both, "k", numbers)
    both("DEBUG DIGEST-VALUE k")
    both("PEXPIREAT k 4000000000000")
    both("DEBUG DIGEST")


@pytest.mark.parametrize("times", [3, 1500], ids=["short", "long"])
@pytest.mark.parametrize("count", [0, 1, 2, -1, -2, 1000, -1000, 2**63 - 1, -(2**63)])
def test_elements_are_removed_from_either_end(both: Both, times: int, count: int) -> None:
    both("RPUSH", "k", *["a", "b", "a", "12", "c"] * times)
    both("LREM", "k", count, "a")
    both("LREM", "k", count, "12")
    both("LREM", "k", count, "nope")
    both("LRANGE", "k", 0, -1)


@pytest.mark.parametrize("times", [3, 1500], ids=["short", "long"])
@pytest.mark.parametrize("rank", [1, 2, 5, 2**63 - 1, -1, -2, -5, -(2**63) + 1])
def test_positions_are_found_from_either_end(both: Both, times: int, rank: int) -> None:
    both("RPUSH", "k", *["a", "b", "a", "12", "c"] * times)
    both("LPOS", "k", "a", "RANK", rank)
    for options in ("COUNT 0", "COUNT 2", "MAXLEN 1", "MAXLEN 7 COUNT 0", "MAXLEN 4000 COUNT 0"):
        both("LPOS", "k", "a", "RANK", rank, *options.split())
    both("LPOS", "k", "nope", "RANK", rank, "COUNT", 2**63 - 1, "MAXLEN", 2**63 - 1)


@pytest.mark.parametrize("numbers", [range(1), range(2), SMALL, LARGE], ids=["one", "two", "short", "long"])
@pytest.mark.parametrize("ends", ["LEFT LEFT", "LEFT RIGHT", "RIGHT LEFT", "RIGHT RIGHT"])
def test_elements_move_between_lists_and_within_one(both: Both, numbers: range, ends: str) -> None:
    fill(both, "k", numbers)
    for destination in ("k", "other", "k", "other"):
        both(f"LMOVE k {destination} {ends}")
    both("LRANGE k 0 -1")
    both("LRANGE other 0 -1")


# --- what is refused


@pytest.mark.parametrize(
    "line",
    [
        "LPOP l 1 2", "LPOP nope x", "RPOP l -1", "LPOP s -1", "LPOP s 0", "LPOP nope 0", "LPOP nope", "RPOP l 0",
        "LPOS l a RANK 0", "LPOS nope a RANK 0", "LPOS l a RANK x", "LPOS l a COUNT -1", "LPOS l a COUNT x",
        "LPOS l a MAXLEN -1", "LPOS l a MAXLEN", "LPOS l a NOPE 1", "LPOS l a COUNT -1 NOPE", "LPOS s a COUNT -1",
        "LPOS nope a", "LPOS nope a COUNT 1", "LPOS l nope COUNT 1", "LPOS s a",
        "LMPOP 0 l LEFT", "LMPOP x l LEFT", "LMPOP 2 l LEFT", "LMPOP 1 l MIDDLE", "LMPOP 1 l LEFT COUNT 0",
        "LMPOP 1 l LEFT COUNT", "LMPOP 1 l LEFT COUNT 1 COUNT 1", "LMPOP 1 l LEFT COUNT x COUNT 1",
        "LMPOP 1 l LEFT NOPE 0", "LMPOP 9223372036854775807 l LEFT", "LMPOP 2 nope s LEFT", "LMPOP 1 nope LEFT",
        "LMPOP 2 l s LEFT", "LMPOP 1 s NOPE",
        "LINDEX nope x", "LINDEX s x", "LINDEX l x", "LSET nope x y", "LSET s x y", "LSET l x y", "LSET l 100 y",
        "LINSERT nope NOPE a b", "LINSERT nope BEFORE a b", "LINSERT s BEFORE a b", "LREM nope x y", "LREM s x y",
        "LREM s 0 y", "LTRIM nope x 1", "LTRIM nope 1 x", "LTRIM s 0 1", "LRANGE s x y", "LRANGE s 0 1",
        "LRANGE nope 0 -1", "LLEN s", "LLEN nope", "LPUSH s a", "RPUSHX s a", "LPUSHX nope a",
        "LMOVE nope s LEFT LEFT", "LMOVE l s LEFT NOPE", "LMOVE l s NOPE LEFT", "LMOVE l s LEFT LEFT",
        "LMOVE s l LEFT LEFT", "RPOPLPUSH nope l", "RPOPLPUSH l s", "RPOPLPUSH s l",
        "BLPOP nope x", "BLPOP s x", "BLPOP s 0", "BLPOP nope s 0", "BRPOP nope -1",
        "BLMOVE nope l LEFT NOPE x", "BLMOVE nope l LEFT LEFT x", "BLMOVE l s LEFT LEFT 0", "BLMOVE s l LEFT LEFT 0",
        "BLMPOP x 0 l NOPE", "BLMPOP x 1 l LEFT", "BLMPOP -1 1 l LEFT", "BLMPOP 0 1 s LEFT",
        "BRPOPLPUSH s l 0", "BRPOPLPUSH l s 0", "BRPOPLPUSH nope l nan", "GET l", "INCR l", "APPEND l x",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_changes_nothing(both: Both, line: str) -> None:
    both.transcript("RPUSH l a b c", "SET s text", line, "LRANGE l 0 -1", "GET s", "DBSIZE")


def test_the_lowest_rank_is_refused(call: Session) -> None:
    # The oracle takes it for -1.
    error = b"-ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807\r\n"
    assert error == call("LPOS k a RANK -9223372036854775808")


def test_a_list_is_read_without_being_built_for_a_large_count(call: Session) -> None:
    call("RPUSH k a b")
    assert b"*2\r\n$1\r\na\r\n$1\r\nb\r\n" == call("LRANGE k 0 4611686018427387904")
    assert b"*1\r\n:0\r\n" == call("LPOS k a COUNT 4611686018427387904 MAXLEN 4611686018427387904")
    assert b"*2\r\n$1\r\na\r\n$1\r\nb\r\n" == call("LPOP k 4611686018427387904")


@pytest.mark.parametrize("line", ["LLEN k", "LRANGE k 0 -1", "LINDEX k 0", "LPOS k a"])
def test_reading_counts_hits_and_misses_and_changing_counts_none(both: Both, line: str) -> None:
    def counted() -> list[int]:
        stats = both.ours.engine.keyspace[0].stats
        theirs = dict(
            row.split(b":") for row in both.theirs.ask("INFO", "stats").split(b"\r\n") if b":" in row
        )  # type: ignore[union-attr]
        return [stats.hits, stats.misses, int(theirs[b"keyspace_hits"]), int(theirs[b"keyspace_misses"])]

    both("LPUSH k a")
    for each, expected in ((line, [1, 0]), (line.replace("k", "nope"), [0, 1]), ("LPOP k 0", [0, 0])):
        before = counted()
        both(each)
        changed = [now - then for now, then in zip(counted(), before, strict=True)]
        assert expected * 2 == changed


# --- encodings (7.2)


def encoding(call: Session, key: str = "k") -> bytes:
    return call("OBJECT", "ENCODING", key).split(b"\r\n")[1]


def fills_of(call: Session, size: int) -> None:
    call("CONFIG", "SET", "list-max-listpack-size", size)


def test_a_list_is_a_listpack_up_to_the_configured_number(call: Session) -> None:
    fills_of(call, 4)
    call("RPUSH k 1 2 3 4")
    assert b"listpack" == encoding(call)
    call("RPUSH k 5")
    assert b"quicklist" == encoding(call)


def test_it_becomes_one_again_at_half_of_it(call: Session) -> None:
    fills_of(call, 4)
    call("RPUSH k 1 2 3 4 5")
    for _ in range(2):
        call("RPOP k")
        assert b"quicklist" == encoding(call)
    call("RPOP k")
    assert b"listpack" == encoding(call)


def test_a_limit_in_bytes_counts_the_texts_that_are_added(call: Session) -> None:
    # An empty listpack has 7 bytes, an entry of 4 KiB 7 more than its text.
    call("RPUSH", "k", "x" * 4096)
    assert b"listpack" == encoding(call)
    call("RPUSH", "k", "x" * (8192 - 4096 - 7 - 7))
    assert b"listpack" == encoding(call)
    call("RPUSH", "k", "")
    assert b"quicklist" == encoding(call)


def test_half_of_a_limit_in_bytes_is_measured(call: Session) -> None:
    call("RPUSH", "k", "x" * 8000, "y" * 2000, "z" * 2200)
    assert b"quicklist" == encoding(call)
    call("LPOP k")
    assert b"quicklist" == encoding(call)
    call("LSET", "k", 0, "y" * 1800)
    assert b"listpack" == encoding(call)


def test_an_element_too_large_for_a_listpack_makes_a_quicklist_of_one(call: Session) -> None:
    call("RPUSH", "k", "x" * 8192)
    assert b"quicklist" == encoding(call)
    call("LMOVE k k LEFT RIGHT")
    assert b"quicklist" == encoding(call)
    call("LSET k 0 small")
    assert b"listpack" == encoding(call)


def test_where_the_limit_is_a_number_bytes_count_only_on_the_way_up(call: Session) -> None:
    fills_of(call, 4)
    call("RPUSH", "k", "x" * 9000, "y")
    assert b"quicklist" == encoding(call)
    call("LPOP k")
    assert b"listpack" == encoding(call)
    call("RPUSH", "k", "x" * 9000)
    assert b"quicklist" == encoding(call)
    call("LPOP k")
    assert b"listpack" == encoding(call)
    assert b":1\r\n" == call("LLEN k")


@pytest.mark.parametrize("line", ["LINSERT k BEFORE nope x", "LSET k 9 x", "LSET k 0 x"])
def test_a_list_is_made_ready_for_an_element_that_is_not_added_after_all(call: Session, line: str) -> None:
    fills_of(call, 4)
    call("RPUSH k 1 2 3 4")
    call.announced()
    call(line)
    assert b"quicklist" == encoding(call)
    assert b"*4" == call("LRANGE k 0 -1")[:2]


@pytest.mark.parametrize("line", ["LTRIM k 0 1", "LREM k 0 x", "RPOP k 4", "LMPOP 1 k RIGHT COUNT 4"])
def test_whatever_removes_elements_brings_the_listpack_back(call: Session, line: str) -> None:
    fills_of(call, 5)
    call("RPUSH k x x a b x x")
    assert b"quicklist" == encoding(call)
    call(line)
    assert b"listpack" == encoding(call)
    assert b":2\r\n" == call("LLEN k")


def test_several_nodes_are_a_quicklist_however_few_elements_are_left(call: Session) -> None:
    fills_of(call, 4)
    call("RPUSH k 1 2 3 4 5 6 7 8")
    call("LTRIM k 3 4")
    assert b"quicklist" == encoding(call)
    call("LPOP k")
    assert b"listpack" == encoding(call)


def test_numbers_that_move_from_list_to_list_are_not_counted_in_advance(call: Session) -> None:
    for key in ("numbers", "texts"):
        call("RPUSH", key, "x" * 4096, "x" * (8192 - 4096 - 7 - 7 - 7 - 7))
    call("RPUSH source 123456 abcdef")
    call("LMOVE source numbers LEFT RIGHT")
    call("LMOVE source texts LEFT RIGHT")
    assert b"listpack" == encoding(call, "numbers")
    assert b"listpack" == encoding(call, "texts")
    call("RPUSH source 123456 abcdef")
    call("LMOVE source numbers LEFT RIGHT")
    assert b"listpack" == encoding(call, "numbers")
    call("LMOVE source texts LEFT RIGHT")
    assert b"quicklist" == encoding(call, "texts")


@pytest.mark.parametrize(
    ("size", "most"), [(1, 1), (0, 1), (100, 100), (-1, 4096), (-3, 16384), (-100, 65536)]
)
def test_the_limit_is_what_the_directive_says(call: Session, size: int, most: int) -> None:
    fills_of(call, size)
    element = b"x" if most <= 100 else b"x" * 119  # 121 bytes with its header and its end
    fitting = most if most <= 100 else (most - 7 - 119) // 122 + 1
    for number in range(fitting):
        call("RPUSH", "k", element)
        assert b"listpack" == encoding(call), number
    call("RPUSH", "k", element)
    assert b"quicklist" == encoding(call)


def test_a_copy_has_the_encoding_of_the_original_and_its_own_elements(call: Session) -> None:
    call.engine.config.assign(find(b"enable-debug-command"), [b"yes"])
    for size in (3, 300, 5000):
        call("RPUSH", "k", *range(size))
        assert b":1\r\n" == call("COPY k copy REPLACE")
        assert encoding(call) == encoding(call, "copy")
        assert call("DEBUG DIGEST-VALUE k") == call("DEBUG DIGEST-VALUE copy")
        call("RPUSH k more")
        call("LSET k 0 other")
        assert b"%d" % size == call("LLEN copy")[1:-2]
        assert b"$1\r\n0\r\n" == call("LINDEX copy 0")
        call("DEL k copy")
