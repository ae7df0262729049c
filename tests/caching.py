"""Clients that cache, here and on a real Redis, and what they are told."""

from oracle import encode_command
from side_by_side import Both


def stale(*keys: bytes | str) -> bytes:
    """The message in RESP3 that copies of these keys are stale."""
    return b">2\r\n$10\r\ninvalidate\r\n" + encode_command(*keys)


ALL_STALE = b">2\r\n$10\r\ninvalidate\r\n_\r\n"


def published(*keys: bytes | str) -> bytes:
    """The same message as a subscriber in RESP2 gets it."""
    return b"*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n" + encode_command(*keys)


def tracking(both: Both, options: str = "", protocol: int = 3) -> Both:
    """One more client, that tracks."""
    client = both.another(protocol)
    client(f"CLIENT TRACKING ON {options}")
    return client


def client_id(client: Both) -> tuple[bytes, bytes]:
    """The id of a client, here and there."""
    return client.ours("CLIENT ID")[1:-2], client.theirs.command("CLIENT", "ID")[1:-2]


def redirecting(both: Both, receiver: Both, options: str = "", protocol: int = 3) -> Both:
    """One more client, that tracks and has another one told."""
    client, (here, there) = both.another(protocol), client_id(receiver)
    words = ["CLIENT", "TRACKING", "ON", *options.split(), "REDIRECT"]
    assert client.ours(*words, here) == client.theirs.command(*words, there) == b"+OK\r\n"
    return client
