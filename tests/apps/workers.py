"""Workers: programs that take their work from a server. They and whatever they start are gone when a test ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from program import ENVIRONMENT, SECONDS, Program, running

MINUTE = 60.0
URL_OF_THE_SERVER = "URL_OF_THE_SERVER"
"""Where workers find the address of their server in their environment."""


@contextmanager
def working(url: str, module: str, *arguments: str, ready: str) -> Iterator[Program]:
    """Run a worker until the block ends, which begins when the worker has logged that it is ready."""
    command = sys.executable, "-m", module, *arguments
    options = {"env": {**ENVIRONMENT, URL_OF_THE_SERVER: url}, "start_new_session": True}
    with running(*command, ready=ready, seconds=MINUTE, **options) as program:
        try:
            yield program
        finally:
            program.signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                program.process.wait(SECONDS)
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
