"""Clients that are blocked and leave: what they waited for stays for somebody else.

TAKE (planted) deletes a string and returns it, or waits for one.
"""

import pytest
import trio

from oracle import encode_command
from server.house import House, Peer, eventually, settled
from trioredis.engine.blocking import block
from trioredis.engine.clients import Client, Unusual
from trioredis.engine.command import WRITE


def take(ctx, key):
    """Take a string, or wait for one."""
    value = ctx.db.pop(key)
    if value is not None:
        ctx.touch(key, b"del")
        return value
    return block(ctx, [key], keys=[key], kind=b"string", milliseconds=0, late_reply=None)


async def waiting(house: House) -> Peer:
    """A client that waits for `k`."""
    peer, before = await house.client(), len(waiting_clients(house))
    await peer.send(encode_command("TAKE", "k"))
    await eventually(lambda: len(waiting_clients(house)) > before)
    return peer


def waiting_clients(house: House) -> list[Client]:
    return [client for client in house.engine.clients if client.unusual & Unusual.WAITING]


@pytest.fixture
def taking(house: House) -> House:
    house.plant("TAKE", take, 2, WRITE)
    return house


async def test_who_waits_is_answered_by_what_somebody_else_does(taking: House) -> None:
    first, second, other = await waiting(taking), await waiting(taking), await taking.client()
    await other.ask("SET", "k", "1", answer=b"+OK\r\n")
    assert b"$1\r\n1\r\n" == await first.take(7)
    await other.ask("SET", "k", "2", answer=b"+OK\r\n")
    assert b"$1\r\n2\r\n" == await second.take(7)


async def test_what_it_sent_meanwhile_is_run_afterwards(taking: House) -> None:
    peer, other = await waiting(taking), await taking.client()
    await peer.send(encode_command("ECHO", "x"))
    await other.ask("SET", "k", "1", answer=b"+OK\r\n")
    assert b"$1\r\n1\r\n$1\r\nx\r\n" == await peer.take(14)


async def test_who_sends_nonsense_while_it_waits_is_answered_first(taking: House) -> None:
    peer, other = await waiting(taking), await taking.client()
    await peer.send(b"*x\r\n")
    await settled()
    await other.ask("SET", "k", "1", answer=b"+OK\r\n")
    assert b"$1\r\n1\r\n-ERR Protocol error: invalid multibulk length\r\n" == await peer.until_closed()


@pytest.mark.parametrize("way", ["aclose", "end", "reset"])
async def test_who_hangs_up_takes_nothing_however_short_before(
    taking: House, transport: str, way: str
) -> None:
    if transport == "memory" and way == "reset":
        pytest.skip("a stream in memory has no reset")
    peer, other = await waiting(taking), await taking.client()
    # Without a chance for the server to notice in between.
    match way:
        case "aclose":
            await trio.aclose_forcefully(peer.stream)
        case "end":
            await peer.end()
        case "reset":
            peer.reset()
    assert b"+OK\r\n" == await other.ask("SET", "k", "1", answer=b"+OK\r\n")
    assert b"$1\r\n1\r\n" == await other.ask("GET", "k", answer=b"$1\r\n1\r\n")
    await eventually(lambda: not waiting_clients(taking))


async def test_who_is_cut_off_takes_nothing_though_the_store_was_not_told_yet(
    taking: House, transport: str
) -> None:
    if transport == "selector":
        pytest.skip("the listener's sockets have no session")
    _, other = await waiting(taking), await taking.client()
    (client,) = waiting_clients(taking)
    client.connection.scope.cancel()
    assert client.connection.hung_up
    assert b"+OK\r\n" == await other.ask("SET", "k", "1", answer=b"+OK\r\n")
    assert b"$1\r\n1\r\n" == await other.ask("GET", "k", answer=b"$1\r\n1\r\n")
