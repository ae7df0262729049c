"""From the words of the command line to a configuration, by the rules of redis-server.

The configuration file comes first, then standard input if a `-` asks for it, then the options in their order.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from glob import glob
from pathlib import Path

from trioredis.config import ConfFiles, Config, Line, apply, command_line
from trioredis.protocol.quoting import split_arguments

SHORTCUTS = {"-p": "--port", "-H": "--bind", "--host": "--bind", "-r": "--replicaof"}
"""What may be written instead of a directive, except where a value is due."""


def read_config(arguments: Iterable[str]) -> Config:
    """Return the configuration that the arguments ask for; `ConfigError` with one line that says what is wrong."""
    words = [os.fsencode(word) for word in _expanded(arguments)]
    given = command_line(words, split_arguments)
    files = ConfFiles(split_arguments, _read, _expand)
    path = None if given.path is None else Path(os.fsdecode(given.path)).absolute()
    config = Config(path=path)
    apply(config, _lines(files, given.path, given.reads_stdin, given.lines))
    return config


def _lines(
    files: ConfFiles, path: bytes | None, reads_stdin: bool, options: Iterable[Line]
) -> Iterator[Line]:
    if path is not None:
        yield from files.read_file(path)
    if reads_stdin:
        yield from files.read_text(sys.stdin.buffer.read(), b"standard input")
    yield from options


def _expanded(arguments: Iterable[str]) -> Iterator[str]:
    before = ""
    for argument in arguments:
        is_value = before.startswith("--") and before != "--save"  # which may stand alone
        before = argument if is_value else SHORTCUTS.get(argument, argument)
        yield before
        if is_value:
            before = ""


def _read(path: bytes) -> bytes:
    return Path(os.fsdecode(path)).read_bytes()


def _expand(pattern: bytes) -> list[bytes]:
    return sorted(map(os.fsencode, glob(os.fsdecode(pattern))))  # noqa: PTH207  # Path globs no absolute pattern
