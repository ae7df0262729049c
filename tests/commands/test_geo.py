"""Geo commands beside a real Redis: the documented examples, every option, and what is refused in which words."""

from collections.abc import Iterator
from itertools import product
from random import Random

import pytest

from bare_engine import Session
from side_by_side import Both

SICILY = "GEOADD Sicily 13.361389 38.115556 Palermo 15.087269 37.502669 Catania"
MORE_SICILY = "GEOADD Sicily 12.758489 38.788135 edge1 17.241510 38.788135 edge2"


# --- the documented examples


def test_the_documentation_of_geoadd(both: Both) -> None:
    both.transcript(
        SICILY,
        "GEODIST Sicily Palermo Catania",
        "GEORADIUS Sicily 15 37 100 km",
        "GEORADIUS Sicily 15 37 200 km",
    )
    both("ZRANGE", "Sicily", 0, -1, "WITHSCORES")


def test_the_documentation_of_geodist(both: Both) -> None:
    both.transcript(
        SICILY,
        "GEODIST Sicily Palermo Catania",
        "GEODIST Sicily Palermo Catania km",
        "GEODIST Sicily Palermo Catania mi",
        "GEODIST Sicily Foo Bar",
    )


def test_the_documentation_of_geohash_and_geopos(both: Both) -> None:
    both.transcript(
        SICILY,
        "GEOHASH Sicily Palermo Catania",
        "GEOPOS Sicily Palermo Catania NonExisting",
    )


def test_the_documentation_of_georadius(both: Both) -> None:
    both.transcript(
        SICILY,
        "GEORADIUS Sicily 15 37 200 km WITHDIST",
        "GEORADIUS Sicily 15 37 200 km WITHCOORD",
        "GEORADIUS Sicily 15 37 200 km WITHDIST WITHCOORD",
        "GEORADIUS_RO Sicily 15 37 200 km WITHHASH",
        "GEOADD Sicily 13.583333 37.316667 Agrigento",
        "GEORADIUSBYMEMBER Sicily Agrigento 100 km",
        "GEORADIUSBYMEMBER_RO Sicily Agrigento 100 km",
    )


def test_the_documentation_of_geosearch(both: Both) -> None:
    both.transcript(
        SICILY,
        MORE_SICILY,
        "GEOSEARCH Sicily FROMLONLAT 15 37 BYRADIUS 200 km ASC",
        "GEOSEARCH Sicily FROMLONLAT 15 37 BYBOX 400 400 km ASC WITHCOORD WITHDIST",
    )


def test_the_documentation_of_geosearchstore(both: Both) -> None:
    both.transcript(
        SICILY,
        MORE_SICILY,
        "GEOSEARCHSTORE key1 Sicily FROMLONLAT 15 37 BYBOX 400 400 km ASC COUNT 3",
        "GEOSEARCH key1 FROMLONLAT 15 37 BYBOX 400 400 km ASC WITHCOORD WITHDIST WITHHASH",
        "GEOSEARCHSTORE key2 Sicily FROMLONLAT 15 37 BYBOX 400 400 km ASC COUNT 3 STOREDIST",
        "ZRANGE key2 0 -1",
    )


# --- adding


@pytest.mark.parametrize(
    "options", ["", "NX", "xx", "CH", "NX CH", "ch XX", "NX NX", "NX XX", "XX ch NX", "GT"]
)
def test_geoadd_takes_the_options_of_zadd_that_make_sense(both: Both, options: str) -> None:
    both("GEOADD k 1 1 a 2 2 b")
    both.events(f"GEOADD k {options} 1 1 a 3 3 b 4 4 c")
    both("GEOPOS k a b c")
    both.events(f"GEOADD new {options} 1 1 a")
    both("GEOPOS new a")


@pytest.mark.parametrize(
    "rest",
    [
        *(
            "1 1",
            "1 1 a 2",
            "1 1 a 2 2",
            "NX CH CH",
            "NX XX CH",
            "CH CH CH",
            "a 1 m",
            "1 a m",
            "nan 1 m",
            "1 nan m",
        ),
        *(
            "inf 1 m",
            "1 -inf m",
            "180 85.05112878 m",
            "-180 -85.05112878 m",
            "180.0001 0 m",
            "0 85.0511288 m",
        ),
        *(
            "0 90 m",
            "0 -90 m",
            "1 1 a 181 1 b",
            "0x10 1e1 m",
            "+1 .5 m",
            "1e400 1 m",
            "1e300 1 m",
            "-0 -0.0 m",
        ),
    ],
)
def test_geoadd_refuses_what_is_no_place(both: Both, rest: str) -> None:
    both.events(f"GEOADD k {rest}")
    both("GEOPOS k m a")
    both("GEOHASH k m a")


