"""Clients that wait for keys, here and on a real Redis, and the time that passes meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from attrs import define, field

from bare_engine import ManualTime, Session, words
from oracle import Oracle, Wire, encode_command
from side_by_side import Both
from trioredis.engine.clients import Unusual


@define(eq=False)
class Crowd:
    """Clients that wait, here and there."""

    both: Both
    open_wire: Callable[[], Wire]
    members: list[tuple[Session, Wire]] = field(factory=list)

    def wait(self, line: str) -> None:
        """One more client calls something and is not answered."""
        session, wire = self.both.ours.another(), self.open_wire()
        session.client.speak(self.both.protocol)
        wire.command("HELLO", self.both.protocol)
        self.members.append((session, wire))
        assert b"" == session(line)
        wire.send(encode_command(*words(line)))
        expected = b"blocked_clients:%d\r\n" % self.waiting
        while expected not in self._told():
            pass

    def hear(self, *numbers: int) -> list[bytes]:
        """What these members were answered, the same here and there; the others were not."""
        replies = [self.members[number][0].taken() for number in numbers]
        assert [self.members[number][1].read_raw() for number in numbers] == replies
        assert b"blocked_clients:%d\r\n" % self.waiting in self._told()
        return replies

    @property
    def waiting(self) -> int:
        """How many of them wait here."""
        return sum(session.client.waiting is not None for session, _ in self.members)

    def leave(self) -> None:
        """Let them all go."""
        for _, wire in self.members:
            wire.close()
        while b"blocked_clients:0\r\n" not in self._told():
            pass

    def _told(self) -> bytes:
        told = self.both.theirs.ask("INFO", "clients")
        assert isinstance(told, bytes)
        return told


@contextmanager
def gathered(both: Both, oracle: Oracle) -> Iterator[Crowd]:
    """A crowd that is gone at the end."""
    with ExitStack() as stack:
        crowd = Crowd(both, lambda: stack.enter_context(oracle.connect()))
        yield crowd
        crowd.leave()


def waiting(call: Session, line: str) -> Session:
    """Another client that waits for something."""
    other = call.another()
    assert b"" == other(line)
    assert other.client.unusual & Unusual.WAITING
    return other


def pass_by(call: Session, manual_time: ManualTime, seconds: float) -> None:
    """Let time pass, and whose time is over then be answered."""
    manual_time.pass_by(seconds)
    call.engine.clock.refresh()
    call.engine.timers.run_due(call.engine.clock.monotonic)
