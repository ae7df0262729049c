"""Both encodings of sorted sets, here and on the oracle."""

import pytest

from side_by_side import Both

FORMS = pytest.mark.parametrize("entries", [128, 0], ids=["listpack", "skiplist"])
"""A test runs on both encodings; it begins with `limit(both, entries)`."""


def limit(both: Both, entries: int) -> None:
    """Let sorted sets of more members be skiplists from now on."""
    both("CONFIG", "SET", "zset-max-listpack-entries", entries)
