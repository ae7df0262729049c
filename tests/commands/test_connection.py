"""Connection commands: what strangers and friends are told, beside a real Redis."""

import logging
from collections.abc import Iterator

import pytest

from bare_engine import Session
from oracle import Oracle
from side_by_side import Both
from trioredis.engine.clients import Unusual
from trioredis.engine.engine import Engine
from trioredis.protocol.encoding import encode_error

PASSWORD = b"open sesame"


@pytest.fixture
def locked(both: Both) -> Iterator[Both]:
    """Both servers, which have a password from now on; those who are connected already may stay."""
    both("CONFIG", "SET", "requirepass", PASSWORD)
    yield both
    both("CONFIG", "SET", "requirepass", "")


@pytest.fixture
def strangers(locked: Both, oracle: Oracle) -> Iterator[Both]:
    """Two clients that came when there was a password, and that speak RESP2."""
    with oracle.connect() as wire:
        yield Both(locked.ours.another(), wire, wire, 2)


@pytest.fixture
def visitors(both: Both, oracle: Oracle) -> Iterator[Both]:
    """Two clients that may go before the test is over."""
    with oracle.connect() as wire:
        yield Both(both.ours.another(), wire, wire, 2)


def greeting(reply: bytes) -> list[bytes]:
    """The lines of an answer to HELLO without the version of the server and the number of the client."""
    lines = reply.split(b"\r\n")
    version, number = lines.index(b"version") + 2, lines.index(b"id") + 1
    return [line for at, line in enumerate(lines) if at not in (version - 1, version, number)]


def same_greeting(both: Both, *words: bytes | str) -> None:
    assert greeting(both.theirs.command(*words)) == greeting(both.ours(*words))


def test_ping_echo_and_select_answer_as_redis_does(both: Both) -> None:
    both.transcript("PING", "ping", "PING hello", "PING a b", "ECHO hello", "ECHO", "ECHO a b", "SELECT 1")
    both("SET k v")
    both.transcript("SELECT 0", "GET k", "SELECT 15", "SELECT 16", "SELECT -1", "SELECT x", "SELECT 01")
    both.transcript("SELECT 2147483648", "SELECT -2147483649", "SELECT 9223372036854775808", "SELECT")
    both(b"PING", b"\x00\r\n")
    both(b"ECHO", b"")


def test_a_refused_select_leaves_the_database_as_it_was(call: Session) -> None:
    call("SELECT 3")
    call("SELECT 16")
    assert 3 == call.client.context.db.index


@pytest.mark.parametrize(
    "line", ["HELLO", "HELLO 2", "HELLO 3", "HELLO 3 SETNAME x", "HELLO 2 AUTH default x"]
)
def test_hello_describes_the_server(line: str, both: Both) -> None:
    same_greeting(both, *line.split())
    both("CLIENT GETNAME")


def test_hello_tells_the_version_of_redis_and_the_number_of_the_client(call: Session) -> None:
    second = call.another()
    lines = second("HELLO").split(b"\r\n")
    assert b"7.2.4" == lines[lines.index(b"version") + 2]
    assert b":2" == lines[lines.index(b"id") + 1]


def test_hello_refuses_what_redis_refuses(both: Both) -> None:
    both.transcript("HELLO 1", "HELLO 4", "HELLO x", "HELLO 02", "HELLO 9223372036854775808", "HELLO x FOO")
    both.transcript(
        "HELLO 3 FOO", "HELLO 2 SETNAME", "HELLO 2 AUTH", "HELLO 2 AUTH x", "HELLO 2 AUTH nobody x"
    )
    both("HELLO", "3", "SETNAME", "a b")
    both("HELLO", "3", "SETNAME", "a", "SETNAME", "b", "no\r\nsuch")
    both.transcript("PING", "CLIENT SETNAME x")


def test_an_empty_name_in_hello_takes_the_name_away(both: Both) -> None:
    both("CLIENT SETNAME x")
    same_greeting(both, "HELLO", "3", "SETNAME", "")
    both("CLIENT GETNAME")


def test_hello_changes_nothing_before_it_knows_all_of_it(call: Session) -> None:
    call("HELLO", "3", "SETNAME", "x", "FOO")
    assert b"$-1\r\n" == call("CLIENT GETNAME")


def test_auth_without_a_password_answers_as_redis_does(both: Both) -> None:
    both.transcript("AUTH", "AUTH x", "AUTH default x", "AUTH nobody x", "AUTH a b c", "PING")
    both("AUTH", "default", "")


def test_who_was_there_before_the_password_may_stay(locked: Both) -> None:
    locked.transcript("PING", "AUTH x", "PING")


