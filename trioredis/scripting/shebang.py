"""The first line of a script or a library: ``#!lua flags=no-writes``, ``#!lua name=mylib``.

It names an engine, and then what else is to be known. Its words may be quoted as in an inline command. What follows is
the code, from the end of that line on, so that lines are counted from the shebang.
"""

from typing import Final

from trioredis.errors import CommandError
from trioredis.protocol.quoting import split_arguments

NO_WRITES: Final = 1 << 0
ALLOW_OOM: Final = 1 << 1
ALLOW_STALE: Final = 1 << 2
NO_CLUSTER: Final = 1 << 3
ALLOW_CROSS_SLOT_KEYS: Final = 1 << 4

FLAGS: Final = {
    b"no-writes": NO_WRITES,
    b"allow-oom": ALLOW_OOM,
    b"allow-stale": ALLOW_STALE,
    b"no-cluster": NO_CLUSTER,
    b"allow-cross-slot-keys": ALLOW_CROSS_SLOT_KEYS,
}
"""What a script or a function can say about itself, in the order in which FUNCTION LIST says it."""

_MARK: Final = b"#!"


def has_shebang(source: bytes) -> bool:
    """Whether a source begins with a line about itself."""
    return source.startswith(_MARK)


def split_shebang(source: bytes, endless: bytes, garbled: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Return the engine that a shebang names, its further words, and the code from the end of the line on.

    The errors are for a line that has no end (a NUL is none, and nothing is seen behind it), and for one whose quotes
    make no sense.
    """
    line, end, code = source.partition(b"\n")
    if not end or b"\0" in line:
        raise CommandError(endless)
    words = split_arguments(line)
    if not words:
        raise CommandError(garbled)
    engine, *options = words
    return engine.removeprefix(_MARK), options, end + code
