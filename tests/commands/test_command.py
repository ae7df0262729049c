"""COMMAND and its subcommands, answer for answer beside a real Redis."""

from typing import Any

import pytest
from attrs import frozen

from oracle import Oracle, Wire
from trioredis import errors
from trioredis.commands.command import command_
from trioredis.engine.command import NO_MANDATORY_KEYS, READONLY, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec, parse_key_flags
from trioredis.engine.table import CommandTable
from trioredis.errors import CommandError
from trioredis.protocol.encoding import encode, encode_error


@command("EVAL", arity=-3, group="scripting", since="2.6.0", flags=NO_MANDATORY_KEYS,
         keys=KeySpec(2, numkeys=True, flags="RW ACCESS UPDATE"))  # fmt: skip
def eval_(ctx: Context, script: bytes, numkeys: bytes, *arguments: bytes) -> None:
    """Stand for a command that may have no keys."""


@command("XREAD", arity=-4, group="stream", since="5.0.0", flags=READONLY,
         keys=KeySpec(after="STREAMS", last=-1, limit=2, flags="RO ACCESS"))  # fmt: skip
def xread(ctx: Context, *arguments: bytes) -> None:
    """Stand for a command whose keys may be missing."""


def find_keys_of_set(argv: Any) -> list[tuple[bytes, int]]:
    gets = b"GET" in argv
    return [(argv[1], parse_key_flags("RW ACCESS UPDATE" if gets else "OW UPDATE"))]


@command("SET", arity=-3, group="string", since="1.0.0", find_keys=find_keys_of_set,
         keys=KeySpec(1, flags="RW ACCESS UPDATE VARIABLE_FLAGS"))  # fmt: skip
def set_(ctx: Context, key: bytes, value: bytes, *options: bytes) -> None:
    """Stand for a command that does different things to its key."""


@command("GET", arity=2, group="string", since="1.0.0", flags=READONLY, keys=KeySpec(1, flags="RO ACCESS"))
def get(ctx: Context, key: bytes) -> None:
    """Stand for a command of fixed arity."""


@command("ECHO", arity=2, group="connection", since="1.0.0")
def echo(ctx: Context, message: bytes) -> None:
    """Stand for a command without keys."""


TABLE = CommandTable.of([command_, eval_, xread, set_, get, echo])


@frozen
class CommandsOnly:
    """All that COMMAND sees of an engine."""

    commands: CommandTable


def answer(line: str, version: int = 2, table: CommandTable = TABLE) -> bytes:
    """The reply to a command line, as bytes."""
    argv = line.encode().split()
    context = Context(client=None, engine=CommandsOnly(table), db=None)  # type: ignore[arg-type]
    try:
        entry = table.find(argv)
        if not entry.least <= len(argv) <= entry.most:
            return encode_error(errors.wrong_arity(entry.command.name))
        return encode(entry.handler(context, *argv[1:]), version)
    except CommandError as error:
        return encode_error(error.text)


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize(
    "line",
    [
        "COMMAND COUNT x",
        "COMMAND NOPE",
        "COMMAND HELP x",
        "COMMAND DOCS nope",
        "COMMAND INFO nope",
        "COMMAND INFO nope command|nope COMMAND|COUNT command|getkeys",
        "COMMAND INFO command|docs command|list command|info command|help command|getkeysandflags",
        "COMMAND LIST FILTERBY",
        "COMMAND LIST FILTERBY PATTERN",
        "COMMAND LIST FILTERBY NOPE x",
        "COMMAND LIST NOPE PATTERN x",
        "COMMAND LIST FILTERBY PATTERN x y",
        "COMMAND LIST filterby pattern COMMAND|COUN[A-Z]",
        "COMMAND LIST FILTERBY MODULE json",
        "COMMAND LIST FILTERBY ACLCAT nope",
        "COMMAND LIST FILTERBY ACLCAT @read",
        "COMMAND GETKEYS GET",
        "COMMAND GETKEYS GET a",
        "COMMAND GETKEYS get a b",
        "COMMAND GETKEYS NOPE a",
        "COMMAND GETKEYS ECHO a",
        "COMMAND GETKEYS COMMAND COUNT",
        "COMMAND GETKEYS COMMAND NOPE",
        "COMMAND GETKEYS command|count a",
        "COMMAND GETKEYS EVAL script 2 a b c",
        "COMMAND GETKEYS EVAL script 0",
        "COMMAND GETKEYS EVAL script",
        "COMMAND GETKEYS XREAD COUNT 1 a b",
        "COMMAND GETKEYS XREAD COUNT 1 STREAMS a b 0 0",
        "COMMAND GETKEYSANDFLAGS EVAL script 1 a",
        "COMMAND GETKEYSANDFLAGS SET a b",
        "COMMAND GETKEYSANDFLAGS SET a b GET",
        "COMMAND GETKEYSANDFLAGS ECHO a",
    ],
)
def test_answers_as_redis_does(line: str, version: int, oracle: Oracle) -> None:
    with oracle.connect() as wire:
        wire.command("HELLO", version)
        theirs = wire.command(*line.split())
    assert theirs == answer(line, version)


def test_a_category_is_found_in_any_case() -> None:
    assert encode([b"set", b"get"]) == answer("COMMAND LIST FILTERBY ACLCAT String")


def test_subcommands_are_listed_but_not_counted() -> None:
    listed = answer("COMMAND LIST").split(b"\r\n")[2::2]
    subcommands = {b"command|" + name for name in command_.subcommands}
    assert {b"command", *subcommands, b"eval", b"xread", b"set", b"get", b"echo"} == set(listed)
    assert encode(6) == answer("COMMAND COUNT")


@pytest.mark.parametrize("line", ["COMMAND", "COMMAND INFO"])
def test_without_names_all_commands_are_described(line: str) -> None:
    assert answer(line).startswith(b"*6\r\n*10\r\n")


def test_without_names_all_commands_are_documented() -> None:
    assert answer("COMMAND DOCS", version=3).startswith(b"%6\r\n")


def test_unknown_commands_have_no_documentation() -> None:
    documented = answer("COMMAND DOCS nope GET nope", version=3)
    assert documented == answer("COMMAND DOCS GET", version=3)
    assert documented.startswith(b"%1\r\n$3\r\nget\r\n%")


def test_help_lists_every_subcommand(oracle_wire: Wire) -> None:
    ours = answer("COMMAND HELP").split(b"\r\n")
    theirs = oracle_wire.command("COMMAND", "HELP").split(b"\r\n")
    assert theirs[1] == ours[1]
    assert words(theirs) == words(ours)


def words(lines: list[bytes]) -> set[bytes]:
    """The first word of each line of a help text that tells how to call something."""
    return {line.split()[0] for line in lines[2:] if line.startswith(b"+") and line[1:2] != b" "}
