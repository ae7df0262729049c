"""Clients that wait for entries. What 7.2 does when a key or a group goes away is not what the oracle, a 7.0, does."""

import pytest

from bare_engine import ManualTime, Session
from crowd import pass_by, waiting
from trioredis.engine.clients import Unusual

NOTHING = b"*-1\r\n"
NO_GROUP = b"-NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with GROUP option\r\n"
WRONG_TYPE = b"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"


def entries(key: str, *ids: str) -> bytes:
    """The reply with these entries of one stream, the field of which is ``f`` and the value ``v``."""
    fields = b"*2\r\n$1\r\nf\r\n$1\r\nv\r\n"
    told = b"".join(b"*2\r\n$%d\r\n%b\r\n%b" % (len(each), each.encode(), fields) for each in ids)
    return b"*1\r\n*2\r\n$%d\r\n%b\r\n*%d\r\n%b" % (len(key), key.encode(), len(ids), told)


# --- XREAD


def test_who_waits_gets_the_entry_that_comes(call: Session) -> None:
    other = waiting(call, "XREAD BLOCK 0 STREAMS s 0")
    assert b"$3\r\n1-1\r\n" == call("XADD s 1-1 f v")
    assert entries("s", "1-1") == other.taken()
    assert {} == call.engine.waiters.lines


def test_all_who_wait_get_it(call: Session) -> None:
    others = [waiting(call, "XREAD BLOCK 0 STREAMS s $") for _ in range(3)]
    call("XADD s 1-1 f v")
    assert [entries("s", "1-1")] * 3 == [other.taken() for other in others]


def test_a_dollar_stands_for_the_last_id_at_the_time_of_the_call(call: Session) -> None:
    call("XADD s 1-1 f v")
    other = waiting(call, "XREAD BLOCK 0 STREAMS s none $ $")
    call("XDEL s 1-1")
    assert b"" == other.taken()
    call("XADD s 1-2 f v")
    assert entries("s", "1-2") == other.taken()


def test_several_entries_that_come_at_once_are_all_seen(call: Session) -> None:
    # Nobody is served in the middle of a transaction; here the key is renamed.
    for line in ("XADD t 5-1 f v", "XADD t 6-1 f v"):
        call(line)
    other = waiting(call, "XREAD BLOCK 0 STREAMS s 5-0")
    call("RENAME t s")
    assert entries("s", "5-1", "6-1") == other.taken()


def test_what_is_older_than_what_was_seen_wakes_nobody(call: Session) -> None:
    other = waiting(call, "XREAD BLOCK 0 STREAMS s 5")
    call("XADD s 1-1 f v")
    assert b"" == other.taken()
    call("XADD s 5-1 f v")
    assert entries("s", "5-1") == other.taken()


def test_the_first_of_several_streams_ends_the_wait(call: Session) -> None:
    other = waiting(call, "XREAD COUNT 1 BLOCK 0 STREAMS a b c $ $ $")
    call("XADD b 1-1 f v")
    assert entries("b", "1-1") == other.taken()
    call("XADD a 1-1 f v")
    assert b"" == other.taken()


@pytest.mark.parametrize("line", ["DEL s", "SET s text", "FLUSHALL", "RENAME s t"])
def test_a_reader_without_a_group_waits_on_whatever_becomes_of_the_key(call: Session, line: str) -> None:
    call("XADD s 1-1 f v")
    other = waiting(call, "XREAD BLOCK 0 STREAMS s $")
    call(line)
    assert b"" == other.taken()
    call("DEL s")
    call("XADD s 9-1 f v")
    assert entries("s", "9-1") == other.taken()


def test_time_runs_out(call: Session, manual_time: ManualTime) -> None:
    other = waiting(call, "XREAD BLOCK 1500 STREAMS s $")
    pass_by(call, manual_time, 1.4)
    assert b"" == other.taken()
    pass_by(call, manual_time, 0.2)
    assert NOTHING == other.taken()
    assert {} == call.engine.waiters.lines


def test_nobody_waits_where_something_is_there_or_nothing_may_wait(call: Session) -> None:
    call("XADD s 1-1 f v")
    assert entries("s", "1-1") == call("XREAD BLOCK 0 STREAMS s 0")
    call.client.unusual |= Unusual.IMPATIENT
    assert NOTHING == call("XREAD BLOCK 0 STREAMS s $")


def test_the_reply_is_a_map_in_resp3(call: Session) -> None:
    other = call.another()
    other("HELLO 3")
    other("XREAD BLOCK 0 STREAMS s $")
    call("XADD s 1-1 f v")
    assert entries("s", "1-1").replace(b"*1\r\n*2\r\n", b"%1\r\n", 1) == other.taken()


# --- XREADGROUP


