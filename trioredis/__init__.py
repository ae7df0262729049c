"""A Redis-compatible server that lives in a Trio nursery."""

from trioredis.app import Server, serve

__version__ = "0.1.0"

__all__ = ["Server", "__version__", "serve"]
