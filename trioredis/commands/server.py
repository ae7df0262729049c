"""Commands about the server as a whole (Redis documentation: Server)."""

import logging

from trioredis import errors
from trioredis.engine.clients import Unusual
from trioredis.engine.command import ADMIN, ALLOW_BUSY, FAST, LOADING, NO_MULTI, NOSCRIPT, STALE, command
from trioredis.engine.context import Context
from trioredis.engine.effects import Stop
from trioredis.engine.monitor import add_monitor
from trioredis.errors import CommandError
from trioredis.log_levels import NOTICE
from trioredis.protocol.replies import NO_REPLY, OK, Reply

_logger = logging.getLogger("trioredis")

_SHUTDOWN_OPTIONS = {b"nosave", b"save", b"now", b"force", b"abort"}


@command("MONITOR", arity=1, flags=ADMIN | NOSCRIPT | LOADING | STALE, group="server", since="1.0.0")
def monitor(ctx: Context) -> Reply:
    """Show every command that the server runs from now on."""
    if ctx.client.unusual & Unusual.IMPATIENT:
        raise CommandError(errors.MONITOR_IN_TRANSACTION)
    if ctx.client in ctx.engine.monitors:
        return NO_REPLY
    add_monitor(ctx.engine, ctx.client)
    return OK


@command(
    "ROLE",
    arity=1,
    flags=NOSCRIPT | LOADING | STALE | FAST,
    group="server",
    since="2.8.12",
    complexity="O(1)",
    categories="admin dangerous",
)
def role(ctx: Context) -> Reply:
    """Return whether the server is a master or a replica, and of whom."""
    return [b"master", 0, []]


@command(
    "SHUTDOWN",
    arity=-1,
    flags=ADMIN | NOSCRIPT | LOADING | STALE | NO_MULTI | ALLOW_BUSY,
    group="server",
    since="1.0.0",
    complexity="O(N) for N keys that are saved, O(1) without saving",
    args="[(NOSAVE | SAVE)] [NOW]@7.0.0 [FORCE]@7.0.0 [ABORT]@7.0.0",
    history=(("7.0.0", "Takes `NOW`, `FORCE` and `ABORT`."),),
)
def shutdown(ctx: Context, *options: bytes) -> Reply:
    """Save what is to be saved, and end the server."""
    words = {option.lower() for option in options}
    if words - _SHUTDOWN_OPTIONS or words >= {b"save", b"nosave"} or words > {b"abort"}:
        raise CommandError(errors.SYNTAX)
    scripts = ctx.engine.scripts
    if scripts.is_running and b"nosave" not in words:
        raise CommandError(scripts.busy_text)
    if b"abort" in words:
        # Once a stop has begun nothing more is read, so nobody can take it back.
        raise CommandError(errors.NO_SHUTDOWN)
    if b"save" in words:
        _logger.warning("The data lives in memory only and cannot be saved, as SHUTDOWN SAVE asks.")
        if b"force" not in words:
            raise CommandError(errors.SHUTDOWN_FAILED)
    _logger.log(NOTICE, "Client %d asks the server to shut down.", ctx.client.id)
    scripts.end()
    ctx.engine.clients.close(ctx.client)
    ctx.engine.effects.append(Stop(now=b"now" in words))
    return NO_REPLY


@command(
    "TIME",
    arity=1,
    flags=LOADING | STALE | FAST,
    group="server",
    since="2.6.0",
    complexity="O(1)",
    tips="nondeterministic_output",
)
def time(ctx: Context) -> Reply:
    """Return the time of the server."""
    seconds, microseconds = divmod(int(ctx.engine.clock.wall * 1_000_000), 1_000_000)
    return [b"%d" % seconds, b"%d" % microseconds]
