import pytest

from bare_engine import ManualTime
from trioredis.clock import Clock
from trioredis.keyspace.keyspace import Keyspace


@pytest.fixture
def time() -> ManualTime:
    return ManualTime()


@pytest.fixture
def keyspace(time: ManualTime) -> Keyspace:
    return Keyspace(Clock(time, time))
