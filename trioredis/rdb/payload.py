"""What DUMP puts behind its bytes, so that RESTORE knows them again: the version of the format, and a checksum."""

import struct
from typing import Final

from trioredis.rdb.checksum import crc64

VERSION: Final = 10
"""The version that we write: Redis 7.0 and everything newer can read it."""
NEWEST: Final = 12
"""The latest version that we read."""

FOOTER: Final = 10
"""The bytes that version and checksum take."""


def seal(body: bytes) -> bytes:
    """Return some bytes with version and checksum."""
    body += struct.pack("<H", VERSION)
    return body + struct.pack("<Q", crc64(body))


def is_sound(payload: bytes) -> bool:
    """Whether a payload is of a version that we read, and nothing in it was changed."""
    if len(payload) < FOOTER:
        return False
    version, checksum = struct.unpack("<HQ", payload[-FOOTER:])
    return bool(version <= NEWEST and checksum == crc64(payload[:-8]))
