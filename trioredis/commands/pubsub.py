"""Publish and subscribe (Redis documentation: Pub/sub); how it works is told in `trioredis.engine.pubsub`."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from trioredis import errors
from trioredis.engine.clients import Unusual
from trioredis.engine.command import (
    FAST,
    LOADING,
    MAY_REPLICATE,
    NOSCRIPT,
    PUBSUB,
    STALE,
    command,
    container,
)
from trioredis.engine.context import Context
from trioredis.engine.documentation import help_lines
from trioredis.engine.key_specs import KeySpec
from trioredis.engine.pubsub import Subscriptions, compile_channel_pattern
from trioredis.errors import CommandError, QuotingError
from trioredis.protocol.replies import NO_REPLY, Push, Reply

_SUBSCRIBES: Final = PUBSUB | NOSCRIPT | LOADING | STALE
_PUBLISHES: Final = PUBSUB | LOADING | STALE | FAST | MAY_REPLICATE
_INSPECTS: Final = PUBSUB | LOADING | STALE
_SHARD_CHANNELS: Final = KeySpec(1, last=-1, flags="NOT_KEY")
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
    "PSUBSCRIBE",
    arity=-2,
    flags=_SUBSCRIBES,
    since="2.0.0",
    complexity="O(N) where N is the number of patterns the client is already subscribed to.",
    args="pattern=(pattern)...",
)
def psubscribe(ctx: Context, *patterns: bytes) -> Reply:
    """Receive what is published to channels whose names match some patterns."""
    return _subscribe(ctx, b"psubscribe", ctx.engine.pubsub.patterns, patterns)


@_command(
    "SSUBSCRIBE",
    arity=-2,
    flags=_SUBSCRIBES,
    keys=_SHARD_CHANNELS,
    since="7.0.0",
    complexity="O(N) where N is the number of shard channels to subscribe to.",
    args="shardchannel...",
)
def ssubscribe(ctx: Context, *channels: bytes) -> Reply:
    """Receive what is published to some shard channels."""
    if ctx.client.unusual & Unusual.IMPATIENT:
        raise CommandError(errors.SSUBSCRIBE_IN_TRANSACTION)
    return _subscribe(ctx, b"ssubscribe", ctx.engine.pubsub.shard_channels, channels)


@_command(
    "UNSUBSCRIBE",
    arity=-1,
    flags=_SUBSCRIBES,
    since="2.0.0",
    complexity="O(N) where N is the number of clients already subscribed to a channel.",
    args="[channel...]",
)
def unsubscribe(ctx: Context, *channels: bytes) -> Reply:
    """Receive nothing more of some channels, or of all."""
    return _unsubscribe(ctx, b"unsubscribe", ctx.engine.pubsub.channels, channels)


@_command(
    "PUNSUBSCRIBE",
    arity=-1,
    flags=_SUBSCRIBES,
    since="2.0.0",
    complexity=(
        "O(N+M) where N is the number of patterns the client is already subscribed and M is the number of total "
        "patterns subscribed in the system (by any client)."
    ),
    args="[pattern:pattern...]",
)
def punsubscribe(ctx: Context, *patterns: bytes) -> Reply:
    """Receive nothing more because of some patterns, or of any."""
    return _unsubscribe(ctx, b"punsubscribe", ctx.engine.pubsub.patterns, patterns)


@_command(
    "SUNSUBSCRIBE",
    arity=-1,
    flags=_SUBSCRIBES,
    keys=_SHARD_CHANNELS,
    since="7.0.0",
    complexity="O(N) where N is the number of clients already subscribed to a shard channel.",
    args="[shardchannel...]",
)
def sunsubscribe(ctx: Context, *channels: bytes) -> Reply:
    """Receive nothing more of some shard channels, or of all."""
    return _unsubscribe(ctx, b"sunsubscribe", ctx.engine.pubsub.shard_channels, channels)


@_command(
    "PUBLISH",
    arity=3,
    flags=_PUBLISHES,
    since="2.0.0",
    complexity=(
        "O(N+M) where N is the number of clients subscribed to the receiving channel and M is the total number of "
        "subscribed patterns (by any client)."
    ),
    args="channel message",
)
def publish(ctx: Context, channel: bytes, message: bytes) -> Reply:
    """Send a message to everybody who is subscribed to a channel, and tell how many got it."""
    return ctx.engine.pubsub.publish(channel, message)


@_command(
    "SPUBLISH",
    arity=3,
    flags=_PUBLISHES,
    keys=KeySpec(1, flags="NOT_KEY"),
    since="7.0.0",
    complexity="O(N) where N is the number of clients subscribed to the receiving shard channel.",
    args="shardchannel message",
)
def spublish(ctx: Context, channel: bytes, message: bytes) -> Reply:
    """Send a message to everybody who is subscribed to a shard channel, and tell how many got it."""
    return ctx.engine.pubsub.publish_in_shard(channel, message)


pubsub = container("PUBSUB", group="pubsub", since="2.8.0")


@pubsub.subcommand(
    "CHANNELS",
    arity=-2,
    flags=_INSPECTS,
    since="2.8.0",
    complexity=(
        "O(N) where N is the number of active channels, and assuming constant time pattern matching (relatively "
        "short channels and patterns)"
    ),
    args="[pattern:pattern]",
)
def pubsub_channels(ctx: Context, *pattern: bytes) -> Reply:
    """List the channels that somebody is subscribed to, or those of them that match a pattern."""
    return _active(ctx.engine.pubsub.channels, *pattern)


@pubsub.subcommand("HELP", arity=2, flags=LOADING | STALE, since="6.2.0", complexity="O(1)", categories="")
def pubsub_help(ctx: Context) -> Reply:
    """Show how to call the PUBSUB commands."""
    return help_lines(pubsub)


@pubsub.subcommand("NUMPAT", arity=2, flags=_INSPECTS, since="2.8.0", complexity="O(1)")
def pubsub_numpat(ctx: Context) -> Reply:
    """Count the different patterns that somebody is subscribed to."""
    return len(ctx.engine.pubsub.patterns.clients)


@pubsub.subcommand(
    "NUMSUB",
    arity=-2,
    flags=_INSPECTS,
    since="2.8.0",
    complexity="O(N) for the NUMSUB subcommand, where N is the number of requested channels",
    args="[channel...]",
)
def pubsub_numsub(ctx: Context, *channels: bytes) -> Reply:
    """Count who is subscribed to each of some channels; who is by a pattern does not count."""
    return _counted(ctx.engine.pubsub.channels, channels)


@pubsub.subcommand(
    "SHARDCHANNELS",
    arity=-2,
    flags=_INSPECTS,
    since="7.0.0",
    complexity=(
        "O(N) where N is the number of active shard channels, and assuming constant time pattern matching "
        "(relatively short shard channels)."
    ),
    args="[pattern:pattern]",
)
def pubsub_shardchannels(ctx: Context, *pattern: bytes) -> Reply:
    """List the shard channels that somebody is subscribed to, or those of them that match a pattern."""
    return _active(ctx.engine.pubsub.shard_channels, *pattern)


@pubsub.subcommand(
    "SHARDNUMSUB",
    arity=-2,
    flags=_INSPECTS,
    since="7.0.0",
    complexity="O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard channels",
    args="[shardchannel...]",
)
def pubsub_shardnumsub(ctx: Context, *channels: bytes) -> Reply:
    """Count who is subscribed to each of some shard channels."""
    return _counted(ctx.engine.pubsub.shard_channels, channels)


def _active(subscriptions: Subscriptions, *pattern: bytes) -> list[bytes]:
    """Return the names that somebody is subscribed to; all, or those that match."""
    if len(pattern) > 1:
        raise QuotingError(errors.subcommand_syntax)
    matches = compile_channel_pattern(*pattern) if pattern else lambda name: True
    return [name for name in subscriptions.clients if matches(name)]


def _counted(subscriptions: Subscriptions, names: Sequence[bytes]) -> list[bytes | int]:
    """Return each name with the number of its subscribers."""
    return [each for name in names for each in (name, len(subscriptions.clients.get(name, ())))]


def _subscribe(ctx: Context, word: bytes, subscriptions: Subscriptions, names: Sequence[bytes]) -> Reply:
    """Subscribe to names, and confirm each by how many subscriptions there are now."""
    for name in names:
        ctx.engine.pubsub.subscribe(ctx.client, subscriptions, name)
        _confirm(ctx, word, subscriptions, name)
    return NO_REPLY


def _unsubscribe(ctx: Context, word: bytes, subscriptions: Subscriptions, names: Sequence[bytes]) -> Reply:
    """End subscriptions, all if none is named, and confirm each; if there is none to confirm, confirm that."""
    for name in names or subscriptions.of(ctx.client) or (None,):
        if name is not None:
            ctx.engine.pubsub.unsubscribe(ctx.client, subscriptions, name)
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
