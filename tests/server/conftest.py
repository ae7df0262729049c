"""The fixture `house`: a server, over each transport."""

from collections.abc import AsyncIterator

import pytest

from server.house import House, open_house


@pytest.fixture(params=["selector", "stream", "memory"])
def transport(request: pytest.FixtureRequest) -> str:
    """How clients reach the server."""
    return request.param


@pytest.fixture(params=["selector", "stream"])
def socket_transport(request: pytest.FixtureRequest) -> str:
    """How sockets are served."""
    return request.param


@pytest.fixture
async def house(transport: str) -> AsyncIterator[House]:
    """A server over each transport."""
    async with open_house(transport) as house:
        yield house


@pytest.fixture
async def socket_house(socket_transport: str) -> AsyncIterator[House]:
    """A server with sockets, served in both ways."""
    async with open_house(socket_transport) as house:
        yield house


@pytest.fixture
async def memory_house() -> AsyncIterator[House]:
    """A server without a socket, for tests in which time passes on a virtual clock."""
    async with open_house("memory") as house:
        yield house
