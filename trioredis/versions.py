"""The version of this package, and that of the Redis which it speaks as."""

__version__ = "0.1.0"

REDIS_VERSION = b"7.2.4"
"""What INFO and HELLO answer: clients choose what they send by it."""
