"""What the server tells about its commands: the replies of COMMAND INFO, DOCS and LIST, and of every HELP.

Nothing here is written for one command; it all follows from the declarations, so that a command which exists
is documented, and the documentation cannot disagree with the server. Shapes and the order of fields are those
of Redis 7.2 (Redis documentation: COMMAND INFO, COMMAND DOCS, "Command arguments", "Command key
specifications").
"""

from collections.abc import Iterable, Iterator
from typing import Any

from trioredis.engine.command import CATEGORIES, FLAG_NAMES, Command
from trioredis.engine.key_specs import KEY_FLAGS, KeySpec, legacy_range
from trioredis.engine.usage import Argument, parse_usage
from trioredis.protocol.replies import SetReply, Simple

Map = dict[bytes, Any]

# --- COMMAND INFO


def info(command: Command) -> list[Any]:
    """Return the ten fields of COMMAND INFO; the last one holds the same of every subcommand."""
    return [
        command.name,
        command.arity,
        SetReply([Simple(name) for flag, name in FLAG_NAMES.items() if command.flags & flag]),
        *legacy_range(command.keys),
        SetReply([Simple(b"@" + name) for name in CATEGORIES if name in command.categories]),
        SetReply(command.tips.encode().split()),
        SetReply([_key_spec(spec) for spec in command.keys]),
        SetReply([info(subcommand) for subcommand in command.subcommands.values()]),
    ]


def key_flag_names(flags: int) -> SetReply:
    """Return the names of bits of KEY_FLAGS: the access in capitals, the rest in small letters."""
    words = [word for word, bit in KEY_FLAGS.items() if flags & bit]
    return SetReply([Simple((word if len(word) == 2 else word.lower()).encode()) for word in words])


def _key_spec(spec: KeySpec) -> Map:
    notes: Map = {b"notes": spec.notes.encode()} if spec.notes else {}
    return notes | {
        b"flags": key_flag_names(spec.flags),
        b"begin_search": _begin_search(spec),
        b"find_keys": _find_keys(spec),
    }


def _begin_search(spec: KeySpec) -> Map:
    if spec.index:
        return _typed(b"index", index=spec.index)
    if spec.after:
        return _typed(b"keyword", keyword=spec.after.encode(), startfrom=spec.start)
    return _typed(b"unknown")


def _find_keys(spec: KeySpec) -> Map:
    if not spec.is_known:
        return _typed(b"unknown")
    if spec.numkeys:
        return _typed(b"keynum", keynumidx=0, firstkey=1, keystep=spec.step)
    return _typed(b"range", lastkey=spec.last, keystep=spec.step, limit=spec.limit)


def _typed(kind: bytes, **facts: object) -> Map:
    return {b"type": kind, b"spec": {name.encode(): fact for name, fact in facts.items()}}


# --- COMMAND DOCS


def docs(command: Command) -> Map:
    """Return what COMMAND DOCS tells about a command; fields without content are left out."""
    fields: dict[str, Any] = {
        "summary": command.summary.encode(),
        "since": command.since.encode(),
        "group": command.group.encode(),
        "complexity": command.complexity.encode(),
        "doc_flags": _doc_flags(command),
        "deprecated_since": command.deprecated_since.encode(),
        "replaced_by": command.replaced_by.encode(),
        "history": _set_or_none([version.encode(), text.encode()] for version, text in command.history),
        "arguments": [_argument(argument) for argument in parse_usage(command.args)],
        "subcommands": {subcommand.name: docs(subcommand) for subcommand in command.subcommands.values()},
    }
    return {name.encode(): content for name, content in fields.items() if content}


def _doc_flags(command: Command) -> SetReply | None:
    deprecated = ["deprecated"] if command.deprecated_since else []
    return _set_or_none(Simple(word.encode()) for word in [*deprecated, *command.doc_flags.split()])


def _set_or_none(items: Iterable[object]) -> SetReply | None:
    listed = list(items)
    return SetReply(listed) if listed else None


def _argument(argument: Argument) -> Map:
    is_group = bool(argument.arguments)
    flags = [name for name in ("optional", "multiple", "multiple_token") if getattr(argument, name)]
    fields: dict[str, Any] = {
        "name": argument.name.encode(),
        "type": argument.type.encode(),
        "display_text": None if is_group else argument.name.encode(),
        "key_spec_index": argument.key_spec_index,
        "token": None if argument.token is None else argument.token.encode(),
        "since": argument.since.encode() or None,
        "deprecated_since": argument.deprecated_since.encode() or None,
        "flags": _set_or_none(Simple(name.encode()) for name in flags),
        "arguments": [_argument(inner) for inner in argument.arguments] if is_group else None,
    }
    return {name.encode(): content for name, content in fields.items() if content is not None}


# --- COMMAND LIST


def with_subcommands(commands: Iterable[Command]) -> Iterator[Command]:
    """Yield every command followed by its subcommands."""
    for command in commands:
        yield command
        yield from command.subcommands.values()


# --- HELP


def help_lines(container: Command) -> list[Simple]:
    """Return the reply of a container's HELP: for every subcommand how to call it, and what it does."""
    name = container.name.decode().upper()
    lines = [f"{name} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"]
    if container.callable_alone:
        lines += ["(no subcommand)", f"    {container.summary}"]
    for own_name, subcommand in container.subcommands.items():
        usage = " ".join([own_name.decode().upper(), *map(_spelled, parse_usage(subcommand.args))])
        lines += [usage, f"    {subcommand.summary}"]
    return [Simple(line.encode()) for line in lines]


def _spelled(argument: Argument) -> str:
    """Return an argument as people write it: ``[<key> ...]``, ``(YES|NO)``."""
    text = _spelled_once(argument)
    if argument.optional:
        return f"[{text} ...]" if argument.multiple else f"[{text}]"
    return f"{text} [{text} ...]" if argument.multiple else text


def _spelled_once(argument: Argument) -> str:
    inner = [_spelled(member) for member in argument.arguments]
    token = f"{argument.token} " if argument.token else ""
    match argument.type:
        case "pure-token":
            return argument.token or '""'
        case "block":
            return token + " ".join(inner)
        case "oneof" if argument.optional and not token:
            return "|".join(inner)
        case "oneof":
            return f"{token}({'|'.join(inner)})"
        case _:
            return f"{token}<{argument.name}>"
