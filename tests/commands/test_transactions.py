"""Transactions, beside a real Redis; what WATCH adds to them has a module of its own."""

import re
from collections.abc import Callable, Sequence

import pytest

from bare_engine import ManualTime, Session
from crowd import Crowd, pass_by
from oracle import Oracle, Value, Wire, encode_command
from side_by_side import Both
from trioredis.config.catalogue import find


def value_of(reply: bytes) -> Value:
    return Wire(None, bytearray(reply)).read_value()  # type: ignore[arg-type]


# --- MULTI, EXEC, DISCARD


def test_commands_are_queued_and_then_run_at_once(both: Both) -> None:
    both.transcript("MULTI", "SADD s a", "SMEMBERS s", "SADD s b", "SCARD s", "EXEC", "SCARD s")


def test_each_reply_is_what_the_command_found(both: Both) -> None:
    both.transcript("RPUSH l a b", "HSET h f v", "MULTI", "LRANGE l 0 -1", "HGETALL h", "RPUSH l c", "DEL h")
    both.transcript("LRANGE l 0 -1", "HGETALL h", "EXEC")


def test_an_empty_transaction_has_no_replies(both: Both) -> None:
    both.transcript("MULTI", "EXEC", "MULTI", "DISCARD")


def test_a_command_that_fails_in_exec_stops_nothing(both: Both) -> None:
    both.transcript("SET k v", "MULTI", "LPUSH k x", "SET k w", "INCR k", "EXEC", "GET k")


@pytest.mark.parametrize(
    "refused",
    ["NOSUCH", "GET", "CONFIG", "CONFIG NOSUCH", "CLIENT GETNAME x", "OBJECT ENCODING", "SHUTDOWN", "DEBUG"],
)
def test_what_is_refused_while_queueing_aborts_the_transaction(both: Both, refused: str) -> None:
    both.transcript("SET k v", "MULTI", "SET k w", refused, "SET k x", "EXEC", "GET k", "EXEC")


@pytest.mark.parametrize(
    "ending",
    [("EXEC now", "GET k", "EXEC"), ("DISCARD", "GET k", "EXEC"), ("RESET",), ("DISCARD now", "EXEC")],
)
def test_transactions_end_without_being_run(both: Both, ending: tuple[str, ...]) -> None:
    both.transcript("SET k v", "MULTI", "SET k w", *ending)


def test_unbalanced_calls_are_refused(both: Both) -> None:
    both.transcript(
        "EXEC", "DISCARD", "EXEC now", "MULTI now", "MULTI", "MULTI", "WATCH k", "SET k v", "EXEC"
    )
    both.transcript("GET k", "EXEC", "MULTI", "DISCARD", "DISCARD", "WATCH", "UNWATCH k")


def test_what_is_said_of_the_connection_holds_for_the_rest_of_the_transaction(both: Both) -> None:
    both.transcript("SET k zero", "MULTI", "SELECT 1", "SET k one", "GET k", "SELECT 99", "EXEC", "GET k")
    both.transcript("MULTI", "CLIENT SETNAME me", "CLIENT GETNAME", "AUTH x", "AUTH default x", "EXEC")
    both.transcript("MULTI", "HGETALL k2", "HELLO 4", "EXEC", "CLIENT GETNAME")


def test_hello_changes_the_protocol_within(call: Session) -> None:
    for line in ("HSET h f v", "MULTI", "HGETALL h", "HELLO 3", "HGETALL h"):
        call(line)
    reply = call("EXEC")
    assert reply.startswith(b"*3\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n%7\r\n")
    assert reply.endswith(b"%1\r\n$1\r\nf\r\n$1\r\nv\r\n")


def test_quit_ends_the_client_at_once(call: Session) -> None:
    call("MULTI")
    call("SET k v")
    assert b"+OK\r\n" == call("QUIT")
    assert call.client.gone
    assert b"$-1\r\n" == call.another()("GET k")


