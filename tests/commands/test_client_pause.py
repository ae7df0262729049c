"""CLIENT PAUSE: who is held, for how long, and what does not happen meanwhile."""

import hashlib

import pytest
from attrs import define, field

from bare_engine import ManualTime, Session
from crowd import waiting
from oracle import encode_command
from side_by_side import Both
from trioredis.engine.client_listing import listing
from trioredis.engine.clients import Client
from trioredis.engine.engine import Engine
from trioredis.engine.listeners import Listener
from trioredis.keyspace.database import Database


@define(eq=False)
class Gossip(Listener):
    """Keeps what it hears."""

    heard: list[tuple[bytes, bytes]] = field(factory=list)

    def touched(self, client: Client | None, database: Database, key: bytes) -> None:
        self.heard.append((b"touched", key))

    def happened(self, client: Client | None, database: Database, key: bytes, event: bytes) -> None:
        self.heard.append((event, key))


def pass_time(engine: Engine, manual_time: ManualTime, seconds: float) -> None:
    """Let time pass, and what is due happen."""
    manual_time.pass_by(seconds)
    engine.clock.refresh()
    engine.timers.run_due(engine.clock.monotonic)


def flags_and_command(session: Session) -> tuple[bytes, bytes]:
    fields = dict(word.split(b"=", 1) for word in listing(session.client).split(b" "))
    return fields[b"flags"], fields[b"cmd"]


def test_pause_refuses_what_redis_refuses(both: Both) -> None:
    both.transcript("CLIENT PAUSE x", "CLIENT PAUSE -1", "CLIENT PAUSE 1.5", "CLIENT PAUSE 10 x")
    both.transcript("CLIENT PAUSE x x", "CLIENT PAUSE 10 write x", "CLIENT PAUSE 9223372036854775808")
    both.transcript("CLIENT UNPAUSE", "PING")


def test_a_pause_cannot_last_longer_than_time(call: Session) -> None:
    # As in Redis 7.2; the oracle, a 7.0, lets the number overflow and pauses nothing.
    assert b"-ERR timeout is out of range\r\n" == call("CLIENT PAUSE 9223372036854775807")
    assert b"+OK\r\n" == call(f"CLIENT PAUSE {2**63 - 1 - call.client.context.now} WRITE")


def test_a_pause_of_writes_lets_reads_and_refusals_pass(both: Both) -> None:
    both.transcript("CLIENT PAUSE 9000000 WRITE", "PING", "GET k", "GET", "SET k", "NOPE", "CLIENT UNPAUSE")
    both.transcript(
        "SET k v", "CLIENT PAUSE 9000000 write", "CLIENT PAUSE 0 WRITE", "GET k", "CLIENT UNPAUSE"
    )


def test_writers_are_held_until_the_pause_is_over(
    call: Session, engine: Engine, manual_time: ManualTime
) -> None:
    writer = call.another()
    call("CLIENT PAUSE 1000 WRITE")
    assert b"" == writer("SET k v")
    assert (b"b", b"set") == flags_and_command(writer)
    manual_time.pass_by(0.9)
    assert (b"$-1\r\n", []) == (call("GET k"), engine.resumed)
    pass_time(engine, manual_time, 0.1)
    assert [writer.client] == engine.resumed
    assert b"+OK\r\n" == writer("SET k v")


def test_unpause_lets_everybody_go_on_in_order(call: Session, engine: Engine) -> None:
    writers = [call.another() for _ in range(3)]
    call("CLIENT PAUSE 1000 WRITE")
    for writer in reversed(writers):
        writer("INCR k")
    assert b"+OK\r\n" == call("CLIENT UNPAUSE")
    assert [writer.client for writer in reversed(writers)] == engine.resumed


@pytest.mark.parametrize("pause", ["CLIENT PAUSE 1000", "CLIENT PAUSE 1000 ALL"])
def test_a_pause_of_everything_holds_everybody(
    pause: str, call: Session, engine: Engine, manual_time: ManualTime
) -> None:
    call(pause)
    assert b"" == call("CLIENT UNPAUSE")
    assert call("NOPE").startswith(b"-ERR unknown command")
    pass_time(engine, manual_time, 1)
    assert b"+PONG\r\n" == call("PING")


def test_of_two_pauses_the_longer_time_and_the_stricter_kind_hold(
    call: Session, engine: Engine, manual_time: ManualTime
) -> None:
    call("CLIENT PAUSE 1000 WRITE")
    call("CLIENT PAUSE 10 ALL")
    pass_time(engine, manual_time, 0.9)
    assert b"" == call("PING")
    pass_time(engine, manual_time, 0.1)
    assert b"+PONG\r\n" == call("PING")


