"""A script that is not done when its slice is over: what others see of it meanwhile, and how it ends."""

import gc
from time import thread_time

import greenlet
import pytest
import trio

import trioredis
from oracle import encode_command
from server.house import House, Peer, eventually, open_house, settled

FOREVER = "while true do end"
LONG = "for i = 1, 3000000 do end "
"""Some twenty milliseconds: ten slices."""

BUSY = b"-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n"
KILLED = b"-ERR Script killed by user with SCRIPT KILL... script: "
UNKILLABLE = b"-UNKILLABLE Sorry the script already executed write commands"

PATIENT = {"busy_reply_threshold": 0}
"""Nobody is ever refused."""
IMPATIENT = {"busy_reply_threshold": 1}

ENDLESS = [
    FOREVER,
    "while true do pcall(function() while true do end end) end",
    "while true do xpcall(function() while true do end end, function() while true do end end) end",
    "coroutine.wrap(function() while true do end end)()",
    "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
    "table.sort({3, 2, 1, 5, 4}, function() while true do end end)",
    "string.gsub('abc', '.', function() while true do end end)",
    "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) while true do pcall(function() return t[1] end) end",
    "while true do redis.call('PING') end",
    "while true do redis.pcall('NOPE') end",
    "local function f() return f() end f()",
    "loadstring('while true do end')()",
    "load(function() while true do end end)",
    "return tostring(setmetatable({}, {__tostring = function() while true do end end}))",
]


async def begin(house: House, script: str = FOREVER, *words: str) -> Peer:
    """Somebody runs a script that is not done in its first slice."""
    peer = await house.client()
    await peer.send(encode_command("EVAL", script, 0, *words))
    await eventually(lambda: house.engine.slices.unfinished)
    return peer


def greenlets() -> int:
    """How many there are that have not ended."""
    gc.collect()
    alive = [each for each in gc.get_objects() if isinstance(each, greenlet.greenlet) and each]
    return len(alive)


async def test_others_wait_in_silence_and_are_answered_when_the_script_is_killed() -> None:
    async with open_house(**PATIENT) as house:
        caller, other = await begin(house), await house.connect()
        await other.send(encode_command("PING"))
        await eventually(lambda: house.engine.gate.held)
        assert b"+OK\r\n" == await (await house.connect()).told("SCRIPT", "KILL")
        assert (await caller.line()).startswith(KILLED)
        assert b"+PONG\r\n" == await other.line()
        await settled()


@pytest.mark.parametrize("script", ENDLESS)
async def test_nothing_holds_up_a_kill(script: str) -> None:
    async with open_house("memory", **PATIENT) as house:
        caller = await begin(house, script)
        assert b"+OK\r\n" == await (await house.connect()).told("SCRIPT", "KILL")
        assert (await caller.line()).startswith(b"-ERR ")
        # The next script is not hurt, and goes at full speed again.
        assert b":1\r\n" == await caller.told("EVAL", LONG + "return 1", "0")


async def test_a_script_that_runs_for_too_long_has_others_refused() -> None:
    async with open_house(**IMPATIENT) as house:
        other = await house.client()
        await begin(house)
        await other.send(encode_command("GET", "k"))
        assert BUSY == await other.line()
        assert b"-ERR unknown command 'NOPE'" == (await other.told("NOPE"))[:27]
        assert b"-ERR wrong number of arguments" == (await other.told("GET"))[:30]
        assert b"+OK\r\n" == await other.told("MULTI")
        assert BUSY == await other.told("SET", "k", "v")
        assert (await other.told("EXEC")).startswith(b"-EXECABORT Transaction discarded because of: BUSY ")
        assert b"+OK\r\n" == await other.told("WATCH", "k")
        assert BUSY == await other.told("EVAL", "return 1", "0")
        assert BUSY == await other.told("SHUTDOWN")
        assert b"+OK\r\n" == await other.told("SCRIPT", "KILL")
        assert b"+PONG\r\n" == await other.told("PING")
        assert b"-NOTBUSY No scripts in execution right now.\r\n" == await other.told("SCRIPT", "KILL")


