"""HyperLogLogs: sketches of sets, from which the number of different elements is estimated (error 0.81 %).

A sketch is a string, byte for byte the one of Redis (hyperloglog.c), so that it moves between servers by GET and SET:

===========  =======================================================================================
4 bytes      ``HYLL``
1 byte       the encoding: 0 dense, 1 sparse
3 bytes      nothing
8 bytes      the estimate, low bytes first; the highest bit says that it has to be made anew
the rest     16384 registers, in the encoding of `dense_registers` or of `sparse_registers`
===========  =======================================================================================

An element's hash picks a register, and the zeros in the rest of the hash are counted there; each register keeps its
highest count. A sketch begins sparse and becomes dense, once, when it does not fit any more. What changes is a
`bytearray`, changed in place: an element costs the same however large the sketch is.

The estimate is made as in Otmar Ertl, New cardinality estimation algorithms for HyperLogLog sketches, 2017
(arXiv:1702.01284, algorithm 6), with the same operations in the same order as in Redis, since clients compare.
"""

from collections.abc import Iterable
from math import inf, sqrt
from typing import Any, Final

from trioredis import errors
from trioredis.datatypes import dense_registers, sparse_registers
from trioredis.datatypes.dense_registers import COUNT
from trioredis.datatypes.murmur import murmur_hash
from trioredis.datatypes.sparse_registers import NoRoomError, Place
from trioredis.datatypes.strings import Text, require_string, text_of
from trioredis.errors import CommandError
from trioredis.numerals import INT64_MAX, INT64_MIN

_MAGIC: Final = b"HYLL"
_ENCODING: Final = 4
_DENSE, _SPARSE = 0, 1
_ESTIMATE: Final = slice(8, 16)
_STALE: Final = 15
"""The byte whose highest bit says that the estimate is not that of the registers."""
_HEADER: Final = 16
_EMPTY: Final = (_MAGIC + bytes([_SPARSE])).ljust(_HEADER, b"\0") + sparse_registers.empty()
_DENSE_SIZE: Final = _HEADER + dense_registers.SIZE
_BEGIN: Final = Place(_HEADER, 0)

_SEED: Final = 0xADC83B19
_INDEX_BITS: Final = 14
_HASH_BITS: Final = 64 - _INDEX_BITS
NO_REGISTERS: Final = dense_registers.NOTHING
"""Those of the empty set, a byte each."""
_ALPHA: Final = 0.721347520444481703680
"""Half the reciprocal of the natural logarithm of two."""


def new_sketch() -> bytearray:
    """Return the sketch of an empty set."""
    return bytearray(_EMPTY)


def require_sketch(value: Any) -> Text:
    """Return what a key holds if that is a sketch; raise WRONGTYPE otherwise. Its registers may still be corrupt."""
    text = text_of(require_string(value))
    is_sketch = len(text) >= _HEADER and text.startswith(_MAGIC) and text[_ENCODING] <= _SPARSE
    if not is_sketch or (text[_ENCODING] == _DENSE and len(text) != _DENSE_SIZE):
        raise CommandError(errors.NOT_A_HYPERLOGLOG)
    return text


def is_sparse(sketch: Text) -> bool:
    """Tell the encoding."""
    return sketch[_ENCODING] == _SPARSE


def shown_opcodes(sketch: Text) -> bytes:
    """Return the sparse encoding as people read it; source: PFDEBUG DECODE."""
    return b" ".join(sparse_registers.show(sketch[_HEADER:]))


def registers_of(sketch: Text) -> bytes:
    """Return the registers, a byte each."""
    if not is_sparse(sketch):
        return dense_registers.unpack(sketch[_HEADER:])
    registers = sparse_registers.expand(sketch[_HEADER : _HEADER + sparse_registers.LONGEST + 1])
    if registers is None:
        raise CommandError(errors.CORRUPTED_HYPERLOGLOG)
    return registers


def make_dense(sketch: bytearray) -> None:
    """Turn a sparse sketch into a dense one, the estimate kept as it is."""
    sketch[_HEADER:] = dense_registers.pack(registers_of(sketch))
    sketch[_ENCODING] = _DENSE


# --- adding


