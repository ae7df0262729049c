"""Fixtures that every test may use: the oracle, an engine whose time stands still, and both of them side by side."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from random import Random

import pytest
from hypothesis import settings

from bare_engine import ManualTime, Session
from oracle import Oracle, Wire, is_installed, redis_server
from side_by_side import Both
from trioredis.clock import Clock
from trioredis.engine.engine import Engine
from trioredis.env import Env

# A machine under load is no reason to fail. The long profiles are for the nox sessions of their names.
settings.register_profile("suite", deadline=None, max_examples=50, stateful_step_count=30)
settings.register_profile("differential", deadline=None, max_examples=400, stateful_step_count=100)
settings.register_profile("fuzz", deadline=None, max_examples=20_000)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def oracle() -> Iterator[Oracle]:
    """A real redis-server for the whole session.

    Where there is none the test is skipped, but never in CI: a suite that has asked nobody proves nothing.
    """
    if not is_installed():
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("redis-server is not installed")
    with redis_server() as server:
        yield server


@pytest.fixture
def oracle_wire(oracle: Oracle) -> Iterator[Wire]:
    """A fresh connection to the oracle, whose databases are empty."""
    with oracle.connect() as wire:
        wire.command("FLUSHALL")
        yield wire


@pytest.fixture
def library_wire(oracle_wire: Wire) -> Iterator[Wire]:
    """The same connection; the oracle, which serves other tests too, has no libraries of functions before and after."""
    oracle_wire.command("FUNCTION", "FLUSH")
    yield oracle_wire
    oracle_wire.command("FUNCTION", "FLUSH")


@pytest.fixture
def manual_time() -> ManualTime:
    return ManualTime()


@pytest.fixture
def call(manual_time: ManualTime) -> Session:
    """A client of a new engine: `call("GET k")` returns the raw reply, in RESP2."""
    return Session.open(Env(clock=Clock(manual_time, manual_time), random=Random(0)))


@pytest.fixture
def engine(call: Session) -> Engine:
    """The engine behind `call`."""
    return call.engine


@pytest.fixture(params=[2, 3], ids=["resp2", "resp3"])
def both(request: pytest.FixtureRequest, oracle: Oracle, oracle_wire: Wire) -> Iterator[Both]:
    """A client of an engine whose time is the oracle's, and one of the oracle: `both("GET k")` compares the replies."""
    session = Session.open(Env(clock=Clock(time.time), random=Random(0)))
    session.client.speak(request.param)
    oracle_wire.command("HELLO", request.param)
    with ExitStack() as stack:

        def open_wire() -> Wire:
            return stack.enter_context(oracle.connect())

        yield Both(session, oracle_wire, open_wire(), request.param, open_wire)
