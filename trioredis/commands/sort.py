"""SORT (Redis documentation: Generic): the elements of a list, a set or a sorted set in another order.

An element is sorted by its *weight*: the number that it is, or that is found by a pattern: ``BY weight_*`` looks into
the string at ``weight_`` and the element, ``BY object_*->weight`` into a field of a hash. ``GET`` patterns replace
the elements in the reply in the same way. Patterns and what they find are C strings in Redis: a NUL ends them.

Elements of equal weight are sorted by themselves. Only where texts from outside are compared (``ALPHA`` with ``BY``) may
two be equal and not the same: these keep their order. Texts are compared byte by byte, never by the rules of a
language: those belong to the whole process, and so not to us.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice
from typing import Final

from attrs import define, field, frozen

from trioredis import errors
from trioredis.commands.lists import setting
from trioredis.datatypes import hashes, lists
from trioredis.datatypes.hashes import is_hash
from trioredis.datatypes.kinds import Value
from trioredis.datatypes.lists import require_list
from trioredis.datatypes.sets import is_set
from trioredis.datatypes.sorted_sets import SKIPLIST, LargeSortedSet, SortedSetValue, is_sorted_set, opened
from trioredis.datatypes.strings import as_bytes, is_string
from trioredis.engine.arguments import to_integer
from trioredis.engine.clients import Kind
from trioredis.engine.command import DENYOOM, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec, parse_key_flags
from trioredis.errors import CommandError
from trioredis.numerals import parse_double_in_range
from trioredis.protocol.replies import Reply

_command = partial(command, group="generic")


# --- patterns


def _c_string(text: bytes) -> bytes:
    return text.partition(b"\0")[0]


@frozen
class _Pattern:
    """Where something about an element is found: a string, or a field of a hash, at a key with its name in it."""

    prefix: bytes
    suffix: bytes
    hash_field: bytes | None

    @classmethod
    def parse(cls, text: bytes) -> "_Pattern | None":
        """Read a pattern; None if there is no place in it for the element."""
        place = _c_string(text).find(b"*")
        if place < 0:
            return None
        suffix, _, hash_field = text[place + 1 :].partition(b"->")
        # An arrow that nothing follows is a part of the key.
        if not _c_string(hash_field) or b"\0" in suffix:
            return cls(text[:place], text[place + 1 :], None)
        return cls(text[:place], suffix, hash_field)

    def find(self, ctx: Context, element: bytes) -> bytes | None:
        """Return what is found for an element."""
        value = ctx.db.read(self.prefix + element + self.suffix)
        if self.hash_field is None:
            return as_bytes(value) if is_string(value) else None
        return hashes.get(value, self.hash_field) if is_hash(value) else None


Finder = Callable[[bytes], bytes | None]


def _finder(ctx: Context, pattern: bytes) -> Finder:
    """Return a function from an element to what a pattern finds for it."""
    if _c_string(pattern) == b"#":
        return lambda element: element
    parsed = _Pattern.parse(pattern)
    return (lambda element: None) if parsed is None else partial(parsed.find, ctx)


# --- sources


def _all(value: Value) -> list[bytes]:
    """Return the elements of a value."""
    if is_set(value):
        return list(value.members())
    if is_sorted_set(value):
        return opened(value).members(0, len(opened(value)))
    return list(lists.elements(require_list(value)))


def _part(value: Value, request: "_Request") -> list[bytes]:
    """Return the wanted elements as they are."""
    if is_set(value):
        return list(islice(value.members(), *request.part(value.size())))
    if is_sorted_set(value):
        return _cut_out(opened(value).members, len(opened(value)), request)
    value = require_list(value)
    return _cut_out(partial(lists.get_range, value), lists.length(value), request)


def _cut_out(elements: Callable[[int, int], list[bytes]], size: int, request: "_Request") -> list[bytes]:
    """Return the wanted ones of so many elements, of which any range can be had."""
    start, stop = request.part(size)
    return elements(size - stop, size - start)[::-1] if request.descending else elements(start, stop)


def _as_skiplist(ctx: Context, key: bytes, value: SortedSetValue) -> LargeSortedSet:
    """Change the encoding of a sorted set, as Redis does before it sorts one, even to read."""
    sorted_set = opened(value)
    if isinstance(sorted_set, LargeSortedSet) and sorted_set.encoding == SKIPLIST:
        return sorted_set
    ctx.db.replace(key, changed := LargeSortedSet(sorted_set, SKIPLIST))
    return changed


# --- what is asked for


@define
class _Request:
    """The options of a command line."""

    descending: bool = False
    by_text: bool = False
    start: int = 0
    count: int = -1
    """Below zero: all."""
    by: bytes | None = None
    sorts: bool = True
    """Not by a pattern that is the same for all elements; a better one later in the line does not help."""
    gets: list[bytes] = field(factory=list)
    destination: bytes | None = None

    @classmethod
    def read(cls, words: Sequence[bytes], *, may_store: bool) -> "_Request":
        """Read the options; the first one that is wrong decides on the error."""
        request, rest = cls(), deque(words)
        while rest:
            name = rest.popleft().upper()
            size = _OPTIONS.get(name)
            if size is None or size > len(rest) or (name == b"STORE" and not may_store):
                raise CommandError(errors.SYNTAX)
            request._take(name, [rest.popleft() for _ in range(size)])
        return request

    def _take(self, name: bytes, values: list[bytes]) -> None:
        match name, *values:
            case b"ASC" | b"DESC", *_:
                self.descending = name == b"DESC"
            case b"ALPHA", *_:
                self.by_text = True
            case b"LIMIT", start, count:
                self.start, self.count = to_integer(start), to_integer(count)
            case b"BY", pattern:
                self.by = pattern
                self.sorts = self.sorts and b"*" in _c_string(pattern)
            case b"GET", pattern:
                self.gets.append(pattern)
            case b"STORE", destination:
                self.destination = destination

    def part(self, size: int) -> tuple[int, int]:
        """Return which of so many elements are wanted: the first one, and the first after them."""
        start = min(max(self.start, 0), size)
        return start, size if self.count < 0 else min(start + self.count, size)


_OPTIONS: Final = {b"ASC": 0, b"DESC": 0, b"ALPHA": 0, b"LIMIT": 2, b"BY": 1, b"GET": 1, b"STORE": 1}


# --- sorting


def _sorted(ctx: Context, request: _Request, elements: list[bytes]) -> list[bytes]:
    weights: Sequence[bytes | None] = elements
    if request.by is not None:
        weights = [*map(_finder(ctx, request.by), elements)]
    if not request.by_text:
        pairs = sorted(zip(_numbers(weights), elements, strict=True), reverse=request.descending)
        return [element for _, element in pairs]
    # As in Redis, what is stored does not depend on a locale, and then a NUL ends nothing.
    text = bytes if request.destination is not None else _c_string
    keys = [(weight is not None, text(weight or b"")) for weight in weights]
    order = sorted(range(len(elements)), key=keys.__getitem__, reverse=request.descending)
    return [elements[place] for place in order]


def _numbers(weights: Iterable[bytes | None]) -> list[float]:
    numbers = [0.0 if weight is None else parse_double_in_range(weight) for weight in weights]
    if None in numbers:
        raise CommandError(errors.SORT_WEIGHT_NOT_A_FLOAT)
    return numbers  # type: ignore[return-value]


def _chosen(ctx: Context, request: _Request, value: Value) -> list[bytes]:
    """Return the elements that are wanted, in order."""
    shows_order = request.destination is not None or ctx.client.kind & Kind.SCRIPT
    if is_set(value) and not request.sorts and shows_order:
        # A set has no order, but what is stored, or decides what a script does, shall not depend on chance.
        request.sorts, request.by_text, request.by = True, True, None
    if not request.sorts:
        return _part(value, request)
    elements = _all(value)
    return _sorted(ctx, request, elements)[slice(*request.part(len(elements)))]


def _sort(ctx: Context, key: bytes, words: Sequence[bytes], *, may_store: bool) -> Reply:
    request = _Request.read(words, may_store=may_store)
    value = ctx.db.read(key)
    if is_sorted_set(value):
        value = _as_skiplist(ctx, key, value)
    chosen = [] if value is None else _chosen(ctx, request, value)
    finders = [_finder(ctx, pattern) for pattern in request.gets]
    found: Sequence[bytes | None] = (
        [find(element) for element in chosen for find in finders] if finders else chosen
    )
    if request.destination is None:
        return list(found)
    stored = [item or b"" for item in found]
    kept = lists.from_elements(stored, setting(ctx)) if stored else None
    ctx.store(request.destination, kept, b"sortstore")
    return len(stored)


_OPTIONS_OF_BOTH: Final = (
    "[BY pattern#1] [LIMIT (offset:integer count:integer)] [GET pattern#1]... "
    "[order=(ASC | DESC)] [sorting=ALPHA]"
)
_KEYS: Final = (
    KeySpec(1, flags="RO ACCESS"),
    KeySpec(flags="RO ACCESS", notes="`BY` and `GET`: the names of the keys come out of the elements"),
)
_COMPLEXITY: Final = "O(N+M*log(M)) for N elements of which M are returned; O(N) if nothing is sorted"


def sort_ro_keys(argv: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """Return the key of which it is certain that it is one."""
    return [(argv[1], parse_key_flags("RO ACCESS"))]


def sort_keys(argv: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """Return the key whose value is sorted, and that of the last STORE."""
    destinations = []
    place = 2
    while place < len(argv):
        name = argv[place].upper()
        if name == b"STORE" and place + 1 < len(argv):
            destinations = [(argv[place + 1], parse_key_flags("OW UPDATE"))]
        place += 1 + (_OPTIONS.get(name, 0) if name != b"STORE" else 0)
    return sort_ro_keys(argv) + destinations


@_command(
    "SORT",
    arity=-2,
    flags=WRITE | DENYOOM,
    keys=(*_KEYS, KeySpec(flags="OW UPDATE", notes="`STORE` may stand anywhere among the options")),
    find_keys=sort_keys,
    since="1.0.0",
    complexity=_COMPLEXITY,
    args=f"key {_OPTIONS_OF_BOTH} [STORE destination:key#2]",
    categories="set sortedset list dangerous",
)
def sort(ctx: Context, key: bytes, *words: bytes) -> Reply:
    """Return or store the elements of a list, a set or a sorted set in order."""
    return _sort(ctx, key, words, may_store=True)


@_command(
    "SORT_RO",
    arity=-2,
    flags=READONLY,
    keys=_KEYS,
    find_keys=sort_ro_keys,
    since="7.0.0",
    complexity=_COMPLEXITY,
    args=f"key {_OPTIONS_OF_BOTH}",
    categories="set sortedset list dangerous",
)
def sort_ro(ctx: Context, key: bytes, *words: bytes) -> Reply:
    """Return the elements of a list, a set or a sorted set in order."""
    return _sort(ctx, key, words, may_store=False)
