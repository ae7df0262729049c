"""README.rst says what the source says."""

import re
import sys
from textwrap import dedent

import pytest

from program import run
from readme import README, renewed

PROGRAMS = re.findall(r"^\.\. code-block:: python\n\n((?:    .*\n|\n)+)", README.read_text(), re.MULTILINE)


def test_generated_parts_of_the_readme_are_up_to_date() -> None:
    text = README.read_text()
    assert renewed(text) == text, "run `nox -s readme`"


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_in_the_readme_runs_and_says_hello(program: str) -> None:
    end = run(sys.executable, "-W", "error", "-c", dedent(program))
    assert ("", 0) == (end.stderr, end.returncode)
    assert "b'hello'" == end.stdout.splitlines()[-1]
