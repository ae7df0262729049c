"""Commands of one's own, made of plain functions.

    def take(ctx, key, limit: int, seconds: int):
        \"\"\"Take one of `limit` tokens that a key has in so many seconds; return whether there was one.\"\"\"

What a command has to declare is in the signature already: how many arguments it takes, what they are called, and which
of them have to be numbers. So `custom_command` asks for the rest only, and refuses at once what could not work: better a
message at the decorator than an error that a client gets one day.

The function runs as every handler does, in the store, between two other commands, and holds everybody up for as long as
it takes. Its arguments are ``bytes`` unless they are annotated as ``int`` or ``float``: then they are read as strictly as Redis
reads numbers, and refused with Redis's words.
"""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from inspect import (
    Parameter,
    cleandoc,
    isasyncgenfunction,
    iscoroutinefunction,
    isgeneratorfunction,
    signature,
)
from itertools import chain, repeat
from typing import Any, Final, TypedDict

from attrs import frozen

from trioredis import errors
from trioredis.engine.arguments import to_float, to_integer
from trioredis.engine.command import FLAG_NAMES, MODULE, MOVABLEKEYS, READONLY, WRITE, Command, Handler
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec, positions
from trioredis.engine.usage import parse_usage
from trioredis.errors import CommandError
from trioredis.numerals import INT64_MAX, INT64_MIN
from trioredis.protocol.encoding import TABLES
from trioredis.protocol.replies import NO_REPLY, BigNumber, Reply

_logger = logging.getLogger("trioredis")

_MANY: Final = 1 << 30
_POSITIONAL: Final = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_NAME: Final = re.compile(r"[!-{}~]+")
_PLAIN_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_FLAGS: Final = {
    name.decode(): flag for flag, name in FLAG_NAMES.items() if flag not in (MODULE, MOVABLEKEYS)
}
_TYPES: Final[dict[Any, tuple[str, Callable[[bytes], Any] | None]]] = {
    Parameter.empty: ("string", None),
    Any: ("string", None),
    bytes: ("string", None),
    int: ("integer", to_integer),
    float: ("double", to_float),
}
"""What an annotation says: the type in COMMAND DOCS, and how to read the argument."""
_TYPES.update({kind.__name__: entry for kind, entry in _TYPES.items() if kind in (Any, bytes, int, float)})


class CustomFacts(TypedDict, total=False):
    """What may be said of a custom command besides its name."""

    keys: int | KeySpec | tuple[KeySpec, ...]
    """Where its keys stand: so many of the first arguments, or in the words of `KeySpec`."""
    flags: str | int
    """Words as COMMAND INFO has them; "write" if nothing is said."""
    arity: int
    """How many words a call has, its name included; -n: at least n. By default what the function takes."""
    group: str
    since: str
    complexity: str
    categories: str
    """ACL categories besides those that the flags imply."""
    args: str
    """The usage line, if the names of the arguments do not say enough."""
    tips: str


