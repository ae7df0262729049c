"""Log lines in Redis's form, since people, and the tools that wait for a line, know it.

    4711:M 20 Nov 2026 13:00:00.000 * Ready to accept connections tcp

The process id, M for a master, the time, a sign for the level, the text.
"""

import logging
import sys
import time
from logging.handlers import WatchedFileHandler
from pathlib import Path

from trioredis.log_levels import NOTICE

_LEVELS = {
    b"debug": logging.DEBUG,
    b"verbose": logging.INFO,
    b"notice": NOTICE,
    b"warning": logging.WARNING,
    b"nothing": logging.CRITICAL + 1,
}
_SIGNS = ((logging.WARNING, "#"), (NOTICE, "*"), (logging.INFO, "-"))


class RedisFormatter(logging.Formatter):
    """Formats a record as a line of Redis's log."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name is logging's
        """Return the line, without a traceback."""
        moment = time.strftime("%d %b %Y %H:%M:%S", time.localtime(record.created))
        sign = next((sign for level, sign in _SIGNS if record.levelno >= level), ".")
        return f"{record.process}:M {moment}.{int(record.msecs):03} {sign} {record.message}"


def start_logging(path: Path | None) -> None:
    """Send everything that is logged in this process to a file, or to standard output; OSError if it cannot be.

    The file is opened anew when somebody has moved it away.
    """
    handler = logging.StreamHandler(sys.stdout) if path is None else WatchedFileHandler(path)
    handler.setFormatter(RedisFormatter())
    logging.getLogger().addHandler(handler)


def set_loglevel(level: bytes) -> None:
    """Log what is as important as a value of the directive loglevel says, or more so."""
    logging.getLogger("trioredis").setLevel(_LEVELS[level])
