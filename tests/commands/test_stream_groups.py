"""Consumer groups beside a real Redis: what is delivered, pending, claimed and told.

Ages are those of things that happened just now; where they show, only what does not depend on the clock is compared.
What a 7.0 does otherwise than 7.2 is tested on our engine alone.
"""

import re

import pytest

from bare_engine import ManualTime, Session
from side_by_side import Both

# The time since, or the time at which, something was delivered, and what 7.2 adds.
_AGES = re.compile(
    rb"(\$4\r\nidle|\$9\r\nseen-time)\r\n:\d+|\$(8\r\ninactive|11\r\nactive-time)\r\n:-?\d+\r\n|"
    rb"(?<=\r\n):\d+(?=\r\n:\d+\r\n)"
)


def ageless(reply: bytes) -> bytes:
    reply = re.sub(rb"[*%](\d+)(?=\r\n\$4\r\nname)", b"~", reply)
    return _AGES.sub(b"", reply)


def but_for_age(both: Both, line: str) -> None:
    """Run one command on both sides; the replies have to be equal but for ages."""
    argv = line.split()
    assert ageless(both.theirs.command(*argv)) == ageless(both.ours(line)), line


@pytest.fixture
def group(both: Both) -> Both:
    """Six entries, of which alice has three pending and bob one; a string stands beside them."""
    both.transcript("SET str text", *(f"XADD s {number}-1 f {number}" for number in range(1, 7)))
    both.transcript("XGROUP CREATE s g 0", "XREADGROUP GROUP g alice COUNT 3 STREAMS s >")
    both("XREADGROUP GROUP g bob COUNT 1 STREAMS s >")
    return both


def look(both: Both) -> None:
    """Everything that can be known of the stream."""
    for line in ("XINFO STREAM s FULL", "XINFO GROUPS s", "XINFO CONSUMERS s g", "XPENDING s g"):
        but_for_age(both, line)
    for words in ("- + 10", "- + 10 alice", "- + 10 bob", "IDLE 500000 - + 10", "(2-1 4 2"):
        but_for_age(both, f"XPENDING s g {words}")


# --- XGROUP


@pytest.mark.parametrize(
    "words",
    [
        *(
            "s g 0",
            "s h 0",
            "s h $",
            "s h 3-1",
            "s h x",
            "s h -",
            "s g x",
            "s h 0 MKSTREAM",
            "none h 0",
            "none h x",
        ),
        *(
            "none h 0 MKSTREAM",
            "none h $ mkstream",
            "none h x MKSTREAM",
            "str g 0",
            "str g 0 MKSTREAM",
            "s h $ FOO",
        ),
        *("s h $ ENTRIESREAD 2", "s h $ ENTRIESREAD -1", "s h $ ENTRIESREAD -2", "s h $ ENTRIESREAD x"),
        *("s h $ ENTRIESREAD", "s h 3-1 ENTRIESREAD 3 MKSTREAM", "s h $ MKSTREAM MKSTREAM MKSTREAM", "s"),
        *(
            "s h $ MKSTREAM MKSTREAM MKSTREAM MKSTREAM",
            "none h $ MKSTREAM MKSTREAM MKSTREAM MKSTREAM",
            "s h",
            "",
        ),
    ],
)
def test_xgroup_create_takes_and_refuses_the_same(group: Both, words: str) -> None:
    group.events(f"XGROUP CREATE {words}")
    group.transcript("EXISTS none", "XINFO GROUPS s", "XINFO GROUPS none", "XINFO STREAM none")


