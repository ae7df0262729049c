"""redis-py's methods for lists, here and on a real Redis."""

import pytest

from ecosystem.redis_py import Both, Operation

# The library compares bytes to strings, and deprecates commands that it still has to send.
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning", "ignore::DeprecationWarning")

OPERATIONS: list[Operation] = [
    lambda r: r.rpush("k", "a", "b", 3),
    lambda r: r.lpush("k", "z"),
    lambda r: r.lpushx("k", "y"),
    lambda r: r.rpushx("nope", "y"),
    lambda r: r.llen("k"),
    lambda r: r.lrange("k", 0, -1),
    lambda r: r.lindex("k", -1),
    lambda r: r.lindex("k", 99),
    lambda r: r.linsert("k", "before", "b", "x"),
    lambda r: r.linsert("k", "AFTER", "nope", "x"),
    lambda r: r.lset("k", 0, "first"),
    lambda r: r.lset("k", 99, "first"),
    lambda r: r.lpos("k", "x"),
    lambda r: r.lpos("k", "x", rank=-1, count=0, maxlen=10),
    lambda r: r.lpos("k", "nope"),
    lambda r: r.lrem("k", 1, "x"),
    lambda r: r.lpop("k"),
    lambda r: r.rpop("k", 2),
    lambda r: r.lpop("nope"),
    lambda r: r.lpop("nope", 2),
    lambda r: r.ltrim("k", 0, 1),
    lambda r: r.lmove("k", "other", "LEFT", "RIGHT"),
    lambda r: r.rpoplpush("k", "other"),
    lambda r: r.lmove("nope", "other"),
    lambda r: r.rpush("k", "1", "2", "3"),
    lambda r: r.lmpop(2, "nope", "k", direction="RIGHT", count=2),
    lambda r: r.lmpop(1, "nope", direction="LEFT"),
    lambda r: r.blpop(["nope", "k"], timeout=1),
    lambda r: r.brpop("other"),
    lambda r: r.blmove("other", "k", 1),
    lambda r: r.brpoplpush("k", "other", 1),
    lambda r: r.blmpop(1, 1, "other", direction="LEFT"),
    lambda r: r.blpop("nope", timeout=0.001),
    lambda r: r.blmove("nope", "other", 0.001),
    lambda r: r.lpush("a", "x"),
    lambda r: r.exists("k", "other"),
]


def test_redis_py_sees_the_same(both: Both) -> None:
    for operation in OPERATIONS:
        both.same(operation)
