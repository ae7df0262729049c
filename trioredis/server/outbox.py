"""Replies on their way out: buffers and an offset, never slices.

A slow reader of a large reply takes it in thousands of pieces. Cutting off what was sent would copy the rest
each time; here a piece is a view into the first buffer, and only the offset moves.
"""

from collections import deque

from attrs import define, field

PIECE = 64 * 1024
"""Bytes offered to the kernel at once. Smaller buffers are joined up to this size, larger ones sent in views."""


@define(eq=False)
class Outbox:
    """A queue of bytes."""

    size: int = field(default=0, init=False)
    """Bytes in the queue."""
    _buffers: deque[bytes] = field(factory=deque, init=False)
    _offset: int = field(default=0, init=False)
    """Bytes of the first buffer that were sent already."""

    def __len__(self) -> int:
        return len(self._buffers)

    def extend(self, buffers: list[bytes]) -> None:
        """Queue buffers, as they are."""
        self._buffers.extend(filter(None, buffers))  # an empty one would look like the end
        self.size += sum(map(len, buffers))

    def peek(self) -> bytes | memoryview:
        """Return the next piece to send; empty when there is nothing."""
        if not self._buffers:
            return b""
        if len(self._buffers[0]) < PIECE:
            self._join_small()
        first = self._buffers[0]
        return (
            memoryview(first)[self._offset : self._offset + PIECE]
            if self._offset or len(first) > PIECE
            else first
        )

    def advance(self, count: int) -> None:
        """Take `count` bytes, which were sent, out of the queue; they are part of the last piece."""
        self.size -= count
        self._offset += count
        if self._offset == len(self._buffers[0]):
            self._buffers.popleft()
            self._offset = 0

    def clear(self) -> None:
        """Drop everything."""
        self._buffers.clear()
        self.size = self._offset = 0

    def _join_small(self) -> None:
        """Replace the small buffers at the head, if there are several, by one."""
        if self._offset or len(self._buffers) == 1:
            return
        joined, total = [], 0
        while self._buffers and total + len(self._buffers[0]) <= PIECE:
            joined.append(self._buffers.popleft())
            total += len(joined[-1])
        self._buffers.appendleft(b"".join(joined))
