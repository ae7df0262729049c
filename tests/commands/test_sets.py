"""Commands on one set: replies, announcements and encodings beside a real Redis.

The oracle knows no listpack for sets: where one decides, what is expected comes from t_set.c of 7.2 and stands here. The
order of a set that is no intset is chance on the oracle, so such replies are compared as sets of members.
"""

from collections import Counter

import pytest

from bare_engine import Session
from oracle import Argument, Value, Wire
from side_by_side import Both


def value_of(reply: bytes) -> Value:
    return Wire(None, bytearray(reply)).read_value()  # type: ignore[arg-type]


def members_of(reply: bytes) -> tuple[bytes, list[bytes]]:
    """The type and length of a reply, and what it lists, sorted."""
    members = value_of(reply)
    assert isinstance(members, list)
    return reply.partition(b"\r\n")[0], sorted(members)  # type: ignore[type-var]


def unordered(both: Both, *arguments: Argument) -> list[bytes]:
    """Run one command here and there, assert that the replies list the same in some order, and return it."""
    expected = members_of(both.theirs.command(*arguments))
    assert expected == members_of(both.ours(*arguments)), arguments
    return expected[1]


def encoding(session: Session, key: str) -> bytes:
    return session("OBJECT", "ENCODING", key).split(b"\r\n")[1]


# --- the documented examples


def test_the_documented_examples(both: Both) -> None:
    both.transcript('SADD myset "Hello"', "SADD myset World", "SADD myset World", "SCARD myset")
    unordered(both, "SMEMBERS", "myset")
    both.transcript("SISMEMBER myset World", "SISMEMBER myset two", "SMISMEMBER myset World notamember")
    both.transcript("DEL myset", "SADD myset one", "SADD myset two", "SADD myset three")
    both.transcript("SREM myset one", "SREM myset four")
    unordered(both, "SMEMBERS", "myset")
    both.transcript("SADD myotherset three", "SMOVE myset myotherset two")
    unordered(both, "SMEMBERS", "myset")
    unordered(both, "SMEMBERS", "myotherset")


@pytest.mark.parametrize("members", ["one two three", "1 2 3"])
def test_the_documented_examples_of_choosing(both: Both, members: str) -> None:
    both(f"SADD myset {members}")
    for command in ("SRANDMEMBER myset", "SRANDMEMBER myset 2", "SRANDMEMBER myset -5", "SPOP myset"):
        theirs, ours = both.theirs.command(*command.split()), both.ours(command)
        assert theirs[:1] == ours[:1]
    both.transcript("DEL myset", f"SADD myset {members} four 5", "SCARD myset")
    theirs, ours = both.theirs.command("SPOP", "myset", "3"), both.ours("SPOP myset 3")
    assert theirs[:1] == ours[:1]
    both("SCARD myset")


# --- announcements


def test_members_that_come_and_go_are_announced(both: Both) -> None:
    assert [(0, b"sadd", b"s")] == both.events("SADD s a b a")
    assert [] == both.events("SADD s a")
    assert [(0, b"srem", b"s")] == both.events("SREM s a x")
    assert [] == both.events("SREM s a x")
    assert [(0, b"srem", b"s"), (0, b"del", b"s")] == both.events("SREM s b b")
    assert [] == both.events("SREM s b")


def test_moving_is_announced_of_both_keys(both: Both) -> None:
    both("SADD a 1 2")
    assert [(0, b"srem", b"a"), (0, b"sadd", b"b")] == both.events("SMOVE a b 1")
    both("SADD b 2")
    assert [(0, b"srem", b"a"), (0, b"del", b"a")] == both.events("SMOVE a b 2")
    assert [] == both.events("SMOVE a b 2")
    assert [] == both.events("SMOVE b c 5")
    assert [] == both.events("SMOVE b b 1")
    assert [] == both.events("SMOVE b b 5")
    assert [(0, b"srem", b"b"), (0, b"sadd", b"c")] == both.events("SMOVE b c 1")


def test_a_member_moves_out_of_a_copy_that_shares_its_value(both: Both) -> None:
    both.transcript("SADD a 1 x", "COPY a b", "SMOVE a b x")
    unordered(both, "SMEMBERS", "a")
    unordered(both, "SMEMBERS", "b")


