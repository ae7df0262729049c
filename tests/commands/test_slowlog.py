"""SLOWLOG: which commands it shows, and how."""

from collections.abc import Iterator

import pytest

from bare_engine import Session
from oracle import Argument, Wire, encode_command
from side_by_side import Both


@pytest.fixture
def slow_wire(oracle_wire: Wire) -> Iterator[Wire]:
    """The oracle, to whom every command is slow."""
    oracle_wire.command("CONFIG", "SET", "slowlog-log-slower-than", 0)
    oracle_wire.command("SLOWLOG", "RESET")
    yield oracle_wire
    oracle_wire.command("CONFIG", "SET", "slowlog-log-slower-than", 10000, "slowlog-max-len", 128)
    oracle_wire.command("SLOWLOG", "RESET")


@pytest.fixture
def slow_call(call: Session) -> Session:
    """A session to whose engine every command is slow."""
    call("CONFIG SET slowlog-log-slower-than 0")
    call("SLOWLOG RESET")
    return call


@pytest.mark.parametrize(
    "line",
    [
        "SLOWLOG",
        "SLOWLOG RESET",
        "SLOWLOG GET x",
        "SLOWLOG GET -2",
        "SLOWLOG GET 1 2",
        "SLOWLOG LEN x",
        "SLOWLOG RESET x",
        "SLOWLOG NONSENSE",
    ],
)
def test_replies_are_those_of_redis(line: str, both: Both) -> None:
    both(line)


def test_an_empty_log_is_shown_as_redis_shows_it(both: Both) -> None:
    both.transcript("SLOWLOG RESET", "SLOWLOG GET", "SLOWLOG GET -1", "SLOWLOG GET 0", "SLOWLOG LEN")


def test_an_entry_has_six_fields(call: Session) -> None:
    call.engine.slowlog.add([b"GET", b"k"], 1234, 0.25, b"1.2.3.4:5", b"me", keep=10)
    fields = b":0\r\n:1234\r\n:250000\r\n" + encode_command("GET", "k") + b"$9\r\n1.2.3.4:5\r\n$2\r\nme\r\n"
    assert b"*1\r\n*6\r\n" + fields == call("SLOWLOG GET")


@pytest.mark.parametrize(
    "arguments",
    [
        ["GET", "k"],
        ["MGET", *range(40)],
        ["SET", "k", b"x" * 200],
        ["SET", "k", b"x" * 128],
        ["CONFIG", "SET", "requirepass", ""],
        ["INCR"],
        ["NONSENSE"],
    ],
)
def test_commands_are_kept_and_cut_as_redis_does(
    arguments: list[Argument], slow_call: Session, slow_wire: Wire
) -> None:
    slow_wire.command(*arguments)
    slow_call(*arguments)
    expected = [entry[3] for entry in slow_wire.ask("SLOWLOG", "GET", -1)]
    assert expected == [entry.argv for entry in slow_call.engine.slowlog.entries]


def test_ten_entries_are_shown_unless_more_are_asked_for(call: Session) -> None:
    for number in range(12):
        call.engine.slowlog.add([b"%d" % number], 0, 1, b"", b"", keep=100)
    assert call("SLOWLOG GET").startswith(b"*10\r\n*6\r\n:11\r\n")
    assert call("SLOWLOG GET 3").startswith(b"*3\r\n")
    assert call("SLOWLOG GET -1").startswith(b"*12\r\n")
    assert b":12\r\n" == call("SLOWLOG LEN")


def test_ids_go_on_after_a_reset(slow_call: Session) -> None:
    slow_call("GET a")
    before = slow_call.engine.slowlog.entries[0].id
    assert b"+OK\r\n" == slow_call("SLOWLOG RESET")
    slow_call("GET a")
    assert slow_call.engine.slowlog.entries[0].id > before


def test_a_shorter_log_forgets_at_once_as_in_redis(slow_call: Session, slow_wire: Wire) -> None:
    def run(*words: str) -> None:
        slow_call(*words)
        slow_wire.command(*words)

    for key in "abcde":
        run("GET", key)
    run("CONFIG", "SET", "slowlog-max-len", "2", "slowlog-log-slower-than", "1000000")
    assert slow_wire.command("SLOWLOG", "LEN") == slow_call("SLOWLOG LEN") == b":2\r\n"


def test_help_names_every_subcommand(call: Session) -> None:
    reply = call("SLOWLOG HELP")
    for usage in (b"GET [<count>]\r\n", b"HELP\r\n", b"LEN\r\n", b"RESET\r\n"):
        assert b"\r\n+" + usage in reply
