"""Celery: a worker with several processes, with this server as the broker and for the results."""

from collections.abc import Iterator
from typing import Any

import celery
import pytest

from apps.celery_tasks import make_app
from apps.workers import working

SECONDS = 20


@pytest.fixture(scope="module")
def tasks(clean_url: str) -> Iterator[Any]:
    """The tasks of an application that has a worker, by their names."""
    arguments = ("-A", "apps.celery_tasks", "worker", "--concurrency", "2", "--loglevel", "info")
    with working(clean_url, "celery", *arguments, ready=" ready."), make_app(clean_url) as app:
        yield app.tasks


def test_a_task_has_a_result(tasks: Any) -> None:
    assert 3 == tasks["add"].delay(1, 2).get(timeout=SECONDS)
    result = tasks["fail"].delay()
    with pytest.raises(ZeroDivisionError, match="on purpose"):
        result.get(timeout=SECONDS)
    assert "FAILURE" == result.state
    assert 2 == tasks["hesitate"].delay().get(timeout=SECONDS)


def test_tasks_are_done_side_by_side_and_one_after_the_other(tasks: Any) -> None:
    add = tasks["add"]
    assert [1, 2, 3] == celery.group(add.s(number, 1) for number in range(3))().get(timeout=SECONDS)
    assert 10 == celery.chain(add.s(1, 2), add.s(3), add.s(4))().get(timeout=SECONDS)


def test_a_chord_ends_when_all_its_tasks_have(tasks: Any) -> None:
    chord = celery.chord([tasks["add"].s(number, number) for number in range(10)])
    assert 90 == chord(tasks["total"].s()).get(timeout=SECONDS)


def test_a_task_may_be_put_off(tasks: Any) -> None:
    assert 3 == tasks["add"].apply_async((1, 2), countdown=0.2).get(timeout=SECONDS)


def test_workers_can_be_asked_how_they_are(tasks: Any) -> None:
    (answer,) = tasks["add"].app.control.ping(timeout=2)
    assert [{"ok": "pong"}] == list(answer.values())
