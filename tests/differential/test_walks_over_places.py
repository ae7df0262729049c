"""Walks through places. Nothing is arbitrary here: every reply has to be the same to the byte.

There are never more members than Redis sorts by insertion, so that those who are equally near stay in the order in
which they were found, here and there.
"""

from hypothesis.stateful import rule, run_state_machine_as_test

from differential.command_lines import KEYS, Line
from differential.test_walks import QUICKLY, Walk, lines, patient_wire
from oracle import Wire
from scores import with_17_digits

__all__ = ["patient_wire"]

PLACING = "GEOADD GEOADD GEOADD GEOADD ZADD ZREM DEL GEOSEARCHSTORE GEOSEARCHSTORE"
LOOKING = "GEOPOS GEOHASH GEODIST GEODIST GEOSEARCH GEOSEARCH GEOSEARCH OBJECT|ENCODING"
CIRCLES = "GEORADIUS GEORADIUS_RO GEORADIUSBYMEMBER GEORADIUSBYMEMBER_RO"


class PlaceWalk(Walk):
    walk_on = None

    @rule(line=lines(PLACING, CIRCLES))
    def change_places(self, line: Line) -> None:
        theirs, ours = self.theirs.command(*line), self.ours(*line)
        self.compare(line, with_17_digits(theirs), with_17_digits(ours))
        for key in KEYS:
            self.step([b"ZREMRANGEBYRANK", key, b"6", b"-1"])

    @rule(line=lines(LOOKING, CIRCLES))
    def look_at_places(self, line: Line) -> None:
        self.step(line)


def test_a_walk_over_places_ends_where_it_ends_on_a_real_redis(patient_wire: Wire) -> None:
    run_state_machine_as_test(lambda: PlaceWalk(patient_wire), settings=QUICKLY)
