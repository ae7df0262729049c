"""A program that believes to sit in front of a person."""

import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pty import openpty
from termios import tcsetwinsize

from attrs import define, field

SECONDS = 10.0


@define(eq=False)
class Terminal:
    """The other side of a program's terminal: reads what it shows, and types."""

    process: "subprocess.Popen[bytes]"
    _descriptor: int
    _shown: bytearray = field(factory=bytearray)

    def type(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    def read_until(self, text: str, times: int = 1) -> str:
        """Return what is shown up to a text, which may have to come several times, and no further."""
        end = 0
        for _ in range(times):
            while (found := self._shown.find(text.encode(), end)) < 0:
                self._read()
            end = found + len(text)
        shown = self._shown[:end].decode(errors="replace")
        del self._shown[:end]
        return shown

    def read_to_the_end(self) -> str:
        """Return what is still shown; the program ends by itself."""
        with suppress(EOFError):
            while True:
                self._read()
        return self._shown.decode(errors="replace")

    def _read(self) -> None:
        readable, _, _ = select.select([self._descriptor], [], [], SECONDS)
        assert readable, f"nothing more comes after {bytes(self._shown)!r}"
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:  # as Linux says that nobody is on the other side any more
            data = b""
        if not data:
            raise EOFError(bytes(self._shown))
        self._shown += data


@contextmanager
def in_terminal(*command: str) -> Iterator[Terminal]:
    """Run a program in a terminal of 200 columns until the block ends."""
    ours, its = openpty()
    tcsetwinsize(its, (40, 200))
    environment = {**os.environ, "TERM": "xterm", "REDISCLI_HISTFILE": "/dev/null"}
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=environment) as process:
        os.close(its)
        try:
            yield Terminal(process, ours)
        finally:
            process.terminate()
            os.close(ours)
