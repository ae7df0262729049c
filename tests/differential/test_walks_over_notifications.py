"""Walks through commands of all types: what subscribers hear of them is the same here and there, in the same order.

Whoever looks for a key that is not there, and in which order, is heard as well, so these walks also tell how often and in
which order commands look at their keys. What commands reply is the business of the other walks.
"""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from bare_engine import Session
from differential.command_lines import Line
from differential.test_walks import DATABASES, DEADLINES, KEYS, QUICKLY, STRINGS, Walk, lines, patient_wire
from differential.test_walks_over_bits import BITMAPS, HYPERLOGLOGS
from differential.test_walks_over_hashes import LOOKING as LOOKING_AT_HASHES
from differential.test_walks_over_hashes import SETTING as SETTING_HASHES
from differential.test_walks_over_lists import CHANGING as CHANGING_LISTS
from differential.test_walks_over_lists import LOOKING as LOOKING_AT_LISTS
from differential.test_walks_over_lists import LOWEST
from differential.test_walks_over_places import LOOKING as LOOKING_AT_PLACES
from differential.test_walks_over_places import PLACING
from differential.test_walks_over_sets import SETS
from differential.test_walks_over_sorted_sets import CHANGING as CHANGING_SORTED_SETS
from differential.test_walks_over_sorted_sets import LOOKING as LOOKING_AT_SORTED_SETS
from differential.test_walks_over_sorting import SORTING
from oracle import Oracle, Wire, encode_command

__all__ = ["patient_wire"]


class ListeningWalk(Walk):
    """A walk in the presence of subscribers, here and there."""

    def __init__(self, wire: Wire, their_subscriber: Wire) -> None:
        super().__init__(wire)
        self.their_subscriber = their_subscriber
        self.subscriber: Session = self.ours.another()
        self.subscriber("PSUBSCRIBE __key*")
        self.subscriber.taken()

    @initialize(letters=st.sampled_from(["KEAnm", "EAn"]))
    def listen(self, letters: str) -> None:
        for call in (self.theirs.command, self.ours):
            call("CONFIG", "SET", "notify-keyspace-events", letters)

    @rule(line=lines(KEYS, DEADLINES, DATABASES, SORTING))
    def walk_on(self, line: Line) -> None:
        if line[0] not in (b"RANDOMKEY", b"SCAN"):
            self.step(line)

    @rule(line=lines(STRINGS, BITMAPS, HYPERLOGLOGS))
    def walk_over_strings(self, line: Line) -> None:
        self.step(line)

    @rule(line=lines(CHANGING_LISTS, LOOKING_AT_LISTS, SETTING_HASHES, LOOKING_AT_HASHES))
    def walk_over_lists_and_hashes(self, line: Line) -> None:
        if LOWEST not in line:  # the oracle does not refuse that rank yet
            self.step(line)

    @rule(line=lines(SETS, CHANGING_SORTED_SETS, LOOKING_AT_SORTED_SETS, PLACING, LOOKING_AT_PLACES))
    def walk_over_sets(self, line: Line) -> None:
        # SPOP takes what it likes; the oracle does not know the option WITHSCORE of 7.2.
        if line[0] != b"SPOP" and not (line[0] in (b"ZRANK", b"ZREVRANK") and len(line) > 3):
            self.step(line)

    def step(self, line: Line) -> None:
        self.theirs.command(*line)
        self.ours(*line)
        self.theirs.command("PUBLISH", "__key: the end", "")
        heard = []
        while (message := self.their_subscriber.read_value())[2] != b"__key: the end":
            heard.append(encode_command(*message))
        theirs, ours = b"".join(heard), self.subscriber.taken()
        if line[0] == b"SORT":  # which looks at the weights of a set in the order of its table
            theirs, ours = (b"\n".join(sorted(events.split(b"\n"))) for events in (theirs, ours))
        self.compare(line, theirs, ours)

    def teardown(self) -> None:
        for call in (self.theirs.command, self.ours):
            call("CONFIG", "SET", "notify-keyspace-events", "")


def test_subscribers_hear_the_same_on_every_walk(patient_wire: Wire, oracle: Oracle) -> None:
    with oracle.connect() as subscriber:
        subscriber.ask("PSUBSCRIBE", "__key*")
        run_state_machine_as_test(lambda: ListeningWalk(patient_wire, subscriber), settings=QUICKLY)
