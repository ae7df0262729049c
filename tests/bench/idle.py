"""What silent clients cost: the system calls of a server that has nothing to do, counted by strace."""

import re
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from .contestants import REDIS, TRIOREDIS, Contestant, running
from .report import Claim, Section, Table

CLIENTS = 100
SECONDS = 5
# Attaching interrupts the wait a server is in, which begins it anew: that is strace's doing.
SECONDS_TO_SETTLE = 1
# A line of the trace opens with the thread and the moment of the call.
CALL = re.compile(r"^\d+ +(\d+\.\d+) ", re.MULTILINE)


def run() -> Section:
    """Counts system calls over five seconds, and processor time, with 100 connections that say nothing."""
    found = {contestant.name: _measure(contestant) for contestant in (REDIS, TRIOREDIS)}
    rows = [(name, str(calls), f"{cpu:.1f}") for name, (calls, cpu) in found.items()]
    calls, _ = found["trioredis"]
    claim = Claim(f"system calls in {SECONDS} s, {CLIENTS} idle clients", calls, 0, at_most=True)
    return Section("Idle", Table(("100 clients", f"calls in {SECONDS} s", "CPU %"), rows), [claim], found)


def _measure(contestant: Contestant) -> tuple[int, float]:
    with ExitStack() as stack:
        server = stack.enter_context(running(contestant))
        for _ in range(CLIENTS):
            wire = stack.enter_context(server.connect())
            wire.command("PING")
        before = _cpu_ticks(server.pid)
        time.sleep(SECONDS)
        cpu = (_cpu_ticks(server.pid) - before) / SECONDS  # 100 ticks a second: per cent
        return _system_calls(server.pid), cpu


def _cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _system_calls(pid: int) -> int:
    # Into a file: a pipe that nobody reads would stop strace, and the server with it.
    with tempfile.NamedTemporaryFile("r") as trace:
        command = ["strace", "-f", "-qq", "-ttt", "-o", trace.name, "-p", str(pid)]
        with subprocess.Popen(command) as strace:
            time.sleep(SECONDS_TO_SETTLE)
            begin = time.time()
            time.sleep(SECONDS)
            end = time.time()
            strace.terminate()
        return sum(begin <= float(moment) <= end for moment in CALL.findall(trace.read()))
