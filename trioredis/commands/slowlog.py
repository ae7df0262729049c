"""SLOWLOG: the log of slow commands (Redis documentation: SLOWLOG GET and its kin)."""

from itertools import islice

from trioredis import errors
from trioredis.engine.arguments import to_integer_between
from trioredis.engine.command import ADMIN, LOADING, STALE, container
from trioredis.engine.context import Context
from trioredis.engine.documentation import help_lines
from trioredis.errors import QuotingError
from trioredis.numerals import INT64_MAX
from trioredis.protocol.replies import OK, Reply

slowlog = container("SLOWLOG", group="server", since="2.2.12")

_SHOWN = 10
"""Entries without a count."""


@slowlog.subcommand(
    "GET",
    arity=-2,
    flags=ADMIN | LOADING | STALE,
    since="2.2.12",
    complexity="O(N) for N entries returned",
    args="[count:integer]",
    tips="request_policy:all_nodes nondeterministic_output",
    history=(("4.0.0", "Shows the client's address and name."),),
)
def slowlog_get(ctx: Context, *options: bytes) -> Reply:
    """Return the latest entries of the slow log."""
    calls = islice(ctx.engine.slowlog.entries, _count(options))
    return [[call.id, call.time, call.microseconds, call.argv, call.address, call.name] for call in calls]


def _count(options: tuple[bytes, ...]) -> int | None:
    """Return how many entries are wanted, None for all."""
    match options:
        case ():
            return _SHOWN
        case [text]:
            count = to_integer_between(text, -1, INT64_MAX, errors.SLOWLOG_COUNT)
            return None if count == -1 else count
    raise QuotingError(errors.subcommand_syntax)


@slowlog.subcommand("HELP", arity=2, flags=LOADING | STALE, since="6.2.0", complexity="O(1)")
def slowlog_help(ctx: Context) -> Reply:
    """Show how to call the SLOWLOG commands."""
    return help_lines(slowlog)


@slowlog.subcommand(
    "LEN",
    arity=2,
    flags=ADMIN | LOADING | STALE,
    since="2.2.12",
    complexity="O(1)",
    tips="request_policy:all_nodes response_policy:agg_sum nondeterministic_output",
)
def slowlog_len(ctx: Context) -> Reply:
    """Return the number of entries in the slow log."""
    return len(ctx.engine.slowlog.entries)


@slowlog.subcommand(
    "RESET",
    arity=2,
    flags=ADMIN | LOADING | STALE,
    since="2.2.12",
    complexity="O(N) for N entries",
    tips="request_policy:all_nodes response_policy:all_succeeded",
)
def slowlog_reset(ctx: Context) -> Reply:
    """Empty the slow log."""
    ctx.engine.slowlog.trim(0)
    return OK
