"""Bit fields: integers of any width, signed or not, anywhere in a string (Redis documentation: BITFIELD).

An encoding is called ``i5`` (signed) or ``u12``; there are ``i1`` to ``i64`` and ``u1`` to ``u63``, since replies are
signed 64-bit integers. What does not fit into one is treated as the kind of overflow says.
"""

from enum import Enum
from typing import Final

from attrs import field, frozen

from trioredis.datatypes.strings import Text
from trioredis.numerals import INT64_MAX

_WIDEST: Final = 64


class Overflow(Enum):
    """What is done with a number that does not fit."""

    WRAP = b"WRAP"
    """The lowest bits are kept."""
    SAT = b"SAT"
    """It becomes the nearest number that fits."""
    FAIL = b"FAIL"
    """Nothing is written."""


@frozen
class Encoding:
    """How an integer is written in bits, the highest first."""

    is_signed: bool
    bits: int
    lowest: int = field(init=False)
    highest: int = field(init=False)

    @lowest.default
    def _lowest(self) -> int:
        return -1 << (self.bits - 1) if self.is_signed else 0

    @highest.default
    def _highest(self) -> int:
        return (1 << (self.bits - self.is_signed)) - 1

    def read(self, text: Text, offset: int) -> int:
        """Return the integer that begins at a bit; behind the end of the text all bits are zero."""
        start, end = offset >> 3, (offset + self.bits + 7) >> 3
        window = int.from_bytes(text[start:end].ljust(end - start, b"\0"))
        return self._wrapped(window >> (end * 8 - offset - self.bits))

    def write(self, text: bytearray, offset: int, number: int) -> None:
        """Write an integer that fits from a bit on; the text reaches so far."""
        start, end = offset >> 3, (offset + self.bits + 7) >> 3
        shift, mask = end * 8 - offset - self.bits, (1 << self.bits) - 1
        window = int.from_bytes(text[start:end]) & ~(mask << shift) | (number & mask) << shift
        text[start:end] = window.to_bytes(end - start)

    def fit(self, number: int, overflow: Overflow) -> int | None:
        """Return what is to be written for a number; None: nothing."""
        if self.lowest <= number <= self.highest:
            return number
        if overflow is Overflow.WRAP:
            return self._wrapped(number)
        if overflow is Overflow.SAT:
            return self.lowest if number < 0 else self.highest
        return None

    def of_argument(self, number: int) -> int:
        """Return the number that Redis takes the 64-bit argument of SET for.

        A negative one is large where there is no sign, and where there is one, too, if it is so low that its distance
        from the highest number does not fit into 64 bits.
        """
        if self.is_signed:
            is_large = self.bits < _WIDEST and self.highest - number > INT64_MAX
        else:
            is_large = number < 0
        return number + (1 << _WIDEST) if is_large else number

    def _wrapped(self, number: int) -> int:
        number &= (1 << self.bits) - 1
        return number - (1 << self.bits) if number > self.highest else number


ENCODINGS: Final = {
    b"%c%d" % (sign, bits): Encoding(sign == ord("i"), bits)
    for sign in b"iu"
    for bits in range(1, _WIDEST + (sign == ord("i")))
}
"""All encodings by their names."""
