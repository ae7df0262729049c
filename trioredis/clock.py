"""The one clock of a server.

Two times live here and are never mixed. *Wall* time (TTLs, TIME, ids) may step when somebody sets the
machine's clock; *monotonic* time (timeouts, idle times, durations) never does. Both are read once per
message, so that everything a message does happens at one moment. An offset moves the wall forward without
waiting: tests use it to let keys expire.
"""

import sys
import time
from collections.abc import Callable

import trio
from attrs import define, field


@define(eq=False)
class Clock:
    """Wall and monotonic time, frozen between two calls of `refresh()`."""

    _read_wall: Callable[[], float] = time.time
    _read_monotonic: Callable[[], float] = time.monotonic
    offset: float = 0.0
    """Seconds added to the wall clock."""
    wall: float = field(init=False, default=0.0)
    """Unix time, seconds."""
    now: int = field(init=False, default=0)
    """Unix time, whole milliseconds: the unit of every TTL."""
    monotonic: float = field(init=False, default=0.0)
    """Seconds since an arbitrary moment."""
    seconds: int = field(init=False, default=0)
    """Whole monotonic seconds: the stamp of a key's last access, one object a second however many keys."""

    wall_stands: bool = field(init=False, default=False)
    """Whether the wall clock stands still, for a script that is not done."""

    def __attrs_post_init__(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Read both times; the store calls this once per message."""
        if not self.wall_stands:
            self.wall = self._read_wall() + self.offset
            self.now = int(self.wall * 1000)
        self.monotonic = monotonic = self._read_monotonic()
        if int(monotonic) != self.seconds:
            self.seconds = int(monotonic)

    def advance(self, seconds: float) -> None:
        """Move the wall clock forward, as if `seconds` had passed for every TTL."""
        self.offset += seconds
        self.refresh()

    @classmethod
    def of_trio(cls) -> "Clock":
        """Return the clock of the running Trio program: under a `MockClock` both times are virtual."""
        testing = sys.modules.get("trio.testing")  # heavy: who has a MockClock has imported it
        if testing is None or not isinstance(trio.lowlevel.current_clock(), testing.MockClock):
            return cls()
        origin = time.time() - trio.current_time()
        return cls(lambda: origin + trio.current_time(), trio.current_time)
