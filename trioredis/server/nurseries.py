"""A nursery that raises what went wrong, as it is.

Trio puts whatever ends a nursery into an exception group, since several tasks may fail at once. Of our tasks one
fails, and what the others raise follows from it: they are cancelled, or find that the channel between them is
closed. Who starts a server wants to write `except OSError`, so the consequences are left out, and a cause
that stands alone is raised without a group. Several causes stay a group: nothing is lost.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio

_CONSEQUENCES = (trio.BrokenResourceError, trio.ClosedResourceError, trio.EndOfChannel)


@asynccontextmanager
async def open_bare_nursery() -> AsyncIterator[trio.Nursery]:
    """Open a nursery whose one exception arrives bare."""
    try:
        async with trio.open_nursery() as nursery:
            yield nursery
    except BaseExceptionGroup as group:
        cause = _cause(group)
    else:
        return
    context = cause.__context__
    try:
        raise cause
    finally:
        cause.__context__ = context  # what led to it, rather than that it led to others


def _cause(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the exception that explains the others; the group when there is no such one."""
    _, failures = group.split(trio.Cancelled)
    if failures is None:
        return group
    causes = [each for each in failures.exceptions if not isinstance(each, _CONSEQUENCES)]
    if not causes:
        return failures.exceptions[0]
    return causes[0] if len(causes) == 1 else failures.derive(causes)
