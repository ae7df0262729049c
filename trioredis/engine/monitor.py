"""MONITOR: every command that is run, shown to whoever asked."""

from trioredis.engine.clients import Client, Unusual
from trioredis.engine.engine import Engine
from trioredis.engine.redaction import redacted
from trioredis.protocol.quoting import quote
from trioredis.protocol.replies import Simple


def add_monitor(engine: Engine, client: Client) -> None:
    """Show a client every command from the next one on."""
    engine.monitors[client] = None
    engine.clients.mark_all(Unusual.MONITORED, on=True)


def remove_monitor(engine: Engine, client: Client) -> None:
    """Show a client nothing more; once or again."""
    if engine.monitors.pop(client, client) is None and not engine.monitors:
        engine.clients.mark_all(Unusual.MONITORED, on=False)


def show_to_monitors(engine: Engine, client: Client, argv: list[bytes]) -> None:
    """Send a command line to every monitor."""
    wall = engine.clock.wall
    words = b" ".join(map(quote, redacted(argv)))
    index = client.context.db.index
    line = Simple(b"%.6f [%d %b] %b" % (wall, index, client.address, words))
    for monitor in engine.monitors:
        engine.clients.push(monitor, line)
