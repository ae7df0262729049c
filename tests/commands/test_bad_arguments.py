"""Every command of the table, called with arguments that make no sense, on a running server and on a real Redis.

The calls come from `sample_calls`, so a new command is called as soon as it is there. Both servers get the same bytes,
each call finds the same data, and DEBUG DIGEST tells what it did to them:

- the reply is that of Redis, to the byte. Of what commands tell `ABOUT_THE_SERVER` only the type is compared;
- an error leaves the data as they were, anything else leaves the same data here and there;
- no connection is closed, or the digest would be missing.

Redis is asked for a digest behind each call. What it refuses we are asked all at once, and for one digest at the end: most
calls are refused, and to make the same data of any again costs twenty times as much as to refuse.

Names are in capitals; what of an error depends on how they are written is in `test_spelling`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

import pytest
from attrs import define, evolve

from commands.sample_calls import PREPARATION, SAMPLER, Line, key_for
from oracle import Oracle, Wire, encode_command
from scores import with_17_digits
from trioredis.commands import load
from trioredis.engine.command import BLOCKING
from trioredis.engine.documentation import with_subcommands
from trioredis.numerals import parse_integer
from trioredis.testing import server_thread

ASK_DIGEST = encode_command("DEBUG", "DIGEST")
PREPARED = b"".join(encode_command(*each) for each in PREPARATION)

COMMANDS = {each.name: each.args for each in with_subcommands(load()) if each.callable_alone}
COMMANDS |= {
    b"command|getkeys": "command=SET key value",
    b"command|getkeysandflags": "command=SET key value",
    b"debug|digest-value": "key...",
    b"debug|error": "text",
    b"debug|object": "key",
    b"debug|quicklist-packed-threshold": "size:integer",
    b"debug|set-active-expire": "yes/no",
}
"""The usage of every command, and of those that do not tell it."""
COMMANDS[b"xadd"] = COMMANDS[b"xadd"].replace('id_or_auto=(auto_id="*" | id)', "new-id")

GROUPS = {each.name: each.group for each in with_subcommands(load())}
BLOCKING_COMMANDS = {each.name for each in load() if each.flags & BLOCKING}

NEW = {b"client|no-touch", b"client|setinfo", b"cluster|myshardid"}
"""What 7.2 knows and the oracle does not."""

ABOUT_THE_SERVER = {
    *(b"client|id", b"client|info", b"client|list", b"info", b"hello", b"role", b"time", b"lolwut"),
    *(b"command", b"command|count", b"command|docs", b"command|info", b"command|list", b"config|get"),
    *(b"acl|cat", b"acl|getuser", b"acl|list", b"slowlog|get", b"slowlog|len", b"debug|object"),
    *(name for name in COMMANDS if name.startswith((b"latency|", b"memory|")) or name.endswith(b"|help")),
    # The keys are the same, their order is not.
    *(b"keys", b"scan", b"randomkey", b"zrandmember"),
    # A small set is a listpack here, given at once whatever the cursor, and a hashtable to the oracle.
    b"sscan",
    # A second may end between two calls.
    b"object|idletime",
    # Times in milliseconds; 7.2 tells more of them.
    *(b"xpending", b"xinfo|consumers", b"xinfo|stream"),
}

SAID_OTHERWISE = {
    rb"Unbalanced (XREAD|'xread(group)?') list of streams: for each stream key an ID or '[$>]'": b"Unbalanced"
}
"""What 7.2 has other words for."""

TOO_LONG_A_TIMEOUT = b"%d" % (2**63 - 1)
"""It would end after the last moment; the oracle has not noticed yet."""

LOWEST_RANK = [b"RANK", b"%d" % -(2**63)]
"""To the oracle it is the same as -1; 7.2 refuses it."""

NEVER_ASKED: dict[bytes, Callable[[Line], bool]] = {
    # Lua 5.2 reads this as two words; and the oracle lets nobody debug in a pipeline, which is what this is.
    **dict.fromkeys((b"eval", b"eval_ro", b"script|load"), lambda line: b"1_0" in line[1:3]),
    b"script|debug": lambda line: len(line) == 3,
    b"quit": lambda line: True,
    # Whatever the name, it is subscribed to; and each is confirmed by itself.
    **dict.fromkeys((b"subscribe", b"psubscribe", b"ssubscribe"), lambda line: len(line) > 1),
    **dict.fromkeys((b"unsubscribe", b"punsubscribe", b"sunsubscribe"), lambda line: len(line) > 2),
    b"monitor": lambda line: len(line) == 1,
    b"shutdown": lambda line: set(line) <= {b"SHUTDOWN", b"SAVE", b"NOSAVE", b"NOW", b"FORCE"},
    b"client|reply": lambda line: line[-1] in (b"OFF", b"SKIP"),
    # All that is written to prepare the next calls would be told as well.
    b"client|tracking": lambda line: line[2:3] == [b"ON"],
    b"client|pause": lambda line: (parse_integer(b"".join(line[2:3])) or 0) > 0,
    b"zrank": lambda line: len(line) > 3,
    b"zrevrank": lambda line: len(line) > 3,
    b"lpos": lambda line: line[3:5] == LOWEST_RANK,
    # Ids would be made of the time.
    b"xadd": lambda line: b"*" in line,
    **dict.fromkeys((b"xread", b"xreadgroup"), lambda line: TOO_LONG_A_TIMEOUT in line[:-1]),
    b"wait": lambda line: (
        len(line) == 3 and ((parse_integer(line[1]) or 0) > 0 or line[2] == TOO_LONG_A_TIMEOUT)
    ),
}
"""Calls after which nobody answers, or which the oracle takes for sound and 7.2 does not, or the other way round."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with server_thread(enable_debug_command="yes") as url:
        yield urlsplit(url).port or 0


