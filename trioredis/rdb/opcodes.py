"""The numbers that say what follows in a snapshot: here the types of values, as version 10 of the format has them."""

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
