"""redis-py's methods for places, and for sorting, here and on a real Redis."""

import pytest

from ecosystem.redis_py import Both, Operation

# The library compares bytes to strings, and deprecates commands that it still has to send.
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning", "ignore::DeprecationWarning")

SICILY = (13.361389, 38.115556, "Palermo", 15.087269, 37.502669, "Catania")

OPERATIONS: dict[str, list[Operation]] = {
    "places": [
        lambda r: r.geoadd("g", SICILY),
        lambda r: r.geoadd("g", (13.361389, 38.1, "Palermo"), xx=True, ch=True),
        lambda r: r.geopos("g", "Palermo", "nope"),
        lambda r: r.geohash("g", "Palermo", "Catania"),
        lambda r: r.geodist("g", "Palermo", "Catania", unit="km"),
        lambda r: r.geodist("g", "Palermo", "nope"),
        lambda r: r.geosearch("g", longitude=15, latitude=37, radius=200, unit="km", sort="ASC"),
        lambda r: r.geosearch("g", member="Catania", width=500, height=500, unit="mi", withdist=True),
        lambda r: r.geosearch(
            "g", member="Catania", radius=9e6, withcoord=True, withdist=True, withhash=True
        ),
        lambda r: r.geosearch("g", member="Catania", radius=9e6, count=1, any=True),
        lambda r: r.geosearchstore("d", "g", member="Catania", radius=200, unit="km"),
        lambda r: r.zrange("d", 0, -1),
        lambda r: r.georadius("g", 15, 37, 200, unit="km", withdist=True, sort="DESC"),
        lambda r: r.georadiusbymember("g", "Palermo", 200, unit="km", store="d"),
        lambda r: r.geoadd("g", (181, 0, "nowhere")),
    ],
    "sorting": [
        lambda r: r.rpush("l", 3, 1, 2),
        lambda r: r.mset({"w_1": 3, "w_2": 2, "w_3": 1, "x_1": "one"}),
        lambda r: r.hset("h_1", "name", "first"),
        lambda r: r.sort("l"),
        lambda r: r.sort("l", start=1, num=1, desc=True),
        lambda r: r.sort("l", by="w_*", get=["#", "x_*", "h_*->name"], groups=True),
        lambda r: r.sort("l", alpha=True, store="d"),
        lambda r: r.lrange("d", 0, -1),
        lambda r: r.sort_ro("l", by="nosort"),
        lambda r: r.rpush("l", "x"),
        lambda r: r.sort("l"),
    ],
}


@pytest.mark.parametrize("operations", OPERATIONS.values(), ids=OPERATIONS)
def test_operations_return_the_same(operations: list[Operation], both: Both) -> None:
    for operation in operations:
        both.same(operation)
