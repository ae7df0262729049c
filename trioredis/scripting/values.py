"""Replies as scripts see them (Redis documentation: Lua API, data type conversion).

A reply becomes a plain value, or a table of such; in which words the table speaks of what Lua has no type for depends on
the version of the protocol that the script has chosen by ``redis.setresp``. Tables are made by lupa in one go, from lists
and dictionaries of Python. Room for them is reckoned first: a runtime that is full in the midst of it takes the
process with it.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from trioredis import errors
from trioredis.errors import CommandError
from trioredis.numerals import format_float
from trioredis.protocol.replies import (
    Absence,
    Attributed,
    BigNumber,
    Error,
    Pairs,
    Printed,
    Push,
    Reply,
    SetReply,
    Simple,
    Verbatim,
)

Plain = Any
"""A number, bytes, a boolean, None, or a list or dictionary of such."""

_Translate = Callable[[Any, "Translator"], Plain]

_ONLY_BYTES: Final = {bytes}
_SLOT: Final = 80
"""Bytes that an item of a table takes besides its text, at most."""


class Translator:
    """Makes plain values of replies, as long as there is room."""

    def __init__(self, protocol: int, room: int) -> None:
        self._table = _TABLES[protocol]
        self._room = room

    def plain(self, reply: Reply) -> Plain:
        """Return a value that lupa can hand to a script; CommandError if it is too large."""
        self.take(_SLOT)
        return self._table[type(reply)](reply, self)

    def all(self, items: Iterable[Reply]) -> list[Plain]:
        """Translate many; most often they are bytes, which stay what they are."""
        items = list(items)
        if set(map(type, items)) == _ONLY_BYTES:
            self.take(_SLOT * len(items) + sum(map(len, items)))  # type: ignore[arg-type]
            return items
        return [self.plain(item) for item in items]

    def take(self, size: int) -> None:
        """Use up some of the room."""
        self._room -= size
        if self._room < 0:
            raise CommandError(errors.SCRIPT_MEMORY)


def error_table(text: bytes) -> dict[bytes, Plain]:
    """Return an error of the server as a script gets it; it is counted already."""
    return {b"err": text, b"ignore_error_stats_update": True}


def _text(value: bytes, translator: Translator) -> Plain:
    translator.take(len(value))
    return value


def _items(value: Any, translator: Translator) -> Plain:
    return translator.all(value.items)


def _flat(pairs: Iterable[tuple[Reply, Reply]], translator: Translator) -> Plain:
    return translator.all(word for pair in pairs for word in pair)


def _map(pairs: Iterable[tuple[Reply, Reply]], translator: Translator) -> Plain:
    return {b"map": {translator.plain(key): translator.plain(value) for key, value in pairs}}


def _set(items: Iterable[Reply], translator: Translator) -> Plain:
    return {b"set": dict.fromkeys(translator.all(items), True)}


_SHARED: dict[type, _Translate] = {
    int: lambda value, _: value,
    bytes: _text,
    bytearray: lambda value, translator: _text(bytes(value), translator),
    Simple: lambda value, translator: {b"ok": _text(value.text, translator)},
    Error: lambda value, translator: error_table(_text(value.text, translator)),
    list: lambda value, translator: translator.all(value),
    tuple: lambda value, translator: translator.all(value),
    Push: _items,
    Attributed: lambda value, translator: translator.plain(value.reply),
}

_RESP2: dict[type, _Translate] = _SHARED | {
    type(None): lambda value, _: False,
    Absence: lambda value, _: False,
    bool: lambda value, _: int(value),
    float: lambda value, _: format_float(value),
    BigNumber: lambda value, _: b"%d" % value.value,
    Printed: lambda value, _: value.text,
    Verbatim: lambda value, translator: _text(value.text, translator),
    set: lambda value, translator: translator.all(value),
    frozenset: lambda value, translator: translator.all(value),
    SetReply: _items,
    Pairs: lambda value, translator: [translator.all(pair) for pair in value.items],
    dict: lambda value, translator: _flat(value.items(), translator),
}

_RESP3: dict[type, _Translate] = _SHARED | {
    type(None): lambda value, _: None,
    Absence: lambda value, _: None,
    bool: lambda value, _: value,
    float: lambda value, _: {b"double": value},
    BigNumber: lambda value, _: {b"big_number": b"%d" % value.value},
    Printed: lambda value, _: {b"double": float(value.text)},
    Verbatim: lambda value, translator: {
        b"verbatim_string": {b"string": _text(value.text, translator), b"format": value.format}
    },
    set: _set,
    frozenset: _set,
    SetReply: lambda value, translator: _set(value.items, translator),
    Pairs: lambda value, translator: _map(value.items, translator),
    dict: lambda value, translator: _map(value.items(), translator),
}

_TABLES: Final = {2: _RESP2, 3: _RESP3}

REPLY_TYPES: Final = tuple(_RESP2)
"""Every type of a reply."""
