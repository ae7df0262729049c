"""The program `trioredis`: its commands, its help, and the one line in which it refuses."""

import sys
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from trioredis.cli.arguments import read_config
from trioredis.cli.serving import StartError, run_server
from trioredis.config import ConfigError
from trioredis.server.tasks import DEFAULT_TRANSPORT, Transport
from trioredis.versions import REDIS_VERSION, __version__

_REDIS = REDIS_VERSION.decode()
_TRANSPORT = "One selector for all sockets, which is fast and needs Linux, or tasks for each of them."

app = App(
    name="trioredis",
    help=f"A Redis-compatible server that lives in a Trio nursery. It speaks as Redis {_REDIS}.",
    version=f"trioredis {__version__} (Redis {_REDIS})",
    version_flags=["--version", "-v"],
    help_format="markdown",
    backend="trio",
)


@app.command(usage="trioredis serve [redis.conf] [OPTIONS] [--ANY-DIRECTIVE VALUE ...] [-]")
async def serve(  # the arguments are explained in the text
    *arguments: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    transport: Annotated[Transport, Parameter(help=_TRANSPORT)] = DEFAULT_TRANSPORT,
) -> None:
    """Run the server until Ctrl-C, SIGTERM or the command SHUTDOWN ends it.

    Every directive of redis.conf is an option, under its own name:

    - `-p`, `--port 6379`: the TCP port; 0 for none
    - `-H`, `--host`, `--bind 127.0.0.1`: the addresses to listen on; `"*"` for all of them
    - `-r`, `--replicaof HOST PORT`: refused, as long as there is no replication
    - `--unixsocket /tmp/redis.sock`, `--requirepass SECRET`, `--loglevel verbose`, and so on

    A file is read first, then standard input if the last word is `-`, then the options in their order. An unknown
    directive, a bad value, or a promise that cannot be kept yet ends the program with one line that says so.

    Examples, each of which `redis-cli` can talk to:

    - `trioredis serve`
    - `trioredis serve --port 7000 --bind 127.0.0.1 ::1`
    - `trioredis serve /etc/redis/redis.conf --loglevel verbose`
    - `echo "maxclients 100" | trioredis serve -`
    """
    await run_server(read_config(arguments), transport, __version__)


def main() -> None:
    """Run the program; exit with status 0, or 1 and a line on standard error."""
    try:
        app(exit_on_error=False, print_error=False)
    except (CycloptsError, ConfigError, StartError) as error:
        sys.exit(f"trioredis: {error}")
