"""Walks of several clients that subscribe, publish and leave, here and on a real Redis at the same time.

After every step each client has been sent the same, here and there. What an oracle of 7.0 says in another order:

- messages to one client because of several patterns, and confirmations of an UNSUBSCRIBE without names, come in the
  order of its hash tables;
- what a client publishes to itself comes before the reply, even into the midst of EXEC's array; since 7.2 after it.

So what is sent in one step may be in another order, but has to consist of the same lines.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bare_engine import Session, words
from differential.test_walks import QUICKLY, assert_stumbles
from oracle import Oracle, Wire, encode_command, replies_in
from side_by_side import Both
from trioredis.clock import Clock
from trioredis.engine.clients import Unusual
from trioredis.engine.lifecycle import release
from trioredis.env import Env

CLIENTS = 4

CHANNELS = st.sampled_from(["a", "b", "ab", "abc", "*"])
PATTERNS = st.sampled_from(["*", "a*", "?", "[ab]", "ab", "**", "*b*", "[^a]*", r"\*", "a?*"])
MESSAGES = st.sampled_from(["x", "y", "z" * 50])


def several(names: st.SearchStrategy[str], least: int) -> st.SearchStrategy[str]:
    return st.lists(names, min_size=least, max_size=3).map(" ".join)


def lines(template: str, *names: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*names).map(lambda drawn: template.format(*drawn))


LINES = st.one_of(
    *(lines(f"{sort}SUBSCRIBE {{}}", several(CHANNELS, 1)) for sort in ("", "S")),
    *(lines(f"{sort}UNSUBSCRIBE {{}}", several(CHANNELS, 0)) for sort in ("", "S")),
    lines("PSUBSCRIBE {}", several(PATTERNS, 1)),
    lines("PUNSUBSCRIBE {}", several(PATTERNS, 0)),
    *[lines("PUBLISH {} {}", CHANNELS, MESSAGES), lines("SPUBLISH {} {}", CHANNELS, MESSAGES)] * 3,
    lines("PUBSUB NUMSUB {}", several(CHANNELS, 0)),
    lines("PUBSUB SHARDNUMSUB {}", several(CHANNELS, 0)),
    lines("PUBSUB CHANNELS {}", st.one_of(st.just(""), PATTERNS)),
    lines("PUBSUB SHARDCHANNELS {}", st.one_of(st.just(""), PATTERNS)),
    st.sampled_from(
        [
            *(
                "PUBSUB NUMPAT",
                "PING",
                "PING x",
                "GET k",
                "SET k v",
                "NOSUCH",
                "SUBSCRIBE",
                "HELLO 2",
                "HELLO 3",
            ),
            *("MULTI", "EXEC", "EXEC", "DISCARD", "RESET", "QUIT"),
            *("CLIENT REPLY OFF", "CLIENT REPLY SKIP", "CLIENT REPLY ON", "CLIENT REPLY ON"),
        ]
    ),
)


class SubscribersWalk(RuleBasedStateMachine):
    """One walk; `connect` opens connections to the oracle that last as long."""

    def __init__(self, connect: Callable[[], Wire], close: Callable[[], None]) -> None:
        super().__init__()
        self.close = close
        first = Session.open(Env(clock=Clock(time.time), random=Random(0)))
        wire = connect()
        for kind in ("normal", "pubsub"):
            wire.command(
                "CLIENT", "KILL", "TYPE", kind
            )  # whose connections are closed, but not yet forgotten
        wire.command("FLUSHALL")
        self.stranger = Both(first, wire, wire, 2, connect)
        self.clients: list[Both] = []
        self.is_sound = True

    @initialize(versions=st.lists(st.sampled_from([2, 3]), min_size=CLIENTS, max_size=CLIENTS))
    def come(self, versions: list[int]) -> None:
        self.clients = [self.stranger.another(version) for version in versions]

    @rule(number=st.integers(0, CLIENTS - 1), line=LINES)
    def walk_on(self, number: int, line: str) -> None:
        client = self.clients[number]
        state = client.ours.client
        if line.startswith("HELLO") and state.transaction is not None:
            return  # its reply tells of the server, and would be hidden in that of EXEC
        is_mute = state.unusual & (Unusual.MUTED | Unusual.SKIP_NEXT)
        if is_mute and line == "QUIT":
            return  # after which the oracle waits for the reply to be sent, that is for ever
        if is_mute and line.startswith(("PUBLISH", "SPUBLISH", "EXEC")):
            return  # of which nobody knows when it has happened: the next client may be quicker
        self.step(client, line)
        for other in self.clients:
            if other is not client:
                self.compare(other, line, other.ours.taken())
        if line == "QUIT":
            self.replace(number)

    def step(self, client: Both, line: str) -> None:
        client.theirs.send(encode_command(*words(line)))
        self.compare(client, line, client.ours(line))

    def compare(self, client: Both, line: str, sent: bytes) -> None:
        ours = replies_in(sent)
        theirs = [client.theirs.read_raw() for _ in ours]
        if line.startswith("HELLO"):
            theirs, ours = ([reply[:1] for reply in replies] for replies in (theirs, ours))
        self.is_sound = theirs == ours or in_any_order(theirs) == in_any_order(ours)
        assert self.is_sound, (line, theirs, ours)

    def replace(self, number: int) -> None:
        gone = self.clients[number]
        self.is_sound = gone.theirs.read_until_closed() == b""
        assert self.is_sound
        release(gone.ours.engine, gone.ours.client)
        self.clients[number] = self.stranger.another(2)

    def teardown(self) -> None:
        """Nobody was sent more than what was compared, and nothing is left of anybody."""
        try:
            if self.is_sound:
                self.settle()
        finally:
            self.close()

    def settle(self) -> None:
        for client in self.clients:
            for line in ("RESET", "RESET", "PING"):  # the first one's reply may be skipped
                self.step(client, line)
        for line in ("PUBSUB CHANNELS", "PUBSUB SHARDCHANNELS", "PUBSUB NUMPAT", "PUBLISH a x"):
            self.stranger(line)


def in_any_order(replies: list[bytes]) -> list[bytes]:
    return sorted(b"".join(replies).split(b"\r\n"))


def walk(oracle: Oracle) -> SubscribersWalk:
    stack = ExitStack()
    return SubscribersWalk(lambda: stack.enter_context(oracle.connect()), stack.close)


def test_a_walk_of_several_clients_ends_where_it_ends_on_a_real_redis(oracle: Oracle) -> None:
    run_state_machine_as_test(lambda: walk(oracle), settings=QUICKLY)


def test_such_a_walk_stumbles_over_a_planted_difference(oracle: Oracle) -> None:
    def forgetful_walk() -> SubscribersWalk:
        forgetful = walk(oracle)
        entry = forgetful.stranger.ours.engine.commands.usual[b"PUNSUBSCRIBE"]
        entry.handler = lambda ctx, *patterns: [b"punsubscribe", *patterns[:1], 0]
        return forgetful

    assert_stumbles(forgetful_walk)
