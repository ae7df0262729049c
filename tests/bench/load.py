"""Load that redis-benchmark cannot make: whole conversations, by many connections of one cheap process.

`python -m bench.load`, which `spoken` starts on the core of the load, holds conversations over bare sockets that one
selector watches. What a client says is a generator: it yields what to send and how to tell that the reply is whole,
and gets the reply. A conversation of known replies (`repeated`) costs this process 5 microseconds, less than any server
needs for it; `Load.busy` says whether that was true, for a load that is out of breath flatters the slower server.
"""

import json
import pickle
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack

from attrs import frozen

from .contestants import HOST, LOAD_CORE, Server, pinned

Conversation = Generator[tuple[bytes, Callable[[bytes], bool]], bytes, None]
"""Yields a request and a question: are these bytes the whole reply? It is sent the reply."""
Speaker = Callable[[int], Conversation]
"""What the client of a number says."""

SECONDS_TO_DESPAIR = 120


@frozen
class Load:
    """How long it took until everybody had said everything."""

    seconds: float
    busy: float
    """The share of that time in which the load's own core worked."""


def spoken(server: Server, speaker: Speaker, clients: int) -> Load:
    """Hold conversations with a server, all at once; `speaker` is a function of a module, or a `partial` of one."""
    program = pinned(LOAD_CORE, sys.executable, "-m", "bench.load")
    order = pickle.dumps((server.port, speaker, clients))
    result = subprocess.run(
        program, input=order, stdout=subprocess.PIPE, check=True, timeout=SECONDS_TO_DESPAIR
    )
    return Load(**json.loads(result.stdout))


def repeated(request: bytes, reply: bytes, times: int, _number: int) -> Conversation:
    """Say the same again and again, and get the same reply each time."""
    size = len(reply)

    def is_whole(data: bytes) -> bool:
        return len(data) >= size

    for _ in range(times):
        answer = yield request, is_whole
        if answer != reply:
            raise RuntimeError(f"{answer!r} was answered instead of {reply!r}")


def hold(port: int, speaker: Speaker, clients: int) -> Load:
    """Let so many clients speak, each on a connection of its own, until all have ended."""
    with selectors.DefaultSelector() as selector, ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_connection((HOST, port))) for _ in range(clients)]
        began, worked = time.perf_counter(), time.process_time()
        for number, each in enumerate(sockets):
            each.setblocking(False)
            conversation = _spoken_on(each, speaker(number))
            next(conversation)
            selector.register(each, selectors.EVENT_READ, conversation)
        while selector.get_map():
            for key, _ in selector.select():
                try:
                    next(key.data)
                except StopIteration:
                    selector.unregister(key.fileobj)
        seconds = time.perf_counter() - began
        return Load(seconds, (time.process_time() - worked) / seconds)


def _spoken_on(connection: socket.socket, conversation: Conversation) -> Iterator[None]:
    """Lead a conversation; resumed when there is something to read, it yields when it has read it."""
    receive, send = connection.recv, connection.send
    try:
        request, is_whole = next(conversation)
        while True:
            if send(request) < len(request):
                raise RuntimeError("a request is larger than a socket's buffer")
            yield
            data = receive(65536)
            while data and not is_whole(data):
                yield
                more = receive(65536)
                data = data + more if more else b""
            if not data:
                raise EOFError("the server has closed")
            request, is_whole = conversation.send(data)
    except StopIteration:
        return


def main() -> None:
    """Do what the parent wants, and tell it how long that took."""
    port, speaker, clients = pickle.load(sys.stdin.buffer)
    load = hold(port, speaker, clients)
    print(json.dumps({"seconds": load.seconds, "busy": load.busy}))


if __name__ == "__main__":
    main()
