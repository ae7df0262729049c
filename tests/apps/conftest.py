"""The servers that the applications work with: ours as its users start it, and a real Redis to know the tests are right."""

import signal
from collections.abc import Iterator

import pytest
import redis

from apps.workers import MINUTE
from oracle import Oracle, free_port
from program import serving


@pytest.fixture(scope="session", params=["redis", "trioredis"])
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server in a process of its own."""
    if request.param == "redis":
        oracle: Oracle = request.getfixturevalue("oracle")
        yield oracle.url
    else:
        port = free_port()
        with serving("--port", str(port), "--bind", "127.0.0.1", seconds=10 * MINUTE) as program:
            yield f"redis://127.0.0.1:{port}"
            program.signal(signal.SIGTERM)
            assert 0 == program.end(), "\n".join(program.log)


@pytest.fixture(scope="module")
def clean_url(server_url: str) -> str:
    """A server that holds no key when the tests of a module begin."""
    with redis.Redis.from_url(server_url) as client:
        client.flushall()
    return server_url


@pytest.fixture
def url(clean_url: str) -> str:
    """A server that holds no key when a test begins."""
    with redis.Redis.from_url(clean_url) as client:
        client.flushall()
    return clean_url
