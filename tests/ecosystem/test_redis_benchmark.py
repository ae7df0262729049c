"""redis-benchmark runs to its end, and what it prints has the form that it has against a real Redis."""

import csv
import shlex
from collections.abc import Iterator

import pytest

from ecosystem.forms import without_numbers
from oracle import redis_server
from program import run
from trioredis.testing import server_thread

Ports = tuple[int, int]

TESTS = "-t ping_inline,ping_mbulk,set,get,incr,mset"


def benchmark(port: int, arguments: str) -> tuple[int, str, str]:
    """Run redis-benchmark with a few requests; return its exit status, its output and its error output."""
    done = run("redis-benchmark", "-p", str(port), "-n", "1000", "-c", "10", *shlex.split(arguments))
    return done.returncode, done.stdout, done.stderr


def facts(output: str) -> list[str]:
    """The lines that are the same in each run but for their numbers; how many show the progress varies."""
    kept = (
        "====",
        "throughput summary",
        "parallel clients",
        "bytes payload",
        "keep alive",
        "multi-thread",
        "threads",
    )
    return without_numbers(
        "\n".join(line for line in output.splitlines() if any(word in line for word in kept))
    )


@pytest.mark.parametrize(
    "arguments",
    [
        TESTS,
        "-t set,get,incr,mset -P 16",
        "-t set,get -P 16 -r 1000 -d 100",
        "-t set,get --threads 2",
        "-t set -k 0",
        "-t get --dbnum 3",
        "-P 4 SETEX key:__rand_int__ 100 value",
        "-3 -t set,get",
    ],
)
def test_it_runs_without_an_error(arguments: str, ports: Ports) -> None:
    theirs, ours = (benchmark(port, arguments) for port in ports)
    assert 0 == ours[0]
    assert (facts(theirs[1]), theirs[2]) == (facts(ours[1]), ours[2])
    assert "error" not in ours[1].lower()


def test_it_says_what_went_wrong(ports: Ports) -> None:
    theirs, ours = (benchmark(port, "-q NOPE") for port in ports)
    text = "unknown command 'NOPE'"
    assert (1, True) == (theirs[0], text in theirs[1] + theirs[2]) == (ours[0], text in ours[1] + ours[2])


@pytest.mark.parametrize("arguments", [TESTS, "-t set,get,incr,mset -P 16"])
def test_its_tables_have_the_same_rows(arguments: str, ports: Ports) -> None:
    theirs, ours = (list(csv.reader(benchmark(port, f"--csv {arguments}")[1].splitlines())) for port in ports)
    assert theirs[0] == ours[0]
    assert [row[0] for row in theirs] == [row[0] for row in ours]
    assert all(float(row[1]) > 0 for row in ours[1:])


@pytest.fixture(scope="module")
def locked_ports() -> Iterator[Ports]:
    with redis_server("--requirepass", "secret") as oracle, server_thread(requirepass="secret") as url:
        yield oracle.port, int(url.rpartition(":")[2])


@pytest.mark.parametrize("password", ["-a secret", "--user default -a secret", "-a wrong", ""])
def test_who_knows_the_password_comes_in(password: str, locked_ports: Ports) -> None:
    theirs, ours = (benchmark(port, f"-t set,get -P 16 {password}") for port in locked_ports)
    assert (theirs[0], facts(theirs[1]), without_numbers(theirs[2])) == (
        ours[0],
        facts(ours[1]),
        without_numbers(ours[2]),
    )
