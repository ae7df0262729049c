"""Publish and subscribe (Redis documentation: Pub/sub); how it works is told in `trioredis.engine.pubsub`."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from trioredis.engine.command import FAST, LOADING, MAY_REPLICATE, NOSCRIPT, PUBSUB, STALE, command
from trioredis.engine.clients import Unusual
from trioredis.engine.context import Context
from trioredis.engine.pubsub import Subscriptions
from trioredis.protocol.replies import NO_REPLY, Push, Reply

_SUBSCRIBES: Final = PUBSUB | NOSCRIPT | LOADING | STALE
_PUBLISHES: Final = PUBSUB | LOADING | STALE | FAST | MAY_REPLICATE
_command = partial(command, group="pubsub")


@_command(
    "SUBSCRIBE",
    arity=-2,
    flags=_SUBSCRIBES,
    since="2.0.0",
    complexity="O(N) where N is the number of channels to subscribe to.",
    args="channel...",
)
def subscribe(ctx: Context, *channels: bytes) -> Reply:
    """Receive what is published to some channels."""
    return _subscribe(ctx, b"subscribe", ctx.engine.pubsub.channels, channels)


@_command(
    "PUBLISH",
    arity=3,
    flags=_PUBLISHES,
    since="2.0.0",
    complexity="O(N+M) where N is the number of clients subscribed to the receiving channel and M is the total number of subscribed patterns (by any client).",
    args="channel message",
)
def publish(ctx: Context, channel: bytes, message: bytes) -> Reply:
    """Send a message to everybody who is subscribed to a channel, and tell how many got it."""
    return ctx.engine.pubsub.publish(channel, message)


def _subscribe(ctx: Context, word: bytes, subscriptions: Subscriptions, names: Sequence[bytes]) -> Reply:
    """Subscribe to names, and confirm each by how many subscriptions there are now."""
    for name in names:
        ctx.engine.pubsub.subscribe(ctx.client, subscriptions, name)
        _confirm(ctx, word, subscriptions, name)
    return NO_REPLY


def _confirm(ctx: Context, word: bytes, subscriptions: Subscriptions, name: bytes | None) -> None:
    """Tell a client what it is, or is not, subscribed to.

    That stands where the reply would, also in EXEC's array, and yet it is a push, which reaches those who want no replies.
    """
    client = ctx.client
    confirmation = Push([word, name, ctx.engine.pubsub.total(client, subscriptions)])
    is_silent = client.unusual & (Unusual.MUTED | Unusual.SKIPPED)
    client.encoders[Push](confirmation, client.pushes if is_silent else client.replies)
