"""Geo commands that search for members in an area (Redis documentation: Geo).

GEOSEARCH and GEOSEARCHSTORE, and the older GEORADIUS in its four forms, are one command that is written in six ways.
They differ in what stands at fixed places and in the options they take. Redis reads the options one by
one and complains at once, about a member that is not there as about a syntax error, so they are read
here in the same way.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Final

from attrs import define, field

from trioredis import errors
from trioredis.commands import sorted_sets
from trioredis.commands.geo import shown_distance, shown_place, to_place, to_unit
from trioredis.datatypes import geohash
from trioredis.datatypes.geohash import Area, Box, Circle, Hit, Place
from trioredis.datatypes.sorted_sets import AnySortedSet, Cut, Item
from trioredis.engine.arguments import to_float, to_integer
from trioredis.engine.command import DENYOOM, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError, QuotingError
from trioredis.protocol.replies import Reply

_command = partial(command, group="geo")

Options = Mapping[bytes, int]
"""The options that a command takes, and how many words follow each."""

_SHOWING: Final = {b"WITHDIST": 0, b"WITHHASH": 0, b"WITHCOORD": 0}
_ANY_SEARCH: Final = {**_SHOWING, b"ANY": 0, b"ASC": 0, b"DESC": 0, b"COUNT": 1}
_RADIUS: Final = {**_ANY_SEARCH, b"STORE": 1, b"STOREDIST": 1}
_SEARCH: Final = {**_ANY_SEARCH, b"FROMMEMBER": 1, b"FROMLONLAT": 2, b"BYRADIUS": 2, b"BYBOX": 3}
_SEARCH_STORE: Final = {**_SEARCH, b"STOREDIST": 0}

_RIVALS: Final = {
    b"FROMMEMBER": b"FROMLONLAT",
    b"FROMLONLAT": b"FROMMEMBER",
    b"BYRADIUS": b"BYBOX",
    b"BYBOX": b"BYRADIUS",
}

_PORTION: Final = 256
"""Members that are looked at together."""


@define
class _Search:
    """What a command line asks for, as far as it is read."""

    source: AnySortedSet | None
    """None: the key does not exist, which is no reason not to look at the rest of the line."""
    given: set[bytes] = field(factory=set)
    """The names of the options."""
    center: Place = (0.0, 0.0)
    sizes: Sequence[float] = ()
    """In metres: the radius of a circle, or the width and height of a box."""
    unit: float = 1.0
    """The metres of the unit of lengths."""
    order: bytes = b""
    count: int = 0
    destination: bytes | None = None
    stores_distance: bool = False

    @classmethod
    def of(cls, ctx: Context, key: bytes) -> "_Search":
        """Begin with the key whose members are searched."""
        return cls(sorted_sets.read(ctx, key))

    def start_at(self, member: bytes) -> None:
        """Make a member the centre."""
        if self.source is not None:
            score = self.source.score(member)
            if score is None:
                raise CommandError(errors.MEMBER_WITHOUT_PLACE)
            self.center = geohash.place_of(score)

    def reach(self, radius: bytes, unit: bytes) -> None:
        """Make the area a circle."""
        length = to_float(radius, errors.RADIUS_NOT_A_NUMBER)
        if length < 0:
            raise CommandError(errors.RADIUS_NEGATIVE)
        self._measure(unit, length)

    def reach_box(self, width: bytes, height: bytes, unit: bytes) -> None:
        """Make the area a box."""
        lengths = to_float(width, errors.WIDTH_NOT_A_NUMBER), to_float(height, errors.HEIGHT_NOT_A_NUMBER)
        if min(lengths) < 0:
            raise CommandError(errors.BOX_NEGATIVE)
        self._measure(unit, *lengths)

    def _measure(self, unit: bytes, *lengths: float) -> None:
        self.unit = to_unit(unit)
        self.sizes = [length * self.unit for length in lengths]

    def read(self, options: Options, words: Sequence[bytes]) -> None:
        """Read the options of a command."""
        rest = deque(words)
        while rest:
            name = rest.popleft().upper()
            size = options.get(name)
            if size is None or size > len(rest) or _RIVALS.get(name) in self.given:
                raise CommandError(errors.SYNTAX)
            self._take(name, [rest.popleft() for _ in range(size)])
            self.given.add(name)

    def _take(self, name: bytes, values: list[bytes]) -> None:
        match name, *values:
            case b"ASC" | b"DESC", *_:
                self.order = name
            case b"COUNT", count:
                self.count = to_integer(count)
                if self.count <= 0:
                    raise CommandError(errors.GEO_COUNT_NOT_POSITIVE)
            case b"STORE" | b"STOREDIST", *destinations:
                self.stores_distance = name == b"STOREDIST"
                self.destination = destinations[0] if destinations else self.destination
            case b"FROMMEMBER", member:
                self.start_at(member)
            case b"FROMLONLAT", longitude, latitude:
                self.center = to_place(longitude, latitude)
            case b"BYRADIUS", radius, unit:
                self.reach(radius, unit)
            case b"BYBOX", width, height, unit:
                self.reach_box(width, height, unit)

    @property
    def area(self) -> Area:
        """Where to look."""
        return Circle(self.center, *self.sizes) if len(self.sizes) == 1 else Box(self.center, *self.sizes)

    def hits(self) -> list[Hit]:
        """Return what was found, in the order of the reply."""
        if self.source is None:
            return []
        found = geohash.search(self.area, partial(_between, self.source))
        takes_any = b"ANY" in self.given
        hits = list(islice(found, self.count) if takes_any else found)
        # The nearest ones are asked for by saying how many.
        order = self.order or (b"ASC" if self.count and not takes_any else b"")
        if order:
            hits.sort(key=attrgetter("metres"), reverse=order == b"DESC")
        return hits[: self.count] if self.count else hits

    @property
    def shows(self) -> bool:
        """Whether the reply is to say more than who was found."""
        return not self.given.isdisjoint(_SHOWING)

    def stored(self, hit: Hit) -> Item:
        """Return a hit as member and score."""
        return hit.member, hit.metres / self.unit if self.stores_distance else hit.score

    def shown(self, hit: Hit) -> Reply:
        """Return what the reply says about a hit."""
        facts: list[Reply] = [hit.member]
        if b"WITHDIST" in self.given:
            facts.append(shown_distance(hit.metres / self.unit))
        if b"WITHHASH" in self.given:
            facts.append(int(hit.score))
        if b"WITHCOORD" in self.given:
            facts.append(shown_place(hit.place))
        return facts


def _between(index: AnySortedSet, lowest: float, end: float) -> Iterator[Item]:
    """Yield what has a score in a range, some at a time: a search may stop early."""
    start, stop = index.span_of_scores(Cut(lowest), Cut(end))
    for place in range(start, stop, _PORTION):
        yield from index.items(place, min(place + _PORTION, stop))


def _answer(ctx: Context, search: _Search, event: bytes = b"") -> Reply:
    """Search, and reply with what was found; or store it, which is the `event`, and reply with how much it is."""
    if b"ANY" in search.given and not search.count:
        raise CommandError(errors.ANY_NEEDS_COUNT)
    hits, key = search.hits(), search.destination
    if key is None:
        return [search.shown(hit) for hit in hits] if search.shows else [hit.member for hit in hits]
    return sorted_sets.store(ctx, key, [*map(search.stored, hits)], event)


# --- GEORADIUS

_UNIT = "unit=(M | KM | FT | MI)"
_CIRCLE = f"key longitude:double latitude:double radius:double {_UNIT}"
_CIRCLE_OF_MEMBER = f"key member radius:double {_UNIT}"
_OPTIONS = "[WITHCOORD] [WITHDIST] [WITHHASH] [count=(COUNT count:integer [ANY]{since})] [order=(ASC | DESC)]"
_DESTINATIONS = "[STORE key] [STOREDIST key]"

_READ: Final = KeySpec(1, flags="RO ACCESS")
_AROUND_PLACE = "O(N+log(M)) for N members in the square around the circle and M in the index"


def _stored_after(start: int) -> tuple[KeySpec, ...]:
    words = ("STORE", "STOREDIST")
    return _READ, *(KeySpec(after=word, start=start, flags="OW UPDATE") for word in words)


def _answer_radius(ctx: Context, search: _Search, options: Options, words: Sequence[bytes]) -> Reply:
    search.read(options, words)
    if search.destination is not None and search.shows:
        raise CommandError(errors.GEORADIUS_STORE)
    return _answer(ctx, search, b"georadiusstore")


def _around_place(ctx: Context, options: Options, key: bytes, *words: bytes) -> Reply:
    search = _Search.of(ctx, key)
    longitude, latitude, radius, unit, *rest = words
    search.center = to_place(longitude, latitude)
    search.reach(radius, unit)
    return _answer_radius(ctx, search, options, rest)


def _around_member(ctx: Context, options: Options, key: bytes, *words: bytes) -> Reply:
    search = _Search.of(ctx, key)
    member, radius, unit, *rest = words
    if search.source is not None:
        search.start_at(member)
        search.reach(radius, unit)
    return _answer_radius(ctx, search, options, rest)


@_command(
    "GEORADIUS",
    arity=-6,
    flags=WRITE | DENYOOM,
    keys=_stored_after(6),
    since="3.2.0",
    complexity=_AROUND_PLACE,
    args=f"{_CIRCLE} {_OPTIONS.format(since='@6.2.0')} {_DESTINATIONS}",
    history=(("6.2.0", "Takes `ANY` after `COUNT`."), ("7.0.0", "Takes units in capitals.")),
    deprecated_since="6.2.0",
    replaced_by="`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument",
)
def georadius(ctx: Context, key: bytes, longitude: bytes, latitude: bytes, *words: bytes) -> Reply:
    """Return the members within a distance of a place, or store them."""
    return _around_place(ctx, _RADIUS, key, longitude, latitude, *words)


@_command(
    "GEORADIUS_RO",
    arity=-6,
    flags=READONLY,
    keys=_READ,
    since="3.2.10",
    complexity=_AROUND_PLACE,
    args=f"{_CIRCLE} {_OPTIONS.format(since='@6.2.0')}",
    history=(("6.2.0", "Takes `ANY` after `COUNT`."),),
    deprecated_since="6.2.0",
    replaced_by="`GEOSEARCH` with the `BYRADIUS` argument",
)
def georadius_ro(ctx: Context, key: bytes, longitude: bytes, latitude: bytes, *words: bytes) -> Reply:
    """Return the members within a distance of a place."""
    return _around_place(ctx, _ANY_SEARCH, key, longitude, latitude, *words)


@_command(
    "GEORADIUSBYMEMBER",
    arity=-5,
    flags=WRITE | DENYOOM,
    keys=_stored_after(5),
    since="3.2.0",
    complexity=_AROUND_PLACE,
    args=f"{_CIRCLE_OF_MEMBER} {_OPTIONS.format(since='')} {_DESTINATIONS}",
    history=(("7.0.0", "Takes units in capitals."),),
    deprecated_since="6.2.0",
    replaced_by="`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments",
)
def georadiusbymember(ctx: Context, key: bytes, member: bytes, *words: bytes) -> Reply:
    """Return the members within a distance of another member, or store them."""
    return _around_member(ctx, _RADIUS, key, member, *words)


@_command(
    "GEORADIUSBYMEMBER_RO",
    arity=-5,
    flags=READONLY,
    keys=_READ,
    since="3.2.10",
    complexity=_AROUND_PLACE,
    args=f"{_CIRCLE_OF_MEMBER} {_OPTIONS.format(since='')}",
    deprecated_since="6.2.0",
    replaced_by="`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments",
)
def georadiusbymember_ro(ctx: Context, key: bytes, member: bytes, *words: bytes) -> Reply:
    """Return the members within a distance of another member."""
    return _around_member(ctx, _ANY_SEARCH, key, member, *words)


# --- GEOSEARCH

_AREA = (
    "from=(FROMMEMBER member | FROMLONLAT (longitude:double latitude:double)) "
    f"by=(circle=(BYRADIUS radius:double {_UNIT}) | box=(BYBOX width:double height:double {_UNIT}))"
)
_COUNT = "[order=(ASC | DESC)] [count=(COUNT count:integer [ANY])]"
_AROUND_SHAPE = (
    "O(N+log(M)) for N members in the few cells of the map that cover the shape and M in the index"
)
_HISTORY: Final = (("7.0.0", "Takes units in capitals."),)


def _read_search(ctx: Context, key: bytes, options: Options, words: Sequence[bytes]) -> _Search:
    search = _Search.of(ctx, key)
    search.read(options, words)
    if options is _SEARCH_STORE and search.shows:
        raise CommandError(errors.GEOSEARCHSTORE_SHOWS)
    if search.given.isdisjoint({b"FROMMEMBER", b"FROMLONLAT"}):
        raise QuotingError(errors.center_missing)
    if search.given.isdisjoint({b"BYRADIUS", b"BYBOX"}):
        raise QuotingError(errors.shape_missing)
    return search


@_command(
    "GEOSEARCH",
    arity=-7,
    flags=READONLY,
    keys=_READ,
    since="6.2.0",
    complexity=_AROUND_SHAPE,
    args=f"key {_AREA} {_COUNT} [WITHCOORD] [WITHDIST] [WITHHASH]",
    history=_HISTORY,
)
def geosearch(ctx: Context, key: bytes, *words: bytes) -> Reply:
    """Return the members in a circle or a box."""
    return _answer(ctx, _read_search(ctx, key, _SEARCH, words))


@_command(
    "GEOSEARCHSTORE",
    arity=-8,
    flags=WRITE | DENYOOM,
    keys=(KeySpec(1, flags="OW UPDATE"), KeySpec(2, flags="RO ACCESS")),
    since="6.2.0",
    complexity=_AROUND_SHAPE,
    args=f"destination:key source:key {_AREA} {_COUNT} [STOREDIST]",
    history=_HISTORY,
)
def geosearchstore(ctx: Context, destination: bytes, source: bytes, *words: bytes) -> Reply:
    """Store the members in a circle or a box."""
    search = _read_search(ctx, source, _SEARCH_STORE, words)
    search.destination = destination
    return _answer(ctx, search, b"geosearchstore")
