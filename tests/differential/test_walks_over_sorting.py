"""Walks through SORT over lists, sets and sorted sets, with weights in strings and hashes.

Two things are arbitrary in Redis, and then only as much is compared as is promised, and nothing is stored:

- the order of a set that is not sorted, and what LIMIT cuts out of it;
- which of two elements comes first whose weights are the same text, unless they come out of a list.

Redis refuses sound weights after a number was out of range anywhere before, since it does not clear `errno`. Accepting
a connection does.
"""

from hypothesis.stateful import rule, run_state_machine_as_test

from differential.command_lines import Line
from differential.test_walks import QUICKLY, Walk, lines, patient_wire, value_of
from oracle import Oracle, Value, Wire

__all__ = ["patient_wire"]

FILLING = "RPUSH RPUSH RPUSH SADD SADD ZADD ZADD SET SET HSET HSET DEL"
SORTING = "SORT SORT SORT SORT SORT SORT_RO TYPE LRANGE"


class SortingWalk(Walk):
    walk_on = None

    def __init__(self, oracle: Oracle, wire: Wire) -> None:
        super().__init__(wire)
        self.oracle = oracle

    @rule(line=lines(FILLING))
    def fill(self, line: Line) -> None:
        if line[0] == b"ZADD":
            self.theirs.command(*line), self.ours(*line)  # 7.2 prints the sum of INCR in fewer digits
        else:
            self.step(line)

    @rule(line=lines(SORTING))
    def sort(self, line: Line) -> None:
        with self.oracle.connect() as wire:
            wire.command("PING")
        if not self.is_arbitrary(line):
            self.step(line)
        elif b"STORE" not in map(bytes.upper, line):
            self.compare(line, size_of(self.theirs.ask(*line)), size_of(value_of(self.ours(*line))))

    def is_arbitrary(self, line: Line) -> bool:
        words = [word.upper() for word in line]
        if len(line) < 2 or words[0] not in (b"SORT", b"SORT_RO") or b"BY" not in words[2:]:
            return False
        return self.theirs.ask("TYPE", line[1]) in (b"set", b"zset")


def size_of(reply: Value) -> Value:
    return len(reply) if isinstance(reply, list) else reply


def test_a_walk_over_sorting_ends_where_it_ends_on_a_real_redis(oracle: Oracle, patient_wire: Wire) -> None:
    run_state_machine_as_test(lambda: SortingWalk(oracle, patient_wire), settings=QUICKLY)
