"""INFO (Redis documentation: INFO)."""

from trioredis.engine.command import LOADING, STALE, command
from trioredis.engine.context import Context
from trioredis.engine.info import info as text_of
from trioredis.protocol.replies import Reply, Verbatim


@command(
    "INFO",
    arity=-1,
    flags=LOADING | STALE,
    group="server",
    since="1.0.0",
    complexity="O(1)",
    args="[section...]",
    categories="dangerous",
    tips="nondeterministic_output request_policy:all_shards response_policy:special",
    history=(("7.0.0", "Takes more than one section."),),
)
def info(ctx: Context, *sections: bytes) -> Reply:
    """Return facts and figures about the server."""
    return Verbatim(text_of(ctx.engine, sections))
