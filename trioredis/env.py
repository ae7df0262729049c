"""What the server needs of the world, in one object.

`serve()` makes an `Env` and hands it down; nothing below asks the operating system on its own for time,
chance or files. Two servers in a process share nothing, and a test replaces the world in one place.
"""

import errno
import os
import tempfile
from pathlib import Path
from random import Random

from attrs import define, field

from trioredis.clock import Clock
from trioredis.machine import Machine


class FileSystem:
    """The files a server touches; a simulated disk overrides these methods."""

    def read(self, path: Path) -> bytes:
        """Return a whole file; OSError when that fails."""
        return path.read_bytes()

    def directory(self, path: Path) -> Path:
        """Return the one absolute path of a directory; OSError when there is none."""
        found = path.resolve(strict=True)
        if not found.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        return found

    def replace(self, path: Path, data: bytes) -> None:
        """Write a file so that a crash leaves either the old content or the new, never a mixture."""
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
            temporary = Path(file.name)
            try:
                if path.exists():
                    temporary.chmod(path.stat().st_mode & 0o7777)
                file.write(data)
                file.flush()
                self.sync(file.fileno())
                temporary.replace(path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise

    def sync(self, descriptor: int) -> None:
        """Force an open file's content to the disk."""
        os.fsync(descriptor)


@define(eq=False)
class Env:
    """Clock, chance, disk and machine of one server."""

    clock: Clock = field(factory=Clock)
    random: Random = field(factory=Random)
    files: FileSystem = field(factory=FileSystem)
    machine: Machine = field(factory=Machine)

    def hex_id(self) -> bytes:
        """Return 40 hexadecimal digits, Redis's form of a run id."""
        return b"%040x" % self.random.getrandbits(160)
