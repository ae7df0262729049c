"""redis-py's methods for hashes, here and on a real Redis."""

import pytest

from ecosystem.redis_py import Both, Operation, form

# The library compares bytes to strings, and deprecates commands that it still has to send.
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning", "ignore::DeprecationWarning")

OPERATIONS: dict[str, list[Operation]] = {
    "fields": [
        lambda r: r.hset("h", "a", 1),
        lambda r: r.hset("h", mapping={"a": "text", "b": 2, "c": 1.5}),
        lambda r: r.hset("h", items=["d", "4", "e", "5"]),
        lambda r: r.hmset("h", {"f": 6}),
        lambda r: r.hsetnx("h", "a", 7),
        lambda r: r.hsetnx("h", "g", 7),
        lambda r: r.hget("h", "a"),
        lambda r: r.hget("h", "nope"),
        lambda r: r.hget("nope", "a"),
        lambda r: r.hmget("h", ["a", "nope", "b"]),
        lambda r: r.hmget("nope", "a", "b"),
        lambda r: r.hexists("h", "a"),
        lambda r: r.hexists("h", "nope"),
        lambda r: r.hstrlen("h", "a"),
        lambda r: r.hdel("h", "a", "nope"),
        lambda r: r.hset("s", "a", 1),
    ],
    "all of them": [
        lambda r: r.hset("h", mapping={f"field:{n}": n for n in range(100)}),
        lambda r: r.hgetall("h"),
        lambda r: r.hgetall("nope"),
        lambda r: r.hkeys("h"),
        lambda r: r.hvals("h"),
        lambda r: r.hlen("h"),
        lambda r: r.hscan("h"),
        lambda r: r.hscan("h", match="*7", count=5),
        lambda r: r.hscan("nope"),
        lambda r: dict(r.hscan_iter("h", match="field:1*")),
        lambda r: r.hgetall("s"),
    ],
    "numbers": [
        lambda r: r.hincrby("h", "n"),
        lambda r: r.hincrby("h", "n", -5),
        lambda r: r.hincrbyfloat("h", "x", 0.1),
        lambda r: r.hincrbyfloat("h", "x", 0.2),
        lambda r: r.hincrbyfloat("h", "n", 1e300),
        lambda r: r.hset("h", "text", "text"),
        lambda r: r.hincrby("h", "text"),
        lambda r: r.hincrbyfloat("h", "text"),
        lambda r: r.hincrby("h", "n"),
    ],
    "a table": [
        lambda r: r.hset("h", mapping={f"field:{n}": n for n in range(1000)}),
        lambda r: r.object("ENCODING", "h"),
        lambda r: r.hget("h", "field:999"),
        lambda r: sorted(r.hgetall("h").items()),
        lambda r: sorted(r.hscan_iter("h")),
        lambda r: sorted(r.hrandfield("h", 2000)),
        lambda r: r.hdel("h", *(f"field:{n}" for n in range(1000))),
        lambda r: r.exists("h"),
    ],
}


@pytest.fixture
def both(both: Both) -> Both:
    both.same(lambda r: r.set("s", "a string"))
    return both


@pytest.mark.parametrize("operations", OPERATIONS.values(), ids=OPERATIONS)
def test_operations_return_the_same(operations: list[Operation], both: Both) -> None:
    for operation in operations:
        both.same(operation)


@pytest.mark.parametrize("size", [5, 1000])
def test_random_fields_come_in_the_same_form(size: int, both: Both) -> None:
    both.same(lambda r: r.hset("h", mapping={f"field:{n}": n for n in range(size)}))
    both.same(lambda r: r.hrandfield("h"), form)
    both.same(lambda r: r.hrandfield("h", 3), form)
    both.same(lambda r: r.hrandfield("h", -20, withvalues=True), form)
    both.same(lambda r: r.hrandfield("nope"))
    both.same(lambda r: r.hrandfield("nope", 3))
