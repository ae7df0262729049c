"""ACL: who may do what (Redis documentation: ACL). There is one user, `default`, who may do everything."""

from trioredis import errors
from trioredis.engine.authentication import DEFAULT_USER, password_digests
from trioredis.engine.command import ADMIN, CATEGORIES, LOADING, NOSCRIPT, STALE, container
from trioredis.engine.context import Context
from trioredis.engine.documentation import help_lines, with_subcommands
from trioredis.errors import CommandError, QuotingError
from trioredis.protocol.replies import Reply, SetReply

_KEYS, _CHANNELS, _COMMANDS = b"~*", b"&*", b"+@all"

acl = container("ACL", group="server", since="6.0.0")


@acl.subcommand(
    "CAT",
    arity=-2,
    flags=NOSCRIPT | LOADING | STALE,
    since="6.0.0",
    complexity="O(1)",
    args="[categoryname]",
)
def acl_cat(ctx: Context, *category: bytes) -> Reply:
    """List the categories of commands, or the commands of a category."""
    if not category:
        return list(CATEGORIES)
    if len(category) > 1:
        raise QuotingError(errors.subcommand_syntax)
    wanted = category[0].lower()
    if wanted not in CATEGORIES:
        raise CommandError(errors.unknown_category(category[0]))
    return [each.name for each in with_subcommands(ctx.engine.commands) if wanted in each.categories]


@acl.subcommand(
    "GETUSER",
    arity=3,
    flags=ADMIN | NOSCRIPT | LOADING | STALE,
    since="6.0.0",
    complexity="O(N) for N rules of the user",
    args="username",
    history=(
        ("6.2.0", "Shows channel patterns."),
        ("7.0.0", "Shows selectors, and patterns as rules."),
    ),
)
def acl_getuser(ctx: Context, username: bytes) -> Reply:
    """Return the rules of a user."""
    if username != DEFAULT_USER:
        return None
    return {
        b"flags": SetReply(_flags(ctx)),
        b"passwords": password_digests(ctx.engine.config),
        b"commands": _COMMANDS,
        b"keys": _KEYS,
        b"channels": _CHANNELS,
        b"selectors": [],
    }


@acl.subcommand("HELP", arity=2, flags=LOADING | STALE, since="6.0.0", complexity="O(1)")
def acl_help(ctx: Context) -> Reply:
    """Show how to call the ACL commands."""
    return help_lines(acl)


@acl.subcommand(
    "LIST",
    arity=2,
    flags=ADMIN | NOSCRIPT | LOADING | STALE,
    since="6.0.0",
    complexity="O(N) for N users",
)
def acl_list(ctx: Context) -> Reply:
    """Return the rules of all users, as in an ACL file."""
    passwords = [b"#" + digest for digest in password_digests(ctx.engine.config)]
    return [b" ".join((b"user", DEFAULT_USER, *_flags(ctx), *passwords, _KEYS, _CHANNELS, _COMMANDS))]


@acl.subcommand(
    "USERS",
    arity=2,
    flags=ADMIN | NOSCRIPT | LOADING | STALE,
    since="6.0.0",
    complexity="O(N) for N users",
)
def acl_users(ctx: Context) -> Reply:
    """Return the names of all users."""
    return [DEFAULT_USER]


@acl.subcommand("WHOAMI", arity=2, flags=NOSCRIPT | LOADING | STALE, since="6.0.0", complexity="O(1)")
def acl_whoami(ctx: Context) -> Reply:
    """Return the name of the connection's user."""
    return ctx.client.user


def _flags(ctx: Context) -> list[bytes]:
    nopass = [] if ctx.engine.config[b"requirepass"] else [b"nopass"]
    return [b"on", *nopass, b"sanitize-payload"]
