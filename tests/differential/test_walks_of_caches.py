"""Random walks of clients that cache: what each is told, and when, here and on a real Redis.

Several clients track in all modes, in both versions of the protocol, read, change, let keys end, empty databases, come
and go; some receive what is meant for others. Every step is run on both sides; then each client says something that
changes nothing, and all that it was sent up to there is compared, in order. The allowed differences:

- a receiver that changes something itself gets messages after its reply, as in 7.2; and what comes from several
  clients has no order in Redis, which keeps them by their addresses;
- the null that says that all is stale is written in the receiver's version of the protocol, not in the reader's;
- ids of clients, and the reply of HELLO, which is full of them.

Keys whose time is over are left alone on both sides until somebody looks at them.
"""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from random import Random

import pytest
from attrs import define, field
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

from bare_engine import NEVER, Session, words
from differential.test_walks import QUICKLY, assert_stumbles
from oracle import Oracle, Wire, encode_command
from side_by_side import replies_in
from trioredis.clock import Clock
from trioredis.engine.lifecycle import release
from trioredis.engine.tracking import Tracking
from trioredis.env import Env

PUSHES = (b">2\r\n", b"*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n")
ALL_STALE = re.compile(rb"(?<=invalidate\r\n)(_|\$-1)\r\n")
IDS = re.compile(rb"(redirect|-broken)\r\n:(\d+)")


@define(eq=False)
class Member:
    """A client here and there."""

    ours: Session
    theirs: Wire
    receives: bool
    """Whether it gets what is meant for others."""
    ids: tuple[bytes, bytes] = field(init=False)
    """Its ids, there and here."""

    def __attrs_post_init__(self) -> None:
        self.ids = self.theirs.command("CLIENT", "ID")[1:-2], self.ours("CLIENT ID")[1:-2]

    @property
    def in_transaction(self) -> bool:
        return self.ours.client.transaction is not None

    def say_there(self, lines: list[list[bytes]]) -> list[bytes]:
        """Run commands in one round; return what comes up to the last reply."""
        self.theirs.send(b"".join(encode_command(*line) for line in lines))
        frames, missing = list[bytes](), len(lines)
        while missing:
            frames.append(self.theirs.read_raw())
            missing -= not frames[-1].startswith(PUSHES)
        return frames

    def say_here(self, lines: list[list[bytes]]) -> list[bytes]:
        """Run commands in one round; return what came."""
        engine, executor = self.ours.engine, self.ours.executor
        engine.clock.refresh()
        executor.start()
        executor.run(self.ours.client, lines, NEVER)
        executor.finish_round()
        return replies_in(self.ours.taken())

    def told(self, frames: list[bytes]) -> list[bytes]:
        """What has to be the same of what it was sent."""
        if not self.receives:
            return frames
        pushes = [frame for frame in frames if frame.startswith(PUSHES)]
        return [frame for frame in frames if frame not in pushes] + sorted(pushes)


