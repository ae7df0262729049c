"""Geohashes: scores, places and distances compared with the oracle, and how few scores a search looks at."""

import math
from bisect import bisect_left
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from oracle import Oracle, Wire
from trioredis.datatypes import geohash
from trioredis.datatypes.geohash import LATITUDE, LONGITUDE, Area, Box, Circle, Place
from trioredis.numerals import format_fixed

PALERMO, CATANIA = (13.361389, 38.115556), (15.087269, 37.502669)
SCORES = [
    *(0.0, -0.0, 1.0, 1.5, -1.0, -1.5, 2.0**52 - 1, 2.0**52, 3 * 2.0**52, 2.0**53, 2.0**62, 2.0**63, 2.0**64),
    *(
        -(2.0**63),
        -(2.0**63) - 2048,
        2.0**64 - 2048,
        1e300,
        -1e300,
        math.inf,
        -math.inf,
        2.0**64 - 2.0**63 / 3,
    ),
]


def places(digits: int = 30) -> SearchStrategy[Place]:
    """Places anywhere, on a coarse grid, and on the rims of the map."""
    return st.tuples(angles(LONGITUDE, digits), angles(LATITUDE, digits))


def angles(rim: float, digits: int) -> SearchStrategy[float]:
    anywhere = st.floats(-rim, rim, allow_subnormal=False)
    return st.one_of(anywhere, st.integers(-8, 8).map(lambda n: n * rim / 8), st.sampled_from([-rim, rim]))


def areas() -> SearchStrategy[Area]:
    size = st.one_of(
        st.floats(0, 3e7, allow_subnormal=False), st.sampled_from([0.0, 1.0, 5e6, 1e300, math.inf])
    )
    return st.builds(Circle, places(), size) | st.builds(Box, places(), size, size)


# --- scores and places


def test_a_place_has_the_score_of_redis() -> None:
    assert (3479099956230698, 3479447370796909) == (geohash.score_of(PALERMO), geohash.score_of(CATANIA))


@settings(max_examples=300)
@given(place=places())
def test_every_place_has_the_score_of_redis(oracle: Oracle, place: Place) -> None:
    with oracle.connect() as wire:
        wire.command("DEL", "geo")
        wire.command("GEOADD", "geo", repr(place[0]), repr(place[1]), "m")
        assert b"%d" % geohash.score_of(place) == wire.ask("ZSCORE", "geo", "m")


@settings(max_examples=300)
@given(score=st.sampled_from(SCORES) | st.floats(allow_nan=False) | st.integers(0, 2**54).map(float))
def test_every_score_has_the_place_and_the_text_of_redis(oracle: Oracle, score: float) -> None:
    with oracle.connect() as wire:
        wire.command("DEL", "geo")
        wire.command("ZADD", "geo", repr(score), "m")
        assert [[*map(format_fixed, geohash.place_of(score))]] == wire.ask("GEOPOS", "geo", "m")
        assert [geohash.text_of(score)] == wire.ask("GEOHASH", "geo", "m")


@given(place=places())
def test_a_place_moves_less_than_a_metre_by_becoming_a_score(place: Place) -> None:
    assert geohash.distance(place, geohash.place_of(geohash.score_of(place))) < 1


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((180.0, 85.05112878), True),
        ((-180.0, -85.05112878), True),
        ((180.0001, 0.0), False),
        ((-180.0001, 0.0), False),
        ((0.0, 85.0511288), False),
        ((0.0, -90.0), False),
        ((math.inf, 0.0), False),
    ],
)
def test_the_poles_and_what_is_outside_the_world_are_not_on_the_map(place: Place, expected: bool) -> None:
    assert expected is geohash.is_on_map(place)


# --- distances


@settings(max_examples=300)
@given(start=places(), end=places())
def test_a_distance_is_that_of_redis(oracle: Oracle, start: Place, end: Place) -> None:
    scores = geohash.score_of(start), geohash.score_of(end)
    with oracle.connect() as wire:
        wire.command("ZADD", "geo", scores[0], "start", scores[1], "end")
        theirs = wire.ask("GEODIST", "geo", "start", "end")
    ours = geohash.distance(*map(geohash.place_of, scores))
    assert b"%.4f" % ours == theirs