@pytest.mark.parametrize(
    "words",
    [
        *(
            "s g 0",
            "s g $",
            "s g 3-1",
            "s g x",
            "s g -",
            "s g +",
            "s h 0",
            "none g 0",
            "str g 0",
            "s g 0 MKSTREAM",
        ),
        *("s g 0 ENTRIESREAD 3", "s g 0 ENTRIESREAD -3", "s g 0 ENTRIESREAD", "s g", "s h x", "s g 0 FOO"),
        "s g 0 ENTRIESREAD 3 ENTRIESREAD 4",
    ],
)
def test_xgroup_setid_takes_and_refuses_the_same(group: Both, words: str) -> None:
    group.events(f"XGROUP SETID {words}")
    group.transcript("XGROUP CREATECONSUMER s g carol", "XREADGROUP GROUP g carol STREAMS s >")
    look(group)


@pytest.mark.parametrize("name", ["CREATECONSUMER", "DELCONSUMER", "DESTROY"])
@pytest.mark.parametrize(
    "words", ["s g alice", "s g new", "s h alice", "none g alice", "str g a", "s g", "s h", "s", ""]
)
def test_groups_and_consumers_come_and_go_in_the_same_way(group: Both, name: str, words: str) -> None:
    group.events(f"XGROUP {name} {words}")
    look(group)


def test_xgroup_help_and_xinfo_help_explain_the_subcommands(call: Session) -> None:
    # XGROUP CREATECONSUMER, XGROUP DELCONSUMER, XGROUP DESTROY and XGROUP SETID are among them.
    for line in ("XGROUP HELP", "XINFO HELP"):
        name = line.split()[0].encode()
        assert b"+%b <subcommand> [<arg> [value] [opt] ...]. Subcommands are:" % name in call(line)


@pytest.mark.parametrize(
    "line", ["XGROUP", "XGROUP NOPE s g", "XINFO", "XINFO NOPE s", "XGROUP HELP x", "XINFO HELP x"]
)
def test_other_subcommands_are_refused(both: Both, line: str) -> None:
    both(line)


# --- XREADGROUP


@pytest.mark.parametrize(
    "words",
    [
        *(
            "GROUP g alice STREAMS s >",
            "GROUP g alice COUNT 1 STREAMS s >",
            "GROUP g alice NOACK STREAMS s >",
        ),
        *("GROUP g alice STREAMS s 0", "GROUP g alice COUNT 2 STREAMS s 0", "GROUP g alice STREAMS s 2-1"),
        *(
            "GROUP g bob STREAMS s 0",
            "GROUP g carol STREAMS s 0",
            "GROUP g carol STREAMS s >",
            "GROUP g bob NOACK STREAMS s 0",
        ),
        *("GROUP g alice STREAMS s s > >", "GROUP g alice STREAMS s s > 0", "GROUP g alice STREAMS s s 0 0"),
        *("GROUP h alice STREAMS s >", "GROUP g alice STREAMS none >", "GROUP g alice STREAMS str >"),
        *(
            "GROUP g alice STREAMS s $",
            "GROUP g alice STREAMS s x",
            "GROUP h alice STREAMS s $",
            "GROUP g alice STREAMS s -",
        ),
        *(
            "COUNT 1 STREAMS s s s > > >",
            "COUNT 1 NOACK STREAMS s >",
            "GROUP g STREAMS s >",
            "GROUP g alice COUNT x STREAMS s >",
        ),
        *(
            "GROUP g alice COUNT -1 STREAMS s >",
            "GROUP g alice FOO STREAMS s >",
            "GROUP g alice BLOCK -1 STREAMS s >",
        ),
        "GROUP g alice STREAMS s 18446744073709551615-18446744073709551615",
    ],
)
def test_xreadgroup_takes_and_refuses_the_same(group: Both, words: str) -> None:
    group.events(f"XREADGROUP {words}")
    look(group)


def test_of_deleted_entries_only_the_id_is_history(group: Both) -> None:
    group.transcript("XDEL s 2-1", "XREADGROUP GROUP g alice STREAMS s 0")
    look(group)


def test_an_entry_that_is_read_again_changes_hands(group: Both) -> None:
    group.transcript(
        "XGROUP SETID s g 0", "XREADGROUP GROUP g bob STREAMS s >", "XREADGROUP GROUP g alice STREAMS s 0"
    )
    look(group)


