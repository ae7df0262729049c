"""Hashes: fields with values, as HSET keeps them.

What a key holds has one of three forms:

==============  ==================================================================  ===============
type            when                                                                OBJECT ENCODING
==============  ==================================================================  ===============
`PackedHash`    up to `MOST` fields and values                                      listpack
`ListedHash`    more, up to Redis's limits: the order of the fields still shows     listpack
`TableHash`     beyond a limit, and for ever                                        hashtable
==============  ==================================================================  ===============

Functions that change a hash return the value to keep, which is the given one, changed, or a new one. `limits` are the
directives ``hash-max-...`` by their names: who crosses one turns the hash into a table, and nothing turns it back.

To look into a hash of any form, `opened` gives what has `get`, `items`, `len` and an iterator over the fields.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from marshal import dumps
from typing import Any, Final, TypeGuard

from trioredis import errors
from trioredis.datatypes.packing import MOST, WITHOUT_REFERENCES, Limits, unpack
from trioredis.datatypes.table import Table
from trioredis.errors import CommandError


class PackedHash(bytes):
    """A small hash, packed."""

    __slots__ = ()


class ListedHash(dict[bytes, bytes]):
    """A hash that is too large to be packed, in the order in which fields were added."""

    __slots__ = ()

    def crumble(self) -> Iterator[object]:
        """Free the fields, a thousand at a time."""
        while self:
            yield [self.popitem() for _ in range(min(_SLICE, len(self)))]

    def memory(self, samples: int) -> int:
        """Return the bytes that the hash takes, estimated from so many fields; 0: from all of them."""
        sizes = [sys.getsizeof(f) + sys.getsizeof(t) for f, t in islice(self.items(), samples or None)]
        return sys.getsizeof(self) + sum(sizes) * len(self) // max(1, len(sizes))


class TableHash(Table[bytes]):
    """A hash in no order."""

    __slots__ = ()

    @classmethod
    def of(cls, fields: Iterable[tuple[bytes, bytes]]) -> "TableHash":
        """Return a hash of fields with their values."""
        table = cls()
        for field, text in fields:
            table.put(field, text)
        return table


HashValue = PackedHash | ListedHash | TableHash
Fields = dict[bytes, bytes] | TableHash
"""A hash that is open: the value itself, or what was packed in it."""

HASHES: Final = frozenset({PackedHash, ListedHash, TableHash})
_ENTRIES: Final = b"hash-max-listpack-entries"
_VALUE: Final = b"hash-max-listpack-value"
_FIELDS: Final = MOST // 2
_LARGEST: Final = 16 * 1024
"""Bytes up to which a hash is packed; Redis's usual limits do not let it get there."""
_SLICE: Final = 1024


def is_hash(value: Any) -> TypeGuard[HashValue]:
    """Tell whether what a key holds is a hash."""
    return type(value) in HASHES


def require_hash(value: Any) -> HashValue:
    """Return what a key holds if that is a hash; raise WRONGTYPE otherwise."""
    if is_hash(value):
        return value
    raise CommandError(errors.WRONGTYPE)


def encoding(value: HashValue) -> bytes:
    """Return what OBJECT ENCODING calls the hash."""
    return b"hashtable" if type(value) is TableHash else b"listpack"


# --- looking


def opened(value: HashValue) -> Fields:
    """Return the fields with their values; only looked at, for they may be the value itself."""
    return unpack(value) if type(value) is PackedHash else value  # type: ignore[return-value]


def get(value: HashValue, field: bytes) -> bytes | None:
    """Return the value of a field, or None."""
    return opened(value).get(field)


def items(value: HashValue) -> Iterable[tuple[bytes, bytes]]:
    """Return the fields with their values, in order if the hash has one; it must not change meanwhile."""
    return opened(value).items()


def length(value: HashValue) -> int:
    """Return the number of fields."""
    return len(opened(value))


def scan(value: HashValue, cursor: int, count: int) -> tuple[int, Iterable[tuple[bytes, bytes]]]:
    """Return the next cursor (0: done) and about `count` fields with their values; a list is given whole."""
    if type(value) is TableHash:
        return value.scan_items(cursor, count)
    return 0, items(value)


# --- changing


def set_field(value: HashValue | None, field: bytes, text: bytes, limits: Limits) -> tuple[HashValue, bool]:
    """Set a field; return the hash and whether the field is new."""
    if type(value) is PackedHash and len(field) <= (longest := limits[_VALUE]) and len(text) <= longest:
        fields, most = unpack(value), limits[_ENTRIES]
        before = len(fields)
        if fields.get(field) == text and before <= most:
            return value, False
        fields[field] = text
        after = len(fields)
        if after <= most and after <= _FIELDS:
            packed = PackedHash(dumps(fields, WITHOUT_REFERENCES))
            if len(packed) <= _LARGEST:
                return packed, after != before
    elif type(value) is TableHash:
        before = value.count
        value.put(field, text)
        return value, value.count != before
    changed, added = set_fields(value, (field, text), limits)
    return changed, added == 1


def set_fields(value: HashValue | None, words: Sequence[bytes], limits: Limits) -> tuple[HashValue, int]:
    """Set fields, given each before its value; return the hash and how many fields are new."""
    fields: Fields = {} if value is None else opened(value)
    if type(fields) is not TableHash and _are_beyond(words, limits):
        fields = TableHash.of(fields.items())
    before = len(fields)
    put = fields.put if isinstance(fields, TableHash) else fields.__setitem__
    for field, text in zip(words[::2], words[1::2], strict=True):
        put(field, text)
    added = len(fields) - before
    if type(fields) is not TableHash and len(fields) > limits[_ENTRIES]:
        fields = TableHash.of(fields.items())
    return _closed(fields), added


def delete_fields(value: HashValue, names: Iterable[bytes]) -> tuple[HashValue | None, int]:
    """Remove fields; return the hash, None if nothing is left of it, and how many fields were there."""
    fields = opened(value)
    before = len(fields)
    for name in names:
        fields.pop(name, None)
    removed = before - len(fields)
    if not removed:
        return value, 0
    return _closed(fields) if fields else None, removed


def _are_beyond(words: Sequence[bytes], limits: Limits) -> bool:
    """Tell whether words alone, which may name a field twice, make a hash a table (7.2)."""
    return len(words) // 2 > limits[_ENTRIES] or max(map(len, words), default=0) > limits[_VALUE]


def _closed(fields: Fields) -> HashValue:
    """Return what to keep; what was unpacked is packed again, unless it has become too large for that."""
    if type(fields) is not dict:
        return fields  # type: ignore[return-value]
    if len(fields) <= _FIELDS:
        packed = PackedHash(dumps(fields, WITHOUT_REFERENCES))
        if len(packed) <= _LARGEST:
            return packed
    return ListedHash(fields)