def test_popping_is_announced(both: Both) -> None:
    both("SADD s 1")
    assert [(0, b"spop", b"s"), (0, b"del", b"s")] == both.events("SPOP s")
    assert [] == both.events("SPOP s")
    both("SADD s 1")
    assert [(0, b"spop", b"s"), (0, b"del", b"s")] == both.events("SPOP s 1")
    assert [] == both.events("SPOP s 1")
    both("SADD s 1 2")
    assert [] == both.events("SPOP s 0")
    assert [(0, b"spop", b"s"), (0, b"del", b"s")] == both.events("SPOP s 5")


@pytest.mark.parametrize("count", [1, 50, 99])
def test_popping_some_is_announced(call: Session, count: int) -> None:
    call("SADD", "s", *range(100))
    call.announced()
    call("SPOP", "s", count)
    assert [(0, b"spop", b"s")] == call.announced()
    assert b":%d\r\n" % (100 - count) == call("SCARD s")


# --- what is refused

ON_A_STRING = [
    "SADD k x", "SREM k x", "SISMEMBER k x", "SMISMEMBER k x y", "SCARD k", "SMEMBERS k", "SMOVE k s x", "SMOVE s k 1",
    "SMOVE s k nope", "SMOVE nope k x", "SMOVE k k x", "SPOP k", "SPOP k 0", "SPOP k 5", "SRANDMEMBER k",
    "SRANDMEMBER k 0", "SRANDMEMBER k -5", "SSCAN k 0", "SSCAN k x", "SSCAN k 0 NOPE",
]  # fmt: skip


@pytest.mark.parametrize("line", ON_A_STRING)
def test_a_string_is_no_set(both: Both, line: str) -> None:
    both.transcript("SET k text", "SADD s 1")
    both.events(line)


@pytest.mark.parametrize("key", ["s", "nope"])
@pytest.mark.parametrize("name", ["SPOP", "SRANDMEMBER"])
@pytest.mark.parametrize(
    "count",
    [b"", b"x", b"1.5", b"+1", b"0", b"-0", b"9223372036854775808", b"-9223372036854775808", b"5 5", b"x x"],
)
def test_counts_are_checked(both: Both, name: str, count: bytes, key: str) -> None:
    both("SADD s 1")
    both(name, key, *(count.split(b" ")))


def test_popping_takes_no_negative_count(both: Both) -> None:
    both("SADD s 1")
    both("SPOP s -1")
    both("SPOP nope -1")


def test_the_largest_counts_are_taken(both: Both) -> None:
    both("SADD s 1 2 3")
    both(f"SRANDMEMBER s {2**63 - 1}")
    both(f"SRANDMEMBER nope -{2**63 - 1}")
    both(f"SPOP s {2**63 - 1}")


@pytest.mark.parametrize(
    "options",
    [
        "0",
        "0 COUNT 0",
        "0 COUNT x",
        "0 COUNT",
        "0 MATCH",
        "0 NOPE",
        "x",
        "-1",
        "99",
        "0 MATCH 1* COUNT 1",
        "0 TYPE set",
    ],
)
@pytest.mark.parametrize("key", ["s", "nope"])
def test_scanning_an_intset_gives_everything_at_once(both: Both, key: str, options: str) -> None:
    both("SADD", "s", *range(90, 110))
    both(f"SSCAN {key} {options}")


# --- keyspace statistics

LOOKS = [
    "SADD s 1", "SADD nope 1", "SREM s 5", "SREM nope 1", "SISMEMBER s 1", "SISMEMBER nope 1", "SCARD nope",
    "SMISMEMBER s 1 2", "SMEMBERS nope", "SMOVE s nope 1", "SMOVE nope s 1", "SPOP s", "SPOP nope", "SPOP s 1",
    "SPOP s 100", "SPOP nope 1", "SRANDMEMBER s", "SRANDMEMBER nope 5", "SRANDMEMBER s -1", "SSCAN s 0", "SINTER s nope",
    "SUNION s nope", "SDIFF s nope", "SINTERSTORE d s nope", "SINTERSTORE d s s", "SUNIONSTORE d s nope",
    "SDIFFSTORE d nope s", "SINTERCARD 2 s nope",
]  # fmt: skip


@pytest.mark.parametrize("line", LOOKS)
def test_looks_are_counted_as_redis_counts_them(both: Both, line: str) -> None:
    both("SADD s 1 2 3")
    both.theirs.command("CONFIG", "RESETSTAT")
    both.ours("CONFIG RESETSTAT")
    both.theirs.command(*line.split())
    both.ours(line)
    told = both.theirs.ask("INFO", "stats")
    assert isinstance(told, bytes)
    stats = both.ours.engine.keyspace.stats
    assert b"keyspace_hits:%d\r\n" % stats.hits in told
    assert b"keyspace_misses:%d\r\n" % stats.misses in told


