"""Numbers from the wire and back, exactly as Redis reads and prints them.

Python's `int` and `float` are too kind for a server: they take ``1_0``, `` 12 ``, ``+3`` and Arabic digits.
Here each number has one strict grammar, that of the C function that Redis calls:

- `parse_integer` (string2ll): canonical decimal in 64 bits, so that text and number map one to one. This is
  what decides whether a string value may be kept as an integer.
- `parse_float` (strtod, then nothing may be left): decimal, hexadecimal, ``inf``; no NaN, no overflow, and no
  underflow to zero.
- `parse_long_double` (strtold): the same in the 80-bit format of x86. INCRBYFLOAT and HINCRBYFLOAT add in
  that format and print 17 decimals of the sum, so its 64-bit mantissa shows in the replies and has to be
  emulated.

The emulation rests on one fact: every finite 80-bit number is a whole multiple of the smallest one, 2**-16445. A
`LongDouble` is that multiple, a plain `int`; adding is adding, and only `_rounded` knows about mantissas.
"""

import math
import re
import sys
from decimal import Decimal

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1
_UINT64_MAX = 2**64 - 1

_ZERO = ord("0")
_integer = re.compile(rb"-?[1-9][0-9]{0,18}|0").fullmatch


def parse_integer(text: bytes) -> int | None:
    """Read a signed 64-bit integer in canonical decimal; None for anything else.

    No sign but ``-``, no space, no leading zero, no ``-0``.
    """
    if text.isdigit() and len(text) < 19 and text[0] != _ZERO:
        return int(text)  # the usual case, in half the time
    if _integer(text) is None:
        return None
    number = int(text)
    return number if INT64_MIN <= number <= INT64_MAX else None


def as_int64(number: int) -> int:
    """Return what is left of an integer in 64 bits, the first of which is the sign: beyond the highest is the lowest."""
    return (number - INT64_MIN & _UINT64_MAX) + INT64_MIN


# --- doubles

# Possessive: that a long text is no number has to show without trying every way to divide its digits.
_float = re.compile(
    rb"(?P<sign>[+-]?)"
    rb"(?:(?P<decimal>(?=\.?[0-9])[0-9]*+\.?[0-9]*+)(?:[eE](?P<ten>[+-]?[0-9]+))?"
    rb"|0[xX](?P<hex>(?=\.?[0-9a-fA-F])[0-9a-fA-F]*+\.?[0-9a-fA-F]*+)(?:[pP](?P<two>[+-]?[0-9]+))?"
    rb"|(?i:inf|infinity))"
).fullmatch
_is_zero = re.compile(rb"[+-]?(?:0[xX])?[0.]*(?:[eEpP].*)?").fullmatch


def parse_float(text: bytes) -> float | None:
    """Read a double; None for what is no number, NaN, or does not fit.

    ``inf`` and ``infinity`` in any case are read; most callers refuse the infinities that come of them.
    """
    if text.isdigit() and len(text) < 300:
        return float(text)  # the usual case, in a fifth of the time
    match = _float(text)
    if match is None:
        return None
    if match["hex"] is not None:
        return _parse_hexadecimal(text)
    number = float(text)
    if number == 0.0:
        return number if _is_zero(text) else None
    return number if math.isfinite(number) or match["decimal"] is None else None


_spaces = b" \t\n\v\f\r"


def parse_any_double(text: bytes) -> float | None:
    """Read a double as C's `strtod` does, which is kinder; None for what is no number to it, and for NaN.

    It skips spaces in front, ends at a NUL, takes the empty text for 0, and what is too large for infinite.
    """
    text = text.partition(b"\0")[0]
    if not text:
        return 0.0
    match = _float(text.lstrip(_spaces))
    if match is None:
        return None
    if match["hex"] is None:
        return float(match[0])
    try:
        return float.fromhex(match[0].decode("ascii"))
    except OverflowError:
        return -math.inf if match["sign"] == b"-" else math.inf


