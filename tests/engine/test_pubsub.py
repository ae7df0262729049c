"""What a message costs, and that nothing is left of a client that goes."""

import time

import pytest

from bare_engine import ManualTime, Session
from trioredis.engine.blocking import block
from trioredis.engine.clients import Unusual
from trioredis.engine.command import WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.engine.lifecycle import release
from trioredis.protocol.replies import OK, Reply

LIMIT = "client-output-buffer-limit"


def subscriber(call: Session, line: str, protocol: int = 2) -> Session:
    """One more client, that has subscribed to something."""
    session = call.another()
    session.client.speak(protocol)
    session(line)
    return session


def is_killed(session: Session) -> bool:
    return bool(session.client.unusual & Unusual.KILLED)


def test_all_subscribers_of_a_version_share_one_message(call: Session) -> None:
    subscribers = [subscriber(call, "SUBSCRIBE a", protocol) for protocol in (2, 3) * 10]
    call("PUBLISH", "a", "x" * 100_000)
    messages = [message for each in subscribers for message in each.client.replies]
    assert 20 == len(messages)
    assert 2 == len(set(map(id, messages)))


def test_subscribers_by_a_pattern_share_one_message(call: Session) -> None:
    subscribers = [subscriber(call, "PSUBSCRIBE a*") for _ in range(10)]
    call("PUBLISH", "abc", "x" * 100_000)
    assert 1 == len({id(message) for each in subscribers for message in each.client.replies})


@pytest.mark.parametrize("line", ["SUBSCRIBE a b", "PSUBSCRIBE a* b*", "SSUBSCRIBE a b"])
def test_nothing_is_left_of_a_subscriber_that_goes(call: Session, line: str) -> None:
    pubsub = call.engine.pubsub
    gone, other = subscriber(call, line), subscriber(call, line)
    release(call.engine, gone.client)
    for sort in (pubsub.channels, pubsub.patterns, pubsub.shard_channels):
        assert gone.client not in sort.names
        assert all([other.client] == list(clients) for clients in sort.clients.values())
    release(call.engine, other.client)
    for sort in (pubsub.channels, pubsub.patterns, pubsub.shard_channels):
        assert {} == sort.names == sort.clients
    assert {} == pubsub._matchers
    assert 0 == gone.client.unusual & Unusual.SUBSCRIBED


def test_a_client_that_is_going_away_gets_nothing_more(call: Session) -> None:
    gone = subscriber(call, "SUBSCRIBE a")
    call.engine.clients.close(gone.client)
    assert b":0\r\n" == call("PUBLISH a x")
    assert b"" == gone.taken()


def test_a_client_without_subscriptions_is_a_usual_one(call: Session) -> None:
    for sort in ("", "P", "S"):
        call(f"{sort}SUBSCRIBE a b")
    for sort in ("", "P", "S"):
        assert Unusual.SUBSCRIBED == call.client.unusual
        call(f"{sort}UNSUBSCRIBE")
    assert 0 == call.client.unusual


def test_a_subscriber_may_idle(call: Session, manual_time: ManualTime) -> None:
    call("CONFIG SET timeout 10")
    idle = subscriber(call, "SUBSCRIBE a")
    manual_time.pass_by(100)
    call.engine.clock.refresh()
    call.engine.timers.run_due(call.engine.clock.monotonic)
    assert not idle.client.gone
    idle("UNSUBSCRIBE")
    manual_time.pass_by(11)
    call.engine.clock.refresh()
    call.engine.timers.run_due(call.engine.clock.monotonic)
    assert idle.client.gone


def test_subscribers_have_a_limit_of_their_own(call: Session) -> None:
    call("CONFIG", "SET", LIMIT, "normal 1mb 0 0 pubsub 3mb 0 0")
    slow, quick = subscriber(call, "SUBSCRIBE a"), subscriber(call, "SUBSCRIBE a")
    for _ in range(2):
        call("PUBLISH", "a", "x" * 1_000_000)
        quick.taken()
    assert not is_killed(slow)
    call("PUBLISH", "a", "x" * 1_500_000)
    assert is_killed(slow)
    assert not is_killed(quick)
    assert b":1\r\n" == call("PUBLISH a x")


