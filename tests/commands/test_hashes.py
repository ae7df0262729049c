"""Hash commands: replies and announcements beside a real Redis, and what only the engine shows."""

from collections import Counter

import pytest

from bare_engine import ManualTime, Session
from oracle import Value, Wire
from side_by_side import Both
from trioredis.config.catalogue import find

EDGES = [
    b"0", b"-1", b"9223372036854775807", b"-9223372036854775808", b"9223372036854775808", b"1_0", b" 1", b"+1",
    b"1e3", "٣".encode(), b"-0", b"01", b"", b"x", b"1.5", b"1\x00",
]  # fmt: skip

LONG = b"t" * 65
FIELDS = [b"a", b"", b"\x00\r\n", b"f" * 64, b"f" * 65]

EVERY_COMMAND = [
    "HSET k f v",
    "HSET k f v g w",
    "HMSET k f v",
    "HSETNX k f v",
    "HGET k f",
    "HMGET k f g",
    "HEXISTS k f",
    "HSTRLEN k f",
    "HLEN k",
    "HKEYS k",
    "HVALS k",
    "HGETALL k",
    "HSCAN k 0",
    "HRANDFIELD k",
    "HRANDFIELD k 3",
    "HRANDFIELD k -3 WITHVALUES",
    "HINCRBY k f 1",
    "HINCRBYFLOAT k f 1.5",
    "HDEL k f",
]


def value_of(reply: bytes) -> Value:
    return Wire(None, bytearray(reply)).read_value()  # type: ignore[arg-type]


# --- the examples of the documentation

