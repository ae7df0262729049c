"""The command line."""

from trioredis.cli.collector import calm_collector
from trioredis.cli.program import main

__all__ = ["calm_collector", "main"]
