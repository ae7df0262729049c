"""Commands that are answered later: by what they waited for, by time, or never because the client is gone."""

import pytest

from bare_engine import NEVER, ManualTime, Session
from trioredis.clock import Clock
from trioredis.engine.clients import Unusual
from trioredis.engine.command import command
from trioredis.engine.context import Context
from trioredis.engine.lifecycle import release
from trioredis.engine.waiting import Waiting, wait
from trioredis.env import Env
from trioredis.numerals import parse_float
from trioredis.protocol.replies import NO_REPLY, NULL_ARRAY, Error, Reply

ended: list[str] = []


@command("WAIT-FOR", arity=-1, group="generic", since="1.0.0")
def wait_for(ctx: Context, *seconds: bytes) -> Reply:
    """Wait, for so many seconds or for ever."""
    wait(ctx, parse_float(seconds[0]) if seconds else None, NULL_ARRAY, lambda: ended.append("ended"))
    return NO_REPLY


@pytest.fixture
def call(manual_time: ManualTime) -> Session:
    ended.clear()
    session = Session.open(Env(clock=Clock(manual_time, manual_time)))
    session.engine.commands.add(wait_for)
    return session


def waiting(call: Session, line: str = "WAIT-FOR 10") -> Waiting:
    assert b"" == call(line)
    assert call.client.waiting is not None
    return call.client.waiting


def pass_by(call: Session, manual_time: ManualTime, seconds: float) -> None:
    manual_time.pass_by(seconds)
    call.engine.clock.refresh()
    call.engine.timers.run_due(call.engine.clock.monotonic)


def test_nothing_of_a_waiting_client_is_run(call: Session) -> None:
    commands = [[b"WAIT-FOR"], [b"SET", b"k", b"v"], [b"GET", b"k"]]
    left = call.executor.run(call.client, commands, NEVER)
    assert commands[1:] == list(left)
    assert commands[1:] == list(call.executor.run(call.client, left, NEVER))
    assert b"" == call.taken()


def test_an_answer_ends_it(call: Session) -> None:
    waiting(call).answer([b"key", b"element"])
    assert b"*2\r\n$3\r\nkey\r\n$7\r\nelement\r\n" == call.taken()
    assert b"+PONG\r\n" == call("PING")
    assert ["ended"] == ended


def test_the_client_is_taken_up_again_and_sent_its_answer(call: Session) -> None:
    waiting(call).answer(1)
    assert [call.client] == call.engine.resumed
    assert call.client in call.engine.clients.dirty


def test_time_ends_it(call: Session, manual_time: ManualTime) -> None:
    waiting(call, "WAIT-FOR 10")
    pass_by(call, manual_time, 9.999)
    assert b"" == call.taken()
    pass_by(call, manual_time, 0.002)
    assert b"*-1\r\n" == call.taken()
    assert ["ended"] == ended


def test_without_a_limit_time_ends_nothing(call: Session, manual_time: ManualTime) -> None:
    waiting(call, "WAIT-FOR")
    assert call.engine.timers.earliest is None
    pass_by(call, manual_time, 1e9)
    assert b"" == call.taken()


def test_it_ends_once(call: Session, manual_time: ManualTime) -> None:
    wait_ = waiting(call)
    wait_.answer(1)
    wait_.answer(2)
    wait_.time_out()
    wait_.cancel()
    pass_by(call, manual_time, 100)
    assert b":1\r\n" == call.taken()
    assert ["ended"] == ended


def test_an_end_that_was_meant_for_the_last_wait_does_not_touch_the_next(call: Session) -> None:
    last = waiting(call)
    last.answer(1)
    call.taken()
    waiting(call)
    last.answer(2)
    assert b"" == call.taken()
    assert call.client.unusual & Unusual.WAITING


def test_somebody_else_can_end_it_with_an_error_or_as_time_does(call: Session) -> None:
    waiting(call).answer(Error(b"UNBLOCKED by somebody"))
    assert b"-UNBLOCKED by somebody\r\n" == call.taken()
    waiting(call).time_out()
    assert b"*-1\r\n" == call.taken()


def test_a_client_that_leaves_leaves_nothing(call: Session, manual_time: ManualTime) -> None:
    wait_ = waiting(call)
    release(call.engine, call.client)
    assert ["ended"] == ended
    assert 0 == len(call.engine.timers)
    wait_.answer(1)
    assert [] == call.engine.resumed
    assert {} == call.engine.clients.dirty
    assert b"" == call.taken()


def test_a_client_that_is_being_closed_is_not_answered(call: Session) -> None:
    wait_ = waiting(call)
    call.engine.clients.close(call.client, at_once=True)
    wait_.answer(1)
    assert b"" == call.taken()


@pytest.mark.parametrize("reason", [Unusual.MUTED, Unusual.SKIP_NEXT])
def test_a_client_that_wants_no_answer_gets_none(call: Session, reason: int) -> None:
    call.client.unusual |= reason
    waiting(call).answer(1)
    assert b"" == call.taken()
    assert [call.client] == call.engine.resumed


def test_waiting_is_no_idling(call: Session, manual_time: ManualTime) -> None:
    waiting(call, "WAIT-FOR 100")
    pass_by(call, manual_time, 100)
    assert manual_time.seconds == call.client.last_used
