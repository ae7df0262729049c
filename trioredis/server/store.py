"""The store task: it owns all the data, and awaits nothing but its inbox.

A message is a round. The store reads the clock once, runs what the message brings for at most `BUDGET`, then
sends every reply of the round (or leaves it in the client's outbox), hands effects to the supervisor, and
tells the producer that the round is done. What did not fit into the budget stays in its client's backlog and
goes on with a `Resume` message, behind everything that others have sent meanwhile.

Large values are freed by `Free` messages. Every round sends one while there is something to free, for as long as the
round itself took: what is dropped again and again is freed as fast, or it would pile up without end.

A script that is not done when its slice is over goes on with `GoOn` messages. Until it is done the wall clock stands
still, for the script and for every key; timeouts go on.
"""

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import trio
from attrs import define, field

from trioredis.engine.clients import Client, Unusual
from trioredis.engine.effects import Effect
from trioredis.engine.engine import Engine
from trioredis.engine.executor import Executor
from trioredis.engine.lifecycle import admit, is_waiting, release, watch_output
from trioredis.engine.stats import TICKS_PER_SECOND
from trioredis.engine.table import Argv
from trioredis.protocol.encoding import encode_error
from trioredis.server.messages import Finish, Flush, Free, GoOn, Message, Requests, Resume, Tick

BUDGET = int(0.0013 * TICKS_PER_SECOND)
"""A round's time for commands, in ticks; with the sending of their replies it stays below two milliseconds."""
_DUE_AT_ONCE = 32
_TOLD_AT_ONCE = 200
"""Clients that are sent in a round what was published: a call of the system for each."""
_FOLD_AFTER = 2000
"""Commands after which their statistics are folded: a tenth of a millisecond."""


