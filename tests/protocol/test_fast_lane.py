"""What the short cuts take, what they leave to the strict parser, and that nothing of it stays behind."""

import pytest

from protocol.transcripts import COMMANDS, ERRORS, UNFINISHED
from trioredis.protocol.fast_lane import FastLane, split_one

PING = b"*1\r\n$4\r\nPING\r\n"
GET = b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n"


@pytest.fixture
def lane():
    return FastLane.if_available() or pytest.skip("hiredis is not installed")


@pytest.mark.parametrize(
    "data", [PING, GET, b"*10\r\n" + b"$0\r\n\r\n" * 10, b"*1\r\n$2000\r\n" + b"x" * 2000 + b"\r\n"]
)
def test_one_small_command_is_split(data):
    assert data.split(b"\r\n")[2::2] == split_one(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"*0\r\n",
        PING + PING,
        GET + b"\r\n",
        GET[:-1],
        b"*1\r\n$2\r\n\r\n\r\n",
        b"*1\r\n$04\r\nPING\r\n",
        b"*2\r\n$4\r\nPING\r\n",
        b"*1\r\n$4\r\nPINGX\r\n",
        b"*11\r\n" + b"$1\r\na\r\n" * 11,
        b"*1\r\n$3000\r\n" + b"x" * 3000 + b"\r\n",
    ],
)
def test_anything_else_is_not_split(data):
    assert split_one(data) is None


def test_a_pipeline_is_taken_and_the_unfinished_end_is_left(lane):
    commands = []
    assert b"*2\r\n$3\r\nGE" == lane.take(PING + GET + b"*2\r\n$3\r\nGE", commands)
    assert [[b"PING"], [b"GET", b"a"]] == commands


@pytest.mark.parametrize("data", [data for data, _ in COMMANDS + ERRORS] + UNFINISHED)
def test_no_chunk_leaves_anything_behind(lane, data):
    lane.take(data, [])
    commands = []
    assert b"" == lane.take(PING + GET, commands)
    assert [[b"PING"], [b"GET", b"a"]] == commands


def test_an_empty_bulk_string_outside_an_array_is_no_command(lane):
    commands: list[list[bytes]] = []
    data = b"$0\r\n\r\n*1\r\n$4\r\nPING\r\n"
    assert data == lane.take(data, commands)
    assert [] == commands
