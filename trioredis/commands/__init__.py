"""The commands, a module per group of the Redis documentation."""

from collections.abc import Iterator
from importlib import import_module

from trioredis.engine.command import Command

_GROUPS = (
    "strings",
    "lcs",
    "bitmaps",
    "bitfields",
    "hyperloglog",
    "lists",
    "list_ends",
    "blocking_lists",
    "hashes",
    "sets",
    "set_algebra",
    "streams",
    "stream_reading",
    "stream_groups",
    "stream_claims",
    "stream_info",
    "sorted_sets",
    "sorted_set_ranges",
    "sorted_set_spans",
    "sorted_set_pops",
    "sorted_set_algebra",
    "generic",
    "expiration",
    "objects",
    "sort",
    "geo",
    "geo_search",
    "connection",
    "tracking",  # subcommands of CLIENT: before the whole of it is asked for
    "client",
    "acl",
    "transactions",
    "pubsub",
    "scripting",
    "functions",
    "command",
    "server",
    "databases",
    "debug",
    "modules",
    "cluster",
    "lolwut",
    "info",
    "config",
    "slowlog",
    "latency",
    "memory",
    "replication",
)


def load() -> Iterator[Command]:
    """Yield every command of this package."""
    for group in _GROUPS:
        module = import_module(f"{__name__}.{group}")
        for value in vars(module).values():
            if isinstance(value, Command) and b"|" not in value.name:
                yield value