@define(eq=False)
class Store:
    """Runs an engine on the messages of one inbox."""

    engine: Engine
    inbox: "trio.MemoryReceiveChannel[Message]"
    loopback: "trio.MemorySendChannel[Message]"
    effects: "trio.MemorySendChannel[Effect]"
    wake_expiry: Callable[[], None]
    """Called when something is due earlier than it was."""
    executor: Executor = field(init=False)
    _freeing: int = field(default=0, init=False)
    """How many `Free` are on their way."""
    _flushing: bool = field(default=False, init=False)
    """A `Flush` is on its way."""
    _goes_on: bool = field(default=False, init=False)
    """Whether a `GoOn` is on its way."""

    def __attrs_post_init__(self) -> None:
        self.executor = Executor(self.engine)

    @trio.lowlevel.enable_ki_protection
    async def run(self) -> None:
        """Serve the inbox until a `Finish` comes."""
        slices = self.engine.slices
        slices.interruptible = True
        try:
            async with self.inbox, self.loopback, self.effects:
                async for message in self.inbox:
                    self.engine.clock.refresh()
                    if isinstance(message, Finish):
                        return
                    began = self.executor.start()
                    _HANDLERS[type(message)](self, message, began + BUDGET)
                    self._finish_round()
                    self._go_on_freeing(message, began)
                    done = message.done
                    if done is not None:
                        with suppress(trio.BrokenResourceError):  # the producer was cancelled meanwhile
                            done.send_nowait(None)
        finally:
            self.engine.scripts.end()
            self.engine.functions.close()
            self.engine.scripts.close()
            slices.close()

    def _requests(self, message: Requests, until: int) -> None:
        moment, run, dirty = self.engine.clock.monotonic, self.executor.run, self.engine.clients.dirty
        for client in message.arrived:
            admit(self.engine, client)
        for client, farewell in message.ended:
            # Before others run: what somebody waits for who has left must not be given to him.
            if client.waiting is not None and not farewell:
                self._end(client, b"")
        for client, commands in message.batch:
            client.last_used = moment
            if client.backlog:
                client.backlog.extend(commands)
            elif left := run(client, commands, until):
                self._keep(client, left)
            if client.replies:
                dirty[client] = None
        for client, farewell in message.ended:
            self._end(client, farewell)
        for client in message.gone:
            release(self.engine, client)

    def _resume(self, message: Resume, until: int) -> None:
        waiting = deque(message.clients)
        while waiting and self.executor.now <= until:
            client = waiting.popleft()
            client.last_used = self.engine.clock.monotonic
            commands, client.backlog = client.backlog, deque()
            if left := self.executor.run(client, commands, until):
                self._keep(client, left)
            if client.half_closed or client.farewell:
                self._see_off(client)
            self.engine.clients.dirty[client] = None
        self.engine.resumed[:0] = waiting

    def _tick(self, message: Tick, until: int) -> None:
        while self._do_some_due() and self.executor.start() <= until:
            pass

    def _free(self, message: Free, until: int) -> None:
        self._freeing -= 1
        until, remains = until - BUDGET + message.ticks, self.engine.keyspace.remains
        while remains and self.executor.start() <= until:
            remains.free_some()

    def _go_on(self, message: GoOn, until: int) -> None:
        self._goes_on = False
        self.engine.slices.go_on()

    def _go_on_freeing(self, message: Message, began: int) -> None:
        """Have large values freed after this round if there are any; one `Free` alone follows upon many."""
        if self.engine.keyspace.remains and not (self._freeing and isinstance(message, Free)):
            took = 0 if isinstance(message, Free) else self.executor.now - began
            self._freeing += 1
            self.loopback.send_nowait(Free(max(BUDGET, took)))

    def _flush_more(self, message: Flush, until: int) -> None:
        self._flushing = False  # and then this round ends as any other

    def _do_some_due(self) -> bool:
        """Run some of the timers, and end some of the keys, whose time has come; return whether there may be more."""
        engine = self.engine
        timers = engine.timers.run_due(engine.clock.monotonic, _DUE_AT_ONCE)
        keys = engine.keyspace.expire_due(_DUE_AT_ONCE) if engine.expires_keys else 0
        return _DUE_AT_ONCE in (timers, keys)

    def _keep(self, client: Client, left: deque[Argv]) -> None:
        """Keep commands that cannot be run now for later."""
        client.backlog = left
        if not is_waiting(self.engine, client):
            self.engine.resumed.append(client)

    def _end(self, client: Client, farewell: bytes) -> None:
        """A client sends nothing more: it hung up, or what it sends makes no sense."""
        if farewell:
            client.farewell = farewell
        else:
            client.half_closed = True
        self._see_off(client)

    def _see_off(self, client: Client) -> None:
        """Close a silent client once it has its replies; at once if it hung up and waits for something but a script."""
        if is_waiting(self.engine, client):
            if client.half_closed and not self.engine.slices.delays(client):
                self.engine.clients.close(client, at_once=True)
        elif not client.backlog and not client.gone:
            self._bid_farewell(client)

    def _bid_farewell(self, client: Client) -> None:
        if client.farewell:
            self.engine.stats.count_error(client.farewell)
            if not client.unusual & Unusual.MUTED:
                client.replies.append(encode_error(client.farewell))
        self.engine.clients.close(client)

    def _flush(self) -> None:
        """Send the replies of the round, then what was published.

        Replies come first: while others are told, those who asked can ask again, and the next round is a full one.
        """
        clients = self.engine.clients
        flushed, clients.dirty = clients.dirty, {}
        self._send(flushed)
        if clients.told:
            self._send(self._next_told())

    def _next_told(self) -> Iterable[Client]:
        """Return to whom something was published; of very many the first ones, and the rest is for the next round."""
        clients = self.engine.clients
        told, clients.told = list(clients.told), {}
        if len(told) > _TOLD_AT_ONCE:
            clients.told = dict.fromkeys(told[_TOLD_AT_ONCE:])
            if not self._flushing:
                self._flushing = True
                self.loopback.send_nowait(Flush())
        return told[:_TOLD_AT_ONCE]

    def _send(self, clients: Iterable[Client]) -> None:
        for client in clients:
            client.connection.flush()
            if client.connection.output_size:
                watch_output(self.engine, client)

    def _finish_round(self) -> None:
        engine = self.engine
        self.executor.finish_round()
        if engine.clients.dirty or engine.clients.told:
            self._flush()
        if engine.slices.wants_time and not self._goes_on:
            self._goes_on = True
            self.loopback.send_nowait(GoOn())
        if engine.resumed:
            self.loopback.send_nowait(Resume(engine.resumed.copy()))
            engine.resumed.clear()
        for effect in engine.effects:
            self.effects.send_nowait(effect)
        engine.effects.clear()
        if engine.timers.changed or engine.keyspace.deadline_changed:
            self.wake_expiry()
        if self.executor.taken > _FOLD_AFTER:
            self.executor.taken = 0
            engine.commands.fold_stats()


_HANDLERS: dict[type, Callable[[Store, Any, int], None]] = {
    Requests: Store._requests,
    Resume: Store._resume,
    Tick: Store._tick,
    Free: Store._free,
    Flush: Store._flush_more,
    GoOn: Store._go_on,
}
