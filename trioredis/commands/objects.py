"""OBJECT: how a value is kept (Redis documentation: Generic).

Python counts references too, but what a client wants to know is what Redis would count: it keeps the small
integers once for all keys, for ever.
"""

from typing import Final

from trioredis import errors
from trioredis.datatypes.kinds import Value, encoding_name, reference_count
from trioredis.engine.command import LOADING, READONLY, STALE, container
from trioredis.engine.context import Context
from trioredis.engine.documentation import help_lines
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.keyspace.database import Database
from trioredis.protocol.replies import Reply

_KEY: Final = KeySpec(2, flags="RO")


def _look(ctx: Context, key: bytes) -> Value | None:
    """Return the value of a key; that there is none counts as a miss, but as in Redis nobody is told of it."""
    return Database.inspect(ctx.db, key)


object_ = container("OBJECT", group="generic", since="2.2.3")


@object_.subcommand(
    "ENCODING",
    arity=3,
    flags=READONLY,
    keys=_KEY,
    since="2.2.3",
    complexity="O(1)",
    args="key",
    tips="nondeterministic_output",
)
def object_encoding(ctx: Context, key: bytes) -> Reply:
    """Return how the value at a key is stored."""
    value = _look(ctx, key)
    return None if value is None else encoding_name(value)


@object_.subcommand(
    "FREQ",
    arity=3,
    flags=READONLY,
    keys=_KEY,
    since="4.0.0",
    complexity="O(1)",
    args="key",
    tips="nondeterministic_output",
)
def object_freq(ctx: Context, key: bytes) -> Reply:
    """Return the logarithmic access counter of a key."""
    if _look(ctx, key) is None:
        return None
    raise CommandError(errors.NO_FREQUENCY)


@object_.subcommand("HELP", arity=2, flags=LOADING | STALE, since="6.2.0", complexity="O(1)")
def object_help(ctx: Context) -> Reply:
    """Show how to call the OBJECT commands."""
    return help_lines(object_)


@object_.subcommand(
    "IDLETIME",
    arity=3,
    flags=READONLY,
    keys=_KEY,
    since="2.2.3",
    complexity="O(1)",
    args="key",
    tips="nondeterministic_output",
)
def object_idletime(ctx: Context, key: bytes) -> Reply:
    """Return the seconds since a key was last accessed."""
    return None if _look(ctx, key) is None else ctx.db.idle(key)


@object_.subcommand(
    "REFCOUNT",
    arity=3,
    flags=READONLY,
    keys=_KEY,
    since="2.2.3",
    complexity="O(1)",
    args="key",
    tips="nondeterministic_output",
)
def object_refcount(ctx: Context, key: bytes) -> Reply:
    """Return how many references a value has."""
    value = _look(ctx, key)
    return None if value is None else reference_count(value)
