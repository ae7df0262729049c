"""Commands of one's own (`trioredis.Commands`, `Server.command`); what makes them is in `trioredis.engine.custom`."""

from collections.abc import Callable, Iterator
from typing import TypeVar, Unpack

from attrs import define, field

from trioredis.commands import load
from trioredis.engine.command import Command, Handler
from trioredis.engine.custom import CustomFacts, check_name, custom_command
from trioredis.engine.table import CommandTable

F = TypeVar("F", bound=Handler)


@define(eq=False)
class Commands:
    """Commands of one's own, to be given to a server when it starts, or to several."""

    _table: CommandTable = field(factory=lambda: CommandTable.of(load()), init=False)
    """All that there will be."""
    _own: list[Command] = field(factory=list, init=False)

    def command(self, name: str, **facts: Unpack[CustomFacts]) -> Callable[[F], F]:
        """Make the function below a command: ``(ctx, *arguments)`` returns the reply.

        `keys` says how many of the first arguments are keys. TypeError or ValueError if it cannot be a command.
        """
        check_name(name)

        def declare(function: F) -> F:
            self._own.append(add_custom(self._table, name, function, facts))
            return function

        return declare

    def __iter__(self) -> Iterator[Command]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)


def add_custom(table: CommandTable, name: str, function: Handler, facts: CustomFacts) -> Command:
    """Make a function a command of a server, unless there is one of its name."""
    command = custom_command(name, function, facts)
    if table.named(command.name) is not None:
        raise ValueError(f"there is a command {name} already: choose another name, like MY.{name}")
    table.add(command)
    return command
