"""Functions as commands: what follows from their signatures, what is refused, and what their callers see."""

import logging
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from enum import IntEnum
from random import Random
from typing import Any, NamedTuple

import pytest

from bare_engine import ManualTime, Session
from trioredis.clock import Clock
from trioredis.commands.custom import add_custom
from trioredis.engine.command import FAST, READONLY, keys_of
from trioredis.engine.custom import custom_command
from trioredis.engine.key_specs import KeySpec
from trioredis.env import Env
from trioredis.errors import CommandError
from trioredis.protocol.replies import NO_REPLY, Simple, Verbatim

INTERNAL = b"-ERR internal error\r\n"


@pytest.fixture
def time() -> ManualTime:
    return ManualTime()


@pytest.fixture
def call(time: ManualTime) -> Session:
    return Session.open(Env(clock=Clock(time, time), random=Random(0)))


@pytest.fixture
def add(call: Session) -> Callable[..., None]:
    """Adds a command ``MY`` to the engine behind `call`."""
    return lambda function, name="MY", **facts: add_custom(call.engine.commands, name, function, facts)


# --- what follows from a signature


def nothing(ctx): ...
def two(ctx, key, limit): ...
def optional(ctx, key, limit=b"10"): ...
def many(ctx, key, *fields): ...
def hidden(ctx, key, *, scale=10): ...


@pytest.mark.parametrize(
    ("function", "arity"),
    [(nothing, 1), (two, 3), (optional, -2), (many, -2), (hidden, 2), (lambda ctx, *a: 1, -1)],
)
def test_the_arity_follows_from_the_signature(function, arity) -> None:
    assert arity == custom_command("MY", function, {}).arity


@pytest.mark.parametrize(
    ("function", "arity"), [(two, 3), (optional, -2), (optional, 3), (many, -4), (many, 5)]
)
def test_an_arity_may_be_declared_that_the_function_bears(function, arity) -> None:
    assert arity == custom_command("MY", function, {"arity": arity}).arity


def test_no_call_reaches_the_function_with_arguments_that_it_does_not_take(call, add) -> None:
    add(optional)
    for line, answered in (("MY", False), ("MY k", True), ("MY k 1", True), ("MY k 1 2", False)):
        assert answered == (call(line) != b"-ERR wrong number of arguments for 'my' command\r\n")


def test_annotated_arguments_are_read_as_redis_reads_numbers(call, add) -> None:
    def numbers(ctx, key: bytes, count: int, factor: "float" = 1.5, *rest: int):
        return [key, count, factor, *rest]

    add(numbers)
    assert b"*3\r\n$1\r\nk\r\n:7\r\n$3\r\n1.5\r\n" == call("MY k 7")
    assert b"*5\r\n$1\r\nk\r\n:7\r\n$4\r\n0.25\r\n:8\r\n:9\r\n" == call("MY k 7 0.25 8 9")
    for line in ("MY k 1_0", "MY k x", "MY k 7 1 8 x"):
        assert b"-ERR value is not an integer or out of range\r\n" == call(line)
    assert b"-ERR value is not a valid float\r\n" == call("MY k 7 x")


def test_the_docs_are_the_docstring_and_the_names_of_the_arguments(call, add) -> None:
    def take(ctx, key, limit: int, factor: float = 1.0, *Words):  # noqa: N803 -- a name that usage lines have to quote
        """
        Take a token.

        More about it.
        """

    add(take, keys=1, since="2.0.0", group="string", complexity="O(1)")
    call.client.speak(3)
    docs = call("COMMAND DOCS MY")
    for part in (
        b"$13\r\nTake a token.\r\n",
        b"2.0.0",
        b"string",
        b"O(1)",
        b"integer",
        b"double",
        b"Words",
        b"key_spec_index",
    ):
        assert part in docs
    assert b"More about it" not in docs


@pytest.mark.parametrize(
    ("keys", "argv", "found"),
    [
        (0, [b"my", b"a", b"b"], []),
        (1, [b"my", b"a", b"b"], [b"a"]),
        (2, [b"my", b"a", b"b"], [b"a", b"b"]),
        (KeySpec(2, flags="RO"), [b"my", b"a", b"b"], [b"b"]),
        ((KeySpec(1, flags="RO"), KeySpec(2, flags="OW")), [b"my", b"a", b"b"], [b"a", b"b"]),
    ],
)
def test_its_keys_are_found_in_its_calls(keys, argv, found) -> None:
    assert found == [key for key, _ in keys_of(custom_command("MY", two, {"keys": keys}), argv)]


