"""Walks through the lists. The oracle calls every list a quicklist, where we, as 7.2, see listpacks too.

Commands that wait are called as inside a transaction, where nothing waits. Nodes are small on some walks, so that they
fill, split and merge.
"""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from differential.command_lines import Line
from differential.test_walks import QUICKLY, Walk, lines, patient_wire
from oracle import Wire
from trioredis.engine.clients import Unusual

__all__ = ["patient_wire"]

CHANGING = """
    LPUSH LPUSH LPUSH RPUSH RPUSH RPUSH LPUSHX RPUSHX LSET LSET LINSERT LINSERT LINSERT LINSERT LREM LREM LTRIM
    LPOP RPOP LMPOP LMOVE LMOVE LMOVE RPOPLPUSH RPOPLPUSH
"""
LOOKING = "LLEN LRANGE LRANGE LRANGE LINDEX LINDEX LPOS LPOS LPOS"
WAITING = "BLPOP BRPOP BLMOVE BRPOPLPUSH BLMPOP"

SETTING = b"list-max-listpack-size"
LOWEST = b"%d" % -(2**63)

LISTPACK, QUICKLIST = b"$8\r\nlistpack\r\n", b"$9\r\nquicklist\r\n"


class ListWalk(Walk):
    @initialize(size=st.sampled_from([-2, -1, 1, 3, 7]))
    def configure(self, size: int) -> None:
        self.theirs.command("CONFIG", "SET", SETTING, size)
        self.ours("CONFIG", "SET", SETTING, size)

    @rule(line=lines(CHANGING))
    def walk_over_elements(self, line: Line) -> None:
        self.step(line)

    @rule(line=lines(LOOKING))
    def look_at_elements(self, line: Line) -> None:
        # To the oracle the lowest rank is -1.
        if LOWEST not in line:
            self.step(line)

    @rule(line=lines(WAITING))
    def wait_for_nothing(self, line: Line) -> None:
        self.theirs.command("MULTI")
        queued = self.theirs.command(*line)
        if queued.startswith(b"-"):
            self.theirs.command("DISCARD")
            theirs = queued
        else:
            theirs = self.theirs.command("EXEC").removeprefix(b"*1\r\n")
        self.ours.client.unusual |= Unusual.IMPATIENT
        ours = self.ours(*line)
        self.ours.client.unusual &= ~Unusual.IMPATIENT
        # It takes a timeout that is too long for a negative one.
        self.compare(line, *(each.replace(b"is out of range", b"is negative") for each in (theirs, ours)))

    @rule(
        key=st.sampled_from([b"a", b"b"]),
        elements=st.lists(st.sampled_from([b"1", b"12", b"x" * 8, b"y" * 60]), min_size=100, max_size=300),
    )
    def make_it_long(self, key: bytes, elements: Line) -> None:
        self.step([b"RPUSH", key, *elements])

    def step(self, line: Line) -> None:
        if line[0] == b"OBJECT":
            theirs, ours = self.theirs.command(*line), self.ours(*line)
            self.compare(line, theirs, QUICKLIST if ours == LISTPACK else ours)
        else:
            super().step(line)

    def teardown(self) -> None:
        self.theirs.command("CONFIG", "SET", SETTING, -2)
        super().teardown()


class ElementWalk(ListWalk):
    """Without the general walk, so that lists live longer."""

    walk_on = None


def test_a_walk_over_lists_ends_where_it_ends_on_a_real_redis(patient_wire: Wire) -> None:
    run_state_machine_as_test(lambda: ListWalk(patient_wire), settings=QUICKLY)


def test_a_walk_over_elements_ends_where_it_ends_on_a_real_redis(patient_wire: Wire) -> None:
    run_state_machine_as_test(lambda: ElementWalk(patient_wire), settings=QUICKLY)
