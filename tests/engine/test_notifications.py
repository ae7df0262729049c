"""When notifications are made at all, of what class events of our own are, and when a key is known to have ended."""

import pytest
import trio

from bare_engine import Session
from trioredis.app import open_server
from trioredis.engine.notifications import CLASS_OF
from trioredis.keyspace.database import Database
from trioredis.keyspace.observed import ObservedDatabase


@pytest.mark.parametrize(
    ("letters", "listens", "observes"),
    [
        ("", False, False),
        ("K", False, False),
        ("A", False, False),
        ("nm", False, False),
        ("KEA", True, False),
        ("Kg", True, False),
        ("En", True, True),
        ("Km", True, True),
        ("KEAmn", True, True),
    ],
)
def test_nobody_is_told_of_anything_unless_a_channel_and_a_class_are_asked_for(
    call: Session, letters: str, listens: bool, observes: bool
) -> None:
    engine = call.engine
    call("CONFIG", "SET", "notify-keyspace-events", letters)
    assert listens == (engine.notifications in engine.listeners.present)
    assert {ObservedDatabase if observes else Database} == {*map(type, engine.keyspace)}
    call("CONFIG", "SET", "notify-keyspace-events", "")
    assert () == engine.listeners.present
    assert {Database} == {*map(type, engine.keyspace)}


@pytest.mark.parametrize(("letters", "heard"), [("Ed", 1), ("EA", 1), ("Eg$lshzxetnm", 0)])
def test_an_event_that_no_command_of_redis_has_is_of_the_class_of_modules(
    call: Session, letters: str, heard: int
) -> None:
    subscriber = call.another()
    subscriber("SUBSCRIBE __keyevent@0__:rate.limited")
    call("CONFIG", "SET", "notify-keyspace-events", letters)
    call.context.touch(b"k", b"rate.limited")
    assert heard == subscriber.taken().count(b"$1\r\nk\r\n")


def test_every_class_has_events_but_those_that_no_command_announces() -> None:
    assert set(b"g$lshztxe") == {*CLASS_OF.values()}


async def test_a_key_has_expired_at_its_deadline_though_nobody_looks(autojump_clock: object) -> None:
    async with (
        open_server(port=None, notify_keyspace_events="Ex") as server,
        server.client() as client,
        server.memory_stream() as subscriber,
    ):
        await subscriber.send_all(b"SUBSCRIBE __keyevent@0__:expired\r\n")
        await subscriber.receive_some(1000)
        start = trio.current_time()
        await client.execute("SET", "k", "v", "PX", 2500)
        heard = await subscriber.receive_some(1000)
        assert b"$1\r\nk\r\n" in heard
        assert 2.5 <= trio.current_time() - start <= 2.6
