"""XINFO: what there is to know about a stream, its groups and their consumers."""

from itertools import islice
from typing import Any, Final

from trioredis import errors
from trioredis.commands.stream_arguments import read, told
from trioredis.datatypes.consumer_groups import UNKNOWN, Consumer, Group
from trioredis.datatypes.stream_ids import format_id
from trioredis.datatypes.streams import Stream
from trioredis.engine.arguments import to_integer
from trioredis.engine.command import LOADING, READONLY, STALE, container
from trioredis.engine.context import Context
from trioredis.engine.documentation import help_lines
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError, QuotingError
from trioredis.numerals import as_int64
from trioredis.protocol.replies import Reply

_KEY: Final = KeySpec(2, flags="RO ACCESS")
_USUAL_COUNT: Final = 10

Facts = dict[bytes, Any]

xinfo = container("XINFO", group="stream", since="5.0.0")


def _require_stream(ctx: Context, key: bytes) -> Stream:
    stream = read(ctx, key)
    if stream is None:
        raise CommandError(errors.NO_SUCH_KEY)
    return stream


@xinfo.subcommand(
    "CONSUMERS",
    arity=4,
    flags=READONLY,
    keys=_KEY,
    since="5.0.0",
    complexity="O(N) for N consumers",
    args="key groupname",
    tips="nondeterministic_output",
    history=(("7.2.0", "Tells how long a consumer is `inactive`."),),
)
def xinfo_consumers(ctx: Context, key: bytes, name: bytes) -> Reply:
    """Return what there is to know about the consumers of a group."""
    group = _require_stream(ctx, key).groups.get(name)
    if group is None:
        raise CommandError(errors.no_group(key, name))
    return [
        {
            b"name": consumer.name,
            b"pending": len(consumer.pending),
            b"idle": max(ctx.now - consumer.seen_time, 0),
            b"inactive": UNKNOWN if consumer.active_time == UNKNOWN else ctx.now - consumer.active_time,
        }
        for _, consumer in sorted(group.consumers.items())
    ]


@xinfo.subcommand(
    "GROUPS",
    arity=3,
    flags=READONLY,
    keys=_KEY,
    since="5.0.0",
    complexity="O(N) for N groups",
    args="key",
    history=(("7.0.0", "Tells `entries-read` and `lag`."),),
)
def xinfo_groups(ctx: Context, key: bytes) -> Reply:
    """Return what there is to know about the groups of a stream."""
    stream = _require_stream(ctx, key)
    return [
        {
            b"name": name,
            b"consumers": len(group.consumers),
            b"pending": len(group.pending),
            b"last-delivered-id": format_id(group.last_id),
            **_progress(stream, group),
        }
        for name, group in sorted(stream.groups.items())
    ]


def _progress(stream: Stream, group: Group) -> Facts:
    read = None if group.entries_read == UNKNOWN else group.entries_read
    return {b"entries-read": read, b"lag": stream.lag(group)}


@xinfo.subcommand("HELP", arity=2, flags=LOADING | STALE, since="5.0.0", complexity="O(1)")
def xinfo_help(ctx: Context) -> Reply:
    """Show how to call the XINFO commands."""
    return help_lines(xinfo)


@xinfo.subcommand(
    "STREAM",
    arity=-3,
    flags=READONLY,
    keys=_KEY,
    since="5.0.0",
    complexity="O(N) for the N hundreds of entries of the stream",
    args="key [FULL full=([COUNT count:integer])]",
    history=(
        ("6.0.0", "Takes `FULL`."),
        ("7.0.0", "Tells more about ids, deleted entries and the progress of groups."),
        ("7.2.0", "Tells the `active-time` of consumers, and what `seen-time` says."),
    ),
)
def xinfo_stream(ctx: Context, key: bytes, *words: bytes) -> Reply:
    """Return what there is to know about a stream; all of it, if so wanted."""
    stream = _require_stream(ctx, key)
    facts: Facts = {
        b"length": stream.length,
        b"radix-tree-keys": len(stream.nodes),
        b"radix-tree-nodes": stream.radix_tree_nodes(),
        b"last-generated-id": format_id(stream.last_id),
        b"max-deleted-entry-id": format_id(stream.max_deleted_id),
        b"entries-added": as_int64(stream.entries_added),
        b"recorded-first-entry-id": format_id(stream.first_id),
    }
    match [word.upper() for word in words]:
        case []:
            return facts | _ends(stream)
        case [b"FULL"]:
            return facts | _everything(stream, _USUAL_COUNT)
        case [b"FULL", b"COUNT", _]:
            count = to_integer(words[2])
            return facts | _everything(stream, count if count >= 0 else _USUAL_COUNT)
    raise QuotingError(errors.subcommand_syntax)


def _ends(stream: Stream) -> Facts:
    first, last = stream.entries(count=1), stream.entries_reversed(count=1)
    return {
        b"groups": len(stream.groups),
        b"first-entry": told(*first[0]) if first else None,
        b"last-entry": told(*last[0]) if last else None,
    }


def _everything(stream: Stream, count: int) -> Facts:
    """Return entries and groups, and no more than `count` of what there may be many of; 0: all."""
    return {
        b"entries": [told(*each) for each in stream.entries(count=count)],
        b"groups": [
            _all_of_group(stream, name, group, count or None) for name, group in sorted(stream.groups.items())
        ],
    }


def _all_of_group(stream: Stream, name: bytes, group: Group, most: int | None) -> Facts:
    return {
        b"name": name,
        b"last-delivered-id": format_id(group.last_id),
        **_progress(stream, group),
        b"pel-count": len(group.pending),
        b"pending": [
            (format_id(entry_id), delivery.consumer.name, delivery.time, delivery.count)
            for entry_id, delivery in islice(group.pending.items(), most)
        ],
        b"consumers": [_all_of_consumer(group, each, most) for _, each in sorted(group.consumers.items())],
    }


def _all_of_consumer(group: Group, consumer: Consumer, most: int | None) -> Facts:
    deliveries = ((entry_id, group.pending[entry_id]) for entry_id in islice(consumer.pending, most))
    return {
        b"name": consumer.name,
        b"seen-time": consumer.seen_time,
        b"active-time": consumer.active_time,
        b"pel-count": len(consumer.pending),
        b"pending": [(format_id(entry_id), each.time, each.count) for entry_id, each in deliveries],
    }
