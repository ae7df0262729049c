"""A Huey with its tasks."""

import os

from huey import RedisHuey

from apps.workers import URL_OF_THE_SERVER


def make_huey(url: str) -> RedisHuey:
    huey = RedisHuey("hello", url=url)

    @huey.task(name="add")
    def add(first: int, second: int) -> int:
        return first + second

    @huey.task(name="fail")
    def fail() -> None:
        raise ZeroDivisionError("on purpose")

    @huey.task(name="hesitate", retries=2, context=True)
    def hesitate(task: object = None) -> int:
        if task.retries:  # type: ignore[attr-defined]
            raise ZeroDivisionError("not yet")
        return 42

    @huey.task(name="alone")
    @huey.lock_task("one at a time")
    def alone() -> str:
        return "done"

    huey.tasks_by_name = {"add": add, "fail": fail, "hesitate": hesitate, "alone": alone}
    return huey


if url := os.environ.get(URL_OF_THE_SERVER):
    huey = make_huey(url)
