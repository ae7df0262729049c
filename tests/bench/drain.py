"""`python -m bench.drain PORT CHANNEL COUNT`: so many subscribers of a channel, who only count what they are sent.

It says that all are subscribed, and then, for each number of bytes on its standard input, when that many more have come.
"""

import os
import socket
import sys
from select import EPOLLIN, epoll

from .contestants import HOST

_CHUNK = bytearray(64 * 1024)


def main() -> None:
    port, channel, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    subscribers = [_subscribed(port, channel) for _ in range(count)]
    print("subscribed", flush=True)
    drain(subscribers, sys.stdin.fileno())


def _subscribed(port: int, channel: str) -> socket.socket:
    subscriber = socket.create_connection((HOST, port))
    subscriber.sendall(b"SUBSCRIBE %b\r\n" % channel.encode())
    while not subscriber.recv(1024).endswith(b":1\r\n"):
        pass
    subscriber.setblocking(False)
    return subscriber


def drain(subscribers: list[socket.socket], control: int) -> None:
    """Count bytes until the control is closed; it says how many are awaited, and is told when they have come."""
    selector = epoll()
    by_descriptor = {each.fileno(): each for each in subscribers}
    for descriptor in (control, *by_descriptor):
        selector.register(descriptor, EPOLLIN)
    received, awaited = 0, 0
    while True:
        for descriptor, _ in selector.poll():
            if descriptor != control:
                received += by_descriptor[descriptor].recv_into(_CHUNK)
                continue
            line = os.read(control, 1024)
            if not line:
                return
            awaited += int(line)
        if 0 < awaited <= received:
            print("received", flush=True)
            received, awaited = received - awaited, 0


if __name__ == "__main__":
    main()
