"""The soft limit of a client's replies; the server's tests show the rest of a client's life over real streams."""

import pytest

from bare_engine import LooseEnds, ManualTime, Session
from trioredis.clock import Clock
from trioredis.engine.clients import Unusual
from trioredis.engine.lifecycle import release, watch_output
from trioredis.env import Env

LIMIT = "client-output-buffer-limit"


@pytest.fixture
def time() -> ManualTime:
    return ManualTime()


@pytest.fixture
def call(time: ManualTime) -> Session:
    session = Session.open(Env(clock=Clock(time, time)))
    session("CONFIG", "SET", LIMIT, "normal 0 1mb 10")
    return session


def owes(call: Session, size: int) -> None:
    """Let a round end with so many bytes of replies unsent."""
    connection = call.client.connection
    assert isinstance(connection, LooseEnds)
    connection.output_size = size
    watch_output(call.engine, call.client)


def has_ended(call: Session, time: ManualTime, seconds: float) -> bool:
    """Whether the client is ended after so many seconds."""
    time.pass_by(seconds)
    call.engine.clock.refresh()
    call.engine.timers.run_due(call.engine.clock.monotonic)
    return call.client.unusual & Unusual.KILLED > 0


def test_a_client_that_often_exceeds_the_soft_limit_is_watched_by_one_timer(call: Session) -> None:
    for _ in range(100):
        owes(call, 2_000_000)
        owes(call, 0)
    assert 1 == len(call.engine.timers)
    release(call.engine, call.client)
    assert 0 == len(call.engine.timers)


def test_time_over_the_soft_limit_counts_from_when_it_was_last_exceeded(
    call: Session, time: ManualTime
) -> None:
    owes(call, 2_000_000)
    assert not has_ended(call, time, 6)
    owes(call, 0)
    owes(call, 2_000_000)
    assert not has_ended(call, time, 9)
    assert has_ended(call, time, 1)


def test_a_soft_limit_that_is_relaxed_ends_a_client_later(call: Session, time: ManualTime) -> None:
    owes(call, 2_000_000)
    call("CONFIG", "SET", LIMIT, "normal 0 1mb 20")
    assert not has_ended(call, time, 11)
    assert has_ended(call, time, 9)
