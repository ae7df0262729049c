"""Geohashes: a place on earth as one number, and the few ranges of numbers that cover an area.

The map is halved again and again, east from west and north from south in turn; a bit tells which half was kept. After 26
*steps*, each of two bits, a cell is less than a metre wide, and a double, the score of a sorted set, keeps its 52 bits. What lies close together shares its first bits nearly always, so a cell of a smaller step is one range of
scores, and whatever is near a place lies in the cell of that place or in one of its eight neighbours, if the
step is chosen well. `score_ranges` does; the members in these ranges are then measured one by one.

A `Cell` is a column (counted from the west) and a row (from the south). Interleaving their bits is reading their
binary digits in base 4. Places on the very eastern or northern rim get a column or row beyond the last one, and so a
score beyond 52 bits. That is as in Redis, whose results these are to the bit; so is the order of the ranges, which
shows in replies.

Sources: Redis documentation, GEOADD and GEOSEARCH; https://en.wikipedia.org/wiki/Geohash. The projection leaves out
the poles (EPSG:3857).
"""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from attrs import frozen

LONGITUDE: Final = 180.0
"""Degrees from Greenwich to the rim of the map, either way."""
LATITUDE: Final = 85.05112878
"""Degrees from the equator to the rim of the map, either way."""

_STEPS: Final = 26
_EARTH_RADIUS: Final = 6372797.560856
_HALF_EQUATOR: Final = 20037726.37
_COLUMN: Final = 2 * LONGITUDE / (1 << _STEPS)
_ROW: Final = 2 * LATITUDE / (1 << _STEPS)
"""Degrees from one edge of a cell to the other after all steps."""

_RADIAN: Final = math.pi / 180.0
_ALPHABET: Final = "0123456789bcdefghjkmnpqrstuvwxyz"

Place = tuple[float, float]
"""Longitude and latitude, in degrees."""


# --- places and scores


class Cell(NamedTuple):
    """A cell of the map that is left after so many steps."""

    column: int
    row: int
    steps: int

    @classmethod
    def at(cls, place: Place, steps: int, latitude_rim: float = LATITUDE) -> "Cell":
        """Return the cell in which a place lies."""
        longitude, latitude = place
        column = (longitude + LONGITUDE) / (LONGITUDE + LONGITUDE) * (1 << steps)
        row = (latitude + latitude_rim) / (latitude_rim + latitude_rim) * (1 << steps)
        return cls(int(column), int(row), steps)

    @property
    def bits(self) -> int:
        """The two coordinates, interleaved."""
        return int(f"{self.column:b}", 4) << 1 | int(f"{self.row:b}", 4)

    @property
    def scores(self) -> tuple[float, float]:
        """The lowest score in the cell, and the lowest above it that is not."""
        bits, spare = self.bits, 2 * (_STEPS - self.steps)
        return float(bits << spare), float(bits + 1 << spare)

    def neighbour(self, columns: int, rows: int) -> "Cell":
        """Return the cell that lies so far east and north; the map's rims meet."""
        size = 1 << self.steps
        column = (self.column + columns) % size if columns else self.column
        row = (self.row + rows) % size if rows else self.row
        return Cell(column, row, self.steps)

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """West, south, east, north, in degrees."""
        (west, east), (south, north) = (
            _edges(self.column, self.steps, LONGITUDE),
            _edges(self.row, self.steps, LATITUDE),
        )
        return west, south, east, north


def _edges(index: int, steps: int, rim: float) -> tuple[float, float]:
    size = (rim + rim) / (1 << steps)
    return index * size - rim, (index + 1) * size - rim


def is_on_map(place: Place) -> bool:
    """Tell whether a place has a score: the world without its poles."""
    longitude, latitude = place
    return abs(longitude) <= LONGITUDE and abs(latitude) <= LATITUDE


def score_of(place: Place) -> float:
    """Return the score of a place on the map, an integral number; source: GEOADD."""
    return float(Cell.at(place, _STEPS).bits)


def place_of(score: float) -> Place:
    """Return the middle of the cell that a score stands for; any double stands for one. Source: GEOPOS."""
    digits = f"{_as_unsigned(score):064b}"
    return _middle(int(digits[::2], 2), _COLUMN, LONGITUDE), _middle(int(digits[1::2], 2), _ROW, LATITUDE)


def _as_unsigned(score: float) -> int:
    """Convert as x86 does what is outside the range too: negative numbers wrap, the rest has no value."""
    if -(2.0**63) <= score < 2.0**64:
        return int(score) & 0xFFFFFFFFFFFFFFFF
    return 0 if score > 0 else 1 << 63


def _middle(index: int, size: float, rim: float) -> float:
    # Redis counts in 32 bits, which shows where a score is not that of a place.
    middle = (index * size - rim + ((index + 1 & 0xFFFFFFFF) * size - rim)) / 2
    return middle if middle <= rim else rim


def text_of(score: float) -> bytes:
    """Return the geohash that other programs know: base 32, from pole to pole; source: GEOHASH.

    52 bits are ten digits and two bits; what should be the eleventh is always 0.
    """
    bits = Cell.at(place_of(score), _STEPS, latitude_rim=90.0).bits
    digits = (_ALPHABET[bits >> shift & 31] for shift in range(47, 1, -5))
    return "".join(digits).encode() + b"0"


# --- areas