@pytest.fixture
def grouped(call: Session) -> Session:
    """A stream without entries that has a group."""
    call("XGROUP CREATE s g $ MKSTREAM")
    return call


def consumer(call: Session, name: str, options: str = "") -> Session:
    return waiting(call, f"XREADGROUP GROUP g {name} {options} BLOCK 0 STREAMS s >")


def pending(call: Session, name: str) -> list[bytes]:
    """The ids that a consumer has pending."""
    return [word for word in call(f"XPENDING s g - + 99 {name}").split(b"\r\n") if b"-" in word]


def test_each_consumer_gets_its_own_entry_and_who_came_first_the_first(grouped: Session) -> None:
    others = [consumer(grouped, name, "COUNT 1") for name in ("alice", "bob", "carol")]
    for number in (1, 2, 3, 4):
        grouped(f"XADD s {number}-1 f v")
    assert [entries("s", f"{n}-1") for n in (1, 2, 3)] == [other.taken() for other in others]
    assert [[b"1-1"], [b"2-1"], [b"3-1"]] == [pending(grouped, name) for name in ("alice", "bob", "carol")]


def test_entries_that_come_together_are_shared_out(grouped: Session) -> None:
    for number in (1, 2, 3):
        grouped(f"XADD t {number}-1 f v")
    grouped("XGROUP CREATE t g 0")
    others = [consumer(grouped, name, "COUNT 2") for name in ("alice", "bob", "carol")]
    grouped("RENAME t s")
    assert [entries("s", "1-1", "2-1"), entries("s", "3-1"), b""] == [other.taken() for other in others]


def test_what_another_consumer_reads_first_is_gone(grouped: Session) -> None:
    other = consumer(grouped, "alice")
    grouped("XADD s 1-1 f v")
    assert entries("s", "1-1") == other.taken()
    assert NOTHING == grouped("XREADGROUP GROUP g bob STREAMS s >")


def test_who_waits_without_acknowledging_leaves_nothing_pending(grouped: Session) -> None:
    other = consumer(grouped, "alice", "NOACK")
    grouped("XADD s 1-1 f v")
    assert entries("s", "1-1") == other.taken()
    assert [] == pending(grouped, "alice")


def test_history_does_not_wait(grouped: Session) -> None:
    assert b"*1\r\n*2\r\n$1\r\ns\r\n*0\r\n" == grouped("XREADGROUP GROUP g alice BLOCK 0 STREAMS s 0")


def test_a_waiting_consumer_is_there(grouped: Session) -> None:
    consumer(grouped, "alice")
    assert b"$5\r\nalice\r\n" in grouped("XINFO CONSUMERS s g")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("DEL s", NO_GROUP),
        ("XGROUP DESTROY s g", NO_GROUP),
        ("RENAME s t", NO_GROUP),
        ("FLUSHALL", NO_GROUP),
        ("SET s text", WRONG_TYPE),
        ("PEXPIREAT s 1", NO_GROUP),
    ],
)
def test_who_waits_is_told_when_the_group_is_gone(grouped: Session, line: str, expected: bytes) -> None:
    others = [consumer(grouped, name) for name in ("alice", "bob")]
    grouped(line)
    assert [expected] * 2 == [other.taken() for other in others]
    assert {} == grouped.engine.waiters.lines


def test_a_stream_that_ends_in_its_time_is_gone_too(grouped: Session, manual_time: ManualTime) -> None:
    grouped("PEXPIRE s 1000")
    other = consumer(grouped, "alice")
    pass_by(grouped, manual_time, 2)
    grouped.engine.keyspace.expire_due(10)
    grouped.executor.serve()
    assert NO_GROUP == other.taken()


def test_another_group_that_goes_disturbs_nobody(grouped: Session) -> None:
    grouped("XGROUP CREATE s h $")
    other = consumer(grouped, "alice")
    grouped("XGROUP DESTROY s h")
    assert b"" == other.taken()
    grouped("XADD s 1-1 f v")
    assert entries("s", "1-1") == other.taken()


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("TIMEOUT", NOTHING), ("ERROR", b"-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")],
)
def test_client_unblock_ends_the_wait(grouped: Session, reason: str, expected: bytes) -> None:
    other = consumer(grouped, "alice")
    assert b":1\r\n" == grouped(f"CLIENT UNBLOCK {other.client.id} {reason}")
    assert expected == other.taken()
    grouped("XADD s 1-1 f v")
    assert [] == pending(grouped, "alice")


def test_who_has_left_takes_no_entry_along(grouped: Session) -> None:
    gone, other = consumer(grouped, "alice"), consumer(grouped, "bob")
    assert gone.client.waiting is not None
    gone.client.waiting.cancel()
    grouped("XADD s 1-1 f v")
    assert (b"", entries("s", "1-1")) == (gone.taken(), other.taken())
    assert [] == pending(grouped, "alice")
