"""What Lua 5.2 compiles, made to keep its frames.

``return redis.call(...)`` is a tail call: if the function called is one of Lua, it takes the place of its caller, and an error
in it happens nowhere in the script. In Redis that function is one of C, which takes nobody's place, so the error is at
the script's line. Here the opcode of every tail call is changed to that of a call; the two instructions are the same
otherwise, and the one behind, which returns the results, is there already.

Source: ldump.c, lundump.c and lopcodes.h of Lua 5.2.
"""

import struct
from typing import Final

_SIGNATURE: Final = b"\x1bLua\x52\x00\x01\x04\x08\x04\x08\x00\x19\x93\r\n\x1a\n"
"""Version 5.2, little endian, ints of 4 bytes, sizes and numbers of 8: what the format below is."""

_CALL: Final = 29
_TAIL_CALL: Final = 30
_OPCODE: Final = 0x3F
_NIL, _BOOLEAN, _NUMBER, _STRING = 0, 1, 3, 4


def without_tail_calls(code: bytes) -> bytes:
    """Return dumped code that keeps the frame of a function until all that it calls has returned."""
    if not code.startswith(_SIGNATURE):
        return code
    patched = bytearray(code)
    _Walk(patched, len(_SIGNATURE)).function()
    return bytes(patched)


class _Walk:
    """Goes through the functions of a dump."""

    def __init__(self, code: bytearray, place: int) -> None:
        self._code = code
        self._place = place

    def function(self) -> None:
        self._skip(11)  # two lines, and three bytes about parameters and registers
        self._instructions()
        for _ in range(self._int()):
            self._constant()
        for _ in range(self._int()):
            self.function()
        self._skip(2 * self._int())  # upvalues
        self._string()  # source
        self._skip(4 * self._int())  # lines
        for _ in range(self._int()):  # local variables
            self._string()
            self._skip(8)
        for _ in range(self._int()):  # names of upvalues
            self._string()

    def _instructions(self) -> None:
        end = 4 * self._int() + self._place
        for place in range(self._place, end, 4):
            if self._code[place] & _OPCODE == _TAIL_CALL:
                self._code[place] = self._code[place] & ~_OPCODE | _CALL
        self._place = end

    def _constant(self) -> None:
        kind = self._code[self._place]
        self._place += 1
        if kind == _STRING:
            self._string()
        else:
            self._skip({_NIL: 0, _BOOLEAN: 1, _NUMBER: 8}[kind])

    def _string(self) -> None:
        (size,) = struct.unpack_from("<Q", self._code, self._place)
        self._place += 8 + size

    def _skip(self, size: int) -> None:
        self._place += size

    def _int(self) -> int:
        (number,) = struct.unpack_from("<i", self._code, self._place)
        self._place += 4
        return int(number)
