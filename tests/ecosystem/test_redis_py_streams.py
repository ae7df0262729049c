"""redis-py's methods for streams and consumer groups, here and on a real Redis."""

from typing import Any

import pytest

from ecosystem.redis_py import Both, Operation

# The library compares bytes to strings, and deprecates commands that it still has to send.
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning", "ignore::DeprecationWarning")

OPERATIONS: list[Operation] = [
    lambda r: r.xadd("s", {"f": "v", "g": 1}, id="1-1"),
    lambda r: r.xadd("s", {"f": "w"}, id="2-*"),
    lambda r: r.xadd("s", {"f": "x"}, id="3-1", maxlen=100, approximate=True, limit=5),
    lambda r: r.xadd("none", {"f": "x"}, nomkstream=True),
    lambda r: r.xlen("s"),
    lambda r: r.xrange("s"),
    lambda r: r.xrange("s", min="(1-1", count=1),
    lambda r: r.xrevrange("s"),
    lambda r: r.xread({"s": "0"}, count=2),
    lambda r: r.xread({"s": "$", "none": "$"}, block=1),
    lambda r: r.xgroup_create("s", "g", id="0"),
    lambda r: r.xgroup_create("t", "g", id="$", mkstream=True, entries_read=0),
    lambda r: r.xgroup_createconsumer("s", "g", "c"),
    lambda r: r.xreadgroup("g", "c", {"s": ">"}, count=2),
    lambda r: r.xreadgroup("g", "c", {"s": "0"}),
    lambda r: r.xreadgroup("g", "c", {"s": ">"}, noack=True),
    lambda r: r.xreadgroup("g", "c", {"t": ">"}, block=1),
    lambda r: r.xpending("s", "g"),
    lambda r: r.xpending_range("s", "g", "-", "+", 10, idle=100_000),
    lambda r: r.xclaim("s", "g", "d", 0, ["1-1"], idle=1_000_000, retrycount=5),
    lambda r: r.xclaim("s", "g", "d", 0, ["2-0"], justid=True),
    lambda r: r.xautoclaim("s", "g", "e", 500_000, "0-0", count=1),
    lambda r: r.xautoclaim("s", "g", "e", 0, justid=True),
    lambda r: r.xack("s", "g", "1-1", "2-0"),
    lambda r: r.xdel("s", "2-0"),
    lambda r: r.xinfo_stream("s"),
    lambda r: r.xinfo_groups("s"),
    lambda r: [sorted(c.items()) for c in without_ages(r.xinfo_consumers("s", "g"))],
    lambda r: r.xgroup_setid("s", "g", "0", entries_read=0),
    lambda r: r.xgroup_delconsumer("s", "g", "e"),
    lambda r: r.xgroup_destroy("s", "g"),
    lambda r: r.xtrim("s", maxlen=1),
    lambda r: r.xtrim("s", minid="9", approximate=False),
    lambda r: r.xinfo_stream("s", full=True),
    lambda r: r.xadd("s", {"f": "v"}, id="1-1"),
]


def without_ages(consumers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in each.items() if name in (b"name", "name", "pending")}
        for each in consumers
    ]


def test_methods_for_streams_return_the_same(both: Both) -> None:
    for operation in OPERATIONS:
        both.same(operation)