async def test_a_queued_command_that_may_disturb_lets_no_transaction_through() -> None:
    async with open_house(**PATIENT) as house:
        other = await house.client()
        assert b"+OK\r\n" == await other.told("MULTI")
        assert b"+QUEUED\r\n" == await other.told("SCRIPT", "KILL")
        assert b"+QUEUED\r\n" == await other.told("SET", "k", "v")
        caller = await begin(house)
        await other.send(encode_command("EXEC"))
        await eventually(lambda: house.engine.gate.held)
        assert b"+OK\r\n" == await (await house.connect()).told("SCRIPT", "KILL")
        await caller.line()
        assert [b"*2\r\n", b"-NOTBUSY No scripts in execution right now.\r\n"] == [
            await other.line(),
            await other.line(),
        ]


async def test_a_script_that_has_written_cannot_be_killed_but_the_server_can() -> None:
    async with open_house(**IMPATIENT) as house:
        await begin(house, "redis.call('SET', 'k', 'v') " + FOREVER)
        other = await house.connect()
        assert (await other.told("SCRIPT", "KILL")).startswith(UNKILLABLE)
        await other.send(encode_command("SHUTDOWN", "NOSAVE"))
        assert b"" == await other.until_closed()
        with trio.fail_after(5):
            await house.server.wait_closed()


async def test_a_command_that_writes_nothing_leaves_a_script_killable() -> None:
    async with open_house(**PATIENT) as house:
        caller = await begin(house, "redis.call('GET', 'k') redis.pcall('SET', 'k') " + FOREVER)
        assert b"+OK\r\n" == await (await house.connect()).told("SCRIPT", "KILL")
        assert (await caller.line()).startswith(KILLED)


async def test_what_a_client_sends_behind_a_long_script_is_answered_behind_it() -> None:
    async with open_house() as house:
        peer = await house.client()
        calls = [encode_command("EVAL", LONG + "return ARGV[1]", 0, word) for word in ("a", "b")]
        await peer.send(b"".join([calls[0], encode_command("PING"), calls[1], encode_command("PING")]))
        expected = b"$1\r\na\r\n+PONG\r\n$1\r\nb\r\n+PONG\r\n"
        assert expected == await peer.take(len(expected))


@pytest.mark.parametrize(
    "script",
    [
        "for i = 1, 10 do " + LONG + "end",
        "local s = string.rep('x', 100000) for i = 1, 2000 do s = s:upper() end",
        "for i = 1, 2000 do redis.call('KEYS', '*') end",
        "local t = {} for i = 1, 1000000 do t[i] = {i} end",
    ],
    ids=["plain", "calls of C functions", "commands", "memory"],
)
async def test_no_slice_of_a_script_is_long(script: str) -> None:
    async with open_house("memory", **PATIENT) as house:
        peer = await house.client()
        await peer.told("EVAL", "for i = 1, 1000 do redis.call('SET', i, i) end", "0")
        await peer.send(encode_command("EVAL", script, 0))
        await eventually(lambda: house.engine.slices.unfinished)
        before, began = house.rounds, thread_time()
        await peer.line()
        # Of the processor, for what others do to this machine is nobody's fault.
        assert 20 < 1000 * (thread_time() - began) < 5 * (house.rounds - before)


async def test_time_stands_still_for_a_script() -> None:
    script = f"""
        redis.call('SET', 'k', 'v', 'PX', 1)
        local before = redis.call('TIME')
        {LONG}
        local after = redis.call('TIME')
        return {{before[1] == after[1], before[2] == after[2], redis.call('PTTL', 'k'), redis.call('GET', 'k')}}
    """
    async with open_house() as house:
        peer = await house.client()
        expected = b"*4\r\n:1\r\n:1\r\n:1\r\n$1\r\nv\r\n"
        assert expected == await peer.ask("EVAL", script, 0, answer=expected)
        await eventually(lambda: not len(house.engine.keyspace[0]))


async def test_who_waits_for_a_key_is_served_when_the_script_is_done() -> None:
    async with open_house() as house:
        blocked, caller = await house.client(), await house.client()
        await blocked.send(encode_command("BLPOP", "list", 0))
        await eventually(lambda: house.engine.waiters.lines)
        script = f"redis.call('RPUSH', 'list', 'a') {LONG} return redis.call('LLEN', 'list')"
        assert b":1\r\n" == await caller.told("EVAL", script, "0")
        assert b"*2\r\n$4\r\nlist\r\n$1\r\na\r\n" == await blocked.take(21)


