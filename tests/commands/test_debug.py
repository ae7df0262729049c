"""DEBUG, answer for answer beside a real Redis where that has the subcommand."""

import re

import pytest
import trio
from trio.testing import MockClock

from bare_engine import ManualTime, Session
from side_by_side import Both
from trioredis import open_server
from trioredis.config.catalogue import find
from trioredis.config.settings import Config
from trioredis.engine.gate import Reason
from trioredis.engine.lifecycle import release

NOT_ALLOWED = (
    b'-ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a '
    b"local connection, otherwise you need to set this option in the configuration file, and then restart the "
    b"server.\r\n"
)
TYPES = ["string", "integer", "double", "bignum", "null", "array", "set", "map", "verbatim", "true", "false"]
WITH_SOMETHING_BEFORE = ["attrib", "push"]


def allow_debug(config: Config, whom: bytes = b"yes") -> Config:
    directive = find(b"enable-debug-command")
    assert directive is not None
    config.assign(directive, [whom])
    return config


@pytest.fixture
def debug(call: Session) -> Session:
    """A client that may call DEBUG."""
    allow_debug(call.engine.config)
    return call


@pytest.fixture
def both(both: Both) -> Both:
    allow_debug(both.ours.engine.config)
    return both


# --- who may


@pytest.mark.parametrize("line", ["DEBUG HELP", "DEBUG SLEEP 0", "DEBUG NOPE"])
def test_it_is_off_unless_somebody_switches_it_on(call: Session, line: str) -> None:
    assert NOT_ALLOWED == call(line)


@pytest.mark.parametrize("address", [b"127.0.0.1:5000", b"[::1]:5000"])
def test_local_clients_can_be_allowed_to_call_it(call: Session, address: bytes) -> None:
    allow_debug(call.engine.config, b"local")
    call.client.address = address
    assert b"+OK\r\n" == call("DEBUG SLEEP 0")


def test_clients_from_elsewhere_are_not_local(call: Session) -> None:
    allow_debug(call.engine.config, b"local")
    call.client.address = b"192.0.2.1:5000"
    assert NOT_ALLOWED == call("DEBUG SLEEP 0")


@pytest.mark.parametrize(
    "line",
    [
        "DEBUG",
        "DEBUG NOPE",
        "DEBUG nope x",
        "DEBUG SLEEP",
        "DEBUG SLEEP 0 0",
        "DEBUG OBJECT",
        "DEBUG OBJECT a b",
        "DEBUG DIGEST x",
        "DEBUG ERROR",
        "DEBUG ERROR a b",
        "DEBUG POPULATE",
        "DEBUG POPULATE 1 a 2 b",
        "DEBUG PROTOCOL",
        "DEBUG SET-ACTIVE-EXPIRE",
        "DEBUG QUICKLIST-PACKED-THRESHOLD",
        "DEBUG STRINGMATCH-LEN x",
        "DEBUG HELP x",
    ],
)
def test_what_it_cannot_read_is_refused_as_unknown(both: Both, line: str) -> None:
    both(line)


def test_help_lists_what_there_is(debug: Session) -> None:
    reply = debug("DEBUG HELP")
    assert b"+SLEEP <seconds>\r\n" in reply
    assert reply.startswith(b"*23\r\n")


# --- small ones


@pytest.mark.parametrize("kind", [*TYPES, "nope", "STRING"])
def test_every_type_of_reply_is_that_of_redis(both: Both, kind: str) -> None:
    both("DEBUG", "PROTOCOL", kind)


@pytest.mark.parametrize("kind", WITH_SOMETHING_BEFORE)
def test_what_comes_before_a_reply_is_that_of_redis(both: Both, kind: str) -> None:
    theirs = both.theirs.command("DEBUG", "PROTOCOL", kind)
    if both.protocol == 3:
        theirs += both.theirs.read_raw()
    assert theirs == both.ours("DEBUG", "PROTOCOL", kind)


@pytest.mark.parametrize("text", ["ERR x", "x", "", " a  b ", "-x", "a\r\nb", "a\n", "\ra", b"\xff\x00"])
def test_an_error_has_the_text_that_was_asked_for(both: Both, text: str) -> None:
    both("DEBUG", "ERROR", text)


@pytest.mark.parametrize("size", ["0", "1", "1k", "4293918720", "4293918721", "4gb", "x", "", "-1", "1.5"])
def test_a_packing_threshold_is_checked(both: Both, size: str) -> None:
    both("DEBUG", "QUICKLIST-PACKED-THRESHOLD", size)


