"""Scripts on a bare engine, and slices that the test gives out by hand."""

import gc
from collections.abc import Iterator

import pytest

from bare_engine import ManualTime, Session, words
from trioredis.engine.slices import Slices
from trioredis.scripting.runtime import Runtime

LONG = "for i = 1, 3000000 do end "


@pytest.fixture
def slices(call: Session) -> Iterator[Slices]:
    """Slices that end; the test has to go on."""
    slices = call.engine.slices
    slices.interruptible = True
    yield slices
    call.engine.scripts.end()
    call.engine.scripts.close()
    slices.close()


def finish(slices: Slices) -> int:
    """Go on until nothing is left to do; return how many slices that took."""
    count = 0
    while slices.wants_time:
        slices.go_on()
        count += 1
    return count


def test_without_anybody_who_goes_on_a_script_runs_to_its_end(call: Session) -> None:
    assert b":1\r\n" == call("EVAL", LONG + "return 1", 0)


def test_a_script_that_is_not_done_is_answered_later(call: Session, slices: Slices) -> None:
    assert b"" == call("EVAL", LONG + "return 1", 0)
    assert slices.unfinished is not None
    assert finish(slices) > 1
    assert b":1\r\n" == call.taken()
    assert [call.client] == call.engine.resumed


def test_an_error_comes_later_too(call: Session, slices: Slices) -> None:
    assert b"" == call("EVAL", LONG + "error('x')", 0)
    finish(slices)
    assert call.taken().startswith(b"-ERR user_script:1: x script: ")
    assert {b"ERR": 1} == call.engine.stats.errors
    assert 1 == call.engine.commands.find([b"eval"]).stats.failed


def test_what_is_sent_meanwhile_does_not_get_into_the_reply(call: Session, slices: Slices) -> None:
    for line in (["MULTI"], ["SET", "k", "1"], ["EVAL", LONG + "return 7", "0"], ["GET", "k"]):
        call(*line)
    assert b"" == call("EXEC")
    call.engine.clients.push(call.client, b"message")
    assert b"$7\r\nmessage\r\n" == call.taken()
    finish(slices)
    assert b"*3\r\n+OK\r\n:7\r\n$1\r\n1\r\n" == call.taken()


def test_what_was_sent_in_the_same_round_is_not_held_back(call: Session, slices: Slices) -> None:
    calls = [words("PING"), words("EVAL", LONG + "return 7", 0), words("PING")]
    left = call.executor.run(call.client, calls, 1 << 62)
    assert ([words("PING")], b"+PONG\r\n") == ([*left], call.taken())
    finish(slices)
    assert b":7\r\n" == call.taken()


def test_others_are_held_until_it_is_done(call: Session, slices: Slices) -> None:
    other = call.another()
    call("EVAL", LONG, 0)
    assert b"" == other("PING")
    finish(slices)
    assert other.client in call.engine.resumed


def test_the_wall_clock_stands_until_it_is_done(
    call: Session, slices: Slices, manual_time: ManualTime
) -> None:
    clock = call.engine.clock
    call("EVAL", LONG, 0)
    before, steady = clock.now, clock.monotonic
    manual_time.pass_by(10)
    clock.refresh()
    assert (before, steady + 10) == (clock.now, clock.monotonic)
    call.engine.timers.changed = False
    finish(slices)
    assert (before + 10_000, True) == (clock.now, call.engine.timers.changed)


def test_its_time_is_counted_whole(call: Session, slices: Slices) -> None:
    call("EVAL", LONG, 0)
    entry = call.engine.commands.find([b"eval"])
    spent_at_first = slices.unfinished.spent if slices.unfinished else 0
    finish(slices)
    entry.stats.fold()
    assert (1, True) == (entry.stats.calls, entry.stats.ticks > 2 * spent_at_first)


def test_a_client_that_left_is_not_answered(call: Session, slices: Slices) -> None:
    call("EVAL", LONG + "redis.call('SET', 'k', 'v')", 0)
    assert call.client.waiting is not None
    call.client.waiting.cancel()
    call.client.close(at_once=True)
    finish(slices)
    assert b"" == call.taken()
    assert b"$1\r\nv\r\n" == call.another()("GET k")


def test_the_end_of_a_server_is_the_end_of_its_script(call: Session, slices: Slices) -> None:
    call("MULTI")
    call("EVAL", "while true do pcall(function() while true do end end) end", 0)
    call("EVAL", "while true do end", 0)
    call("SET k v")
    call("EXEC")
    call.engine.scripts.end()
    assert slices.unfinished is None
    assert [b"*3", b"-ERR the server ends", b"-ERR the server ends", b"+OK"] == [
        line.partition(b",")[0] for line in call.taken().split(b"\r\n")[:4]
    ]


def test_a_runtime_that_is_full_is_replaced(call: Session) -> None:
    call("EVAL", "return 1", 0)
    scripts = call.engine.scripts
    before = scripts.host()
    before.runtime.soft = 1000
    call("EVAL", "return 1", 0)
    sha = call("SCRIPT", "LOAD", "return 1").split(b"\r\n")[1]
    assert b":1\r\n" == call("EVALSHA", sha, 0)
    assert (True, True) == (before.is_closed, scripts.host() is not before)


def test_scripts_that_take_too_much_room_are_not_the_last(call: Session) -> None:
    call("SCRIPT", "LOAD", "return 0")
    runtime = call.engine.scripts.host().runtime
    runtime.soft = runtime.used() + 100_000
    for number in range(100):
        assert call("SCRIPT", "LOAD", f"return '{number}{'x' * 10_000}'").startswith(b"$40\r\n")
    assert call.engine.scripts.host().runtime is not runtime


def test_scripts_that_are_many_are_compiled_again(call: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trioredis.engine.script_host._COMPILED", 10)
    for number in range(30):
        assert b":%d\r\n" % number == call("EVAL", f"return {number}", 0)
    assert len(call.engine.scripts.host().functions) <= 11
    assert b":3\r\n" == call("EVAL", "return 3", 0)


def test_a_bug_of_ours_is_an_error_of_the_script(call: Session, caplog: pytest.LogCaptureFixture) -> None:
    call("EVAL", "return 1", 0)
    call.engine.commands.find([b"ping"]).handler = lambda ctx: 1 / 0
    reply = call("EVAL", "return redis.call('PING')", 0)
    assert reply.startswith(b"-ERR internal error script: ")
    assert (1, "Bug in ping") == (call.engine.stats.internal_errors, caplog.records[0].getMessage()[:11])


@pytest.mark.parametrize("end", ["", "error('x')", "redis.call('NOSUCH')", "for i = 1, 1e9 do t[i] = {} end"])
def test_what_a_script_has_left_does_not_wait_for_the_collector(
    call: Session, slices: Slices, end: str
) -> None:
    call("EVAL", "return 1", 0)
    call.engine.scripts.flush()
    gc.collect()
    gc.disable()
    try:
        call("EVAL", LONG + "local t = {} for i = 1, 1e5 do t[i] = {} end " + end, 0)
        finish(slices)
        call("EVAL", "return 1", 0)
        finish(slices)
        assert 1 == sum(type(each) is Runtime for each in gc.get_objects())
    finally:
        gc.enable()
