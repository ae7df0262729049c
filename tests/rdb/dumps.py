"""What a real Redis saves of a value, as its DUMP tells, and whether it is what we save."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from attrs import define, field

from bare_engine import ManualTime, Session
from oracle import Argument, Wire
from trioredis.clock import Clock
from trioredis.env import Env
from trioredis.rdb.opcodes import HASH, SET
from trioredis.rdb.values import Form, saved_form

FOOTER = 10  # the version and the checksum
OUR_FOOTER = struct.pack("<HQ", 10, 0)
UNORDERED = {SET, HASH}

NOW = ManualTime(1_600_000_000.123)
SAVED_NOW = struct.pack("<q", 1_600_000_000_123)


def dumped(wire: Wire, key: Argument = "key") -> tuple[int, bytes]:
    """The type of a key's value, and the value as it stands in a snapshot."""
    payload = wire.ask("DUMP", key)
    assert isinstance(payload, bytes)
    return payload[0], payload[1:-FOOTER]


def open_session() -> Session:
    """A client whose clock stands, so that one can tell in what is saved what is a time."""
    return Session.open(Env(clock=Clock(NOW, NOW), random=Random(0)))


def is_saved_alike(theirs: tuple[int, bytes], form: Form) -> bool:
    """Whether two forms of a value agree, but for the order where there is none, and for the times of events."""
    their_type, their_bytes = theirs
    our_type, pieces = form
    our_bytes = b"".join(pieces)
    if our_type in UNORDERED:
        return (their_type, sorted(their_bytes)) == (our_type, sorted(our_bytes))
    return (their_type, _timeless(their_bytes, our_bytes)) == (our_type, our_bytes)


def _timeless(theirs: bytes, ours: bytes) -> bytes:
    """Put the time at which ours stands into theirs, where it stands in ours."""
    adjusted = bytearray(theirs)
    place = -1
    while (place := ours.find(SAVED_NOW, place + 1)) >= 0:
        adjusted[place : place + len(SAVED_NOW)] = SAVED_NOW
    return bytes(adjusted)


@contextmanager
def examining(wire: Wire) -> Iterator[None]:
    """Meanwhile the server looks at all that it is to restore, though not at its checksum."""
    wire.command("CONFIG", "SET", "sanitize-dump-payload", "yes")
    wire.command("DEBUG", "SET-SKIP-CHECKSUM-VALIDATION", 1)
    try:
        yield
    finally:
        wire.command("CONFIG", "SET", "sanitize-dump-payload", "no")
        wire.command("DEBUG", "SET-SKIP-CHECKSUM-VALIDATION", 0)


@define
class Savers:
    """Two servers that save."""

    theirs: Wire
    ours: Session = field(factory=open_session)

    def run(self, *line: Argument) -> None:
        """Run a command here and there; the replies have to be the same."""
        expected = self.theirs.command(*line)
        assert expected == self.ours(*line), line

    def save_alike(self, key: bytes) -> bool:
        """Whether both save the value of a key in the same bytes."""
        value = self.ours.context.db.peek(key)
        assert value is not None
        return is_saved_alike(dumped(self.theirs, key), saved_form(value))

    def restores_alike(self, key: bytes) -> bool:
        """Whether the real Redis, `examining`, can load what we save, and then has what it had in that key."""
        value_type, pieces = saved_form(self.ours.context.db.peek(key), compressing=False)
        payload = bytes([value_type]) + b"".join(pieces) + OUR_FOOTER
        deadline = self.theirs.ask("PEXPIRETIME", key)
        assert isinstance(deadline, int)
        restore = ["RESTORE", "restored", max(0, deadline), payload, "REPLACE", "ABSTTL"]
        if self.theirs.ask(*restore) != b"OK":
            return False
        before, after = self.theirs.ask("DEBUG", "DIGEST-VALUE", key, "restored")  # type: ignore[misc]
        return before == after
