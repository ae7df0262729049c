"""Ours and the oracle's, for every script; DEBUG is allowed on both sides."""

import time
from collections.abc import Iterator
from random import Random

import pytest

from bare_engine import Session
from oracle import Oracle, Wire
from side_by_side import Both
from trioredis.clock import Clock
from trioredis.config.catalogue import find
from trioredis.env import Env


@pytest.fixture(params=[2, 3], ids=["resp2", "resp3"])
def both(request: pytest.FixtureRequest, oracle: Oracle, oracle_wire: Wire) -> Iterator[Both]:
    session = Session.open(Env(clock=Clock(time.time), random=Random(0)))
    session.engine.config.assign(find(b"enable-debug-command"), [b"yes"])
    session.client.speak(request.param)
    oracle_wire.command("SCRIPT", "FLUSH")
    oracle_wire.command("HELLO", request.param)
    with oracle.connect() as listener:
        yield Both(session, oracle_wire, listener, request.param)
