"""Random walks through the commands, here and on a real Redis at the same time.

A walk starts with nothing, in the protocol of its choice. Every step runs one command line on both sides and
compares the raw replies; at the end everything that is left is compared. Where Redis itself promises less than
one certain reply, as little is asked for, and these are all the differences that are allowed:

- the order of KEYS; the order, the cursors and the portions of SCAN: a whole scan finds the same keys;
- which key RANDOMKEY picks, as long as it is there;
- a time to live that was counted from now: two servers look at their clocks at two moments.

Keys whose time is over are left alone on both sides until somebody looks at them. `nox -s differential` walks
further than the suite.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

from bare_engine import Session
from differential.command_lines import FAR, Line, command_lines
from oracle import Argument, Failure, Oracle, Value, Wire
from trioredis.clock import Clock
from trioredis.commands import load
from trioredis.config.catalogue import find
from trioredis.engine.table import CommandTable
from trioredis.env import Env

TABLE = CommandTable.of(load())


STRINGS = """
    SET SET SET SET SET GET GETSET GETEX GETDEL SETEX PSETEX SETNX MGET MSET MSET MSETNX STRLEN GETRANGE SUBSTR LCS
    INCR INCR DECR INCRBY DECRBY INCRBYFLOAT APPEND APPEND SETRANGE OBJECT|ENCODING OBJECT|ENCODING
