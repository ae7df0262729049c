"""The commands that one server knows, by name.

`Command` is what a command is, the same for every server in the process; an `Entry` is a command as one
server runs it: with that server's statistics, and with what the hot path asks folded into plain attributes.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from attrs import define, field

from trioredis import errors
from trioredis.engine.command import NO_MULTI, Command
from trioredis.engine.stats import CommandStats
from trioredis.errors import CommandError

Argv = list[bytes]

_NEVER_QUEUED = {b"exec", b"discard", b"multi", b"watch", b"quit", b"reset"}
"""What a transaction is made with, and what ends it."""


@define(eq=False)
class Entry:
    """A command as one server runs it."""

    command: Command
    handler: Callable[..., Any]
    """Called with the context and every word after the first; that of a subcommand drops its own name."""
    least: int
    """Words a call has at least."""
    most: int
    """Words a call has at most: one if the next word would be a subcommand's name."""
    is_queued: bool
    """Whether it is kept for EXEC between MULTI and EXEC, where some are run at once and some refused."""
    flags: int
    """Those of the command."""
    stats: CommandStats = field(factory=CommandStats, init=False)

    @classmethod
    def of(cls, command: Command) -> "Entry":
        """Prepare a command for a server."""
        is_sub = b"|" in command.name
        return cls(
            command,
            _without_first(command.handler) if is_sub else command.handler,
            abs(command.arity),
            1 if command.subcommands else command.arity if command.arity > 0 else 1 << 31,
            command.name not in _NEVER_QUEUED and not command.flags & NO_MULTI,
            command.flags,
        )


def _without_first(handler: Callable[..., Any]) -> Callable[..., Any]:
    return lambda ctx, _name, *arguments: handler(ctx, *arguments)


@define(eq=False)
class CommandTable:
    """Entries by name; `usual` holds those that need no look-up of a subcommand."""

    latency_tracking: bool = field(default=True, init=False)
    """Whether durations are kept, or only their sum."""
    usual: dict[bytes, Entry] = field(factory=dict, init=False)
    """By name in lower and in upper case; the hot path's one look-up."""
    _commands: dict[bytes, Command] = field(factory=dict, init=False)
    """By name in lower case."""
    _subcommands: dict[bytes, Entry] = field(factory=dict, init=False)
    """By full name: `config|get`."""

    @classmethod
    def of(cls, commands: Iterable[Command]) -> "CommandTable":
        """Build the table of a server."""
        table = cls()
        for command in commands:
            table.add(command)
        return table

    def add(self, command: Command) -> None:
        """Make a command known."""
        self._commands[command.name] = command
        for subcommand in command.subcommands.values():
            self._subcommands[subcommand.name] = Entry.of(subcommand)
        if command.callable_alone:
            self.usual[command.name] = self.usual[command.name.upper()] = Entry.of(command)

    def __iter__(self) -> Iterator[Command]:
        """Yield every command, without subcommands."""
        return iter(self._commands.values())

    def __len__(self) -> int:
        return len(self._commands)

    def entries(self) -> Iterator[Entry]:
        """Yield everything that can run, subcommands included, once."""
        yield from dict.fromkeys(self.usual.values())
        yield from self._subcommands.values()

    def fold_stats(self) -> None:
        """Bring the statistics of every command up to date."""
        for entry in self.entries():
            entry.stats.fold(self.latency_tracking)

    def named(self, name: bytes) -> Command | None:
        """Return a command, or a subcommand by its full name (`config|get`), in any case of letters."""
        name = name.lower()
        entry = self._subcommands.get(name)
        return entry.command if entry else self._commands.get(name)

    def find(self, argv: Argv) -> Entry:
        """Return what a command line calls; CommandError where there is no such command."""
        name = argv[0].lower()
        command = self._commands.get(name)
        if command is None:
            raise CommandError(errors.unknown_command(argv[0], argv[1:]))
        if not command.subcommands or (len(argv) == 1 and command.callable_alone):
            return self.usual[name]
        if len(argv) == 1:
            raise CommandError(errors.wrong_arity(name))
        entry = self._subcommands.get(b"%b|%b" % (name, argv[1].lower()))
        if entry is None:
            raise CommandError(errors.unknown_subcommand(name.upper(), argv[1]))
        return entry
