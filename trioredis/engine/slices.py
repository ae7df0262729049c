"""Commands that may take long, run a slice at a time: scripts, and transactions that hold one.

Such a command runs in a greenlet of its own, which waits for the next one when it is done. When its slice is over, `pause`
switches back to whoever gave it the slice, in the midst of whatever it does, Lua's C code included. From then on, until it
is done, its client is WAITING, the gate is closed, and nobody looks at what it has done so far: the store gives it
another slice with each message to itself (`go_on`), and answers others in between.

    run      the command's handler calls it, and returns what it returns
    pause    called from within, when the slice is over; returns when the next one begins
    go_on    the next slice

Without a store there is nobody to go on (`interruptible`), and a slice has no end. A *chore* is work for which nobody
waits, done in slices too.
"""

from collections import deque
from collections.abc import Callable
from math import inf
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from trioredis.engine.clients import Client
from trioredis.engine.context import Context
from trioredis.engine.gate import Reason
from trioredis.engine.table import Entry
from trioredis.engine.waiting import Waiting, wait
from trioredis.protocol.replies import NO_REPLY, Reply

if TYPE_CHECKING:
    from greenlet import greenlet

    from trioredis.engine.engine import Engine
    from trioredis.engine.followers import FollowedCall, Followers

Job = Callable[[], Reply]

NEVER: Final = 1 << 62
"""A moment, in ticks, that does not come."""
_SLICE: Final = 2_000_000 >> 10
"""Two milliseconds, in ticks."""

_PAUSED: Final = object()


@define(eq=False)
class _Raised:
    """An error on its way to whoever gave the slice.

    It is taken out before it is raised: the frames that it passes, and refers to, would refer to it, and with it all
    that a script has left would have to wait for the collector.
    """

    error: Exception | None

    def take(self) -> Exception:
        """Return the error, once."""
        assert self.error is not None
        error, self.error = self.error, None
        return error


@define(eq=False)
class Unfinished:
    """A command whose slice is over and that is not done."""

    waiting: Waiting
    entry: Entry
    words: tuple[bytes, ...]
    spent: int
    """Ticks it has run for."""
    replies: list[bytes]
    """What it has answered so far; its client gets all at once."""
    pushes: list[bytes]
    """What it has caused its client to be told; that comes behind the answer."""
    inner: Entry | None
    """What it called last, as a part of itself."""
    followed: "FollowedCall"
    """And as those know it who follow."""
    counted: int = field(init=False)
    """Ticks of its first slice, which was counted like a call that is done."""

    def __attrs_post_init__(self) -> None:
        self.counted = self.spent

    def change_places(self, followers: "Followers") -> None:
        """Exchange what is in the midst of it for what has its turn between two slices, or back."""
        client = self.waiting.client
        self.replies, client.replies = client.replies, self.replies
        self.pushes, client.pushes = client.pushes, self.pushes
        self.inner, client.last = client.last, self.inner
        self.followed, followers.current = followers.current, self.followed


def _now() -> int:
    return perf_counter_ns() >> 10