@pytest.fixture
def ours(port: int) -> Iterator[Wire]:
    with Wire.connect("127.0.0.1", port) as wire:
        yield wire


@pytest.fixture(params=[2, 3], ids=["resp2", "resp3"])
def wires(request: pytest.FixtureRequest, ours: Wire, oracle_wire: Wire) -> Iterator[tuple[Wire, Wire]]:
    """A connection to the oracle and one to our server, in the same version of the protocol."""
    for wire in (oracle_wire, ours):
        wire.command("HELLO", request.param)
    # The oracle looks for timeouts that often in a second.
    oracle_wire.command("CONFIG", "SET", "hz", 500)
    yield oracle_wire, ours
    oracle_wire.command("CONFIG", "SET", "hz", 10)


Outcome = tuple[bytes, bytes]
"""A reply, and the digest of the data behind it."""
Ask = Callable[[Wire, list[Line]], list[Outcome]]


def outcomes(wire: Wire, lines: list[Line]) -> list[Outcome]:
    """What comes of each call when the data are always the same. All calls are sent before a reply is read."""
    wire.send(b"".join(PREPARED + encode_command(*line) + ASK_DIGEST for line in lines))
    return [_outcome(wire) for _ in lines]


def _outcome(wire: Wire) -> Outcome:
    for _ in PREPARATION:
        wire.read_raw()
    return wire.read_raw(), wire.read_raw()


def outcomes_on_a_steady_connection(wire: Wire, lines: list[Line]) -> list[Outcome]:
    """The same of calls that do not change how others are answered: the replies to the preparation are always the same."""
    wire.send(PREPARED + b"".join(PREPARED + encode_command(*line) + ASK_DIGEST for line in lines))
    usual = b"".join(wire.read_raw() for _ in PREPARATION)
    found = []
    for line in lines:
        assert usual == wire.read_bytes(len(usual)), line
        found.append((wire.read_raw(), wire.read_raw()))
    return found


def outcomes_if_refused(wire: Wire, lines: list[Line]) -> list[Outcome]:
    """The same of calls that are expected to change nothing: they are made at once, and share one digest."""
    wire.send(PREPARED + b"".join(encode_command(*line) for line in lines) + ASK_DIGEST)
    for _ in PREPARATION:
        wire.read_raw()
    replies, digest = [wire.read_raw() for _ in lines], wire.read_raw()
    return [(reply, digest) for reply in replies]


def as_in_7_0(reply: bytes) -> bytes:
    """A reply as the oracle gives it: it has not heard yet of a timeout that is too long, and takes it for a negative one."""
    return reply.replace(b"-ERR timeout is out of range\r\n", b"-ERR timeout is negative\r\n")


def compare(
    wires: tuple[Wire, Wire],
    lines: list[Line],
    told: Callable[[bytes], bytes] = bytes,
    outcomes: Ask = outcomes_on_a_steady_connection,
) -> None:
    """Make calls on both sides; what is told of each reply has to be the same, and the data behind it."""
    their_wire, our_wire = wires

    def different(expected: Sequence[tuple[Line, Outcome]], ask: Ask) -> list[tuple[Line, Outcome, Outcome]]:
        ours = ask(our_wire, [line for line, _ in expected])
        return [
            (line, theirs, mine)
            for (line, theirs), mine in zip(expected, ours, strict=True)
            if theirs[1] != mine[1] or told(as_in_7_0(theirs[0])) != told(as_in_7_0(mine[0]))
        ]

    [(_, untouched)] = outcomes(their_wire, [[b"PING"]])
    refused, taken = list[tuple[Line, Outcome]](), list[tuple[Line, Outcome]]()
    for line, outcome in zip(lines, outcomes(their_wire, lines), strict=True):
        is_refused = outcome[0].startswith(b"-") and outcome[1] == untouched
        (refused if is_refused else taken).append((line, outcome))
    assert [] == different(taken, outcomes)
    if suspects := different(refused, outcomes_if_refused):
        assert [] == different(refused, outcomes)  # one by one, to tell which
        assert [] == suspects


