"""Every script of the corpus here and on a real Redis: the same replies, and the same data afterwards."""

import pytest

from scripting.corpus.every_script import EVERY_SCRIPT
from scripting.corpus.script import Script
from scripting.corpus.transcripts import TRANSCRIPTS, commands_of
from side_by_side import Both


def test_the_corpus_is_large_and_names_each_script_once() -> None:
    assert len(EVERY_SCRIPT) >= 400
    assert len(EVERY_SCRIPT) == len({script.name for script in EVERY_SCRIPT})


@pytest.mark.parametrize("script", EVERY_SCRIPT, ids=lambda script: script.name)
def test_a_script_answers_and_writes_as_on_a_real_redis(script: Script, both: Both) -> None:
    both.transcript(*filter(None, map(str.strip, script.before.splitlines())))
    for _ in range(script.times):
        both(*script.call())
    both("DEBUG DIGEST")
    both("SELECT 1")
    both("DBSIZE")


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_commands_about_scripts_answer_as_on_a_real_redis(name: str, both: Both) -> None:
    for words in commands_of(TRANSCRIPTS[name]):
        both(*words)
    both("DEBUG DIGEST")
