"""The libraries that Redis gives its scripts: ``bit``, ``cjson``, ``cmsgpack`` and ``struct``.

They are written in Lua, so that whatever bounds a script, its time, its memory, its end by SCRIPT KILL, bounds
what it does in a library too, and so that nothing of Python is within its reach. Each file is a chunk that gets the
parts it is built on as its arguments and returns a table; no chunk leaves a global variable behind.
"""

from functools import cache, partial
from importlib.resources import files
from typing import Any

__all__ = ["build", "lua51"]


@cache
def _source(name: str) -> bytes:
    return files(__name__).joinpath(f"{name}.lua").read_bytes()


def _chunk(lua: Any, name: str, *parts: Any) -> Any:
    """Run a chunk with these arguments and return its result."""
    return lua.globals()[b"load"](_source(name), b"=trioredis")(*parts)


def lua51(lua: Any) -> Any:
    """Return a table of functions of Lua 5.1 that take the place of their namesakes."""
    return _chunk(lua, "lua51", _chunk(lua, "calling"), _chunk(lua, "bits"))


def build(lua: Any) -> dict[bytes, Any]:
    """Make the libraries in a Lua runtime that still has all of Lua's own, ``debug`` too, and return them by name.

    The tables are Lua's, as they are: whether scripts may write to them is their owner's business.
    """
    chunk = partial(_chunk, lua)
    calling, bits, null = chunk("calling"), chunk("bits"), chunk("null")
    encode, decode = chunk("cjson_encoder", calling, null), chunk("cjson_decoder", calling, bits, null)
    return {
        b"bit": chunk("bit", calling),
        b"cjson": chunk("cjson", calling, encode, decode, null),
        b"cmsgpack": chunk("cmsgpack", calling, bits),
        b"struct": chunk("struct", calling, bits),
    }
