"""EVAL and its kin, and SCRIPT, beside a real Redis; what a script can do at all is tried in `tests/scripting`."""

import logging
import re

import pytest

from bare_engine import Session
from commands.sample_scripts import DATA, FAILURES, NUMBERS, REPLIES, RESULTS, SHEBANGS
from side_by_side import Both

SHA_OF_RETURN_1 = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"
NEVER_SEEN = "0" * 40


def evaluate(both: Both, script: str, *arguments: str) -> bytes:
    return both("EVAL", script, "1", "key", "value", *arguments)


@pytest.mark.parametrize("result", RESULTS)
def test_a_result_becomes_a_reply(both: Both, result: str) -> None:
    for version in (2, 3):
        evaluate(both, f"redis.setresp({version}) return {result}")


@pytest.mark.parametrize("call", REPLIES)
def test_a_reply_becomes_a_value(both: Both, call: str) -> None:
    both("FLUSHALL")
    evaluate(both, DATA)
    for version in (2, 3):
        evaluate(both, f"redis.setresp({version}) return redis.call({call})")
        evaluate(both, f"redis.setresp({version}) return redis.pcall({call})")
        evaluate(both, f"redis.setresp({version}) return {{redis.pcall({call}), 'end'}}")
        evaluate(both, f"redis.setresp({version}) return type(redis.pcall({call}))")
        evaluate(
            both,
            f"redis.setresp({version}) local ok, e = pcall(redis.call, {call or 'nil'}) return {{tostring(ok), e}}",
        )


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_becomes_an_argument(both: Both, number: str) -> None:
    evaluate(both, f"return redis.call('ECHO', {number})")


@pytest.mark.parametrize("script", FAILURES)
def test_what_goes_wrong_is_told_with_its_place(both: Both, script: str) -> None:
    both("SET", "s", "v")
    evaluate(both, script)
    evaluate(both, "return 1")


@pytest.mark.parametrize("script", SHEBANGS)
def test_a_script_says_what_it_does(both: Both, script: str) -> None:
    for command in ("EVAL", "EVAL_RO"):
        both(command, script, 0)
    both("SCRIPT", "LOAD", script)


def test_scripts_are_known_by_their_hash(both: Both) -> None:
    both.transcript("SCRIPT FLUSH", f"EVALSHA {SHA_OF_RETURN_1} 0", f"SCRIPT EXISTS {SHA_OF_RETURN_1} x")
    both("SCRIPT", "LOAD", "return 1")
    both.transcript(
        f"EVALSHA {SHA_OF_RETURN_1} 0",
        f"EVALSHA {SHA_OF_RETURN_1.upper()} 0",
        f"EVALSHA_RO {SHA_OF_RETURN_1} 0",
        f"SCRIPT EXISTS {SHA_OF_RETURN_1} {NEVER_SEEN}",
        "SCRIPT FLUSH ASYNC",
        f"SCRIPT EXISTS {SHA_OF_RETURN_1}",
    )
    both("EVAL", "return 2", 0)
    both("EVALSHA", "7f923f79fe76194c868d7e1d0820de36700eb649", 0)
    both("SCRIPT", "FLUSH", "SYNC")
    both("EVALSHA", "7f923f79fe76194c868d7e1d0820de36700eb649", 0)


def test_calls_that_make_no_sense(both: Both) -> None:
    both("SCRIPT", "LOAD", "return 1")
    for numkeys in ("x", "-1", "2", "1.0", "99999999999999999999", "1"):
        both("EVAL", "return 1", numkeys, "a")
        both("EVAL", "x x", numkeys, "a")
        for sha in (SHA_OF_RETURN_1, NEVER_SEEN, "x"):
            both("EVALSHA", sha, numkeys, "a")
    both.transcript(
        *(
            "EVAL",
            "EVAL x",
            "EVALSHA x",
            "SCRIPT",
            "SCRIPT NOPE",
            "SCRIPT LOAD",
            "SCRIPT EXISTS",
            "SCRIPT KILL",
        ),
        *("SCRIPT FLUSH x", "SCRIPT FLUSH SYNC x", "SCRIPT DEBUG", "SCRIPT DEBUG x", "SCRIPT DEBUG NO"),
    )
    both("SCRIPT", "LOAD", "x x")