async def test_a_caller_that_leaves_lets_its_script_go_on() -> None:
    async with open_house(**PATIENT) as house:
        caller = await begin(house, LONG * 3 + "redis.call('SET', 'k', 'v')")
        await caller.aclose()
        other = await house.client()
        await eventually(lambda: house.engine.slices.unfinished is None)
        assert b"$1\r\n" == await other.told("GET", "k")
        assert 1 == len(house.engine.clients)


async def test_a_muted_caller_gets_no_answer() -> None:
    async with open_house("memory") as house:
        peer = await house.client()
        await peer.send(
            encode_command("CLIENT", "REPLY", "SKIP") + encode_command("EVAL", LONG + "return {1}", 0)
        )
        assert b"+PONG\r\n" == await peer.told("PING")
        await peer.send(encode_command("CLIENT", "REPLY", "OFF") + encode_command("MULTI"))
        await peer.send(encode_command("EVAL", LONG + "error('x')", 0) + encode_command("EXEC"))
        assert b"+OK\r\n" == await peer.told("CLIENT", "REPLY", "ON")


async def test_a_transaction_with_a_long_script_is_answered_whole() -> None:
    async with open_house() as house:
        peer, other = await house.client(), await house.client()
        lines = [["MULTI"], ["SET", "k", "1"], ["EVAL", LONG + "return 7", "0"], ["INCR", "k"], ["EXEC"]]
        await peer.send(b"".join(encode_command(*words) for words in lines))
        await eventually(lambda: house.engine.slices.unfinished)
        await other.send(encode_command("GET", "k"))
        assert b"$1\r\n2\r\n" == await other.take(7)
        expected = b"+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n+OK\r\n:7\r\n:2\r\n"
        assert expected == await peer.take(len(expected))


async def test_a_script_killed_in_a_transaction_fails_alone() -> None:
    async with open_house(**PATIENT) as house:
        peer = await house.client()
        lines = [["MULTI"], ["SET", "k", "1"], ["EVAL", FOREVER, "0"], ["INCR", "k"], ["EXEC"]]
        await peer.send(b"".join(encode_command(*words) for words in lines))
        await eventually(lambda: house.engine.slices.unfinished)
        assert b"+OK\r\n" == await (await house.connect()).told("SCRIPT", "KILL")
        assert [b"+OK\r\n", *[b"+QUEUED\r\n"] * 3] == [await peer.line() for _ in range(4)]
        assert [b"*3\r\n", b"+OK\r\n"] == [await peer.line(), await peer.line()]
        assert (await peer.line()).startswith(KILLED)
        assert b":2\r\n" == await peer.line()


async def test_the_time_of_a_long_script_is_its_own() -> None:
    async with open_house(slowlog_log_slower_than=10_000) as house:
        peer = await house.client()
        await peer.told("EVAL", LONG * 3 + "redis.call('PING')", "0")
        (entry,) = house.engine.slowlog.entries
        assert b"eval" == entry.argv[0]
        assert entry.microseconds > 10_000


async def test_a_long_script_is_one_call_that_took_as_long_as_it_took() -> None:
    async with open_house("memory", slowlog_log_slower_than=10_000) as house:
        await (await house.client()).told("EVAL", LONG * 3, "0")
        stats = house.engine.commands.usual[b"eval"].stats
        stats.fold()
        (entry,) = house.engine.slowlog.entries
        assert 1 == stats.calls
        # A slice is two milliseconds.
        assert abs(stats.seconds * 1e6 - entry.microseconds) < 1000


async def test_a_long_script_in_a_transaction_is_slow() -> None:
    async with open_house("memory", slowlog_log_slower_than=10_000) as house:
        peer = await house.client()
        lines = [["MULTI"], ["EVAL", LONG * 3, "0"], ["EXEC"]]
        expected = b"+OK\r\n+QUEUED\r\n*1\r\n$-1\r\n"
        await peer.send(b"".join(encode_command(*words) for words in lines))
        assert expected == await peer.take(len(expected))
        assert [b"EVAL"] == [entry.argv[0] for entry in house.engine.slowlog.entries]


async def test_who_follows_in_the_midst_of_a_script_hears_which_command_does_the_rest() -> None:
    async with open_house("memory") as house:
        await begin(house, LONG * 5 + "redis.call('SET', 'k', 1)")
        async with house.server.changes() as changes:
            with trio.fail_after(5):
                change = await anext(changes)
        assert ("set", (b"SET", b"k", b"1")) == (change.event, change.command)


