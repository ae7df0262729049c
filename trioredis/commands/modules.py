"""MODULE: there are no modules, and none can be loaded (Redis documentation: Server)."""

from trioredis import errors
from trioredis.engine.command import ADMIN, LOADING, NO_ASYNC_LOADING, NOSCRIPT, PROTECTED, STALE, container
from trioredis.engine.context import Context
from trioredis.engine.documentation import help_lines
from trioredis.errors import CommandError
from trioredis.protocol.replies import Reply

_LOADS = ADMIN | NOSCRIPT | PROTECTED | NO_ASYNC_LOADING

module = container("MODULE", group="server", since="4.0.0")


@module.subcommand("HELP", arity=2, flags=LOADING | STALE, since="5.0.0", complexity="O(1)")
def module_help(ctx: Context) -> Reply:
    """Show how to call the MODULE commands."""
    return help_lines(module)


@module.subcommand(
    "LIST",
    arity=2,
    flags=ADMIN | NOSCRIPT,
    since="4.0.0",
    complexity="O(N) for N modules",
    tips="nondeterministic_output_order",
)
def module_list(ctx: Context) -> Reply:
    """List the loaded modules."""
    return []


@module.subcommand(
    "LOAD", arity=-3, flags=_LOADS, since="4.0.0", complexity="O(1)", args="path [arg:string...]"
)
def module_load(ctx: Context, path: bytes, *arguments: bytes) -> Reply:
    """Load a module."""
    raise _not_allowed()


@module.subcommand(
    "LOADEX",
    arity=-3,
    flags=_LOADS,
    since="7.0.0",
    complexity="O(1)",
    args="path [CONFIG configs=(name value)]... [ARGS args=(arg)...]",
)
def module_loadex(ctx: Context, path: bytes, *arguments: bytes) -> Reply:
    """Load a module with configuration parameters."""
    raise _not_allowed()


@module.subcommand("UNLOAD", arity=3, flags=_LOADS, since="4.0.0", complexity="O(1)", args="name")
def module_unload(ctx: Context, name: bytes) -> Reply:
    """Unload a module."""
    raise _not_allowed()


def _not_allowed() -> CommandError:
    # The server does not start with any other setting of this directive than "no".
    return CommandError(errors.command_not_allowed(b"MODULE", b"enable-module-command"))
