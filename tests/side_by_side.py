"""Two servers that hear the same words: what they answer and what they announce has to be the same."""

from collections.abc import Callable, Iterator

from attrs import define, field

from bare_engine import Announcement, Session, words
from oracle import Argument, Wire, encode_command, replies_in
from scores import with_17_digits

_END = b"the end of what was heard"


@define(eq=False)
class Both:
    """A client of ours and one of the oracle's, in the same version of the protocol."""

    ours: Session
    theirs: Wire
    listener: Wire
    """Another connection to the oracle, that hears what happens to keys, or whatever a test wants."""
    protocol: int
    _open_wire: Callable[[], Wire] | None = field(default=None)
    """Connects to the oracle once more, for as long as the test lasts."""
    _our_listener: Session | None = field(default=None, init=False)

    def __call__(self, *arguments: Argument) -> bytes:
        """Run one command here and there, assert that the replies are equal, and return them."""
        argv = words(*arguments)
        expected = self.theirs.command(*argv)
        assert expected == self.ours(*argv), argv
        return expected

    def scores(self, *arguments: Argument) -> bytes:
        """Run one command as above; numbers may be printed with fewer digits than the oracle prints."""
        argv = words(*arguments)
        expected = self.theirs.command(*argv)
        assert with_17_digits(expected) == with_17_digits(self.ours(*argv)), argv
        return expected

    def another(self, protocol: int | None = None) -> "Both":
        """One more client here and there, of the same version of the protocol unless another one is said."""
        assert self._open_wire is not None
        session, wire, protocol = self.ours.another(), self._open_wire(), protocol or self.protocol
        session.client.speak(protocol)
        wire.command("HELLO", protocol)
        return Both(session, wire, self.listener, protocol, self._open_wire)

    def hear(self, *arguments: Argument) -> list[bytes]:
        """Run one command, if one is said, that is answered by any number of replies and pushes.

        Return all that the client was sent since somebody looked, the same here and there, each by itself. Its replies
        must not be switched off, nor a transaction be open.
        """
        theirs, ours = self._both_heard(*arguments)
        assert theirs == ours, arguments
        return theirs

    def hear_in_any_order(self, *arguments: Argument) -> list[bytes]:
        """The same where the oracle says things in the order of its hash tables."""
        theirs, ours = map(sorted, self._both_heard(*arguments))
        assert theirs == ours, arguments
        return theirs

    def hear_apart(self, *arguments: Argument) -> list[bytes]:
        """The same of a command that is answered, whose client hears of it when the round ends."""
        argv = words(*arguments)
        ours = self.ours(*argv)
        heard = [self.theirs.command(*argv), *self._both_heard()[0]]
        assert b"".join(heard) == ours, argv
        return heard

    def _both_heard(self, *arguments: Argument) -> tuple[list[bytes], list[bytes]]:
        argv = words(*arguments) if arguments else []
        ours = replies_in(self.ours.taken() + (self.ours(*argv) if argv else b"") + self.ours("PING", _END))
        self.theirs.send((encode_command(*argv) if argv else b"") + encode_command("PING", _END))
        heard = [self.theirs.read_raw()]
        while _END not in heard[-1]:
            heard.append(self.theirs.read_raw())
        return heard[:-1], ours[:-1]

    def transcript(self, *lines: str) -> None:
        """Run one command after the other."""
        for line in lines:
            self(line)

    def events(self, *arguments: Argument) -> list[Announcement]:
        """Run one command as above, and assert that it announces the same events of the same keys, in order."""
        self.ours.announced()
        heard = self.notifications("EA", *arguments)
        expected = [_announcement(channel, key) for channel, key in heard]
        assert expected == self.ours.announced(), arguments
        return expected

    def notifications(self, letters: str, *arguments: Argument) -> list[tuple[bytes, bytes]]:
        """Run one command as above; return the channels and messages that subscribers here and there hear of it.

        `letters` are those of ``notify-keyspace-events``.
        """
        self.listen(letters)
        self(*arguments)
        return self.heard()

    def listen(self, letters: str) -> None:
        """Let somebody here and there hear what happens to keys, by the letters of ``notify-keyspace-events``."""
        if self._our_listener is None:
            self._our_listener = self.ours.another()
            self._our_listener("PSUBSCRIBE *")
            self.listener.ask("PSUBSCRIBE", "*")
        self("CONFIG", "SET", "notify-keyspace-events", letters)

    def heard(self) -> list[tuple[bytes, bytes]]:
        """Return the channels and messages that were heard, the same here and there; listen no more."""
        self("CONFIG", "SET", "notify-keyspace-events", "")
        self.theirs.command("PUBLISH", "end", "")
        heard = list(self._heard())
        assert self._our_listener is not None
        assert (
            b"".join(encode_command("pmessage", "*", *each) for each in heard) == self._our_listener.taken()
        )
        return heard

    def _heard(self) -> Iterator[tuple[bytes, bytes]]:
        """What the oracle's listener hears up to the message on the channel ``end``."""
        while True:
            match self.listener.read_value():
                case [b"pmessage", _, b"end", _]:
                    return
                case [b"pmessage", _, bytes(channel), bytes(message)]:
                    yield channel, message


def _announcement(channel: bytes, key: bytes) -> Announcement:
    database, _, event = channel.removeprefix(b"__keyevent@").partition(b"__:")
    return int(database), event, key
