"""A function that is not done when its slice is over: what others see of it meanwhile, and how it ends."""

import pytest
import trio

from oracle import Oracle, encode_command
from scripting.function_corpus import library
from server.house import House, Peer, eventually, open_house, settled

FOREVER = "while true do end"
LONG = "for i = 1, 3000000 do end return redis.call('INCR', 'n')"
"""Some twenty milliseconds: ten slices."""

BUSY = b"-BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.\r\n"
BUSY_SCRIPT = b"-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n"
KILLED = b"-ERR Script killed by user with SCRIPT KILL... script: f, on @user_function:2.\r\n"

PATIENT = {"busy_reply_threshold": 0}
IMPATIENT = {"busy_reply_threshold": 1}

FUNCTION = "redis.register_function('f', function(keys, args) {} end)"


async def begin(house: House, body: str = FOREVER) -> Peer:
    """Somebody calls a function that is not done in its first slice."""
    peer = await house.client()
    await peer.told("FUNCTION", "LOAD", "REPLACE", library(FUNCTION.format(body)))
    assert b"mylib\r\n" == await peer.line()
    await peer.send(encode_command("FCALL", "f", 0))
    await eventually(lambda: house.engine.slices.unfinished)
    return peer


async def test_others_wait_until_the_function_is_killed() -> None:
    async with open_house(**PATIENT) as house:
        caller, other = await begin(house), await house.connect()
        await other.send(encode_command("PING"))
        await eventually(lambda: house.engine.gate.held)
        assert b"+OK\r\n" == await (await house.connect()).told("FUNCTION", "KILL")
        assert KILLED == await caller.line()
        assert b"+PONG\r\n" == await other.line()
        assert b"-NOTBUSY No scripts in execution right now.\r\n" == await other.told("FUNCTION", "KILL")
        await settled()


ENDLESS = [
    FOREVER,
    "while true do pcall(function() while true do end end) end",
    "coroutine.wrap(function() while true do end end)()",
    "table.sort({3, 2, 1, 5, 4}, function() while true do end end)",
    "while true do redis.call('PING') end",
]


@pytest.mark.parametrize("body", ENDLESS)
async def test_nothing_holds_up_a_kill(body: str) -> None:
    async with open_house("memory", **PATIENT) as house:
        caller = await begin(house, body)
        assert b"+OK\r\n" == await (await house.connect()).told("FUNCTION", "KILL")
        assert (await caller.line()).startswith(
            b"-ERR Script killed by user with SCRIPT KILL... script: f, on @"
        )
        await caller.told("FUNCTION", "LOAD", "REPLACE", library(FUNCTION.format(LONG)))
        await caller.line()
        assert b":1\r\n" == await caller.told("FCALL", "f", "0")


async def test_a_function_that_runs_for_too_long_has_others_refused() -> None:
    async with open_house(**IMPATIENT) as house:
        other = await house.client()
        await begin(house)
        await other.send(encode_command("GET", "k"))
        assert BUSY == await other.line()
        for words in (
            ("FCALL", "f", "0"),
            ("EVAL", "return 1", "0"),
            ("FUNCTION", "LIST"),
            ("FUNCTION", "FLUSH"),
        ):
            assert BUSY == await other.told(*words)
        assert BUSY == await other.told("SCRIPT", "KILL")
        assert b"+OK\r\n" == await other.told("FUNCTION", "KILL")
        assert b"+PONG\r\n" == await other.told("PING")


async def test_a_script_is_not_killed_as_a_function_is() -> None:
    async with open_house(**IMPATIENT) as house:
        caller, other = await house.client(), await house.client()
        await caller.send(encode_command("EVAL", FOREVER, 0))
        await eventually(lambda: house.engine.slices.unfinished)
        assert BUSY_SCRIPT == await other.told("FUNCTION", "KILL")
        assert BUSY_SCRIPT == await other.told("FUNCTION", "STATS")
        assert b"+OK\r\n" == await other.told("SCRIPT", "KILL")


async def test_a_function_that_has_written_cannot_be_killed_but_the_server_can() -> None:
    async with open_house(**IMPATIENT) as house:
        await begin(house, "redis.call('SET', 'k', 'v') " + FOREVER)
        other = await house.connect()
        assert (await other.told("FUNCTION", "KILL")).startswith(
            b"-UNKILLABLE Sorry the script already executed write "
        )
        await other.send(encode_command("SHUTDOWN", "NOSAVE"))
        assert b"" == await other.until_closed()
        with trio.fail_after(5):
            await house.server.wait_closed()