@define(eq=False)
class Slices:
    """Who runs on, and whose turn it is."""

    engine: "Engine"
    interruptible: bool = field(default=False, init=False)
    """Whether somebody goes on with what is not done."""
    deadline: int = field(default=NEVER, init=False)
    """Ticks at which the slice is over."""
    unfinished: Unfinished | None = field(default=None, init=False)
    chores: deque[Callable[[], bool]] = field(factory=deque, init=False)
    """Work in small pieces; each returns whether it is done."""
    is_inside: bool = field(default=False, init=False)
    """Whether the greenlet runs."""
    _worker: "greenlet | None" = field(default=None, init=False)
    _giver: "greenlet | None" = field(default=None, init=False)
    """Who gave the slice."""
    _current: "Callable[[], greenlet]" = field(init=False)
    """Says who runs."""

    @property
    def wants_time(self) -> bool:
        """Whether there is something to go on with."""
        return self.unfinished is not None or bool(self.chores)

    def delays(self, client: Client) -> bool:
        """Whether a client that gets no answer now gets it when what is not done is done."""
        call = self.unfinished
        return call is not None and client.waiting in (None, call.waiting)

    def run(self, ctx: Context, job: Job, words: tuple[bytes, ...]) -> Reply:
        """Run what the handler of a command called with such words has to do, for one slice at first."""
        if self.is_inside or not self.interruptible:
            return job()
        client, began = ctx.client, self.engine.executor.now
        before, entry = len(client.replies), client.last
        result = self._give_slice(job)
        if result is not _PAUSED:
            return _reply_of(result)
        assert entry is not None
        replies, client.replies[before:] = client.replies[before:], []
        pushes = list[bytes]()
        if client.is_calling:
            pushes, client.pushes[:] = client.pushes[:], []
        self.unfinished = Unfinished(
            wait(ctx, None, None),
            entry,
            words,
            _now() - began,
            replies,
            pushes,
            client.last,
            self.engine.followers.current,
        )
        self.engine.executor.now, client.last = began, entry
        self.engine.gate.close_for_script(self._patience())
        self.engine.clock.wall_stands = True
        return NO_REPLY

    def _patience(self) -> float:
        """Return the monotonic time until which others wait in silence."""
        milliseconds = self.engine.config[b"busy-reply-threshold"]
        return self.engine.clock.monotonic + milliseconds / 1000 if milliseconds else inf

    def pause(self) -> None:
        """Let others have their turn; called by what runs in a slice, when it is over."""
        assert self._giver is not None
        self._giver.switch(_PAUSED)

    def go_on(self) -> None:
        """Give the command that is not done its next slice, or the chores if there is none."""
        if self.unfinished is not None:
            self._go_on_with(self.unfinished)
            return
        end = _now() + _SLICE
        while self.chores and _now() < end:
            if self.chores[0]():
                self.chores.popleft()

    def close(self) -> None:
        """Leave nothing behind; nothing is unfinished."""
        self.interruptible = False
        self.chores.clear()
        if self._worker is not None:
            self._worker.throw()
            self._worker = None

    def _go_on_with(self, held: Unfinished) -> None:
        began = _now()
        held.change_places(self.engine.followers)
        result = self._give_slice(None)
        held.change_places(self.engine.followers)
        held.spent += _now() - began
        if result is _PAUSED:
            return
        self.unfinished = None
        self._let_time_go_on()
        self.engine.gate.open(Reason.SCRIPT)
        self.engine.executor.conclude(held, lambda: _reply_of(result))

    def _let_time_go_on(self) -> None:
        clock = self.engine.clock
        clock.wall_stands = False
        clock.refresh()
        self.engine.timers.changed = True  # whoever waits for a key to end has to reckon anew

    def _give_slice(self, job: Job | None) -> Any:
        """Switch to the greenlet: to begin a job, or to go on with it. Return its result, or that it is paused."""
        worker = self._worker or self._hire()
        self._giver = self._current()
        self.deadline, self.is_inside = _now() + _SLICE, True
        result = worker.switch(job)
        self.deadline, self.is_inside = NEVER, False
        return result

    def _hire(self) -> "greenlet":
        # Imported here, as in `trioredis.engine.scripts.prepare`.
        from greenlet import getcurrent, greenlet

        self._current = getcurrent
        self._giver = getcurrent()
        self._worker = worker = greenlet(self._work)
        worker.switch()
        return worker

    def _work(self) -> None:
        result: Any = None
        while True:
            assert self._giver is not None
            job = self._giver.switch(result)
            try:
                result = job()
            except Exception as error:
                result = _Raised(error)


def _reply_of(result: Any) -> Reply:
    if type(result) is _Raised:
        raise result.take()
    reply: Reply = result
    return reply
