"""Directives as keyword arguments: `serve(requirepass="x", maxclients=100, protected_mode=False)`."""

from collections.abc import Mapping, Sequence

from trioredis.config.conf_file import Line, apply
from trioredis.config.settings import Config

_PLACE = b"keyword argument"

Setting = bytes | str | bool | int | float | Sequence["Setting"]
"""What a keyword may be set to: a text, yes or no, a number, or several of these."""


def configured(base: Config | None, settings: Mapping[str, Setting]) -> Config:
    """Return a configuration of its own for one server: a copy of `base`, then the settings, in their order.

    A name is a directive's with underscores for dashes. Raises `ConfigError` for one that is unknown, for a bad
    value, and for one that promises what does not work yet.
    """
    config = Config() if base is None else Config(dict(base.values), path=base.path)
    lines = (
        Line((name.replace("_", "-").encode(), *_words(value)), _PLACE) for name, value in settings.items()
    )
    apply(config, lines)
    return config


def _words(value: Setting) -> list[bytes]:
    match value:
        case bytes():
            return [value]
        case str():
            return [value.encode()]
        case bool():
            return [b"yes" if value else b"no"]
        case int() | float():
            return [repr(value).encode()]
        case Sequence():
            return [word for item in value for word in _words(item)]
    raise TypeError(f"a directive is set to text, a bool, a number or a sequence of these, not {value!r}")
