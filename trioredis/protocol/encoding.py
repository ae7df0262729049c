"""Replies become bytes: one table per protocol version, looked up by the exact type of the value.

An encoder appends buffers to a list that the caller joins or sends. Every appended buffer is immutable and
owned by nobody else: a container is written out at once, so the next command may change it. Only large ``bytes``
are appended as they are, which saves the copy and is safe because nothing can change them.

RESP3 adds types that RESP2 lacks; a RESP2 client gets what Redis gives it: maps flattened to arrays, sets and
pushes as arrays, doubles, big numbers and verbatim text as bulk strings, booleans as 0 and 1. ``str`` is in
neither table: whoever returns one has decoded something on the data path, and gets a TypeError, before which
nothing is left in the list.

The hot replies (integers, bulk strings, nulls, statuses) take one look-up and one formatting. See
https://redis.io/docs/reference/protocol-spec/.
"""

from collections.abc import Callable, Collection, Iterator
from itertools import islice
from operator import attrgetter
from typing import Any, TypeAlias

from trioredis.numerals import format_float
from trioredis.protocol.replies import (
    NO_REPLY,
    Absence,
    Attributed,
    BigNumber,
    Error,
    Pairs,
    Printed,
    Push,
    Reply,
    SetReply,
    Simple,
    Verbatim,
    one_line,
)

Buffers: TypeAlias = list[bytes]
Encoder: TypeAlias = Callable[[Any, Buffers], None]

LARGE = 16 * 1024
"""Bulk strings from this many bytes on are appended without being copied."""

_SHORT = 1024
"""Bulk strings up to this many bytes have their headers ready made."""

_BULK_HEADERS = tuple(b"$%d\r\n" % size for size in range(_SHORT))
_NEXT_BULK_HEADER = tuple(b"\r\n" + header for header in _BULK_HEADERS).__getitem__

_MANY = 16
"""Arrays of so many items are looked at as a whole: nearly all are bulk strings and nothing else."""

_PORTION = 4096
"""Items up to which an array is looked at as a whole: to join a bulk string takes 180 bytes more than it has."""

_ONLY_BULKS = {bytes}
_SMALL_INTEGERS = {number: b":%d\r\n" % number for number in range(-16, 1024)}


class _Table(dict[type, Encoder]):
    """Encoders by type; an unknown type is a bug of the command that returned it."""

    def __missing__(self, kind: type) -> Encoder:
        raise TypeError(f"a reply cannot be of type {kind.__qualname__}")


_RESP2 = _Table()
_RESP3 = _Table()


def encode_resp2(value: Reply, out: Buffers) -> None:
    """Append `value` as RESP2 to `out`. Raises TypeError for a type that is no reply."""
    _RESP2[type(value)](value, out)


def encode_resp3(value: Reply, out: Buffers) -> None:
    """Append `value` as RESP3 to `out`. Raises TypeError for a type that is no reply."""
    _RESP3[type(value)](value, out)


TABLES: dict[int, dict[type, Encoder]] = {2: _RESP2, 3: _RESP3}
"""The encoders by protocol version, as HELLO names it, and type of the value."""


def encode(value: Reply, version: int = 2) -> bytes:
    """Return `value` encoded whole."""
    out: Buffers = []
    TABLES[version][type(value)](value, out)
    return b"".join(out)


def encode_error(text: bytes) -> bytes:
    """Return the error reply of `text`, its code included; no CR or LF of it reaches the wire."""
    return b"-%b\r\n" % one_line(text)


# What both versions share.


def _bulk(value: bytes, out: Buffers) -> None:
    size = len(value)
    if size < _SHORT:
        out.append(_BULK_HEADERS[size] + value + b"\r\n")
    elif size < LARGE:
        out.append(b"$%d\r\n%b\r\n" % (size, value))
    else:
        out += (b"$%d\r\n" % size, value, b"\r\n")


def _copied_bulk(value: bytearray, out: Buffers) -> None:
    _bulk(bytes(value), out)


def _integer(value: int, out: Buffers) -> None:
    out.append(_SMALL_INTEGERS.get(value) or b":%d\r\n" % value)


def _simple(value: Simple, out: Buffers) -> None:
    out.append(value.wire)


def _error(value: Error, out: Buffers) -> None:
    out.append(encode_error(value.text))


def _writes(wire: bytes) -> Encoder:
    return lambda value, out: out.append(wire)


def _absence(null_array: bytes) -> Encoder:
    def absence(value: Absence, out: Buffers) -> None:
        if value is not NO_REPLY:
            out.append(null_array)

    return absence


