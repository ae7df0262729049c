"""The directive maxclients against the number of files that the process may have open."""

import logging
from functools import partial

from trioredis.config.kinds import ConfigError
from trioredis.config.settings import Config
from trioredis.log_levels import NOTICE
from trioredis.machine import Machine

_logger = logging.getLogger("trioredis")

RESERVED = 32
"""Descriptors kept back for listening sockets, files and the process itself."""

_DEFAULT = Config()[b"maxclients"]
_LOWERED = "maxclients is %d, not %d: this process may open %d files (see ulimit -n), and %d are kept back."


def fit_maxclients(config: Config, machine: Machine) -> None:
    """Lower maxclients to what is possible, and have CONFIG SET refuse more than that (redis.conf, maxclients)."""
    wanted, possible = config[b"maxclients"], _possible(config, machine)
    if possible < wanted:
        # Who has asked for no number is not let down by another one.
        level = NOTICE if wanted == _DEFAULT else logging.WARNING
        _logger.log(level, _LOWERED, possible, wanted, possible + RESERVED, RESERVED)
        config.values[b"maxclients"] = possible
    config.on_change(b"maxclients", partial(_check, config, machine))


def _check(config: Config, machine: Machine) -> None:
    possible = _possible(config, machine)
    if possible < config[b"maxclients"]:
        text = b"The operating system is not able to handle the specified number of clients, try with %d"
        raise ConfigError(text % possible)


def _possible(config: Config, machine: Machine) -> int:
    return max(1, machine.open_files(config[b"maxclients"] + RESERVED) - RESERVED)
