"""Pipelines and transactions of redis-py, here and on a real Redis; and messages that threads wait for."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from ecosystem.redis_py import Both, Client

pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning", "ignore::DeprecationWarning")

THREADS = 20


def test_a_pipeline_is_a_transaction_or_not(both: Both) -> None:
    for transaction in (True, False):

        def work(client: Client, transaction: bool = transaction) -> object:
            with client.pipeline(transaction=transaction) as pipeline:
                pipeline.set("k", 1).incr("k").lpush("k", "x").hset("h", "f", "v").hgetall("h").exists(
                    "k", "no"
                )
                return [str(reply) for reply in pipeline.execute(raise_on_error=False)]

        both.same(work)


def test_a_pipeline_tells_which_command_failed(both: Both) -> None:
    both.same(lambda client: client.pipeline().set("k", "v").lpush("k", "x").execute())
    both.same(lambda client: client.pipeline(transaction=False).set("k", "v").lpush("k", "x").execute())
    both.same(lambda client: client.pipeline().set("k", "v").execute_command("NOPE").execute())
    both.same(lambda client: client.get("k"))


def test_a_pipeline_notices_that_a_watched_key_has_changed(both: Both) -> None:
    def work(client: Client) -> object:
        with client.pipeline() as pipeline:
            pipeline.watch("a", "b")
            before = pipeline.get("a")
            client.append("a", "!")
            return before, pipeline.multi(), pipeline.set("a", "lost").execute()

    assert redis.WatchError == both.same(work)[0]
    both.same(lambda client: client.get("a"))


def test_a_pipeline_goes_on_when_it_watches_no_more(both: Both) -> None:
    def work(client: Client) -> object:
        with client.pipeline() as pipeline:
            pipeline.watch("a")
            client.append("a", "!")
            pipeline.unwatch()
            pipeline.multi()
            return pipeline.get("a").execute(), pipeline.reset()

    both.same(work)


def test_threads_that_count_in_transactions_lose_nothing(client: Client) -> None:
    def add_one(pipeline: Client) -> None:
        value = int(pipeline.get("counter") or 0)
        pipeline.multi()
        pipeline.set("counter", value + 1)

    def count(_: int) -> None:
        for _ in range(5):
            client.transaction(add_one, "counter")

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(count, range(THREADS)))
    assert f"{5 * THREADS}" == client.get("counter")


def test_a_transaction_returns_what_its_function_does_if_asked(client: Client) -> None:
    def double(pipeline: Client) -> int:
        value = int(pipeline.get("n") or 21)
        pipeline.multi()
        pipeline.set("n", 2 * value)
        return 2 * value

    assert 42 == client.transaction(double, "n", value_from_callable=True)
    assert [True] == client.transaction(double, "n")


def test_a_thread_hears_what_is_published(client: Client) -> None:
    heard: list[tuple[str, str]] = []
    enough = threading.Event()

    def hear(message: dict[str, str]) -> None:
        heard.append((message["type"], message["data"]))
        if len(heard) == 4:
            enough.set()

    with client.pubsub(ignore_subscribe_messages=True) as pubsub:
        pubsub.subscribe(news=hear)
        pubsub.psubscribe(**{"n*": hear})
        thread = pubsub.run_in_thread(sleep_time=0.01)
        try:
            while client.pubsub_numpat() == 0:
                pass
            assert [2, 2] == [client.publish("news", text) for text in ("one", "two")]
            assert enough.wait(10)
        finally:
            thread.stop()
            thread.join()
    assert [(kind, text) for text in ("one", "two") for kind in ("message", "pmessage")] == heard


def test_messages_come_in_order_to_every_thread(client: Client) -> None:
    messages = [f"message {number}" for number in range(200)]
    ready = threading.Barrier(6)

    def listen(_: int) -> list[str]:
        heard: list[str] = []
        with client.pubsub() as pubsub:
            pubsub.subscribe("news")
            assert "subscribe" == pubsub.get_message(timeout=10)["type"]
            ready.wait(10)
            while len(heard) < len(messages):
                heard.append(pubsub.get_message(timeout=10)["data"])
        return heard

    with ThreadPoolExecutor(5) as threads:
        results = threads.map(listen, range(5))
        ready.wait(10)
        assert {5} == {client.publish("news", message) for message in messages}
        assert [messages] * 5 == list(results)
