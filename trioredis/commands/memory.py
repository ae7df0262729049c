"""MEMORY: what the data takes (Redis documentation: MEMORY USAGE and its kin).

The sizes are those of Python's objects, and memory as a whole is the resident memory of the process; `engine.info`
says why.
"""

import sys

from trioredis import errors
from trioredis.datatypes.kinds import memory_usage as value_size
from trioredis.engine.arguments import Options
from trioredis.engine.command import LOADING, READONLY, STALE, container
from trioredis.engine.context import Context
from trioredis.engine.documentation import help_lines
from trioredis.engine.key_specs import KeySpec
from trioredis.engine.memory import diagnosis, statistics
from trioredis.errors import CommandError
from trioredis.protocol.replies import OK, Reply, Verbatim

memory = container("MEMORY", group="server", since="4.0.0")

_USAGE_OPTIONS = Options("[SAMPLES int]")
_SAMPLES = 5


@memory.subcommand(
    "DOCTOR",
    arity=2,
    since="4.0.0",
    complexity="O(1)",
    tips="nondeterministic_output request_policy:all_shards response_policy:special",
)
def memory_doctor(ctx: Context) -> Reply:
    """Explain what is wrong with the use of memory."""
    return Verbatim(diagnosis(ctx.engine))


@memory.subcommand("HELP", arity=2, flags=LOADING | STALE, since="4.0.0", complexity="O(1)")
def memory_help(ctx: Context) -> Reply:
    """Show how to call the MEMORY commands."""
    return help_lines(memory)


@memory.subcommand(
    "MALLOC-STATS",
    arity=2,
    since="4.0.0",
    complexity="O(1)",
    tips="nondeterministic_output request_policy:all_shards response_policy:special",
)
def memory_malloc_stats(ctx: Context) -> Reply:
    """Return what the allocator of Python tells of itself."""
    return Verbatim(b"Blocks of memory that Python has allocated: %d\n" % sys.getallocatedblocks())


@memory.subcommand(
    "PURGE",
    arity=2,
    since="4.0.0",
    complexity="O(1)",
    tips="request_policy:all_shards response_policy:all_succeeded",
)
def memory_purge(ctx: Context) -> Reply:
    """Give free memory back to the system, above all that of scripts."""
    ctx.engine.env.machine.give_back()
    return OK


@memory.subcommand(
    "STATS",
    arity=2,
    since="4.0.0",
    complexity="O(N) for N clients",
    tips="nondeterministic_output request_policy:all_shards response_policy:special",
)
def memory_stats(ctx: Context) -> Reply:
    """Return how the memory is used."""
    return statistics(ctx.engine)


@memory.subcommand(
    "USAGE",
    arity=-3,
    flags=READONLY,
    keys=KeySpec(2, flags="RO"),
    since="4.0.0",
    complexity="O(N) for N samples",
    args="key [SAMPLES count:integer]",
)
def memory_usage(ctx: Context, key: bytes, *options: bytes) -> Reply:
    """Return the bytes of memory that a key and its value take."""
    samples = _USAGE_OPTIONS.read(options).get(b"SAMPLES", _SAMPLES)
    if samples < 0:
        raise CommandError(errors.SYNTAX)
    value = ctx.db.peek(key)
    return None if value is None else ctx.db.overhead(key) + value_size(value, samples)
