"""WAIT: who waits for replicas where there are none is told so, at once or when time is over."""

import pytest

from bare_engine import ManualTime, Session
from side_by_side import Both
from trioredis.engine.clients import Unusual


@pytest.mark.parametrize(
    "line",
    [
        *("WAIT 0 0", "WAIT -1 10", "WAIT x 10", "WAIT 1 x", "WAIT -1 x"),
        *("WAIT 1 -5", "WAIT 0 -1", "WAIT 99999999999999999999 1", "WAIT 1", "WAIT 1 1 1"),
    ],
)
def test_what_is_answered_at_once_is_answered_as_in_redis(line: str, both: Both) -> None:
    both(line)


def test_no_replica_ever_comes(call: Session, manual_time: ManualTime) -> None:
    assert b"" == call("WAIT 1 100")
    manual_time.pass_by(0.2)
    call.engine.clock.refresh()
    call.engine.timers.run_due(call.engine.clock.monotonic)
    assert b":0\r\n" == call.taken()


def test_somebody_else_can_end_it(call: Session) -> None:
    other = call.another()
    other("WAIT 1 0")
    assert b":1\r\n" == call("CLIENT", "UNBLOCK", other.client.id)
    assert b":0\r\n" == other.taken()


def test_a_transaction_does_not_wait(call: Session) -> None:
    call.client.unusual |= Unusual.IMPATIENT
    assert b":0\r\n" == call("WAIT 1 0")
