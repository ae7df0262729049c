"""Usage lines: the language that says what arguments a command takes."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from oracle import Oracle
from trioredis.engine.usage import VALUE_TYPES, Argument, UsageError, parse_usage


def token(name: str, **facts: Any) -> Argument:
    return Argument(name, "pure-token", **({"token": name.upper()} | facts))


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("", ()),
        ("seconds:integer", (Argument("seconds", "integer"),)),
        ("value", (Argument("value", "string"),)),
        ("pattern", (Argument("pattern", "pattern"),)),
        ("key", (Argument("key", "key", key_spec_index=0),)),
        ("key:string", (Argument("key", "string"),)),
        ("source:key key", (Argument("source", "key", key_spec_index=0), Argument("key", "key", key_spec_index=1))),
        ("a:key b:key#0 c:key", tuple(Argument(n, "key", key_spec_index=i) for n, i in zip("abc", (0, 0, 1), strict=True))),
        ("pattern#1", (Argument("pattern", "pattern", key_spec_index=1),)),
        ("key...", (Argument("key", "key", key_spec_index=0, multiple=True),)),
        ("NX", (token("nx"),)),
        ("NO-LOOP", (token("no-loop"),)),
        ("change=CH", (token("change", token="CH"),)),
        ('any="*"', (token("any", token="*"),)),
        ('nothing=""', (token("nothing", token=""),)),
        ("nx=NX value", (token("nx"), Argument("value", "string"))),
        ("[NX] value", (token("nx", optional=True), Argument("value", "string"))),
        ("NX xx=XX", (token("nx"), token("xx"))),
        ("EX seconds:integer", (Argument("seconds", "integer", token="EX"),)),
        ("[BY pattern...]", (Argument("pattern", "pattern", token="BY", optional=True, multiple=True),)),
        (
            "[BY pattern]...",
            (Argument("pattern", "pattern", token="BY", optional=True, multiple=True, multiple_token=True),),
        ),
        ("[GET]@6.2.0", (token("get", optional=True, since="6.2.0"),)),
        ("[GET@6.2.0]", (token("get", optional=True, since="6.2.0"),)),
        ("old...@1.0.0!2.8.12", (Argument("old", "string", multiple=True, since="1.0.0", deprecated_since="2.8.12"),)),
        ('"ip:port":string', (Argument("ip:port", "string"),)),
        ("yes/no", (Argument("yes/no", "string"),)),
        ("(NX | XX)", (Argument("nx_xx", "oneof", arguments=(token("nx"), token("xx"))),)),
        ("[condition=(NX | XX)]", (Argument("condition", "oneof", arguments=(token("nx"), token("xx")), optional=True),)),
        ("one=(NX |)", (Argument("one", "oneof", arguments=(token("nx"),)),)),
        ("one=(NX)", (Argument("one", "block", arguments=(token("nx"),)),)),
        ("(a b)...", (Argument("a_b", "block", arguments=(Argument("a", "string"), Argument("b", "string")), multiple=True),)),
        ("LIMIT (a | b)", (Argument("a_b", "oneof", token="LIMIT", arguments=(Argument("a", "string"), Argument("b", "string"))),)),
        ("LIMIT to=(a)", (Argument("to", "block", token="LIMIT", arguments=(Argument("a", "string"),)),)),
    ],
)  # fmt: skip
def test_a_line_says(line: str, arguments: tuple[Argument, ...]) -> None:
    assert arguments == parse_usage(line)


@pytest.mark.parametrize(
    "line",
    [
        "key:strng >>> ",
        "key: >>> ",
        "key  >>> ,value",
        "[key >>> ",
        "[ >>> ]",
        "key >>> ]",
        "(a | b >>> ",
        "(a | b  >>> c)",
        "(a b  >>> | c)",
        "( >>> )",
        "a= >>> b",
        "a= >>> ",
        "[key]... >>> ",
        "key... >>> ...",
        "key@1.0.0 >>> ...",
        "key >>> @1.0",
        "key@1.0.0 >>> @1.1.0",
        "key >>> #a",
        " >>> Key",
        " >>> kEY",
        'name= >>> "unfinished',
    ],
)
def test_a_line_out_of_the_language_is_refused_at_its_place(line: str) -> None:
    with pytest.raises(UsageError, match=re.escape(f": {line}") + "$"):
        parse_usage(line.replace(" >>> ", ""))


def test_every_command_of_redis_can_say_its_arguments(oracle: Oracle) -> None:
    with oracle.connect() as wire:
        wire.command("HELLO", "3")
        commands = wire.ask("COMMAND", "DOCS")
    told = dict(arguments_of(commands))
    assert 350 < len(told)
    assert told == {name: parse_usage(" ".join(map(spelled, arguments))) for name, arguments in told.items()}


def arguments_of(commands: Any) -> Iterator[tuple[bytes, tuple[Argument, ...]]]:
    """The arguments of every command and subcommand in a reply of COMMAND DOCS."""
    for name, facts in commands:
        fields = dict(facts)
        yield name, tuple(map(argument_of, fields.get(b"arguments", [])))
        yield from arguments_of(fields.get(b"subcommands", []))


def argument_of(facts: Any) -> Argument:
    fields = {name.decode(): value.decode() if isinstance(value, bytes) else value for name, value in facts}
    flags = {flag.decode(): True for flag in fields.pop("flags", [])}
    inner = tuple(map(argument_of, fields.pop("arguments", [])))
    return Argument(**fields, **flags, arguments=inner)


def spelled(argument: Argument) -> str:
    """A usage line for `argument` that leaves nothing to be implied."""
    text = spelled_once(argument)
    if argument.multiple and not argument.multiple_token:
        text += "..."
    if argument.optional:
        text = f"[{text}]"
    if argument.multiple_token:
        text += "..."
    since = f"@{argument.since}" if argument.since else ""
    return text + since + (f"!{argument.deprecated_since}" if argument.deprecated_since else "")


def spelled_once(argument: Argument) -> str:
    if argument.type == "pure-token":
        return f'"{argument.name}"="{argument.token}"'
    token = f"{argument.token} " if argument.token else ""
    if argument.type in VALUE_TYPES:
        index = "" if argument.key_spec_index is None else f"#{argument.key_spec_index}"
        return f'{token}"{argument.name}":{argument.type}{index}'
    bar = " |" if argument.type == "oneof" else ""
    return f'{token}"{argument.name}"=({f"{bar} ".join(map(spelled, argument.arguments))}{bar})'
