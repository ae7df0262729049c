"""A Redis-compatible server that lives in a Trio nursery."""

from trioredis.app import Server, serve
from trioredis.versions import __version__

__all__ = ["Server", "__version__", "serve"]
