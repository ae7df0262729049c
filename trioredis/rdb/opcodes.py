"""The numbers that say what follows in a snapshot, as version 10 of the format has them: types of values, and more."""

from typing import Final

STRING: Final = 0
SET: Final = 2
HASH: Final = 4
ZSET_2: Final = 5
SET_INTSET: Final = 11
HASH_LISTPACK: Final = 16
ZSET_LISTPACK: Final = 17
LIST_QUICKLIST_2: Final = 18
STREAM_LISTPACKS_2: Final = 19

FUNCTION_2: Final = 245
"""A library of functions, which is no value of a key."""
