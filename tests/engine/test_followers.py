"""A follower on random walks: no change escapes it, and what it is told of the past is true."""

from random import Random
from typing import Any

from attrs import define, field
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bare_engine import ManualTime, Session
from differential.command_lines import Line
from differential.test_walks import DATABASES, DEADLINES, KEYS, QUICKLY, STRINGS, lines
from differential.test_walks_over_bits import BITMAPS, HYPERLOGLOGS
from differential.test_walks_over_hashes import SETTING as HASHES
from differential.test_walks_over_lists import CHANGING as LISTS
from differential.test_walks_over_places import PLACING
from differential.test_walks_over_sets import SETS
from differential.test_walks_over_sorted_sets import CHANGING as SORTED_SETS
from differential.test_walks_over_sorting import SORTING
from differential.test_walks_over_streams import GROUPS, STREAMS
from trioredis.clock import Clock
from trioredis.datatypes.native import as_native
from trioredis.engine.followers import Change, Follower
from trioredis.env import Env

Place = tuple[int, bytes]


@define(eq=False)
class Diary(Follower):
    """Keeps what it is told."""

    heard: list[Change] = field(factory=list)

    def changed(self, change: Change) -> None:
        self.heard.append(change)


def is_silent(line: Line) -> bool:
    """Whether a command may change how a string reads and, as in Redis, announce no event."""
    return line[0] in (b"PFCOUNT", b"PFDEBUG") or (
        line[0] == b"BITFIELD" and b"fail" in map(bytes.lower, line)
    )


class FollowedWalk(RuleBasedStateMachine):
    """Compares all data before and after each command, and asks who told of the difference."""

    @initialize(limit=st.sampled_from([0, 2, 128]))
    def follow(self, limit: int) -> None:
        self.time = ManualTime()
        self.call = Session.open(Env(clock=Clock(self.time, self.time), random=Random(0)))
        for kind in ("hash", "zset", "set"):  # small ones are packed, and only then kept
            self.call("CONFIG", "SET", f"{kind}-max-listpack-entries", limit)
        self.diary = Diary([], None)
        self.call.engine.followers.join(self.diary)

    def data(self) -> dict[Place, Any]:
        return {
            (database.index, key): as_native(value)
            for database in self.call.engine.keyspace
            for key, value in database.values.items()
        }

    @rule(line=lines(STRINGS, BITMAPS, HYPERLOGLOGS, LISTS, HASHES))
    def change_something(self, line: Line) -> None:
        self.step(line)

    @rule(line=lines(SETS, SORTED_SETS, PLACING, STREAMS, GROUPS, SORTING))
    def change_something_else(self, line: Line) -> None:
        self.step(line)

    @rule(line=lines(KEYS, DEADLINES, DATABASES), seconds=st.sampled_from([0, 0, 0.5, 60]))
    def walk_on(self, line: Line, seconds: float) -> None:
        self.time.pass_by(seconds)
        self.step(line)

    def step(self, line: Line) -> None:
        before = self.data()
        self.diary.heard.clear()
        self.call(*line)
        after, heard = self.data(), self.diary.heard
        told = {(change.database, change.key) for change in heard}
        for place in before.keys() | after.keys() if not is_silent(line) else ():
            changed = before.get(place) != after.get(place)
            assert not changed or place in told or (place[0], None) in told, (line, place)
        for change in heard:
            assert change.command == (None if change.event == "expired" else tuple(line)), (line, change)
            if change.key is not None:
                self.compare((change.database, change.key), before, after)

    def compare(self, place: Place, before: dict[Place, Any], after: dict[Place, Any]) -> None:
        """Compare what was told of a key with what is known of it."""
        changes = [change for change in self.diary.heard if (change.database, change.key) == place]
        old = [change.old for change in changes if change.old is not None]
        assert old == [before.get(place)] * len(old), changes
        now = after.get(place) if place[1] in list(self.call.engine.keyspace[place[0]].keys()) else None
        assert [now] * len(changes) == [change.value() for change in changes], changes
        if isinstance(before.get(place), bytes) and place not in after:
            assert old, changes


def test_no_change_escapes_a_follower_and_what_it_is_told_of_the_past_is_true() -> None:
    run_state_machine_as_test(FollowedWalk, settings=QUICKLY)
