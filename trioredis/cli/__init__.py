"""The command line."""

from trioredis.cli.collector import quiet_collector
from trioredis.cli.program import main

__all__ = ["quiet_collector", "main"]
