"""How a small collection is kept: as one `bytes` object.

A hash of five fields costs 800 bytes as a dict and 170 packed. So every collection starts as an instance of a
subclass of `bytes` with no attributes, one subclass for each data type: the class tells what it is. A command
unpacks it, works on the plain list, dict or set that comes out, and packs that again.

Content is written by `marshal`, the format in which Python keeps constants: C at both ends, 0.2 µs for ten
elements, where a loop in Python over lengths takes 0.7. Nothing packed ever leaves the process, so it
matters to nobody that another Python may write it differently.

    packed = pack(PackedHash, {b"field": b"value"})         unpack(packed) == {b"field": b"value"}

What has more than `MOST` elements is kept open: unpacking costs 30 ns for each of them. That is our own business; what
OBJECT ENCODING says follows Redis's limits and not these.
"""

from collections.abc import Mapping
from marshal import dumps, loads
from typing import Any, Final, TypeVar

P = TypeVar("P", bound=bytes)

Limits = Mapping[bytes, int]
"""Directives by their names, of which each type knows its own: up to where a value is in the compact encoding."""

MOST: Final = 128
"""Elements (fields and values, members and scores count each) up to which a collection is packed."""

WITHOUT_REFERENCES: Final = 2
"""The version of the format that does not look for objects it has seen before, which takes twice as long."""

unpack = loads


def pack(kind: type[P], content: Any) -> P:
    """Return `content`, made of lists, tuples, dicts, sets, bytes and numbers, as one object of a class."""
    return kind(dumps(content, WITHOUT_REFERENCES))
