"""CLIENT TRACKING and what belongs to it (Redis documentation: Client-side caching).

How it works is told in `trioredis.engine.tracking`.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

from trioredis import errors
from trioredis.commands import client as connections
from trioredis.engine.arguments import to_integer
from trioredis.engine.clients import Unusual
from trioredis.engine.command import LOADING, NOSCRIPT, STALE
from trioredis.engine.context import Context
from trioredis.engine.tracking import Options, Tracker, check_prefixes, redirect_of
from trioredis.errors import CommandError
from trioredis.protocol.replies import OK, Reply, SetReply

_ALWAYS: Final = NOSCRIPT | LOADING | STALE
_subcommand = connections.client.subcommand


@_subcommand(
    "CACHING",
    arity=3,
    flags=_ALWAYS,
    since="6.0.0",
    complexity="O(1)",
    args="mode=(YES | NO)",
)
def client_caching(ctx: Context, mode: bytes) -> Reply:
    """Say whether the keys of the next command are tracked, which is otherwise as OPTIN and OPTOUT say."""
    tracker = ctx.client.tracker
    if tracker is None:
        raise CommandError(errors.CACHING_WITHOUT_TRACKING)
    match mode.lower():
        case b"yes" if not tracker.options.opts_in:
            raise CommandError(errors.CACHING_YES)
        case b"no" if not tracker.options.opts_out:
            raise CommandError(errors.CACHING_NO)
        case b"yes" | b"no":
            tracker.cache(True)
            return OK
    raise CommandError(errors.SYNTAX)


@_subcommand("GETREDIR", arity=2, flags=_ALWAYS, since="6.0.0", complexity="O(1)")
def client_getredir(ctx: Context) -> Reply:
    """Return the id of the connection that gets the invalidation messages: 0 for this one, -1 without tracking."""
    return redirect_of(ctx.client)


@_subcommand(
    "TRACKING",
    arity=-3,
    flags=_ALWAYS,
    since="6.0.0",
    complexity="O(1). Some options may introduce additional complexity.",
    args=(
        "status=(ON | OFF) [REDIRECT client-id:integer] [PREFIX prefix:string]... [BCAST] [OPTIN] [OPTOUT] [NOLOOP]"
    ),
)
def client_tracking(ctx: Context, status: bytes, *words: bytes) -> Reply:
    """Switch on or off that the connection is told when keys that it has read were changed."""
    options, prefixes = _tracking_options(ctx, words)
    match status.lower():
        case b"on":
            _check(ctx.client.tracker, options, prefixes)
            if options.broadcasts:
                check_prefixes(ctx.client, prefixes)
                prefixes = prefixes or [b""]
            ctx.engine.tracking.start(ctx.client, options, prefixes)
        case b"off":
            ctx.engine.tracking.stop(ctx.client)
        case _:
            raise CommandError(errors.SYNTAX)
    return OK


@_subcommand("TRACKINGINFO", arity=2, flags=_ALWAYS, since="6.2.0", complexity="O(1)")
def client_trackinginfo(ctx: Context) -> Reply:
    """Tell how the connection tracks."""
    tracker = ctx.client.tracker
    return {
        b"flags": SetReply(_flags(tracker) if tracker else [b"off"]),
        b"redirect": redirect_of(ctx.client),
        b"prefixes": sorted(tracker.prefixes) if tracker else [],
    }


def _flags(tracker: Tracker) -> list[bytes]:
    options = tracker.options
    flags = (
        (b"on", True),
        (b"bcast", options.broadcasts),
        (b"optin", options.opts_in),
        (b"caching-yes", options.opts_in and tracker.caching),
        (b"optout", options.opts_out),
        (b"caching-no", options.opts_out and tracker.caching),
        (b"noloop", options.no_loop),
        (b"broken_redirect", tracker.is_broken),
    )
    return [flag for flag, applies in flags if applies]


_MODES: Final = {b"bcast": "broadcasts", b"optin": "opts_in", b"optout": "opts_out", b"noloop": "no_loop"}


def _tracking_options(ctx: Context, words: Sequence[bytes]) -> tuple[Options, list[bytes]]:
    """Return how to track, and the prefixes in the order in which they are given."""
    left, redirect, prefixes, modes = deque(words), 0, list[bytes](), dict[str, bool]()
    while left:
        word = left.popleft().lower()
        if word == b"redirect" and left:
            if redirect:
                raise CommandError(errors.SEVERAL_REDIRECTS)
            redirect = _present(ctx, to_integer(left.popleft()))
        elif word == b"prefix" and left:
            prefixes.append(left.popleft())
        elif word in _MODES:
            modes[_MODES[word]] = True
        else:
            raise CommandError(errors.SYNTAX)
    return Options(redirect, **modes), prefixes


def _present(ctx: Context, number: int) -> int:
    """Return the id of a client, if there is one."""
    other = ctx.engine.clients.get(number)
    if other is None or other.unusual & Unusual.KILLED:
        raise CommandError(errors.NO_CLIENT_TO_REDIRECT_TO)
    return number


def _check(tracker: Tracker | None, new: Options, prefixes: Sequence[bytes]) -> None:
    """Raise CommandError if the options do not go together, or not with how the client tracks already."""
    old = tracker.options if tracker else new
    if prefixes and not new.broadcasts:
        raise CommandError(errors.PREFIX_NEEDS_BCAST)
    if old.broadcasts != new.broadcasts:
        raise CommandError(errors.switched_while_tracking(b"BCAST mode on/off"))
    if new.broadcasts and (new.opts_in or new.opts_out):
        raise CommandError(errors.OPT_WITH_BCAST)
    if new.opts_in and new.opts_out:
        raise CommandError(errors.OPTIN_WITH_OPTOUT)
    if (new.opts_in and old.opts_out) or (new.opts_out and old.opts_in):
        raise CommandError(errors.switched_while_tracking(b"OPTIN/OPTOUT mode"))
