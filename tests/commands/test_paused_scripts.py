"""CLIENT PAUSE WRITE holds scripts and functions that may write, and lets others pass; beside a real Redis."""

import re
from collections.abc import Iterator

import pytest

from bare_engine import Session
from oracle import Oracle, Wire, encode_command
from scripting.function_corpus import library

CODE = """
redis.register_function{function_name='reads', flags={'no-writes'}, callback=function() return 'reads' end}
redis.register_function('writes', function() return 'writes' end)
"""
READS, WRITES, SILENT = "#!lua flags=no-writes\nreturn 1", "#!lua\nreturn 2", "return 3"
KNOWN = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"  # of "return 1"

CALLS = [
    ["FCALL", "reads", "0"], ["FCALL_RO", "reads", "0"], ["FCALL", "READS", "0"], ["FCALL", "writes", "0"],
    ["FCALL_RO", "writes", "0"], ["FCALL", "nope", "0"], ["FCALL_RO", "nope", "0"], ["FCALL", "writes", "x"],
    ["EVAL", READS, "0"], ["EVAL", WRITES, "0"], ["EVAL", SILENT, "0"], ["EVAL", "#!lua flags=x\n", "0"],
    ["EVAL_RO", READS, "0"], ["EVAL_RO", WRITES, "0"], ["EVAL_RO", SILENT, "0"], ["EVALSHA", KNOWN, "0"],
    ["EVALSHA_RO", KNOWN, "0"], ["EVALSHA", "0" * 40, "0"], ["FUNCTION", "LIST"], ["FUNCTION", "FLUSH"],
    ["FUNCTION", "LOAD", "x"], ["SCRIPT", "EXISTS", KNOWN],
]  # fmt: skip


@pytest.fixture
def pauser(oracle: Oracle) -> Iterator[Wire]:
    with oracle.connect() as wire:
        wire.command("FUNCTION", "LOAD", "REPLACE", library(CODE))
        wire.command("SCRIPT", "LOAD", "return 1")
        yield wire
        wire.command("FUNCTION", "FLUSH")


waits = re.compile(rb" flags=\w*b").search


def is_held_there(oracle: Oracle, pauser: Wire, lines: list[list[str]]) -> bool:
    """Whether a real Redis lets the last of some commands wait for the end of a pause."""
    with oracle.connect() as caller:
        number = caller.ask("CLIENT", "ID")
        for line in lines[:-1]:
            caller.command(*line)
        pauser.command("CLIENT", "PAUSE", 100_000, "WRITE")
        caller.send(encode_command(*lines[-1]))
        while not caller.is_answered() and not waits(pauser.command("CLIENT", "LIST", "ID", number)):
            pass
        held = not caller.is_answered()
        pauser.command("CLIENT", "UNPAUSE")
        caller.read_raw()
    return held


def is_held_here(call: Session, lines: list[list[str]]) -> bool:
    call("FUNCTION", "LOAD", "REPLACE", library(CODE))
    call("SCRIPT", "LOAD", "return 1")
    for line in lines[:-1]:
        call(*line)
    call.another()("CLIENT", "PAUSE", 100_000, "WRITE")
    return b"" == call(*lines[-1])


@pytest.mark.parametrize("line", CALLS, ids="-".join)
def test_a_call_is_held_if_it_may_write(line: list[str], oracle: Oracle, pauser: Wire, call: Session) -> None:
    assert is_held_there(oracle, pauser, [line]) == is_held_here(call, [line])


@pytest.mark.parametrize("line", CALLS[:18], ids="-".join)
def test_a_transaction_is_held_if_a_call_in_it_may_write(
    line: list[str], oracle: Oracle, pauser: Wire, call: Session
) -> None:
    lines = [["MULTI"], ["PING"], line, ["EXEC"]]
    assert is_held_there(oracle, pauser, lines) == is_held_here(call, lines)
