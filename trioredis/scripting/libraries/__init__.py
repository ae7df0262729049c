"""The libraries that Redis gives scripts besides Lua's own."""

from typing import Any


def build(lua: Any) -> dict[bytes, Any]:
    """Return the libraries, as tables of a runtime, by name."""
    return {}
