"""Sorted sets in both encodings, here and on the oracle."""

import pytest

from side_by_side import Both

FORMS = pytest.mark.parametrize("entries", [128, 0], ids=["listpack", "skiplist"])
"""A test runs on both encodings; it begins with `limit(both, entries)`."""

SCORES = "ZADD z 1 a 1 b 2 c 3 d -inf e inf f 2.5 g -3 h 0 i"
"""Makes a sorted set of many scores."""

SAME = "ZADD z 0 a 0 aa 0 b 0 c 0 d 0 e"
"""Makes one with the same score everywhere."""


def limit(both: Both, entries: int) -> None:
    """Let sorted sets of more members be skiplists from now on."""
    both("CONFIG", "SET", "zset-max-listpack-entries", entries)
