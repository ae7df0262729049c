"""Values as programs in Python know them: copies, made of the types of the language."""

from collections.abc import Callable
from typing import Any, Final

from trioredis.datatypes import hashes, sorted_sets
from trioredis.datatypes.kinds import Value, type_name
from trioredis.datatypes.lists import elements
from trioredis.datatypes.sorted_sets import AnySortedSet
from trioredis.datatypes.stream_ids import format_id
from trioredis.datatypes.streams import Stream
from trioredis.datatypes.strings import as_bytes


def as_native(value: Value) -> Any:
    """Return a copy of a value.

    A string is bytes, a list a list, a hash a dict, a set a set; a sorted set is a dict of scores by their members, in
    order; a stream is a list of pairs: an id, and a list of fields and values in turn.
    """
    return _COPIES[type_name(value)](value)


def _scores(sorted_set: AnySortedSet) -> dict[bytes, float]:
    return dict(sorted_set.items(0, len(sorted_set)))


def _stream(stream: Stream) -> list[tuple[bytes, list[bytes]]]:
    return [(format_id(entry_id), list(entry)) for entry_id, entry in stream.entries()]


_COPIES: Final[dict[bytes, Callable[[Any], Any]]] = {
    b"string": as_bytes,
    b"list": lambda value: list(elements(value)),
    b"hash": lambda value: dict(hashes.items(value)),
    b"set": lambda value: set(value.members()),
    b"zset": lambda value: _scores(sorted_sets.opened(value)),
    b"stream": _stream,
}
