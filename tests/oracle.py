"""The oracle: a real redis-server, and a client simple enough to be trusted.

What Redis does is not argued about in these tests, it is asked. `redis_server` starts one for as long as
a `with` block lasts, and `Wire` talks to it, or to anything else that listens: bytes in, the raw bytes of
exactly one reply out. `Wire` shares no code with trioredis, so that a bug in our parser cannot agree with
itself.

Nothing here sleeps. The server is waited for by reading its log up to the line that says it is ready, and
every read of a socket has a deadline.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Self

from attrs import define, field, frozen

Argument = bytes | str | int | float
Value = bytes | int | float | bool | None | Sequence["Value"] | Sequence[tuple["Value", "Value"]]

SECONDS_TO_ANSWER = 5.0


class Failure(bytes):
    """An error reply, without the leading `-` and the line ending."""


def encode_command(*arguments: Argument) -> bytes:
    """One command as an array of bulk strings."""
    parts = [a if isinstance(a, bytes) else str(a).encode() for a in arguments]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)


@define
class Wire:
    """A blocking connection that reads one reply at a time, RESP2 or RESP3, and keeps its raw bytes."""

    _socket: socket.socket
    _buffer: bytearray = field(factory=bytearray)
    _position: int = 0

    @classmethod
    def connect(cls, host: str, port: int, timeout: float = SECONDS_TO_ANSWER) -> Self:
        return cls(socket.create_connection((host, port), timeout))

    @classmethod
    def connect_unix(cls, path: str, timeout: float = SECONDS_TO_ANSWER) -> Self:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(timeout)
        connection.connect(path)
        return cls(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self._socket.sendall(data)

    def send_eof(self) -> None:
        """Says that nothing more will be sent; replies can still be read."""
        self._socket.shutdown(socket.SHUT_WR)

    def command(self, *arguments: Argument) -> bytes:
        """Runs one command and returns the raw bytes of its reply."""
        self.send(encode_command(*arguments))
        return self.read_raw()

    def ask(self, *arguments: Argument) -> Value:
        """Runs one command and returns its reply as a Python value."""
        self.send(encode_command(*arguments))
        return self.read_value()

    def read_reply(self, raw: bool = True) -> Value:
        """Reads one reply: its bytes, or with `raw=False` what they say."""
        return self.read_raw() if raw else self.read_value()

    def read_raw(self) -> bytes:
        return self._read_one()[0]

    def read_value(self) -> Value:
        """Reads one reply as a value: maps are lists of pairs, sets and pushes lists, errors `Failure`."""
        return self._read_one()[1]

    def read_bytes(self, size: int) -> bytes:
        """The next bytes, whatever they mean."""
        self._receive_up_to(size)
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def read_until_closed(self) -> bytes:
        """Everything that comes before the other side closes; a reset connection counts as closed."""
        try:
            while data := self._socket.recv(65536):
                self._buffer += data
        except ConnectionResetError:
            pass
        rest = bytes(self._buffer)
        self._buffer.clear()
        return rest

    def _read_one(self) -> tuple[bytes, Value]:
        # Nothing leaves the buffer before the reply is whole, so a read that timed out can be tried again.
        self._position = 0
        value = self._parse()
        raw = bytes(self._buffer[: self._position])
        del self._buffer[: self._position]
        return raw, value

    def _parse(self) -> Value:
        line = self._line()
        kind, rest = line[:1], line[1:]
        if kind in b"$=!":
            return self._blob(kind, int(rest))
        if kind in b"*~>":
            return None if rest == b"-1" else [self._parse() for _ in range(int(rest))]
        if kind in b"%|":
            return [(self._parse(), self._parse()) for _ in range(int(rest))]
        return SCALARS[kind](rest)

    def _blob(self, kind: bytes, size: int) -> Value:
        if size < 0:
            return None
        end = self._position + size
        self._receive_up_to(end + 2)
        text = bytes(self._buffer[self._position : end])
        self._position = end + 2
        return Failure(text) if kind == b"!" else text

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n", self._position)) < 0:
            self._receive()
        line = bytes(self._buffer[self._position : end])
        self._position = end + 2
        return line

    def _receive_up_to(self, end: int) -> None:
        while len(self._buffer) < end:
            self._receive()

    def _receive(self) -> None:
        data = self._socket.recv(65536)
        if not data:
            raise EOFError(f"closed in the middle of a reply, after {bytes(self._buffer)!r}")
        self._buffer += data


SCALARS: dict[bytes, Callable[[bytes], Value]] = {
    b"+": bytes,
    b"-": Failure,
    b":": int,
    b"(": int,
    b",": float,
    b"#": lambda text: text == b"t",
    b"_": lambda _text: None,
}


def replies_in(data: bytes) -> list[bytes]:
    """The whole replies that some bytes are, each by itself."""
    wire, replies = Wire(socket.socket(), bytearray(data)), []
    with wire:
        while wire._buffer:
            replies.append(wire.read_raw())
    return replies


@frozen
class Oracle:
    """A running redis-server."""

    host: str
    port: int
    pid: int
    directory: str

    @property
    def url(self) -> str:
        return f"redis://{self.host}:{self.port}"

    def connect(self, timeout: float = SECONDS_TO_ANSWER) -> Wire:
        return Wire.connect(self.host, self.port, timeout)


def is_installed(program: str = "redis-server") -> bool:
    return shutil.which(program) is not None


def may_skip_without(program: str = "redis-server") -> bool:
    """Whether a test may be skipped for want of a program: never in CI, where it runs and fails."""
    return not is_installed(program) and "CI" not in os.environ


def free_port() -> int:
    """A port of 127.0.0.1 that nobody used a moment ago; somebody else may still take it first."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def redis_server(*options: str) -> Iterator[Oracle]:
    """A redis-server in a temporary directory, with DEBUG allowed and nothing saved, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="oracle-") as directory:
        process, port = _start_on_a_free_port(directory, options)
        # A full pipe would stop the server: somebody has to go on reading its log, up to the end.
        reader = Thread(target=deque, args=(process.stdout, 0))
        reader.start()
        with process:
            try:
                yield Oracle("127.0.0.1", port, process.pid, directory)
            finally:
                process.terminate()
                reader.join()


def _start_on_a_free_port(directory: str, options: tuple[str, ...]) -> tuple[subprocess.Popen[bytes], int]:
    log = b""
    for _ in range(3):
        port = free_port()
        where = ["--port", str(port), "--bind", "127.0.0.1", "--dir", directory]
        process = subprocess.Popen(
            ["redis-server", *where, "--save", "", "--enable-debug-command", "yes", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        log = _read_until_ready(process)
        if process.poll() is None:
            return process, port
    raise RuntimeError(f"redis-server does not start: {log.decode(errors='replace')}")


def _read_until_ready(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    log = b""
    for line in process.stdout:
        log += line
        if b"Ready to accept connections" in line:
            return log
    process.communicate()
    return log
