"""The configuration: every directive of redis.conf, its value, and the file that it is read from and written to."""

from trioredis.config.catalogue import DIRECTIVES, departures, find, with_level
from trioredis.config.compounds import BufferLimit
from trioredis.config.conf_file import CommandLine, ConfFiles, Line, apply, command_line
from trioredis.config.directives import Directive, Level
from trioredis.config.kinds import ConfigError
from trioredis.config.rewriting import rewrite
from trioredis.config.settings import Config

__all__ = [
    "DIRECTIVES",
    "BufferLimit",
    "CommandLine",
    "ConfFiles",
    "Config",
    "ConfigError",
    "Directive",
    "Level",
    "Line",
    "apply",
    "command_line",
    "departures",
    "find",
    "rewrite",
    "with_level",
]
