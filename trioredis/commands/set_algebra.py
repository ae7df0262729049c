"""Commands that combine several sets (Redis documentation: Sets).

Every key is looked at, and refused if it holds something else, before anything is computed: a set that is missing
makes an intersection empty, but hides no error.
"""

from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Final

from trioredis import errors
from trioredis.commands.sets import read
from trioredis.datatypes import set_algebra as algebra
from trioredis.datatypes.sets import SetValue
from trioredis.engine.arguments import to_integer_between
from trioredis.engine.command import DENYOOM, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.numerals import INT64_MAX
from trioredis.protocol.replies import Reply, SetReply

_command = partial(command, group="set", since="1.0.0")
_reader = partial(
    _command,
    arity=-2,
    flags=READONLY,
    keys=KeySpec(1, last=-1, flags="RO ACCESS"),
    args="key...",
    tips="nondeterministic_output_order",
)
_writer = partial(_command, arity=-3, flags=WRITE | DENYOOM, args="destination:key key...")
_SOURCES: Final = KeySpec(2, last=-1, flags="RO ACCESS")
_OVERWRITTEN: Final = (KeySpec(1, flags="OW UPDATE"), _SOURCES)
_OF_INTERSECTIONS: Final = "O(N*M) for M sets, the smallest of which has N members"
_OF_ALL: Final = "O(N) for N members of all sets together"


def _read_all(ctx: Context, keys: Sequence[bytes]) -> list[SetValue | None]:
    return [read(ctx, key) for key in keys]


def _store(ctx: Context, key: bytes, value: SetValue, event: bytes) -> int:
    """Store a result, and return its size."""
    size = value.size()
    ctx.store(key, value if size else None, event)
    return size


@_reader("SINTER", complexity=_OF_INTERSECTIONS)
def sinter(ctx: Context, *keys: bytes) -> Reply:
    """Return the members that all sets have in common."""
    return SetReply(list(algebra.intersection(_read_all(ctx, keys))))


@_writer("SINTERSTORE", keys=(KeySpec(1, flags="RW UPDATE"), _SOURCES), complexity=_OF_INTERSECTIONS)
def sinterstore(ctx: Context, destination: bytes, *keys: bytes) -> Reply:
    """Store the members that all sets have in common as another set."""
    found = algebra.stored_intersection(_read_all(ctx, keys), ctx.engine.config.values)
    return _store(ctx, destination, found, b"sinterstore")


@command(
    "SINTERCARD",
    arity=-3,
    flags=READONLY,
    keys=KeySpec(1, numkeys=True, flags="RO ACCESS"),
    group="set",
    since="7.0.0",
    complexity=_OF_INTERSECTIONS,
    args="numkeys:integer key... [LIMIT limit:integer]",
)
def sintercard(ctx: Context, numkeys: bytes, *words: bytes) -> Reply:
    """Count the members that all sets have in common, up to a limit."""
    count = to_integer_between(numkeys, 1, INT64_MAX, errors.NUMKEYS_NOT_POSITIVE)
    if count > len(words):
        raise CommandError(errors.TOO_MANY_KEYS)
    limit = _limit(words[count:])
    return sum(1 for _ in islice(algebra.intersection(_read_all(ctx, words[:count])), limit or None))


def _limit(words: Sequence[bytes]) -> int:
    """Return where to stop counting; 0: nowhere. Each limit is checked before what follows it is read."""
    limit = 0
    for place in range(0, len(words), 2):
        if words[place].upper() != b"LIMIT" or place + 1 == len(words):
            raise CommandError(errors.SYNTAX)
        limit = to_integer_between(words[place + 1], 0, INT64_MAX, errors.LIMIT_NEGATIVE)
    return limit


@_reader("SUNION", complexity=_OF_ALL)
def sunion(ctx: Context, *keys: bytes) -> Reply:
    """Return the members that any of several sets has."""
    return SetReply(algebra.union(_read_all(ctx, keys)))


@_writer("SUNIONSTORE", keys=_OVERWRITTEN, complexity=_OF_ALL)
def sunionstore(ctx: Context, destination: bytes, *keys: bytes) -> Reply:
    """Store the members that any of several sets has as another set."""
    found = algebra.stored_union(_read_all(ctx, keys), ctx.engine.config.values)
    return _store(ctx, destination, found, b"sunionstore")


@_reader("SDIFF", complexity=_OF_ALL)
def sdiff(ctx: Context, *keys: bytes) -> Reply:
    """Return the members of the first set that none of the others has."""
    return SetReply(algebra.difference(_read_all(ctx, keys)))


@_writer("SDIFFSTORE", keys=_OVERWRITTEN, complexity=_OF_ALL)
def sdiffstore(ctx: Context, destination: bytes, *keys: bytes) -> Reply:
    """Store the members of the first set that none of the others has as another set."""
    found = algebra.stored_difference(_read_all(ctx, keys), ctx.engine.config.values)
    return _store(ctx, destination, found, b"sdiffstore")
