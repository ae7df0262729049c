"""RQ: jobs that a worker in a process of its own takes from a queue."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis
import rq

from apps import rq_jobs
from program import run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def queue(url: str) -> Iterator[rq.Queue]:
    with redis.Redis.from_url(url) as connection:
        yield rq.Queue("jobs", connection=connection)


def work_off(url: str, *options: str) -> str:
    """Let a worker do everything there is to do; return what it logged."""
    worker = run(sys.executable, "-m", "rq.cli", "worker", "--burst", "--url", url, *options, "jobs")
    assert 0 == worker.returncode, worker.stderr
    return worker.stdout + worker.stderr


def test_a_worker_does_what_was_enqueued(url: str, queue: rq.Queue) -> None:
    jobs = [queue.enqueue(rq_jobs.add, number, 1) for number in range(3)]
    assert "queued" == jobs[0].get_status()
    work_off(url)
    assert [1, 2, 3] == [job.return_value() for job in jobs]
    assert ["finished"] * 3 == [job.get_status() for job in jobs]
    assert 0 == len(queue)


def test_a_job_that_fails_is_kept_with_its_error(url: str, queue: rq.Queue) -> None:
    job = queue.enqueue(rq_jobs.fail)
    work_off(url)
    assert "failed" == job.get_status()
    assert [job.id] == queue.failed_job_registry.get_job_ids()
    assert "ZeroDivisionError: on purpose" in job.latest_result().exc_string


def test_a_job_waits_for_its_time_and_for_others(url: str, queue: rq.Queue) -> None:
    due = queue.enqueue_at(datetime.now(UTC) - timedelta(seconds=1), rq_jobs.add, 1, 2)
    later = queue.enqueue_in(timedelta(hours=1), rq_jobs.add, 3, 4)
    after = queue.enqueue(rq_jobs.add, 5, 6, depends_on=due)
    work_off(url, "--with-scheduler")
    assert (3, 11) == (due.return_value(), after.return_value())
    assert "scheduled" == later.get_status()


def test_a_job_that_fails_is_tried_again(url: str, queue: rq.Queue) -> None:
    job = queue.enqueue(rq_jobs.fail, retry=rq.Retry(max=2))
    work_off(url)
    job.refresh()
    assert ("failed", 0) == (job.get_status(), job.retries_left)
