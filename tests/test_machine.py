"""What the operating system says of this process."""

from trioredis.machine import Machine


def test_memory_is_of_this_process_and_within_the_machine() -> None:
    machine = Machine()
    block = bytearray(b"x") * (256 * 2**20)  # more than earlier tests may have left for reuse
    assert len(block) < machine.resident_memory() < machine.total_memory
    assert len(block) < machine.peak_memory() < machine.total_memory


def test_processor_time_grows() -> None:
    before = Machine().cpu_times()["process"]
    sum(range(2_000_000))
    after = Machine().cpu_times()["process"]
    assert after.user + after.system > before.user + before.system


def test_the_system_has_a_name() -> None:
    assert 3 <= len(Machine().system.split())