@pytest.mark.parametrize(
    "line",
    [
        *("GEOADD text 1 1 a", "GEOADD text x 1 a", "GEOPOS text a", "GEOHASH text a", "GEODIST text a b"),
        *("GEODIST text a b x", "GEODIST text a b m m", "GEORADIUS text 1 1 1 m", "GEORADIUS text x 1 1 m"),
        *(
            "GEORADIUSBYMEMBER text a 1 m",
            "GEOSEARCH text FROMMEMBER a BYRADIUS 1 m",
            "GEOSEARCH text NOPE 1 2 3 4 5",
        ),
        "GEOSEARCHSTORE text missing FROMLONLAT 1 1 BYRADIUS 1 m",
    ],
)
def test_other_types_are_refused(both: Both, line: str) -> None:
    both("SET text value")
    both(line)
    both("TYPE text")


# --- looking at members


@pytest.mark.parametrize(
    "line",
    [
        *("GEOPOS k", "GEOHASH k", "GEOPOS none", "GEOPOS none a b", "GEOHASH none a b", "GEODIST none a b"),
        *("GEOPOS k a nope b", "GEOHASH k a nope b", "GEODIST k a nope", "GEODIST k nope a", "GEODIST k a a"),
        *("GEODIST k a b M", "GEODIST k a b Km", "GEODIST k a b ft", "GEODIST k a b MI", "GEODIST k a b yd"),
        *("GEODIST k a b m m", "GEODIST none a b yd", "GEODIST k north south", "GEODIST k east west"),
    ],
)
def test_members_are_shown_where_they_are(both: Both, line: str) -> None:
    both("GEOADD k 1 1 a 2 2 b 7 85.05112878 north 7 -85.05112878 south 180 0 east -180 0 west")
    both(line)


@pytest.mark.parametrize("score", ["-1", "1.5", "1e300", "-1e300", "inf", "-inf", "9007199254740993", "0"])
def test_any_score_is_some_place(both: Both, score: str) -> None:
    both(f"ZADD k {score} a")
    both.transcript("GEOPOS k a", "GEOHASH k a", "GEODIST k a a", "GEOSEARCH k FROMMEMBER a BYRADIUS 100 km")


# --- searching

OPTIONS = [
    *(
        "",
        "ASC",
        "DESC",
        "ASC DESC",
        "COUNT 2",
        "COUNT 2 DESC",
        "COUNT 3 ANY",
        "COUNT 3 ANY DESC",
        "COUNT 100 ANY",
    ),
    *(
        "WITHDIST",
        "WITHHASH",
        "WITHCOORD",
        "withcoord withhash WithDist asc",
        "COUNT 2 COUNT 1",
        "ANY COUNT 1",
    ),
]
SHAPES = [
    *("BYRADIUS 500 km", "BYRADIUS 0 m", "BYRADIUS 1e9 mi", "BYRADIUS inf km", "BYRADIUS 1000000 ft"),
    *("BYBOX 1000 1000 km", "BYBOX 0 0 m", "BYBOX 1000 0 km", "BYBOX inf inf m", "BYBOX 800 300 MI"),
]
CENTERS = [
    "FROMMEMBER c",
    "FROMLONLAT 0 0",
    "FROMLONLAT 180 85.05112878",
    "FROMLONLAT -180 0",
    "FROMLONLAT 2.5 2.5",
]


@pytest.fixture
def near(both: Both) -> Both:
    """Six members near the equator and six at the rims of the map; few enough for Redis to sort ties as they come."""
    both("GEOADD k 1 1 a 2 2 b 3 3 c 2 2 d -1 -1 e 2 4 f")
    both(
        "GEOADD rim 180 85.05112878 ne -180 85.05112878 nw 180 -85.05112878 se -180 -85 sw 180 0 e -179.9 0 w"
    )
    return both


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("shape", SHAPES)
def test_geosearch_finds_what_redis_finds(near: Both, shape: str, options: str) -> None:
    for center in CENTERS:
        near(f"GEOSEARCH k {center} {shape} {options}")
        near(f"GEOSEARCH rim {center.replace('c', 'ne')} {options} {shape}")


