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

KILLED = b"Script killed by user with SCRIPT KILL"


@define(eq=False)
class Besieged:
    """The server, and a connection that stays."""

    program: Program
    watcher: Wire

    def connect(self) -> Wire:
        return Wire.connect("127.0.0.1", self.program.port(), timeout=30)

    def kill(self) -> None:
        """Kill the script that runs, as soon as it does."""
        while self.watcher.command("SCRIPT", "KILL") != b"+OK\r\n":
            pass


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
        wire.command("FLUSHALL")
        assert b"+PONG\r\n" == besieged.watcher.command("PING")
        assert b"$2\r\nok\r\n" == wire.command("EVAL", "return string.lower('OK')", 0)


@pytest.mark.parametrize("script", REFUSED.strip().splitlines())
def test_what_a_real_redis_refuses_is_refused_in_the_same_words(
    script: str, wire: Wire, oracle_wire: Wire
) -> None:
    assert oracle_wire.command("EVAL", script, 0) == wire.command("EVAL", script, 0)


@pytest.mark.parametrize("name", CONTAINED)
def test_what_might_crash_a_server_is_answered(name: str, wire: Wire) -> None:
    reply = wire.command("EVAL", CONTAINED[name], 0)
    assert reply.endswith(b"\r\n")


@pytest.mark.parametrize("name", ENDLESS)
def test_whatever_goes_on_for_ever_can_be_killed(name: str, besieged: Besieged, wire: Wire) -> None:
    wire.send(encode_command("EVAL", ENDLESS[name], 0))
    besieged.kill()
    assert KILLED in wire.read_raw()
