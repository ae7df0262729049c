"""Libraries of functions in a snapshot: of each there is its source, shebang and all, and nothing else.

FUNCTION DUMP shows them as they stand there, with the footer of DUMP.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from trioredis import errors
from trioredis.errors import CommandError
from trioredis.rdb.opcodes import FUNCTION_2
from trioredis.rdb.payload import FOOTER, is_sound, seal
from trioredis.rdb.reader import Reader
from trioredis.rdb.writer import encode_string, encode_string_uncompressed

_OPCODE: Final = bytes([FUNCTION_2])


def dump_libraries(sources: Iterable[bytes], compressing: bool = True) -> bytes:
    """Return the payload of FUNCTION DUMP; `compressing` is the directive `rdbcompression`."""
    string = encode_string if compressing else encode_string_uncompressed
    return seal(b"".join(_OPCODE + string(source) for source in sources))


def dumped_libraries(payload: bytes) -> Iterator[bytes]:
    """Yield the sources in a payload; CommandError, perhaps behind some of them, where it is none."""
    if not is_sound(payload):
        raise CommandError(errors.BAD_PAYLOAD)
    reader = Reader(payload)
    while len(payload) - reader.at > FOOTER:
        if reader.byte() != FUNCTION_2:
            raise CommandError(errors.NOT_A_FUNCTION_TYPE)
        yield _source(reader)


def _source(reader: Reader) -> bytes:
    try:
        return reader.string()
    except ValueError:
        raise CommandError(errors.LIBRARY_PAYLOAD) from None
