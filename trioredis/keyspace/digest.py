"""A fingerprint of the data: equal for equal keys, values and databases, however they came to be there.

It is the one that Redis computes, so two servers can be compared by it. Everything goes through SHA-1. What has
an order is *mixed* in: the digest is hashed again after every piece. What has none, such as the keys of a
database, is *xored* in, so that the order in which a table yields it does not matter. Of a key's time to live only
that there is one counts.

Source: Redis documentation, DEBUG DIGEST and DEBUG DIGEST-VALUE.
"""

from collections.abc import Callable, Iterable
from hashlib import sha1
from typing import Any, Final

from attrs import define, field

from trioredis.datatypes import hashes, sorted_sets
from trioredis.datatypes.kinds import Value, type_name
from trioredis.datatypes.lists import elements
from trioredis.datatypes.sorted_sets import SortedSetValue
from trioredis.datatypes.stream_ids import MAX_SEQUENCE, SHIFT
from trioredis.datatypes.streams import Stream
from trioredis.datatypes.strings import as_bytes
from trioredis.keyspace.database import Database
from trioredis.keyspace.keyspace import Keyspace

_SIZE = 20
_HAS_DEADLINE = b"!!expire!!"


@define
class Digest:
    """160 bits."""

    _bits: int = field(default=0, init=False)

    def __bytes__(self) -> bytes:
        return self._bits.to_bytes(_SIZE)

    @property
    def hex(self) -> bytes:
        """The digest as clients see it."""
        return bytes(self).hex().encode()

    def xor(self, data: bytes) -> None:
        """Add something that has no place in an order; twice is not at all."""
        self._bits ^= _hash(data)

    def mix(self, data: bytes) -> None:
        """Add something that comes after what was added before."""
        self.xor(data)
        self._bits = _hash(bytes(self))

    def mix_each(self, pieces: Iterable[bytes]) -> None:
        """Add one thing after the other."""
        for piece in pieces:
            self.mix(piece)


def digest_of_keyspace(keyspace: Keyspace) -> Digest:
    """Return the digest of all databases; keys whose time is over count until they are removed."""
    total = Digest()
    for db in keyspace:
        if len(db):
            total.mix(db.index.to_bytes(4))
        for key, value in db.values.items():
            entry = Digest()
            entry.mix(key)
            _add_value(entry, db, key, value)
            total.xor(bytes(entry))
    return total


def digest_of_value(db: Database, key: bytes) -> Digest:
    """Return the digest of a key's value, without the key; zeros where there is none."""
    digest = Digest()
    value = db.values.get(key)
    if value is not None:
        _add_value(digest, db, key, value)
    return digest


def _add_value(digest: Digest, db: Database, key: bytes, value: Value) -> None:
    number, add = _TYPES[type_name(value)]
    digest.mix(number.to_bytes(4))
    add(digest, value)
    if db.deadline(key) is not None:
        digest.xor(_HAS_DEADLINE)


def _xor_all(digest: Digest, members: Iterable[bytes]) -> None:
    for member in members:
        digest.xor(member)


def _add_stream(digest: Digest, stream: Stream) -> None:
    """Add the entries; groups do not count."""
    for entry_id, entry in stream.entries():
        digest.mix(b"%d.%d" % (entry_id >> SHIFT, entry_id & MAX_SEQUENCE))
        digest.mix_each(entry)


def _hash(data: bytes) -> int:
    return int.from_bytes(sha1(data, usedforsecurity=False).digest())


def _xor_pairs(digest: Digest, pairs: Iterable[tuple[bytes, bytes]]) -> None:
    for pair in pairs:
        element = Digest()
        element.mix_each(pair)
        digest.xor(bytes(element))


def _members_with_scores(value: SortedSetValue) -> Iterable[tuple[bytes, bytes]]:
    return ((member, b"%.17g" % score) for member, score in sorted_sets.opened(value))


_TYPES: Final[dict[bytes, tuple[int, Callable[[Digest, Any], None]]]] = {
    b"string": (0, lambda digest, value: digest.mix(as_bytes(value))),
    b"list": (1, lambda digest, value: digest.mix_each(elements(value))),
    b"zset": (3, lambda digest, value: _xor_pairs(digest, _members_with_scores(value))),
    b"hash": (4, lambda digest, value: _xor_pairs(digest, hashes.items(value))),
    b"set": (2, lambda digest, value: _xor_all(digest, value.members())),
    b"stream": (6, _add_stream),
}
"""How many Redis has counted up to a type, and how its values are added."""
