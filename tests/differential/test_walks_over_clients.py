"""Walks of three clients that get into each other's way, on a running server and on a real Redis.

They pause, kill, watch and listen to each other, switch their replies off, and wait. After every step each has been sent
the same bytes, and CLIENT LIST tells the same of each. What Redis writes into the midst of a reply, what a client
publishes to itself or sees of itself as a monitor, comes after it here: who publishes or queues does not listen.
"""

import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from attrs import define, field
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from differential.test_walks import QUICKLY, assert_stumbles
from oracle import Oracle, Wire, encode_command
from trioredis.engine.gate import Gate
from trioredis.testing import server_thread

ACTORS = (0, 1)
LISTENER = 2
ROUNDS = 6
"""After so many answers to somebody else everybody has been sent what is due to him."""
_MOMENT_AND_PORT = re.compile(rb"\+\d+\.\d{6} \[(\d+ )(?:[\d.]+:\d+|(lua))\]")
_TOLD = re.compile(rb"(?<= )(?:name|flags|db|sub|psub|ssub|multi|cmd|user|resp)=\S*")

OFTEN = "SET k v | GET k | INCR n | LPUSH l x | PING | ECHO x | SELECT 1 | SELECT 0 | DEL l"
ACTIONS = f"""
    {OFTEN} | {OFTEN} | BLPOP l 0 | MULTI | MULTI | EXEC | EXEC | DISCARD | WATCH k | NOPE | GET | PUBLISH ch m
    | CLIENT REPLY OFF | CLIENT REPLY SKIP | CLIENT REPLY ON | CLIENT REPLY ON | CLIENT SETNAME me | CLIENT GETNAME
    | CLIENT PAUSE 1000000 WRITE | CLIENT UNPAUSE | CLIENT UNPAUSE | RESET | PFCOUNT h
    | EVAL return(redis.call('INCR','n')) 0 | EVAL_RO return(redis.call('GET','n')) 0
"""
INTERESTS = f"""
    {OFTEN} | SUBSCRIBE ch | PSUBSCRIBE c* | UNSUBSCRIBE | PUNSUBSCRIBE | MONITOR | RESET
    | CLIENT REPLY OFF | CLIENT REPLY SKIP | CLIENT REPLY ON | BLPOP l 0
"""


def lines(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from([" ".join(line.split()) for line in text.split("|")])


@define(eq=False)
class Side:
    """One of the two servers, and the clients there."""

    port: int
    observer: Wire
    clients: dict[int, socket.socket] = field(factory=dict)

    def send(self, number: int, line: str) -> None:
        self.clients[number].sendall(encode_command(*line.split(" ")))

    def told(self, number: int) -> bytes:
        """What a client was sent since somebody looked."""
        told = b""
        while (data := self._received(number)) is not None:
            told += data or b"the end"
            if not data:
                self.clients.pop(number).close()
                break
        return _MOMENT_AND_PORT.sub(rb"+[\1\2]", told)

    def _received(self, number: int) -> bytes | None:
        try:
            return self.clients[number].recv(1 << 16)
        except BlockingIOError:
            return None
        except ConnectionResetError:
            return b""

    def settle(self) -> None:
        for _ in range(ROUNDS):
            self.observer.command("CONFIG", "GET", "port")  # which no monitor sees

    def connect(self, number: int, protocol: int) -> None:
        self.clients[number] = client = socket.create_connection(("127.0.0.1", self.port))
        self.send(number, f"HELLO {protocol}")
        self.send(number, "CLIENT SETNAME new")
        greeting = b""
        while not greeting.endswith(b"+OK\r\n"):
            greeting += client.recv(1 << 16)
        client.setblocking(False)
        # Or what is sent to a server that answers nothing waits for an acknowledgement.
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def address(self, number: int) -> str:
        host, port = self.clients[number].getsockname()
        return f"{host}:{port}"

    def list(self) -> list[list[bytes]]:
        """What CLIENT LIST tells, without what two servers cannot agree on."""
        text = self.observer.ask("CLIENT", "LIST")
        assert isinstance(text, bytes)
        return [_TOLD.findall(line) for line in text.splitlines()]

    def waits(self, number: int) -> bool:
        """Whether a client is held or blocked: in which order several of them go on with more than one command is not told."""
        place = list(self.clients).index(number)  # the observer came before them all
        return any(word.startswith(b"flags=") and b"b" in word for word in self.list()[place + 1])

    def clear(self) -> None:
        for each in self.clients.values():
            each.close()
        self.clients.clear()
        self.observer.command("CLIENT", "UNPAUSE")
        while len(self.list()) > 1:
            pass
        self.observer.command("FLUSHALL")


class ClientWalk(RuleBasedStateMachine):
    def __init__(self, sides: tuple[Side, Side]) -> None:
        super().__init__()
        self.sides = sides
        self.protocols = (2, 2, 2)

    @initialize(protocols=st.tuples(*[st.sampled_from([2, 3])] * 3))
    def arrive(self, protocols: tuple[int, int, int]) -> None:
        self.protocols = protocols
        for number in (*ACTORS, LISTENER):
            self.be_there(number)

    @rule(number=st.sampled_from(ACTORS), line=lines(ACTIONS))
    def act(self, number: int, line: str) -> None:
        self.step(number, line)

    @rule(line=lines(INTERESTS))
    def listen(self, line: str) -> None:
        self.step(LISTENER, line)

    @rule(victim=st.sampled_from([*ACTORS, LISTENER]))
    def kill(self, victim: int) -> None:
        """Have somebody killed by who waits for nothing, so that there is no doubt what it was sent before."""
        self.be_there(victim)
        for side in self.sides:
            side.observer.command("CLIENT", "KILL", "ADDR", side.address(victim))
        self.compare("CLIENT KILL")

    @rule(number=st.sampled_from([*ACTORS, LISTENER]))
    def leave(self, number: int) -> None:
        """Say QUIT; a client that wants no replies would stay on Redis."""
        self.step(number, "RESET")
        self.step(number, "QUIT")

    def step(self, number: int, line: str) -> None:
        self.be_there(number)
        if not self.sides[0].waits(number):
            for side in self.sides:
                side.send(number, line)
            self.compare(line)

    def be_there(self, number: int) -> None:
        """Come (back), if this client is not there."""
        for side in self.sides:
            if number not in side.clients:
                side.connect(number, self.protocols[number])

    def compare(self, line: str) -> None:
        for side in self.sides:
            side.settle()
        theirs, ours = ({number: side.told(number) for number in list(side.clients)} for side in self.sides)
        assert theirs == ours, line
        theirs, ours = (side.list() for side in self.sides)
        assert theirs == ours, line

    def teardown(self) -> None:
        for side in self.sides:
            side.clear()


@pytest.fixture(scope="module")
def sides(oracle: Oracle) -> Iterator[tuple[Side, Side]]:
    with (
        server_thread() as url,
        oracle.connect() as their_observer,
        Wire.connect("127.0.0.1", urlsplit(url).port or 0) as our_observer,
    ):
        yield Side(oracle.port, their_observer), Side(urlsplit(url).port or 0, our_observer)


def test_walks_of_clients_end_where_they_end_on_a_real_redis(sides: tuple[Side, Side]) -> None:
    run_state_machine_as_test(lambda: ClientWalk(sides), settings=QUICKLY)


def test_a_walk_stumbles_over_a_gate_that_is_always_open(
    sides: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Gate, "holds", lambda *_: False)
    assert_stumbles(lambda: ClientWalk(sides))
