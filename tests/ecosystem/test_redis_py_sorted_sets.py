"""redis-py's methods for sorted sets, here and on a real Redis."""

import pytest

from ecosystem.redis_py import Both, Operation

# The library compares bytes to strings, and deprecates commands that it still has to send.
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning", "ignore::DeprecationWarning")

SCORES = {"a": 1, "b": 2.5, "c": 3, "d": float("inf")}

OPERATIONS: dict[str, list[Operation]] = {
    "one": [
        lambda r: r.zadd("z", SCORES),
        lambda r: r.zadd("z", {"a": 2, "e": 0}, ch=True),
        lambda r: r.zadd("z", {"a": 5}, xx=True, gt=True, incr=True),
        lambda r: r.zadd("z", {"a": 5}, nx=True, incr=True),
        lambda r: r.zincrby("z", 1.5, "b"),
        lambda r: r.zscore("z", "b"),
        lambda r: r.zscore("z", "nope"),
        lambda r: r.zmscore("z", ["a", "nope"]),
        lambda r: r.zcard("z"),
        lambda r: r.zrank("z", "b"),
        lambda r: r.zrevrank("z", "b"),
        lambda r: r.zrank("z", "nope"),
        lambda r: r.zcount("z", "(1", "+inf"),
        lambda r: sorted(r.zscan("z")[1]),
        lambda r: sorted(r.zscan_iter("z", match="*", count=1)),
        lambda r: r.zrandmember("z", 10),
        lambda r: r.zrandmember("z", 10, withscores=True),
        lambda r: r.zrandmember("nope"),
        lambda r: r.zpopmin("z"),
        lambda r: r.zpopmax("z", 2),
        lambda r: r.zpopmin("nope"),
        lambda r: r.zrem("z", "a", "nope"),
        lambda r: r.zmpop(2, ["nope", "z"], min=True),
        lambda r: r.exists("z"),
    ],
    "ranges": [
        lambda r: r.zadd("z", SCORES),
        lambda r: r.zrange("z", 0, -1),
        lambda r: r.zrange("z", 0, -1, desc=True, withscores=True),
        lambda r: r.zrange("z", 1, 3, byscore=True, offset=0, num=1),
        lambda r: r.zrange("z", "[b", "+", bylex=True),
        lambda r: r.zrevrange("z", 0, 1, withscores=True),
        lambda r: r.zrangebyscore("z", "-inf", 3, start=1, num=5, withscores=True),
        lambda r: r.zrevrangebyscore("z", "+inf", "-inf", withscores=True),
        lambda r: r.zrangebylex("z", "-", "(c"),
        lambda r: r.zrevrangebylex("z", "+", "-", start=0, num=2),
        lambda r: r.zlexcount("z", "-", "+"),
        lambda r: r.zrangestore("d", "z", 0, 1),
        lambda r: r.zremrangebyrank("z", 0, 0),
        lambda r: r.zremrangebyscore("z", "-inf", 2.5),
        lambda r: r.zremrangebylex("z", "-", "[c"),
        lambda r: r.zrange("z", 0, -1, withscores=True),
        lambda r: r.zrange("nope", 0, -1, withscores=True),
    ],
    "several": [
        lambda r: r.zadd("y", {"a": 1, "x": 7}),
        lambda r: r.zadd("z", SCORES),
        lambda r: r.sadd("s", "a", "b"),
        lambda r: r.zunion(["y", "z", "s"]),
        lambda r: r.zunion({"y": 2, "z": 3}, aggregate="MAX", withscores=True),
        lambda r: r.zinter(["y", "z"], withscores=True),
        lambda r: r.zintercard(2, ["y", "z"], limit=1),
        lambda r: r.zdiff(["z", "y"], withscores=True),
        lambda r: r.zunionstore("d", {"y": 2, "z": 3}),
        lambda r: r.zinterstore("d", ["z", "s"], aggregate="MIN"),
        lambda r: r.zdiffstore("d", ["z", "y"]),
        lambda r: r.zrange("d", 0, -1, withscores=True),
        lambda r: r.bzpopmin(["nope", "y"], timeout=1),
        lambda r: r.bzpopmax("y", timeout=1),
        lambda r: r.bzpopmin("y", timeout=0.001),
        lambda r: r.bzmpop(1, 2, ["y", "z"], max=True, count=2),
        lambda r: r.set("text", "x"),
        lambda r: r.zunion(["z", "text"]),
        lambda r: r.zadd("text", SCORES),
    ],
}


@pytest.mark.parametrize("operations", OPERATIONS.values(), ids=OPERATIONS)
def test_operations_return_the_same(operations: list[Operation], both: Both) -> None:
    for operation in operations:
        both.same(operation)
