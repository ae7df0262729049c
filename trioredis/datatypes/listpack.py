"""How large values would be in Redis's compact encoding, the listpack.

Values are kept otherwise here (`trioredis.datatypes.packing`), but what OBJECT ENCODING says of them, and when a list
begins a new node, depends on the bytes that they take in a listpack. So the sizes are computed as Redis does: an
entry is a header that tells its kind and length, then its data, then its own length once more, to be read backwards.
Text that is an integer in canonical decimal is kept as one, in 1, 2, 3, 4, 5 or 9 bytes.

Source: https://github.com/antirez/listpack, "Listpack specification".
"""

from bisect import bisect_left
from typing import Final

from trioredis.numerals import parse_integer

OVERHEAD: Final = 7
"""Bytes of an empty listpack: six before the entries, and one that ends them."""

_LONGEST_INTEGER: Final = 20
_AFTER_NINE: Final = ord("9") + 1

_BOUNDS: Final = (127, 4095, 32_767, 8_388_607, 2_147_483_647)
_SIZES: Final = (1, 2, 3, 4, 5, 9)
"""Bytes of an integer up to each of these bounds, and beyond."""

_SHORT: Final = 64
_MEDIUM: Final = 4096

_BACKLENGTH_BOUNDS: Final = (127, 16_382, 2_097_150, 268_435_454)


def entry_size(text: bytes) -> int:
    """Return the bytes that an element takes."""
    size = len(text)
    if size <= _LONGEST_INTEGER and text and text[0] < _AFTER_NINE:
        number = parse_integer(text)
        if number is not None:
            return _integer_size(number) + 1
    if size < _SHORT:
        return size + 2
    size += 2 if size < _MEDIUM else 5
    return size + bisect_left(_BACKLENGTH_BOUNDS, size) + 1


def _integer_size(number: int) -> int:
    if number < 0:
        return _SIZES[max(1, bisect_left(_BOUNDS, ~number))]
    return _SIZES[bisect_left(_BOUNDS, number)]
