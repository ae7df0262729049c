"""redis-py's methods for sets, here and on a real Redis."""

import pytest

from ecosystem.redis_py import Both, Operation

# The library compares bytes to strings, and deprecates commands that it still has to send.
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning", "ignore::DeprecationWarning")

OPERATIONS: dict[str, list[Operation]] = {
    "one": [
        lambda r: r.sadd("s", "x", "y", 1),
        lambda r: r.sadd("s", "x"),
        lambda r: r.scard("s"),
        lambda r: r.sismember("s", "x"),
        lambda r: r.sismember("s", "nope"),
        lambda r: r.smismember("s", ["x", "nope", 1]),
        lambda r: set(r.smembers("s")),
        lambda r: set(r.smembers("nope")),
        lambda r: sorted(r.sscan_iter("s", match="*", count=1)),
        lambda r: sorted(r.sscan("s", 0)[1]),
        lambda r: r.sscan("nope"),
        lambda r: r.smove("s", "t", "y"),
        lambda r: r.srem("s", "x", "y"),
        lambda r: r.srandmember("s"),
        lambda r: r.srandmember("s", 5),
        lambda r: r.srandmember("s", -2),
        lambda r: r.srandmember("nope"),
        lambda r: r.spop("s", 0),
        lambda r: r.spop("s"),
        lambda r: r.spop("s"),
        lambda r: r.spop("t", 2),
        lambda r: r.exists("s", "t"),
        lambda r: r.sadd("a", "x"),
    ],
    "several": [
        lambda r: r.sadd("s", *range(5)),
        lambda r: r.sadd("t", *range(3, 9)),
        lambda r: r.sadd("u", "x", 4),
        lambda r: set(r.sinter("s", "t")),
        lambda r: set(r.sinter(["s", "t", "u"])),
        lambda r: r.sintercard(2, ["s", "t"]),
        lambda r: r.sintercard(2, ["s", "t"], limit=1),
        lambda r: set(r.sunion("s", "t", "u")),
        lambda r: set(r.sdiff("s", "t", "nope")),
        lambda r: r.sinterstore("d", "s", "t"),
        lambda r: r.sunionstore("d", "s", "u"),
        lambda r: r.sdiffstore("d", "s", "t"),
        lambda r: r.smembers("d"),
        lambda r: r.sdiffstore("d", "s", "s"),
        lambda r: r.type("d"),
        lambda r: r.sinter("s", "a"),
    ],
}


@pytest.mark.parametrize("operations", OPERATIONS.values(), ids=OPERATIONS)
def test_operations_return_the_same(operations: list[Operation], both: Both) -> None:
    for operation in operations:
        both.same(operation)
