"""Where the server can be reached: addresses, ports, a Unix socket; moving; and being out of descriptors."""

import os
import resource
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import trio

from oracle import Oracle, encode_command
from server.house import House, Peer, counted_steps, eventually, open_house, settled
from trioredis.errors import CommandError

LONG_NAME = "a" * 70 + ".invalid"


async def reach(house: House, host: str, port: int | None = None) -> Peer:
    peer = house.greet(await trio.open_tcp_stream(host, port or house.server.port))
    await peer.ping()
    return peer


async def reach_unix(house: House, path: Path) -> Peer:
    peer = house.greet(await trio.open_unix_socket(str(path)))
    await peer.ping()
    return peer


def sockets_of(house: House) -> list[socket.socket]:
    """The server's ends of its connections."""
    connections = [client.connection for client in house.engine.clients]
    return [c.socket if hasattr(c, "socket") else c.stream.socket for c in connections]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of 127.0.0.1 where somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        yield somebody.getsockname()[1]


async def test_every_address_shares_the_port(socket_transport: str) -> None:
    async with open_house(socket_transport, bind=("127.0.0.1", "127.0.0.2", "::1")) as house:
        for host in ("127.0.0.1", "127.0.0.2", "::1"):
            await reach(house, host)
        hosts = {client.local_address.rpartition(b":")[0] for client in house.engine.clients}
        assert {b"127.0.0.1", b"127.0.0.2", b"[::1]"} == hosts


async def test_a_name_stands_for_an_address_of_ipv4(socket_transport: str) -> None:
    async with open_house(socket_transport, bind=("localhost",)) as house:
        assert (f"127.0.0.1:{house.server.port}",) == house.server.addresses


async def test_an_optional_address_may_be_missing(socket_transport: str) -> None:
    async with open_house(
        socket_transport, bind=("127.0.0.1", "-192.0.2.99", "-no.such.host.invalid")
    ) as house:
        await reach(house, "127.0.0.1")
        assert 1 == len(house.server.addresses)


@pytest.mark.parametrize("bad", ["192.0.2.99", "no.such.host.invalid", LONG_NAME])
async def test_an_address_that_cannot_be_had_is_an_os_error(socket_transport: str, bad: str) -> None:
    with pytest.raises(BaseExceptionGroup) as raised:  # the fixture's own nursery makes the group
        async with open_house(socket_transport, bind=("127.0.0.1", bad)):
            pass
    assert raised.group_contains(OSError, match=bad[:20], depth=1)


async def test_sockets_neither_wait_for_more_nor_outlive_their_peers(socket_transport: str) -> None:
    async with open_house(socket_transport, tcp_keepalive=120) as house:
        await house.client()
        (ours,) = sockets_of(house)
        assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert 120 == ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
        assert 40 == ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL)


async def test_keepalive_may_be_switched_off(socket_transport: str) -> None:
    async with open_house(socket_transport, tcp_keepalive=0) as house:
        await house.client()
        (ours,) = sockets_of(house)
        assert not ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


async def test_a_unix_socket_has_its_permissions_and_goes_with_the_server(
    socket_transport: str, tmp_path: Path
) -> None:
    path = tmp_path / "redis.sock"
    async with open_house(socket_transport, port=None, unixsocket=str(path), unixsocketperm="700") as house:
        assert 0o700 == stat.S_IMODE(path.stat().st_mode)
        await reach_unix(house, path)
        (client,) = house.engine.clients
        assert os.fsencode(path) + b":0" == client.address
    assert not path.exists()


async def test_a_unix_socket_that_somebody_left_behind_is_replaced(
    socket_transport: str, tmp_path: Path
) -> None:
    path = tmp_path / "redis.sock"
    with socket.socket(socket.AF_UNIX) as somebody:
        somebody.bind(str(path))
    async with open_house(socket_transport, unixsocket=str(path)) as house:
        await reach_unix(house, path)