"""
KEYS = "COPY COPY DEL EXISTS KEYS MOVE RANDOMKEY RENAME RENAMENX SCAN TOUCH TYPE UNLINK"
DEADLINES = "EXPIRE EXPIREAT PEXPIRE PEXPIREAT TTL PTTL EXPIRETIME PEXPIRETIME PERSIST"
DATABASES = "SELECT SELECT SWAPDB DBSIZE FLUSHDB FLUSHALL"


def lines(*groups: str) -> SearchStrategy[Line]:
    """Calls of commands; one that is named twice is called twice as often."""
    commands = [TABLE.named(name.encode()) for name in " ".join(groups).split()]
    assert None not in commands
    return st.one_of(*(command_lines(command) for command in commands if command))


def value_of(reply: bytes) -> Value:
    return Wire(None, bytearray(reply)).read_value()  # type: ignore[arg-type]


# --- replies that are as good as equal


def same_items(theirs: Value, ours: Value) -> bool:
    return isinstance(theirs, list) and isinstance(ours, list) and sorted(theirs) == sorted(ours)


def same_moment(unit: int, exact_from: float, theirs: Value, ours: Value) -> bool:
    """Times in 1/`unit` seconds; those that lie far ahead were set to an absolute time and have to be exact."""
    if type(theirs) is not int or type(ours) is not int:
        return False
    return min(theirs, ours) > 0 and max(theirs, ours) < exact_from and abs(theirs - ours) <= unit


LENIENT: dict[bytes, Callable[[Value, Value], bool]] = {
    b"KEYS": same_items,
    b"TTL": partial(same_moment, 1, float("inf")),
    b"PTTL": partial(same_moment, 1000, float("inf")),
    b"EXPIRETIME": partial(same_moment, 1, FAR),
    b"PEXPIRETIME": partial(same_moment, 1000, FAR * 1000),
}


class Walk(RuleBasedStateMachine):
    """One walk; `wire` is a connection to the oracle."""

    lenient: ClassVar = LENIENT

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self.theirs = wire
        self.ours = Session.open(Env(clock=Clock(time.time), random=Random(0)))
        self.ours.engine.config.assign(find(b"enable-debug-command"), [b"yes"])
        self.is_sound = True
        wire.command("SELECT", 0)
        wire.command("FLUSHALL")

    @initialize(version=st.sampled_from([2, 3]))
    def speak(self, version: int) -> None:
        self.theirs.command("HELLO", version)
        self.ours("HELLO", version)

    @rule(line=lines(STRINGS, KEYS, DEADLINES, DATABASES))
    def walk_on(self, line: Line) -> None:
        visit = {b"SCAN": self.scan, b"RANDOMKEY": self.pick}.get(line[0], self.step)
        visit(line)

    def scan(self, line: Line) -> None:
        """Scan to the end, whatever cursor is drawn: the first reply tells whether it is an error."""
        options = line[2:]
        if isinstance(self.theirs.ask("SCAN", 0, *options), Failure):
            self.step([b"SCAN", b"0", *options])
        else:
            theirs = {*whole_scan(self.theirs.ask, options)}
            ours = {*whole_scan(lambda *argv: value_of(self.ours(*argv)), options)}
            self.compare(line, theirs, ours)

    def pick(self, line: Line) -> None:
        theirs, ours = self.theirs.ask(*line), value_of(self.ours(*line))
        self.compare(line, type(theirs), type(ours))
        if type(ours) is bytes:
            self.step([b"TYPE", ours])

    def teardown(self) -> None:
        if self.is_sound:
            for database in range(16):
                self.step([b"SELECT", b"%d" % database])
                self.step([b"KEYS", b"*"])
                for key in value_of(self.ours("KEYS", "*")):  # type: ignore[union-attr]
                    for name in (b"TYPE", b"PEXPIRETIME", b"GET"):
                        self.step([name, key])
                    # Of each key, for that of all counts those whose time is over and that nobody has looked at.
                    self.step([b"DEBUG", b"DIGEST-VALUE", key])

    def step(self, line: Line) -> None:
        """Run a line on both sides; the replies have to be equal, or as good as that."""
        theirs, ours = self.theirs.command(*line), self.ours(*line)
        is_as_good = self.lenient.get(line[0].upper())
        if theirs == ours or is_as_good is None or not is_as_good(value_of(theirs), value_of(ours)):
            self.compare(line, theirs, ours)

    def compare(self, line: Line, theirs: object, ours: object) -> None:
        self.is_sound = theirs == ours
        assert theirs == ours, line


def whole_scan(ask: Callable[..., Value], options: Line) -> Iterator[bytes]:
    cursor: Argument = 0
    while True:
        cursor, keys = ask("SCAN", cursor, *options)  # type: ignore[misc]
        yield from keys
        if cursor == b"0":
            return


@pytest.fixture
def patient_wire(oracle: Oracle, oracle_wire: Wire) -> Iterator[Wire]:
    """A connection to the oracle, which meanwhile removes no key before somebody looks."""
    oracle_wire.command("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    yield oracle_wire
    oracle_wire.command("DEBUG", "SET-ACTIVE-EXPIRE", 1)


# To explain a failure costs more than to read it.
QUICKLY = settings(phases=set(Phase) - {Phase.explain}, suppress_health_check=list(HealthCheck))


def assert_stumbles(walk: Callable[[], RuleBasedStateMachine], over: str | None = None) -> None:
    """One of some walks finds a difference, in a command of this name if one is said; the first is enough."""
    until_then = settings(
        QUICKLY, phases=[Phase.generate], database=None, max_examples=1000, report_multiple_bugs=False
    )
    with pytest.raises(AssertionError, match=over):
        run_state_machine_as_test(walk, settings=until_then)


def test_a_walk_ends_where_it_ends_on_a_real_redis(patient_wire: Wire) -> None:
    run_state_machine_as_test(lambda: Walk(patient_wire), settings=QUICKLY)


def test_a_walk_stumbles_over_a_planted_difference(patient_wire: Wire) -> None:
    def miscounting_walk() -> Walk:
        walk = Walk(patient_wire)
        walk.ours.engine.commands.usual[b"STRLEN"].handler = lambda *arguments: -1
        return walk

    assert_stumbles(miscounting_walk, "STRLEN")


@pytest.mark.parametrize(
    ("name", "theirs", "ours", "expected"),
    [
        (b"TTL", 100, 99, True),
        (b"TTL", 100, 98, False),
        (b"TTL", 1, 0, False),
        (b"TTL", -1, -2, False),
        (b"PTTL", 100_000, 99_001, True),
        (b"PEXPIRETIME", FAR * 1000, FAR * 1000 + 1, False),
        (b"PEXPIRETIME", FAR * 500, FAR * 500 + 1, True),
        (b"TTL", Failure(b"ERR"), 1, False),
        (b"KEYS", [b"a", b"b"], [b"b", b"a"], True),
        (b"KEYS", [b"a"], [b"a", b"a"], False),
    ],
)
def test_differences_have_limits(name: bytes, theirs: Value, ours: Value, expected: bool) -> None:
    assert expected is LENIENT[name](theirs, ours)
