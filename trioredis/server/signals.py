"""SIGINT and SIGTERM end a server: gracefully the first time, at once the second.

Only a program that is nothing but a server runs this. What is embedded leaves signals to its host.
"""

import logging
import signal
from typing import Protocol

import trio

from trioredis.config.settings import Config

_logger = logging.getLogger("trioredis")

_DIRECTIVES = {signal.SIGINT: b"shutdown-on-sigint", signal.SIGTERM: b"shutdown-on-sigterm"}


class Stoppable(Protocol):
    """A server, as far as signals are concerned."""

    @property
    def config(self) -> Config:
        """The directives as they are now."""

    def stop(self, *, now: bool = False) -> None:
        """Begin to stop; again, or `now`: stop at once."""


async def obey_signals(
    server: Stoppable, *, task_status: "trio.TaskStatus[None]" = trio.TASK_STATUS_IGNORED
) -> None:
    """Stop a server when a signal asks for it (redis.conf, shutdown-on-sigint and shutdown-on-sigterm)."""
    with trio.open_signal_receiver(*_DIRECTIVES) as received:
        task_status.started()
        insisted = False
        async for number in received:
            asked = signal.Signals(number)
            now = insisted or b"now" in server.config[_DIRECTIVES[asked]]
            manner = "ends at once" if now else "answers what it has received, and ends"
            _logger.warning("Received %s: the server %s.", asked.name, manner)
            server.stop(now=now)
            insisted = True
