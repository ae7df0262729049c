"""Walks through the sorted sets, with a few sets to be united with them. These are all the differences that are allowed:

- numbers may have fewer digits than the oracle prints;
- the cursors and portions of ZSCAN in a skiplist: a whole scan finds the same members with the same scores;
- which members ZRANDMEMBER chooses, as long as they are there, with their scores, and different where they have to be.

What Redis promises nothing about is not asked: members of a skiplist between two others while their scores differ.
Commands that wait are called as inside a transaction, where nothing waits.
"""

from collections.abc import Callable, Iterator

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

from differential.command_lines import Line
from differential.test_walks import QUICKLY, Walk, lines, patient_wire, value_of
from oracle import Failure, Value, Wire
from scores import with_17_digits
from trioredis.engine.clients import Unusual

__all__ = ["patient_wire"]

CHANGING = """
    ZADD ZADD ZADD ZADD ZINCRBY ZINCRBY ZREM ZREM ZPOPMIN ZPOPMAX ZMPOP ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREMRANGEBYLEX
    ZRANGESTORE ZRANGESTORE ZUNIONSTORE ZUNIONSTORE ZINTERSTORE ZINTERSTORE ZDIFFSTORE ZDIFFSTORE SADD
"""
LOOKING = """
    ZCARD ZSCORE ZMSCORE ZCOUNT ZLEXCOUNT ZRANGE ZRANGE ZRANGE ZRANGEBYSCORE ZRANGEBYLEX ZREVRANGE ZREVRANGEBYSCORE
    ZREVRANGEBYLEX ZRANK ZREVRANK ZRANDMEMBER ZRANDMEMBER ZSCAN ZUNION ZINTER ZDIFF ZINTERCARD OBJECT|ENCODING
"""
WAITING = "BZPOPMIN BZPOPMAX BZMPOP"

SETTING = b"zset-max-listpack-entries"

MANY: SearchStrategy[Line] = st.builds(
    lambda key, first, count, scores: [
        *(b"ZADD", key),
        *(
            word
            for number in range(first, first + count)
            for word in (b"%d" % (number % scores), b"%d" % number)
        ),
    ],
    st.sampled_from([b"a", b"b", b"c"]),
    st.integers(0, 100),
    st.integers(30, 120),
    st.sampled_from([1, 1, 3, 1000]),
)
"""Calls that take sorted sets beyond the limits of their forms."""


