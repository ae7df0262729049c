"""What PFSELFTEST does: the parts of a HyperLogLog that nobody sees from outside, tried with random elements.

Redis adds ten million elements, which here would hold everybody up for half a minute; it is ten thousand.
"""

from math import ceil, sqrt
from random import Random

from trioredis.datatypes import dense_registers, hyperloglog
from trioredis.datatypes.dense_registers import COUNT

_ELEMENTS = 10_000
_STANDARD_ERROR = 1.04 / sqrt(COUNT)


def self_test(random: Random, limit: int) -> str:
    """Return what is wrong, empty if nothing is; sparse sketches may take `limit` bytes."""
    return _test_registers(random) or _test_estimates(random, limit)


def _test_registers(random: Random) -> str:
    """Set all registers in any order, and get them again, one by one and at once."""
    wanted = bytes(random.choices(range(dense_registers.HIGHEST + 1), k=COUNT))
    packed = bytearray(random.randbytes(dense_registers.SIZE))
    for index in random.sample(range(COUNT), COUNT):
        dense_registers.put(packed, 0, index, wanted[index])
    for index, value in enumerate(wanted):
        found = dense_registers.get(packed, 0, index)
        if found != value:
            return f"Register {index} should be {value} but is {found}"
    if dense_registers.unpack(packed) != wanted or dense_registers.pack(wanted) != packed:
        return "registers at once are others than one by one"
    return ""


def _test_estimates(random: Random, limit: int) -> str:
    """Add elements to a dense and to a sparse sketch, which have to agree and to be right."""
    dense, sparse = hyperloglog.new_sketch(), hyperloglog.new_sketch()
    hyperloglog.make_dense(dense)
    seed, checkpoint = random.getrandbits(64), 1
    for number in range(1, _ELEMENTS + 1):
        element = [(number ^ seed).to_bytes(8)]
        hyperloglog.add(dense, element, limit)
        hyperloglog.add(sparse, element, limit)
        if number == checkpoint:
            if finding := _compare(dense, sparse, number, limit):
                return finding
            checkpoint *= 10
    return ""


def _compare(dense: bytearray, sparse: bytearray, number: int, limit: int) -> str:
    # An element takes at most three bytes more.
    if len(hyperloglog.new_sketch()) + 3 * number <= limit and not hyperloglog.is_sparse(sparse):
        return "sparse encoding not used"
    estimate, other = (hyperloglog.estimate(hyperloglog.registers_of(each)) for each in (dense, sparse))
    if estimate != other:
        return "dense/sparse disagree"
    # Two elements of ten share a register now and then.
    most = 1 if number == 10 else ceil(6 * _STANDARD_ERROR * number)
    error = abs(estimate - number)
    return f"Too big error. card:{number} abserr:{error}" if error > most else ""
