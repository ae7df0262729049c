"""Dramatiq: actors that a worker in a process of its own plays."""

from collections.abc import Iterator

import dramatiq
import pytest
from dramatiq.brokers.redis import RedisBroker
from dramatiq.results.errors import ResultFailure

from apps.dramatiq_actors import make_broker
from apps.workers import working

MILLISECONDS = 20_000


@pytest.fixture(scope="module")
def broker(clean_url: str) -> Iterator[RedisBroker]:
    """A broker whose messages a worker takes."""
    arguments = ("apps.dramatiq_actors", "--processes", "1", "--threads", "2")
    with working(clean_url, "dramatiq", *arguments, ready="Worker process is ready for action"):
        broker = make_broker(clean_url)
        yield broker
        broker.close()
        broker.client.close()


def send(broker: RedisBroker, name: str, *arguments: object, **options: object) -> dramatiq.Message[object]:
    return broker.get_actor(name).send_with_options(args=arguments, **options)


def result(broker: RedisBroker, message: dramatiq.Message[object]) -> object:
    backend = next(each.backend for each in broker.middleware if type(each).__name__ == "Results")
    return message.get_result(backend=backend, block=True, timeout=MILLISECONDS)


def test_an_actor_has_a_result(broker: RedisBroker) -> None:
    messages = [send(broker, "add", number, 1) for number in range(3)]
    assert [1, 2, 3] == [result(broker, message) for message in messages]


def test_an_actor_that_fails_says_why(broker: RedisBroker) -> None:
    with pytest.raises(ResultFailure, match="on purpose"):
        result(broker, send(broker, "fail"))


def test_an_actor_that_fails_tries_again(broker: RedisBroker) -> None:
    assert 2 == result(broker, send(broker, "hesitate"))


def test_a_message_may_be_put_off(broker: RedisBroker) -> None:
    assert 3 == result(broker, send(broker, "add", 1, 2, delay=100))


def test_messages_come_one_after_the_other(broker: RedisBroker) -> None:
    add = broker.get_actor("add")
    pipeline = dramatiq.pipeline([add.message(1, 2), add.message(3), add.message(4)], broker=broker).run()
    assert 10 == pipeline.get_result(block=True, timeout=MILLISECONDS)
