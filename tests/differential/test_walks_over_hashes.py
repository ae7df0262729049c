"""Walks through the hashes. Once a hash is a table its order is arbitrary, and chance is so everywhere:

- what HKEYS, HVALS and HGETALL return of a table is compared without order; so are whole scans, not portions;
- of HRANDFIELD the shape of the reply is, and that the fields are there, with their values, as they are in an order
  that shows, and different where they have to be.
"""

from collections.abc import Callable

from hypothesis.stateful import rule, run_state_machine_as_test

from differential.command_lines import Line
from differential.test_walks import QUICKLY, Walk, lines, patient_wire, value_of
from oracle import Failure, Value, Wire

__all__ = ["patient_wire"]

SETTING = "HSET HSET HSET HSET HMSET HSETNX HSETNX HINCRBY HINCRBY HINCRBYFLOAT HINCRBYFLOAT HDEL HDEL HDEL"
LOOKING = "HGET HMGET HEXISTS HSTRLEN HLEN HKEYS HVALS HGETALL HSCAN HRANDFIELD HRANDFIELD OBJECT|ENCODING"


class HashWalk(Walk):
    @rule(line=lines(SETTING))
    def walk_over_fields(self, line: Line) -> None:
        self.step(line)

    @rule(line=lines(LOOKING))
    def look_at_fields(self, line: Line) -> None:
        visits: dict[bytes, Callable[[Line], None]] = {
            b"HSCAN": self.scan_fields,
            b"HRANDFIELD": self.pick_fields,
            **dict.fromkeys((b"HKEYS", b"HVALS", b"HGETALL"), self.list_fields),
        }
        visits.get(line[0], self.step)(line)

    def list_fields(self, line: Line) -> None:
        if not self.is_table(line):
            self.step(line)
            return
        theirs, ours = self.theirs.ask(*line), value_of(self.ours(*line))
        self.compare(line, self.in_order(line, theirs), self.in_order(line, ours))

    def in_order(self, line: Line, reply: Value) -> Value:
        assert isinstance(reply, list)
        return sorted(pairs(reply) if line[0] == b"HGETALL" and self.ours.client.protocol == 2 else reply)

    def is_table(self, line: Line) -> bool:
        """Whether a call succeeds, and on a table."""
        is_error = len(line) < 2 or isinstance(self.theirs.ask(*line), Failure)
        return not is_error and self.theirs.ask("OBJECT", "ENCODING", line[1]) == b"hashtable"

    def scan_fields(self, line: Line) -> None:
        if not self.is_table(line):
            self.step(line)
            return
        theirs = {*scanned(self.theirs.ask, line)}
        self.compare(line, theirs, {*scanned(lambda *argv: value_of(self.ours(*argv)), line)})

    def pick_fields(self, line: Line) -> None:
        theirs, ours = self.theirs.ask(*line), value_of(self.ours(*line))
        self.compare(line, shape(theirs), shape(ours))
        if isinstance(ours, Failure) or not ours:
            return
        found = ours if isinstance(ours, list) else [ours]
        if b"WITHVALUES" in line[-1].upper() and self.ours.client.protocol == 2:
            found = pairs(found)
        words = [word if isinstance(word, list) else [word] for word in found]
        for field, *value in words:
            text = self.ours("HGET", line[1], field)
            assert text != b"$-1\r\n"
            assert not value or value == [value_of(text)]
        if len(line) > 2 and not line[2].startswith(b"-"):
            assert len(words) == len({word[0] for word in words})
            if self.theirs.ask("OBJECT", "ENCODING", line[1]) == b"listpack":
                order = value_of(self.ours("HKEYS", line[1]))
                assert isinstance(order, list)
                assert [field for field in order if [field] in [word[:1] for word in words]] == [
                    word[0] for word in words
                ]


def pairs(words: list[Value]) -> list[Value]:
    return [list(pair) for pair in zip(words[::2], words[1::2], strict=True)]


def shape(reply: Value) -> object:
    """What is not chance in a reply: its type, its length, and an error."""
    if isinstance(reply, list):
        return [shape(item) for item in reply]
    return reply if isinstance(reply, Failure) else type(reply)


def scanned(ask: Callable[..., Value], line: Line) -> list[tuple[Value, Value]]:
    """All that a whole scan returns, whatever cursor the line has."""
    found: list[tuple[Value, Value]] = []
    cursor: Value = b"0"
    while True:
        reply = ask(*line[:2], cursor, *line[3:])
        assert isinstance(reply, list)
        cursor, words = reply
        assert isinstance(words, list)
        found += zip(words[::2], words[1::2], strict=True)
        if cursor == b"0":
            return found


def test_a_walk_over_hashes_ends_where_it_ends_on_a_real_redis(patient_wire: Wire) -> None:
    run_state_machine_as_test(lambda: HashWalk(patient_wire), settings=QUICKLY)


class FieldWalk(HashWalk):
    """Without the general walk, so that hashes live longer."""

    walk_on = None


def test_a_walk_over_fields_ends_where_it_ends_on_a_real_redis(patient_wire: Wire) -> None:
    run_state_machine_as_test(lambda: FieldWalk(patient_wire), settings=QUICKLY)