def parse_double_in_range(text: bytes) -> float | None:
    """Read a double as `parse_any_double` does, but what is too large, or too close to zero, does not fit.

    Source: SORT, which looks at C's `errno`.
    """
    if text.isdigit() and len(text) < 19:
        return float(text)  # the usual case, in a quarter of the time
    text = text.partition(b"\0")[0]
    number = parse_float(text.lstrip(_spaces)) if text else 0.0
    return None if number is None or 0.0 < abs(number) < sys.float_info.min else number


def _parse_hexadecimal(text: bytes) -> float | None:
    try:
        number = float.fromhex(text.decode("ascii"))
    except OverflowError:
        return None
    return number if number != 0.0 or _is_zero(text) else None


# The doubles that Redis prints as integers, which it does up to half the range of a 64-bit one.
_LARGEST_INTEGRAL = 2.0**62


def format_float(number: float) -> bytes:
    """Print a double as 7.2 does: the shortest digits that read back as the same number.

    Integral numbers have no point (``3``, ``-0``), small and large ones an exponent (``1e-7``, ``1e+30``).
    Redis's own algorithm (Grisu2) gives one digit too many in one of a thousand numbers; ours never does.
    """
    if number != number:
        return b"nan"
    if math.isinf(number):
        return b"inf" if number > 0 else b"-inf"
    if number.is_integer() and abs(number) <= _LARGEST_INTEGRAL:
        return b"%d" % number if number else _zero(number)
    if 1e-3 <= abs(number) < 1e4:
        return repr(number).encode()  # where Python writes no exponent and Redis neither
    sign, digits, exponent = Decimal(repr(number)).as_tuple()
    assert isinstance(exponent, int)
    return b"-" * sign + _placed("".join(map(str, digits)), exponent).encode()


def format_fixed(number: float) -> bytes:
    """Print a finite double with up to 17 decimals, without trailing zeros and without an exponent."""
    text = f"{number:.17f}".rstrip("0").rstrip(".").encode()
    return b"0" if text == b"-0" else text


def _zero(number: float) -> bytes:
    return b"-0" if math.copysign(1.0, number) < 0 else b"0"


def _placed(digits: str, exponent: int) -> str:
    """Write ``digits * 10**exponent`` in the shape that Redis prefers for that size."""
    magnitude = exponent + len(digits) - 1
    if exponent >= 0 and magnitude < len(digits) + 7:
        return digits + "0" * exponent
    if exponent < 0 and (exponent > -7 or abs(magnitude) < 4):
        whole, fraction = digits[: max(0, magnitude + 1)], digits[max(0, magnitude + 1) :]
        return f"{whole or '0'}.{fraction.rjust(-exponent, '0')}"
    point = "." if len(digits) > 1 else ""
    return f"{digits[0]}{point}{digits[1:]}e{magnitude:+d}"


# --- long doubles

LongDouble = int | float
"""A finite number as a multiple of 2**-16445 (an `int`), or one of the two infinities (a `float`)."""

_SCALE = 16445
_MANTISSA = 64
_BITS = _SCALE + 16_384  # an integer with more bits stands for a number that overflows
_LONGEST = 5 * 1024 - 1  # Redis copies the text into a buffer of 5 KiB
_LOWEST = -40_000  # no text of that length gets back into range from a lower power of 2 or 10,
_HIGHEST = 16_384  # and none at all from one as high as this
_BEYOND = 1 << 16_400  # more than any of them
_BILLIONTH = 1 << (_SCALE - 30)
_SPARE = 2  # bits below the unit: one to tell halves, one that stands for all that was cut off


