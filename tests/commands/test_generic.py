"""Commands for keys of any type: replies, announcements and statistics beside a real Redis."""

import re

import pytest

from bare_engine import ManualTime, Session, words
from side_by_side import Both

FAR = 4_000_000_000
"""A Unix time in seconds at which nobody runs these tests any more."""

SETTING = ("SET a 1", f"SET b text PXAT {FAR}123", "APPEND c text", "APPEND c more", "SET taken x", "SELECT 1",
           "SET taken y", "SELECT 0")  # fmt: skip


def test_exists_counts_each_mention(both: Both) -> None:
    both.transcript(*SETTING, "EXISTS a", "EXISTS a a nope b", "EXISTS nope", "EXISTS")


def test_touch_counts_each_mention(both: Both) -> None:
    both.transcript(*SETTING, "TOUCH a a nope b", "TOUCH nope", "TOUCH")


def test_type_names_the_type(both: Both) -> None:
    both.transcript(*SETTING, "INCR n", "INCRBYFLOAT f 1.5")
    both.transcript("TYPE a", "TYPE b", "TYPE c", "TYPE n", "TYPE f", "TYPE nope", "TYPE", "TYPE a b")


@pytest.mark.parametrize("name", ["DEL", "UNLINK"])
def test_keys_are_deleted(both: Both, name: str) -> None:
    both.transcript(*SETTING)
    assert [(0, b"del", b"b"), (0, b"del", b"a")] == both.events(f"{name} b nope a a")
    both.transcript("DBSIZE", "TTL b", f"{name} a", name)
    both.transcript("SET b anew", "TTL b")


# --- RANDOMKEY, KEYS, SCAN


def test_an_empty_database_has_no_random_key(both: Both) -> None:
    both.transcript("RANDOMKEY", "RANDOMKEY x", "SET only x", "RANDOMKEY")


def test_a_random_key_is_one_that_is_there(call: Session) -> None:
    for number in range(20):
        call("SET", str(number), "x")
    assert {call("RANDOMKEY") for _ in range(400)} == {b"$%d\r\n%d\r\n" % (len(str(n)), n) for n in range(20)}


def test_a_random_key_is_never_over(call: Session, manual_time: ManualTime) -> None:
    call("SET living x")
    for number in range(100):
        call("SET", str(number), "x", "PX", "1")
    manual_time.pass_by(1)
    assert {b"$6\r\nliving\r\n"} == {call("RANDOMKEY") for _ in range(10)}


def unordered(reply: bytes) -> list[bytes]:
    return sorted(reply.split(b"\r\n"))


def both_unordered(both: Both, *arguments: str) -> None:
    """Run one command here and there; the elements of the replies may come in any order."""
    argv = words(*arguments)
    assert unordered(both.theirs.command(*argv)) == unordered(both.ours(*argv)), argv


@pytest.mark.parametrize("pattern", ["*", "**", "?", "ta*", "[ab]", "taken", "nope", r"\a", "", "*[", "[^a]"])
def test_keys_match_a_pattern(both: Both, pattern: str) -> None:
    both.transcript(*SETTING)
    both_unordered(both, "KEYS", pattern)
    both_unordered(both, "SCAN", "0", "MATCH", pattern)
    both_unordered(both, "SCAN", "0", "MATCH", pattern, "TYPE", "string")


def test_keys_that_are_over_are_not_listed(call: Session, manual_time: ManualTime) -> None:
    call("SET a x PX 1000")
    call("SET b x PX 9000")
    manual_time.pass_by(2)
    assert b"*1\r\n$1\r\nb\r\n" == call("KEYS *")
    assert b"*2\r\n$1\r\n0\r\n*1\r\n$1\r\nb\r\n" == call("SCAN 0")


def test_keys_takes_one_pattern(both: Both) -> None:
    both.transcript("KEYS *", "KEYS", "KEYS a b")


