"""What the operating system says of this process."""

from trioredis.machine import Machine


def test_memory_is_of_this_process_and_within_the_machine() -> None:
    machine = Machine()
    before = machine.resident_memory()
    block = bytearray(b"x") * (32 * 2**20)
    assert 2**20 < before < machine.resident_memory() - 16 * 2**20 < machine.total_memory
    assert machine.peak_memory() > len(block)


def test_processor_time_grows() -> None:
    before = Machine().cpu_times()["process"]
    sum(range(2_000_000))
    after = Machine().cpu_times()["process"]
    assert after.user + after.system > before.user + before.system


def test_the_system_has_a_name() -> None:
    assert 3 <= len(Machine().system.split())
