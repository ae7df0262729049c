"""The gate: who passes, who is held, and what happens to them when a reason ends."""

import pytest

from trioredis.engine.clients import Client, Clients, Kind, Unusual
from trioredis.engine.command import MAY_REPLICATE, READONLY, WRITE, Command
from trioredis.engine.gate import Gate, Reason
from trioredis.engine.timers import Timers

READ, CHANGE, SPREAD = (
    Command(b"x", lambda *_: None, arity=1, group="generic", since="1.0.0", flags=flags)
    for flags in (READONLY, WRITE, MAY_REPLICATE)
)


@pytest.fixture
def timers() -> Timers:
    return Timers()


@pytest.fixture
def resumed() -> list[Client]:
    return []


@pytest.fixture
def gate(timers: Timers, resumed: list[Client]) -> Gate:
    return Gate(timers, Clients(), resumed.extend)


def arrived(gate: Gate) -> Client:
    client = Client(gate.clients.next_id(), b"127.0.0.1:1", b"127.0.0.1:2", 0.0, connection=None)
    gate.clients.add(client)
    return client


def passing(gate: Gate, kind: int = Kind.NORMAL) -> list[Command]:
    client = arrived(gate)
    client.kind = kind
    return [command for command in (READ, CHANGE, SPREAD) if not gate.holds(client, command.flags)]


def test_everything_passes_an_open_gate(gate: Gate) -> None:
    assert [READ, CHANGE, SPREAD] == passing(gate)


def test_nothing_passes_a_closed_one(gate: Gate) -> None:
    gate.close(1.0)
    assert [] == passing(gate)


def test_a_gate_closed_to_writes_holds_what_may_be_replicated_too(gate: Gate) -> None:
    gate.close(1.0, only_writes=True)
    assert [READ] == passing(gate)


def test_who_only_watches_passes_a_closed_one(gate: Gate) -> None:
    gate.close(1.0)
    assert [READ, CHANGE, SPREAD] == passing(gate, Kind.MONITOR)


def test_it_opens_when_its_time_is_over(gate: Gate, timers: Timers) -> None:
    gate.close(1.0)
    timers.run_due(0.999)
    assert [] == passing(gate)
    timers.run_due(1.0)
    assert [READ, CHANGE, SPREAD] == passing(gate)
    assert timers.earliest is None


def test_it_can_be_opened_before(gate: Gate, timers: Timers) -> None:
    gate.close(1.0)
    gate.open()
    gate.open()
    assert [READ, CHANGE, SPREAD] == passing(gate)
    assert timers.earliest is None


def test_of_two_wishes_for_one_reason_the_later_and_the_stricter_hold(gate: Gate, timers: Timers) -> None:
    gate.close(2.0)
    gate.close(1.0, only_writes=True)
    assert [] == passing(gate)
    assert 2.0 == timers.earliest
    gate.open()
    gate.close(1.0, only_writes=True)
    gate.close(3.0, only_writes=True)
    assert [READ] == passing(gate)
    assert 3.0 == timers.earliest


def test_a_reason_that_ends_leaves_the_others(gate: Gate, timers: Timers) -> None:
    gate.close(5.0, only_writes=True)
    gate.close(1.0, reason=Reason.SLEEP)
    assert [] == passing(gate)
    timers.run_due(1.0)
    assert [READ] == passing(gate)
    gate.open()
    assert [READ, CHANGE, SPREAD] == passing(gate)


def test_who_was_held_may_try_again_in_order_whenever_a_reason_ends(
    gate: Gate, timers: Timers, resumed: list[Client]
) -> None:
    first, second = arrived(gate), arrived(gate)
    gate.close(5.0)
    gate.close(1.0, reason=Reason.SLEEP)
    gate.held[second] = gate.held[first] = None
    timers.run_due(1.0)
    assert [second, first] == resumed
    assert {} == gate.held


def test_clients_know_that_it_is_closed_those_to_come_too(gate: Gate) -> None:
    early = arrived(gate)
    gate.close(1.0)
    gate.close(1.0, reason=Reason.SLEEP)
    late = arrived(gate)
    gate.open()
    assert [Unusual.GATED] * 2 == [early.unusual, late.unusual]
    gate.open(Reason.SLEEP)
    assert [0, 0] == [early.unusual, late.unusual]
