"""Geo commands that add and show places (Redis documentation: Geo); the searches are in `geo_search`.

A key that holds places is a sorted set: a member's score is the geohash of where it is, and all commands for sorted
sets work on it. How places become scores is the business of `trioredis.datatypes.geohash`.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from trioredis import errors
from trioredis.commands import sorted_sets
from trioredis.datatypes import geohash
from trioredis.datatypes.geohash import Place
from trioredis.engine.arguments import to_float
from trioredis.engine.command import DENYOOM, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.numerals import format_fixed
from trioredis.protocol.replies import NULL_ARRAY, Printed, Reply

_command = partial(command, group="geo")
_READ: Final = KeySpec(1, flags="RO ACCESS")
_ADDING: Final = frozenset({b"NX", b"XX", b"CH"})
_UNITS: Final = {b"M": 1.0, b"KM": 1000.0, b"FT": 0.3048, b"MI": 1609.34}


def to_place(longitude: bytes, latitude: bytes) -> Place:
    """Return a place on the map."""
    place = to_float(longitude), to_float(latitude)
    if not geohash.is_on_map(place):
        raise CommandError(errors.invalid_place(*place))
    return place


def to_unit(name: bytes) -> float:
    """Return how many metres a unit has."""
    metres = _UNITS.get(name.upper())
    if metres is None:
        raise CommandError(errors.UNIT)
    return metres


def shown_distance(distance: float) -> bytes:
    """Print a distance with four decimals, rounded as 7.2 rounds: the product, half to even."""
    whole, fraction = divmod(round(distance * 10_000), 10_000)
    return b"%d.%04d" % (whole, fraction)


def shown_place(place: Place) -> list[Printed]:
    """Return longitude and latitude with all their digits."""
    return [Printed(format_fixed(angle)) for angle in place]


@_command(
    "GEOADD",
    arity=-5,
    flags=WRITE | DENYOOM,
    keys=KeySpec(1, flags="RW UPDATE"),
    since="3.2.0",
    complexity="O(log(N)) for each member added to a set of N",
    args=("key [condition=(NX | XX)]@6.2.0 [change=CH]@6.2.0 (longitude:double latitude:double member)..."),
    history=(("6.2.0", "Takes `CH`, `NX` and `XX`."),),
)
def geoadd(ctx: Context, key: bytes, *words: bytes) -> Reply:
    """Add members to a geospatial index, or move them."""
    names = [word.upper() for word in words]
    first = next((place for place, name in enumerate(names) if name not in _ADDING), len(words))
    if (len(words) - first) % 3 or {b"NX", b"XX"} <= {*names[:first]}:
        raise CommandError(errors.SYNTAX)
    pairs = []
    for place in range(first, len(words), 3):
        longitude, latitude, member = words[place : place + 3]
        pairs += [b"%d" % geohash.score_of(to_place(longitude, latitude)), member]
    return sorted_sets.zadd.handler(ctx, key, *words[:first], *pairs)


def _scores(ctx: Context, key: bytes, members: Sequence[bytes]) -> list[float | None]:
    index = sorted_sets.read(ctx, key)
    return [None if index is None else index.score(member) for member in members]


@_command(
    "GEOPOS",
    arity=-2,
    flags=READONLY,
    keys=_READ,
    since="3.2.0",
    complexity="O(N) for N members",
    args="key member...",
)
def geopos(ctx: Context, key: bytes, *members: bytes) -> Reply:
    """Return where members are."""
    scores = _scores(ctx, key, members)
    return [NULL_ARRAY if score is None else shown_place(geohash.place_of(score)) for score in scores]


@_command(
    "GEOHASH",
    arity=-2,
    flags=READONLY,
    keys=_READ,
    since="3.2.0",
    complexity="O(log(N)) for each member of a set of N",
    args="key member...",
)
def geohash_(ctx: Context, key: bytes, *members: bytes) -> Reply:
    """Return where members are as geohashes that other programs know."""
    return [None if score is None else geohash.text_of(score) for score in _scores(ctx, key, members)]


@_command(
    "GEODIST",
    arity=-4,
    flags=READONLY,
    keys=_READ,
    since="3.2.0",
    complexity="O(log(N))",
    args="key member1 member2 [unit=(M | KM | FT | MI)]",
)
def geodist(ctx: Context, key: bytes, member1: bytes, member2: bytes, *unit: bytes) -> Reply:
    """Return the distance between two members."""
    if len(unit) > 1:
        raise CommandError(errors.SYNTAX)
    metres = to_unit(unit[0]) if unit else 1.0
    start, end = _scores(ctx, key, (member1, member2))
    if start is None or end is None:
        return None
    return shown_distance(geohash.distance(geohash.place_of(start), geohash.place_of(end)) / metres)
