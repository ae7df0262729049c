"""The log of slow commands (Redis documentation: SLOWLOG)."""

from collections import deque

from attrs import define, field, frozen

_MOST_ARGUMENTS = 32
_LONGEST_ARGUMENT = 128


@frozen
class SlowCall:
    """One entry."""

    id: int
    time: int
    """Unix seconds at which it ended."""
    microseconds: int
    argv: list[bytes]
    address: bytes
    name: bytes


@define(eq=False)
class Slowlog:
    """The last slow commands, the newest first."""

    entries: deque[SlowCall] = field(factory=deque, init=False)
    _next_id: int = field(default=0, init=False)

    def add(
        self, argv: list[bytes], time: int, seconds: float, address: bytes, name: bytes, keep: int
    ) -> None:
        """Log a call, and forget what is older than the `keep` newest; with 0 of them nothing is logged."""
        if keep > 0:
            entry = SlowCall(self._next_id, time, int(seconds * 1e6), _trimmed(argv), address, name)
            self.entries.appendleft(entry)
            self._next_id += 1
            self.trim(keep)

    def trim(self, keep: int) -> None:
        """Forget all but the `keep` newest."""
        while len(self.entries) > keep:
            self.entries.pop()


def _trimmed(argv: list[bytes]) -> list[bytes]:
    """Return a call's words with the excess replaced by a note of how much there was."""
    shown = [_short(word) for word in argv[:_MOST_ARGUMENTS]]
    if len(argv) > _MOST_ARGUMENTS:
        shown[-1] = b"... (%d more arguments)" % (len(argv) - _MOST_ARGUMENTS + 1)
    return shown


def _short(word: bytes) -> bytes:
    if len(word) <= _LONGEST_ARGUMENT:
        return word
    return b"%b... (%d more bytes)" % (word[:_LONGEST_ARGUMENT], len(word) - _LONGEST_ARGUMENT)
