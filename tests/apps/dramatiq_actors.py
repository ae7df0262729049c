"""Actors of Dramatiq with a broker and results."""

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import CurrentMessage
from dramatiq.results import Results
from dramatiq.results.backends import RedisBackend

from apps.workers import URL_OF_THE_SERVER


def make_broker(url: str) -> RedisBroker:
    broker = RedisBroker(url=url)
    broker.add_middleware(Results(backend=RedisBackend(url=url)))
    broker.add_middleware(CurrentMessage())

    @dramatiq.actor(broker=broker, actor_name="add", store_results=True)
    def add(first: int, second: int) -> int:
        return first + second

    @dramatiq.actor(broker=broker, actor_name="fail", store_results=True, max_retries=0)
    def fail() -> None:
        raise ZeroDivisionError("on purpose")

    @dramatiq.actor(broker=broker, actor_name="hesitate", store_results=True, min_backoff=10, max_backoff=10)
    def hesitate() -> int:
        message = CurrentMessage.get_current_message()
        retries = int(message.options.get("retries", 0)) if message else 0
        if retries < 2:
            raise ZeroDivisionError("not yet")
        return retries

    return broker


if url := os.environ.get(URL_OF_THE_SERVER):
    broker = make_broker(url)
    dramatiq.set_broker(broker)