keys = st.sampled_from(["a", "ab", "abc", "b", "ba", "c"])
READS = "GET !|GET !|GET !|MGET ! !|EXISTS ! !|STRLEN !|TTL !|TYPE !|GETRANGE ! 0 1|SINTERCARD 2 ! !|LCS ! !|KEYS a|TOUCH !"
READS += (
    "|XREAD STREAMS ! ! 0 0|SORT_RO !|BITPOS ! 1|DBSIZE|GET|GETEX !|GETEX ! PERSIST|BITCOUNT !|PFCOUNT ! !"
)
WRITES = "SET ! x|SET ! x|SET ! x|MSET ! 1 ! 2|DEL !|DEL ! !|APPEND ! x|INCR !|EXPIRE ! 1000|PERSIST !|RENAME ! !|COPY ! !"
WRITES += "|SETNX ! 1|GETDEL !|SET ! x PXAT 1|SET ! x PXAT 1|PEXPIREAT ! 1|LPUSH ! x|LPOP !|SADD ! x|MOVE ! 1|UNLINK !"
WRITES += "|FLUSHALL|FLUSHDB|SELECT 0|SELECT 1|SWAPDB 0 1|SORT ! STORE !|BITOP OR ! ! !|SINTERSTORE ! ! !|SETRANGE ! 0 x"
MODES = (
    "ON|ON|ON|ON NOLOOP|ON OPTIN|ON OPTIN NOLOOP|ON OPTOUT|ON BCAST|ON BCAST NOLOOP|ON BCAST PREFIX !|OFF|OFF"
)
MODES += "|ON REDIRECT @0|ON REDIRECT @1|ON REDIRECT @0 NOLOOP|ON REDIRECT @1 OPTIN|ON REDIRECT @self|ON BCAST REDIRECT @0"
MODES += "|ON BCAST REDIRECT @1 NOLOOP PREFIX !|ON REDIRECT @0 REDIRECT @1|ON REDIRECT 0|OFF REDIRECT @0"
MODES += "|ON BCAST PREFIX ! PREFIX !|ON BCAST PREFIX ! NOLOOP|OFF NOLOOP|ON OPTIN OPTOUT|ON PREFIX !|ON BCAST OPTIN"
OTHERS = "MULTI|MULTI|EXEC|EXEC|DISCARD|CLIENT CACHING YES|CLIENT CACHING NO|CLIENT CACHING x|PING|NOSUCH|CLIENT NOSUCH"
OTHERS += "|CLIENT ID x|RESET|CLIENT GETNAME"

BARRIER = words("CLIENT GETNAME")
"""Answered at once, or refused to a subscriber, and for CLIENT CACHING it is no next command."""
TOTALS = re.compile(rb"tracking_\w+:\d+")
FIRST_RECEIVER = 4
READERS, RECEIVERS = st.integers(0, FIRST_RECEIVER - 1), st.integers(FIRST_RECEIVER, 5)


@st.composite
def filled(draw: st.DrawFn, choices: str) -> list[bytes]:
    """One of some lines, with a key for each mark."""
    line = draw(st.sampled_from(choices.split("|")))
    return [draw(keys).encode() if word == "!" else word.encode() for word in line.split()]


def lines(*choices: str) -> SearchStrategy[list[bytes]]:
    return st.one_of(*map(filled, choices))


