"""MEMORY: true answers in Redis's form."""

from random import Random

import pytest

from bare_engine import ManualTime, Session
from side_by_side import Both
from trioredis.clock import Clock
from trioredis.env import Env
from trioredis.machine import Machine


class GrownMachine(Machine):
    """A process that took 10 MiB when it started, takes 20 now, and took more in between."""

    def __init__(self, peak: int) -> None:
        self.used, self.peak = 10 * 2**20, peak

    def resident_memory(self) -> int:
        return self.used

    def peak_memory(self) -> int:
        return self.peak


def grown(manual_time: ManualTime, peak: int = 20 * 2**20) -> Session:
    machine = GrownMachine(peak)
    session = Session.open(Env(Clock(manual_time, manual_time), Random(0), machine=machine))
    machine.used = 20 * 2**20
    return session


@pytest.mark.parametrize(
    "line",
    [
        "MEMORY",
        "MEMORY PURGE",
        "MEMORY USAGE",
        "MEMORY USAGE k",
        "MEMORY USAGE k SAMPLES",
        "MEMORY USAGE k SAMPLES x",
        "MEMORY USAGE k SAMPLES -1",
        "MEMORY USAGE k SAMPLES 0",
        "MEMORY USAGE k NONSENSE 5",
        "MEMORY DOCTOR x",
        "MEMORY STATS x",
        "MEMORY MALLOC-STATS x",
        "MEMORY NONSENSE",
    ],
)
def test_replies_are_those_of_redis(line: str, both: Both) -> None:
    both(line)


def usage(call: Session, key: str) -> int:
    return int(call("MEMORY", "USAGE", key, "SAMPLES", 5)[1:])


def test_usage_grows_with_key_value_and_deadline(call: Session) -> None:
    call("SET k v")
    call("SET", "a-longer-key", "v")
    call("SET", "large", "v" * 1000)
    call("SET ttl v EX 10")
    assert usage(call, "a-longer-key") > usage(call, "k") > 60
    assert 1000 < usage(call, "large") - usage(call, "k") < 1100
    assert usage(call, "ttl") > usage(call, "k") + 40


def test_usage_is_no_access(call: Session, manual_time: ManualTime) -> None:
    call("SET k v")
    manual_time.pass_by(10)
    usage(call, "k")
    assert 10 == call.context.db.idle(b"k")
    assert (0, 0) == (call.engine.keyspace.stats.hits, call.engine.keyspace.stats.misses)


def test_stats_are_those_of_the_process(manual_time: ManualTime) -> None:
    call = grown(manual_time, peak=40 * 2**20)
    for key in range(10):
        call("SET", key, "v")
    call.client.connection.output_size = 77
    call.client.speak(3)
    assert (
        b"%7\r\n"
        b"$14\r\npeak.allocated\r\n:41943040\r\n"
        b"$15\r\ntotal.allocated\r\n:20971520\r\n"
        b"$17\r\nstartup.allocated\r\n:10485760\r\n"
        b"$14\r\nclients.normal\r\n:77\r\n"
        b"$10\r\nkeys.count\r\n:10\r\n"
        b"$18\r\nkeys.bytes-per-key\r\n:1048576\r\n"
        b"$15\r\npeak.percentage\r\n,50\r\n"
    ) == call("MEMORY STATS")


def test_the_doctor_wants_some_data(call: Session) -> None:
    assert b"too little data" in call("MEMORY DOCTOR")


def test_the_doctor_finds_nothing_wrong(manual_time: ManualTime) -> None:
    assert b"Nothing is wrong" in grown(manual_time)("MEMORY DOCTOR")


def test_the_doctor_sees_a_high_peak_and_large_buffers(manual_time: ManualTime) -> None:
    call = grown(manual_time, peak=60 * 2**20)
    assert b"once took 300%" in call("MEMORY DOCTOR")
    call.client.connection.input_size = 300_000
    assert b"300000 bytes each" in call("MEMORY DOCTOR")


def test_malloc_stats_tell_what_python_knows(call: Session) -> None:
    call.client.speak(3)
    reply = call("MEMORY MALLOC-STATS")
    assert reply.startswith(b"=")
    assert int(reply.split()[-1]) > 1000


def test_help_names_every_subcommand(call: Session) -> None:
    reply = call("MEMORY HELP")
    for usage in (
        b"DOCTOR\r\n",
        b"MALLOC-STATS\r\n",
        b"PURGE\r\n",
        b"STATS\r\n",
        b"USAGE <key> [SAMPLES <count>]",
    ):
        assert b"\r\n+" + usage in reply


class ThriftyMachine(Machine):
    """Counts how often it was told to give memory back."""

    given_back = 0

    def give_back(self) -> None:
        self.given_back += 1


def test_purge_gives_memory_back_to_the_machine(manual_time: ManualTime) -> None:
    machine = ThriftyMachine()
    call = Session.open(Env(clock=Clock(manual_time, manual_time), machine=machine))
    assert b"+OK\r\n" == call("MEMORY PURGE")
    assert 1 == machine.given_back


def test_a_machine_can_be_told_to_give_memory_back() -> None:
    Machine().give_back()