@pytest.mark.parametrize(
    "line",
    [
        "SCAN 0",
        "SCAN",
        "SCAN 0 COUNT 100 match a TYPE string",
        "SCAN 0 TYPE STRING",
        "SCAN 0 TYPE list",
        "SCAN 0 TYPE nope",
        "SCAN 0 TYPE list TYPE string",
        "SCAN 0 MATCH b MATCH a",
        "SCAN 0 COUNT 9223372036854775807",
        "SCAN 0 COUNT 9223372036854775808",
        "SCAN 0 COUNT 0",
        "SCAN 0 COUNT 0 COUNT 5",
        "SCAN 0 COUNT -1",
        "SCAN 0 COUNT 1.5",
        "SCAN 0 COUNT",
        "SCAN 0 MATCH",
        "SCAN 0 MATCH * TYPE",
        "SCAN 0 NOPE",
        "SCAN 0 NOPE COUNT x",
        "SCAN 0 COUNT x NOPE",
        "SCAN x NOPE",
    ],
)
def test_scan_takes_every_option(both: Both, line: str) -> None:
    both("SET a x")
    both(line)


@pytest.mark.parametrize(
    "cursor",
    [
        b"", b"0", b"-0", b"+0", b"000", b"-18446744073709551616", b"18446744073709551616", b"1" * 5000, b"0" * 5000,
        b"x", b"0x0", b"0x", b" 0", b"\t0", b"0 ", b"+", b"-", b"+-0", b"1e3", b"0.0", "٣".encode(), b"\x000", b"0\x00x",
    ],
)  # fmt: skip
def test_a_cursor_is_read_as_redis_reads_it(both: Both, cursor: bytes) -> None:
    both("SCAN", cursor)


@pytest.mark.parametrize("cursor", [b"-1", b"18446744073709551615", b"007", b"-18446744073709551615"])
def test_a_cursor_that_no_scan_gave_is_no_error(call: Session, cursor: bytes) -> None:
    assert call("SCAN", cursor).startswith(b"*2\r\n$1\r\n0\r\n")


def test_a_whole_scan_returns_every_key(call: Session) -> None:
    keys = [b"key:%d" % number for number in range(1000)]
    for key in keys:
        call(b"SET", key, b"x")
    found, cursor = list[bytes](), b"0"
    while True:
        reply = call(b"SCAN", cursor).split(b"\r\n")
        cursor, found = reply[2], found + reply[5:-1:2]
        if cursor == b"0":
            break
    assert sorted(keys) == sorted(found)


# --- RENAME, MOVE, COPY


@pytest.mark.parametrize("name", ["RENAME", "RENAMENX"])
@pytest.mark.parametrize(
    "keys", ["a new", "b new", "c new", "b taken", "b b", "nope new", "nope nope", "b", "a b c"]
)
def test_keys_are_renamed(both: Both, name: str, keys: str) -> None:
    both.transcript(*SETTING)
    both.events(f"{name} {keys}")
    for key in ("a", "b", "c", "new", "taken"):
        both.transcript(f"GET {key}", f"PEXPIRETIME {key}", f"OBJECT ENCODING {key}")


@pytest.mark.parametrize(
    "line",
    [
        "MOVE b 1",
        "MOVE c 15",
        "MOVE taken 1",
        "MOVE nope 1",
        "MOVE a 0",
        "MOVE nope 0",
        "MOVE a 16",
        "MOVE a -1",
        "MOVE a x",
        "MOVE a 2147483648",
        "MOVE a 99999999999999999999",
        "MOVE a",
    ],
)
def test_keys_are_moved(both: Both, line: str) -> None:
    both.transcript(*SETTING)
    both.events(line)
    for database in (0, 1, 15):
        both(f"SELECT {database}")
        for key in ("a", "b", "c", "taken"):
            both.transcript(f"GET {key}", f"PEXPIRETIME {key}", f"OBJECT ENCODING {key}")