class SortedSetWalk(Walk):
    @initialize(entries=st.sampled_from([128, 128, 5, 0]))
    def configure(self, entries: int) -> None:
        self.theirs.command("CONFIG", "SET", SETTING, entries)
        self.ours("CONFIG", "SET", SETTING, entries)
        self.entries = entries

    @rule(line=lines(CHANGING))
    def walk_over_scores(self, line: Line) -> None:
        self.step_by_number(line)

    @rule(line=MANY)
    def make_it_large(self, line: Line) -> None:
        if self.entries != 5:  # to 7.2 so many are too many at once, even if some are there already
            self.step(line)

    @rule(line=lines(LOOKING))
    def look_at_scores(self, line: Line) -> None:
        visits: dict[bytes, Callable[[Line], None]] = {
            b"ZSCAN": self.scan_scores,
            b"ZRANDMEMBER": self.pick_members,
            b"OBJECT": self.step,
        }
        visits.get(line[0], self.step_by_number)(line)

    @rule(line=lines(WAITING))
    def wait_for_nothing(self, line: Line) -> None:
        self.theirs.command("MULTI")
        theirs = self.theirs.command(*line)
        if theirs.startswith(b"-"):
            self.theirs.command("DISCARD")
        else:
            theirs = self.theirs.command("EXEC").removeprefix(b"*1\r\n")
        self.ours.client.unusual |= Unusual.IMPATIENT
        ours = self.ours(*line)
        self.ours.client.unusual &= ~Unusual.IMPATIENT
        # It takes a timeout that is too long for a negative one.
        self.compare_numbers(
            line, *(each.replace(b"is out of range", b"is negative") for each in (theirs, ours))
        )

    def step(self, line: Line) -> None:
        """Run a line on both sides; the oracle is too old to keep a set in a listpack."""
        if line[0] == b"OBJECT" and self.theirs.ask("TYPE", line[-1]) == b"set":
            self.ours(*line)
        else:
            super().step(line)

    def step_by_number(self, line: Line) -> None:
        """Run a line on both sides; the same numbers may be printed in different ways."""
        if not self.is_unspecified(line) and not is_new(line):
            self.compare_numbers(line, self.theirs.command(*line), self.ours(*line))

    def compare_numbers(self, line: Line, theirs: bytes, ours: bytes) -> None:
        self.compare(line, with_17_digits(theirs), with_17_digits(ours))

    def is_unspecified(self, line: Line) -> bool:
        """Whether a line asks for members between others, and is on a skiplist whose scores differ."""
        if not any(b"LEX" in word.upper() for word in line):
            return False
        return any(self.has_several_scores(key) for key in line[1:3])

    def has_several_scores(self, key: bytes) -> bool:
        ends = [value_of(self.ours("ZRANGE", key, place, place, "WITHSCORES")) for place in (0, -1)]
        lowest, highest = (each[-1:] if isinstance(each, list) else [] for each in ends)
        return lowest != highest and value_of(self.ours("OBJECT", "ENCODING", key)) == b"skiplist"

    def scan_scores(self, line: Line) -> None:
        is_error = len(line) < 3 or isinstance(self.theirs.ask(*line), Failure)
        if is_error or self.theirs.ask("OBJECT", "ENCODING", line[1]) != b"skiplist":
            self.step_by_number(line)
            return
        theirs = {*scanned(self.theirs.ask, line)}
        self.compare(line, theirs, {*scanned(lambda *argv: value_of(self.ours(*argv)), line)})

    def pick_members(self, line: Line) -> None:
        theirs, ours = self.theirs.ask(*line), value_of(self.ours(*line))
        self.compare(line, shape(theirs), shape(ours))
        if isinstance(ours, Failure) or not ours:
            return
        found = ours if isinstance(ours, list) else [ours]
        if b"WITHSCORES" in line[-1].upper() and self.ours.client.protocol == 2:
            found = [list(pair) for pair in zip(found[::2], found[1::2], strict=True)]
        items = [each if isinstance(each, list) else [each] for each in found]
        for member, *score in items:
            known = value_of(self.ours("ZSCORE", line[1], member))
            assert known is not None, line
            assert score in ([], [known]), line
        if len(line) > 2 and not line[2].startswith(b"-"):
            assert len(items) == len({item[0] for item in items}), line

    def teardown(self) -> None:
        self.theirs.command("CONFIG", "SET", SETTING, 128)
        super().teardown()


class ScoreWalk(SortedSetWalk):
    """Without the general walk, so that sorted sets live longer."""

    walk_on = None


def is_new(line: Line) -> bool:
    """Whether a line has an option that the oracle has not heard of."""
    return line[0] in (b"ZRANK", b"ZREVRANK") and len(line) > 3


def shape(reply: Value) -> object:
    """What is not chance in a reply: its type, its length, and an error."""
    if isinstance(reply, list):
        return [shape(item) for item in reply]
    return reply if isinstance(reply, Failure) else type(reply)


def scanned(ask: Callable[..., Value], line: Line) -> Iterator[tuple[Value, Value]]:
    """All that a whole scan returns, whatever cursor the line has."""
    cursor: Value = b"0"
    while True:
        reply = ask(*line[:2], cursor, *line[3:])
        assert isinstance(reply, list)
        cursor, words = reply
        assert isinstance(words, list)
        yield from zip(words[::2], words[1::2], strict=True)
        if cursor == b"0":
            return


def test_a_walk_over_sorted_sets_ends_where_it_ends_on_a_real_redis(patient_wire: Wire) -> None:
    run_state_machine_as_test(lambda: SortedSetWalk(patient_wire), settings=QUICKLY)


def test_a_walk_over_scores_ends_where_it_ends_on_a_real_redis(patient_wire: Wire) -> None:
    run_state_machine_as_test(lambda: ScoreWalk(patient_wire), settings=QUICKLY)
