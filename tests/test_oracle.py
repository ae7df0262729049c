"""The judge is judged first: `Wire` reads every type of both protocols, and nothing but one reply."""

import socket
from collections.abc import Iterator

import pytest

from oracle import Failure, Oracle, Value, Wire, encode_command, redis_server

REPLIES: list[tuple[bytes, Value]] = [
    (b"+OK\r\n", b"OK"),
    (b"-ERR no\r\n", Failure(b"ERR no")),
    (b":-7\r\n", -7),
    (b"$5\r\na\r\nbc\r\n", b"a\r\nbc"),
    (b"$0\r\n\r\n", b""),
    (b"$-1\r\n", None),
    (b"*-1\r\n", None),
    (b"*0\r\n", []),
    (b"*2\r\n:1\r\n*1\r\n$1\r\nx\r\n", [1, [b"x"]]),
    (b"_\r\n", None),
    (b",1.5\r\n", 1.5),
    (b"#t\r\n", True),
    (b"(123456789012345678901234567890\r\n", 123456789012345678901234567890),
    (b"=7\r\ntxt:abc\r\n", b"txt:abc"),
    (b"!6\r\nERR no\r\n", Failure(b"ERR no")),
    (b"%1\r\n+k\r\n:1\r\n", [(b"k", 1)]),
    (b"~1\r\n:1\r\n", [1]),
    (b">2\r\n+message\r\n:1\r\n", [b"message", 1]),
]


@pytest.fixture
def pair() -> Iterator[tuple[Wire, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    with Wire(ours) as wire, theirs:
        yield wire, theirs


@pytest.mark.parametrize(("raw", "value"), REPLIES)
def test_a_reply_is_read_whole_and_no_byte_more(
    pair: tuple[Wire, socket.socket], raw: bytes, value: Value
) -> None:
    wire, server = pair
    server.sendall(raw * 2 + b"+next\r\n")
    assert raw == wire.read_reply()
    assert value == wire.read_reply(raw=False)
    assert b"+next\r\n" == wire.read_reply()


def test_a_reply_that_came_too_late_can_be_read_again(pair: tuple[Wire, socket.socket]) -> None:
    wire, server = pair
    wire._socket.settimeout(0.001)
    server.sendall(b"*2\r\n:1\r\n")
    with pytest.raises(TimeoutError):
        wire.read_reply()
    server.sendall(b":2\r\n")
    assert b"*2\r\n:1\r\n:2\r\n" == wire.read_reply()


def test_a_stream_that_ends_inside_a_reply_is_an_error(pair: tuple[Wire, socket.socket]) -> None:
    wire, server = pair
    server.sendall(b"$5\r\nab")
    server.shutdown(socket.SHUT_WR)
    with pytest.raises(EOFError, match="in the middle"):
        wire.read_reply()


def test_arguments_of_every_kind_become_bulk_strings() -> None:
    assert b"*3\r\n$3\r\nSET\r\n$2\r\n\x00\xff\r\n$2\r\n12\r\n" == encode_command("SET", b"\x00\xff", 12)


def test_the_oracle_is_a_redis_with_debug_commands(oracle: Oracle) -> None:
    with oracle.connect() as wire:
        assert b"+PONG\r\n" == wire.command("PING")
        assert b"+OK\r\n" == wire.command("DEBUG", "SET-ACTIVE-EXPIRE", 1)
        assert [b"save", b""] == wire.ask("CONFIG", "GET", "save")


def test_the_oracle_speaks_both_protocols(oracle_wire: Wire) -> None:
    assert b"*0\r\n" == oracle_wire.command("HGETALL", "nothing")
    assert b"%7\r\n" == oracle_wire.command("HELLO", 3)[:4]
    assert b"%0\r\n" == oracle_wire.command("HGETALL", "nothing")


def test_a_protocol_error_closes_the_connection(oracle_wire: Wire) -> None:
    oracle_wire.send(b"*1\r\n:1\r\n")
    assert b"-ERR Protocol error: expected '$', got ':'\r\n" == oracle_wire.read_until_closed()


def test_an_oracle_that_cannot_start_says_why(oracle: Oracle) -> None:
    with pytest.raises(RuntimeError, match="Bad directive"), redis_server("--no-such-directive", "1"):
        pass