def test_a_client_is_listed_with_its_transaction(both: Both, other: Both) -> None:
    def listed() -> set[bytes]:
        """Some fields of each client's line, the same here and there."""
        fields = re.compile(rb" (flags=\w+ db=\d+) .* (multi=\S+) .* (cmd=\S+) ")
        theirs, ours = (
            {b" ".join(found) for found in fields.findall(call("CLIENT", "LIST"))}
            for call in (other.theirs.command, other.ours)
        )
        assert theirs >= ours
        return ours

    both.transcript("WATCH k", "MULTI", "GET k", "SELECT 3", "GET k")
    assert b"flags=x db=0 multi=3 cmd=get" in listed()
    other("SET k v")
    assert b"flags=xd db=0 multi=3 cmd=get" in listed()
    both("EXEC")
    assert b"flags=N db=0 multi=-1 cmd=exec" in listed()


def test_a_client_sees_itself_in_its_transaction(both: Both) -> None:
    both("MULTI")
    both("GET k")
    both("CLIENT INFO")
    for reply in (both.theirs.command("EXEC"), both.ours("EXEC")):
        assert b"flags=x " in reply
        assert b" multi=2 " in reply


def test_a_bug_in_a_command_leaves_the_others_alone(call: Session) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError

    call.engine.commands.usual[b"STRLEN"].handler = break_down
    for line in ("MULTI", "SET k v", "STRLEN k", "GET k"):
        call(line)
    assert b"*3\r\n+OK\r\n-ERR internal error\r\n$1\r\nv\r\n" == call("EXEC")
    assert b"-ERR EXEC without MULTI\r\n" == call("EXEC")


# --- inside EXEC


@pytest.mark.parametrize(
    "line",
    [
        *("BLPOP l m 0", "BRPOP l 0", "BLMOVE l m LEFT LEFT 0", "BRPOPLPUSH l m 0", "BLMPOP 0 1 l LEFT"),
        *("BZPOPMIN z 0", "BZPOPMAX z 0", "BZMPOP 0 1 z MIN", "XREAD BLOCK 0 STREAMS x $", "WAIT 1 0"),
        *("XREADGROUP GROUP g c BLOCK 0 STREAMS groups >", "MONITOR"),
    ],
)
def test_nothing_waits_in_a_transaction(both: Both, line: str) -> None:
    both.transcript("XGROUP CREATE groups g $ MKSTREAM", "MULTI", line, "RPUSH l a", "EXEC", "PING", "LLEN l")


def test_blocking_commands_take_what_the_transaction_put_there(both: Both) -> None:
    both.transcript(
        "MULTI", "BLPOP l 0", "RPUSH l a b", "BLPOP l 0", "BLMOVE l m LEFT LEFT 0", "EXEC", "LLEN l"
    )


def test_who_sleeps_in_a_transaction_lets_everybody_wait_after_it(
    call: Session, manual_time: ManualTime
) -> None:
    call.engine.config.assign(find(b"enable-debug-command"), [b"yes"])
    for line in ("MULTI", "DEBUG SLEEP 10", "SET k v"):
        call(line)
    assert b"*2\r\n+OK\r\n+OK\r\n" == call("EXEC")
    other = call.another()
    assert b"" == other("GET k")
    pass_by(call, manual_time, 10)
    assert other.client not in call.engine.gate.held


def test_who_waits_is_served_when_all_has_run(both: Both, crowd: Crowd) -> None:
    crowd.wait("BLPOP l 0")
    crowd.wait("BLPOP n l 0")
    both.transcript(
        "MULTI", "RPUSH l a b", "DEL l", "RPUSH l c d", "LPUSH l e", "RPUSH m x", "LLEN l", "EXEC"
    )
    crowd.hear(0, 1)
    both.transcript("LRANGE l 0 -1", "LRANGE m 0 -1")


def test_who_waits_gets_nothing_that_is_gone_at_the_end(both: Both, crowd: Crowd) -> None:
    crowd.wait("BLPOP l 0")
    both.transcript("MULTI", "RPUSH l a", "LPOP l", "EXEC")
    crowd.hear()
    both.transcript("MULTI", "RPUSH l a", "RENAME l z", "SADD l x", "EXEC", "DEL l", "RENAME z l")
    crowd.hear(0)