@pytest.mark.parametrize(
    ("pattern", "text", "reply"),
    [("h?llo", "hello", b":1\r\n"), ("h[^e]llo", "hello", b":0\r\n"), ("*", "", b":1\r\n")],
)
def test_a_pattern_can_be_tried(debug: Session, pattern: str, text: str, reply: bytes) -> None:
    assert reply == debug("DEBUG", "STRINGMATCH-LEN", pattern, text)


# --- OBJECT

OBJECT = re.compile(
    rb"\+Value at:0x[0-9a-f]+ refcount:\d+ (encoding:\w+ serializedlength:\d+) lru:\d+ lru_seconds_idle:0\r\n"
)


@pytest.mark.parametrize(
    "value", ["v", "12345", "99999999999", "a" * 44, "ab" * 30, "", "\0", "1" * 21, "abcdefghij" * 100]
)
def test_an_object_is_described_as_redis_does(both: Both, value: str) -> None:
    both("SET", "k", value)
    ours, theirs = (
        OBJECT.match(both.ours("DEBUG OBJECT k")),
        OBJECT.match(both.theirs.command("DEBUG", "OBJECT", "k")),
    )
    assert ours
    assert theirs
    assert theirs[1] == ours[1]


def test_no_object_is_an_error(both: Both) -> None:
    both("DEBUG OBJECT nope")


def test_looking_at_an_object_is_no_access(debug: Session, manual_time: ManualTime) -> None:
    debug("SET k v")
    lru = 1_700_000_000 % 2**24
    for _ in range(2):
        manual_time.pass_by(50)
        reply = debug("DEBUG OBJECT k")
    assert reply.endswith(b"lru:%d lru_seconds_idle:100\r\n" % lru)


# --- DIGEST


def test_an_empty_keyspace_has_a_digest_of_zeros(both: Both) -> None:
    assert b"+" + b"0" * 40 + b"\r\n" == both("DEBUG DIGEST")


def test_the_digest_of_a_dataset_is_that_of_redis(both: Both) -> None:
    both.transcript("SET a 1", "SET b xyz", "SET c ccc")
    both("SET", b"\0\xff", b"\r\n" * 100)
    both("INCR", "a")
    ours, theirs = both.ours, both.theirs
    theirs.command("EXPIRE", "c", 1000)
    ours.context.db.expire(b"c", ours.context.now + 1_000_000)
    theirs.command("SELECT", 3)
    ours.context.db = ours.engine.keyspace[3]
    both.transcript("SET b xyz", "SET d e")
    both("DEBUG DIGEST")
    both("DEBUG", "DIGEST-VALUE", "b", "d", "nope", "a", "b")
    both("DEBUG DIGEST-VALUE")


def test_the_digest_says_in_which_database_a_key_is(debug: Session) -> None:
    debug("SET k v")
    before = debug("DEBUG DIGEST")
    debug.engine.keyspace.swap(0, 1)
    assert before != debug("DEBUG DIGEST")


# --- POPULATE


@pytest.mark.parametrize(
    "arguments",
    [
        ("3",),
        ("3", "p"),
        ("3", "p", "0"),
        ("3", "p", "5"),
        ("12", "p", "20"),
        ("2", b"a\0b"),
        ("2", "x" * 200),
        ("0",),
    ],
)
def test_the_keys_it_creates_are_those_of_redis(both: Both, arguments: tuple[str, ...]) -> None:
    both("SET", "key:1", "was here")
    both("DEBUG", "POPULATE", *arguments)
    both("DEBUG DIGEST")


@pytest.mark.parametrize("arguments", ["x", "-1", "1 p x", "1 p -1", "x p x"])
def test_its_numbers_are_not_negative(both: Both, arguments: str) -> None:
    both(f"DEBUG POPULATE {arguments}")


# --- SET-ACTIVE-EXPIRE


@pytest.mark.parametrize(
    ("setting", "is_on"), [("0", False), ("1", True), ("x", False), ("-2", True), ("00", False)]
)
def test_the_expiry_of_keys_nobody_looks_at_can_be_stopped(debug: Session, setting: str, is_on: bool) -> None:
    assert b"+OK\r\n" == debug("DEBUG", "SET-ACTIVE-EXPIRE", setting)
    assert is_on == debug.engine.active_expire


