"""What kind of value a Python object is: the one table that every data type enters.

A database holds plain Python objects. What TYPE, OBJECT ENCODING and MEMORY USAGE say about one is looked up
here by its exact type; a new data type adds its line and nothing else has to know of it.
"""

import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

from attrs import evolve, frozen

from trioredis.datatypes import hashes, lists, sorted_sets, strings
from trioredis.datatypes.hashes import ListedHash, PackedHash, TableHash
from trioredis.datatypes.lists import PackedList
from trioredis.datatypes.quicklist import Quicklist
from trioredis.datatypes.set_forms import HashSet, IntSet, PackedSet
from trioredis.datatypes.sorted_sets import LargeSortedSet, PackedSortedSet
from trioredis.datatypes.streams import Stream
from trioredis.datatypes.strings import PlainBytes

Value = Any
"""What a key holds: an instance of one of the types in `KINDS`."""


@frozen
class Kind:
    """What is said about all values of one Python type."""

    name: bytes
    """As TYPE answers."""

    encoding: Callable[[Any], bytes]
    """As OBJECT ENCODING answers, from the value."""

    memory: Callable[[Any, int], int] = lambda value, samples: sys.getsizeof(value)
    """The bytes that the value takes, without its key, estimated from so many elements; 0: from all of them."""

    copy: Callable[[Any], Value] = lambda value: value
    """An equal value that no later change of this one reaches; what never changes is its own copy."""

    crumble: Callable[[Any], Iterator[object]] | None = None
    """Takes a value apart that is too large to be freed at once, about a thousand elements a step."""


STRING = Kind(b"string", strings.encoding)
LIST = Kind(b"list", lists.encoding)
HASH = Kind(b"hash", hashes.encoding)
SET = Kind(b"set", lambda value: value.encoding)
SORTED_SET = Kind(b"zset", sorted_sets.encoding)

KINDS: dict[type, Kind] = {
    bytes: STRING,
    int: STRING,
    bytearray: evolve(STRING, copy=bytearray),
    PlainBytes: STRING,
    PackedList: LIST,
    Quicklist: evolve(LIST, memory=Quicklist.memory, copy=Quicklist.copy, crumble=Quicklist.crumble),
    PackedHash: HASH,
    ListedHash: evolve(HASH, memory=ListedHash.memory, copy=ListedHash, crumble=ListedHash.crumble),
    TableHash: evolve(HASH, memory=TableHash.memory, copy=TableHash.copy, crumble=TableHash.crumble),
    IntSet: SET,
    PackedSet: SET,
    HashSet: evolve(SET, memory=HashSet.memory, copy=HashSet.copy, crumble=HashSet.crumble),
    PackedSortedSet: SORTED_SET,
    LargeSortedSet: evolve(
        SORTED_SET, memory=LargeSortedSet.memory, copy=LargeSortedSet.copy, crumble=LargeSortedSet.crumble
    ),
    Stream: Kind(
        b"stream",
        encoding=lambda stream: b"stream",
        memory=Stream.memory,
        copy=Stream.copy,
        crumble=Stream.crumble,
    ),
}


def type_name(value: Value) -> bytes:
    """Return what TYPE says of a value: ``string``, ``list`` and so on."""
    return KINDS[type(value)].name


def encoding_name(value: Value) -> bytes:
    """Return what OBJECT ENCODING says of a value."""
    return KINDS[type(value)].encoding(value)


_SHARED_INTEGERS: Final = 10_000
_FOR_EVER: Final = 2**31 - 1


def reference_count(value: Value) -> int:
    """Return how many references Redis would count: it keeps small integers once for all keys, for ever."""
    is_shared = encoding_name(value) == b"int" and 0 <= int(value) < _SHARED_INTEGERS
    return _FOR_EVER if is_shared else 1


def memory_usage(value: Value, samples: int) -> int:
    """Return the bytes that a value takes in this process; source: MEMORY USAGE."""
    return KINDS[type(value)].memory(value, samples)


def copy_of(value: Value) -> Value:
    """Return an equal value that shares nothing which may change; source: COPY."""
    return KINDS[type(value)].copy(value)


CRUMBLING = {python_type: kind.crumble for python_type, kind in KINDS.items() if kind.crumble}
"""How to free a value in steps, by the types that need it."""
