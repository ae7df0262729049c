"""Nobody gets out, nothing crashes, and everything ends: `escapes` tells what is tried.

The server is a process of its own, the one that users run. All tests talk to the same one: what a script has
done to it, the next one sees.
"""

import signal
from collections.abc import Iterator

import pytest
from attrs import define

from oracle import Wire, encode_command, free_port
from program import Program, serving
from scripting.escapes import CONTAINED, ENDLESS, REFUSED

NESTED = {"a table that is nested", "a table that holds itself", "a map that holds itself"}
ENDS = (b"Script killed by user with SCRIPT KILL", b"not enough memory")


@define(eq=False)
class Besieged:
    """The server, and a connection that stays."""

    program: Program
    watcher: Wire

    def connect(self) -> Wire:
        return Wire.connect("127.0.0.1", self.program.port(), timeout=30)

    def kill(self, wire: Wire) -> bytes:
        """Kill the script that a connection runs, until it is dead, and return the reply."""
        for _ in range(600):
            self.watcher.command("SCRIPT", "KILL")
            try:
                return wire.read_raw()
            except TimeoutError:
                pass
        raise AssertionError("nobody can kill it")


@pytest.fixture(scope="module")
def besieged() -> Iterator[Besieged]:
    """A server that has to be there in the end, without having logged a bug."""
    options = ("--port", str(free_port()), "--bind", "127.0.0.1", "--busy-reply-threshold", "10")
    with serving(*options, seconds=600) as program:
        with Wire.connect("127.0.0.1", program.port(), timeout=30) as watcher:
            yield Besieged(program, watcher)
        program.signal(signal.SIGTERM)
        assert 0 == program.end()
        assert [] == [line for line in program.log if "Bug" in line or "Traceback" in line]


@pytest.fixture
def wire(besieged: Besieged) -> Iterator[Wire]:
    with besieged.connect() as wire:
        yield wire
    assert b"+OK\r\n" == besieged.watcher.command("FLUSHALL")
    assert b"$2\r\nok\r\n" == besieged.watcher.command("EVAL", "return string.lower('OK')", 0)


@pytest.mark.parametrize("script", REFUSED.strip().splitlines())
def test_what_a_real_redis_refuses_is_refused_in_the_same_words(
    script: str, wire: Wire, oracle_wire: Wire
) -> None:
    assert oracle_wire.command("EVAL", script, 0) == wire.command("EVAL", script, 0)


@pytest.mark.parametrize("name", CONTAINED)
def test_what_might_crash_a_server_is_answered(name: str, wire: Wire) -> None:
    try:
        assert wire.command("EVAL", CONTAINED[name], 0).endswith(b"\r\n")
    except RecursionError:
        assert name in NESTED  # and that is too deep for us


@pytest.mark.parametrize("name", ENDLESS)
def test_whatever_goes_on_for_ever_can_be_killed(name: str, besieged: Besieged) -> None:
    with Wire.connect("127.0.0.1", besieged.program.port(), timeout=0.05) as impatient:
        impatient.send(encode_command("EVAL", ENDLESS[name], 0))
        reply = besieged.kill(impatient)
    assert any(end in reply for end in ENDS)