def test_history_may_lie_in_many_nodes(both: Both) -> None:
    both.transcript("XGROUP CREATE s g 0 MKSTREAM", *(f"XADD s {number}-0 f v" for number in range(1, 500)))
    both.transcript(
        "XREADGROUP GROUP g alice STREAMS s >", "XDEL s 7-0 250-0", "XREADGROUP GROUP g alice STREAMS s 0"
    )


def test_a_consumer_is_there_as_soon_as_it_reads(call: Session) -> None:
    # 7.0 creates it when it gets something.
    call("XGROUP CREATE s g $ MKSTREAM")
    call.announced()
    assert b"*-1\r\n" == call("XREADGROUP GROUP g alice STREAMS s >")
    assert [(0, b"xgroup-createconsumer", b"s")] == call.announced()
    assert b"*0\r\n" == call("XCLAIM s g bob 0 1-1")
    assert b"*3\r\n$3\r\n0-0\r\n*0\r\n*0\r\n" == call("XAUTOCLAIM s g carol 0 0")
    assert b":0\r\n" * 3 == b"".join(
        call(f"XGROUP CREATECONSUMER s g {name}") for name in ("alice", "bob", "carol")
    )


# --- XACK


@pytest.mark.parametrize(
    "words",
    [
        "s g 1-1",
        "s g 1 1-1 2-1 2-1 9-9",
        "s g 1-1 x",
        "s g x 1-1",
        "s h x",
        "none g x",
        "str g x",
        "s g -",
        "s g",
    ],
)
def test_xack_takes_and_refuses_the_same(group: Both, words: str) -> None:
    group.events(f"XACK {words}")
    look(group)


def test_what_is_acknowledged_is_counted_as_a_change_that_no_reader_sees(call: Session) -> None:
    for line in (
        "XADD s 1-1 f v",
        "XADD s 2-1 f v",
        "XGROUP CREATE s g 0",
        "XREADGROUP GROUP g c STREAMS s >",
    ):
        call(line)
    call.announced()
    before = call.engine.stats.dirty
    assert b":2\r\n" == call("XACK s g 1-1 2-1 3-1")
    assert (2, []) == (call.engine.stats.dirty - before, call.announced())


# --- XINFO


@pytest.mark.parametrize(
    "words",
    [
        *(
            "STREAM s FULL COUNT",
            "STREAM s FULL COUNT x",
            "STREAM s FOO",
            "STREAM s FULL COUNT 1 2",
            "STREAM s FULL 1 2",
        ),
        *(
            "STREAM none",
            "STREAM none FOO",
            "STREAM str",
            "GROUPS s",
            "GROUPS none",
            "GROUPS str",
            "CONSUMERS s h",
        ),
        *("CONSUMERS none g", "CONSUMERS str g", "STREAM", "GROUPS", "CONSUMERS s", "GROUPS s g", "STREAM s"),
    ],
)
def test_xinfo_takes_and_refuses_the_same(group: Both, words: str) -> None:
    group(f"XINFO {words}")


@pytest.mark.parametrize("count", ["", "COUNT 0", "COUNT 1", "COUNT -1", "count 3"])
def test_xinfo_stream_full_tells_as_much_as_it_is_asked_for(group: Both, count: str) -> None:
    group.transcript(
        *(f"XADD s {number}-1 f {number}" for number in range(7, 30)), "XREADGROUP GROUP g carol STREAMS s >"
    )
    but_for_age(group, f"XINFO STREAM s FULL {count}")


def test_names_come_in_the_order_of_their_bytes(both: Both) -> None:
    both("XADD s 1-1 f v")
    for name in (b"b", b"a", b"\xff", b"B", b"", b"ab"):
        both("XGROUP", "CREATE", "s", name, "0")
    for name in (b"b", b"a", b"\xff", b"B", b"", b"ab"):
        both("XGROUP", "CREATECONSUMER", "s", "a", name)
    but_for_age(both, "XINFO GROUPS s")
    but_for_age(both, "XINFO CONSUMERS s a")


