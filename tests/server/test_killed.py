"""Clients that somebody kills, whatever they are doing, and monitors that do not read."""

from contextlib import suppress

import pytest
import trio

from oracle import encode_command
from server.house import House, Peer, eventually

STATES = {
    "idle": [],
    "blocked": ["BLPOP l 0"],
    "blocked for a time": ["BLPOP l 100"],
    "subscribed": ["SUBSCRIBE ch"],
    "subscribed to a pattern": ["PSUBSCRIBE c*"],
    "monitoring": ["MONITOR"],
    "queuing": ["WATCH k", "MULTI", "SET k lost"],
    "mute": ["CLIENT REPLY OFF"],
    "in the midst of a command": [],
}


async def peer_in(house: House, state: str) -> Peer:
    """A client that does what the state says."""
    peer = await house.client()
    client = list(house.engine.clients)[-1]
    for line in STATES[state]:
        await peer.send(encode_command(*line.split()))
        name = line.split()[0].lower().encode()
        await eventually(
            lambda name=name: client.last is not None and client.last.command.name.startswith(name)
        )
    if state == "in the midst of a command":
        await peer.send(b"*2\r\n$3\r\nGET\r\n$100\r\nk")
        await eventually(lambda: client.connection.input_size > 0)
    return peer


@pytest.mark.parametrize("state", STATES)
async def test_who_is_killed_is_gone_whatever_he_does(house: House, state: str) -> None:
    victim, killer = await peer_in(house, state), await house.client()
    number = next(iter(house.engine.clients)).id
    assert b":1\r\n" == await killer.ask("CLIENT", "KILL", "ID", number, answer=b":1\r\n")
    await victim.until_closed()
    await killer.ask("LPUSH", "l", "a", answer=b":1\r\n")
    assert b":1\r\n" == await killer.ask("LLEN", "l", answer=b":1\r\n")
    assert b":0\r\n" == await killer.ask("PUBLISH", "ch", "x", answer=b":0\r\n")
    engine = house.engine
    assert (1, {}, (), {}) == (
        len(engine.clients),
        engine.monitors,
        engine.listeners.present,
        engine.waiters.lines,
    )
    assert engine.timers.earliest is None


async def test_who_is_killed_while_held_runs_nothing(house: House) -> None:
    victim, killer = await house.client(), await house.client()
    await killer.ask("CLIENT", "PAUSE", 100_000, "WRITE", answer=b"+OK\r\n")
    await victim.send(encode_command("SET", "k", "v"))
    await eventually(lambda: house.engine.gate.held)
    number = next(iter(house.engine.clients)).id
    await killer.ask("CLIENT", "KILL", "ID", number, answer=b":1\r\n")
    await killer.ask("CLIENT", "UNPAUSE", answer=b"+OK\r\n")
    assert b"" == await victim.until_closed()
    assert b":0\r\n" == await killer.ask("EXISTS", "k", answer=b":0\r\n")


async def test_who_kills_everybody_is_answered_and_runs_nothing_more(house: House) -> None:
    others = [await house.client() for _ in range(3)]
    killer = await house.client()
    kill = encode_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no")
    await killer.send(kill + encode_command("SET", "k", "v"))
    assert b":4\r\n" == await killer.until_closed()
    assert [b"", b"", b""] == [await other.until_closed() for other in others]
    survivor = await house.client()
    assert b":0\r\n" == await survivor.ask("EXISTS", "k", answer=b":0\r\n")


async def test_who_kills_himself_in_a_transaction_hears_nothing_of_the_rest_of_it(house: House) -> None:
    peer = await house.client()
    number = next(iter(house.engine.clients)).id
    calls = [
        ("MULTI",),
        ("PING",),
        ("CLIENT", "KILL", "ID", number, "SKIPME", "no"),
        ("SET", "k", "v"),
        ("EXEC",),
    ]
    await peer.send(b"".join(encode_command(*call) for call in calls))
    queued = b"+OK\r\n" + 3 * b"+QUEUED\r\n"
    assert queued + b"*3\r\n+PONG\r\n:1\r\n" == await peer.until_closed()
    other = await house.client()
    assert b":1\r\n" == await other.ask("EXISTS", "k", answer=b":1\r\n")


async def test_a_monitor_that_does_not_read_is_ended_and_nobody_else_notices(socket_house: House) -> None:
    house = socket_house
    house.set("client-output-buffer-limit", "normal 1mb 0 0")
    deaf, lively = await house.client(), await house.client()
    await deaf.ask("MONITOR", answer=b"+OK\r\n")
    word = b"x" * 500_000
    for _ in range(40):
        with suppress(trio.BrokenResourceError):
            await lively.ask("SET", "k", word, answer=b"+OK\r\n")
            assert 4_000_000 > sum(client.connection.output_size for client in house.engine.clients)
    await eventually(lambda: 1 == len(house.engine.clients))
    assert ({}, 1) == (house.engine.monitors, house.engine.stats.output_buffer_disconnections)
    await lively.ping()
