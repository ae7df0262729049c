"""BLPOP and its kin over real connections: nobody takes an element with it who is gone."""

import pytest
import trio

from oracle import encode_command
from server.house import House, Peer, eventually, settled
from trioredis.engine.clients import Unusual

WAITS = ["BLPOP k 0", "BRPOP nope k 0", "BLMOVE k other LEFT RIGHT 0", "BLMPOP 0 1 k LEFT COUNT 10"]


def number_waiting(house: House) -> int:
    return sum(bool(client.unusual & Unusual.WAITING) for client in house.engine.clients)


async def waiting(house: House, line: str) -> Peer:
    """A client that waits."""
    peer, before = await house.client(), number_waiting(house)
    await peer.send(encode_command(*line.split()))
    await eventually(lambda: number_waiting(house) > before)
    return peer


def popped(key: str, element: str) -> bytes:
    return b"*2\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n" % (len(key), key.encode(), len(element), element.encode())


async def test_a_push_of_several_elements_serves_several_clients_in_order(house: House) -> None:
    peers = [await waiting(house, "BLPOP k 0") for _ in range(3)]
    other = await house.client()
    assert b":4\r\n" == await other.ask("RPUSH", "k", "a", "b", "c", "d", answer=b":4\r\n")
    for peer, element in zip(peers, "abc", strict=True):
        assert popped("k", element) == await peer.take(len(popped("k", element)))
    assert b"$1\r\nd\r\n" == await other.ask("LPOP", "k", answer=b"$1\r\nd\r\n")


@pytest.mark.parametrize("way", ["aclose", "end", "reset"])
@pytest.mark.parametrize("line", WAITS)
async def test_who_hangs_up_takes_nothing_though_the_push_comes_in_the_same_round(
    house: House, transport: str, line: str, way: str
) -> None:
    if transport == "memory" and way == "reset":
        pytest.skip("a stream in memory has no reset")
    peer, other = await waiting(house, line), await house.client()
    # Without a chance for the server to notice in between.
    match way:
        case "aclose":
            await trio.aclose_forcefully(peer.stream)
        case "end":
            await peer.end()
        case "reset":
            peer.reset()
    assert b":2\r\n" == await other.ask("RPUSH", "k", "a", "b", answer=b":2\r\n")
    await eventually(lambda: not number_waiting(house))
    both = b"*2\r\n$1\r\na\r\n$1\r\nb\r\n"
    assert both == await other.ask("LRANGE", "k", "0", "-1", answer=both)


async def test_of_two_who_wait_the_one_that_is_still_there_gets_it(house: House) -> None:
    leaving, staying = await waiting(house, "BLPOP k 0"), await waiting(house, "BLPOP k 0")
    other = await house.client()
    await trio.aclose_forcefully(leaving.stream)
    assert b":1\r\n" == await other.ask("RPUSH", "k", "a", answer=b":1\r\n")
    assert popped("k", "a") == await staying.take(len(popped("k", "a")))


async def test_a_client_that_is_killed_while_it_waits_takes_nothing(house: House) -> None:
    peer, other = await waiting(house, "BLPOP k 0"), await house.client()
    (victim,) = (client for client in house.engine.clients if client.waiting)
    kill = encode_command("CLIENT", "KILL", "ID", victim.id)
    await other.send(kill + encode_command("RPUSH", "k", "a") + encode_command("LLEN", "k"))
    assert b":1\r\n:1\r\n:1\r\n" == await other.take(12)
    assert b"" == await peer.until_closed()


async def test_what_it_sent_while_it_waited_is_run_after_the_answer(house: House) -> None:
    peer, other = await waiting(house, "BLPOP k 0"), await house.client()
    await peer.send(encode_command("LLEN", "k") + encode_command("BLPOP", "k", "0"))
    await settled()
    await other.send(encode_command("RPUSH", "k", "a", "b", "c"))
    expected = popped("k", "a") + b":2\r\n" + popped("k", "b")
    assert expected == await peer.take(len(expected))


async def test_a_chain_of_moves_runs_to_its_end_in_one_round(house: House) -> None:
    last = await waiting(house, "BLPOP k9 0")
    for number in reversed(range(9)):
        await waiting(house, f"BLMOVE k{number} k{number + 1} LEFT RIGHT 0")
    other = await house.client()
    await other.send(
        encode_command("RPUSH", "k0", "x") + encode_command("EXISTS", *(f"k{n}" for n in range(10)))
    )
    assert b":1\r\n:0\r\n" == await other.take(8)
    assert popped("k9", "x") == await last.take(len(popped("k9", "x")))


async def test_many_who_wait_for_many_keys_cost_nothing(house: House) -> None:
    peers = [await waiting(house, f"BLPOP {' '.join(f'k{n}' for n in range(50))} 0") for _ in range(20)]
    await settled(0.05)
    other = await house.client()
    await other.ask("RPUSH", "elsewhere", "x", answer=b":1\r\n")
    await settled()
    for peer in peers:
        await trio.aclose_forcefully(peer.stream)
    await eventually(lambda: not number_waiting(house))
    assert {} == house.engine.waiters.lines


async def test_a_fraction_of_a_second_passes(house: House) -> None:
    peer = await house.client()
    assert b"*-1\r\n" == await peer.ask("BLPOP", "k", "0.01", answer=b"*-1\r\n")
    await peer.ping()
