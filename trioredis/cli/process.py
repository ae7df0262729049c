"""What the server does to its process when the process is its own: limits, directory, pid file."""

import logging
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from trioredis.config import Config, ConfigError
from trioredis.machine import Machine

_logger = logging.getLogger("trioredis")


class OwnMachine(Machine):
    """A machine of which this process may take what it is allowed to."""

    def open_files(self, wanted: int) -> int:
        """Raise the soft limit of open files towards `wanted`; return how many of them there may be."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if resource.RLIM_INFINITY != soft < allowed:
            with suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        return super().open_files(wanted)


def enter_directory(config: Config) -> None:
    """Go to the directory of the directive dir; `ConfigError` when that fails."""
    try:
        os.chdir(config[b"dir"])
    except OSError as error:
        raise ConfigError((error.strerror or "").encode()) from None
    config.values[b"dir"] = os.fsencode(Path.cwd())


@contextmanager
def pid_file(path: Path | None) -> Iterator[None]:
    """Have the process id in a file for as long as the block lasts; a file that cannot be written is no reason to end."""
    if path is None:
        yield
        return
    try:
        path.write_text(f"{os.getpid()}\n")
    except OSError as error:
        _logger.warning("The pid file cannot be written: %s", error)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