def test_strangers_are_asked_for_the_password(strangers: Both) -> None:
    strangers.transcript(
        "PING", "GET k", "COMMAND COUNT", "CLIENT ID", "NOPE", "GET", "CLIENT NOPE", "CLIENT"
    )
    strangers.transcript("HELLO", "HELLO 3", "HELLO 4", "HELLO x", "HELLO 3 FOO", "HELLO 3 AUTH default x")
    strangers.transcript("RESET", "AUTH", "AUTH x", "AUTH nobody x", "AUTH a b c", "PING")
    strangers("AUTH", "nobody", PASSWORD)
    strangers("AUTH", "default", "")
    strangers("AUTH", PASSWORD)
    strangers.transcript("PING", "AUTH wrong", "PING", "RESET", "PING")
    strangers("AUTH", "default", PASSWORD)
    strangers("PING")


def test_hello_lets_in_who_knows_the_password(strangers: Both) -> None:
    same_greeting(strangers, "HELLO", "3", "SETNAME", "me", "AUTH", "default", PASSWORD)
    strangers.transcript("PING", "CLIENT GETNAME", "HELLO 2 AUTH default x", "CLIENT GETNAME")


def test_a_name_is_not_given_to_a_stranger(call: Session) -> None:
    call("CONFIG SET requirepass x")
    stranger = call.another()
    stranger("HELLO 3 SETNAME me")
    stranger("AUTH x")
    assert b"$-1\r\n" == stranger("CLIENT GETNAME")


def test_without_a_password_nobody_is_a_stranger_any_more(strangers: Both, locked: Both) -> None:
    strangers("PING")
    locked("CONFIG", "SET", "requirepass", "")
    strangers("PING")


def test_limits_of_a_strangers_requests_end_with_auth(call: Session) -> None:
    call("CONFIG SET requirepass x")
    stranger = call.another()
    assert [True, False] == [each.client.connection.has_authenticated for each in (call, stranger)]
    stranger("AUTH x")
    assert stranger.client.connection.has_authenticated
    stranger("RESET")
    assert not stranger.client.connection.has_authenticated


def test_quit_answers_and_then_closes(visitors: Both) -> None:
    visitors("QUIT now")
    assert b"" == visitors.theirs.read_until_closed()
    assert visitors.ours.client.gone
    assert b"" == visitors.ours("PING")


def test_strangers_may_quit(strangers: Both) -> None:
    strangers("QUIT")
    assert strangers.ours.client.gone


def test_reset_forgets_what_the_client_asked_for(both: Both) -> None:
    both.transcript("CLIENT SETNAME x", "SELECT 2")
    both("RESET")
    both.transcript("CLIENT GETNAME", "RESET x", "SET k v", "SELECT 2", "GET k")


def test_reset_turns_off_what_clients_switch_on(call: Session) -> None:
    call("CLIENT SETINFO lib-name x")
    for switch in ("CLIENT NO-EVICT on", "CLIENT NO-TOUCH on", "MONITOR", "HELLO 3", "CLIENT REPLY OFF"):
        call(switch)
    assert b"+RESET\r\n" == call("RESET")
    client = call.client
    assert (0, 0, 2, {}) == (client.unusual, client.kind, client.protocol, call.engine.monitors)
    assert b"x" == client.library_name


@pytest.mark.parametrize("line", ["POST / HTTP/1.1", "post", "Host: localhost", "HOST:"])
def test_browsers_are_shown_the_door(
    line: str, both: Both, caplog: pytest.LogCaptureFixture, oracle: Oracle
) -> None:
    with oracle.connect() as victim:
        victim.send(b"PING\r\n" + line.encode() + b"\r\nPING\r\n")
        assert b"" == victim.read_until_closed()
    assert b"" == both.ours(line)
    assert both.ours.client.unusual & Unusual.KILLED
    assert [logging.WARNING] == [record.levelno for record in caplog.records]
    assert "SECURITY ATTACK" in caplog.text


def test_browsers_do_not_even_get_what_they_were_owed(call: Session) -> None:
    call.executor.run(call.client, [[b"PING"], [b"POST", b"/"], [b"PING"]], 1 << 62)
    assert b"" == call.taken()
    assert [call.client] == list(call.engine.clients.dirty)


def test_a_strangers_browser_is_shown_the_door_too(call: Session) -> None:
    call("CONFIG SET requirepass x")
    stranger = call.another()
    assert b"" == stranger("POST /")
    assert stranger.client.gone


def test_what_only_looks_like_a_browser_stays(both: Both) -> None:
    both.transcript("GET /", "host:x", "POSTS", "PING")


def test_refusals_are_counted(call: Session, engine: Engine) -> None:
    call("AUTH default x y")
    call("SELECT 99")
    assert {b"ERR": 2} == engine.stats.errors
    assert encode_error(b"ERR syntax error") == call("AUTH a b c")