def test_one_transaction_cannot_fill_the_memory_with_messages(call: Session) -> None:
    call("CONFIG", "SET", LIMIT, "pubsub 3mb 0 0")
    call.client.speak(3)
    slow = subscriber(call, "SUBSCRIBE a")
    call("SUBSCRIBE a")
    call("MULTI")
    for _ in range(100):
        call("PUBLISH", "a", "x" * 100_000)
    assert b"message" not in call("EXEC")
    assert is_killed(slow)
    assert is_killed(call)
    assert [] == slow.client.replies


@pytest.mark.parametrize("line", ["WATCH k", "CLIENT TRACKING ON"])
def test_who_is_cut_off_in_the_midst_of_a_change_leaves_those_who_hear_of_it(
    call: Session, line: str
) -> None:
    """It was the last one who listened in some way; the change is heard by all others, once."""
    call("CONFIG", "SET", "notify-keyspace-events", "K$", LIMIT, "pubsub 1mb 0 0")
    slow, other = call.another(), call.another()
    slow.client.speak(3)
    other.client.speak(3)
    slow(line)
    slow("PSUBSCRIBE __keyspace*")
    other("SUBSCRIBE __keyspace@0__:last")
    call("SET first 1")
    slow.client.replies.append(b"x" * 2_000_000)
    call.engine.pubsub._unchecked = 2_000_000
    other.taken()
    assert b"+OK\r\n" == call("SET last 1")
    assert is_killed(slow)
    assert 1 == other.taken().count(b"set")
    assert (call.engine.notifications,) == call.engine.listeners.present


def test_who_is_cut_off_by_a_message_gets_it_because_of_no_other_pattern(call: Session) -> None:
    call("CONFIG", "SET", LIMIT, "pubsub 1mb 0 0")
    slow = subscriber(call, "PSUBSCRIBE a* *c")
    assert b":1\r\n" == call("PUBLISH", "abc", "x" * 2_000_000)
    assert is_killed(slow)
    assert b":0\r\n" == call("PUBLISH abc x")


def test_a_cruel_pattern_takes_no_time_to_speak_of(call: Session) -> None:
    subscriber(call, "PSUBSCRIBE " + "a*" * 2000 + "b " + "[^b]*" * 2000 + "b " + "?*" * 2000 + "b")
    began = time.perf_counter()
    call("PUBLISH", "a" * 5000, "x")
    assert time.perf_counter() - began < 1


def test_a_thousand_subscribers_cost_the_publisher_little_each(call: Session) -> None:
    """The time for a message grows no faster than the number of its subscribers."""

    def seconds(times: int) -> float:
        best = 1.0
        for _ in range(5):
            began = time.perf_counter()
            for _ in range(times):
                call("PUBLISH a x")
            best = min(best, time.perf_counter() - began)
            for each in subscribers:
                each.taken()
        return best

    subscribers = [subscriber(call, "SUBSCRIBE a") for _ in range(100)]
    few = seconds(100)
    subscribers += [subscriber(call, "SUBSCRIBE a") for _ in range(900)]
    many = seconds(10)
    assert many < 4 * few


@command("AWAIT", arity=3, flags=WRITE, keys=KeySpec(1, flags="RW"), group="generic", since="1.0.0")
def await_length(ctx: Context, key: bytes, length: bytes) -> Reply:
    """Say on the channel `a` that it looks, and wait for a string that is as long."""
    ctx.engine.pubsub.publish(b"a", b"look")
    value = ctx.db.find(key)
    if value is not None and len(value) >= int(length):
        return OK
    return block(ctx, [key, length], keys=[key], kind=None, milliseconds=0, late_reply=None)


def test_what_a_blocked_command_says_when_it_is_run_again_is_no_answer(call: Session) -> None:
    call.engine.commands.add(await_length)
    blocked = subscriber(call, "SUBSCRIBE a", 3)
    look = b">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$4\r\nlook\r\n"
    assert look == blocked("AWAIT k 2")
    call("SET k x")
    assert look == blocked.taken()
    assert blocked.client.waiting
    call("APPEND k y")
    assert b"+OK\r\n" + look == blocked.taken()
    assert not blocked.client.waiting
