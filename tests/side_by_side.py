"""Two servers that hear the same words: what they answer and what they announce has to be the same."""

from collections.abc import Iterator

from attrs import define

from bare_engine import Announcement, Session, words
from oracle import Argument, Wire
from scores import with_17_digits


@define(eq=False)
class Both:
    """A client of ours and one of the oracle's, in the same version of the protocol."""

    ours: Session
    theirs: Wire
    _listener: Wire
    protocol: int

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

    def transcript(self, *lines: str) -> None:
        """Run one command after the other."""
        for line in lines:
            self(line)

    def events(self, *arguments: Argument) -> list[Announcement]:
        """Run one command as above, and assert that it announces the same events of the same keys, in order."""
        self.theirs.command("CONFIG", "SET", "notify-keyspace-events", "EA")
        self._listener.ask("PSUBSCRIBE", "*")
        self.ours.announced()
        self(*arguments)
        self.theirs.command("CONFIG", "SET", "notify-keyspace-events", "")
        self.theirs.command("PUBLISH", "end", "")
        expected = list(self._heard())
        assert expected == self.ours.announced(), arguments
        return expected

    def _heard(self) -> Iterator[Announcement]:
        """What the oracle's listener hears up to the message on the channel ``end``."""
        while True:
            match self._listener.read_value():
                case [b"pmessage", _, b"end", _]:
                    return
                case [b"pmessage", _, bytes(channel), bytes(key)]:
                    database, _, event = channel.removeprefix(b"__keyevent@").partition(b"__:")
                    yield int(database), event, key
