"""Servers for the programs and libraries of other people: one of ours, in a thread, and a real Redis beside it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ecosystem.redis_py import Both, Client
from oracle import Oracle, Wire
from trioredis.testing import server_thread


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server of ours, for the tests of one module."""
    with server_thread(enable_debug_command="yes") as url:
        yield url


@pytest.fixture
def wire(url: str) -> Iterator[Wire]:
    """A connection to our server, whose databases are empty."""
    with Wire.connect("127.0.0.1", urlsplit(url).port or 0) as wire:
        wire.command("FLUSHALL")
        yield wire


@pytest.fixture
def ports(url: str, wire: Wire, oracle: Oracle, oracle_wire: Wire) -> tuple[int, int]:
    """The ports of a real Redis and of our server, which hold the same few keys."""
    for each in (oracle_wire, wire):
        each.command(
            "MSET", "a", 10, "key:1", "hello", "key:2", "x" * 300, "empty", "", "bytes", b"\x00\xff\n"
        )
        each.command("EXPIREAT", "key:1", 4_000_000_000)
    return oracle.port, urlsplit(url).port or 0


@pytest.fixture(params=[2, 3], ids=["resp2", "resp3"])
def both(request: pytest.FixtureRequest, oracle: Oracle, url: str) -> Iterator[Both]:
    options = {"protocol": request.param, "decode_responses": True, "retry": Retry(NoBackoff(), 1)}
    with redis.Redis.from_url(oracle.url, **options) as theirs, redis.Redis.from_url(url, **options) as ours:
        for client in (theirs, ours):
            client.flushall()
            client.mset({"a": 10, "b": "text", "empty": ""})
        yield Both(theirs, ours)


@pytest.fixture(params=["redis", "trioredis"])
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A client of either server, which knows no key and no script."""
    is_ours = request.param == "trioredis"
    url = request.getfixturevalue("url") if is_ours else request.getfixturevalue("oracle").url
    with redis.Redis.from_url(url, decode_responses=True) as client:
        client.flushall()
        client.script_flush()
        yield client