# --- intsets, as the oracle has them


@pytest.mark.parametrize("last", [b"x", b"5000", b"9223372036854775808", b"-9223372036854775808", b"01", b""])
@pytest.mark.parametrize("size", [1, 511, 512])
def test_an_intset_ends_where_it_ends_on_redis(both: Both, size: int, last: bytes) -> None:
    both("SADD", "s", *range(size))
    both("OBJECT ENCODING s")
    both("SADD", "s", last)
    theirs = both.theirs.ask("OBJECT", "ENCODING", "s")
    if theirs == b"intset":
        both("SMEMBERS s")
    ours = encoding(both.ours, "s")
    assert theirs == ours or (b"hashtable", b"listpack") == (theirs, ours)
    unordered(both, "SMEMBERS", "s")


@pytest.mark.parametrize("most", ["0", "2", "100"])
def test_the_limit_of_intsets_can_be_changed(both: Both, most: str) -> None:
    for session in (both.theirs.command, both.ours):
        session("CONFIG", "SET", "set-max-intset-entries", most)
    both.ours("CONFIG SET set-max-listpack-entries 0")
    for size in (1, 2, 3, 100, 101):
        both("DEL s")
        both("SADD", "s", *range(size))
        both("OBJECT ENCODING s")
        both("DEL s")
        for number in range(size):
            both("SADD", "s", number)
        both("OBJECT ENCODING s")
    both.theirs.command("CONFIG", "SET", "set-max-intset-entries", "512")


@pytest.mark.parametrize("line", ["SADD s 2", "SADD s 2 1", "SMOVE from s 2", "SREM s 3", "SADD s 9"])
def test_an_intset_beyond_a_lowered_limit_stays_one_until_something_is_added(both: Both, line: str) -> None:
    both("SADD s 1 2 3 4")
    both("SADD from 2")
    for session in (both.theirs.command, both.ours):
        session("CONFIG", "SET", "set-max-intset-entries", 2)
    both(line)
    stays = both.theirs.ask("OBJECT", "ENCODING", "s") == b"intset"
    both.theirs.command("CONFIG", "SET", "set-max-intset-entries", 512)
    assert stays == (encoding(both.ours, "s") == b"intset") == ("9" not in line)


# --- listpacks, from the source of 7.2


def test_few_short_members_are_a_listpack_in_the_order_of_their_coming(call: Session) -> None:
    call("SADD s b 2 a 1 b")
    assert b"listpack" == encoding(call, "s")
    assert b"*4\r\n$1\r\nb\r\n$1\r\n2\r\n$1\r\na\r\n$1\r\n1\r\n" == call("SMEMBERS s")
    assert call("SMEMBERS s") == call("SSCAN s 0").removeprefix(b"*2\r\n$1\r\n0\r\n")


def test_a_listpack_ends_with_its_limits(call: Session) -> None:
    call("SADD", "s", *(f"m{number}" for number in range(128)))
    assert b"listpack" == encoding(call, "s")
    call("SADD s more")
    assert b"hashtable" == encoding(call, "s")
    call("SADD", "long", "y" * 65)
    assert b"hashtable" == encoding(call, "long")
    call("CONFIG SET set-max-listpack-value 65")
    call("SADD", "longer", "y" * 65)
    assert b"listpack" == encoding(call, "longer")


def test_an_intset_becomes_a_listpack_if_there_is_room(call: Session) -> None:
    call("SADD", "s", *range(127))
    call("SADD s x")
    assert b"listpack" == encoding(call, "s")
    call("SADD", "t", *range(128))
    call("SADD t x")
    assert b"hashtable" == encoding(call, "t")


def test_the_number_of_members_to_add_decides_alone(call: Session) -> None:
    call("SADD s x")
    call("SADD", "s", *["x"] * 129)
    assert b"hashtable" == encoding(call, "s")


def test_a_listpack_may_be_as_long_as_it_is_allowed_to(call: Session) -> None:
    call("CONFIG SET set-max-listpack-entries 500")
    call("SADD", "s", *(f"m{number}" for number in range(500)))
    assert b"listpack" == encoding(call, "s")
    reply = value_of(call("SSCAN s 0"))
    assert isinstance(reply, list)
    assert b"0" == reply[0]
    call("SADD s more")
    assert b"hashtable" == encoding(call, "s")


