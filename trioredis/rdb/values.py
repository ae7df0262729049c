"""How a snapshot writes the value of a key, whatever its type; a new data type adds its lines to `FORMS`.

A value is written piece by piece, so that one of any size can be measured, or written between other things, without
ever being in memory twice.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain
from typing import Any, Final

from trioredis.datatypes import hashes
from trioredis.datatypes.hashes import HashValue, ListedHash, PackedHash, TableHash
from trioredis.datatypes.kinds import Value
from trioredis.datatypes.lists import PackedList
from trioredis.datatypes.packing import unpack
from trioredis.datatypes.quicklist import Quicklist
from trioredis.datatypes.set_forms import HashSet, IntSet, PackedSet
from trioredis.datatypes.sorted_sets import LISTPACK, LargeSortedSet, PackedSortedSet, opened
from trioredis.datatypes.streams import Stream
from trioredis.datatypes.strings import PlainBytes, StringValue, as_bytes
from trioredis.rdb import intset, listpack, opcodes
from trioredis.rdb.sorted_sets import listpack_elements, skiplist_pieces
from trioredis.rdb.streams import stream_pieces
from trioredis.rdb.writer import String, encode_length, encode_string, encode_string_uncompressed

_PACKED_NODE: Final = b"\x02"
"""Stands before a node of a list that is a listpack, which all nodes are here."""

Form = tuple[int, Iterable[bytes]]
"""The number of a type, and the pieces that a value of that type is written in."""


def saved_form(value: Value, compressing: bool = True) -> Form:
    """Return how a value is written; `compressing` is the directive `rdbcompression`.

    The value must not change before the last piece is taken.
    """
    return FORMS[type(value)](value, encode_string if compressing else encode_string_uncompressed)


def saved_length(value: Value, compressing: bool = True) -> int:
    """Return the bytes that a value takes in a snapshot: the `serializedlength` of DEBUG OBJECT."""
    return sum(map(len, saved_form(value, compressing)[1]))


def _of_string(value: StringValue, string: String) -> Form:
    return opcodes.STRING, [string(as_bytes(value))]


def _of_packed_list(value: PackedList, string: String) -> Form:
    return opcodes.LIST_QUICKLIST_2, _nodes([unpack(value)], string)


def _of_quicklist(value: Quicklist, string: String) -> Form:
    return opcodes.LIST_QUICKLIST_2, _nodes(value.nodes, string)


def _nodes(nodes: Collection[list[bytes]], string: String) -> Iterator[bytes]:
    yield encode_length(len(nodes))
    for node in nodes:
        yield _PACKED_NODE + string(listpack.encode(node))


# --- sets


def _of_integers(value: IntSet, string: String) -> Form:
    numbers = value.numbers()
    width = max(intset.width_of(numbers[0]), intset.width_of(numbers[-1]))
    return opcodes.SET_INTSET, [string(intset.encode(numbers, width))]


def _of_members(value: PackedSet | HashSet, string: String) -> Form:
    # A listpack is written as if it were a hashtable: version 10 of the format has no type for it.
    return opcodes.SET, chain([encode_length(value.size())], map(string, value.members()))


# --- hashes


def _of_listed_fields(value: PackedHash | ListedHash, string: String) -> Form:
    return opcodes.HASH_LISTPACK, [string(listpack.encode(_fields_and_values(value)))]


def _of_fields(value: TableHash, string: String) -> Form:
    return opcodes.HASH, chain([encode_length(len(value))], map(string, _fields_and_values(value)))


def _fields_and_values(value: HashValue) -> Iterator[bytes]:
    return chain.from_iterable(hashes.items(value))


# --- sorted sets and streams


def _of_listed_members(value: PackedSortedSet, string: String) -> Form:
    return opcodes.ZSET_LISTPACK, [string(listpack.encode(listpack_elements(opened(value))))]


def _of_large_sorted_set(value: LargeSortedSet, string: String) -> Form:
    if value.encoding == LISTPACK:
        return opcodes.ZSET_LISTPACK, [string(listpack.encode(listpack_elements(value)))]
    return opcodes.ZSET_2, skiplist_pieces(value, string)


def _of_stream(value: Stream, string: String) -> Form:
    return opcodes.STREAM_LISTPACKS_2, stream_pieces(value, string)


FORMS: Final[dict[type, Callable[[Any, String], Form]]] = {
    bytes: _of_string,
    int: _of_string,
    bytearray: _of_string,
    PlainBytes: _of_string,
    PackedList: _of_packed_list,
    Quicklist: _of_quicklist,
    IntSet: _of_integers,
    PackedSet: _of_members,
    HashSet: _of_members,
    PackedHash: _of_listed_fields,
    ListedHash: _of_listed_fields,
    TableHash: _of_fields,
    PackedSortedSet: _of_listed_members,
    LargeSortedSet: _of_large_sorted_set,
    Stream: _of_stream,
}
"""By Python type, as `KINDS`: from a value, and the way to write a string, to its form."""