def distance(start: Place, end: Place) -> float:
    """Return the metres between two places along a great circle, by the haversine formula."""
    (lon1, lat1), (lon2, lat2) = start, end
    v = math.sin((lon2 * _RADIAN - lon1 * _RADIAN) / 2)
    if v == 0.0:
        return _along_meridian(lat1, lat2)
    lat1, lat2 = lat1 * _RADIAN, lat2 * _RADIAN
    u = math.sin((lat2 - lat1) / 2)
    a = u * u + math.cos(lat1) * math.cos(lat2) * v * v
    # Between opposite ends of the world rounding may lead beyond 1, where there is no arc sine.
    return 2.0 * _EARTH_RADIUS * math.asin(min(1.0, math.sqrt(a)))


def _along_meridian(lat1: float, lat2: float) -> float:
    return _EARTH_RADIUS * abs(lat2 * _RADIAN - lat1 * _RADIAN)


@frozen
class Circle:
    """What lies within `radius` metres of a place."""

    center: Place
    radius: float

    @property
    def reach(self) -> tuple[float, float, float]:
        """Metres from the centre to the east, to the north, and to the farthest point."""
        return self.radius, self.radius, self.radius

    def distance(self, place: Place) -> float | None:
        """Return how far from the centre a place is; None if that is outside."""
        metres = distance(self.center, place)
        return None if metres > self.radius else metres


@frozen
class Box:
    """What lies within half of `width` and `height`, in metres, of the meridian and the parallel of a place."""

    center: Place
    width: float
    height: float

    @property
    def reach(self) -> tuple[float, float, float]:
        """Metres from the centre to the east, to the north, and to the farthest point."""
        east, north = self.width / 2, self.height / 2
        return east, north, math.sqrt(east * east + north * north)

    def distance(self, place: Place) -> float | None:
        """Return how far from the centre a place is; None if that is outside."""
        _, latitude = place
        if _along_meridian(latitude, self.center[1]) > self.height / 2:
            return None
        if distance(place, (self.center[0], latitude)) > self.width / 2:
            return None
        return distance(self.center, place)


Area = Circle | Box

_AROUND: Final = ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))
"""Itself, north, south, east, west, and then the corners: the order in which Redis looks at cells."""


def score_ranges(area: Area) -> Iterator[tuple[float, float]]:
    """Yield ranges of scores, without their upper ends, that hold all of an area, and not much more."""
    bounds = _bounds(area)
    cell = Cell.at(area.center, _estimated_steps(area))
    if cell.steps > 1 and not _is_covered(bounds, cell):
        cell = Cell.at(area.center, cell.steps - 1)
    last = None
    for columns, rows in _AROUND:
        near = cell.neighbour(columns, rows)
        # On a map of four cells the neighbours on both sides are the same.
        if near != last and not _is_useless(columns, rows, cell, bounds):
            last = near
            yield near.scores


def _estimated_steps(area: Area) -> int:
    """Return the steps after which a cell and its neighbours are about as large as an area."""
    metres = area.reach[2]
    if metres == 0:
        return _STEPS
    steps = -1
    while metres < _HALF_EQUATOR and steps <= _STEPS + 2:
        metres *= 2
        steps += 1
    latitude = abs(area.center[1])
    steps -= (latitude > 66) + (latitude > 80)  # cells get narrower towards the poles
    return max(1, min(steps, _STEPS))


def _bounds(area: Area) -> tuple[float, float, float, float]:
    """Return west, south, east, north of an area, in degrees; they need not be on the map."""
    longitude, latitude = area.center
    east, north, _ = area.reach
    height = north / _EARTH_RADIUS / _RADIAN
    next_to_pole = latitude - height if latitude < 0 else latitude + height
    width = east / _EARTH_RADIUS / _cosine(next_to_pole * _RADIAN) / _RADIAN
    return longitude - width, latitude - height, longitude + width, latitude + height


def _cosine(angle: float) -> float:
    return math.cos(angle) if math.isfinite(angle) else math.nan


def _is_covered(bounds: tuple[float, float, float, float], cell: Cell) -> bool:
    """Tell whether a cell and its neighbours reach the bounds in every direction."""
    west, south, east, north = bounds
    return not (
        cell.neighbour(0, 1).edges[3] < north
        or cell.neighbour(0, -1).edges[1] > south
        or cell.neighbour(1, 0).edges[2] < east
        or cell.neighbour(-1, 0).edges[0] > west
    )


def _is_useless(columns: int, rows: int, cell: Cell, bounds: tuple[float, float, float, float]) -> bool:
    """Tell whether the neighbour in a direction cannot hold anything, since `cell` itself goes beyond the bounds there."""
    if cell.steps < 2:
        return False
    (cell_west, cell_south, cell_east, cell_north), (west, south, east, north) = cell.edges, bounds
    return (
        (rows < 0 and cell_south < south)
        or (rows > 0 and cell_north > north)
        or (columns < 0 and cell_west < west)
        or (columns > 0 and cell_east > east)
    )


# --- looking for members


class Hit(NamedTuple):
    """A member of a sorted set that lies in an area."""

    member: bytes
    score: float
    place: Place
    metres: float
    """The distance from the centre of the area."""


Members = Callable[[float, float], Iterable[tuple[bytes, float]]]
"""Returns the members with a score from the first number on and below the second, each with its score, in order."""


def search(area: Area, members_between: Members) -> Iterator[Hit]:
    """Yield the members in an area in the order in which Redis finds them."""
    for lowest, end in score_ranges(area):
        for member, score in members_between(lowest, end):
            place = place_of(score)
            metres = area.distance(place)
            if metres is not None:
                yield Hit(member, score, place, metres)
