"""The servers that are compared, each a process of its own that is pinned to one core."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from oracle import Wire, free_port

HOST = "127.0.0.1"
SERVER_CORE = "0"
LOAD_CORE = "1"
SECONDS_TO_START = 15

# socketserver's own backlog of 5 resets connections when 50 clients come at once: that would be measured, not it.
FAKEREDIS = """
from fakeredis import TcpFakeServer
TcpFakeServer.request_queue_size = 511
TcpFakeServer(("127.0.0.1", {port}), server_type="redis").serve_forever()
"""


@frozen
class Contestant:
    """How to start a server; `{port}` in an argument becomes the port."""

    name: str
    command: tuple[str, ...]


@frozen
class Server:
    """A contestant that runs."""

    name: str
    port: int
    pid: int

    def connect(self) -> Wire:
        return Wire.connect(HOST, self.port, timeout=60)

    def rss(self) -> int:
        """Resident memory in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024


_TRIOREDIS = (sys.executable, "-m", "trioredis", "serve", "--port", "{port}", "--save", "")

REDIS = Contestant("redis", ("redis-server", "--port", "{port}", "--save", ""))
TRIOREDIS = Contestant("trioredis", _TRIOREDIS)
STREAM = Contestant("stream", (*_TRIOREDIS, "--transport", "stream"))
FAKE = Contestant("fakeredis", (sys.executable, "-c", FAKEREDIS))

ALL = (REDIS, TRIOREDIS, STREAM, FAKE)


def pinned(core: str, *command: str) -> list[str]:
    """The command line that runs a command on one core, so that server and load never share one."""
    return ["taskset", "--cpu-list", core, *command]


@contextmanager
def running(contestant: Contestant) -> Iterator[Server]:
    """The contestant on a free port of its own, answering, until the block ends."""
    port = free_port()
    command = [argument.format(port=port) for argument in contestant.command]
    with tempfile.TemporaryFile() as log, tempfile.TemporaryDirectory(prefix="bench-") as directory:
        process = subprocess.Popen(
            pinned(SERVER_CORE, *command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=directory,
        )
        with process:
            try:
                if not _answers(process, port):
                    log.seek(0)
                    raise RuntimeError(f"{contestant.name} does not start:\n{log.read().decode()}")
                yield Server(contestant.name, port, process.pid)
            finally:
                process.kill()


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    give_up = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < give_up:
        try:
            with Wire.connect(HOST, port) as wire:
                return wire.command("PING") == b"+PONG\r\n"
        except ConnectionRefusedError:
            time.sleep(0.02)
    return False
