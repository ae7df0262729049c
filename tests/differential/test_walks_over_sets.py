"""Walks through the sets, and a few other keys that get in their way.

What members a set has must be the same at every step, and so must everything that Redis decides. What it leaves to chance is
made up for, so that the walk goes on with equal sets. These are all the differences that are allowed:

- the order of members, unless it is one set and an intset on both sides;
- which members SPOP and SRANDMEMBER choose, as long as they are as many and different where they have to be;
- the cursors and portions of SSCAN: a whole scan finds the same members;
- an encoding that is a listpack here: the oracle is too old to have them for sets.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

from differential.command_lines import Line
from differential.test_walks import QUICKLY, Walk, lines, patient_wire, value_of
from oracle import Failure, Wire
from trioredis.numerals import parse_integer

__all__ = ["patient_wire"]

SETS = """
    SADD SADD SADD SADD SREM SREM SISMEMBER SMISMEMBER SCARD SMEMBERS SMEMBERS SMOVE SMOVE SPOP SPOP SRANDMEMBER SSCAN
    SINTER SINTERCARD SINTERSTORE SUNION SUNIONSTORE SUNIONSTORE SDIFF SDIFFSTORE SDIFFSTORE
"""
OTHERS = "OBJECT|ENCODING OBJECT|ENCODING TYPE DEL UNLINK COPY COPY RENAME RENAMENX MOVE SELECT SWAPDB SET EXPIREAT"

IN_ANY_ORDER = {b"SMEMBERS", b"SINTER", b"SUNION", b"SDIFF"}

NOTHING = (b"-", b"_", b"$-1")
"""How an error begins, and the null."""

MANY: SearchStrategy[Line] = st.builds(
    lambda name, key, start, count: [name, key, *(b"%d" % number for number in range(start, start + count))],
    st.sampled_from([b"SADD", b"SADD", b"SREM"]),
    st.sampled_from([b"a", b"b", b"c"]),
    st.integers(0, 500),
    st.integers(100, 600),
)
"""Calls that take sets beyond the limits of their encodings."""


class SetWalk(Walk):
    """A walk among sets, and a few strings for them to stumble over."""

    @rule(line=lines(SETS, OTHERS) | MANY)
    def walk_on(self, line: Line) -> None:
        name = line[0].upper()
        if name == b"SSCAN":
            self.scan_members(line)
        elif name == b"SPOP":
            self.pop(line)
        elif name == b"SRANDMEMBER":
            self.choose(line)
        elif name in IN_ANY_ORDER:
            self.list_members(line)
        elif name == b"OBJECT" and len(line) == 3:
            self.tell_encoding(line)
        else:
            self.step(line)

    def list_members(self, line: Line) -> None:
        told = [b"OBJECT", b"ENCODING", line[1]] if len(line) == 2 else [b"PING"]
        if value_of(self.ours(*told)) == self.theirs.ask(*told) == b"intset":
            self.step(line)
        else:
            self.compare(line, *map(in_any_order, (self.theirs.command(*line), self.ours(*line))))

    def scan_members(self, line: Line) -> None:
        if len(line) < 3 or isinstance(self.theirs.ask(*line), Failure):
            self.step(line)
        else:
            theirs = whole_scan(self.theirs.ask, line)
            self.compare(line, theirs, whole_scan(lambda *argv: value_of(self.ours(*argv)), line))

    def pop(self, line: Line) -> None:
        theirs, ours = self.theirs.command(*line), self.ours(*line)
        if theirs.startswith(NOTHING):
            self.compare(line, theirs, ours)
            return
        self.compare(line, shape(theirs), shape(ours))
        key, taken, ours_taken = line[1], listed(theirs), listed(ours)
        assert len({*ours_taken}) == len(ours_taken)
        if sorted(taken) != sorted(ours_taken):
            self.theirs.command("SADD", key, *taken)
            self.theirs.command("SREM", key, *ours_taken)
        self.compare(
            line, *map(in_any_order, (self.theirs.command("SMEMBERS", key), self.ours("SMEMBERS", key)))
        )

    def choose(self, line: Line) -> None:
        count = parse_integer(line[2]) if len(line) == 3 else None
        if count is not None and -(2**63) < count < -1000:
            return  # the oracle would go on for ever
        theirs, ours = self.theirs.command(*line), self.ours(*line)
        if theirs.startswith(NOTHING):
            self.compare(line, theirs, ours)
            return
        self.compare(line, shape(theirs), shape(ours))
        chosen = listed(ours)
        if chosen:
            assert all(self.theirs.ask("SMISMEMBER", line[1], *chosen)), line  # type: ignore[arg-type]
        assert (count or 0) < 0 or len({*chosen}) == len(chosen), line

    def tell_encoding(self, line: Line) -> None:
        theirs, ours = self.theirs.command(*line), self.ours(*line)
        if b"listpack" not in ours:
            self.compare(line, theirs, ours)


def shape(reply: bytes) -> bytes:
    """The type of a reply, and how many elements an array or a set has."""
    return reply.partition(b"\r\n")[0] if reply[:1] in b"*~" else reply[:1]


def listed(reply: bytes) -> list[bytes]:
    value: Any = value_of(reply)
    return value if isinstance(value, list) else [value]


def in_any_order(reply: bytes) -> tuple[bytes, object]:
    """An error as it is; the shape and the sorted members of anything else."""
    return (b"", reply) if reply.startswith(b"-") else (shape(reply), sorted(listed(reply)))


def whole_scan(ask: Callable[..., Any], line: Line) -> set[bytes]:
    cursor, found = b"0", set[bytes]()
    while True:
        cursor, members = ask(*line[:2], cursor, *line[3:])
        found.update(members)
        if cursor == b"0":
            return found


def test_a_walk_over_sets_ends_where_it_ends_on_a_real_redis(patient_wire: Wire) -> None:
    run_state_machine_as_test(lambda: SetWalk(patient_wire), settings=QUICKLY)
