"""The examples do what they say."""

import re
import sys

import pytest

from program import run
from source_tree import PROJECT

EXAMPLES = PROJECT / "examples"

SAYS = {
    "hello.py": r"Hello from a nursery!\n",
    "embedded_server.py": (
        r"While this runs: redis-cli -u redis://127\.0\.0\.1:\d+ get word:task\n"
        r"'task' was counted 4 times\n"
        r"14 different words\n"
        r"The server has ended; this program goes on\.\n"
    ),
    "custom_command.py": (
        r"Come in! 2 left\nCome in! 1 left\nCome in! 0 left\n"
        r"Sorry: LIMITED Try again in (60|59) seconds\n"
        r"1 user was here\n"
    ),
    "key_changes.py": (
        r"user:ann   set      SET user:ann Oslo         before: None\n"
        r"user:ann   set      SET user:ann Rome         before: b'Oslo'\n"
        r"user:bob   rpush    RPUSH user:bob bread wine before: None\n"
        r"user:bob   lpop     LPOP user:bob             before: None\n"
        r"user:ann   del      DEL user:ann user:bob     before: b'Rome'\n"
        r"user:bob   del      DEL user:ann user:bob     before: \[b'wine'\]\n"
        r"user:eve   set      SET user:eve Kyiv PX 20   before: None\n"
        r"user:eve   expire   SET user:eve Kyiv PX 20   before: None\n"
        r"user:eve   expired  time went by              before: b'Kyiv'\n"
    ),
    "job_queue.py": r"worker-0 dies of job \d+\n12 jobs done by [23] workers, 0 left behind\n",
}


def test_every_example_is_known() -> None:
    assert {*SAYS} == {path.name for path in EXAMPLES.glob("*.py")}


@pytest.mark.parametrize("name", SAYS)
def test_the_example_runs(name: str) -> None:
    end = run(sys.executable, "-bb", "-X", "dev", "-W", "error", EXAMPLES / name)
    assert ("", 0) == (end.stderr, end.returncode)
    assert re.fullmatch(SAYS[name], end.stdout)
