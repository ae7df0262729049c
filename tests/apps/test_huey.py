"""Huey: a consumer in a process of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from huey.exceptions import TaskException

from apps.huey_tasks import make_huey
from apps.workers import working

SECONDS = 20


@pytest.fixture(scope="module")
def tasks(clean_url: str) -> Iterator[dict[str, Any]]:
    """Tasks by their names, and a consumer that does them."""
    arguments = ("apps.huey_tasks.huey", "--workers", "2", "--scheduler-interval", "1")
    with working(clean_url, "huey.bin.huey_consumer", *arguments, ready="Huey consumer started"):
        huey = make_huey(clean_url)
        yield huey.tasks_by_name
        huey.storage.conn.close()


def wait(result: Any) -> Any:
    return result.get(blocking=True, timeout=SECONDS)


def test_a_task_has_a_result(tasks: dict[str, Any]) -> None:
    assert [1, 2, 3] == [wait(result) for result in [tasks["add"](number, 1) for number in range(3)]]
    assert "done" == wait(tasks["alone"]())


def test_a_task_that_fails_says_why_or_tries_again(tasks: dict[str, Any]) -> None:
    with pytest.raises(TaskException, match="on purpose"):
        wait(tasks["fail"]())
    assert 42 == wait(tasks["hesitate"]())


def test_a_task_is_done_at_its_time(tasks: dict[str, Any]) -> None:
    assert 3 == wait(tasks["add"].schedule((1, 2), delay=0.1))


def test_tasks_are_done_one_after_the_other(tasks: dict[str, Any]) -> None:
    pipeline = tasks["add"].s(1, 2).then(tasks["add"], 3).then(tasks["add"], 4)
    assert [3, 6, 10] == [wait(result) for result in tasks["add"].huey.enqueue(pipeline)]