DOCUMENTED = {
    "HSET": ["HSET myhash field1 Hello", "HGET myhash field1", "HSET myhash field2 Hi field3 World",
             "HGET myhash field2", "HGET myhash field3", "HGETALL myhash"],
    "HGET": ["HSET myhash field1 foo", "HGET myhash field1", "HGET myhash field2"],
    "HGETALL": ["HSET myhash field1 Hello", "HSET myhash field2 World", "HGETALL myhash"],
    "HDEL": ["HSET myhash field1 foo", "HDEL myhash field1", "HDEL myhash field2", "EXISTS myhash"],
    "HEXISTS": ["HSET myhash field1 foo", "HEXISTS myhash field1", "HEXISTS myhash field2"],
    "HINCRBY": ["HSET myhash field 5", "HINCRBY myhash field 1", "HINCRBY myhash field -1",
                "HINCRBY myhash field -10"],
    "HINCRBYFLOAT": ["HSET mykey field 10.50", "HINCRBYFLOAT mykey field 0.1", "HINCRBYFLOAT mykey field -5",
                     "HSET mykey field 5.0e3", "HINCRBYFLOAT mykey field 2.0e2"],
    "HKEYS": ["HSET myhash field1 Hello", "HSET myhash field2 World", "HKEYS myhash"],
    "HLEN": ["HSET myhash field1 Hello", "HSET myhash field2 World", "HLEN myhash"],
    "HMGET": ["HSET myhash field1 Hello", "HSET myhash field2 World", "HMGET myhash field1 field2 nofield"],
    "HMSET": ["HMSET myhash field1 Hello field2 World", "HGET myhash field1", "HGET myhash field2"],
    "HRANDFIELD": ["HSET coin heads obverse tails reverse edge null", "HRANDFIELD coin 5 WITHVALUES",
                   "HRANDFIELD coin 3", "HRANDFIELD nocoin", "HRANDFIELD nocoin 3"],
    "HSCAN": ["HMSET user:123 name Alice age 29", "HSCAN user:123 0", "HSCAN user:123 0 MATCH n*"],
    "HSETNX": ["HSETNX myhash field Hello", "HSETNX myhash field World", "HGET myhash field"],
    "HSTRLEN": ["HSET myhash f1 HelloWorld f2 99 f3 -256", "HSTRLEN myhash f1", "HSTRLEN myhash f2",
                "HSTRLEN myhash f3"],
    "HVALS": ["HSET myhash field1 Hello", "HSET myhash field2 World", "HVALS myhash"],
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_documented_examples_are_answered_as_redis_does(both: Both, name: str) -> None:
    both.transcript(*DOCUMENTED[name])


# --- any of them


@pytest.mark.parametrize("line", EVERY_COMMAND)
@pytest.mark.parametrize(
    "before", ["DEL k", "SET k text", "HSET k f 5", "HSET k a 1 f 2 g 3 b 4", "HSET k f text"]
)
def test_a_command_does_and_announces_what_redis_does(both: Both, line: str, before: str) -> None:
    both(before)
    if "RAND" in line and "a 1" in before:
        both.ours(line)
        return
    both.events(line)
    both("TYPE k")
    both("OBJECT ENCODING k")
    both("HGETALL k" if not before.startswith("SET") else "GET k")


@pytest.mark.parametrize("line", EVERY_COMMAND)
@pytest.mark.parametrize("before", ["HSET k f 5 g 6", "SET k text"])
def test_a_command_keeps_the_time_to_live(both: Both, line: str, before: str) -> None:
    both.transcript(before, "PEXPIREAT k 4000000000123")
    both.ours(line)
    both.theirs.command(*line.split())
    both("PEXPIRETIME k")


@pytest.mark.parametrize("line", EVERY_COMMAND)
@pytest.mark.parametrize("before", ["DEL k", "HSET k f 5", "SET k text"])
def test_hits_misses_and_accesses_are_those_of_redis(
    both: Both, call: Session, manual_time: ManualTime, line: str, before: str
) -> None:
    both(before)
    both.theirs.command("CONFIG", "RESETSTAT")
    both.ours("CONFIG RESETSTAT")
    both.theirs.command(*line.split())
    both.ours(line)
    assert keyspace_stats(both.theirs.command("INFO", "stats")) == keyspace_stats(both.ours("INFO stats"))
    call(before)
    manual_time.pass_by(10)
    call(line)
    assert call("OBJECT IDLETIME k") in (b":0\r\n", b"$-1\r\n")


def keyspace_stats(info: bytes) -> list[bytes]:
    return [line for line in info.split(b"\r\n") if line.startswith((b"keyspace_hits", b"keyspace_misses"))]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("text", [*EDGES, b"\xff" * 100])
def test_any_bytes_are_kept(both: Both, field: bytes, text: bytes) -> None:
    both("HSET", "k", "first", "1")
    both("HSET", "k", field, text)
    both("HGET", "k", field)
    both("HSTRLEN", "k", field)
    both("HEXISTS", "k", field)
    both("OBJECT ENCODING k")
    both("HDEL", "k", field, field)
    both("HGETALL", "k")


def test_the_order_of_fields_is_that_of_redis_up_to_the_largest_listpack(both: Both) -> None:
    for number in range(512):
        both("HSET", "k", f"field:{number * 7 % 512}", number)
    for number in range(0, 512, 5):
        both("HDEL", "k", f"field:{number}")
        both("HSET", "k", f"field:{number + 1}", "again")
        both("HSETNX", "k", f"field:{number + 5}", "new")
    for line in ("HKEYS k", "HVALS k", "HGETALL k", "HSCAN k 0", "HRANDFIELD k 1000 WITHVALUES", "HLEN k"):
        both(line)


# --- setting


@pytest.mark.parametrize("name", ["HSET", "HMSET", "hset", "HMset"])
@pytest.mark.parametrize("words", ["f", "f v g", "f v g w h", "f v", "f v f w g x", "f v g w"])
@pytest.mark.parametrize("before", ["DEL k", "SET k text", "HSET k f 0"])
def test_fields_are_set_in_pairs(both: Both, name: str, words: str, before: str) -> None:
    both(before)
    both.events(f"{name} k {words}")
    both("HGETALL k")


# --- encodings

CONFIGS = [("512", "64"), ("3", "64"), ("512", "4"), ("0", "64"), ("512", "0")]

CONVERTING = [
    ["HSET k a 1"],
    ["HSET k a 1", "HSET k b 2", "HSET k c 3", "HSET k d 4", "HDEL k d"],
    ["HMSET k a 1 b 2 c 3 d 4"],
    ["HSET k a 1234"],
    ["HSET k a 12345"],
    ["HSET k abcd 1"],
    ["HSET k abcde 1"],
    ["HSET k a 1", "HSETNX k a 12345", "HSETNX k b 1234"],
    ["HSET k a 1", "HSETNX k b 12345"],
    ["HSET k a 1", "HINCRBY k a 9998", "HINCRBY k a 1"],
    ["HSET k a 9999", "HINCRBY k a 1"],
    ["HINCRBY k abcde 1"],
    ["HINCRBYFLOAT k a 1.25", "HINCRBYFLOAT k a 0.125"],
    ["HINCRBYFLOAT k a 1e70"],
    ["HSET k a x", "HINCRBY k a 1", "HINCRBYFLOAT k a 1"],
]


@pytest.mark.parametrize(("entries", "longest"), CONFIGS)
@pytest.mark.parametrize("lines", CONVERTING, ids=lambda lines: lines[-1])
def test_the_encoding_changes_where_it_does_on_redis(
    both: Both, lines: list[str], entries: str, longest: str
) -> None:
    try:
        for line in lines:
            configure(both, entries, longest)
            both(line)
            both("OBJECT ENCODING k")
        configure(both, "512", "64")
        both("HSET k z 1")
        both("OBJECT ENCODING k")
        both("COPY k copy")
        both("OBJECT ENCODING copy")
    finally:
        configure(both, "512", "64")


@pytest.mark.parametrize("line", ["HSET k a 1", "HSETNX k d 1", "HSETNX k a 1", "HINCRBY k a 1", "HDEL k a"])
@pytest.mark.parametrize(("entries", "longest"), [("2", "64"), ("512", "3")])
def test_limits_that_were_lowered_count_where_they_do_on_redis(
    both: Both, line: str, entries: str, longest: str
) -> None:
    both("HSET k a 1 b 2222 c 3")
    try:
        configure(both, entries, longest)
        both("OBJECT ENCODING k")
        both(line)
        both("OBJECT ENCODING k")
    finally:
        configure(both, "512", "64")


def configure(both: Both, entries: str, longest: str) -> None:
    both(f"CONFIG SET hash-max-ziplist-entries {entries} hash-max-listpack-value {longest}")


@pytest.mark.parametrize("size", [64, 65, 512, 513])
def test_an_encoding_and_a_digest_are_those_of_redis_at_any_size(both: Both, size: int) -> None:
    both("HSET", "k", *(word for n in range(size) for word in (f"field:{n}", f"text:{n}")))
    both("OBJECT ENCODING k")
    both("HLEN k")
    both.ours.engine.config.assign(find(b"enable-debug-command"), [b"yes"])
    both("DEBUG DIGEST")
    both("DEBUG DIGEST-VALUE k")


def test_as_many_pairs_as_make_a_table_make_one_even_if_the_fields_are_the_same(call: Session) -> None:
    """7.0 looks at the fields only when they are set; 7.2 makes room for all of them before."""
    call("CONFIG SET hash-max-listpack-entries 2")
    assert b":1\r\n" == call("HSET k a 1 a 2 a 3")
    assert b"$9\r\nhashtable\r\n" == call("OBJECT ENCODING k")


# --- counting


@pytest.mark.parametrize("old", EDGES)
@pytest.mark.parametrize(
    "increment", [b"0", b"1", b"-9223372036854775808", b"9223372036854775807", b"x", b"1.5"]
)
def test_integers_are_added_as_redis_does(both: Both, old: bytes, increment: bytes) -> None:
    both("HSET", "k", "f", old)
    both.events("HINCRBY", "k", "f", increment)
    both("HGETALL k")
    both.events("HINCRBYFLOAT", "k", "f", increment)
    both("HGETALL k")


@pytest.mark.parametrize("increment", EDGES)
def test_any_increment_is_read_as_redis_does(both: Both, increment: bytes) -> None:
    for name in ("HINCRBY", "HINCRBYFLOAT"):
        both.events(name, "new", "f", increment)
        both("HGETALL new")
        both("EXISTS new")


@pytest.mark.parametrize(
    "old", ["0.1", "3.0e3", "-1e-4000", "1e4931", "inf", "-inf", "nan", "0x10", " 1", "1 "]
)
@pytest.mark.parametrize("increment", ["0.2", "1e4932", "-1e4932", "inf", "-inf", "nan", "1e-4951", "0x1p-3"])
def test_floats_are_added_as_redis_does(both: Both, old: str, increment: str) -> None:
    both("HSET", "k", "f", old)
    both.events("HINCRBYFLOAT", "k", "f", increment)
    both("HGETALL k")
    both("OBJECT ENCODING k")


# --- removing


@pytest.mark.parametrize("fields", ["a", "a a", "a b c", "nope", "nope a", "a b c d nope", "c b a c"])
@pytest.mark.parametrize("fillers", [0, 100, 600])
def test_the_last_field_takes_the_key_with_it(both: Both, fields: str, fillers: int) -> None:
    both("HSET k a 1 b 2 c 3")
    for number in range(fillers):
        both("HSET", "k", f"filler:{number}", "1")
    for number in range(fillers):
        both("HDEL", "k", f"filler:{number}")
    both.events(f"HDEL k {fields}")
    both("EXISTS k")
    both("OBJECT ENCODING k")


# --- scanning


@pytest.mark.parametrize("before", ["DEL k", "SET k text", "HSET k a 1 b 2 ab 3"])
@pytest.mark.parametrize(
    "words",
    [
        "0",
        "5",
        "x",
        "-1",
        "18446744073709551615",
        "18446744073709551616",
        "0 MATCH a*",
        "0 match [ab]",
        "0 MATCH * COUNT 1",
        "0 COUNT 9223372036854775807",
        "0 COUNT 0",
        "0 COUNT -1",
        "0 COUNT x",
        "0 COUNT x MATCH",
        "0 MATCH",
        "0 COUNT",
        "0 COUNT 1 COUNT 2 MATCH b MATCH a",
        "0 TYPE hash",
        "0 NOVALUES",
        "x COUNT 0",
        "x NOPE",
    ],
)
def test_options_of_hscan_are_read_as_redis_reads_them(both: Both, before: str, words: str) -> None:
    both(before)
    both(f"HSCAN k {words}")


def scanned(call: Session, *options: str) -> list[bytes]:
    """The words of a whole scan."""
    cursor, found = b"0", list[bytes]()
    while True:
        reply = value_of(call("HSCAN", "k", cursor, *options))
        cursor, words = reply  # type: ignore[misc]
        found += words
        if cursor == b"0":
            return found


@pytest.mark.parametrize("size", [3, 100, 600])
@pytest.mark.parametrize("options", [[], ["COUNT", "1"], ["COUNT", "7", "MATCH", "*"], ["COUNT", "1000"]])
def test_a_whole_scan_returns_every_field_once_with_its_value(
    call: Session, size: int, options: list[str]
) -> None:
    for number in range(size):
        call("HSET", "k", f"field:{number}", number)
    words = scanned(call, *options)
    found = sorted(zip(words[::2], words[1::2], strict=True))
    assert sorted((b"field:%d" % number, b"%d" % number) for number in range(size)) == found


def test_a_scan_matches_fields_and_not_values(call: Session) -> None:
    for number in range(600):
        call("HSET", "k", f"field:{number}", f"x{599 - number}")
    words = scanned(call, "MATCH", "*7")
    assert 60 == len(words) // 2
    assert all(field.endswith(b"7") for field in words[::2])


def test_a_scan_finds_every_field_that_stays_while_others_come_and_go(call: Session) -> None:
    for number in range(600):
        call("HSET", "k", f"field:{number}", number)
    cursor, found, number = b"0", set[bytes](), 600
    while True:
        cursor, words = value_of(call("HSCAN", "k", cursor))  # type: ignore[misc]
        found |= {*words[::2]}
        if cursor == b"0":
            break
        for _ in range(20):
            call("HSET", "k", f"field:{number}", number)
            call("HDEL", "k", f"field:{number - 300}")
            number += 1
    assert {b"field:%d" % stayed for stayed in range(300)} <= found


# --- choosing at random


@pytest.mark.parametrize("before", ["DEL k", "SET k text", "HSET k f v"])
@pytest.mark.parametrize(
    "words",
    [
        "",
        "0",
        "1",
        "-1",
        "-3",
        "5",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "x",
        "x NOPE",
        "1 NOPE",
        "1 WITHVALUES",
        "-2 withvalues",
        "0 WITHVALUES",
        "1 WITHVALUES x",
        "x WITHVALUES x",
        "-9223372036854775808 WITHVALUES",
        "4611686018427387903 WITHVALUES",
        "4611686018427387904 WITHVALUES",
        "-4611686018427387904 WITHVALUES",
        "-4611686018427387904 NOPE",
        "WITHVALUES",
    ],
)
def test_options_of_hrandfield_are_read_as_redis_reads_them(both: Both, before: str, words: str) -> None:
    both(before)
    both(f"HRANDFIELD k {words}")


@pytest.mark.parametrize("size", [10, 100, 600])
@pytest.mark.parametrize(
    "words", ["", "1", "3", "7", "9", "-1", "-5", "-100", "4 WITHVALUES", "-4 WITHVALUES"]
)
def test_every_field_is_chosen_with_the_same_chance(call: Session, size: int, words: str) -> None:
    """Chi-square against a limit that is exceeded once in 10 000 tries; the seed makes it one try for ever."""
    for number in range(size):
        call("HSET", "k", f"field:{number}", number)
    for number in range(10, size):
        call("HDEL", "k", f"field:{number}")
    call.client.speak(3)
    drawn = Counter[bytes]()
    while drawn.total() < 3000:
        reply = value_of(call(f"HRANDFIELD k {words}"))
        chosen = reply if isinstance(reply, list) else [reply]
        drawn.update(word[0] if isinstance(word, list) else word for word in chosen)
    expected = drawn.total() / 10
    assert 10 == len(drawn)
    assert sum((count - expected) ** 2 / expected for count in drawn.values()) < 33.7


@pytest.mark.parametrize("size", [10, 100, 600])
@pytest.mark.parametrize("count", [2, 9, 10, 99, 600, 1000])
def test_fields_of_a_positive_count_are_different_and_bring_their_values(
    call: Session, size: int, count: int
) -> None:
    for number in range(size):
        call("HSET", "k", f"field:{number}", number)
    words = value_of(call(f"HRANDFIELD k {count} WITHVALUES"))
    assert isinstance(words, list)
    fields = words[::2]
    assert min(size, count) == len(fields) == len({*fields})
    assert all(b"field:%b" % text == field for field, text in zip(fields, words[1::2], strict=True))


@pytest.mark.parametrize("size", [1, 600])
@pytest.mark.parametrize("count", [-(2**40), -(2**63) + 1])
def test_more_fields_than_fit_into_any_memory_are_refused(call: Session, size: int, count: int) -> None:
    """Redis sends them until it is killed."""
    for number in range(size):
        call("HSET", "k", f"field:{number}", number)
    assert b"-ERR value is out of range\r\n" == call(f"HRANDFIELD k {count}")
    assert b"*0\r\n" == call(f"HRANDFIELD nope {count}")