def test_keys_end_but_do_not_expire_before_the_pause_is_over(
    call: Session, engine: Engine, manual_time: ManualTime
) -> None:
    call("SET k v PX 100")
    call("CLIENT PAUSE 1000 WRITE")
    gossip = Gossip()
    engine.listeners.join(gossip)
    pass_time(engine, manual_time, 0.2)
    assert (b"$-1\r\n", b":0\r\n") == (call("GET k"), call("EXISTS k"))
    assert [(b"touched", b"k")] == gossip.heard
    pass_time(engine, manual_time, 0.8)
    assert [(b"touched", b"k"), (b"expired", b"k")] == gossip.heard


def test_nobody_comes_for_keys_while_anything_is_held(
    call: Session, engine: Engine, manual_time: ManualTime
) -> None:
    call("SET k v PX 100")
    call("CLIENT PAUSE 1000 WRITE")
    engine.clock.refresh()
    assert (1.0, False) == (engine.next_wakeup(), engine.expires_keys)
    manual_time.pass_by(0.2)
    assert b":1\r\n" == call("DBSIZE")
    call("CLIENT UNPAUSE")
    assert engine.keyspace.deadline_changed
    assert (True, True) == (engine.next_wakeup() < 0, engine.expires_keys)


def test_a_transaction_that_depends_on_a_key_that_ends_meanwhile_runs_nothing(
    call: Session, manual_time: ManualTime
) -> None:
    other = call.another()
    call("SET k v PX 100")
    other("WATCH k")
    call("CLIENT PAUSE 1000 WRITE")
    manual_time.pass_by(0.2)
    other("MULTI"), other("PING")
    assert b"*-1\r\n" == other("EXEC")


def test_a_key_that_had_ended_when_it_was_watched_is_not_missed_when_it_expires(
    call: Session, manual_time: ManualTime
) -> None:
    other = call.another()
    call("SET k v PX 100")
    call("CLIENT PAUSE 1000 WRITE")
    manual_time.pass_by(0.2)
    other("WATCH k"), other("MULTI"), other("PING")
    call("CLIENT UNPAUSE")
    assert b"*1\r\n+PONG\r\n" == other("EXEC")


def test_what_waits_for_a_key_waits_no_longer_because_of_a_pause(
    call: Session, engine: Engine, manual_time: ManualTime
) -> None:
    other = waiting(call, "BLPOP l 0.5")
    call("CLIENT PAUSE 1000 ALL")
    pass_time(engine, manual_time, 0.5)
    assert b"*-1\r\n" == other.taken()


@pytest.mark.parametrize("line", ["PFCOUNT h", "PUBLISH ch m", "SET k v", "EXEC"])
def test_what_may_change_something_is_held_as_long_as_writes_are(line: str, call: Session) -> None:
    other = call.another()
    other("PFADD h a b")
    if line == "EXEC":
        other("MULTI"), other("GET k"), other("PFCOUNT h")
    call("CLIENT PAUSE 1000 WRITE")
    assert b"" == other(line)
    assert b"blocked_clients:1\r\n" in call("INFO clients")
    assert other.client in call.engine.gate.held


def test_a_script_is_held_with_the_writes_unless_it_says_that_it_only_reads(both: Both) -> None:
    reads = b"#!lua flags=no-writes\nreturn 1"
    both("SCRIPT", "LOAD", reads)
    sha = hashlib.sha1(reads).hexdigest()
    both("CLIENT PAUSE 100000 WRITE")
    both("EVAL", reads, 0)
    both("EVALSHA", sha, 0)
    both("EVAL_RO", "return 1", 0)
    both("EVALSHA_RO", "f" * 40, 0)
    others = [both.another() for _ in range(5)]
    for other, call in zip(
        others,
        [
            ("EVAL", "return 1", 0),
            ("EVAL", "#!lua\nreturn 1", 0),
            ("EVAL", "#!lua flags=nope\nreturn 1", 0),
            ("EVALSHA", "f" * 40, 0),
            ("EVALSHA", "nope", 0),
        ],
        strict=True,
    ):
        assert b"" == other.ours(*call)
        other.theirs.send(encode_command(*call))
    both("CLIENT UNPAUSE")
    assert [other.ours.client for other in others] == both.ours.engine.resumed
    replies = [other.theirs.read_raw() for other in others]
    assert [b":1", b":1", b"-ERR", b"-NOSCRIPT", b"-NOSCRIPT"] == [reply.split()[0] for reply in replies]


def test_a_transaction_that_only_reads_is_not_held_with_the_writes(both: Both) -> None:
    other = both.another()
    other.transcript("MULTI", "GET k", "PING")
    both("CLIENT PAUSE 100000 WRITE")
    assert other("EXEC").startswith(b"*2\r\n")
    both("CLIENT UNPAUSE")


def test_a_pause_in_a_transaction_lets_the_rest_of_it_pass(both: Both) -> None:
    both.transcript("MULTI", "CLIENT PAUSE 100000 WRITE", "SET k v", "EXEC", "GET k", "CLIENT UNPAUSE")


def test_a_monitor_is_never_held(both: Both) -> None:
    monitor = both.another()
    monitor("MONITOR")
    both("CLIENT PAUSE 100000 ALL")
    monitor("CLIENT UNPAUSE")
    both("PING")