def test_what_is_overdue_ends_when_it_is_switched_on_again(debug: Session, manual_time: ManualTime) -> None:
    debug("DEBUG SET-ACTIVE-EXPIRE 0")
    debug("SET k v")
    debug.context.db.expire(b"k", debug.context.now + 1000)
    manual_time.pass_by(5)
    assert debug.engine.next_wakeup() is None
    debug("DEBUG SET-ACTIVE-EXPIRE 1")
    assert debug.engine.keyspace.deadline_changed
    wait = debug.engine.next_wakeup()
    assert wait is not None
    assert wait <= 0


# --- SLEEP


@pytest.mark.parametrize("seconds", ["0", "-1", "x", "", "nan", "inf", "0abc", "-inf"])
def test_no_time_to_sleep_is_no_sleep(debug: Session, seconds: str) -> None:
    assert b"+OK\r\n" == debug("DEBUG", "SLEEP", seconds)
    assert debug.client.waiting is None


@pytest.mark.parametrize(
    ("seconds", "duration"), [("10", 10), ("0.5", 0.5), (".5", 0.5), ("1e1x", 10), (" 2", 2), ("+3", 3)]
)
def test_the_time_to_sleep_is_read_as_c_does(debug: Session, seconds: str, duration: float) -> None:
    assert b"" == debug("DEBUG", "SLEEP", seconds)
    assert debug.engine.clock.monotonic + duration == debug.engine.timers.earliest


def test_nobody_is_served_meanwhile_and_all_in_order_afterwards(
    debug: Session, manual_time: ManualTime
) -> None:
    debug("DEBUG SLEEP 10")
    others = [debug.another(), debug.another()]
    assert [b"", b""] == [other("PING") for other in others]
    manual_time.pass_by(10)
    debug.engine.clock.refresh()
    debug.engine.timers.run_due(debug.engine.clock.monotonic)
    assert b"+OK\r\n" == debug.taken()
    assert [debug.client, *(other.client for other in others)] == debug.engine.resumed
    assert b"+PONG\r\n" == others[0]("PING")


def test_a_sleeper_that_leaves_does_not_wake_the_others(debug: Session) -> None:
    other = debug.another()
    debug("DEBUG SLEEP 10")
    release(debug.engine, debug.client)
    assert b"" == other("PING")
    assert 1 == len(debug.engine.timers)
    debug.engine.gate.open(Reason.SLEEP)
    assert b"+PONG\r\n" == other("PING")


async def exchange(stream: trio.abc.Stream, lines: bytes, size: int) -> tuple[bytes, int]:
    """Send lines, and return the reply of that size and the second at which it was complete."""
    await stream.send_all(lines)
    reply = b""
    while len(reply) < size:
        reply += await stream.receive_some()
    return reply, int(trio.current_time())


async def test_the_host_goes_on_while_the_server_sleeps(autojump_clock: MockClock) -> None:
    answers: dict[str, tuple[bytes, int]] = {}

    async def ask_as(name: str, lines: bytes, size: int) -> None:
        answers[name] = await exchange(server.memory_stream(), lines, size)

    async with open_server(port=None, enable_debug_command="yes") as server, trio.open_nursery() as clients:
        clients.start_soon(ask_as, "sleeper", b"DEBUG SLEEP 100\r\nGET k\r\n", 10)
        await trio.sleep(1)
        clients.start_soon(ask_as, "other", b"SET k v\r\nGET k\r\n", 12)
        await trio.sleep(50)
        assert {} == answers
        clients.start_soon(ask_as, "late", b"PING\r\n", 7)
        assert 51 == int(trio.current_time())
    assert {
        "sleeper": (b"+OK\r\n$-1\r\n", 100),
        "other": (b"+OK\r\n$1\r\nv\r\n", 100),
        "late": (b"+PONG\r\n", 100),
    } == answers


async def test_a_sleeper_that_hangs_up_is_forgotten(autojump_clock: MockClock) -> None:
    async with open_server(port=None, enable_debug_command="yes") as server:
        sleeper, other = server.memory_stream(), server.memory_stream()
        await sleeper.send_all(b"DEBUG SLEEP 100\r\n")
        await trio.sleep(1)
        await sleeper.aclose()
        assert (b"+PONG\r\n", 100) == await exchange(other, b"PING\r\n", 7)
        assert 1 == server.statistics().clients
