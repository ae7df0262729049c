"""A server for programs that are not asynchronous: it runs in a thread, and they talk to it over TCP."""

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import trio
from attrs import frozen

from trioredis.app import Server, serve
from trioredis.server.nurseries import open_bare_nursery


@contextmanager
def server_thread(**options: Any) -> Iterator[str]:
    """Run a server in a thread for as long as a `with` block lasts; the value is its URL.

    Takes the arguments of `serve()`, except that `port` is 0, any free one, if it is left out. What goes wrong at
    the start is raised here. The server stops gracefully at the end; if it has died meanwhile, its exception is
    raised there, unless the block has one of its own.
    """
    ready: Future[_Running] = Future()
    with ThreadPoolExecutor(1, thread_name_prefix="trioredis") as threads:
        try:
            end: Future[None] = threads.submit(trio.run, _host, ready, {"port": 0, **options})
            either: tuple[Future[Any], ...] = (ready, end)
            wait(either, return_when=FIRST_COMPLETED)
            if not ready.done():
                end.result()
            yield ready.result().server.url
        finally:
            # As soon as it runs: it may not yet, when Ctrl-C cuts in.
            ready.add_done_callback(lambda ready: ready.result().stop())
        end.result()


@frozen
class _Running:
    """A server, and the way into its thread."""

    server: Server
    token: trio.lowlevel.TrioToken

    def stop(self) -> None:
        with suppress(trio.RunFinishedError):
            self.token.run_sync_soon(self.server.stop)


async def _host(ready: "Future[_Running]", options: dict[str, Any]) -> None:
    async with open_bare_nursery() as nursery:
        server = await nursery.start(partial(serve, **options))
        ready.set_result(_Running(server, trio.lowlevel.current_trio_token()))