class Caches(RuleBasedStateMachine):
    """Four clients that read and two that receive what is meant for others."""

    def __init__(self, oracle: Oracle) -> None:
        super().__init__()
        self.oracle, self.stack = oracle, ExitStack()
        self.here = Session.open(Env(clock=Clock(time.time), random=Random(0)))
        self.there = self.stack.enter_context(oracle.connect())
        self.there.command("FLUSHALL")
        self.names: tuple[dict[bytes, bytes], dict[bytes, bytes]] = {}, {}
        self.members = [self.connected(receives=number >= FIRST_RECEIVER) for number in range(6)]

    def connected(self, *, receives: bool) -> Member:
        member = Member(self.here.another(), self.stack.enter_context(self.oracle.connect()), receives)
        for names, number in zip(self.names, member.ids, strict=True):
            names[number] = b"client %d" % len(names)
        return member

    @initialize(versions=st.lists(st.sampled_from([2, 3, 3]), min_size=6, max_size=6))
    def speak(self, versions: list[int]) -> None:
        for member, version in zip(self.members, versions, strict=True):
            self.step(member, [words(f"HELLO {version}")])
        # As long as one is here who ever did, it is remembered what those have read who are gone.
        self.step(self.members[0], [words("CLIENT TRACKING ON"), words("CLIENT TRACKING OFF")])

    # --- what may happen

    @rule(number=READERS, line=lines(READS, READS, WRITES, OTHERS))
    def say(self, number: int, line: list[bytes]) -> None:
        self.step(self.members[number], [line])

    @rule(number=READERS, some=st.lists(lines(READS, WRITES), min_size=2, max_size=5))
    def say_several(self, number: int, some: list[list[bytes]]) -> None:
        self.step(self.members[number], some)

    @rule(number=READERS, mode=lines(MODES))
    def track(self, number: int, mode: list[bytes]) -> None:
        reader = self.members[number]
        reader.receives |= b"@self" in mode
        self.step(reader, [[b"CLIENT", b"TRACKING", *mode]])

    @rule(number=READERS)
    def describe(self, number: int) -> None:
        self.step(self.members[number], [words("CLIENT TRACKINGINFO")])

    @rule(number=RECEIVERS, line=lines(READS, WRITES, "SUBSCRIBE x", "SUBSCRIBE x", "UNSUBSCRIBE x"))
    def receiver_says(self, number: int, line: list[bytes]) -> None:
        self.step(self.members[number], [line])

    @rule(number=READERS | RECEIVERS, version=st.sampled_from([2, 3, 3]))
    def switch(self, number: int, version: int) -> None:
        if not self.members[number].in_transaction:
            self.step(self.members[number], [words(f"HELLO {version}")])

    @rule(number=st.sampled_from([1, 3, 5]))
    def leave(self, number: int) -> None:
        """A client is cut off, and another one comes in its place."""
        old = self.members[number]
        there, here = old.ids
        self.there.command("CLIENT", "KILL", "ID", there)
        self.here("CLIENT", "KILL", "ID", here)
        release(self.here.engine, old.ours.client)
        self.members[number] = self.connected(receives=number >= FIRST_RECEIVER)

    @rule()
    def count(self) -> None:
        there, here = self.there.command("INFO", "everything"), self.here("INFO everything")
        assert TOTALS.findall(there) == TOTALS.findall(here)

    # --- how it is compared

    def step(self, member: Member, lines: list[list[bytes]]) -> None:
        """Run commands of one client on both sides, and compare what every client was sent."""
        there, here = (
            member.say_there(self.filled(lines, member, 0)),
            member.say_here(self.filled(lines, member, 1)),
        )
        for each in self.members:
            all_there, all_here = (each.say_there([BARRIER]), each.say_here([BARRIER]))
            if each is member:
                all_there, all_here = there + all_there, here + all_here
            assert each.told(self.named(all_there, 0)) == each.told(self.named(all_here, 1)), (
                member.ids,
                lines,
            )

    def filled(self, lines: list[list[bytes]], member: Member, side: int) -> list[list[bytes]]:
        """The lines with the ids of one side."""
        marks = {b"@self": member, b"@0": self.members[4], b"@1": self.members[5]}
        return [[marks[word].ids[side] if word in marks else word for word in line] for line in lines]

    def named(self, frames: list[bytes], side: int) -> list[bytes]:
        """What was sent without what may differ."""
        frames = [b"hello" if b"\r\nserver\r\n" in frame else frame for frame in frames]
        frames = [ALL_STALE.sub(b"everything", frame) for frame in frames]
        return [IDS.sub(lambda found: self.names[side].get(found[2], found[2]), frame) for frame in frames]

    def teardown(self) -> None:
        self.stack.close()


@pytest.fixture
def patient(oracle: Oracle) -> Iterator[Oracle]:
    """The oracle, which meanwhile removes no key before somebody looks."""
    with oracle.connect() as wire:
        wire.command("DEBUG", "SET-ACTIVE-EXPIRE", 0)
        yield oracle
        wire.command("DEBUG", "SET-ACTIVE-EXPIRE", 1)


def test_clients_that_cache_are_told_what_a_real_redis_tells_them(patient: Oracle) -> None:
    run_state_machine_as_test(lambda: Caches(patient), settings=QUICKLY)


def test_a_walk_of_caches_stumbles_over_changes_that_nobody_is_told_of(
    patient: Oracle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tracking, "touched", lambda *_: None)
    assert_stumbles(lambda: Caches(patient))
