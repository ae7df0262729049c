"""List commands that wait until there is an element: BLPOP and its kin (Redis documentation: Lists).

Each tries what its sibling in `list_ends` does, and if there is nothing to take it waits (`trioredis.engine.blocking`) and is
run again when one of its keys was touched. Where nothing may wait, it is answered as if its time was over.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from trioredis.commands.list_ends import ENDS, IS_LEFT, MOVED, is_left, move, pop, pop_from_first
from trioredis.commands.lists import find
from trioredis.engine.arguments import to_pop
from trioredis.engine.blocking import block, to_timeout
from trioredis.engine.clients import Unusual
from trioredis.engine.command import BLOCKING, DENYOOM, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.protocol.replies import NULL_ARRAY, Reply

_command = partial(command, group="list")

_pop_command = partial(
    _command,
    arity=-3,
    flags=WRITE | BLOCKING,
    keys=KeySpec(1, last=-2, flags="RW ACCESS DELETE"),
    since="2.0.0",
    complexity="O(N) for N keys",
    args="key... timeout:double",
    history=(("6.0.0", "The timeout may have decimals."),),
)


@_pop_command("BLPOP")
def blpop(ctx: Context, *words: bytes) -> Reply:
    """Remove and return the first element of the first list that is there, and wait if there is none."""
    return _pop(ctx, words, left=True)


@_pop_command("BRPOP")
def brpop(ctx: Context, *words: bytes) -> Reply:
    """Remove and return the last element of the first list that is there, and wait if there is none."""
    return _pop(ctx, words, left=False)


def _pop(ctx: Context, words: Sequence[bytes], *, left: bool) -> Reply:
    *keys, timeout = words
    milliseconds = to_timeout(timeout, ctx.now)
    for key in keys:
        value = find(ctx, key)
        if value is not None:
            return [key, pop(ctx, key, value, left=left)]
    return _wait(ctx, words, keys, milliseconds)


@_command(
    "BLMPOP",
    arity=-5,
    flags=WRITE | BLOCKING,
    keys=KeySpec(2, numkeys=True, flags="RW ACCESS DELETE"),
    since="7.0.0",
    complexity="O(N+M) for N keys and M elements returned",
    args=f"timeout:double numkeys:integer key... where={ENDS} [COUNT count:integer]",
)
def blmpop(ctx: Context, timeout: bytes, numkeys: bytes, *words: bytes) -> Reply:
    """Remove and return elements of the first list that is there, and wait if there is none."""
    keys, left, count = to_pop(numkeys, words, IS_LEFT)
    milliseconds = to_timeout(timeout, ctx.now)
    popped = pop_from_first(ctx, keys, count, left=left)
    return _wait(ctx, (timeout, numkeys, *words), keys, milliseconds) if popped is None else popped


@_command(
    "BLMOVE",
    arity=6,
    flags=WRITE | DENYOOM | BLOCKING,
    keys=MOVED,
    since="6.2.0",
    complexity="O(1)",
    args=f"source:key destination:key wherefrom={ENDS} whereto={ENDS} timeout:double",
)
def blmove(
    ctx: Context, source: bytes, destination: bytes, wherefrom: bytes, whereto: bytes, timeout: bytes
) -> Reply:
    """Move an element from one end of a list to an end of another list, and wait if there is none."""
    from_left, to_left = is_left(wherefrom), is_left(whereto)
    words = (source, destination, wherefrom, whereto, timeout)
    return _move(ctx, words, from_left=from_left, to_left=to_left)


@_command(
    "BRPOPLPUSH",
    arity=4,
    flags=WRITE | DENYOOM | BLOCKING,
    keys=MOVED,
    since="2.2.0",
    complexity="O(1)",
    args="source:key destination:key timeout:double",
    history=(("6.0.0", "The timeout may have decimals."),),
    deprecated_since="6.2.0",
    replaced_by="`BLMOVE` with the `RIGHT` and `LEFT` arguments",
)
def brpoplpush(ctx: Context, source: bytes, destination: bytes, timeout: bytes) -> Reply:
    """Move the last element of a list to the left end of another list, and wait if there is none."""
    return _move(ctx, (source, destination, timeout), from_left=False, to_left=True)


def _move(ctx: Context, words: Sequence[bytes], *, from_left: bool, to_left: bool) -> Reply:
    source, destination, *_, timeout = words
    milliseconds = to_timeout(timeout, ctx.now)
    moved = move(ctx, source, destination, from_left=from_left, to_left=to_left)
    if moved is not None:
        return moved
    if ctx.client.unusual & Unusual.IMPATIENT:
        return None
    return _wait(ctx, words, [source], milliseconds)


_KIND: Final = b"list"


def _wait(ctx: Context, words: Sequence[bytes], keys: Sequence[bytes], milliseconds: int) -> Reply:
    return block(ctx, words, keys=keys, kind=_KIND, milliseconds=milliseconds, late_reply=NULL_ARRAY)
