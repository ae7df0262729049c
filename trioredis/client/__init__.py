"""The client: a connection, what is published to it, and the errors that come back over it."""

from trioredis.client.connection import Connection, Message, ReplyError

__all__ = ["Connection", "Message", "ReplyError"]
