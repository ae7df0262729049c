"""A Redis-compatible server that lives in a Trio nursery."""

from trioredis.app import Server, ServerStatistics, open_server, serve
from trioredis.client import Connection, ReplyError
from trioredis.config import Config, ConfigError
from trioredis.versions import __version__

__all__ = [
    "Config",
    "ConfigError",
    "Connection",
    "ReplyError",
    "Server",
    "ServerStatistics",
    "__version__",
    "open_server",
    "serve",
]
