"""Lists: how their values are kept, and what is done to them.

A small list is a `PackedList`, one object of bytes; a larger one is a `Quicklist`. Which of the two it is nobody sees.
What OBJECT ENCODING says follows Redis 7.2: ``listpack`` while the list fits into one of the size that
`list-max-listpack-size` allows, ``quicklist`` from then on, and ``listpack`` again when it has shrunk to one node of
half that size, so that a list at the edge does not go to and fro. Redis guesses generously before it adds something
(`grown`) and looks at what is left after it removed something (`shrunk`); so do these functions.

Those that change a list return the value to keep, which may be another one, or None when nothing is left of it.
Indexes count from 0 here; what clients may give for one is resolved by `index_of` and `bounds_of`.
`setting` is always the configured `list-max-listpack-size`.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from marshal import dumps, loads
from typing import Any, Final

from trioredis import errors
from trioredis.datatypes.listpack import OVERHEAD, entry_size
from trioredis.datatypes.packing import MOST, pack, unpack
from trioredis.datatypes.quicklist import UNLIMITED, Limit, Node, Quicklist, node_limit, places, strike
from trioredis.errors import CommandError
from trioredis.numerals import parse_integer


class PackedList(bytes):
    """A small list, packed.

    Both ends are reached without unpacking the rest: what `marshal` writes for a list is a letter, four bytes for the
    number of elements, of which one is enough for a small list, and then what it writes for each of them.
    """

    __slots__ = ()


ListValue = PackedList | Quicklist

_HEADER: Final = 5
_HEADERS: Final = tuple(b"[" + count.to_bytes(4, "little") for count in range(MOST + 1))
_ITEM_HEADER: Final = 5
_VERSION: Final = 2

_LARGEST: Final = 2048
"""Bytes up to which a list is packed."""

_SURELY_FITS: Final = 4000
"""A packed list of no more bytes fits into every listpack: hardly an element takes more there than packed."""

_NOTHING: Final = pack(PackedList, [])

_limit_of = lru_cache(node_limit)


def require_list(value: Any) -> ListValue:
    """Return what a key holds if that is a list; raise WRONGTYPE otherwise."""
    if type(value) is Quicklist or type(value) is PackedList:
        return value
    raise CommandError(errors.WRONGTYPE)


def encoding(value: ListValue) -> bytes:
    """Return what OBJECT ENCODING calls the value: ``listpack`` or ``quicklist``."""
    return b"listpack" if isinstance(value, PackedList) or value.is_listpack else b"quicklist"


# --- reading


def length(value: ListValue) -> int:
    """Return the number of elements."""
    return value.count if type(value) is Quicklist else value[1]


def elements(value: ListValue) -> Iterable[bytes]:
    """Return the elements, to be iterated over in order; the list must not change meanwhile."""
    return value if type(value) is Quicklist else unpack(value)


def index_of(position: int, size: int) -> int | None:
    """Return the index of an element in a list of a size; negative positions count from the end, None: there is none."""
    index = position if position >= 0 else size + position
    return index if 0 <= index < size else None


def bounds_of(first: int, last: int, size: int) -> tuple[int, int]:
    """Return start and end of a range that includes both positions; negative ones count from the end.

    What lies beyond the list is left out; an empty range starts where it ends. Source: LRANGE.
    """
    start = max(0, first if first >= 0 else size + first)
    stop = min(size, (last if last >= 0 else size + last) + 1)
    return (start, stop) if start < stop else (0, 0)


def get(value: ListValue, index: int) -> bytes:
    """Return the element at an index, which must be there."""
    if type(value) is Quicklist:
        return value.get(index)
    content: list[bytes] = unpack(value)
    return content[index]


def get_range(value: ListValue, start: int, stop: int) -> list[bytes]:
    """Return the elements from an index up to another one."""
    if type(value) is Quicklist:
        return value.slice(start, stop)
    content: list[bytes] = unpack(value)
    return content[start:stop]


def find(value: ListValue, element: bytes, *, from_right: bool = False, most: int) -> Iterator[int]:
    """Yield the indexes at which an element stands, comparing it with `most` elements."""
    if type(value) is Quicklist:
        return value.find(element, from_right=from_right, most=most)
    content: list[bytes] = unpack(value)
    if from_right:
        content.reverse()
        return (len(content) - 1 - place for place in places([content], element, most))
    return places([content], element, most)


# --- adding


def from_elements(content: Sequence[bytes], setting: int) -> ListValue:
    """Return a new list of elements, of which there must be one; source: SORT with STORE."""
    limit = _limit_of(setting)
    if _fits(OVERHEAD + sum(map(entry_size, content)), len(content), limit):
        return _packed([*content])
    return Quicklist(limit, content)


def push(
    held: Any, added: Sequence[bytes], setting: int, *, left: bool, size: int | None = None
) -> ListValue:
    """Return what a key holds, or a new list, with elements pushed to one of its ends, one after the other.

    Raises WRONGTYPE for what is no list. `size` is what Redis takes for the length of all their texts, if that is wrong.
    """
    value = _NOTHING if held is None else require_list(held)
    if type(value) is not Quicklist:
        pushed = _spliced(value, added, setting, left=left)
        if pushed is not None:
            return pushed
    if type(value) is not Quicklist or value.is_listpack:
        value = _open(grown(value, len(added), sum(map(len, added)) if size is None else size, setting))
    push_one = value.push_left if left else value.push_right
    for element in added:
        push_one(element)
    return value


def push_moved(value: ListValue | None, element: bytes, setting: int, *, left: bool) -> ListValue:
    """Push an element that comes from another list, as `push` does.

    To Redis such an element is a number if it looks like one, and numbers it does not count when it guesses.
    """
    size = 0 if parse_integer(element) is not None else len(element)
    return push(value, (element,), setting, left=left, size=size)


def rotate(
    value: ListValue, setting: int, *, from_left: bool, to_left: bool
) -> tuple[bytes, ListValue | None]:
    """Move the element at one end to another end of the same list; return it, and the list."""
    element, rest = _taken(value, left=from_left)
    return element, shrunk(push_moved(rest, element, setting, left=to_left), setting)


def insert(value: ListValue, index: int, element: bytes, *, after: bool) -> ListValue:
    """Insert an element before or after the one at an index; the list is `grown` already."""
    if type(value) is Quicklist:
        value.insert(index, element, after=after)
        return value
    content: list[bytes] = unpack(value)
    content.insert(index + after, element)
    return _packed(content)


def replace(value: ListValue, index: int, element: bytes) -> ListValue:
    """Put another element in the place of one; the list is `grown` already."""
    if type(value) is Quicklist:
        value.replace(index, element)
        return value
    content: list[bytes] = unpack(value)
    content[index] = element
    return _packed(content)


def grown(value: ListValue, count: int, size: int, setting: int) -> ListValue:
    """Return the list as it has to be before so many elements, of so many bytes in total, are added."""
    limit = _limit_of(setting)
    if type(value) is Quicklist:
        if value.is_listpack:
            taken = value.nodes[0].size if value.nodes else OVERHEAD
            if not _fits(taken + size, value.count + count, limit):
                value.set_limit(limit)
        return value
    if length(value) + count <= limit[1] and len(value) + size <= _SURELY_FITS:
        return value
    node = Node.of(unpack(value))
    return value if _fits(node.size + size, len(node) + count, limit) else _opened(node, limit)


def _fits(size: int, count: int, limit: Limit) -> bool:
    return size <= limit[0] and count <= limit[1]


def _spliced(value: PackedList, added: Sequence[bytes], setting: int, *, left: bool) -> PackedList | None:
    """Push to a packed list, unless it has to be opened."""
    count = value[1] + len(added)
    if count > MOST or count > _limit_of(setting)[1]:
        return None
    items = [dumps(element, _VERSION) for element in added]
    if left:
        items.reverse()
        pushed = b"".join((_HEADERS[count], *items, value[_HEADER:]))
    else:
        pushed = b"".join((_HEADERS[count], value[_HEADER:], *items))
    return PackedList(pushed) if len(pushed) <= _LARGEST else None


def _packed(content: list[bytes]) -> ListValue:
    """Return a list that fits into a listpack, packed if it is small."""
    packed = pack(PackedList, content)
    if len(content) <= MOST and len(packed) <= _LARGEST:
        return packed
    return _opened(Node.of(content), UNLIMITED)


def _open(value: ListValue) -> Quicklist:
    return value if type(value) is Quicklist else _opened(Node.of(unpack(value)), UNLIMITED)


def _opened(node: Node, limit: Limit) -> Quicklist:
    """Return a quicklist of one node, which may be empty."""
    value = Quicklist(limit)
    if node:
        value.nodes.append(node)
        value.count = len(node)
    return value


# --- removing


def pop(value: ListValue, setting: int, *, left: bool) -> tuple[bytes, ListValue | None]:
    """Return the element at one end, and the list without it."""
    element, rest = _taken(value, left=left)
    if type(rest) is Quicklist and len(rest.nodes) > 1:
        return element, rest  # the usual case, by one call less
    return element, shrunk(rest, setting)


def _taken(value: ListValue, *, left: bool) -> tuple[bytes, ListValue]:
    """Return the element at one end, and what is left, in the form that it had."""
    if type(value) is Quicklist:
        return value.pop_left() if left else value.pop_right(), value
    if left:
        element: bytes = loads(memoryview(value)[_HEADER:])
        rest = value[_HEADER + _ITEM_HEADER + len(element) :]
    else:
        element = unpack(value)[-1]
        rest = value[_HEADER : len(value) - _ITEM_HEADER - len(element)]
    return element, PackedList(_HEADERS[value[1] - 1] + rest)


def pop_several(
    value: ListValue, count: int, setting: int, *, left: bool
) -> tuple[list[bytes], ListValue | None]:
    """Return up to `count` elements from one end, the outermost first, and the list without them."""
    size = length(value)
    if left:
        return get_range(value, 0, min(count, size)), trim(value, min(count, size), size, setting)
    start = max(0, size - count)
    return get_range(value, start, size)[::-1], trim(value, 0, start, setting)


def trim(value: ListValue, start: int, stop: int, setting: int) -> ListValue | None:
    """Return the list without what is not between two indexes."""
    if start >= stop:
        return None
    if type(value) is Quicklist:
        value.drop_right(value.count - stop)
        value.drop_left(start)
        return shrunk(value, setting)
    content: list[bytes] = unpack(value)
    return value if stop - start == len(content) else pack(PackedList, content[start:stop])


def remove(
    value: ListValue, element: bytes, setting: int, *, from_right: bool, most: int
) -> tuple[int, ListValue | None]:
    """Return how often an element was there, up to `most` times, and the list without those."""
    if type(value) is Quicklist:
        removed = value.remove(element, from_right=from_right, most=most)
        return removed, shrunk(value, setting) if removed else value
    content: list[bytes] = unpack(value)
    removed = strike(content, element, from_right=from_right, most=most)
    return removed, (pack(PackedList, content) if content else None) if removed else value


def shrunk(value: ListValue, setting: int) -> ListValue | None:
    """Return the list as it is kept after something was removed; None if nothing is left."""
    if type(value) is not Quicklist:
        return value if len(value) > _HEADER else None
    if len(value.nodes) > 1:
        return value
    if not value.count:
        return None
    if not value.is_listpack:
        if not _fits_half(value.nodes[0], setting):
            return value
        value.set_limit(UNLIMITED)
    if value.count <= MOST // 2 and value.nodes[0].size <= _LARGEST // 2:
        return pack(PackedList, [*value])
    return value


def _fits_half(node: Node, setting: int) -> bool:
    """Tell whether a node takes at most half of the limit; where that is a number of elements, bytes count no more."""
    size, count = _limit_of(setting)
    return len(node) <= count // 2 if setting >= 0 else node.size <= size // 2