@pytest.mark.parametrize(
    "options", [*OPTIONS, "STORE to", "STOREDIST to", "STORE to STOREDIST to2", "STOREDIST a STORE b"]
)
def test_georadius_finds_what_redis_finds(near: Both, options: str) -> None:
    for name, radius in product(["GEORADIUS", "GEORADIUS_RO"], ["0 m", "300 km", "1e9 ft"]):
        near.events(f"{name} k 1 1 {radius} {options}")
        near.events(f"{name}BYMEMBER k b {radius} {options}".replace("_ROBYMEMBER", "BYMEMBER_RO"))
        near.scores("ZRANGE to 0 -1 WITHSCORES")


@pytest.mark.parametrize(
    "options", [*OPTIONS, "STOREDIST", "storedist COUNT 2 ASC", "STOREDIST STOREDIST", "STORE to"]
)
@pytest.mark.parametrize("shape", ["BYRADIUS 300 km", "BYBOX 300 700 mi", "BYRADIUS 0 m"])
def test_geosearchstore_stores_what_redis_stores(near: Both, shape: str, options: str) -> None:
    for center in ("FROMMEMBER c", "FROMLONLAT 2 2"):
        near.events(f"GEOSEARCHSTORE to k {center} {shape} {options}")
        near.scores("ZRANGE to 0 -1 WITHSCORES")


@pytest.mark.parametrize(
    "line",
    [
        "GEOSEARCHSTORE to k FROMLONLAT 50 50 BYRADIUS 1 m",
        "GEOSEARCHSTORE to none FROMMEMBER a BYRADIUS 1 m",
        "GEORADIUS k 50 50 1 m STORE to",
        "GEORADIUSBYMEMBER none a 1 m STOREDIST to",
        "GEOSEARCHSTORE none k FROMLONLAT 50 50 BYRADIUS 1 m",
        "GEOSEARCHSTORE k k FROMLONLAT 1 1 BYRADIUS 1 km",
        "GEORADIUS k 1 1 1 km STORE k",
    ],
)
def test_the_result_takes_the_place_of_what_was_there(near: Both, line: str) -> None:
    near("SET to old EX 100000")
    near.events(line)
    near.transcript("TYPE to", "TYPE k", "PERSIST to", "PERSIST k", "EXISTS to none")


BAD_SEARCHES = [
    *("FROMMEMBER nope BYRADIUS 1 m", "FROMMEMBER a FROMLONLAT 1 1 BYRADIUS 1 m", "BYRADIUS 1 m BYBOX 1 1 m ASC"),
    *("FROMLONLAT 1 1 ASC DESC ASC", "BYRADIUS 1 m ASC DESC ASC", "ASC ASC ASC ASC ASC", "FROMMEMBER a ASC ASC ASC"),
    *("FROMMEMBER a BYRADIUS 1 m WITHDIST", "FROMMEMBER a BYRADIUS x m", "FROMMEMBER a BYRADIUS -1 m"),
    *("FROMMEMBER a BYRADIUS 1 yd", "FROMMEMBER a BYRADIUS -0 m", "FROMMEMBER a BYRADIUS nan m", "FROMLONLAT x 1 BYRADIUS x m"),
    *("FROMLONLAT 181 1 BYRADIUS 1 m", "FROMLONLAT 1 1 BYBOX x 1 m", "FROMLONLAT 1 1 BYBOX 1 x m"),
    *("FROMLONLAT 1 1 BYBOX 1 -1 m", "FROMLONLAT 1 1 BYBOX -1 x yd", "FROMLONLAT 1 1 BYBOX 1 1 yd"),
    *("FROMMEMBER a BYRADIUS 1 m COUNT", "FROMMEMBER a BYRADIUS 1 m COUNT 0", "FROMMEMBER a BYRADIUS 1 m COUNT -1"),
    *("FROMMEMBER a BYRADIUS 1 m COUNT x", "FROMMEMBER a BYRADIUS 1 m ANY", "ANY ASC ASC ASC ASC", "ANY BYRADIUS 1 m FROMMEMBER"),
    *("FROMMEMBER a BYRADIUS 1", "FROMMEMBER a BYRADIUS 1 m FROMLONLAT 1", "FROMMEMBER a BYBOX 1 m NOPE", "STORE to ASC ASC ASC"),
    *("FROMMEMBER a FROMMEMBER c BYRADIUS 1 m BYRADIUS 2 km", "FROMMEMBER nope NOPE 1 1 1", "STOREDIST FROMMEMBER a BYRADIUS 1 m"),
]  # fmt: skip


