"""How a snapshot writes a stream: its nodes as listpacks, its counters, its groups with all that is pending.

A node's listpack begins with the *master entry*, by which the others are shortened:

    live   deleted   how many fields   field   field   ...   0

and goes on with the entries, which have one of two forms, and tell their ids by the distance from the node's key:

    flags   milliseconds   sequence   how many fields   field   value   field   value   ...   elements before this
    flags   milliseconds   sequence   value   value   ...   elements before this          (the fields of the master entry)

Redis keeps entries that were deleted in their node, with a flag; they are written out of it here, and so the number of
the deleted is 0.

Source: the comments at the top of t_stream.c and `rdbSaveObject` of rdb.c in Redis 7.0.
"""

import struct
from collections.abc import Iterator
from typing import Final

from trioredis.datatypes.consumer_groups import Consumer, Group
from trioredis.datatypes.stream_ids import MAX_SEQUENCE, SHIFT
from trioredis.datatypes.stream_nodes import Entry, Node
from trioredis.datatypes.streams import Stream
from trioredis.rdb import listpack
from trioredis.rdb.listpack import Element
from trioredis.rdb.writer import String, encode_length

_ID_SIZE: Final = 16
_OWN_FIELDS, _MASTER_FIELDS = 0, 2
_FLAGS_AND_ID: Final = 3
_time = struct.Struct("<q").pack


def stream_pieces(stream: Stream, string: String) -> Iterator[bytes]:
    """Yield what a stream is written in."""
    yield encode_length(len(stream.nodes))
    for node in stream.nodes:
        entries = stream.entries(node.start, node.last)
        yield string(_whole_id(node.start)) + string(listpack.encode(_node_elements(node, entries)))
    yield encode_length(stream.length)
    yield from map(_id_in_two, (stream.last_id, stream.first_id, stream.max_deleted_id))
    yield encode_length(stream.entries_added)
    yield encode_length(len(stream.groups))
    for name, group in sorted(stream.groups.items()):
        yield string(name)
        yield from _group_pieces(group, string)


def _node_elements(node: Node, entries: list[tuple[int, Entry]]) -> Iterator[Element]:
    fields = node.fields
    yield from (len(entries), 0, len(fields))
    yield from fields
    yield 0
    for entry_id, entry in entries:
        is_short = entry[::2] == fields
        own: tuple[Element, ...] = entry[1::2] if is_short else (len(entry) // 2, *entry)
        yield _MASTER_FIELDS if is_short else _OWN_FIELDS
        yield _distance(entry_id >> SHIFT, node.start >> SHIFT)
        yield _distance(entry_id & MAX_SEQUENCE, node.start & MAX_SEQUENCE)
        yield from own
        yield len(own) + _FLAGS_AND_ID


def _distance(number: int, start: int) -> int:
    """Return the difference of two unsigned 64-bit numbers, as a signed one."""
    return int.from_bytes((number - start & MAX_SEQUENCE).to_bytes(8), signed=True)


def _group_pieces(group: Group, string: String) -> Iterator[bytes]:
    yield _id_in_two(group.last_id)
    yield encode_length(group.entries_read & MAX_SEQUENCE)
    yield encode_length(len(group.pending))
    for entry_id, delivery in group.pending.items():
        yield _whole_id(entry_id) + _time(delivery.time) + encode_length(delivery.count & MAX_SEQUENCE)
    yield encode_length(len(group.consumers))
    for _, consumer in sorted(group.consumers.items()):
        yield from _consumer_pieces(consumer, string)


def _consumer_pieces(consumer: Consumer, string: String) -> Iterator[bytes]:
    yield string(consumer.name) + _time(consumer.seen_time)
    yield encode_length(len(consumer.pending))
    yield from map(_whole_id, consumer.pending)


def _whole_id(entry_id: int) -> bytes:
    return entry_id.to_bytes(_ID_SIZE)


def _id_in_two(entry_id: int) -> bytes:
    return encode_length(entry_id >> SHIFT) + encode_length(entry_id & MAX_SEQUENCE)
