"""Programs that are typed with trio-typing may run the server. `nox -s interop` installs what this needs."""

import pytest
import trio

import trioredis

trio_typing = pytest.importorskip("trio_typing")


async def test_a_task_status_of_trio_typing_is_passed_on_to_serve() -> None:
    async def host(task_status) -> None:
        assert isinstance(task_status, trio_typing.TaskStatus)
        await trioredis.serve(port=0, task_status=task_status)

    async with trio.open_nursery() as nursery:
        server = await nursery.start(host)
        assert server.port > 0
        nursery.cancel_scope.cancel()
