"""What every test of commands starts from: an engine, a call, and a real Redis to compare with.

`call`, of all tests, runs commands on a bare engine whose time stands still until the test says `manual_time.pass_by(10)`.
`both` runs them on another one, whose time is the oracle's, and on the oracle, and asserts that the raw replies
are equal; a test that asks for it runs twice, in RESP2 and in RESP3. See `bare_engine` for how to write commands.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from random import Random

import pytest

from bare_engine import Session
from crowd import Crowd, gathered
from oracle import Oracle, Wire
from side_by_side import Both
from trioredis.clock import Clock
from trioredis.config.catalogue import find
from trioredis.env import Env


@pytest.fixture(params=[2, 3], ids=["resp2", "resp3"])
def both(request: pytest.FixtureRequest, oracle: Oracle, oracle_wire: Wire) -> Iterator[Both]:
    session = Session.open(Env(clock=Clock(time.time), random=Random(0)))
    session.client.speak(request.param)
    oracle_wire.command("HELLO", request.param)
    with ExitStack() as stack:

        def open_wire() -> Wire:
            return stack.enter_context(oracle.connect())

        yield Both(session, oracle_wire, open_wire(), request.param, open_wire)


@pytest.fixture
def usual_limits(request: pytest.FixtureRequest) -> None:
    """Let both sides of `both`, if the test asks for them, begin with the usual limits of sorted sets."""
    if "both" in request.fixturenames:
        both: Both = request.getfixturevalue("both")
        both.ours.engine.config.assign(find(b"enable-debug-command"), [b"yes"])
        both("CONFIG", "SET", "zset-max-listpack-entries", 128)


@pytest.fixture
def crowd(both: Both, oracle: Oracle) -> Iterator[Crowd]:
    """Clients that wait on both sides of `both`; they are gone when the test ends."""
    with gathered(both, oracle) as crowd:
        yield crowd


@pytest.fixture
def other(both: Both) -> Both:
    """A second client on both sides of `both`."""
    return both.another()
