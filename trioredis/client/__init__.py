"""The client: a connection, and the errors that come back over it."""

from trioredis.client.connection import Connection, ReplyError

__all__ = ["Connection", "ReplyError"]