def test_help_tells_of_every_subcommand(call: Session) -> None:
    lines = call("SCRIPT HELP").split(b"\r\n")
    assert {
        b"+DEBUG (YES|SYNC|NO)",
        b"+EXISTS <sha1> [<sha1> ...]",
        b"+FLUSH [ASYNC|SYNC]",
        b"+KILL",
        b"+LOAD <script>",
    } <= {*lines}


def test_there_is_no_debugger(call: Session) -> None:
    assert b"-ERR there is no debugger for scripts\r\n" == call("SCRIPT DEBUG YES")
    assert b"-ERR there is no debugger for scripts\r\n" == call("SCRIPT DEBUG sync")


def test_a_script_that_only_reads_writes_nothing(both: Both) -> None:
    both.transcript("FLUSHALL", "SET s v")
    for command in ("SET", "DEL", "EXPIRE", "GETEX"):
        both("EVAL_RO", f"return redis.call('{command}', 's', 1)", 0)
        both("EVAL_RO", f"return redis.pcall('{command}', 's', 1)", 0)
    both("EVAL_RO", "return redis.call('GET', KEYS[1])", 1, "s")
    both("GET", "s")


def test_a_script_selects_databases_for_itself(both: Both) -> None:
    both("FLUSHALL")
    both("EVAL", "redis.call('SELECT', 3) return redis.call('SET', 'k', 'three')", 0)
    both("EVAL", "return redis.call('GET', 'k')", 0)
    both.transcript("GET k", "SELECT 3", "GET k")
    both("EVAL", "return redis.call('GET', 'k')", 0)
    both("SELECT", 0)


def test_a_script_chooses_its_protocol_for_itself(both: Both) -> None:
    both("HSET", "hash", "f", "v")
    for _ in range(2):
        both(
            "EVAL", "local before = redis.call('HGETALL', 'hash') redis.setresp(3) return type(before.map)", 0
        )


def test_a_set_that_is_not_sorted_has_an_order_in_a_script(both: Both) -> None:
    both("DEL", "set")
    both("SADD", "set", "pear", "apple", "fig", "x", "a1", "banana")
    both("EVAL", "return redis.call('SORT', 'set', 'BY', 'nosort')", 0)
    both("EVAL", "return redis.call('SORT_RO', 'set', 'BY', 'nosort', 'LIMIT', 1, 2)", 0)


def test_random_numbers_are_those_of_redis(call: Session) -> None:
    # Both begin with the same; a Redis that has run a script before is further on.
    assert b"$16\r\n0.39646477363839\r\n" == call("EVAL", "return tostring(math.random())", 0)
    assert b"$16\r\n0.84048536971234\r\n" == call("EVAL", "return tostring(math.random())", 0)


def test_seeded_random_numbers_are_those_of_redis(both: Both) -> None:
    for seed in ("0", "1", "5.7", "-1", "123456789", "4294967296"):
        script = (
            f"math.randomseed({seed}) return {{tostring(math.random()), math.random(10), math.random(-5, 5)}}"
        )
        both("EVAL", script, 0)


def test_a_blocking_command_does_not_wait_in_a_script(call: Session) -> None:
    # 7.2 lets scripts call them; the oracle does not yet.
    assert b"$-1\r\n" == call("EVAL", "return redis.call('BLPOP', 'none', 0)", 0)
    assert b"$-1\r\n" == call("EVAL", "return redis.call('BZPOPMIN', 'none', 0)", 0)


def test_a_script_in_a_transaction(both: Both) -> None:
    both.transcript("FLUSHALL", "MULTI", "SET k 1")
    both("EVAL", "return {redis.call('GET', 'k'), redis.call('INCR', 'k')}", 0)
    both("EVAL", "error('x')", 0)
    both.transcript("INCR k", "EXEC")


def stats_of(call: Session) -> bytes:
    lines = call("INFO commandstats errorstats").split(b"\r\n")
    counted = (line for line in lines if line.startswith((b"cmdstat_", b"errorstat_")))
    return b"\n".join(sorted(_without_times(line) for line in counted if b"config" not in line))


def _without_times(line: bytes) -> bytes:
    return b",".join(word for word in line.split(b",") if not word.startswith(b"usec"))


