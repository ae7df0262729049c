"""`trioredis serve`, once its configuration is known: a server that has a process for itself."""

import logging
import os
import platform
from functools import partial
from pathlib import Path

from trioredis.app import Server, serve
from trioredis.cli.collector import calm_collector
from trioredis.cli.logs import set_loglevel, start_logging
from trioredis.cli.process import OwnMachine, enter_directory, pid_file
from trioredis.config import Config, ConfigError
from trioredis.env import Env
from trioredis.log_levels import NOTICE
from trioredis.server.nurseries import open_bare_nursery
from trioredis.server.signals import obey_signals
from trioredis.server.tasks import Transport

_logger = logging.getLogger("trioredis")


class StartError(Exception):
    """Why the server cannot start, in one line."""


async def run_server(config: Config, transport: Transport, version: str) -> None:
    """Serve until a signal or a client ends it; `StartError` if it cannot start."""
    _prepare(config)
    async with open_bare_nursery() as nursery:
        host = partial(serve, config=config, env=Env(machine=OwnMachine()), transport=transport)
        try:
            server: Server = await nursery.start(host)
        except OSError as error:
            raise StartError(f"cannot listen on {error.filename}: {error.strerror}") from None
        if not server.addresses:
            raise StartError("nobody could connect: port is 0, and unixsocket is not set")
        await nursery.start(obey_signals, server)
        server.config.on_change(b"loglevel", lambda: set_loglevel(server.config[b"loglevel"]))
        server.config.on_change(b"dir", partial(enter_directory, server.config))
        with pid_file(_path(config, b"pidfile")):
            calm_collector()
            _greet(server, version)
            await server.wait_closed()
        nursery.cancel_scope.cancel()
    _logger.warning("The server has ended, and its data with it. Bye.")


def _prepare(config: Config) -> None:
    try:
        enter_directory(config)
    except ConfigError as refusal:
        raise StartError(f"dir: {os.fsdecode(config[b'dir'])}: {refusal}") from None
    path = _path(config, b"logfile")
    try:
        start_logging(path)
    except OSError as error:
        raise StartError(f"logfile: {path}: {error.strerror}") from None
    set_loglevel(config[b"loglevel"])


def _path(config: Config, name: bytes) -> Path | None:
    return Path(os.fsdecode(config[name])).absolute() if config[name] else None


def _greet(server: Server, version: str) -> None:
    """Say what somebody who starts a server wants to know, and that it is ready."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    tell = partial(_logger.log, NOTICE)
    tell("trioredis %s on %s, process %d", version, python, os.getpid())
    tell("Configuration: %s", server.config.path or "the defaults and the command line")
    tell("Listening on %s", ", ".join(server.addresses))
    tell("The data lives in memory only: it ends with this process.")
    tell("Server initialized")
    if server.port:
        tell("Ready to accept connections tcp")
    if server.config[b"unixsocket"]:
        tell("Ready to accept connections unix")
