"""Function libraries, and calls to try them with.

Those in `function_libraries/` are of the kind that people write; the calls, words between
spaces, stand behind ``-->`` at their end. The
others are small, one a line: `LOADED_OR_NOT` tells what a library may do while it is loaded (``⏎`` is the end of a
line, ``F`` behind it registers a function), and `CALLED` what a function may.
"""

from pathlib import Path
from typing import Final

from attrs import frozen

Line = list[bytes]

_DIRECTORY: Final = Path(__file__).parent / "function_libraries"
_CALL: Final = b"--> "


@frozen
class Example:
    """A library and calls."""

    name: str
    source: bytes
    calls: list[Line]


def _read(path: Path) -> Example:
    source = path.read_bytes()
    calls = [line.removeprefix(_CALL).split() for line in source.splitlines() if line.startswith(_CALL)]
    return Example(path.stem, source, calls)


EXAMPLES: Final = [_read(path) for path in sorted(_DIRECTORY.glob("*.lua"))]


def library(code: str, name: str = "mylib") -> bytes:
    """A library of this code, from its second line on."""
    return f"#!lua name={name}\n{code}".encode()


SHEBANGS: Final = [
    b"", b"#", b"#!", b"#!\n", b"#!lua", b"#!lua\n", b"#!lua name=x", b"#!lua name=x\n", b"#!lua name= \n",
    b"#!lua name=\n", b"#!lua name=a name=b\n", b"#!lua foo=bar\n", b"#!lua name=a foo\n", b"#!js name=a\n",
    b"#!lua name=a-b\n", b'#!lua name="ab c"\n', b'#!lua "name=abc\n', b"#!lua 'name=abc'\n",
    b"#! lua name=x\n", b"#!lua\tname=x\n", b"#!lua name=x\r\n", b"#!lua name=x\0\n", b"#!lua name=x y\0z\n",
    b"#!l\0ua name=x\n", b"\n#!lua name=x\n", b"#!lua name=a\xff\n", b"#!lua nam\n", b"#!lua name\n",
    b"#!'' name=x\n", b"#!j%s name=x\n", b"#!js\0z name=x\n", b'#!lua name=x "\\x41"\n',
    b"#!lua name=x fl\r\nags=x\n", b'"#!lua" name=x\n', b"redis.call()", b"#!lua flags=no-writes\n",
    b"#!lua name=x flags=no-writes\n", b"#!LUA NAME=x\n", b"#!js name=a-b\n", b"#!\xff name=x\n",
    b"#!lua name=" + b"x" * 300 + b"\n", b"#!" + b"x" * 300 + b" name=x\n", b"#!lua " + b"x" * 300 + b"\n",
]  # fmt: skip
"""First lines, nearly all of them wrong."""

_REGISTERING: Final = "redis.register_function('f', function() return 'called' end)"


def _codes(text: str) -> list[str]:
    return [line.replace("⏎F", "⏎" + _REGISTERING).replace("⏎", "\n") for line in text.splitlines()]


LOADED_OR_NOT: Final = _codes((_DIRECTORY / "loaded_or_not.txt").read_text())
"""Code of libraries: some are loaded, some are not."""

CALLED: Final = (_DIRECTORY / "called.txt").read_text().splitlines()
"""Bodies of a function that is given two keys, ``k`` and ``k2``, and an argument ``v``; ``k`` holds a string."""

NOT_RESTORED: Final = [
    b"\x00", b"\xf5", b"\xf5\x05abc", b"\xf5\xc0\x07", b"\xf5\xc3\x01\x05a", b"\xf5\x80\xff\xff\xff\xff",
    b"\xf5\xc4", b"\xf5\x81" + b"\xff" * 8, b"\xff", b"\xf5\x00", b"\xf5\x40", b"\xf5\xc3", b"\xf4\x00", b"\xf5\x3fab",
]  # fmt: skip
"""What stands before the version and the checksum of payloads that FUNCTION RESTORE refuses."""
