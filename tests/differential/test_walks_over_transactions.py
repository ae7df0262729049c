"""Walks of three clients at once, here and on a real Redis: what one of them does decides what becomes of the others' EXEC.

Each client speaks a protocol of its own. Every reply has to be the same to the byte, those within EXEC too. Keys also end:
one step sets a deadline a moment ahead and lets it pass, so that both sides find the key over when they next look.
DBSIZE is not asked for, since we look at a key that is watched, and Redis does not.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest
from attrs import frozen
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from bare_engine import Session
from differential.command_lines import KEYS, Line
from differential.test_walks import QUICKLY, Walk, assert_stumbles, lines, patient_wire
from oracle import Oracle, Wire
from trioredis.engine.watches import Watches

__all__ = ["patient_wire"]

CLIENTS = 3
MOMENT = 8
"""Milliseconds in which two servers can be told to watch a key."""

CHANGES = """
    SET SET SET SET GET GETEX GETDEL SETNX INCR DECRBY APPEND SETRANGE MSET MSETNX SETBIT PFADD
    DEL DEL UNLINK RENAME RENAMENX COPY MOVE PERSIST EXPIREAT PEXPIREAT EXPIRE
    LPUSH RPUSH LPOP RPOP LREM LTRIM LINSERT LSET LMOVE RPOPLPUSH
    SADD SREM SMOVE SINTERSTORE SUNIONSTORE HSET HDEL HINCRBY HSETNX ZREM ZREMRANGEBYRANK ZRANGESTORE
"""
LOOKS = "GET STRLEN EXISTS TOUCH TYPE LLEN SCARD HLEN HGET ZCARD LRANGE"
PLACES = "SELECT SELECT SWAPDB FLUSHDB FLUSHALL"
TURNS = [b"MULTI", b"MULTI", b"EXEC", b"EXEC", b"EXEC", b"EXEC", b"DISCARD", b"UNWATCH", b"RESET"]
PATIENT_CALLS = [b"BLPOP %b 0", b"BLMOVE %b c LEFT RIGHT 0", b"BZPOPMIN %b 0", b"XREAD BLOCK 0 STREAMS %b $"]

numbers, keys = st.integers(0, CLIENTS - 1), st.sampled_from(KEYS[:3])


@frozen
class Pair:
    """One client, here and there."""

    ours: Session
    theirs: Wire


class TransactionWalk(Walk):
    walk_on = speak = None

    def __init__(self, wires: Sequence[Wire]) -> None:
        super().__init__(wires[0])
        others = [self.ours.another() for _ in wires[1:]]
        self.clients = [Pair(*each) for each in zip([self.ours, *others], wires, strict=True)]

    @initialize(versions=st.lists(st.sampled_from([2, 3]), min_size=CLIENTS, max_size=CLIENTS))
    def speak_as_they_like(self, versions: list[int]) -> None:
        for number, version in enumerate(versions):
            self.turn_to(number)
            self.step([b"RESET"])
            self.ours.client.speak(version)
            self.theirs.command("HELLO", version)

    def turn_to(self, number: int) -> None:
        """Let a client be the one that takes the next steps."""
        self.ours, self.theirs = self.clients[number].ours, self.clients[number].theirs

    @rule(number=numbers, line=lines(CHANGES, LOOKS))
    def change(self, number: int, line: Line) -> None:
        self.turn_to(number)
        self.step(line)

    @rule(number=numbers, line=lines(PLACES) | st.just([b"NOSUCH"]))
    def move(self, number: int, line: Line) -> None:
        self.turn_to(number)
        self.step(line)

    @rule(number=numbers, words=st.sampled_from(TURNS))
    def turn(self, number: int, words: bytes) -> None:
        self.turn_to(number)
        self.step([words])

    @rule(number=numbers, keys=st.lists(keys, min_size=1, max_size=2), is_sure=st.booleans())
    def watch(self, number: int, keys: Line, is_sure: bool) -> None:
        self.turn_to(number)
        self.step([b"WATCH", *keys])
        if is_sure:
            self.step([b"MULTI"])

    @rule(number=numbers, other=numbers, key=keys, call=st.sampled_from([b"SET %b w", b"DEL %b", b"TYPE %b"]))
    def race(self, number: int, other: int, key: bytes, call: bytes) -> None:
        """Watch a key that perhaps somebody changes before EXEC."""
        self.turn_to(number)
        self.step([b"WATCH", key])
        self.step([b"MULTI"])
        self.turn_to(other)
        self.step((call % key).split())
        self.turn_to(number)
        self.step([b"EXEC"])

    @rule(number=numbers, key=keys, call=st.sampled_from(PATIENT_CALLS))
    def wait(self, number: int, key: bytes, call: bytes) -> None:
        """Queue a command that would wait."""
        self.turn_to(number)
        if self.ours.client.transaction is not None:
            self.step((call % key).split())

    @rule(number=numbers, key=keys, watching=st.lists(numbers, max_size=2), is_late=st.booleans())
    def end(self, number: int, key: bytes, watching: list[int], is_late: bool) -> None:
        """Set a key that ends in a moment, which some watch before it does, and some when it is over."""
        deadline = self.now() + MOMENT
        self.turn_to(number)
        self.step([b"SET", key, b"v", b"PXAT", b"%d" % deadline])
        while is_late and self.now() <= deadline:
            pass
        for each in watching:
            self.turn_to(each)
            self.step([b"WATCH", key])
        if not is_late and self.now() > deadline:  # on a busy machine nobody can tell who watched what
            for each in watching:
                self.turn_to(each)
                self.step([b"RESET"])
        while self.now() <= deadline:
            pass

    def now(self) -> int:
        """The oracle's time in milliseconds, which is ours."""
        seconds, microseconds = self.clock.ask("TIME")  # type: ignore[misc]
        return int(seconds) * 1000 + int(microseconds) // 1000  # type: ignore[arg-type]

    clock: Wire
    """A connection that is never in a transaction."""

    def teardown(self) -> None:
        for number in reversed(range(CLIENTS)):
            self.turn_to(number)
            if self.is_sound:
                self.step([b"RESET"])
        super().teardown()


@pytest.fixture
def wires(oracle: Oracle, patient_wire: Wire) -> Iterator[list[Wire]]:
    with ExitStack() as stack:
        others = [stack.enter_context(oracle.connect()) for _ in range(CLIENTS)]
        TransactionWalk.clock = others.pop()
        yield [patient_wire, *others]


def test_walks_of_several_clients_end_where_they_end_on_a_real_redis(wires: list[Wire]) -> None:
    run_state_machine_as_test(lambda: TransactionWalk(wires), settings=QUICKLY)


def test_a_walk_stumbles_over_a_watch_that_sees_nothing(
    wires: list[Wire], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Timeless(TransactionWalk):
        """A walk that fails as it did when it is taken again, for which no key ends."""

        end = None

    monkeypatch.setattr(Watches, "touched", lambda *_: None)
    assert_stumbles(lambda: Timeless(wires), over="EXEC")
