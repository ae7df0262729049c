"""Transactions over real connections: in pieces, in crowds, too large, and left unfinished."""

import trio

from oracle import encode_command
from server.house import House, Peer, eventually, settled

TRANSACTION = b"".join(encode_command(*line.split()) for line in ("MULTI", "SET k v", "GET k", "EXEC"))
REPLIES = b"+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n$1\r\nv\r\n"


async def test_a_transaction_may_come_in_pieces(house: House) -> None:
    peer = await house.client()
    for place in range(0, len(TRANSACTION), 7):
        await peer.send(TRANSACTION[:place])
        await settled(0.0)
        await peer.send(TRANSACTION[place:])
        assert REPLIES == await peer.take(len(REPLIES))


async def test_many_transactions_may_come_at_once(house: House) -> None:
    peer = await house.client()
    await peer.send(TRANSACTION * 100)
    assert REPLIES * 100 == await peer.take(len(REPLIES) * 100)


async def test_nothing_of_it_runs_before_exec_and_nothing_of_others_in_between(house: House) -> None:
    peer, other = await house.client(), await house.client()
    assert b"+OK\r\n+QUEUED\r\n" == await queued(peer, "SET k 1")
    assert b":1\r\n" == await other.ask("INCR", "k", answer=b":1\r\n")
    assert b"+QUEUED\r\n" == await peer.ask("INCR", "k", answer=b"+QUEUED\r\n")
    assert b":2\r\n" == await other.ask("INCR", "k", answer=b":2\r\n")
    assert b"*2\r\n+OK\r\n:2\r\n" == await peer.ask("EXEC", answer=b"*2\r\n+OK\r\n:2\r\n")


async def queued(peer: Peer, line: str) -> bytes:
    """Begin a transaction with one command."""
    await peer.send(encode_command("MULTI") + encode_command(*line.split()))
    return await peer.take(len(b"+OK\r\n+QUEUED\r\n"))


async def test_who_leaves_leaves_nothing_behind(house: House) -> None:
    peer, other = await house.client(), await house.client()
    await peer.ask("WATCH", "k", answer=b"+OK\r\n")
    await queued(peer, "SET k v")
    await peer.aclose()
    await eventually(lambda: len(house.engine.clients) == 1)
    assert b"$-1\r\n" == await other.ask("GET", "k", answer=b"$-1\r\n")
    assert not house.engine.listeners.present


async def test_what_is_sent_before_the_end_is_run(house: House) -> None:
    peer = await house.client()
    await peer.send(TRANSACTION + encode_command("MULTI") + encode_command("SET", "k", "w"))
    await peer.end()
    assert REPLIES + b"+OK\r\n+QUEUED\r\n" == await peer.until_closed()
    other = await house.client()
    assert b"$1\r\nv\r\n" == await other.ask("GET", "k", answer=b"$1\r\nv\r\n")


async def test_writes_that_are_held_hold_exec_too(house: House) -> None:
    peer, reader, other = [await house.client() for _ in range(3)]
    await queued(peer, "SET k v")
    await queued(reader, "GET k")
    await other.ask("CLIENT", "PAUSE", "100000", "WRITE", answer=b"+OK\r\n")
    await peer.send(encode_command("EXEC"))
    assert b"*1\r\n$-1\r\n" == await reader.ask("EXEC", answer=b"*1\r\n$-1\r\n")
    await settled()
    assert b"$-1\r\n" == await other.ask("GET", "k", answer=b"$-1\r\n")
    await other.ask("CLIENT", "UNPAUSE", answer=b"+OK\r\n")
    assert b"*1\r\n+OK\r\n" == await peer.take(len(b"*1\r\n+OK\r\n"))


async def test_monitors_see_a_transaction_when_it_is_run_and_its_end_when_it_is_refused(house: House) -> None:
    monitor, peer = await house.client(), await house.client()
    await monitor.ask("MONITOR", answer=b"+OK\r\n")
    for line in ("MULTI", "SET k v", "SELECT 1", "EXEC", "MULTI", "GET k", "EXEC now", "GET k"):
        await peer.send(encode_command(*line.split()))
    await peer.end()
    await peer.until_closed()
    await (await house.client()).aclose()
    seen = b""
    while b'"PING"' not in seen:
        seen += await monitor.take(1)
    shown = [line.partition(b"] ")[2] for line in seen.split(b"\r\n")[:-1]]
    assert [b'"MULTI"', b'"SET" "k" "v"', b'"SELECT" "1"', b'"EXEC"', b'"MULTI"'] == shown[:5]
    assert [b'"EXEC" "now"', b'"GET" "k"'] == shown[5:7]


async def test_who_queues_more_than_he_may_send_is_closed(house: House) -> None:
    house.set("client-query-buffer-limit", "1mb")
    peer, other = await house.client(), await house.client()
    assert b"+OK\r\n" == await peer.ask("MULTI", answer=b"+OK\r\n")
    sent = 0
    try:
        while sent < 100:
            await peer.ask("SET", "k", b"x" * 50_000, answer=b"+QUEUED\r\n")
            sent += 1
    except trio.BrokenResourceError:
        pass
    assert 20 <= sent <= 25
    await other.ping()
    assert 1 == house.engine.stats.query_buffer_disconnections


async def test_a_transaction_may_be_large(house: House) -> None:
    peer, other, size = await house.client(), await house.client(), 20_000
    assert b"+OK\r\n" == await peer.ask("MULTI", answer=b"+OK\r\n")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(peer.send, encode_command("INCR", "k") * size)
        assert b"+QUEUED\r\n" * size == await peer.take(len(b"+QUEUED\r\n") * size)
    expected = b"*%d\r\n" % size + b"".join(b":%d\r\n" % number for number in range(1, size + 1))
    assert expected == await peer.ask("EXEC", answer=expected)
    await other.ping()


CLIENTS, INCREMENTS, COUNTERS = 50, 40, 20
ABORTED, DONE = b"+OK\r\n+QUEUED\r\n*-1\r\n", b"+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n"


async def test_no_increment_is_lost_among_clients_that_watch(memory_house: House) -> None:
    attempts = 0

    async def increment(peer: Peer, key: str) -> None:
        nonlocal attempts
        done = 0
        while done < INCREMENTS:
            attempts += 1
            await peer.send(encode_command("WATCH", key) + encode_command("GET", key))
            before = int((await peer.take(len(b"+OK\r\n$4\r\n1000\r\n"))).split()[2])
            change = encode_command("SET", key, before + 1)
            await peer.send(encode_command("MULTI") + change + encode_command("EXEC"))
            outcome = await peer.take(len(ABORTED))
            if outcome != ABORTED:
                assert DONE == outcome + await peer.take(len(DONE) - len(ABORTED))
                done += 1

    keys = [f"k{number}" for number in range(COUNTERS)]
    peers = [memory_house.connect_in_memory() for _ in range(CLIENTS)]
    await peers[0].ask("MSET", *(word for key in keys for word in (key, 1000)), answer=b"+OK\r\n")
    async with trio.open_nursery() as nursery:
        for number, peer in enumerate(peers):
            nursery.start_soon(increment, peer, keys[number % COUNTERS])
    counted = await peers[0].ask("MGET", *keys, answer=b"*20\r\n" + b"$4\r\n1000\r\n" * COUNTERS)
    assert CLIENTS * INCREMENTS == sum(map(int, counted.split()[2::2])) - 1000 * COUNTERS
    assert attempts > CLIENTS * INCREMENTS
