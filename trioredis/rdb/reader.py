"""How lengths and strings of a snapshot are read; `trioredis.rdb.writer` tells how they look.

What is read comes from anywhere. A piece that ends too early, or that nothing is known to look like, is a ValueError; no
length is believed before the bytes that it promises are there, or, if they are compressed, as long as it makes no sense.
"""

import struct
from typing import Final

from attrs import define

from trioredis.rdb.lzf import decompress

_WIDE: Final = {0x80: ">I", 0x81: ">Q"}
_INTEGERS: Final = {0xC0: "<b", 0xC1: "<h", 0xC2: "<i"}
_LZF: Final = 0xC3
_LONGEST: Final = 512 << 20
"""A string has no more bytes than that, as long as `proto-max-bulk-len` is what it is in Redis."""


@define
class Reader:
    """A place in the bytes of a snapshot."""

    data: bytes
    at: int = 0

    def take(self, size: int) -> bytes:
        """Return the next bytes."""
        taken = self.data[self.at : self.at + size]
        if len(taken) < size:
            raise ValueError("a snapshot that ends too early")
        self.at += size
        return taken

    def byte(self) -> int:
        """Return the next byte."""
        return self.take(1)[0]

    def length(self) -> int:
        """Return the length that stands here."""
        return self._length(self.byte())

    def string(self) -> bytes:
        """Return the string that stands here, in whichever form."""
        first = self.byte()
        if first in _INTEGERS:
            return b"%d" % self._number(_INTEGERS[first])
        if first == _LZF:
            packed, size = self.length(), self.length()
            if size > _LONGEST:
                raise ValueError("a string that is too long")
            return decompress(self.take(packed), size)
        return self.take(self._length(first))

    def _length(self, first: int) -> int:
        match first >> 6:
            case 0:
                return first
            case 1:
                return (first & 0x3F) << 8 | self.byte()
        if first not in _WIDE:
            raise ValueError("no length begins like that")
        return self._number(_WIDE[first])

    def _number(self, form: str) -> int:
        return int(struct.unpack(form, self.take(struct.calcsize(form)))[0])
