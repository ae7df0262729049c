"""The directive maxclients against the number of files that the process may have open."""

import logging
from functools import partial

from trioredis.config.kinds import ConfigError
from trioredis.config.settings import Config
from trioredis.machine import Machine

_logger = logging.getLogger("trioredis")

RESERVED = 32
"""Descriptors kept back for listening sockets, files and the process itself."""


def fit_maxclients(config: Config, machine: Machine) -> None:
    """Lower maxclients to what is possible, and have CONFIG SET refuse more than that (redis.conf, maxclients)."""
    wanted, possible = config[b"maxclients"], _possible(config, machine)
    if possible < wanted:
        open_files = possible + RESERVED
        text = (
            "maxclients is %d, not %d: this process may open %d files (see ulimit -n), and %d are kept back."
        )
        _logger.warning(text, possible, wanted, open_files, RESERVED)
        config.values[b"maxclients"] = possible
    config.on_change(b"maxclients", partial(_check, config, machine))


def _check(config: Config, machine: Machine) -> None:
    possible = _possible(config, machine)
    if possible < config[b"maxclients"]:
        text = b"The operating system is not able to handle the specified number of clients, try with %d"
        raise ConfigError(text % possible)


def _possible(config: Config, machine: Machine) -> int:
    return max(1, machine.open_files(config[b"maxclients"] + RESERVED) - RESERVED)