def test_keys_up_to_the_end_need_no_more_than_one(call, add) -> None:
    add(many, keys=KeySpec(1, last=-1, flags="RO"))
    assert b"*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n" == call("COMMAND GETKEYS MY a b c")
    assert b"multiple" in call("COMMAND DOCS MY")


def test_command_info_shows_flags_keys_and_categories(call, add) -> None:
    add(two, keys=1, flags="readonly fast", categories="string")
    info = call("COMMAND INFO MY")
    for part in (b"+module", b"+readonly", b"+fast", b"+@read", b"+@fast", b"+@string", b"+RO", b"+access"):
        assert part + b"\r\n" in info
    assert b"$2\r\nmy\r\n" in call("ACL CAT string")


def test_flags_may_be_constants_and_are_those_of_a_write_if_nothing_is_said() -> None:
    assert {b"write", b"slow"} == custom_command("MY", two, {}).categories
    assert {b"read", b"fast"} == custom_command("MY", two, {"flags": READONLY | FAST}).categories


# --- what is refused


async def asynchronous(ctx, key): ...
def generator(ctx):
    yield


def text(ctx, key: str): ...
def quoted_text(ctx, key: "str"): ...
def listed(ctx, key: list): ...
def named(ctx, *, limit): ...
def any_name(ctx, **options): ...


@pytest.mark.parametrize(
    ("function", "facts", "error", "says"),
    [
        (asynchronous, {}, TypeError, "Await in a task of your program"),
        (generator, {}, TypeError, "plain function"),
        (text, {}, TypeError, "call .decode"),
        (quoted_text, {}, TypeError, "call .decode"),
        (listed, {}, TypeError, "bytes, int or float"),
        (named, {}, TypeError, "nobody can pass 'limit'"),
        (any_name, {}, TypeError, "nobody can pass 'options'"),
        (lambda: None, {}, TypeError, "takes the context first"),
        (lambda *ctx: None, {}, TypeError, "takes the context first"),
        (two, {"arity": 2}, TypeError, "arity 2 does not fit"),
        (two, {"arity": 4}, TypeError, "arity 4 does not fit"),
        (two, {"arity": -3}, TypeError, "arity -3 does not fit"),
        (two, {"arity": 0}, TypeError, "arity 0 does not fit"),
        (two, {"keys": 3}, ValueError, "keys beyond the 2 arguments"),
        (two, {"keys": -1}, ValueError, "KeySpec"),
        (optional, {"keys": 2}, ValueError, "keys beyond the 1 arguments"),
        (two, {"keys": KeySpec(3, flags="RO")}, ValueError, "keys beyond"),
        (two, {"flags": "wrote"}, ValueError, "wrote is no flag; there are: write readonly"),
        (two, {"flags": "write readonly"}, ValueError, "either it may write or it is readonly"),
        (two, {"categories": "strings"}, ValueError, "not an ACL category"),
        (two, {"args": "key ["}, ValueError, "should stand"),
    ],
)
def test_what_could_not_work_is_refused_at_once_and_told_how_it_could(function, facts, error, says) -> None:
    with pytest.raises(error, match=says):
        custom_command("RATE.TAKE", function, facts)