def test_consumers_tell_when_they_were_seen_and_when_they_got_something(
    call: Session, manual_time: ManualTime
) -> None:
    # As in 7.2. The oracle knows no difference.
    for line in ("XADD s 1-1 f v", "XGROUP CREATE s g 0", "XREADGROUP GROUP g c STREAMS s >", "HELLO 3"):
        call(line)
    manual_time.pass_by(5)
    call("XREADGROUP GROUP g c STREAMS s >")
    call("XGROUP CREATECONSUMER s g idler")
    manual_time.pass_by(2)
    asked = call("XINFO CONSUMERS s g")
    assert b"$4\r\nidle\r\n:2000\r\n$8\r\ninactive\r\n:7000\r\n" in asked
    assert b"$4\r\nidle\r\n:2000\r\n$8\r\ninactive\r\n:-1\r\n" in asked
    full = call("XINFO STREAM s FULL")
    assert b"$9\r\nseen-time\r\n:1700000005000\r\n$11\r\nactive-time\r\n:1700000000000\r\n" in full
    assert b"$9\r\nseen-time\r\n:1700000005000\r\n$11\r\nactive-time\r\n:-1\r\n" in full


def test_reading_without_acknowledgement_is_no_activity(call: Session) -> None:
    for line in ("XADD s 1-1 f v", "XGROUP CREATE s g 0", "XREADGROUP GROUP g c NOACK STREAMS s >"):
        call(line)
    assert b"inactive\r\n:-1\r\n" in call("XINFO CONSUMERS s g")


def test_how_far_groups_lag_is_what_redis_says(both: Both) -> None:
    both.transcript(*(f"XADD s {number}-1 f v" for number in range(1, 9)))
    both.transcript(
        "XGROUP CREATE s a 0",
        "XGROUP CREATE s b 3-1",
        "XGROUP CREATE s c $",
        "XGROUP CREATE s d 0 ENTRIESREAD 0",
    )
    both.transcript(*(f"XGROUP CREATECONSUMER s {name} x" for name in "abcd"))
    for line in (
        "XDEL s 4-1",
        "XTRIM s MAXLEN 4",
        "XDEL s 8-1",
        "XADD s 9-1 f v",
        "XTRIM s MAXLEN 0",
        "XADD s 10-1 f v",
    ):
        for name in "abcd":
            both(f"XREADGROUP GROUP {name} x COUNT 1 STREAMS s >")
        both.transcript(line, "XINFO GROUPS s")


# --- the data


def test_groups_are_no_part_of_the_fingerprint_of_a_stream(group: Both) -> None:
    group.ours.engine.config.values[b"enable-debug-command"] = b"yes"
    group.transcript(
        "DEBUG DIGEST-VALUE s", "XDEL s 2-1", "DEBUG DIGEST-VALUE s", "XACK s g 1-1", "DEBUG DIGEST"
    )


@pytest.mark.parametrize("read", [2**63 - 1, 2**63 - 2, 0])
@pytest.mark.parametrize("added", [2**63 - 1, 2**63 - 2, 3])
def test_counters_of_a_stream_go_on_below_zero_as_those_of_redis_do(
    both: Both, added: int, read: int
) -> None:
    both("XADD k 1-1 a b")
    both("XADD k 2-1 a b")
    both("XSETID", "k", "3-1", "ENTRIESADDED", added)
    both("XGROUP", "CREATE", "k", "g", "0", "ENTRIESREAD", read)
    both("XGROUP CREATECONSUMER k g c")
    for number in (4, 5):
        both("XADD", "k", f"{number}-1", "a", "b")
        both("XREADGROUP GROUP g c NOACK COUNT 1 STREAMS k >")
        both("XINFO GROUPS k")
        both("XINFO STREAM k")