@pytest.mark.parametrize(
    "arguments",
    [
        "a new",
        "b new",
        "c new",
        "b taken",
        "b taken REPLACE",
        "a b replace",
        "nope taken REPLACE",
        "a a",
        "a a REPLACE",
        "a a DB 0",
        "a a DB 1",
        "b taken DB 1",
        "b taken DB 1 REPLACE",
        "b new REPLACE DB 15 replace",
        "a new DB 1 DB 2",
        "a new DB",
        "a new DB 16",
        "a new DB -1",
        "a new DB x",
        "a new DB 2147483648",
        "a new DB 16 NOPE",
        "a new NOPE DB 16",
        "nope nope",
        "a",
    ],
)
def test_keys_are_copied(both: Both, arguments: str) -> None:
    both.transcript(*SETTING)
    both.events(f"COPY {arguments}")
    for database in (0, 1, 2, 15):
        both(f"SELECT {database}")
        for key in ("a", "b", "new", "taken"):
            both.transcript(f"GET {key}", f"PEXPIRETIME {key}", f"OBJECT ENCODING {key}")


def test_a_copy_lives_its_own_life(both: Both) -> None:
    both.transcript("APPEND k text", "APPEND k more", "COPY k copy", "APPEND k end", "GET k", "GET copy")
    both.transcript("APPEND copy x", "GET k", "GET copy")


def test_a_key_that_is_over_stands_in_nobodys_way(call: Session, manual_time: ManualTime) -> None:
    for line in ("SET a x", "SET b y", "SET over z PX 1", "SELECT 1", "SET a z PX 1", "SELECT 0"):
        call(line)
    manual_time.pass_by(1)
    assert b":1\r\n" == call("COPY b over")
    assert b":1\r\n" == call("MOVE a 1")
    assert b"*2\r\n$1\r\ny\r\n$1\r\ny\r\n" == call("MGET b over")
    assert b":-1\r\n" == call("TTL over")


# --- statistics


@pytest.mark.parametrize(
    "line",
    [
        "EXISTS a nope a",
        "TOUCH a nope",
        "TYPE a",
        "TYPE nope",
        "TTL a",
        "PTTL nope",
        "EXPIRETIME a",
        "PEXPIRETIME nope",
        "OBJECT ENCODING a",
        "OBJECT IDLETIME nope",
        "OBJECT REFCOUNT a",
        "OBJECT FREQ a",
        "COPY a new",
        "COPY nope new",
        "COPY a taken",
        "RENAME a new",
        "RENAMENX a taken",
        "MOVE a 1",
        "EXPIRE a 10",
        "EXPIRE nope 10",
        "PERSIST a",
        "DEL a nope",
        "UNLINK a nope",
        "RANDOMKEY",
        "KEYS *",
        "SCAN 0",
        "SCAN 0 TYPE string",
    ],
)
def test_hits_and_misses_are_counted_as_redis_counts_them(both: Both, line: str) -> None:
    both.transcript(*SETTING)
    theirs_before, ours_before = their_lookups(both), our_lookups(both)
    both.theirs.command(*line.split())
    both.ours(line)
    expected = [after - before for after, before in zip(their_lookups(both), theirs_before, strict=True)]
    assert expected == [after - before for after, before in zip(our_lookups(both), ours_before, strict=True)]


def their_lookups(both: Both) -> list[int]:
    info = both.theirs.command("INFO", "stats")
    return [int(count) for count in re.findall(rb"keyspace_(?:hits|misses):(\d+)", info)]


def our_lookups(both: Both) -> list[int]:
    stats = both.ours.engine.keyspace.stats
    return [stats.hits, stats.misses]


ACCESSES = ["TOUCH k", "COPY k k2", "RENAME k k", "EXPIRE k 10", "PERSIST k", "GET k"]
LOOKS = ["EXISTS k", "TYPE k", "TTL k", "PEXPIRETIME k", "OBJECT ENCODING k", "SCAN 0 TYPE string", "KEYS *"]


@pytest.mark.parametrize("line", [*ACCESSES, *LOOKS])
def test_an_access_ends_the_idle_time_and_a_look_does_not(
    call: Session, manual_time: ManualTime, line: str
) -> None:
    call("SET k x")
    manual_time.pass_by(100)
    call(line)
    idle = 100 if line in LOOKS else 0
    assert b":%d\r\n" % idle == call("OBJECT IDLETIME k")