@pytest.mark.parametrize("name", ["", "RATE TAKE", "rate|take", "tæke", "a\nb"])
def test_a_name_is_one_word_of_ascii(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a command's name"):
        custom_command(name, nothing, {})


@pytest.mark.parametrize("name", ["GET", "get", "Config", "MY"])
def test_a_name_that_is_taken_is_refused(add, name: str) -> None:
    add(nothing)
    with pytest.raises(ValueError, match=f"there is a command {name} already"):
        add(nothing, name)


# --- replies


class Colour(IntEnum):
    RED = 1


class Point(NamedTuple):
    x: int
    y: int


@pytest.mark.parametrize(
    ("reply", "wire"),
    [
        (None, b"_\r\n"),
        (True, b"#t\r\n"),
        (7, b":7\r\n"),
        (2**63, b"(9223372036854775808\r\n"),
        (Colour.RED, b":1\r\n"),
        (0.5, b",0.5\r\n"),
        (b"a", b"$1\r\na\r\n"),
        (bytearray(b"a"), b"$1\r\na\r\n"),
        ([1, [b"a", 2**64]], b"*2\r\n:1\r\n*2\r\n$1\r\na\r\n(18446744073709551616\r\n"),
        (Point(1, 2), b"*2\r\n:1\r\n:2\r\n"),
        (OrderedDict({b"a": 1}), b"%1\r\n$1\r\na\r\n:1\r\n"),
        (defaultdict(list, {b"a": [None]}), b"%1\r\n$1\r\na\r\n*1\r\n_\r\n"),
        (frozenset({1}), b"~1\r\n:1\r\n"),
        (Simple(b"OK"), b"+OK\r\n"),
        ([Verbatim(b"text")], b"*1\r\n=8\r\ntxt:text\r\n"),
    ],
)
def test_a_reply_is_what_python_has_for_it(call, add, reply, wire) -> None:
    add(lambda ctx: reply)
    call.client.speak(3)
    assert wire == call("MY")


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("text", b"str"),
        ([1, ["text"]], b"str"),
        ({b"a": {1, "b"}}, b"str"),
        (1j, b"complex"),
        (object(), b"object"),
        (NO_REPLY, b"reply that never comes"),
    ],
)
def test_a_reply_of_a_wrong_type_is_an_error_that_says_so(call, add, caplog, reply, kind) -> None:
    add(lambda ctx: reply, "My.Own")
    with caplog.at_level(logging.ERROR, "trioredis"):
        answer = call("MY.OWN")
    assert answer.startswith(b"-ERR My.Own returned a %b, which is no reply: return bytes, int" % kind)
    assert 1 == len(caplog.records)


