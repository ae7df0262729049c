"""CONFIG: the directives of redis.conf while the server runs (Redis documentation: CONFIG GET and its kin)."""

import logging
from pathlib import Path

from trioredis import errors
from trioredis.config.rewriting import rewrite
from trioredis.engine.command import ADMIN, LOADING, NOSCRIPT, STALE, container
from trioredis.engine.context import Context
from trioredis.engine.documentation import help_lines
from trioredis.env import FileSystem
from trioredis.errors import CommandError
from trioredis.protocol.quoting import split_arguments
from trioredis.protocol.replies import OK, Reply

_logger = logging.getLogger("trioredis")

config = container("CONFIG", group="server", since="2.0.0")


@config.subcommand(
    "GET",
    arity=-3,
    flags=ADMIN | NOSCRIPT | LOADING | STALE,
    since="2.0.0",
    complexity="O(N) for N directives",
    args="(parameter)...",
    history=(("7.0.0", "Takes more than one pattern."),),
)
def config_get(ctx: Context, *patterns: bytes) -> Reply:
    """Return the configuration directives that match the patterns."""
    return ctx.engine.config.get(*patterns)


@config.subcommand("HELP", arity=2, flags=LOADING | STALE, since="5.0.0", complexity="O(1)")
def config_help(ctx: Context) -> Reply:
    """Show how to call the CONFIG commands."""
    return help_lines(config)


@config.subcommand(
    "RESETSTAT",
    arity=2,
    flags=ADMIN | NOSCRIPT | LOADING | STALE,
    since="2.0.0",
    complexity="O(1)",
)
def config_resetstat(ctx: Context) -> Reply:
    """Set the statistics of INFO back to zero."""
    engine = ctx.engine
    engine.stats.reset()
    engine.keyspace.stats.reset()
    for entry in engine.commands.entries():
        entry.stats.reset()
    return OK


@config.subcommand(
    "REWRITE",
    arity=2,
    flags=ADMIN | NOSCRIPT | LOADING | STALE,
    since="2.8.0",
    complexity="O(1)",
)
def config_rewrite(ctx: Context) -> Reply:
    """Write the configuration in force into the configuration file."""
    path, files = ctx.engine.config.path, ctx.engine.env.files
    if path is None:
        raise CommandError(errors.NO_CONFIG_FILE)
    try:
        files.replace(path, rewrite(_content(files, path), ctx.engine.config, split_arguments))
    except OSError as error:
        _logger.warning("CONFIG REWRITE failed: %s", error)
        raise CommandError(errors.rewriting_failed((error.strerror or "").encode())) from None
    _logger.info("CONFIG REWRITE wrote %s", path)
    return OK


def _content(files: FileSystem, path: Path) -> bytes | None:
    try:
        return files.read(path)
    except FileNotFoundError:
        return None


@config.subcommand(
    "SET",
    arity=-4,
    flags=ADMIN | NOSCRIPT | LOADING | STALE,
    since="2.0.0",
    complexity="O(N) for N directives",
    args="(parameter value)...",
    tips="request_policy:all_nodes response_policy:all_succeeded",
    history=(("7.0.0", "Takes more than one directive."),),
)
def config_set(ctx: Context, *words: bytes) -> Reply:
    """Change configuration directives, all or none."""
    if len(words) % 2:
        raise CommandError(errors.SYNTAX)
    pairs = list(zip(words[::2], words[1::2], strict=True))
    ctx.engine.config.set(pairs, is_local=ctx.client.is_local)
    return OK
