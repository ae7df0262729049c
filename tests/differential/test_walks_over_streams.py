"""Walks through streams and consumer groups.

Every other step belongs to the general walk, which copies, renames and drops what these commands have made. What an
oracle of 7.0 answers otherwise than 7.2 does, and what two clocks make different:

- 7.2 creates a consumer that reads or claims in any case, 7.0 only if it gets something: it is created there, too;
- 7.2 tells more of a consumer (`inactive`, `active-time`);
- it does not let XSETID go back behind what was deleted, and has other words for an unbalanced XREAD, and for a
  sequence number that cannot grow;
- moments that were taken from the clock only have to be about the same.

No id is left to the clock, and nothing blocks: `tests/commands/test_streams_blocking.py` is about that.
"""

import re
import time
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from bare_engine import words
from differential.command_lines import KEYS, Line
from differential.test_walks import LENIENT, QUICKLY, Walk, lines, patient_wire
from oracle import Failure, Value, Wire
from trioredis.datatypes.stream_ids import format_id
from trioredis.datatypes.streams import Stream

__all__ = ["patient_wire"]

STREAMS = """
    XADD XADD XADD XADD XLEN XRANGE XRANGE XREVRANGE XREVRANGE XREAD XREAD XDEL XDEL XTRIM XTRIM XSETID
    XINFO|STREAM XINFO|STREAM TYPE OBJECT|ENCODING
"""
GROUPS = """
    XGROUP|CREATE XGROUP|CREATE XGROUP|SETID XGROUP|CREATECONSUMER XGROUP|DELCONSUMER XGROUP|DESTROY
    XREADGROUP XREADGROUP XREADGROUP XREADGROUP XACK XPENDING XPENDING XCLAIM XCLAIM XCLAIM XAUTOCLAIM XAUTOCLAIM
    XINFO|GROUPS XINFO|CONSUMERS
"""

NODE_LIMITS = {
    "stream-node-max-entries": st.sampled_from([100, 0, 1, 3, 10]),
    "stream-node-max-bytes": st.sampled_from([4096, 0, 60, 200]),
}
NODE_DEFAULTS = {"stream-node-max-entries": 100, "stream-node-max-bytes": 4096}
ENTRIES = st.sampled_from(
    ["f 1", "f 1", "f 1", "f -70000", "f 1 g text", "g " + "x" * 70, "f", "f f f " + "y" * 5000]
)

STREAM_KEYS = st.sampled_from(KEYS[:2])
CONSUMERS = st.sampled_from(["alice", "bob", "carol"])
PLACES = st.lists(st.integers(0, 60), min_size=1, max_size=5)
CLAIM_OPTIONS = ["JUSTID", "FORCE", "IDLE 1000000", "TIME 1", "RETRYCOUNT 7", "LASTID 9-0"]
QUESTIONS = ["", "- + 10", "- + 100 alice", "(2-2 + 3 bob", "IDLE 500000 - + 100", "IDLE 500000 - + 2 alice"]

MINUTE = 60_000
UNKNOWN_TO_THE_ORACLE = {b"inactive", b"active-time"}
OF_THE_CLOCK = {b"idle", b"seen-time"}
REFUSED_SINCE_7_2 = b"-ERR The ID specified in XSETID is smaller than current max_deleted_entry_id\r\n"
REWORDED_SINCE_7_2 = {
    b"ERR Unbalanced 'xread' list of streams": b"ERR Unbalanced XREAD list of streams",
    b"ERR Unbalanced 'xreadgroup' list of streams": b"ERR Unbalanced XREAD list of streams",
    b"ERR The ID specified in XADD is equal or smaller": b"ERR Elements are too large",
}

is_id = re.compile(rb"\d+-\d+").fullmatch


def timeless(value: Any) -> Any:
    """A reply without what the oracle does not know, and without moments that were taken from the clock."""
    if not isinstance(value, list):
        return value
    items = [timeless(item) for each in value for item in (each if isinstance(each, tuple) else (each,))]
    match items:
        case [bytes(entry_id), *consumer, int(moment), int(count)] if is_id(entry_id) and len(consumer) <= 1:
            return [entry_id, *consumer, coarse(moment), count]
        case [b"name", *_]:
            facts = zip(items[::2], items[1::2], strict=True)
            return [fact for fact in facts if fact[0] not in UNKNOWN_TO_THE_ORACLE | OF_THE_CLOCK]
    return items


def coarse(milliseconds: int) -> object:
    """A moment, or an age, unless it is that of something that happened in this walk."""
    if milliseconds < MINUTE or abs(milliseconds - time.time() * 1000) < MINUTE:
        return "now"
    return milliseconds // 10_000_000


def same_but_for_time(theirs: Value, ours: Value) -> bool:
    return bool(timeless(theirs) == timeless(ours))


def same_error(theirs: Value, ours: Value) -> bool:
    return (
        isinstance(theirs, Failure)
        and isinstance(ours, Failure)
        and any(ours.startswith(new) and theirs.startswith(old) for new, old in REWORDED_SINCE_7_2.items())
    )


def without_clock(line: Line) -> Line:
    """A line whose ids do not depend on the time."""
    return [b"7-*" if word == b"*" and line[0] == b"XADD" else word for word in line]


def does_not_wait(line: Line) -> bool:
    return b"BLOCK" not in map(bytes.upper, line)


