"""A Celery application whose broker and result backend are the same server."""

import os
from typing import Any

from celery import Celery

from apps.workers import URL_OF_THE_SERVER


def make_app(url: str) -> Celery:
    app = Celery("hello", broker=url, backend=url)
    app.conf.update(broker_connection_retry_on_startup=True, result_expires=60)

    @app.task(name="add", shared=False)
    def add(first: int, second: int) -> int:
        return first + second

    @app.task(name="total", shared=False)
    def total(numbers: list[int]) -> int:
        return sum(numbers)

    @app.task(name="fail", shared=False)
    def fail() -> None:
        raise ZeroDivisionError("on purpose")

    @app.task(name="hesitate", shared=False, bind=True, max_retries=3)
    def hesitate(task: Any) -> int:
        if task.request.retries < 2:
            raise task.retry(countdown=0)
        return int(task.request.retries)

    return app


if url := os.environ.get(URL_OF_THE_SERVER):
    app = make_app(url)