def test_an_exception_is_an_internal_error_and_a_line_in_the_log(call, add, caplog) -> None:
    add(lambda ctx: 1 // 0)
    with caplog.at_level(logging.ERROR, "trioredis"):
        assert INTERNAL == call("MY")
    assert "ZeroDivisionError" in caplog.text
    assert "Bug in my" in caplog.text
    assert b"+PONG\r\n" == call("PING")


def test_a_reply_that_contains_itself_ends_no_server(call, add) -> None:
    endless: list[Any] = []
    endless.append(endless)
    add(lambda ctx: endless)
    assert INTERNAL == call("MY")
    assert b"+PONG\r\n" == call("PING")


@pytest.mark.parametrize("text", ["LIMITED Try later", b"LIMITED Try later"])
def test_an_error_reply_is_raised_as_text_or_bytes(call, add, text) -> None:
    def refuse(ctx):
        raise CommandError(text)

    add(refuse)
    assert b"-LIMITED Try later\r\n" == call("MY")
    assert b"errorstat_LIMITED:count=1\r\n" in call("INFO errorstats")


# --- calling other commands


def counting(ctx, key):
    count = ctx.call("INCR", key)
    if count == 1:
        ctx.call("EXPIRE", key, 10)
    return count


def test_a_command_calls_others_as_one_that_runs_alone(call, add, time) -> None:
    add(counting, keys=1)
    assert [b":1\r\n", b":2\r\n"] == [call("MY k"), call("MY k")]
    assert b":10\r\n" == call("TTL k")
    stats = call("INFO commandstats")
    assert b"cmdstat_my:calls=2," in stats
    assert b"cmdstat_incr:calls=2," in stats


@pytest.mark.parametrize("protocol", [2, 3])
def test_what_it_gets_is_the_same_whatever_its_client_speaks(call, add, protocol: int) -> None:
    got = []
    call.client.speak(protocol)
    call("HSET h f v")
    call("ZADD z 1.5 m")
    call("SADD s a")
    lines = (
        "HGETALL h",
        "ZRANGE z 0 -1 WITHSCORES",
        "SMEMBERS s",
        "GET missing",
        "SET a b",
        "EXISTS a",
        "ZSCORE z m",
    )
    add(lambda ctx: got.extend(ctx.call(*line.split()) for line in lines))
    before = call.client.protocol
    assert (b"$-1\r\n" if protocol == 2 else b"_\r\n") == call("MY")
    assert [{b"f": b"v"}, [[b"m", 1.5]], [b"a"], None, b"OK", 1, 1.5] == got
    assert before == call.client.protocol


def test_words_may_be_text_and_numbers(call, add) -> None:
    add(lambda ctx: [ctx.call("SET", "k", 1.5), ctx.call(b"GET", b"k"), ctx.call("APPEND", "k", 3)])
    assert b"*3\r\n$2\r\nOK\r\n$3\r\n1.5\r\n:4\r\n" == call("MY")
    for wrong in (None, True, [b"k"]):
        add(lambda ctx, wrong=wrong: ctx.call("GET", wrong), f"MY{wrong}".replace(" ", ""))
        assert INTERNAL == call(f"MY{wrong}".replace(" ", ""))


def test_an_error_inside_is_the_reply_unless_it_is_caught(call, add) -> None:
    call("LPUSH l a")
    add(lambda ctx, key: ctx.call("INCR", key))

    def careful(ctx, key):
        try:
            ctx.call("INCR", key)
        except CommandError as error:
            return [b"caught", error.text]

    add(careful, "CAREFUL")
    text = b"WRONGTYPE Operation against a key holding the wrong kind of value"
    assert b"-" + text + b"\r\n" == call("MY l")
    assert b"*2\r\n$6\r\ncaught\r\n$%d\r\n%b\r\n" % (len(text), text) == call("CAREFUL l")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("NOPE a", b"-ERR unknown command 'NOPE', with args beginning with: 'a' \r\n"),
        ("POST /", b"-ERR unknown command 'POST', with args beginning with: '/' \r\n"),
        ("GET", b"-ERR wrong number of arguments for 'get' command\r\n"),
        ("CONFIG NOPE", b"-ERR unknown subcommand 'NOPE'. Try CONFIG HELP.\r\n"),
        ("MULTI", b"-ERR 'multi' is not allowed inside another command\r\n"),
        ("SUBSCRIBE c", b"-ERR 'subscribe' is not allowed inside another command\r\n"),
        ("EVAL x 0", b"-ERR 'eval' is not allowed inside another command\r\n"),
        ("CLIENT REPLY OFF", b"-ERR 'client|reply' is not allowed inside another command\r\n"),
    ],
)
def test_what_cannot_be_called_inside_is_refused(call, add, line: str, error: bytes) -> None:
    add(lambda ctx: ctx.call(*line.split()))
    assert error == call("MY")
    assert b"+PONG\r\n" == call("PING")


def test_what_would_wait_is_answered_as_when_its_time_is_over(call, add) -> None:
    add(lambda ctx: [ctx.call("BLPOP", "l", 0), ctx.call("PING")])
    assert b"*2\r\n$-1\r\n$4\r\nPONG\r\n" == call("MY")
    assert 0 == call.client.unusual
    for line in ("MULTI", "MY", "BLPOP l 0"):
        call(line)
    assert b"*2\r\n*2\r\n$-1\r\n$4\r\nPONG\r\n*-1\r\n" == call("EXEC")


def test_what_is_not_declared_to_write_writes_nothing(call, add) -> None:
    add(counting, keys=1, flags="readonly")
    assert b"-ERR 'my' may not call 'incr': it is not declared to write\r\n" == call("MY k")
    add(lambda ctx, key: ctx.call("MY", key), "OUTER")
    assert b"-ERR 'my' may not call 'incr': it is not declared to write\r\n" == call("OUTER k")


def test_a_select_inside_ends_with_the_command(call, add) -> None:
    add(lambda ctx: [ctx.call("SELECT", 3), ctx.call("SET", "k", "v")])
    call("MY")
    assert b"$-1\r\n" == call("GET k")
    call("SELECT 3")
    assert b"$1\r\nv\r\n" == call("GET k")


def test_commands_that_call_each_other_for_ever_come_to_an_end(call, add) -> None:
    add(lambda ctx: ctx.call("MY"))
    assert b"-ERR Commands call each other too deeply\r\n" == call("MY")
    add(counting, "OTHER", keys=1)
    assert b":1\r\n" == call("OTHER k")


