"""The ids of stream entries: a Unix time in milliseconds and a sequence number, 64 bits each, as one integer.

So ids compare, hash and follow each other as numbers do: the id after ``5-18446744073709551615`` is ``6-0``. A tuple of
the two would be written a little faster, and take three times the memory in a list of pending entries.
"""

import re
from typing import Final

from trioredis.numerals import parse_integer

MAX_ID: Final = (1 << 128) - 1
MAX_SEQUENCE: Final = (1 << 64) - 1
SHIFT: Final = 64

_LONGEST = 127

# What C's strtoul reads to its end. Redis falls back on it for what is no canonical integer.
_unsigned = re.compile(rb"[ \t-\r]*([+-]?)0*([0-9]+)").fullmatch


def format_id(entry_id: int) -> bytes:
    """Return an id as clients see it: ``1526919030474-55``."""
    return b"%d-%d" % (entry_id >> 64, entry_id & 0xFFFFFFFFFFFFFFFF)


def parse_id(text: bytes, missing_sequence: int = 0) -> int | None:
    """Read an id, of which the sequence number may be missing; None for what is none.

    As in C, a text ends at a NUL byte.
    """
    if len(text) > _LONGEST:
        return None
    time, dash, sequence = text.partition(b"\0")[0].partition(b"-")
    milliseconds = _parse_unsigned(time)
    number = _parse_unsigned(sequence) if dash else missing_sequence
    if milliseconds is None or number is None:
        return None
    return milliseconds << SHIFT | number


def parse_time(text: bytes) -> int | None:
    """Read the milliseconds of an id whose sequence number is left to the stream: ``1526919030474-*``."""
    time, _, sequence = text.partition(b"\0")[0].partition(b"-")
    return _parse_unsigned(time) if sequence == b"*" and len(text) <= _LONGEST else None


def _parse_unsigned(text: bytes) -> int | None:
    number = parse_integer(text)
    if number is not None:
        return number if number >= 0 else None
    match = _unsigned(text)
    if match is None:
        return None
    size = int(match[2])
    if size > MAX_SEQUENCE:
        return None
    return -size & MAX_SEQUENCE if match[1] == b"-" else size