def add(sketch: bytearray, elements: Iterable[bytes], limit: int) -> bool:
    """Add elements and say whether that changed a register; a sparse sketch may take `limit` bytes.

    An element costs some 1.5 µs where the sketch is dense, ten times as much where it is sparse.
    """
    changed = False
    for element in elements:
        index, count = _index_and_count(element)
        if sketch[_ENCODING] == _DENSE:
            if count > dense_registers.get(sketch, _HEADER, index):
                dense_registers.put(sketch, _HEADER, index, count)
                changed = True
        elif _raise_sparse(sketch, _BEGIN, index, count, limit)[0]:
            changed = True
    return changed


def _index_and_count(element: bytes) -> tuple[int, int]:
    """Return the register of an element, and how many zeros its hash has there, plus one."""
    hashed = murmur_hash(element, _SEED)
    rest = hashed >> _INDEX_BITS | 1 << _HASH_BITS
    return hashed & (COUNT - 1), (rest & -rest).bit_length()


def _raise_sparse(sketch: bytearray, begin: Place, index: int, count: int, limit: int) -> tuple[bool, Place]:
    """Set a register of a sparse sketch, which may become a dense one."""
    try:
        result = sparse_registers.raise_register(sketch, begin, index, count, limit)
    except NoRoomError:
        make_dense(sketch)
        dense_registers.put(sketch, _HEADER, index, count)
        return True, begin
    if result is None:
        raise CommandError(errors.CORRUPTED_HYPERLOGLOG)
    if result[0]:
        # At once: the next element may meet what is corrupt.
        forget_estimate(sketch)
    return result


# --- merging


def merge(registers: bytes, sketch: Text) -> bytes:
    """Return registers, a byte each, raised to those of a sketch."""
    return dense_registers.highest(registers, registers_of(sketch))


def raise_registers(sketch: bytearray, registers: bytes, limit: int) -> None:
    """Set every register to the given one, which is nowhere lower; a sparse sketch may take `limit` bytes."""
    if is_sparse(sketch):
        place = _BEGIN
        for index, count in enumerate(registers):
            if count and is_sparse(sketch):
                _, place = _raise_sparse(sketch, place, index, count, limit)
    if not is_sparse(sketch):
        sketch[_HEADER:] = dense_registers.pack(registers)


# --- estimating


def forget_estimate(sketch: bytearray) -> None:
    """Say that the estimate is not that of the registers any more."""
    sketch[_STALE] |= 0x80


def known_estimate(sketch: Text) -> int | None:
    """Return the estimate that is kept with the registers; None where it is not theirs any more."""
    return None if sketch[_STALE] & 0x80 else int.from_bytes(sketch[_ESTIMATE], "little")


def keep_estimate(sketch: bytearray, estimate: int) -> None:
    """Keep the estimate with the registers."""
    sketch[_ESTIMATE] = estimate.to_bytes(8, "little", signed=True)


def estimate(registers: bytes) -> int:
    """Return how many different elements were added.

    Registers that no elements have made may say more than an integer can hold; then it is, as in C, the lowest one.
    """
    counts = _histogram(registers)
    total = COUNT * _tau((COUNT - counts[_HASH_BITS + 1]) / COUNT)
    for count in counts[_HASH_BITS:0:-1]:
        total = (total + count) * 0.5
    total += COUNT * _sigma(counts[0] / COUNT)
    result = _ALPHA * COUNT * COUNT / total if total else inf
    return _rounded(result) if result <= INT64_MAX else INT64_MIN


def _histogram(registers: bytes) -> list[int]:
    """Return how many registers there are of each value."""
    counts, rest = [0] * (dense_registers.HIGHEST + 1), COUNT
    for value in range(len(counts)):
        counts[value] = registers.count(value)
        rest -= counts[value]
        if not rest:
            break
    return counts


def _sigma(x: float) -> float:
    """Return what the registers at zero contribute."""
    if x == 1.0:
        return inf
    before, y, z = -1.0, 1.0, x
    while z != before:
        x *= x
        before = z
        z += x * y
        y += y
    return z


def _tau(x: float) -> float:
    """Return what the registers at their highest value contribute."""
    if x in (0.0, 1.0):
        return 0.0
    before, y, z = -1.0, 1.0, 1 - x
    while z != before:
        x = sqrt(x)
        before = z
        y *= 0.5
        z -= (1 - x) ** 2 * y
    return z / 3


def _rounded(x: float) -> int:
    """Return the nearest integer, the larger one of two: Python's `round` takes the even one."""
    whole = int(x)
    return whole + (x - whole >= 0.5)