def test_one_that_fails_in_the_middle_of_a_call_leaves_the_client_as_it_was(call, add) -> None:
    add(lambda ctx: 1 // 0, "FAILS")
    add(lambda ctx: ctx.call("FAILS"))
    assert INTERNAL == call("MY")
    assert (0, 2, 0) == (call.client.unusual, call.client.protocol, call.executor.depth)


def test_in_a_transaction_each_reply_has_its_place(call, add) -> None:
    add(counting, keys=1)
    for line in ("MULTI", "MY k", "GET k", "MY k"):
        call(line)
    assert b"*3\r\n:1\r\n$1\r\n1\r\n:2\r\n" == call("EXEC")


def test_one_that_has_just_subscribed_gets_no_messages_in_another_version_of_the_protocol(call, add) -> None:
    add(lambda ctx: ctx.call("PUBLISH", "c", "m"))
    for line in ("MULTI", "SUBSCRIBE c", "MY", "EXEC"):
        answer = call(line)
    assert answer.startswith(
        b"*2\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n-ERR Can't execute 'publish': only"
    )
    call("RESET")
    call.client.speak(3)
    for line in ("MULTI", "SUBSCRIBE c", "MY", "EXEC"):
        answer = call(line)
    push = b">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n"
    assert b"*2\r\n>3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n:1\r\n" + push == answer


def test_scripts_call_it_as_any_other(call, add) -> None:
    add(lambda ctx, key: {b"count": ctx.call("INCR", key), b"all": ctx.call("LRANGE", "l", 0, -1)}, keys=1)
    add(lambda ctx: ctx.call("INCR", "k"), "READS", flags="readonly")
    call("RPUSH l a b")
    script = b"redis.setresp(3) local reply = redis.call('MY', 'k').map return {reply.count, reply.all}"
    assert b"*2\r\n:1\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n" == call(b"EVAL", script, b"0")
    assert b"*2\r\n$5\r\ncount\r\n:2\r\n" in call(
        b"EVAL", b"local r = redis.call('MY', 'k') return {r[1], r[2]}", b"0"
    )
    assert b"may not call 'incr'" in call(b"EVAL", b"return redis.call('READS')", b"0")
    assert b"read-only scripts" in call(b"EVAL_RO", b"return redis.call('MY', 'k')", b"0")
    assert b"$1\r\n2\r\n" == call("GET k")


def test_monitors_see_it_and_what_it_calls(call, add) -> None:
    add(counting, keys=1)
    monitor = call.another()
    monitor("MONITOR")
    call("MY k")
    shown = [line.partition(b"] ")[2] for line in monitor.taken().splitlines()]
    assert [b'"INCR" "k"', b'"EXPIRE" "k" "10"', b'"MY" "k"'] == [line for line in shown if line]


def test_it_serves_those_who_wait_for_what_it_touches(call, add) -> None:
    waiting = call.another()
    waiting("BLPOP l 0")

    def push(ctx, key):
        ctx.call("RPUSH", key, "a")
        ctx.call("RPUSH", key, "b")

    add(push, keys=1)
    call("MY l")
    assert b"*2\r\n$1\r\nl\r\n$1\r\na\r\n" == waiting.taken()


def test_it_may_work_on_the_database_itself_and_say_what_it_did(call, add) -> None:
    def double(ctx, key):
        ctx.db.write(key, ctx.db.read(key) * 2)
        ctx.touch(key, b"double")
        return ctx.now

    add(double, keys=1)
    call("SET k ab")
    watcher = call.another()
    watcher("WATCH k")
    assert b":1700000000000\r\n" == call("MY k")
    assert (0, b"double", b"k") in call.announced()
    watcher("MULTI")
    assert b"*-1\r\n" == watcher("EXEC")
    assert b"$4\r\nabab\r\n" == call("GET k")


def test_access_times_are_left_alone_where_nobody_wants_any(call, add, time) -> None:
    add(lambda ctx: ctx.call("GET", "k"))
    call("SET k v")
    call("CLIENT NO-TOUCH ON")
    for line in ("MULTI", "MY", "GET k"):
        call(line)
    time.pass_by(10)
    assert b"*2\r\n$1\r\nv\r\n$1\r\nv\r\n" == call("EXEC")
    assert b":10\r\n" == call("OBJECT IDLETIME k")
