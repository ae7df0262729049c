"""redis-py's methods for bitmaps, bit fields and HyperLogLogs, here and on a real Redis."""

import pytest

from ecosystem.redis_py import Both, Operation

# The library compares bytes to strings, and deprecates commands that it still has to send.
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning", "ignore::DeprecationWarning")

OPERATIONS: dict[str, list[Operation]] = {
    "bitmaps": [
        lambda r: r.setbit("bits", 7, 1),
        lambda r: r.setbit("bits", 7, True),
        lambda r: r.setbit("bits", 100, 0),
        lambda r: r.getbit("bits", 7),
        lambda r: r.getbit("nope", 7),
        lambda r: r.bitcount("bits"),
        lambda r: r.bitcount("b", 1, -1),
        lambda r: r.bitcount("b", 3, 17, "BIT"),
        lambda r: r.bitpos("bits", 1),
        lambda r: r.bitpos("bits", 0, 1, -1),
        lambda r: r.bitpos("bits", 1, 8, -1, "BIT"),
        lambda r: r.bitpos("bits", 2),
        lambda r: r.bitop("AND", "dest", "a", "b"),
        lambda r: r.bitop("NOT", "dest", "b"),
        lambda r: r.bitop("XOR", "dest", "nope", "nada"),
        lambda r: r.bitop("NAND", "dest", "a"),
    ],
    "bit fields": [
        lambda r: r.bitfield("f").set("u8", 0, 255).incrby("u8", 0, 1).get("i4", "#1").execute(),
        lambda r: r.bitfield("f", default_overflow="SAT").incrby("u8", 0, 300).execute(),
        lambda r: r.bitfield("f").incrby("u8", 0, 1, overflow="FAIL").execute(),
        lambda r: r.bitfield("f").get("u64", 0).execute(),
        lambda r: r.bitfield_ro("f", "u8", 0, [("i8", "#0"), ("u4", 100)]),
    ],
    "hyperloglogs": [
        lambda r: r.pfadd("h", "a", "b", "c"),
        lambda r: r.pfadd("h", "a"),
        lambda r: r.pfadd("g"),
        lambda r: r.pfadd("g", *range(1000)),
        lambda r: r.pfcount("h"),
        lambda r: r.pfcount("h", "g", "nope"),
        lambda r: r.pfmerge("m", "h", "g"),
        lambda r: r.pfcount("m"),
        lambda r: r.pfadd("b", "x"),
    ],
}


@pytest.mark.parametrize("operations", OPERATIONS.values(), ids=OPERATIONS)
def test_operations_return_the_same(operations: list[Operation], both: Both) -> None:
    for operation in operations:
        both.same(operation)
