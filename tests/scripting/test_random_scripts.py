"""Random programs: whatever they do, each is answered, nothing else comes, and the server keeps its size.

The suite runs some hundred of them, always the same; `nox -s fuzz` runs as many as take it some minutes, and never the
same. A script that does not answer is killed.
"""

import signal
from pathlib import Path
from random import Random, SystemRandom

from hypothesis import settings

from oracle import Wire, encode_command, free_port
from program import Program, serving
from scripting.random_scripts import random_script

PATIENCE = 0.1
GROWTH = 20 << 20
IN_THE_SUITE = 300
A_BATCH = 200
LONGEST = 7200


def resident(program: Program) -> int:
    """Bytes of memory that a process has."""
    return int(Path(f"/proc/{program.pid}/statm").read_text().split()[1]) * 4096


def answer(wire: Wire, watcher: Wire, words: list[str]) -> bytes:
    """The reply to a script, which is killed if it takes long."""
    wire.send(encode_command(*words))
    for _ in range(200):
        try:
            return wire.read_raw()
        except TimeoutError:
            watcher.command("SCRIPT", "KILL")
    raise AssertionError("a script cannot be killed")


def run_scripts(program: Program, random: Random, count: int) -> None:
    """Run so many scripts; of one that is not answered the seed is told, and the text."""
    with Wire.connect("127.0.0.1", program.port(), timeout=30) as watcher:
        wire = Wire.connect("127.0.0.1", program.port(), PATIENCE)
        for _ in range(count):
            seed = random.randrange(1 << 60)
            script, endless = random_script(Random(seed))
            try:
                words = ["EVAL_RO" if endless else "EVAL", script, "2", "k1", "k2", "x", "10"]
                answer(wire, watcher, words)
                assert b"+PONG\r\n" == answer(wire, watcher, ["PING"])
            except RecursionError:  # a reply that is deeper than Python likes
                wire.close()
                wire = Wire.connect("127.0.0.1", program.port(), PATIENCE)
            except (AssertionError, OSError, EOFError, ValueError) as error:
                raise AssertionError(f"after the script of seed {seed}:\n{script}") from error
        wire.close()
        assert b"+OK\r\n" == watcher.command("FLUSHALL")
        assert b"+OK\r\n" == watcher.command("SCRIPT", "FLUSH")
        assert b"+OK\r\n" == watcher.command("MEMORY", "PURGE")


def sizes_of(program: Program, random: Random, count: int) -> list[int]:
    """Run so many scripts, and return how large the process was from time to time."""
    sizes = []
    for _ in range(0, count, A_BATCH):
        run_scripts(program, random, min(count, A_BATCH))
        sizes.append(resident(program))
    return sizes


def test_random_scripts_are_answered_and_leave_nothing_behind() -> None:
    in_the_suite = settings.default.max_examples <= IN_THE_SUITE
    count = IN_THE_SUITE if in_the_suite else settings.default.max_examples
    seed = 0 if in_the_suite else SystemRandom().randrange(1 << 60)
    options = ("--port", str(free_port()), "--bind", "127.0.0.1", "--busy-reply-threshold", "10")
    with serving(*options, seconds=LONGEST) as program:
        sizes = sizes_of(program, Random(seed), count)
        program.signal(signal.SIGTERM)
        assert 0 == program.end()
    assert [] == [line for line in program.log if "Bug" in line or "Traceback" in line], seed
    if not in_the_suite:
        # What a script needs comes and goes: only where the low tides are higher each time, something is left.
        quarter = len(sizes) // 4
        before, after = min(sizes[:quarter]), min(sizes[-quarter:])
        print(f"{count} scripts: from {before >> 20} to {after >> 20} MB")
        assert after - before < GROWTH, (sizes, seed)
