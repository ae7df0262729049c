"""LATENCY: spikes, and how long commands take (Redis documentation: Latency monitoring)."""

from collections.abc import Iterator

from trioredis import errors
from trioredis.engine.command import ADMIN, LOADING, NOSCRIPT, STALE, container
from trioredis.engine.context import Context
from trioredis.engine.documentation import help_lines, with_subcommands
from trioredis.engine.latency_report import diagnosis, graph
from trioredis.engine.table import CommandTable
from trioredis.errors import CommandError
from trioredis.protocol.replies import Reply, Verbatim

latency = container("LATENCY", group="server", since="2.8.13")

_FLAGS = ADMIN | NOSCRIPT | LOADING | STALE
_TIPS = "nondeterministic_output request_policy:all_nodes response_policy:special"


@latency.subcommand("DOCTOR", arity=2, flags=_FLAGS, since="2.8.13", complexity="O(1)", tips=_TIPS)
def latency_doctor(ctx: Context) -> Reply:
    """Explain the latency spikes that were seen."""
    return Verbatim(diagnosis(ctx.engine))


@latency.subcommand(
    "GRAPH", arity=3, flags=_FLAGS, since="2.8.13", complexity="O(1)", args="event", tips=_TIPS
)
def latency_graph(ctx: Context, event: bytes) -> Reply:
    """Draw the latency spikes of an event."""
    history = ctx.engine.latency.events.get(event)
    if history is None:
        raise CommandError(errors.no_latency_samples(event))
    return Verbatim(graph(event, history, int(ctx.engine.clock.wall)))


@latency.subcommand("HELP", arity=2, flags=LOADING | STALE, since="2.8.13", complexity="O(1)")
def latency_help(ctx: Context) -> Reply:
    """Show how to call the LATENCY commands."""
    return help_lines(latency)


@latency.subcommand(
    "HISTOGRAM",
    arity=-2,
    flags=_FLAGS,
    since="7.0.0",
    complexity="O(N) for N commands shown",
    args="[command...]",
    tips=_TIPS,
)
def latency_histogram(ctx: Context, *names: bytes) -> Reply:
    """Return how long commands took, as cumulative histograms."""
    table = ctx.engine.commands
    table.fold_stats()
    stats = {entry.command.name: entry.stats for entry in table.entries() if entry.stats.histogram}
    asked = _with_subcommands(table, names) if names else iter(stats)
    return {
        name: {b"calls": stats[name].histogram.total(), b"histogram_usec": stats[name].distribution()}
        for name in asked
        if name in stats
    }


def _with_subcommands(table: CommandTable, names: tuple[bytes, ...]) -> Iterator[bytes]:
    """Yield the full names of commands and of their subcommands; what is no command yields nothing."""
    known = filter(None, map(table.named, names))
    return (command.name for command in with_subcommands(known))


@latency.subcommand(
    "HISTORY", arity=3, flags=_FLAGS, since="2.8.13", complexity="O(1)", args="event", tips=_TIPS
)
def latency_history(ctx: Context, event: bytes) -> Reply:
    """Return the latency spikes of an event."""
    history = ctx.engine.latency.events.get(event)
    return [] if history is None else [list(sample) for sample in history.samples]


@latency.subcommand("LATEST", arity=2, flags=_FLAGS, since="2.8.13", complexity="O(1)", tips=_TIPS)
def latency_latest(ctx: Context) -> Reply:
    """Return the latest latency spike of every event."""
    events = ctx.engine.latency.events
    return [[event, *history.samples[-1], history.worst] for event, history in events.items()]


@latency.subcommand(
    "RESET",
    arity=-2,
    flags=_FLAGS,
    since="2.8.13",
    complexity="O(1)",
    args="[event...]",
    tips="request_policy:all_nodes response_policy:all_succeeded",
)
def latency_reset(ctx: Context, *events: bytes) -> Reply:
    """Forget the latency spikes of events, or of all."""
    return ctx.engine.latency.reset(list(events))
