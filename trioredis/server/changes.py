"""Changes, from the store to a task that follows them.

The store waits for nobody. What a follower has not read yet waits in a buffer of its own; when that is full, the oldest
change makes room for the newest and is counted as `missed`. To end a follower that is slow for a moment would be as bad for
it, and to let the buffer grow as bad for everybody else; and whoever cannot do without a change has to look at the data
again in any case, for which the count is the sign.
"""

from collections import deque
from collections.abc import AsyncIterator, Iterable
from types import TracebackType
from typing import Final, Self

import trio
from attrs import define, field

from trioredis.engine.followers import Change, Follower, Followers
from trioredis.patterns import compile_pattern

MOST_BYTES: Final = 16 * 1024 * 1024
"""What the commands and the old values in a buffer may take together; one change is let through, however large."""


@define(eq=False)
class Changes(Follower, AsyncIterator[Change]):
    """What happens to keys while its `async with` block lasts: iterate over it with `async for`.

    The iteration ends when the server does.
    """

    _followers: Followers
    _limit: int
    missed: int = field(default=0, init=False)
    """How many changes were dropped because the reader was too slow."""
    _buffer: deque[Change] = field(factory=deque, init=False)
    _size: int = field(default=0, init=False)
    _readers: trio.lowlevel.ParkingLot = field(factory=trio.lowlevel.ParkingLot, init=False)
    _is_over: bool = field(default=True, init=False)
    _has_begun: bool = field(default=False, init=False)

    @classmethod
    def of(
        cls, followers: Followers, patterns: Iterable[str | bytes], database: int | None, limit: int
    ) -> Self:
        """Prepare to follow keys that match one of some patterns, or all; nothing is followed yet."""
        if limit < 1:
            raise ValueError(f"a buffer holds one change at least, not {limit}")
        for pattern in patterns:
            if not isinstance(pattern, (str, bytes)):
                raise TypeError(
                    f"a pattern is a str or bytes, and several are several arguments, not {pattern!r}"
                )
        databases = followers.engine.keyspace.size
        if database is not None and database not in range(databases):
            raise ValueError(
                f"there are databases 0 to {databases - 1}, and None for all, but not {database!r}"
            )
        texts = [pattern.encode() if isinstance(pattern, str) else pattern for pattern in patterns]
        return cls([compile_pattern(text) for text in texts], database, followers, limit)

    async def __aenter__(self) -> Self:
        await trio.lowlevel.checkpoint()
        if self._followers.is_over:
            raise trio.ClosedResourceError("the server is closed")
        self._is_over, self._has_begun = False, True
        self._followers.join(self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._followers.leave(self)
        self.ended()
        self._buffer.clear()
        self._size = 0

    def __aiter__(self) -> Self:
        if not self._has_begun:
            raise RuntimeError(
                "nothing is followed yet: `async with server.changes() as changes`, and then iterate"
            )
        return self

    async def __anext__(self) -> Change:
        await trio.lowlevel.checkpoint()
        while not self._buffer:
            if self._is_over:
                raise StopAsyncIteration
            await self._readers.park()
        change = self._buffer.popleft()
        self._size -= change.size
        return change

    def changed(self, change: Change) -> None:
        """Keep a change until it is read, or there are too many."""
        self._buffer.append(change)
        self._size += change.size
        while len(self._buffer) > self._limit or (self._size > MOST_BYTES and len(self._buffer) > 1):
            self._size -= self._buffer.popleft().size
            self.missed += 1
        self._readers.unpark()

    def ended(self) -> None:
        """Let readers come to an end when they have read what there is."""
        self._is_over = True
        self._readers.unpark_all()