def _array(table: _Table, header: bytes) -> Encoder:
    def array(value: Any, out: Buffers) -> None:
        before = len(out)
        try:
            out.append(header % len(value))
            for portion in (value,) if len(value) <= _PORTION else _portions(value):
                if len(portion) < _MANY or not _joined_bulks(portion, out):
                    for item in portion:
                        table[type(item)](item, out)
        except TypeError:
            del out[before:]
            raise

    return array


def _portions(items: Collection[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    while portion := list(islice(rest, _PORTION)):
        yield portion


def _joined_bulks(items: Collection[Any], out: Buffers) -> bool:
    """Append items as one buffer if all are short bulk strings; say whether they were. It takes half the time."""
    if set(map(type, items)) != _ONLY_BULKS:
        return False
    parts = [b"\r\n"] * (2 * len(items) + 1)
    try:
        parts[:-1:2] = map(_NEXT_BULK_HEADER, map(len, items))
    except IndexError:
        return False
    parts[0] = parts[0][2:]
    parts[1::2] = items
    out.append(b"".join(parts))
    return True


def _items(encode_array: Encoder) -> Encoder:
    return lambda value, out: encode_array(value.items, out)


def _map(
    table: _Table, header: bytes, entry_size: int, pairs_of: Callable[[Any], Collection[Any]] = dict.items
) -> Encoder:
    def map_(value: Any, out: Buffers) -> None:
        before = len(out)
        try:
            pairs = pairs_of(value)
            out.append(header % (len(pairs) * entry_size))
            for key, item in pairs:
                table[type(key)](key, out)
                table[type(item)](item, out)
        except TypeError:
            del out[before:]
            raise

    return map_


_SHARED: dict[type, Encoder] = {
    bytes: _bulk,
    bytearray: _copied_bulk,
    int: _integer,
    Simple: _simple,
    Error: _error,
}


# What RESP2 says instead.

_resp2_array = _array(_RESP2, b"*%d\r\n")

_RESP2 |= _SHARED
_RESP2 |= {
    type(None): _writes(b"$-1\r\n"),
    Absence: _absence(b"*-1\r\n"),
    bool: lambda value, out: out.append(b":1\r\n" if value else b":0\r\n"),
    float: lambda value, out: _bulk(format_float(value), out),
    BigNumber: lambda value, out: _bulk(b"%d" % value.value, out),
    Printed: lambda value, out: _bulk(value.text, out),
    Verbatim: lambda value, out: _bulk(value.text, out),
    list: _resp2_array,
    tuple: _resp2_array,
    set: _resp2_array,
    frozenset: _resp2_array,
    SetReply: _items(_resp2_array),
    Push: _items(_resp2_array),
    Pairs: _items(_resp2_array),
    Attributed: lambda value, out: encode_resp2(value.reply, out),
    dict: _map(_RESP2, b"*%d\r\n", 2),
}


# What RESP3 adds.


def _verbatim(value: Verbatim, out: Buffers) -> None:
    out.append(b"=%d\r\n%b:%b\r\n" % (len(value.text) + 4, value.format, value.text))


_resp3_array = _array(_RESP3, b"*%d\r\n")
_resp3_set = _array(_RESP3, b"~%d\r\n")
_attributes = _map(_RESP3, b"|%d\r\n", 1)


def _attributed(value: Attributed, out: Buffers) -> None:
    before = len(out)
    _attributes(value.attributes, out)
    try:
        encode_resp3(value.reply, out)
    except TypeError:
        del out[before:]
        raise


_RESP3 |= _SHARED
_RESP3 |= {
    type(None): _writes(b"_\r\n"),
    Absence: _absence(b"_\r\n"),
    bool: lambda value, out: out.append(b"#t\r\n" if value else b"#f\r\n"),
    float: lambda value, out: out.append(b",%b\r\n" % format_float(value)),
    BigNumber: lambda value, out: out.append(b"(%d\r\n" % value.value),
    Printed: lambda value, out: out.append(b",%b\r\n" % value.text),
    Verbatim: _verbatim,
    list: _resp3_array,
    tuple: _resp3_array,
    set: _resp3_set,
    frozenset: _resp3_set,
    SetReply: _items(_resp3_set),
    Push: _items(_array(_RESP3, b">%d\r\n")),
    Pairs: _map(_RESP3, b"%%%d\r\n", 1, attrgetter("items")),
    Attributed: _attributed,
    dict: _map(_RESP3, b"%%%d\r\n", 1),
}
