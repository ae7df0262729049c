"""COMMAND: what the server tells about its commands (Redis documentation: Server)."""

from collections.abc import Callable
from typing import Final

from trioredis import errors
from trioredis.engine.command import LOADING, NO_MANDATORY_KEYS, STALE, Command, command, keys_of
from trioredis.engine.context import Context
from trioredis.engine.documentation import docs, help_lines, info, key_flag_names, with_subcommands
from trioredis.errors import CommandError
from trioredis.patterns import compile_pattern
from trioredis.protocol.replies import Reply

Filter = Callable[[Command], bool]


@command(
    "COMMAND",
    arity=-1,
    flags=LOADING | STALE,
    group="server",
    since="2.8.13",
    complexity="O(N) for N commands",
    categories="connection",
    tips="nondeterministic_output_order",
)
def command_(ctx: Context, *_: bytes) -> Reply:
    """Describe all commands."""
    return [info(each) for each in ctx.engine.commands]


@command_.subcommand(
    "COUNT",
    arity=2,
    flags=LOADING | STALE,
    since="2.8.13",
    complexity="O(1)",
    categories="connection",
)
def command_count(ctx: Context) -> Reply:
    """Return the number of commands."""
    return len(ctx.engine.commands)


@command_.subcommand(
    "DOCS",
    arity=-2,
    flags=LOADING | STALE,
    since="7.0.0",
    complexity="O(N) for N commands asked for",
    args="[command-name...]",
    categories="connection",
    tips="nondeterministic_output_order",
)
def command_docs(ctx: Context, *names: bytes) -> Reply:
    """Return the documentation of commands."""
    commands = ctx.engine.commands
    asked = map(commands.named, names) if names else commands
    return {each.name: docs(each) for each in asked if each}


@command_.subcommand(
    "GETKEYS",
    arity=-4,
    flags=LOADING | STALE,
    since="2.8.13",
    complexity="O(N) for N arguments",
    categories="connection",
)
def command_getkeys(ctx: Context, *argv: bytes) -> Reply:
    """Return the keys in a command line."""
    return [key for key, _ in _keys_in(ctx, list(argv))]


@command_.subcommand(
    "GETKEYSANDFLAGS",
    arity=-4,
    flags=LOADING | STALE,
    since="7.0.0",
    complexity="O(N) for N arguments",
    categories="connection",
)
def command_getkeysandflags(ctx: Context, *argv: bytes) -> Reply:
    """Return the keys in a command line, and what would happen to them."""
    return [[key, key_flag_names(flags)] for key, flags in _keys_in(ctx, list(argv))]


@command_.subcommand(
    "HELP",
    arity=2,
    flags=LOADING | STALE,
    since="5.0.0",
    complexity="O(1)",
    categories="connection",
)
def command_help(ctx: Context) -> Reply:
    """Show how to call the COMMAND commands."""
    return help_lines(command_)


@command_.subcommand(
    "INFO",
    arity=-2,
    flags=LOADING | STALE,
    since="2.8.13",
    complexity="O(N) for N commands asked for",
    args="[command-name...]",
    categories="connection",
    tips="nondeterministic_output_order",
    history=(("7.0.0", "Describes all commands when no name is given."),),
)
def command_info(ctx: Context, *names: bytes) -> Reply:
    """Describe the commands of these names."""
    commands = ctx.engine.commands
    asked = map(commands.named, names) if names else commands
    return [each and info(each) for each in asked]


@command_.subcommand(
    "LIST",
    arity=-2,
    flags=LOADING | STALE,
    since="7.0.0",
    complexity="O(N) for N commands",
    args="[FILTERBY filterby=(MODULE module-name | ACLCAT category | PATTERN pattern)]",
    categories="connection",
    tips="nondeterministic_output_order",
)
def command_list(ctx: Context, *options: bytes) -> Reply:
    """List the names of commands."""
    wanted = _filter(options)
    return [each.name for each in with_subcommands(ctx.engine.commands) if wanted(each)]


def _keys_in(ctx: Context, argv: list[bytes]) -> list[tuple[bytes, int]]:
    """Return the keys in a command line, with bits of KEY_FLAGS, or refuse it in Redis's order."""
    try:
        entry = ctx.engine.commands.find(argv)
    except CommandError:
        raise CommandError(errors.INVALID_COMMAND) from None
    if not entry.command.has_keys:
        raise CommandError(errors.NO_KEY_ARGUMENTS)
    if not entry.least <= len(argv) <= entry.most:
        raise CommandError(errors.INVALID_ARGUMENT_COUNT)
    keys = keys_of(entry.command, argv)
    if not keys and not entry.command.flags & NO_MANDATORY_KEYS:
        raise CommandError(errors.INVALID_ARGUMENTS)
    return keys


def _filter(options: tuple[bytes, ...]) -> Filter:
    """Read the options of COMMAND LIST."""
    match options:
        case ():
            return lambda _: True
        case (word, kind, argument) if word.lower() == b"filterby" and (make := _FILTERS.get(kind.lower())):
            return make(argument)
    raise CommandError(errors.SYNTAX)


def _in_module(_: bytes) -> Filter:
    # There are no modules, so none of them has a command.
    return lambda _: False


def _in_category(category: bytes) -> Filter:
    return lambda each: category.lower() in each.categories


def _named_like(pattern: bytes) -> Filter:
    matches = compile_pattern(pattern, ignore_case=True)
    return lambda each: matches(each.name)


_FILTERS: Final = {b"module": _in_module, b"aclcat": _in_category, b"pattern": _named_like}
