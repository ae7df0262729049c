"""Programs as processes: the one under test is started as its users start it, and every wait has a deadline.

Nothing sleeps. A server is waited for by reading its log, and what it does next by reading on.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

from attrs import define, field

SECONDS = 20.0
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
"""In which a child process finds what this one has found."""
TRIOREDIS = (sys.executable, "-bb", "-X", "dev", "-W", "error", "-m", "trioredis")
READY = "eady to accept connections"


def run(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    defaults = {"capture_output": True, "text": True, "timeout": SECONDS, "env": ENVIRONMENT}
    return subprocess.run(command, **defaults | options)


def run_trioredis(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Run `trioredis` to its end."""
    return run(*TRIOREDIS, *arguments, **options)


@define(eq=False)
class Program:
    """A server in a process of its own, and what it has logged."""

    process: "subprocess.Popen[str]"
    log: list[str] = field(factory=list)

    @property
    def pid(self) -> int:
        return self.process.pid

    def read_until(self, text: str) -> str:
        """Read its log on to a line that contains a text, and return that line."""
        for line in self.process.stdout:
            self.log.append(line.rstrip("\n"))
            if text in line:
                return self.log[-1]
        raise EOFError(f"no line with {text!r} in " + "\n".join(self.log))

    def port(self) -> int:
        """The port that the log tells of."""
        (found,) = (match for line in self.log if (match := re.search(r"Listening on [^ ]*:(\d+)", line)))
        return int(found[1])

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        """Wait for the end, read the rest of the log, return the exit status."""
        self.log += self.process.stdout.read().splitlines()
        return self.process.wait(SECONDS)


@contextmanager
def running(
    *command: str | Path, ready: str = READY, seconds: float = SECONDS, **options: object
) -> Iterator[Program]:
    """Run a program until the block ends, which begins when the program has logged that it is ready."""
    defaults = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "text": True,
    }
    process = subprocess.Popen(command, **defaults | {"env": ENVIRONMENT} | options)
    deadline = Timer(seconds, process.kill)  # which ends every wait for it
    deadline.start()
    with process:
        try:
            program = Program(process)
            program.read_until(ready)
            yield program
        finally:
            deadline.cancel()
            process.kill()


def serving(*arguments: str | Path, **options: object) -> "Iterator[Program]":
    """Run `trioredis serve` until the block ends."""
    return running(*TRIOREDIS, "serve", *arguments, **options)