def check_name(name: object) -> None:
    """Raise TypeError or ValueError if a command cannot be called so; it may be a function, of who forgot the name."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise (ValueError if isinstance(name, str) else TypeError)(
            f"{name!r} cannot be a command's name: that is a str without spaces, like 'RATE.TAKE'"
        )


def custom_command(name: str, function: Handler, facts: CustomFacts) -> Command:
    """Make a function a command; TypeError or ValueError if it cannot be one."""
    check_name(name)
    shape = _Shape.of(name, function)
    arity = shape.checked_arity(name, facts.get("arity"))
    flags = _flags(name, facts.get("flags", "write"))
    keys = _key_specs(name, facts.get("keys", 0), flags, abs(arity))
    usage = facts.get("args", shape.usage(keys))
    parse_usage(usage)
    return Command(
        name.lower().encode(),
        _handler(name, function, shape),
        arity=arity,
        flags=flags | MODULE,
        keys=keys,
        group=facts.get("group", "module"),
        since=facts.get("since", "1.0.0"),
        complexity=facts.get("complexity", ""),
        categories=facts.get("categories", ""),
        args=usage,
        tips=facts.get("tips", ""),
    )


@frozen
class _Shape:
    """What a function takes after the context."""

    text: str
    """The signature, for messages."""
    parameters: tuple[Parameter, ...]
    least: int
    most: int

    @classmethod
    def of(cls, name: str, function: Handler) -> "_Shape":
        if iscoroutinefunction(function) or isasyncgenfunction(function) or isgeneratorfunction(function):
            raise TypeError(
                f"{name}: a command is a plain function that returns its reply at once, and cannot await or yield. Await "
                "in a task of your program instead, and call the server from there"
            )
        parameters = list(signature(function).parameters.values())
        if not parameters or parameters.pop(0).kind not in _POSITIONAL:
            raise TypeError(f"{name}: a command takes the context first: def function(ctx, ...)")
        for parameter in parameters:
            _refuse_unless_argument(name, parameter)
        parameters = [each for each in parameters if each.kind is not Parameter.KEYWORD_ONLY]
        single = [each for each in parameters if each.kind in _POSITIONAL]
        least = sum(each.default is Parameter.empty for each in single)
        most = len(single) if parameters == single else _MANY
        return cls(str(signature(function)), tuple(parameters), least, most)

    def checked_arity(self, name: str, arity: int | None) -> int:
        """Return the arity that was declared if it fits, or the one that follows."""
        if arity is None:
            return self.least + 1 if self.least == self.most else -(self.least + 1)
        least = abs(arity) - 1
        if arity == 0 or least < self.least or least > self.most or (arity < 0 and self.most == self.least):
            raise TypeError(
                f"{name}: arity {arity} does not fit a function that takes {self.text}; leave it out, and it follows"
            )
        return arity

    def usage(self, keys: Sequence[KeySpec]) -> str:
        """Return the usage line that COMMAND DOCS shows."""
        indexes = {
            index - 1: number
            for number, spec in enumerate(keys)
            for index, _ in positions([spec], [b""] * (len(self.parameters) + 1)) or ()
        }
        return " ".join(_usage(each, indexes.get(place)) for place, each in enumerate(self.parameters))


def _refuse_unless_argument(name: str, parameter: Parameter) -> None:
    if parameter.kind is Parameter.VAR_KEYWORD or (
        parameter.kind is Parameter.KEYWORD_ONLY and parameter.default is Parameter.empty
    ):
        raise TypeError(
            f"{name}: the arguments of a command have no names, so nobody can pass {parameter.name!r}"
        )
    if parameter.annotation in (str, "str"):
        raise TypeError(
            f"{name}: {parameter.name!r} arrives as bytes. Annotate it as bytes, and call .decode() if it has to be text"
        )
    if parameter.annotation not in _TYPES:
        raise TypeError(
            f"{name}: {parameter.name!r} can only be bytes, int or float, not {parameter.annotation!r}"
        )


def _usage(parameter: Parameter, key: int | None) -> str:
    name = parameter.name if _PLAIN_NAME.fullmatch(parameter.name) else f'"{parameter.name}"'
    text = f"{name}:{_TYPES[parameter.annotation][0]}" if key is None else f"{name}:key#{key}"
    if parameter.kind is Parameter.VAR_POSITIONAL:
        return f"[{text}...]"
    return text if parameter.default is Parameter.empty else f"[{text}]"


def _flags(name: str, flags: str | int) -> int:
    if isinstance(flags, str):
        if unknown := set(flags.split()) - {*_FLAGS}:
            known = " ".join(_FLAGS)
            raise ValueError(f"{name}: {', '.join(sorted(unknown))} is no flag; there are: {known}")
        flags = sum(_FLAGS[word] for word in set(flags.split()))
    elif not isinstance(flags, int):
        raise TypeError(f"{name}: flags are words in one str, like 'readonly fast', not {flags!r}")
    if flags & WRITE and flags & READONLY:
        raise ValueError(f"{name}: either it may write or it is readonly")
    return flags


def _key_specs(
    name: str, keys: int | KeySpec | tuple[KeySpec, ...], flags: int, words: int
) -> tuple[KeySpec, ...]:
    if not isinstance(keys, (int, KeySpec, tuple)):
        raise TypeError(f"{name}: keys is a number, a KeySpec or a tuple of them, not {keys!r}")
    if isinstance(keys, int):
        if keys < 0:
            raise ValueError(
                f"{name}: keys says how many of the first arguments are keys; others are for KeySpec"
            )
        access = "RW ACCESS UPDATE" if flags & WRITE else "RO ACCESS"
        keys = (KeySpec(1, last=keys - 1, flags=access),) if keys else ()
    specs = (keys,) if isinstance(keys, KeySpec) else tuple(keys)
    if any(spec.index + max(spec.last, 0) >= words for spec in specs):
        raise ValueError(f"{name}: there are keys beyond the {words - 1} arguments that every call has")
    return specs


def _handler(name: str, function: Handler, shape: _Shape) -> Handler:
    """Return what the executor calls: the function, its arguments read and its reply looked at."""
    read, most, wrong_arity = _reader(shape), shape.most, errors.wrong_arity(name.lower().encode())

    @wraps(function)
    def handler(ctx: Context, *words: bytes) -> Reply:
        if len(words) > most:
            raise CommandError(wrong_arity)
        database = ctx.db
        try:
            return _checked(name, function(ctx, *read(words)))
        finally:
            ctx.db = database  # a SELECT that was called inside ends here

    handler.__doc__ = cleandoc(function.__doc__ or "")
    return handler


def _reader(shape: _Shape) -> Callable[[Sequence[bytes]], Iterable[Any]]:
    """Return what turns the words of a call into what the function wants."""
    readers = [_TYPES[parameter.annotation][1] or bytes for parameter in shape.parameters]
    if {*readers} <= {bytes}:
        return lambda words: words
    if shape.most == _MANY:
        return lambda words: (
            read(word) for read, word in zip(chain(readers, repeat(readers[-1])), words, strict=False)
        )
    return lambda words: (read(word) for read, word in zip(readers, words, strict=False))


def _checked(name: str, reply: Any) -> Reply:
    """Return a reply that can be written; what is nearly one, like a named tuple, becomes one."""
    try:
        return _check(reply)
    except _ReplyTypeError as wrong:
        _logger.error("%s returned a %s, which is no reply.", name, wrong)
        raise CommandError(errors.no_reply_type(name.encode(), str(wrong).encode())) from None


class _ReplyTypeError(Exception):
    """Part of a reply is of a type that the protocol does not know; carries its name."""


def _check(reply: Any) -> Reply:
    return _CHECKS.get(type(reply), _check_other)(reply)


def _check_integer(reply: int) -> Reply:
    return int(reply) if INT64_MIN <= reply <= INT64_MAX else BigNumber(reply)


def _check_other(reply: Any) -> Reply:
    kind = type(reply)
    if kind in TABLES[3] and reply is not NO_REPLY:
        return reply  # type: ignore[no-any-return]
    for base, check in _CHECKS.items():
        if isinstance(reply, base):
            return check(reply)
    raise _ReplyTypeError("reply that never comes" if reply is NO_REPLY else kind.__qualname__)


_CHECKS: Final[dict[type, Callable[[Any], Reply]]] = {
    bytes: bytes,
    bool: bool,
    int: _check_integer,
    float: float,
    list: lambda reply: [_check(item) for item in reply],
    tuple: lambda reply: tuple(_check(item) for item in reply),
    dict: lambda reply: {_check(key): _check(value) for key, value in reply.items()},
    set: lambda reply: {_check(item) for item in reply},
    frozenset: lambda reply: frozenset(_check(item) for item in reply),
}