def answers(call: Callable[..., bytes], lines: Sequence[str]) -> bytes:
    """What our side says to lines, of which some are not answered."""
    return b"".join(call(line) for line in lines)


QUIET = [
    ["CLIENT REPLY SKIP", "MULTI", "GET k", "EXEC"],
    ["MULTI", "CLIENT REPLY OFF", "GET k", "EXEC", "GET k", "CLIENT REPLY ON"],
    ["MULTI", "GET k", "CLIENT REPLY OFF", "GET k", "CLIENT REPLY ON", "GET k", "EXEC"],
    ["MULTI", "GET k", "CLIENT REPLY SKIP", "GET k", "EXEC", "GET k", "GET k"],
    ["CLIENT REPLY OFF", "MULTI", "GET k", "EXEC", "CLIENT REPLY ON"],
    ["CLIENT REPLY OFF", "MULTI", "GET k", "CLIENT REPLY ON", "GET k", "EXEC", "GET k"],
    ["MULTI", "CLIENT REPLY SKIP", "EXEC", "GET k", "GET k"],
    ["MULTI", "GET k", "CLIENT REPLY SKIP", "CLIENT REPLY ON", "EXEC", "GET k", "GET k"],
    ["MULTI", "CLIENT KILL TYPE normal SKIPME no", "GET k", "SET k w", "EXEC", "GET k"],
    ["MULTI", "CLIENT REPLY SKIP", "NOSUCH", "EXEC"],
    ["CLIENT REPLY OFF", "MULTI", "NOSUCH", "EXEC", "CLIENT REPLY ON"],
]


@pytest.mark.parametrize("lines", QUIET, ids=" - ".join)
def test_replies_that_are_not_wanted_are_left_out(oracle: Oracle, call: Session, lines: list[str]) -> None:
    with oracle.connect() as wire:
        for line in ("FLUSHALL", "SET k v"):
            wire.command(*line.split())
            call(line)
        wire.send(b"".join(encode_command(*line.split()) for line in lines))
        wire.send_eof()
        assert wire.read_until_closed() == answers(call, lines)


def test_commands_are_counted_when_they_run(both: Both) -> None:
    def counted() -> bytes:
        calls = rb"cmdstat_(\w+):calls=(\d+),.*(rejected_calls=\d+,failed_calls=\d+)"
        errors = rb"errorstat_(\w+):count=(\d+)"
        theirs, ours = (
            [re.findall(each, call("INFO", "commandstats", "errorstats")) for each in (calls, errors)]
            for call in (both.theirs.command, both.ours)
        )
        ignored = (b"config", b"hello", b"info", b"flushall")
        assert [x for x in sorted(theirs[0]) if x[0] not in ignored] == [
            x for x in sorted(ours[0]) if x[0] not in ignored
        ]
        assert sorted(theirs[1]) == sorted(ours[1])

    both("CONFIG RESETSTAT")
    both.transcript("SET k v", "WATCH k", "MULTI", "GET k", "LPUSH k x", "INCR k", "EXEC")
    both.transcript(
        "MULTI", "NOSUCH", "GET", "EXEC", "EXEC", "EXEC x", "DISCARD", "MULTI", "MULTI", "DISCARD"
    )
    both.transcript("WATCH k", "SET k v", "MULTI", "GET k", "EXEC", "MULTI", "EXEC x", "UNWATCH")
    counted()


def test_slow_commands_are_logged_one_by_one(both: Both) -> None:
    both("CONFIG SET slowlog-log-slower-than 0")
    both.transcript("SLOWLOG RESET", "MULTI", "SET k v", "GET k", "EXEC")
    theirs, ours = both.theirs.ask("SLOWLOG", "GET"), value_of(both.ours("SLOWLOG GET"))
    assert [call[3] for call in theirs] == [call[3] for call in ours]
    both("CONFIG SET slowlog-log-slower-than 10000")
