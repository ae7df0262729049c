"""Scripts (Redis documentation: Scripting); how they run is told in `trioredis.engine.scripts`."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from trioredis import errors
from trioredis.engine.arguments import to_integer
from trioredis.engine.command import (
    ALLOW_BUSY,
    LOADING,
    MAY_REPLICATE,
    NO_MANDATORY_KEYS,
    NOSCRIPT,
    READONLY,
    RUNS_ON,
    SKIP_MONITOR,
    STALE,
    WRITE,
    command,
    container,
)
from trioredis.engine.context import Context
from trioredis.engine.documentation import help_lines
from trioredis.engine.key_specs import KeySpec
from trioredis.engine.scripts import Script
from trioredis.errors import CommandError
from trioredis.protocol.replies import OK, Reply
from trioredis.scripting.shebang import NO_WRITES

_FLAGS: Final = NOSCRIPT | STALE | SKIP_MONITOR | NO_MANDATORY_KEYS | RUNS_ON
MAY_WRITE: Final = _FLAGS | MAY_REPLICATE
ONLY_READS: Final = _FLAGS | READONLY
_SHA_SIZE: Final = 40
_FEW: Final = {b"%d" % number: number for number in range(10)}
"""Numbers that need not be parsed."""

_run = partial(
    command,
    group="scripting",
    arity=-3,
    complexity="That of everything the script does",
)
_WRITES: Final = KeySpec(
    2,
    numkeys=True,
    flags="RW ACCESS UPDATE",
    notes="What a script does with its keys cannot be known: RW and UPDATE is the worst of it",
)
_READS: Final = KeySpec(
    2,
    numkeys=True,
    flags="RO ACCESS",
    notes="What a script does with its keys cannot be known: RO and ACCESS is the worst of it",
)
_REST: Final = "numkeys:integer [key...] [arg:string...]"


def key_count(numkeys: bytes, words: Sequence[bytes], text: bytes = errors.NOT_AN_INTEGER) -> int:
    """Return how many of the words are keys; `text` is the error for what is no number."""
    keys = _FEW.get(numkeys)
    if keys is None:
        keys = to_integer(numkeys, text)
    if keys > len(words):
        raise CommandError(errors.TOO_MANY_KEYS)
    if keys < 0:
        raise CommandError(errors.KEYS_NEGATIVE)
    return keys


def _eval(
    ctx: Context, source: bytes, numkeys: bytes, arguments: tuple[bytes, ...], *, only_reads: bool
) -> Reply:
    keys, scripts = key_count(numkeys, arguments), ctx.engine.scripts
    return scripts.evaluate(ctx, scripts.add(source), keys, arguments, only_reads=only_reads)


def _evalsha(
    ctx: Context, sha: bytes, numkeys: bytes, arguments: tuple[bytes, ...], *, only_reads: bool
) -> Reply:
    if len(sha) != _SHA_SIZE:
        raise CommandError(errors.NOSCRIPT)
    keys, script = key_count(numkeys, arguments), ctx.engine.scripts.find(sha)
    if script is None:
        raise CommandError(errors.NOSCRIPT)
    return ctx.engine.scripts.evaluate(ctx, script, keys, arguments, only_reads=only_reads)


def flags_of_call(command: int, declared: int | None) -> int:
    """Return the flags of a call: those of the command, unless what it runs declares whether it writes."""
    if declared is None:
        return command
    return command & ~MAY_REPLICATE | (0 if declared & NO_WRITES else WRITE)


def _flags_of_eval(command: int, _ctx: Context, argv: Sequence[bytes]) -> int:
    try:
        return flags_of_call(command, Script.parse(argv[1]).flags)
    except CommandError:
        return command


def _flags_of_evalsha(command: int, ctx: Context, argv: Sequence[bytes]) -> int:
    script = ctx.engine.scripts.find(argv[1])
    return flags_of_call(command, None if script is None else script.flags)


@_run(
    "EVAL",
    flags=MAY_WRITE,
    keys=_WRITES,
    find_flags=_flags_of_eval,
    since="2.6.0",
    args=f"script:string {_REST}",
)
def eval_(ctx: Context, source: bytes, numkeys: bytes, *words: bytes) -> Reply:
    """Run a script."""
    return _eval(ctx, source, numkeys, words, only_reads=False)


@_run(
    "EVALSHA",
    flags=MAY_WRITE,
    keys=_WRITES,
    find_flags=_flags_of_evalsha,
    since="2.6.0",
    args=f"sha1:string {_REST}",
)
def evalsha(ctx: Context, sha: bytes, numkeys: bytes, *words: bytes) -> Reply:
    """Run a script that the server knows already."""
    return _evalsha(ctx, sha, numkeys, words, only_reads=False)


@_run(
    "EVAL_RO",
    flags=ONLY_READS,
    keys=_READS,
    find_flags=_flags_of_eval,
    since="7.0.0",
    args=f"script:string {_REST}",
)
def eval_ro(ctx: Context, source: bytes, numkeys: bytes, *words: bytes) -> Reply:
    """Run a script that only reads."""
    return _eval(ctx, source, numkeys, words, only_reads=True)


@_run(
    "EVALSHA_RO",
    flags=ONLY_READS,
    keys=_READS,
    find_flags=_flags_of_evalsha,
    since="7.0.0",
    args=f"sha1:string {_REST}",
)
def evalsha_ro(ctx: Context, sha: bytes, numkeys: bytes, *words: bytes) -> Reply:
    """Run a script that only reads and that the server knows already."""
    return _evalsha(ctx, sha, numkeys, words, only_reads=True)


script = container("SCRIPT", group="scripting", since="2.6.0")


@script.subcommand(
    "DEBUG", arity=3, flags=NOSCRIPT, since="3.2.0", complexity="O(1)", args="mode=(YES | SYNC | NO)"
)
def script_debug(ctx: Context, mode: bytes) -> Reply:
    """Leave the debugger off, for there is none."""
    match mode.lower():
        case b"no":
            return OK
        case b"yes" | b"sync":
            raise CommandError(errors.NO_DEBUGGER)
    raise CommandError(errors.SCRIPT_DEBUG_MODE)


@script.subcommand(
    "EXISTS",
    arity=-3,
    flags=NOSCRIPT,
    since="2.6.0",
    complexity="O(N) for N scripts that are asked for",
    args="sha1:string...",
    tips="request_policy:all_shards response_policy:agg_logical_and",
)
def script_exists(ctx: Context, *shas: bytes) -> Reply:
    """Return of each script whether the server knows it."""
    return [int(ctx.engine.scripts.find(sha) is not None) for sha in shas]


@script.subcommand(
    "FLUSH",
    arity=-2,
    flags=NOSCRIPT,
    since="2.6.0",
    complexity="O(N) for N scripts",
    args="[async=(ASYNC | SYNC)]@6.2.0",
    tips="request_policy:all_nodes response_policy:all_succeeded",
    history=(("6.2.0", "Takes `ASYNC` and `SYNC`."),),
)
def script_flush(ctx: Context, *mode: bytes) -> Reply:
    """Forget all scripts."""
    if len(mode) > 1 or (mode and mode[0].lower() not in (b"sync", b"async")):
        raise CommandError(errors.SCRIPT_FLUSH_MODE)
    ctx.engine.scripts.flush()
    return OK


@script.subcommand("HELP", arity=2, flags=LOADING | STALE, since="5.0.0", complexity="O(1)")
def script_help(ctx: Context) -> Reply:
    """Show how to call the SCRIPT commands."""
    return help_lines(script)


@script.subcommand(
    "KILL",
    arity=2,
    flags=NOSCRIPT | ALLOW_BUSY,
    since="2.6.0",
    complexity="O(1)",
    tips="request_policy:all_shards response_policy:one_succeeded",
)
def script_kill(ctx: Context) -> Reply:
    """End the script that runs, unless it has written something."""
    ctx.engine.scripts.kill(function=False)
    return OK


@script.subcommand(
    "LOAD",
    arity=3,
    flags=NOSCRIPT | STALE,
    since="2.6.0",
    complexity="O(N) for N bytes of source",
    args="script:string",
    tips="request_policy:all_nodes response_policy:all_succeeded",
)
def script_load(ctx: Context, source: bytes) -> Reply:
    """Keep a script without running it, and return its SHA-1."""
    known: Script = ctx.engine.scripts.add(source)
    return known.sha
