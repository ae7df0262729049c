"""How a snapshot writes a sorted set: as a listpack from the lowest score on, or pair by pair from the highest on.

Redis rebuilds its skiplist fastest if every pair comes before those it has, hence the order.
"""

import struct
from collections.abc import Iterator
from typing import Final

from trioredis.datatypes.sorted_sets import AnySortedSet, LargeSortedSet
from trioredis.rdb.listpack import Element
from trioredis.rdb.writer import String, encode_length

_LARGEST_INTEGRAL: Final = 2.0**62
"""Up to here an integral score is an integer in a listpack."""

_AT_ONCE: Final = 1000
_double = struct.Struct("<d").pack


def listpack_elements(value: AnySortedSet) -> Iterator[Element]:
    """Yield the elements of the listpack that a sorted set is: each member, then its score."""
    for member, score in value:
        yield member
        yield _score_element(score)


def _score_element(score: float) -> Element:
    if score.is_integer() and abs(score) <= _LARGEST_INTEGRAL:
        return int(score)
    return b"%.17g" % score


def skiplist_pieces(value: LargeSortedSet, string: String) -> Iterator[bytes]:
    """Yield what a skiplist is written in."""
    yield encode_length(len(value))
    for stop in range(len(value), 0, -_AT_ONCE):
        for member, score in value.items(max(0, stop - _AT_ONCE), stop, backwards=True):
            yield string(member) + _double(score)
