"""A Redis-compatible server that lives in a Trio nursery."""

from importlib import import_module
from types import ModuleType

from trioredis.app import Server, ServerStatistics, open_server, serve
from trioredis.client import Connection, Message, ReplyError
from trioredis.commands.custom import Commands
from trioredis.config import Config, ConfigError
from trioredis.engine.context import Context
from trioredis.engine.followers import Change
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.protocol.replies import Simple
from trioredis.server.changes import Changes
from trioredis.versions import __version__

__all__ = [
    "Change",
    "Changes",
    "CommandError",
    "Commands",
    "Config",
    "ConfigError",
    "Connection",
    "Context",
    "KeySpec",
    "Message",
    "ReplyError",
    "Server",
    "ServerStatistics",
    "Simple",
    "__version__",
    "open_server",
    "serve",
]


def __getattr__(name: str) -> ModuleType:
    """Let `trioredis.testing` be used without an import of its own, and cost nothing where it is not."""
    if name == "testing":
        return import_module("trioredis.testing")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
