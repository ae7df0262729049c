"""What a command line calls."""

from trioredis.commands.command import command_
from trioredis.commands.strings import get
from trioredis.engine.table import CommandTable

TABLE = CommandTable.of([command_, get])


def test_a_command_is_found_by_its_name_in_any_case() -> None:
    assert get is TABLE.find([b"gEt", b"k"]).command
    assert get is TABLE.usual[b"GET"].command


def test_a_subcommand_is_found_by_two_words() -> None:
    assert command_.subcommands[b"count"] is TABLE.find([b"command", b"Count"]).command


def test_a_container_alone_takes_no_subcommand_for_an_argument() -> None:
    entry = TABLE.usual[b"COMMAND"]
    assert command_ is entry.command
    assert 1 == entry.least == entry.most
