"""Walks through the strings that are seen as something else: bitmaps, bit fields and HyperLogLogs.

Every other step belongs to the general walk, which reads, copies, cuts and prolongs what these commands have made.
"""

from hypothesis.stateful import rule, run_state_machine_as_test

from differential.command_lines import Line
from differential.test_walks import QUICKLY, Walk, lines, patient_wire
from oracle import Wire

__all__ = ["patient_wire"]

BITMAPS = "SETBIT SETBIT GETBIT BITCOUNT BITPOS BITPOS BITOP BITOP BITFIELD BITFIELD BITFIELD BITFIELD_RO"
HYPERLOGLOGS = "PFADD PFADD PFADD PFADD PFCOUNT PFCOUNT PFMERGE PFMERGE PFDEBUG"


class BitWalk(Walk):
    @rule(line=lines(BITMAPS))
    def walk_over_bits(self, line: Line) -> None:
        self.step(line)

    @rule(line=lines(HYPERLOGLOGS))
    def walk_over_sketches(self, line: Line) -> None:
        self.step(line)


class SketchWalk(BitWalk):
    """Without the general walk, so that sketches live longer; strings come from BITOP and SETBIT."""

    walk_on = None


def test_a_walk_over_bits_ends_where_it_ends_on_a_real_redis(patient_wire: Wire) -> None:
    run_state_machine_as_test(lambda: BitWalk(patient_wire), settings=QUICKLY)


def test_a_walk_over_sketches_ends_where_it_ends_on_a_real_redis(patient_wire: Wire) -> None:
    run_state_machine_as_test(lambda: SketchWalk(patient_wire), settings=QUICKLY)