@given(start=places(), end=places())
def test_a_distance_is_the_same_there_and_back(start: Place, end: Place) -> None:
    there, back = geohash.distance(start, end), geohash.distance(end, start)
    assert math.isclose(there, back, rel_tol=1e-12, abs_tol=1e-9)
    assert 0 <= there <= math.pi * 6372797.560856


@given(place=places(), metres=st.floats(0, 3e7))
def test_a_place_lies_in_the_areas_around_it(place: Place, metres: float) -> None:
    assert 0 == Circle(place, metres).distance(place) == Box(place, metres, metres).distance(place)


def test_an_area_ends() -> None:
    north = geohash.distance(PALERMO, (PALERMO[0], CATANIA[1]))
    east = geohash.distance(CATANIA, (PALERMO[0], CATANIA[1]))
    both = geohash.distance(PALERMO, CATANIA)
    assert both == Circle(PALERMO, both).distance(CATANIA)
    assert both == Box(PALERMO, 2.001 * east, 2.001 * north).distance(CATANIA)
    assert None is Circle(PALERMO, both * 0.999).distance(CATANIA)
    assert None is Box(PALERMO, 1.999 * east, 2.001 * north).distance(CATANIA)
    assert None is Box(PALERMO, 2.001 * east, 1.999 * north).distance(CATANIA)


# --- searches


class Places:
    """Members in the order of their scores, which counts what is looked at."""

    def __init__(self, points: list[Place]) -> None:
        self.items = sorted((geohash.score_of(point), b"%d" % number) for number, point in enumerate(points))
        self.looked_at = 0

    def between(self, lowest: float, end: float) -> Iterator[tuple[bytes, float]]:
        low, high = (bisect_left(self.items, (score,)) for score in (lowest, end))
        for score, member in self.items[low:high]:
            self.looked_at += 1
            yield member, score


def add_to(wire: Wire, members: Places) -> None:
    wire.command("DEL", "geo")
    wire.command("ZADD", "geo", *(word for item in members.items for word in item))


def by(area: Area) -> list[str]:
    sizes = [area.radius] if isinstance(area, Circle) else [area.width, area.height]
    return [
        "FROMLONLAT",
        *map(repr, area.center),
        "BYRADIUS" if len(sizes) == 1 else "BYBOX",
        *map(repr, sizes),
        "m",
    ]


@settings(max_examples=300)
@given(points=st.lists(places(), min_size=1, max_size=40), area=areas())
def test_a_search_finds_what_redis_finds_in_its_order(
    oracle: Oracle, points: list[Place], area: Area
) -> None:
    members = Places(points)
    with oracle.connect() as wire:
        add_to(wire, members)
        theirs = wire.ask("GEOSEARCH", "geo", *by(area))
    assert theirs == [hit.member for hit in geohash.search(area, members.between)]


@settings(max_examples=100)
@given(points=st.lists(places(), min_size=1, max_size=40), center=places(), metres=st.floats(0, 4e5))
def test_a_search_in_the_middle_of_the_map_overlooks_nothing(
    points: list[Place], center: Place, metres: float
) -> None:
    area = Circle((center[0] / 2, center[1] / 2), metres)
    members = Places(
        [*points, *((area.center[0] + lon / 60, area.center[1] + lat / 60) for lon, lat in points)]
    )
    found = {hit.member for hit in geohash.search(area, members.between)}
    assert found == {
        member for score, member in members.items if area.distance(geohash.place_of(score)) is not None
    }


@pytest.mark.parametrize("metres", [1000.0, 5000.0, 40_000.0])
def test_a_search_looks_at_little_more_than_it_finds(metres: float) -> None:
    grid = [(lon / 100, lat / 100) for lon in range(1200, 1600) for lat in range(3600, 3900)]
    members = Places(grid)
    area = Circle(PALERMO, metres)
    found = sum(1 for _ in geohash.search(area, members.between))
    assert members.looked_at <= 40 * (found + 1)


def test_a_hit_tells_where_and_how_far() -> None:
    members = Places([CATANIA])
    [hit] = geohash.search(Circle(PALERMO, 2e5), members.between)
    assert (b"0", geohash.score_of(CATANIA)) == (hit.member, hit.score)
    assert hit.place == geohash.place_of(hit.score)
    assert hit.metres == geohash.distance(PALERMO, hit.place)


def test_a_search_can_stop_early() -> None:
    members = Places([PALERMO] * 5)
    hits = geohash.search(Circle(PALERMO, 1000.0), members.between)
    next(hits)
    assert 1 == members.looked_at