class StreamWalk(Walk):
    lenient = LENIENT | {
        b"XINFO": same_but_for_time,
        b"XPENDING": same_but_for_time,
        b"XADD": same_error,
        b"XREAD": same_error,
        b"XREADGROUP": same_error,
    }

    @initialize(limits=st.fixed_dictionaries(NODE_LIMITS))
    def limit_nodes(self, limits: dict[str, int]) -> None:
        for name, value in limits.items():
            self.step(words("CONFIG", "SET", name, value))
        self.step(words("XGROUP", "CREATE", KEYS[0], "g", 0, "MKSTREAM"))

    @rule(line=lines(STREAMS).map(without_clock).filter(does_not_wait))
    def walk_over_streams(self, line: Line) -> None:
        if line[0] == b"XSETID" and self.ours(*line) == REFUSED_SINCE_7_2:
            return
        self.step(line)

    @rule(
        key=st.sampled_from(KEYS[:2]),
        entries=st.lists(ENTRIES, min_size=1, max_size=30),
        pace=st.integers(0, 300),
    )
    def grow(self, key: bytes, entries: list[str], pace: int) -> None:
        stream = self.stream(key)
        milliseconds = stream.last_id >> 64 if isinstance(stream, Stream) else 0
        for entry in entries:
            milliseconds += pace
            self.step([b"XADD", key, b"%d-*" % milliseconds, *f"{entry} {milliseconds}".encode().split()][:8])

    @rule(line=lines(GROUPS).filter(does_not_wait))
    def walk_over_groups(self, line: Line) -> None:
        self.step(line)
        self.create_consumers(KEYS)

    @rule(
        key=STREAM_KEYS,
        consumer=CONSUMERS,
        options=st.sampled_from(["", "", "NOACK ", "COUNT 1 ", "COUNT 3 "]),
        entry_id=st.sampled_from([">", ">", ">", ">", "0", "2-2"]),
    )
    def consume(self, key: bytes, consumer: str, options: str, entry_id: str) -> None:
        if isinstance(stream := self.stream(key), Stream) and b"g" not in stream.groups:
            self.step([b"XGROUP", b"CREATE", key, b"g", b"0"])
        self.walk_over_groups(
            words("XREADGROUP", "GROUP", "g", consumer, *options.split(), "STREAMS", key, entry_id)
        )

    @rule(key=STREAM_KEYS, places=PLACES)
    def acknowledge(self, key: bytes, places: list[int]) -> None:
        self.step(words("XACK", key, "g", *self.ids(key, places)))

    @rule(key=STREAM_KEYS, places=PLACES)
    def delete(self, key: bytes, places: list[int]) -> None:
        self.step(words("XDEL", key, *self.ids(key, places)))

    @rule(
        key=STREAM_KEYS,
        consumer=CONSUMERS,
        idle=st.sampled_from([0, 0, 0, 500_000]),
        places=PLACES,
        options=st.lists(st.sampled_from(CLAIM_OPTIONS), max_size=3),
    )
    def claim(self, key: bytes, consumer: str, idle: int, places: list[int], options: list[str]) -> None:
        ids = self.ids(key, places)
        self.walk_over_groups(words("XCLAIM", key, "g", consumer, idle, *ids, *" ".join(options).split()))

    @rule(
        key=STREAM_KEYS,
        consumer=CONSUMERS,
        idle=st.sampled_from([0, 0, 500_000]),
        start=st.sampled_from(["0", "2-2", "(5-0", "400"]),
        options=st.sampled_from(["", "JUSTID", "COUNT 1", "COUNT 3"]),
    )
    def claim_the_idle(self, key: bytes, consumer: str, idle: int, start: str, options: str) -> None:
        self.walk_over_groups(words("XAUTOCLAIM", key, "g", consumer, idle, start, *options.split()))

    @rule(key=STREAM_KEYS, question=st.sampled_from(QUESTIONS))
    def ask_what_is_pending(self, key: bytes, question: str) -> None:
        self.step(words("XPENDING", key, "g", *question.split()))

    def stream(self, key: bytes) -> object:
        return self.ours.context.db.peek(key)

    def ids(self, key: bytes, places: list[int]) -> list[bytes]:
        """Ids of entries that are in a stream, or were."""
        stream = self.stream(key)
        if not isinstance(stream, Stream):
            return [b"%d" % place for place in places]
        pending = [*stream.groups[b"g"].pending] if b"g" in stream.groups else []
        known = pending + [entry_id for entry_id, _ in stream.entries(count=50)] + [1 << 64]
        return [format_id(known[place % len(known)]) for place in places]

    def create_consumers(self, keys: Iterable[bytes]) -> None:
        """Create on the oracle the consumers that are here."""
        for key in keys:
            stream = self.stream(key)
            for name, group in stream.groups.items() if isinstance(stream, Stream) else ():
                for consumer in group.consumers:
                    self.theirs.command("XGROUP", "CREATECONSUMER", key, name, consumer)

    @rule(key=STREAM_KEYS)
    def look_closely(self, key: bytes) -> None:
        self.look(key)

    def look(self, key: bytes) -> None:
        self.step([b"XINFO", b"STREAM", key, b"FULL", b"COUNT", b"0"])
        self.step([b"XINFO", b"STREAM", key])
        self.step([b"DEBUG", b"DIGEST-VALUE", key])

    def teardown(self) -> None:
        if self.is_sound:
            for key in KEYS:
                self.look(key)
        super().teardown()
        for name, value in NODE_DEFAULTS.items():
            self.theirs.command("CONFIG", "SET", name, value)


class ReaderWalk(StreamWalk):
    """Without the general walk, so that streams and groups live longer."""

    walk_on = None


def test_a_walk_over_streams_ends_where_it_ends_on_a_real_redis(patient_wire: Wire) -> None:
    run_state_machine_as_test(lambda: StreamWalk(patient_wire), settings=QUICKLY)


def test_a_walk_over_groups_ends_where_it_ends_on_a_real_redis(patient_wire: Wire) -> None:
    run_state_machine_as_test(lambda: ReaderWalk(patient_wire), settings=QUICKLY)