RUNNING = b"".join(
    word + b"\r\n"
    for word in b"*4 $14 running_script *6 $4 name $1 f $7 command *3 $5 FCALL $1 f $1 0 $11 duration_ms".split()
)


async def test_stats_tell_what_runs() -> None:
    async with open_house(**PATIENT) as house:
        caller, other = await begin(house), await house.connect()
        assert RUNNING == await other.ask("FUNCTION", "STATS", answer=RUNNING)
        assert int((await other.line()).removeprefix(b":")) >= 0
        assert b"+OK\r\n" == await (await house.connect()).told("FUNCTION", "KILL")
        assert KILLED == await caller.line()


async def test_a_library_that_takes_long_to_load_does_so_in_slices_and_is_ended_after_half_a_second() -> None:
    endless, timeout = library(FOREVER), b"-ERR Error registering functions: ERR FUNCTION LOAD timeout\r\n"
    async with open_house(**PATIENT) as house:
        peer, other = await house.client(), await house.client()
        await peer.send(encode_command("FUNCTION", "LOAD", endless))
        await eventually(lambda: house.engine.slices.unfinished)
        await other.send(encode_command("PING"))
        rounds = house.rounds
        assert timeout == await peer.line()
        assert b"+PONG\r\n" == await other.line()
        assert house.rounds - rounds > 50
        await peer.told("FUNCTION", "LOAD", library(FUNCTION.format(LONG)))
        await peer.line()
        assert b":1\r\n" == await peer.told("FCALL", "f", "0")
        await settled()


async def test_a_load_can_be_killed_and_leaves_nothing_behind() -> None:
    async with open_house(**IMPATIENT) as house:
        peer = await house.client()
        await peer.send(encode_command("FUNCTION", "LOAD", library(FUNCTION.format("") + FOREVER)))
        await eventually(lambda: house.engine.slices.unfinished)
        assert b"+OK\r\n" == await (await house.connect()).told("FUNCTION", "KILL")
        assert (await peer.line()).startswith(b"-ERR Error registering functions: ERR Script killed by user")
        assert b"-ERR Function not found\r\n" == await peer.told("FCALL", "f", "0")
        assert b"*0\r\n" == await peer.told("FUNCTION", "LIST")


async def test_transactions_call_functions_in_slices_too() -> None:
    async with open_house(**PATIENT) as house:
        peer = await house.client()
        await peer.told("FUNCTION", "LOAD", library(FUNCTION.format(LONG)))
        await peer.line()
        for words in (("MULTI",), ("FCALL", "f", "0"), ("FCALL", "f", "0")):
            await peer.told(*words)
        await peer.send(encode_command("EXEC"))
        await eventually(lambda: house.engine.slices.unfinished)
        assert [b"*2\r\n", b":1\r\n", b":2\r\n"] == [await peer.line() for _ in range(3)]


def test_a_real_redis_says_the_same(oracle: Oracle) -> None:
    with oracle.connect() as caller, oracle.connect() as other:
        caller.command("FUNCTION", "LOAD", "REPLACE", library(FUNCTION.format(FOREVER)))
        other.command("CONFIG", "SET", "busy-reply-threshold", 1)
        caller.send(encode_command("FCALL", "f", 0))
        while other.command("PING") == b"+PONG\r\n":
            pass
        assert BUSY == other.command("PING")
        assert BUSY == other.command("SCRIPT", "KILL")
        assert other.command("FUNCTION", "STATS").startswith(RUNNING)
        assert b"+OK\r\n" == other.command("FUNCTION", "KILL")
        assert KILLED == caller.read_raw()
        other.command("CONFIG", "SET", "busy-reply-threshold", 5000)
        other.command("FUNCTION", "FLUSH")


def test_a_real_redis_keeps_scripts_and_functions_apart(oracle: Oracle) -> None:
    with oracle.connect() as caller, oracle.connect() as other:
        other.command("CONFIG", "SET", "busy-reply-threshold", 1)
        caller.send(encode_command("EVAL", FOREVER, 0))
        while other.command("PING") == b"+PONG\r\n":
            pass
        told: list[bytes] = [other.command("FUNCTION", word) for word in ("KILL", "STATS")]
        assert [BUSY_SCRIPT, BUSY_SCRIPT] == told
        assert b"+OK\r\n" == other.command("SCRIPT", "KILL")
        assert caller.read_raw().startswith(b"-ERR ")
        other.command("CONFIG", "SET", "busy-reply-threshold", 5000)
