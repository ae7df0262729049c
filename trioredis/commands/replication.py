"""Commands about replicas (Redis documentation: WAIT).

There are no replicas yet, so none ever acknowledges anything: who waits for one waits until time is over.
"""

from trioredis.engine.arguments import to_integer
from trioredis.engine.blocking import to_timeout_in_milliseconds
from trioredis.engine.clients import Unusual
from trioredis.engine.command import NOSCRIPT, command
from trioredis.engine.context import Context
from trioredis.engine.waiting import wait as begin_to_wait
from trioredis.protocol.replies import NO_REPLY, Reply


@command(
    "WAIT",
    arity=3,
    flags=NOSCRIPT,
    group="generic",
    since="3.0.0",
    complexity="O(1)",
    args="numreplicas:integer timeout:integer",
    categories="connection",
    tips="request_policy:all_shards response_policy:agg_min",
)
def wait(ctx: Context, numreplicas: bytes, timeout: bytes) -> Reply:
    """Wait until so many replicas have what this connection wrote, and return how many have."""
    wanted, milliseconds = to_integer(numreplicas), to_timeout_in_milliseconds(timeout, ctx.now)
    acknowledged = 0
    if acknowledged >= wanted or ctx.client.unusual & Unusual.IMPATIENT:
        return acknowledged
    begin_to_wait(ctx, milliseconds / 1000 if milliseconds else None, acknowledged)
    return NO_REPLY
