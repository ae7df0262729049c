"""Commands that call others: what they get, what they may not call, and that nothing of it is left behind."""

from collections.abc import Callable

import pytest

from bare_engine import ManualTime, Session
from trioredis.commands.custom import add_custom
from trioredis.errors import CommandError

INTERNAL = b"-ERR internal error\r\n"


@pytest.fixture
def add(call: Session) -> Callable[..., None]:
    """Adds a command ``MY`` to the engine behind `call`."""
    return lambda function, name="MY", **facts: add_custom(call.engine.commands, name, function, facts)


def counting(ctx, key):
    count = ctx.call("INCR", key)
    if count == 1:
        ctx.call("EXPIRE", key, 10)
    return count


def test_a_command_calls_others_as_one_that_runs_alone(call, add, manual_time: ManualTime) -> None:
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


def test_access_times_are_left_alone_where_nobody_wants_any(call, add, manual_time: ManualTime) -> None:
    add(lambda ctx: ctx.call("GET", "k"))
    call("SET k v")
    call("CLIENT NO-TOUCH ON")
    for line in ("MULTI", "MY", "GET k"):
        call(line)
    manual_time.pass_by(10)
    assert b"*2\r\n$1\r\nv\r\n$1\r\nv\r\n" == call("EXEC")
    assert b":10\r\n" == call("OBJECT IDLETIME k")


def test_a_client_that_wants_no_replies_changes_nothing_about_what_is_called_inside(call, add) -> None:
    def copy(ctx, source, target):
        ctx.call("SET", target, ctx.call("GET", source))

    add(copy, keys=2)
    call("SET a 1")
    for line in ("CLIENT REPLY OFF", "MY a b", "CLIENT REPLY ON", "CLIENT REPLY SKIP", "MY b c"):
        call(line)
    assert b"$1\r\n1\r\n" == call("GET c")
    for line in ("CLIENT REPLY OFF", "MULTI", "MY c d", "EXEC", "CLIENT REPLY ON"):
        call(line)
    assert b"$1\r\n1\r\n" == call("GET d")
