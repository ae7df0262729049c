"""The command table as a whole: what has to be true of every command, the next one included.

What a command says about itself is compared with Redis in `tests/engine/test_documentation.py`, what it refuses in
`test_bad_arguments.py`. Here are the promises that the declaration and the handler make to each other.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from bare_engine import Session
from commands.sample_calls import PREPARATION, SAMPLER, Line, key_for
from trioredis.clock import Clock
from trioredis.commands import load
from trioredis.config.catalogue import find
from trioredis.engine.clients import Unusual
from trioredis.engine.command import READONLY, WRITE, Command
from trioredis.engine.documentation import with_subcommands
from trioredis.env import Env

COMMANDS = {each.name.decode(): each for each in with_subcommands(load())}
ON_KEYS = {name: each for name, each in COMMANDS.items() if each.flags & (READONLY | WRITE)}

TESTS = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))


def test_no_name_is_taken_twice() -> None:
    names = [each.name for each in load()]
    assert sorted(names) == sorted({*names})


NEITHER = {"eval", "evalsha", "fcall", "watch"}
"""Have keys, and do nothing to them by themselves."""


@pytest.mark.parametrize("name", COMMANDS)
def test_what_has_keys_reads_or_writes_and_not_both(name: str) -> None:
    each = COMMANDS[name]
    if each.has_keys:
        assert each.flags & (READONLY | WRITE) in ((0,) if name in NEITHER else (READONLY, WRITE))


@pytest.mark.parametrize("name", COMMANDS)
def test_keys_among_the_arguments_are_keys_of_the_specification(name: str) -> None:
    each = COMMANDS[name]
    assert bool(re.search(r"\bkey\b(?!:string)", each.args)) == each.has_keys


# CLUSTER refuses every subcommand in the same words; one test goes through all of them.
@pytest.mark.parametrize("name", [name for name in COMMANDS if not name.startswith("cluster|")])
def test_a_test_calls_the_command_by_its_name(name: str) -> None:
    words = r"""[\s"',b]+""".join(map(re.escape, name.upper().split("|")))
    assert re.search(rf"(?<![\w-]){words}(?![\w-])", TESTS)


@pytest.fixture
def session() -> Session:
    session = Session.open(Env(clock=Clock(time.time), random=Random(0)))
    session.engine.config.assign(find(b"enable-debug-command"), [b"yes"])
    session.client.unusual |= Unusual.IMPATIENT
    return session


def calls_on_any_key(each: Command) -> Iterator[Line]:
    """Sound calls on a key, on one with a deadline, and on one that is not there."""
    for key in (key_for(each.name, each.group), b"unread", b"k2", b"nope"):
        yield from SAMPLER.on(key).sound_calls(each.name, each.args)


def effects(session: Session, line: Line) -> tuple[bool, bool]:
    """Whether a call changes the data, and whether it announces a change."""
    for each in PREPARATION:
        session(*each)
    data, announced = everything(session), session.engine.stats.dirty
    session(*line)
    return data != everything(session), announced != session.engine.stats.dirty


def everything(session: Session) -> bytes:
    """All data, functions and consumer groups too, which have no part in the digest; not when consumers were last seen."""
    groups = b"".join(session("XINFO", "STREAM", key, "FULL") for key in ("entries", "unread"))
    keys, functions = session("DEBUG", "DIGEST"), session("FUNCTION", "DUMP")
    return keys + functions + re.sub(rb"seen-time\r\n:\d+", b"", groups)


@pytest.mark.parametrize("name", ON_KEYS)
def test_writers_write_and_announce_it_and_readers_do_neither(name: str, session: Session) -> None:
    each = ON_KEYS[name]
    seen = {effects(session, line) for line in calls_on_any_key(each)}
    assert ((True, True) in seen) == (each.flags & WRITE == WRITE)
    assert (True, False) not in seen
    assert (False, True) not in seen or each.flags & WRITE
