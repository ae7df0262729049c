"""What helps to test programs that use Redis."""

from trioredis.testing.threads import server_thread

__all__ = ["server_thread"]
