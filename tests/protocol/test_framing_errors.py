"""Framing errors, put to a real Redis: the same text, and the same end of the connection."""

from collections.abc import Iterator

import pytest

from oracle import Oracle, is_installed, redis_server
from protocol.transcripts import COMMANDS, ERRORS, UNAUTHENTICATED_ERRORS, UNFINISHED

PING = b"*1\r\n$4\r\nPING\r\n"


@pytest.fixture(scope="module")
def locked_oracle(oracle: Oracle) -> Iterator[Oracle]:
    """A Redis that asks for a password; the fixture `oracle` has judged whether there is one at all."""
    assert is_installed()
    with redis_server("--requirepass", "secret") as server:
        yield server


def error_reply(text):
    return b"-ERR Protocol error: %b\r\n" % text


@pytest.mark.parametrize(("data", "text"), ERRORS)
def test_the_oracle_answers_with_the_same_text_and_closes(oracle_wire, data, text):
    oracle_wire.send(PING + data)
    assert b"+PONG\r\n" + error_reply(text) == oracle_wire.read_until_closed()


@pytest.mark.parametrize(("data", "text"), UNAUTHENTICATED_ERRORS)
def test_the_oracle_limits_who_has_not_authenticated(locked_oracle, data, text):
    with locked_oracle.connect() as wire:
        wire.send(data)
        assert error_reply(text) == wire.read_until_closed()


@pytest.mark.parametrize("data", [data for data, _ in UNAUTHENTICATED_ERRORS])
def test_the_oracle_reads_a_large_frame_after_the_auth_before_it(locked_oracle, data):
    with locked_oracle.connect() as wire:
        wire.send(b"AUTH secret\r\n" + data)
        wire.send_eof()
        assert b"+OK\r\n" == wire.read_until_closed()


@pytest.mark.parametrize("data", UNFINISHED)
def test_the_oracle_waits_for_what_is_unfinished(oracle_wire, data):
    oracle_wire.send(PING + data)
    oracle_wire.send_eof()
    assert b"+PONG\r\n" == oracle_wire.read_until_closed()


@pytest.mark.parametrize(("data", "commands"), [row for row in COMMANDS if not row[0].startswith(b"POST")])
def test_the_oracle_finds_as_many_commands(oracle_wire, data, commands):
    oracle_wire.send(data + b"ECHO end\r\n")
    replies = [oracle_wire.read_raw() for _ in commands]
    assert len(commands) == len(replies)
    assert b"$3\r\nend\r\n" == oracle_wire.read_raw()