def parse_long_double(text: bytes) -> LongDouble | None:
    """Read an 80-bit floating-point number; None for what is no number, NaN, or does not fit."""
    match = _float(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    negative = match["sign"] == b"-"
    if match["decimal"] is not None:
        number = _scaled(match["decimal"], match["ten"], 10)
    elif match["hex"] is not None:
        number = _scaled(match["hex"], match["two"], 2)
    else:
        return -math.inf if negative else math.inf
    return -number if number is not None and negative else number


def add_long_doubles(left: LongDouble, right: LongDouble) -> LongDouble | None:
    """Add as an x87 unit does, rounding to nearest, ties to even; None where Infinity or NaN would result."""
    if isinstance(left, float) or isinstance(right, float):
        return None
    total = left + right
    size = _rounded(abs(total) << _SPARE)
    return size if total >= 0 or size is None else -size


def ceil_long_double(number: LongDouble, factor: int) -> int:
    """Return the smallest integer that is not below `number` times `factor`.

    What lies above an integer by less than a billionth counts as that integer, since it comes of rounding (0.001 is
    no binary fraction), but nothing above zero becomes zero. The infinities are the integers of 2**16400.
    """
    if isinstance(number, float):
        return _BEYOND if number > 0 else -_BEYOND
    above = -((number * factor - _BILLIONTH) // -(1 << _SCALE))
    return max(1, above) if number > 0 else above


def format_long_double(number: LongDouble) -> bytes:
    """Print a finite number with up to 17 decimals, without trailing zeros and without an exponent."""
    assert isinstance(number, int)
    digits = str(Decimal(_half_even(abs(number) * 10**17, _SCALE))).rjust(18, "0")
    text = f"{digits[:-17]}.{digits[-17:]}".rstrip("0").rstrip(".").encode()
    return b"-" + text if number < 0 and text != b"0" else text


def _scaled(digits: bytes, exponent: bytes | None, base: int) -> int | None:
    """Read digits with a point, times `base` to the power of `exponent`; None where it does not fit."""
    whole, _, fraction = digits.partition(b".")
    significant = (whole + fraction).lstrip(b"0")
    if not significant:
        return 0
    power = _clamped(exponent or b"0")
    if base == 10:
        mantissa, power = int(Decimal(significant.decode())), power - len(fraction)
    else:
        mantissa, power = int(significant, 16), power - 4 * len(fraction)
    if not _LOWEST < power < _HIGHEST:
        return None
    up, down = (base**power, 1) if power >= 0 else (1, base**-power)
    quotient, rest = divmod((mantissa * up) << (_SCALE + _SPARE), down)
    return _rounded(quotient | (rest != 0)) or None


def _clamped(exponent: bytes) -> int:
    """Read an exponent of any length; beyond 9 digits it overflows whatever it stands for."""
    digits = exponent.lstrip(b"+-").lstrip(b"0")
    size = int(digits or b"0") if len(digits) < 10 else 10**9
    return -size if exponent.startswith(b"-") else size


def _rounded(number: int) -> int | None:
    """Round a magnitude with spare bits to the format: 64 significant bits, none below the unit."""
    cut = max(_SPARE, number.bit_length() - _MANTISSA)
    result = _half_even(number, cut) << (cut - _SPARE)
    return result if result.bit_length() <= _BITS else None


def _half_even(number: int, bits: int) -> int:
    """Return ``number / 2**bits``, rounded to the nearest integer, ties to even."""
    quotient, rest = number >> bits, number & ((1 << bits) - 1)
    half = 1 << (bits - 1)
    return quotient + (rest > half or (rest == half and quotient & 1))


# --- amounts of memory

_memory = re.compile(rb"([0-9]{0,127})(b|k|kb|m|mb|g|gb|)", re.IGNORECASE).fullmatch
_UNITS = {
    b"": 1,
    b"b": 1,
    b"k": 1000,
    b"kb": 1024,
    b"m": 1000**2,
    b"mb": 1024**2,
    b"g": 1000**3,
    b"gb": 1024**3,
}


def parse_memory(text: bytes) -> int | None:
    """Read an amount of memory in bytes, such as ``100``, ``5k`` (5000) or ``1gb`` (2**30), in any case.

    No digits are 0. As in Redis the number is cut to 64 bits, and so is its product with the unit, which wraps.
    """
    match = _memory(text)
    if match is None:
        return None
    return min(int(match[1] or b"0"), _UINT64_MAX) * _UNITS[match[2].lower()] & _UINT64_MAX
