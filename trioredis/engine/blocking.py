"""Clients that wait for a key: BLPOP and its kin, XREAD BLOCK.

A command that finds nothing to take returns `block(...)` and is not answered. Whoever touches one of its keys makes
that key *ready*, whatever brought it about: a push, RENAME, SWAPDB, the end of a transaction. As soon as the
command that touched it is over, the executor runs the waiting commands of every ready key again, in the order in
which they began to wait. One that finds nothing again waits on in its place; one that fails gets its error. So no
element is ever taken out before there is somebody who gets it.

This is what Redis does since 7.2 (blocked.c), except that there a command that finds nothing again goes to the end
of the line; since all the others are looked at in the same pass, nobody can tell.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from trioredis import errors
from trioredis.engine.arguments import to_integer
from trioredis.engine.clients import Unusual
from trioredis.engine.context import Context
from trioredis.engine.waiters import Place, Waiters
from trioredis.engine.waiting import Waiting, wait
from trioredis.errors import CommandError
from trioredis.numerals import INT64_MAX, ceil_long_double, parse_long_double
from trioredis.protocol.replies import NO_REPLY, Reply


def block(
    ctx: Context,
    arguments: Sequence[bytes],
    *,
    keys: Sequence[bytes],
    kind: bytes | None,
    milliseconds: int,
    late_reply: Reply,
) -> Reply:
    """Let the client wait for one of several keys; the handler returns what this returns.

    The command is run again, with the same arguments, whenever one of the keys was touched and then holds a value
    of a type (`kind`, as TYPE calls it; None: whatever it holds, even nothing any more). After so many milliseconds
    (0: never) it is answered with `late_reply`; at once where nothing may wait, as inside a transaction.
    """
    client = ctx.client
    if client.waiting is not None:  # it was run again
        return NO_REPLY
    if client.unusual & Unusual.IMPATIENT:
        return late_reply
    assert client.last is not None
    waiters, places = ctx.engine.waiters, [(ctx.db.index, key) for key in dict.fromkeys(keys)]
    seconds = milliseconds / 1000 if milliseconds else None
    waiting = wait(ctx, seconds, late_reply)
    waiting.on_end = partial(_leave, waiters, places, kind, waiting)
    waiting.retry = [*client.last.command.name.split(b"|"), *arguments]
    for place in places:
        waiters.join(place, kind, waiting)
    return NO_REPLY


def _leave(waiters: Waiters, places: Sequence[Place], kind: bytes | None, waiting: Waiting) -> None:
    for place in places:
        waiters.leave(place, kind, waiting)


_UNITS: Final = 1000
"""Milliseconds in a second."""


def to_timeout(text: bytes, now: int) -> int:
    """Return the milliseconds in a timeout in seconds, which may have decimals; 0 is for ever.

    `now` is the Unix time in milliseconds: what would end after the last 64-bit moment is refused.
    """
    seconds = parse_long_double(text)
    if seconds is None:
        raise CommandError(errors.TIMEOUT_NOT_A_FLOAT)
    return _checked(ceil_long_double(seconds, _UNITS), now)


def to_timeout_in_milliseconds(text: bytes, now: int) -> int:
    """Return a timeout that is given in milliseconds, as `to_timeout` does."""
    return _checked(to_integer(text, errors.TIMEOUT_NOT_AN_INTEGER), now)


def _checked(milliseconds: int, now: int) -> int:
    if milliseconds < 0:
        raise CommandError(errors.TIMEOUT_NEGATIVE)
    if milliseconds > INT64_MAX - now:
        raise CommandError(errors.TIMEOUT_OUT_OF_RANGE)
    return milliseconds
