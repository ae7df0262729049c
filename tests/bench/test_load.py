"""The load of the benchmark: who is answered otherwise than expected has to hear of it, or wrong replies would be fast ones."""

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

import pytest

from bench import transactions
from bench.load import hold, repeated
from oracle import Wire
from trioredis.testing import server_thread


@pytest.fixture
def port() -> Iterator[int]:
    with server_thread() as url:
        yield urlsplit(url).port or 0


def test_every_client_says_everything(port: int) -> None:
    hold(port, partial(repeated, b"PING\r\nECHO hi\r\n", b"+PONG\r\n$2\r\nhi\r\n", 20), 5)
    with Wire.connect("127.0.0.1", port) as wire:
        assert b"cmdstat_ping:calls=100," in wire.command("INFO", "commandstats")


def test_another_reply_is_an_error(port: int) -> None:
    with pytest.raises(RuntimeError, match="PONG"):
        hold(port, partial(repeated, b"PING\r\n", b"+PING\r\n", 2), 1)


def test_increments_that_collide_are_made_again(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "INCREMENTS", 10)
    hold(port, transactions.incremented, 25)
    with Wire.connect("127.0.0.1", port) as wire:
        values = wire.ask("MGET", *(f"counter:{number}" for number in range(transactions.COUNTERS)))
    assert 250 == sum(map(int, values))  # type: ignore[arg-type]