def test_a_moved_member_makes_a_set_of_its_kind(call: Session) -> None:
    call("SADD s x 1")
    call("SMOVE s a x")
    call("SMOVE s b 1")
    assert (b"listpack", b"intset") == (encoding(call, "a"), encoding(call, "b"))


# --- scanning a table


def scanned(call: Session, *options: Argument) -> list[bytes]:
    cursor, found = b"0", list[bytes]()
    while True:
        reply = value_of(call("SSCAN", "s", cursor, *options))
        cursor, members = reply  # type: ignore[misc]
        found += members
        if cursor == b"0":
            return found


def test_a_scan_of_a_large_set_finds_each_member(call: Session) -> None:
    members = sorted(b"m%d" % number for number in range(1000))
    call("SADD", "s", *members)
    assert members == sorted(scanned(call))
    assert members == sorted(scanned(call, "COUNT", 3))
    assert sorted(m for m in members if m.startswith(b"m7")) == sorted(scanned(call, "MATCH", "m7*"))
    reply = value_of(call("SSCAN", "s", 0, "COUNT", 50))
    assert isinstance(reply, list)
    assert 50 <= len(reply[1]) < 150  # type: ignore[arg-type]


def test_members_that_stay_are_found_though_others_come_and_go(call: Session) -> None:
    stay = [b"stay%d" % number for number in range(200)]
    call("SADD", "s", *stay)
    cursor, found, step = b"0", set[bytes](), 0
    while True:
        cursor, members = value_of(call("SSCAN", "s", cursor))  # type: ignore[misc]
        found.update(members)
        step += 1
        call("SADD", "s", *(f"new{step}:{number}" for number in range(100 if step < 20 else 0)), "x")
        call("SREM", "s", *(f"new{step - 3}:{number}" for number in range(100)))
        if cursor == b"0":
            break
    assert {*stay} <= found


# --- choosing


@pytest.mark.parametrize("size", [3, 20, 400, 1000])
@pytest.mark.parametrize("prefix", ["", "m"])
def test_popping_goes_through_the_whole_set(call: Session, size: int, prefix: str) -> None:
    members = [f"{prefix}{number}".encode() for number in range(size)]
    call("SADD", "s", *members)
    popped = list[bytes]()
    for count in (1, 2, size // 3, size - size // 8, size):
        more = value_of(call("SPOP", "s", count))
        assert isinstance(more, list)
        popped += more  # type: ignore[arg-type]
        assert b":%d\r\n" % (size - len(popped)) == call("SCARD s")
    assert sorted(members) == sorted(popped)
    assert b":0\r\n" == call("EXISTS s")


def test_what_little_is_left_of_a_hashtable_is_a_listpack(call: Session) -> None:
    call("SADD", "s", *range(1000))
    call("SPOP s 990")
    assert b"listpack" == encoding(call, "s")
    assert len(call.engine.keyspace[0].remains) > 0


@pytest.mark.parametrize("prefix", ["", "m"])
@pytest.mark.parametrize("size", [10, 200, 1000])
def test_random_members_are_different_unless_they_may_repeat(call: Session, size: int, prefix: str) -> None:
    members = {f"{prefix}{number}".encode() for number in range(size)}
    call("SADD", "s", *members)
    for count in (1, 2, size // 4, size - 1, size, size + 1):
        chosen = value_of(call("SRANDMEMBER", "s", count))
        assert isinstance(chosen, list)
        assert min(count, size) == len({*chosen} & members) == len(chosen)
        repeated = value_of(call("SRANDMEMBER", "s", -count))
        assert isinstance(repeated, list)
        assert count == len(repeated)
        assert {*repeated} <= members


def test_every_member_is_chosen(call: Session) -> None:
    call("SADD s a b c 1")
    drawn = Counter(call("SRANDMEMBER s") for _ in range(400))
    assert 4 == len(drawn)
    assert min(drawn.values()) > 60


def test_a_time_to_live_survives_changes(both: Both) -> None:
    both.transcript("SADD s 1 2 3", "EXPIREAT s 4000000000", "SADD s 4 x", "SREM s 1", "EXPIRETIME s")
    both.theirs.command("SPOP", "s")
    both.ours("SPOP s")
    both("EXPIRETIME s")