def told(name: bytes) -> Callable[[bytes], bytes]:
    """What has to be the same of the replies of a command."""
    if name in ABOUT_THE_SERVER:
        return only_type
    return with_17_digits if GROUPS.get(name) == "sorted-set" else in_one_wording


def only_type(reply: bytes) -> bytes:
    """An error, or the first byte of another reply."""
    return reply if reply.startswith(b"-") else reply[:1]


def in_one_wording(reply: bytes) -> bytes:
    for ours_or_theirs, common in SAID_OTHERWISE.items():
        reply = re.sub(ours_or_theirs, common, reply)
    return reply


def all_calls(name: bytes) -> list[Line]:
    sampler = SAMPLER.on(key_for(name, GROUPS.get(name, "")))
    if name in BLOCKING_COMMANDS:
        sampler = evolve(sampler, words={**sampler.words, "timeout": b"0.001", "milliseconds": b"1"})
    sound_calls = sampler.sound_calls(name, COMMANDS[name])
    lines = [line for sound in sound_calls for line in (sound, *sampler.bad_calls(name, sound))]
    never_asked = NEVER_ASKED.get(name, lambda line: False)
    return [[*line] for line in dict.fromkeys(map(tuple, lines)) if not never_asked([*line])]


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in NEW], ids=bytes.decode)
def test_every_command_takes_and_refuses_what_redis_does(name: bytes, wires: tuple[Wire, Wire]) -> None:
    is_steady = GROUPS.get(name) not in ("connection", "transactions")
    compare(wires, all_calls(name), told(name), outcomes_on_a_steady_connection if is_steady else outcomes)


def test_names_that_nobody_has_are_refused_as_redis_does(wires: tuple[Wire, Wire]) -> None:
    containers = [each.name for each in load() if each.subcommands]
    compare(wires, [[name, b"k", word] for name in SAMPLER.bad_words for word in SAMPLER.bad_words])
    compare(wires, [[name, word] for name in containers for word in SAMPLER.bad_words])
    compare(wires, [[name] for name in containers if name != b"command"])


# --- differences that are planted: a script on the oracle does what a call of ours might do wrong

REFUSED = b"-ERR wrong number of arguments for 'strlen' command\r\n"
SPOILS = b"redis.call('SET', 'k', '11') return redis.error_reply('%b')" % REFUSED[1:-2].replace(b"'", b"\\'")


@pytest.mark.parametrize("script", [b"return 1", b"return redis.error_reply('ERR no')", SPOILS])
def test_a_call_that_is_refused_otherwise_or_changes_something_is_found(
    oracle: Oracle, oracle_wire: Wire, script: bytes
) -> None:
    @define
    class Forger(Wire):
        """Runs a script instead of STRLEN without a key."""

        def send(self, data: bytes) -> None:
            super().send(data.replace(encode_command("STRLEN"), encode_command("EVAL", script, "0")))

    lines = [[b"STRLEN", b"k"], *([b"STRLEN", b"k", b"%d" % number] for number in range(50)), [b"STRLEN"]]
    with Forger.connect(oracle.host, oracle.port) as forger, oracle.connect() as sound:
        compare((oracle_wire, sound), lines)
        with pytest.raises(AssertionError, match=r"\[b'STRLEN'\]"):
            compare((oracle_wire, forger), lines)


# --- what the oracle is too old to know


def test_what_redis_7_0_does_not_know_is_new_in_7_2(oracle_wire: Wire) -> None:
    unknown = [name for name in COMMANDS if oracle_wire.ask("COMMAND", "INFO", name) == [None]]
    assert NEW == {name for name in unknown if not name.startswith(b"debug|")}


@pytest.mark.parametrize("name", sorted(NEW), ids=bytes.decode)
def test_new_commands_answer_and_leave_the_data_alone(name: bytes, ours: Wire) -> None:
    [(_, untouched)] = outcomes(ours, [[b"PING"]])
    for reply, digest in outcomes(ours, all_calls(name)):
        assert not reply.startswith(b"-ERR internal error")
        assert untouched == digest
