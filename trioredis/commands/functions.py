"""Functions: FUNCTION and FCALL (Redis documentation: Scripting and functions)."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from trioredis import errors
from trioredis.commands.scripting import MAY_WRITE, ONLY_READS, flags_of_call, key_count
from trioredis.engine.command import (
    ALLOW_BUSY,
    DENYOOM,
    LOADING,
    NOSCRIPT,
    RUNS_ON,
    STALE,
    WRITE,
    command,
    container,
)
from trioredis.engine.context import Context
from trioredis.engine.documentation import help_lines
from trioredis.engine.functions import Call, RestorePolicy
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError, QuotingError
from trioredis.patterns import compile_pattern
from trioredis.protocol.replies import OK, Reply, SetReply, Simple
from trioredis.scripting.functions import ENGINE, Function, Library
from trioredis.scripting.shebang import FLAGS

_EVERYWHERE: Final = "request_policy:all_shards response_policy:all_succeeded"
_POLICIES: Final = {each.value: each for each in RestorePolicy}
_LOADS: Final = WRITE | DENYOOM | NOSCRIPT | RUNS_ON


def _flags_of_call(command: int, ctx: Context, argv: Sequence[bytes]) -> int:
    called = ctx.engine.functions.libraries.functions.get(argv[1].lower())
    return flags_of_call(command, None if called is None else called.flags)


_runs = partial(
    command,
    arity=-3,
    find_flags=_flags_of_call,
    group="scripting",
    since="7.0.0",
    complexity="Depends on the function that is executed.",
    args="function:string numkeys:integer [key...] [arg:string...]",
)


function = container("FUNCTION", group="scripting", since="7.0.0")


@_runs(
    "FCALL",
    flags=MAY_WRITE,
    keys=KeySpec(2, numkeys=True, flags="RW ACCESS UPDATE", notes="RW and UPDATE since nobody can tell"),
)
def fcall(ctx: Context, name: bytes, numkeys: bytes, *words: bytes) -> Reply:
    """Call a function."""
    return _call(ctx, name, numkeys, words, only_reads=False)


@_runs(
    "FCALL_RO",
    flags=ONLY_READS,
    keys=KeySpec(2, numkeys=True, flags="RO ACCESS", notes="RO and ACCESS since nobody can tell"),
)
def fcall_ro(ctx: Context, name: bytes, numkeys: bytes, *words: bytes) -> Reply:
    """Call a function that says of itself that it writes nothing."""
    return _call(ctx, name, numkeys, words, only_reads=True)


def _call(ctx: Context, name: bytes, numkeys: bytes, words: tuple[bytes, ...], *, only_reads: bool) -> Reply:
    called = ctx.engine.functions.libraries.find(name)
    keys = key_count(numkeys, words, errors.BAD_NUMBER_OF_KEYS)
    call = Call(called, keys, (name, numkeys, *words))
    return ctx.engine.functions.call(ctx, call, only_reads=only_reads)


@function.subcommand(
    "DELETE",
    arity=3,
    flags=WRITE | NOSCRIPT,
    since="7.0.0",
    complexity="O(1)",
    args="library-name",
    tips=_EVERYWHERE,
)
def function_delete(ctx: Context, name: bytes) -> Reply:
    """Delete a library and its functions."""
    ctx.engine.functions.delete(name)
    ctx.note_change()
    return OK


@function.subcommand(
    "DUMP",
    arity=2,
    flags=NOSCRIPT,
    since="7.0.0",
    complexity="O(N) where N is the number of functions",
)
def function_dump(ctx: Context) -> Reply:
    """Return all libraries in the form in which FUNCTION RESTORE takes them."""
    return ctx.engine.functions.dump()


@function.subcommand(
    "FLUSH",
    arity=-2,
    flags=WRITE | NOSCRIPT,
    since="7.0.0",
    complexity="O(N) where N is the number of functions deleted",
    args="[async=(ASYNC | SYNC)]",
    tips=_EVERYWHERE,
)
def function_flush(ctx: Context, *mode: bytes) -> Reply:
    """Delete all libraries; that takes no time, so both modes are the same."""
    if len(mode) > 1:
        raise QuotingError(errors.subcommand_syntax)
    if mode and mode[0].upper() not in (b"SYNC", b"ASYNC"):
        raise CommandError(errors.FUNCTION_FLUSH_MODE)
    ctx.engine.functions.flush()
    ctx.note_change()
    return OK


@function.subcommand("HELP", arity=2, flags=LOADING | STALE, since="7.0.0", complexity="O(1)")
def function_help(ctx: Context) -> Reply:
    """Show how to call the FUNCTION commands."""
    return help_lines(function)


@function.subcommand(
    "KILL",
    arity=2,
    flags=NOSCRIPT | ALLOW_BUSY,
    since="7.0.0",
    complexity="O(1)",
    tips="request_policy:all_shards response_policy:one_succeeded",
)
def function_kill(ctx: Context) -> Reply:
    """End the function that runs, unless it has written something."""
    ctx.engine.scripts.kill(function=True)
    return OK


@function.subcommand(
    "LIST",
    arity=-2,
    flags=NOSCRIPT,
    since="7.0.0",
    complexity="O(N) where N is the number of functions",
    args="[LIBRARYNAME library-name-pattern:string] [WITHCODE]",
    tips="nondeterministic_output_order",
)
def function_list(ctx: Context, *options: bytes) -> Reply:
    """Return the libraries whose names match a pattern, with their functions, and with their code if that is wanted."""
    pattern, with_code, rest = None, False, iter(options)
    for option in rest:
        match option.upper():
            case b"WITHCODE" if not with_code:
                with_code = True
            case b"LIBRARYNAME" if pattern is None:
                pattern = next(rest, None)
                if pattern is None:
                    raise CommandError(errors.LIBRARY_PATTERN_MISSING)
            case _:
                raise CommandError(errors.unknown_list_argument(option))
    is_wanted = compile_pattern(b"*" if pattern is None else pattern.lower(), ignore_case=True)
    libraries = ctx.engine.functions.libraries.by_name.values()
    return [_library(each, with_code) for each in libraries if is_wanted(each.name.lower())]


def _library(library: Library, with_code: bool) -> dict[bytes, Any]:
    return {
        b"library_name": library.name,
        b"engine": ENGINE,
        b"functions": [_function(each) for each in library.functions.values()],
        **({b"library_code": library.source} if with_code else {}),
    }


def _function(described: Function) -> dict[bytes, Any]:
    return {
        b"name": described.name,
        b"description": described.description,
        b"flags": SetReply([Simple(name) for name, bit in FLAGS.items() if described.flags & bit]),
    }


@function.subcommand(
    "LOAD",
    arity=-3,
    flags=_LOADS,
    since="7.0.0",
    complexity="O(1) (considering compilation time is redundant)",
    args="[REPLACE] function-code",
    tips=_EVERYWHERE,
)
def function_load(ctx: Context, *words: bytes) -> Reply:
    """Load a library, and return its name; one of the same name is replaced only if that is wanted."""
    *options, source = words
    for option in options:
        if option.upper() != b"REPLACE":
            raise CommandError(errors.unknown_load_option(option))
    load = partial(ctx.engine.functions.load, ctx, source, replace=bool(options))
    return ctx.engine.slices.run(ctx, load, words)


@function.subcommand(
    "RESTORE",
    arity=-3,
    flags=_LOADS,
    since="7.0.0",
    complexity="O(N) where N is the number of functions on the payload",
    args="serialized-value [policy=(FLUSH | APPEND | REPLACE)]",
    tips=_EVERYWHERE,
)
def function_restore(ctx: Context, payload: bytes, *policy: bytes) -> Reply:
    """Load the libraries that FUNCTION DUMP returned: all of them, or none."""
    if len(policy) > 1:
        raise QuotingError(errors.subcommand_syntax)
    chosen = _POLICIES.get(policy[0].upper() if policy else b"APPEND")
    if chosen is None:
        raise CommandError(errors.RESTORE_POLICY)
    restore = partial(ctx.engine.functions.restore, ctx, payload, chosen)
    return ctx.engine.slices.run(ctx, restore, (payload, *policy))


@function.subcommand(
    "STATS",
    arity=2,
    flags=NOSCRIPT | ALLOW_BUSY,
    since="7.0.0",
    complexity="O(1)",
    tips="nondeterministic_output request_policy:all_shards response_policy:special",
)
def function_stats(ctx: Context) -> Reply:
    """Return what function runs, and how many libraries and functions there are."""
    libraries = ctx.engine.functions.libraries
    return {
        b"running_script": ctx.engine.functions.running(),
        b"engines": {
            ENGINE: {
                b"libraries_count": len(libraries.by_name),
                b"functions_count": len(libraries.functions),
            }
        },
    }