@pytest.mark.parametrize("search", BAD_SEARCHES)
def test_a_search_that_makes_no_sense_is_refused_as_redis_does(near: Both, search: str) -> None:
    for key in ("k", "none"):
        near(f"GEOSEARCH {key} {search}")
        near(f"GEOSEARCHSTORE to {key} {search}")


@pytest.mark.parametrize(
    "rest",
    [
        *(
            "x m",
            "-1 m",
            "1 yd",
            "nan m",
            "1 m NOPE",
            "1 m COUNT",
            "1 m COUNT 0",
            "1 m COUNT x",
            "1 m ANY",
            "1 m STORE",
        ),
        *("1 m STORE to WITHDIST", "1 m WITHCOORD STOREDIST to", "1 m WITHHASH STORE to", "1 m FROMMEMBER a"),
        *("1 m BYRADIUS 1 m", "1 m STORE to STOREDIST", "x yd NOPE", "1 m COUNT 1 ANY ANY STORE to WITHDIST"),
    ],
)
def test_a_circle_that_makes_no_sense_is_refused_as_redis_does(near: Both, rest: str) -> None:
    for key, ro in product(["k", "none"], ["", "_RO"]):
        near(f"GEORADIUS{ro} {key} 1 1 {rest}")
        near(f"GEORADIUS{ro} {key} 181 x {rest}")
        near(f"GEORADIUSBYMEMBER{ro} {key} a {rest}")
        near(f"GEORADIUSBYMEMBER{ro} {key} nope {rest}")


@pytest.mark.parametrize(
    "line",
    [
        *("GEORADIUS k 1 1 1 m", "GEORADIUS k 1 1 1 m STORE to", "GEORADIUS k 1 1 1 m STOREDIST to STORE b"),
        *(
            "GEORADIUS k 1 1 1 m STORE",
            "GEORADIUSBYMEMBER k STORE 1 m STORE to",
            "GEOSEARCHSTORE a b c d e f g",
        ),
        *("GEORADIUS k STORE 1 1 m", "GEORADIUSBYMEMBER_RO k a 1 m STORE to"),
    ],
)
def test_keys_are_found_where_redis_finds_them(both: Both, line: str) -> None:
    both(f"COMMAND GETKEYS {line}")
    both(f"COMMAND GETKEYSANDFLAGS {line}")


# --- many members


def crowd(size: int) -> Iterator[str | float]:
    random = Random(7)
    for number in range(size):
        yield from (random.uniform(-180, 180), random.uniform(-85, 85), f"m{number}")


def test_a_crowd_is_searched_as_redis_does(both: Both) -> None:
    both("GEOADD", "k", *crowd(2000))
    random = Random(8)
    for _ in range(50):
        center = random.uniform(-180, 180), random.uniform(-85, 85)
        shape = random.choice(
            [("BYRADIUS", random.uniform(0, 5000)), ("BYBOX", *(random.uniform(0, 9000),) * 2)]
        )
        options = random.choice([(), ("COUNT", 10), ("COUNT", 10, "ANY"), ("DESC",), ("COUNT", 500, "DESC")])
        both("GEOSEARCH", "k", "FROMLONLAT", *center, *shape, "km", *options, "WITHDIST", "WITHCOORD")


def test_equally_near_members_come_in_the_order_in_which_they_are_found(call: Session) -> None:
    call("GEOADD", "k", *(word for number in range(20) for word in (1, 1, f"{number:02}")))
    found = call("GEOSEARCH k FROMLONLAT 1 1 BYRADIUS 1 km COUNT 9")
    assert b"".join(b"$2\r\n%02d\r\n" % number for number in range(9)) == found.partition(b"\r\n")[2]
