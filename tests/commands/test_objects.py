"""OBJECT beside a real Redis."""

import pytest

from bare_engine import ManualTime, Session
from side_by_side import Both

VALUES = [
    "SET k 0",
    "SET k 9999",
    "SET k 10000",
    "SET k -1",
    "SET k 0123",
    "SET k text",
    "SET k " + "x" * 45,
    "INCR k",
    "INCRBY k 10000",
    "INCRBYFLOAT k 5",
    "APPEND k 12",
    "SETRANGE k 0 12",
]


@pytest.mark.parametrize("line", VALUES)
def test_encodings_and_references_are_those_of_redis(both: Both, line: str) -> None:
    both.transcript(line, "OBJECT ENCODING k", "OBJECT REFCOUNT k", "object refcount k")


@pytest.mark.parametrize(
    "line",
    [
        "OBJECT",
        "OBJECT NOPE",
        "OBJECT NOPE k",
        "OBJECT ENCODING",
        "OBJECT ENCODING nope",
        "OBJECT ENCODING k k",
        "OBJECT FREQ k",
        "OBJECT FREQ nope",
        "OBJECT FREQ",
        "OBJECT IDLETIME k",
        "OBJECT IDLETIME nope",
        "OBJECT IDLETIME",
        "OBJECT REFCOUNT nope",
        "OBJECT REFCOUNT",
        "OBJECT HELP k",
    ],
)
def test_replies_are_those_of_redis(both: Both, line: str) -> None:
    both.transcript("SET k x", line)


def test_help_tells_how_to_call_the_same_subcommands(both: Both) -> None:
    ours, theirs = both.ours("OBJECT HELP"), both.theirs.command("OBJECT", "HELP")
    assert calls(theirs) == calls(ours)


def calls(reply: bytes) -> list[bytes]:
    """The lines of a help text that are not indented: the title, and how to call each subcommand."""
    return sorted(line for line in reply.split(b"\r\n") if line[:1] == b"+" and line[1:2] != b" ")


def test_idle_time_is_counted_in_whole_seconds(call: Session, manual_time: ManualTime) -> None:
    call("SET k x")
    for seconds, idle in [(0.5, 0), (0.5, 1), (2.9, 3), (0.1, 4)]:
        manual_time.pass_by(seconds)
        assert b":%d\r\n" % idle == call("OBJECT IDLETIME k")