async def test_what_happens_after_a_long_transaction_is_no_part_of_it() -> None:
    async with open_house("memory") as house, house.server.changes() as changes:
        peer = await house.client()
        for words in (["MULTI"], ["EVAL", LONG + "redis.call('SET', 'k', 1)", "0"], ["DEL", "k"], ["EXEC"]):
            await peer.told(*words)
        heard = [(await anext(changes)).command for _ in range(2)]
        assert [(b"SET", b"k", b"1"), (b"DEL", b"k")] == heard
        assert house.engine.followers.current.words is None


async def test_what_the_caller_of_a_long_script_is_told_stands_behind_the_reply() -> None:
    script = f"""
        redis.call('SET', 'k', 1) redis.call('PUBLISH', 'c', 'm') {LONG}
        redis.call('SET', 'l', 1) redis.call('PUBLISH', 'c', 'n') return 'done'
    """
    lines = [["HELLO", "3"], ["CLIENT", "TRACKING", "ON"], ["SUBSCRIBE", "c"], ["MGET", "k", "l"]]
    expected = (
        b"$4\r\ndone\r\n"
        b">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n>2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nl\r\n"
        b">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nn\r\n"
    )
    async with open_house("memory") as house:
        peer = await house.client()
        await peer.send(b"".join(encode_command(*words) for words in lines))
        while await peer.line() != b"*2\r\n":
            pass
        assert b"_\r\n_\r\n" == await peer.take(6)
        assert expected == await peer.ask("EVAL", script, "0", answer=expected)


@pytest.mark.parametrize("script", [FOREVER, "redis.call('SET', 'k', 'v') " + ENDLESS[1]])
async def test_cancelling_the_server_ends_a_script_and_leaves_nothing(script: str) -> None:
    before = greenlets()
    async with open_house(**PATIENT) as house:
        await begin(house, script)
    assert house.engine.slices.unfinished is None
    assert before == greenlets()


async def test_a_graceful_stop_waits_for_a_script() -> None:
    async with open_house("memory", **PATIENT) as house:
        caller = await begin(house, LONG * 3 + "return 'done'")
        await house.server.aclose()
        assert b"$4\r\ndone\r\n" == await caller.until_closed()


async def test_a_client_that_says_no_more_still_gets_what_a_script_returns() -> None:
    async with open_house(**PATIENT) as house:
        other = await house.client()
        caller = await begin(house, LONG * 3 + "return 'done'")
        await other.send(encode_command("PING"))
        await eventually(lambda: house.engine.gate.held)
        for peer in (caller, other):
            await peer.end()
        assert [b"$4\r\ndone\r\n", b"+PONG\r\n"] == [await caller.until_closed(), await other.until_closed()]


async def test_a_client_in_the_same_process_waits_for_its_script() -> None:
    async with trioredis.open_server(port=None) as server, server.client() as client:
        assert b"done" == await client.execute("EVAL", LONG + "return 'done'", 0)


async def test_a_graceful_stop_does_not_wait_for_ever() -> None:
    before = greenlets()
    async with open_house(shutdown_timeout=0, **PATIENT) as house:
        await begin(house)
        with trio.fail_after(5):
            await house.server.aclose()
    assert before == greenlets()


async def test_two_servers_have_each_their_own_script() -> None:
    async with open_house("memory", **PATIENT) as first, open_house("memory", **PATIENT) as second:
        caller = await begin(first)
        assert b":1\r\n" == await (await second.client()).told("EVAL", LONG + "return 1", "0")
        assert b"+OK\r\n" == await (await first.connect()).told("SCRIPT", "KILL")
        assert (await caller.line()).startswith(KILLED)


async def test_without_scripts_a_server_pays_nothing_for_them() -> None:
    before = greenlets()
    async with open_house("memory") as house:
        await house.client()
        assert 0 == house.engine.scripts.memory
        assert before == greenlets()


async def test_the_memory_of_a_script_is_given_back() -> None:
    script = "local t = {} for i = 1, 300000 do t[i] = {i} end return #t"
    async with open_house("memory") as house:
        peer = await house.client()
        assert b":300000\r\n" == await peer.told("EVAL", script, "0")
        await eventually(lambda: not house.engine.slices.chores)
        await settled()
        assert house.engine.scripts.memory < 8 << 20
