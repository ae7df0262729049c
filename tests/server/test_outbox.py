"""Replies on their way out: no byte lost, none copied twice, whatever the other side takes at a time."""

import trio
from hypothesis import given
from hypothesis import strategies as st

from oracle import encode_command
from server.house import House, eventually
from trioredis.server.outbox import PIECE, Outbox

SIZES = st.one_of(
    st.integers(0, 10), st.sampled_from([PIECE - 1, PIECE, PIECE + 1]), st.integers(0, 3 * PIECE)
)


@given(st.lists(st.tuples(st.lists(SIZES, max_size=6), st.integers(1, 2 * PIECE))))
def test_what_goes_in_comes_out(steps: list[tuple[list[int], int]]) -> None:
    outbox, written, sent, fill = Outbox(), b"", b"", 0

    def send_up_to(most: int) -> bytes:
        piece = bytes(outbox.peek()[:most])
        if piece:
            outbox.advance(len(piece))
        return piece

    for sizes, most in steps:
        buffers = [bytes([(fill := fill + 1) % 251]) * size for size in sizes]
        outbox.extend(buffers)
        written += b"".join(buffers)
        sent += send_up_to(most)
        assert len(written) - len(sent) == outbox.size
    while outbox.size:
        sent += send_up_to(PIECE)
    assert written == sent


def test_nothing_is_offered_by_an_empty_outbox() -> None:
    assert b"" == Outbox().peek()


def test_empty_buffers_are_nothing() -> None:
    outbox = Outbox()
    outbox.extend([b"", b"", b"a", b""])
    assert b"a" == outbox.peek()
    outbox.advance(1)
    assert b"" == outbox.peek()
    assert 0 == outbox.size
    outbox.extend([b"", b"x" * (PIECE + 1)])
    assert PIECE == len(outbox.peek())


def test_a_large_reply_is_sent_in_views_of_itself() -> None:
    outbox, reply, taken = Outbox(), b"x" * 2_000_000, 0
    outbox.extend([b"$2000000\r\n", reply, b"\r\n"])
    while outbox.size > 2:
        piece = outbox.peek()
        assert PIECE >= len(piece)
        if taken > 0:
            assert isinstance(piece, memoryview)
            assert piece.obj is reply
        outbox.advance(min(1000, len(piece)))
        taken += 1
    assert 2000 <= taken


def test_small_replies_are_sent_together() -> None:
    outbox = Outbox()
    outbox.extend([b":1\r\n"] * 10_000)
    assert b":1\r\n" * 10_000 == outbox.peek()


def test_what_was_joined_is_not_joined_again() -> None:
    """A reader that takes nothing while replies trickle in must not have them copied over and over."""
    outbox = Outbox()
    outbox.extend([b"x" * (PIECE - 10), b"y" * 100])
    assert outbox.peek() is outbox.peek()


async def test_a_slow_reader_of_a_large_reply_costs_nobody_anything(socket_house: House) -> None:
    house, size = socket_house, 50_000_000
    house.plant("MUCH", lambda ctx: b"x" * size, 1)
    slow, neighbour = await house.client(), await house.client()
    await slow.send(encode_command("MUCH"))
    await eventually(lambda: any(client.connection.output_size for client in house.engine.clients))
    assert b"$50000000\r\n" == await slow.take(11)
    for _ in range(100):
        assert 100_000 == len(await slow.take(100_000))
        await neighbour.ping()
    assert size - 10_000_000 + 2 == len(await slow.take(size - 10_000_000 + 2))
    await eventually(lambda: not any(client.connection.output_size for client in house.engine.clients))
    await slow.ping()


async def test_replies_keep_their_order_while_some_wait(socket_house: House) -> None:
    house = socket_house
    house.plant("MUCH", lambda ctx, digit: digit * 3_000_000, 2)
    peer = await house.client()
    async with trio.open_nursery() as nursery:
        for digit in range(1, 6):
            await peer.send(encode_command("MUCH", digit) + encode_command("PING"))
        nursery.start_soon(peer.send, encode_command("PING"))
        for digit in range(1, 6):
            reply = await peer.take(10 + 3_000_000 + 2 + 7)
            assert b"$3000000\r\n" + b"%d" % digit * 9 == reply[:19]
            assert b"%d\r\n+PONG\r\n" % digit == reply[-10:]
        assert b"+PONG\r\n" == await peer.take(7)