@pytest.mark.parametrize(
    "script",
    [
        "redis.call('PING') redis.call('PING')",
        "redis.pcall('GET') redis.pcall('NOPE') redis.pcall('MULTI') redis.pcall()",
        "redis.call('GET')",
        "return redis.call('INCR', 's')",
        "return redis.pcall('INCR', 's')",
        "return {1, redis.pcall('INCR', 's'), redis.error_reply('MY x'), {err = 'x'}}",
        "return redis.error_reply('MY x')",
        "error({err = 'MY x'})",
        "error('x')",
        "x x",
        "pcall(redis.call, 'INCR', 's')",
        "return {redis.pcall('INCR', 's'), redis.pcall('INCR', 's'), {err = 'x'}, {err = 'x'}}",
    ],
)
def test_calls_and_errors_are_counted_as_in_redis(both: Both, script: str) -> None:
    both.transcript("SET s v", "CONFIG RESETSTAT")
    both("EVAL", script, 0)

    def theirs(*_: object) -> bytes:
        return both.theirs.command("INFO", "commandstats", "errorstats")

    assert stats_of(theirs) == stats_of(both.ours)  # type: ignore[arg-type]


def test_what_is_slow_is_the_script_and_not_its_commands(call: Session) -> None:
    call("CONFIG SET slowlog-log-slower-than 0")
    call("SLOWLOG RESET")
    call("EVAL", "for i = 1, 1000000 do end return redis.call('ECHO', 'x')", 0)
    script, command, _ = call.engine.slowlog.entries
    assert ([b"eval", b"?:0"], [b"ECHO", b"x"]) == ([script.argv[0].lower(), command.address], command.argv)
    assert command.microseconds < script.microseconds


def test_monitors_see_a_script_before_what_it_calls(both: Both) -> None:
    both("GET", "k")
    ours = both.ours.another()
    ours("MONITOR")
    with both.listener as theirs:
        theirs.command("MONITOR")
        both("eval", "redis.call('GET', 'k') redis.pcall('nope') return redis.pcall('multi')", 1, "k")
        expected = [_what(theirs.read_raw()) for _ in range(2)]
    assert expected == [_what(line) for line in ours.taken().split(b"\r\n")[:2]]
    assert [b' "eval" ', b'lua "GET"'] == [expected[0][:8], expected[1][:9]]


def _what(line: bytes) -> bytes:
    """A monitor's line without the time and the address of a client."""
    return re.sub(rb"^[+][0-9.]+ \[0 (lua)?[^\]]*\]", rb"\1", line.strip(b"\r\n"))


def test_a_script_logs(call: Session, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "trioredis")
    call("EVAL", "redis.log(redis.LOG_WARNING, 'a', 1, {}, 'b') redis.log(redis.LOG_DEBUG, '\\255')", 0)
    assert [("WARNING", "a 1 b"), ("DEBUG", "\\xff")] == [
        (r.levelname, r.getMessage()) for r in caplog.records
    ]


def test_info_tells_of_scripts(call: Session) -> None:
    assert b"number_of_cached_scripts:0\r\n" in call("INFO memory")
    assert b"used_memory_vm_eval:0\r\n" in call("INFO memory")
    call("EVAL", "return 1", 0)
    call("SCRIPT", "LOAD", "return 1")
    call("SCRIPT", "LOAD", "return 2")
    assert b"number_of_cached_scripts:2\r\n" in call("INFO memory")
    assert b"used_memory_vm_eval:0\r\n" not in call("INFO memory")


def test_as_many_arguments_as_there_may_be(both: Both) -> None:
    words = [b"%d" % number for number in range(20000)]
    for keys in (0, 1, 4000, 19999, 20000):
        both("EVAL", "return {#KEYS, #ARGV, KEYS[#KEYS], ARGV[#ARGV], KEYS[1]}", keys, *words)
        both("EVAL", "return ARGV", keys, *words)


def test_a_script_may_ask_what_it_may(both: Both) -> None:
    both("EVAL", "return redis.acl_check_cmd('SET', 'k', 'v')", 0)
    both("EVAL", "return redis.acl_check_cmd('CONFIG', 'GET', 'x')", 0)
