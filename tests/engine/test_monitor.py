"""MONITOR's lines: their form, what they hide, who gets them and who does not."""

import pytest

from bare_engine import ManualTime, Session
from trioredis.clock import Clock
from trioredis.engine.clients import Kind, Unusual
from trioredis.engine.lifecycle import release
from trioredis.engine.monitor import add_monitor, remove_monitor
from trioredis.engine.redaction import redacted
from trioredis.env import Env


@pytest.fixture
def call() -> Session:
    manual_time = ManualTime(1_700_000_000.25)
    return Session.open(Env(clock=Clock(manual_time, manual_time)))


@pytest.fixture
def monitor(call: Session) -> Session:
    session = call.another()
    add_monitor(call.engine, session.client)
    return session


def test_a_line_says_when_where_who_and_what(call: Session, monitor: Session) -> None:
    call(b"SET", b"k", b'a "b" \\ \r\n\x00\xff')
    assert (
        b'+1700000000.250000 [0 127.0.0.1:5000] "SET" "k" "a \\"b\\" \\\\ \\r\\n\\x00\\xff"\r\n'
        == monitor.taken()
    )


def test_a_client_of_the_unix_socket_is_called_by_its_path(call: Session, monitor: Session) -> None:
    call.client.kind |= Kind.UNIX
    call.engine.config.values[b"unixsocket"] = b"/tmp/redis.sock"
    call("PING")
    assert b'+1700000000.250000 [0 unix:/tmp/redis.sock] "PING"\r\n' == monitor.taken()


def test_only_what_was_called_is_shown(call: Session, monitor: Session) -> None:
    for line in ("NOPE", "GET", "MODULE LIST", "CLUSTER NOPE", "DEBUG SLEEP 0"):
        call(line)
    assert b"" == monitor.taken()
    call("CLUSTER INFO")
    assert monitor.taken().endswith(b'] "CLUSTER" "INFO"\r\n')


def test_a_monitor_sees_itself_and_the_others_after_their_replies(call: Session, monitor: Session) -> None:
    other = call.another()
    add_monitor(call.engine, other.client)
    reply = monitor("TIME")
    assert reply.startswith(b"*2\r\n")
    assert reply.endswith(b'"TIME"\r\n')
    call("PING")
    assert monitor.client.replies[-1] is other.client.replies[-1]
    assert other.taken().endswith(b'"PING"\r\n')


@pytest.mark.parametrize("line", ["GET k", "SET k v", "LOLWUT"])
def test_a_monitor_has_no_business_in_the_keyspace(monitor: Session, line: str) -> None:
    assert b"-ERR Replica can't interact with the keyspace\r\n" == monitor(line)


def test_a_monitor_that_wants_no_replies_gets_no_lines(call: Session, monitor: Session) -> None:
    monitor.client.unusual |= Unusual.MUTED
    call("PING")
    assert b"" == monitor.taken()


def test_what_a_monitor_skips_is_what_comes_next_be_it_a_line(call: Session, monitor: Session) -> None:
    assert monitor("CLIENT REPLY SKIP").endswith(b'"CLIENT" "REPLY" "SKIP"\r\n')
    call("PING")
    assert (b"", b"") == (monitor.taken(), monitor("PING"))
    call("PING")
    assert monitor.taken().endswith(b'"PING"\r\n')


def test_the_last_that_a_monitor_hears_is_that_it_may_go(call: Session, monitor: Session) -> None:
    assert b"+OK\r\n" == monitor("QUIT")
    call("PING")
    assert b"" == monitor.taken()


def test_after_reset_a_monitor_is_a_client_as_others(call: Session, monitor: Session) -> None:
    assert b"+RESET\r\n" == monitor("RESET")
    call("SET k v")
    assert b"$1\r\nv\r\n" == monitor("GET k")


def test_without_monitors_clients_are_as_usual_again(call: Session, monitor: Session) -> None:
    other = call.another()
    add_monitor(call.engine, other.client)
    remove_monitor(call.engine, monitor.client)
    assert [Unusual.MONITORED] * 3 == [client.unusual for client in call.engine.clients]
    remove_monitor(call.engine, monitor.client)
    release(call.engine, other.client)
    assert [0, 0] == [client.unusual for client in call.engine.clients]
    assert 0 == monitor.client.kind
    call("PING")
    assert b"" == monitor.taken()


def test_a_client_that_comes_later_is_seen_too(call: Session, monitor: Session) -> None:
    call.another()("PING")
    assert monitor.taken().endswith(b'"PING"\r\n')


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"AUTH pw", b"AUTH (redacted)"),
        (b"auth user pw", b"auth (redacted) (redacted)"),
        (b"HELLO 3 AUTH user pw SETNAME x", b"HELLO 3 AUTH (redacted) (redacted) SETNAME x"),
        (b"HELLO 3 auth user", b"HELLO 3 auth (redacted)"),
        (b"HELLO 3", b"HELLO 3"),
        (b"CONFIG SET requirepass pw port 1", b"CONFIG SET requirepass (redacted) port 1"),
        (b"config set port 1 MasterAuth pw", b"config set port 1 MasterAuth (redacted)"),
        (b"CONFIG GET requirepass", b"CONFIG GET requirepass"),
        (b"SET AUTH pw", b"SET AUTH pw"),
    ],
)
def test_passwords_are_hidden(line: bytes, shown: bytes) -> None:
    assert shown.split() == redacted(line.split())
