"""What SCAN, HSCAN, SSCAN and ZSCAN have in common.

They read cursor and options alike, and give back the next cursor with a portion of what there is. Which portion
is the business of what is scanned: a `Table` visits some buckets, a small collection gives everything at once.

An element is a tuple that begins with the name a pattern is matched against: a member alone, or a field with its
value. In a reply elements stand one after the other without nesting, in RESP3 too.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, Final

from trioredis.datatypes.kinds import Value
from trioredis.engine.arguments import Options
from trioredis.patterns import compile_pattern
from trioredis.protocol.replies import Reply

DEFAULT_COUNT: Final = 10
"""How many elements a call asks for that does not say."""

ANY: Final = b"*"
"""The pattern that everything matches."""

_OPTIONS: Final = Options("[MATCH _] [COUNT count]")


def scan_value(
    value: Value | None,
    scan: Callable[[Any, int, int], tuple[int, Iterable[tuple[bytes, ...]]]],
    cursor: int,
    words: Sequence[bytes],
) -> Reply:
    """Answer a scan of the value at a key; `words` are the options, which nobody reads where there is no key.

    `scan` takes the value, a cursor and a count, and returns the next cursor with the elements of the portion.
    """
    if value is None:
        return [b"0", []]
    options = _OPTIONS.read(words)
    cursor, elements = scan(value, cursor, options.get(b"COUNT", DEFAULT_COUNT))
    pattern = options.get(b"MATCH", ANY)
    if pattern != ANY:
        matches = compile_pattern(pattern)
        elements = (element for element in elements if matches(element[0]))
    return [b"%d" % cursor, [*chain.from_iterable(elements)]]


def matching(pattern: bytes, names: Iterable[bytes]) -> Iterable[bytes]:
    """Return the names that match a pattern; source: KEYS, SCAN."""
    return names if pattern == ANY else filter(compile_pattern(pattern), names)
