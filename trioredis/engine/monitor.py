"""MONITOR: every command that is run, shown to whoever asked (Redis documentation: MONITOR)."""

from trioredis.engine.clients import Client, Kind, Unusual
from trioredis.engine.engine import Engine
from trioredis.engine.redaction import redacted
from trioredis.protocol.encoding import encode
from trioredis.protocol.quoting import quote
from trioredis.protocol.replies import Simple


def add_monitor(engine: Engine, client: Client) -> None:
    """Show a client every command from the next one on."""
    client.kind |= Kind.MONITOR
    engine.monitors[client] = None
    engine.clients.mark_all(Unusual.MONITORED, on=True)


def remove_monitor(engine: Engine, client: Client) -> None:
    """Show a client nothing more; once or again."""
    client.kind &= ~Kind.MONITOR
    if client in engine.monitors:
        del engine.monitors[client]
        engine.clients.mark_all(Unusual.MONITORED, on=bool(engine.monitors))


def show_to_monitors(engine: Engine, client: Client, argv: list[bytes]) -> None:
    """Send a command line to every monitor that wants to hear anything; all get the same object."""
    line = encode(Simple(_line(engine, client, argv)), 2)  # or 3: there is no difference
    for monitor in engine.monitors:
        # What is to be skipped is the next reply or line; CLIENT REPLY SKIP itself is shown to who calls it.
        skips = 0 if monitor is client else Unusual.SKIP_NEXT
        if not monitor.unusual & (Unusual.UNANSWERED | skips):
            monitor.pushes.append(line)
            engine.clients.dirty[monitor] = None


def _line(engine: Engine, client: Client, argv: list[bytes]) -> bytes:
    """Return when, in which database and by whom what was called."""
    is_unix = client.kind & Kind.UNIX
    caller = b"unix:%b" % engine.config[b"unixsocket"] if is_unix else client.address
    if client.kind & Kind.SCRIPT:
        caller = b"lua"
    words = b" ".join(map(quote, redacted(argv)))
    return b"%.6f [%d %b] %b" % (engine.clock.wall, client.context.db.index, caller, words)