async def test_a_file_that_is_no_socket_is_left_alone(socket_transport: str, tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("data")
    with pytest.raises(BaseExceptionGroup) as raised:
        async with open_house(socket_transport, unixsocket=str(path)):
            pass
    assert raised.group_contains(OSError, match="precious", depth=1)
    assert "data" == path.read_text()


async def test_the_port_may_be_changed_while_clients_are_there(socket_house: House) -> None:
    house, old = socket_house, socket_house.server.port
    client = await house.client()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        new = probe.getsockname()[1]
    house.set("port", str(new))
    assert new == house.server.port
    await reach(house, "127.0.0.1", new)
    await client.ping()
    with pytest.raises(OSError, match="all attempts to connect"):
        await trio.open_tcp_stream("127.0.0.1", old)


async def test_a_port_that_is_taken_changes_nothing(socket_house: House, taken: int, oracle: Oracle) -> None:
    house, old = socket_house, socket_house.server.port
    client = await house.client()
    with pytest.raises(CommandError) as refused:
        house.set("port", str(taken))
    with oracle.connect() as wire:
        assert b"-%b\r\n" % refused.value.text == wire.command("CONFIG", "SET", "port", taken)
    assert (old, old) == (house.server.port, house.engine.config[b"port"])
    await reach(house, "127.0.0.1", old)
    await client.ping()


@pytest.mark.parametrize("bad", ["192.0.2.99", "no.such.host.invalid", LONG_NAME, "127.0.0.2 192.0.2.99"])
async def test_an_address_that_cannot_be_had_changes_nothing(
    socket_house: House, oracle: Oracle, bad: str
) -> None:
    with pytest.raises(CommandError) as refused:
        socket_house.set("bind", bad)
    with oracle.connect() as wire:
        assert b"-%b\r\n" % refused.value.text == wire.command("CONFIG", "SET", "bind", bad)
    await reach(socket_house, "127.0.0.1")
    with pytest.raises(OSError, match="all attempts to connect"):
        await trio.open_tcp_stream("127.0.0.2", socket_house.server.port)


async def test_addresses_may_be_changed(socket_house: House) -> None:
    port = socket_house.server.port
    socket_house.set("bind", "127.0.0.2 -::1")
    await reach(socket_house, "127.0.0.2")
    await reach(socket_house, "::1")
    with pytest.raises(OSError, match="all attempts to connect"):
        await trio.open_tcp_stream("127.0.0.1", port)
    socket_house.set("bind", "")
    with pytest.raises(OSError, match="all attempts to connect"):
        await trio.open_tcp_stream("127.0.0.2", port)
    socket_house.set("bind", "127.0.0.1")
    await reach(socket_house, "127.0.0.1", port)


async def test_the_port_may_be_given_up_and_taken_again(socket_house: House) -> None:
    port = socket_house.server.port
    client = await socket_house.client()
    socket_house.set("port", "0")
    with pytest.raises(OSError, match="all attempts to connect"):
        await trio.open_tcp_stream("127.0.0.1", port)
    await client.ping()
    socket_house.set("port", str(port))
    await reach(socket_house, "127.0.0.1", port)


async def test_moving_leaves_the_unix_socket_alone(socket_transport: str, tmp_path: Path) -> None:
    path = tmp_path / "redis.sock"
    async with open_house(socket_transport, unixsocket=str(path)) as house:
        house.set("bind", "127.0.0.2")
        await reach_unix(house, path)


async def test_a_door_may_move_several_times_at_once(socket_house: House) -> None:
    """Before the tasks that the first move asks for have run at all."""
    for number in range(2, 6):
        socket_house.set("bind", f"127.0.0.{number}")
    await reach(socket_house, "127.0.0.5")


async def test_a_connection_that_is_reset_before_it_is_accepted_hurts_nobody(socket_house: House) -> None:
    for _ in range(10):
        hasty = socket.create_connection(("127.0.0.1", socket_house.server.port))
        hasty.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        hasty.close()
    await reach(socket_house, "127.0.0.1")
    await eventually(lambda: 1 == len(socket_house.engine.clients))


@contextmanager
def descriptors_used_up() -> Iterator[list[int]]:
    """Leave no descriptor to this process; whoever needs one may close one of those that fill the gaps."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    top = os.open(os.devnull, os.O_RDONLY)
    fillers = [top]
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (top + 1, before[1]))
        with suppress(OSError):
            while True:
                fillers.append(os.open(os.devnull, os.O_RDONLY))
        yield fillers
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        for filler in fillers:
            os.close(filler)


@pytest.mark.parametrize("who_makes_room", ["client", "stranger"])
async def test_without_descriptors_newcomers_wait_and_nobody_spins(who_makes_room: str) -> None:
    async with open_house("selector") as house:
        regular, leaving = await house.client(), await house.client()
        newcomer = Peer(trio.SocketStream(trio.socket.socket()))
        house.peers.append(newcomer)
        with descriptors_used_up() as fillers:
            await newcomer.stream.socket.connect(("127.0.0.1", house.server.port))
            await settled()
            with counted_steps() as steps:
                await settled(0.05)
            assert 0 == steps.of("Listener", "Store")
            await regular.ping()
            await newcomer.send(encode_command("PING"))
            if who_makes_room == "client":
                await leaving.aclose()
            else:
                os.close(fillers.pop(0))
            # A client that leaves is noticed; what others give back is found when the server looks again.
            with trio.fail_after(0.5 if who_makes_room == "client" else 5):
                assert b"+PONG\r\n" == await newcomer.take(7)


async def test_a_door_that_opens_without_descriptors_waits_as_well() -> None:
    async with open_house("selector") as house:
        regular = await house.client()
        newcomers = [Peer(trio.SocketStream(trio.socket.socket())) for _ in range(2)]
        house.peers += newcomers
        with descriptors_used_up() as fillers:
            await newcomers[0].stream.socket.connect(("127.0.0.1", house.server.port))
            await settled()
            house.set("bind", "127.0.0.2")
            await newcomers[1].stream.socket.connect(("127.0.0.2", house.server.port))
            await settled()
            await regular.ping()
            os.close(fillers.pop())
            await newcomers[1].ping()


async def test_sessions_survive_without_descriptors() -> None:
    async with open_house("stream") as house:
        regular = await house.client()
        newcomer = Peer(trio.SocketStream(trio.socket.socket()))
        house.peers.append(newcomer)
        with descriptors_used_up() as fillers:
            await newcomer.stream.socket.connect(("127.0.0.1", house.server.port))
            await regular.ping()
            os.close(fillers.pop(0))
            await newcomer.ping()
