"""XGROUP and XACK: consumer groups come, go and make progress (Redis documentation: Streams).

What is changed of a group is no change of the stream to those who read it: WATCH does not see it, nor do clients that
cache. Only those who wait for entries of a group that goes away have to be told.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from attrs import frozen

from trioredis import errors
from trioredis.commands.stream_arguments import find, read, to_id, to_id_or_end
from trioredis.datatypes.consumer_groups import UNKNOWN, Consumer, Group
from trioredis.datatypes.streams import Stream
from trioredis.engine.arguments import to_integer
from trioredis.engine.command import DENYOOM, FAST, LOADING, STALE, WRITE, command, container
from trioredis.engine.context import Context
from trioredis.engine.documentation import help_lines
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError, QuotingError
from trioredis.protocol.replies import OK, Reply

_INSERTED: Final = KeySpec(2, flags="RW INSERT")
_DELETED: Final = KeySpec(2, flags="RW DELETE")

xgroup = container("XGROUP", group="stream", since="5.0.0")


@frozen
class _Options:
    """What XGROUP CREATE or SETID is told after the id."""

    creates: bool = False
    entries_read: int = UNKNOWN

    @classmethod
    def read(cls, words: Sequence[bytes], takes_mkstream: bool) -> "_Options":
        creates, entries_read = False, UNKNOWN
        rest = iter(words)
        for word in rest:
            name = word.upper()
            if name == b"MKSTREAM" and takes_mkstream:
                creates = True
            elif name == b"ENTRIESREAD" and (number := next(rest, None)) is not None:
                entries_read = to_integer(number)
                if entries_read < UNKNOWN:
                    raise CommandError(errors.ENTRIES_READ_NEGATIVE)
            else:
                raise QuotingError(errors.subcommand_syntax)
        return cls(creates, entries_read)


def _require_stream(ctx: Context, key: bytes) -> Stream:
    stream = find(ctx, key)
    if stream is None:
        raise CommandError(errors.XGROUP_NEEDS_KEY)
    return stream


def _require_group(ctx: Context, key: bytes, name: bytes) -> tuple[Stream, Group]:
    stream = _require_stream(ctx, key)
    if name not in stream.groups:
        raise CommandError(errors.no_group(key, name))
    return stream, stream.groups[name]


@xgroup.subcommand(
    "CREATE",
    arity=-5,
    flags=WRITE | DENYOOM,
    keys=_INSERTED,
    since="5.0.0",
    complexity="O(1)",
    args='key groupname id=(id | new_id="$") [MKSTREAM] [ENTRIESREAD entries_read:integer]',
    history=(("7.0.0", "Takes `ENTRIESREAD`."),),
)
def xgroup_create(ctx: Context, key: bytes, name: bytes, last_id: bytes, *words: bytes) -> Reply:
    """Create a consumer group."""
    options = _Options.read(words, takes_mkstream=True)
    stream = find(ctx, key) if options.creates else _require_stream(ctx, key)
    if len(words) > _MOST_WORDS_OF_CREATE:
        raise QuotingError(errors.subcommand_syntax)
    if last_id == b"$":
        last = 0 if stream is None else stream.last_id
    else:
        last = to_id(last_id)
    if stream is None:
        stream = Stream()
        ctx.db.replace(key, stream)
        ctx.touch(key, b"xgroup-create")
    elif name in stream.groups:
        raise CommandError(errors.BUSYGROUP)
    else:
        _announce(ctx, key, b"xgroup-create")
    stream.groups[name] = Group(last, options.entries_read)
    return OK


_MOST_WORDS_OF_CREATE: Final = 3
_MOST_WORDS_OF_SETID: Final = 2


def _announce(ctx: Context, key: bytes, event: bytes) -> None:
    ctx.note_change()
    ctx.notify(key, event)


@xgroup.subcommand(
    "CREATECONSUMER",
    arity=5,
    flags=WRITE | DENYOOM,
    keys=_INSERTED,
    since="6.2.0",
    complexity="O(1)",
    args="key groupname consumername",
)
def xgroup_createconsumer(ctx: Context, key: bytes, name: bytes, consumer: bytes) -> Reply:
    """Create a consumer in a consumer group."""
    _, group = _require_group(ctx, key, name)
    if consumer in group.consumers:
        return 0
    group.consumers[consumer] = Consumer(consumer, ctx.now)
    _announce(ctx, key, b"xgroup-createconsumer")
    return 1


@xgroup.subcommand(
    "DELCONSUMER",
    arity=5,
    flags=WRITE,
    keys=_DELETED,
    since="5.0.0",
    complexity="O(N) for N entries that the consumer has pending",
    args="key groupname consumername",
)
def xgroup_delconsumer(ctx: Context, key: bytes, name: bytes, consumer: bytes) -> Reply:
    """Delete a consumer, and return how many entries it had pending."""
    _, group = _require_group(ctx, key, name)
    if consumer not in group.consumers:
        return 0
    _announce(ctx, key, b"xgroup-delconsumer")
    return group.remove_consumer(consumer)


@xgroup.subcommand(
    "DESTROY",
    arity=4,
    flags=WRITE,
    keys=_DELETED,
    since="5.0.0",
    complexity="O(N) for N entries that the group has pending",
    args="key groupname",
)
def xgroup_destroy(ctx: Context, key: bytes, name: bytes) -> Reply:
    """Destroy a consumer group."""
    stream = _require_stream(ctx, key)
    if stream.groups.pop(name, None) is None:
        return 0
    _announce(ctx, key, b"xgroup-destroy")
    # Who waits to read through the group has to hear that it is gone, though no entry has changed.
    ctx.engine.waiters.touched(ctx.client, ctx.db, key)
    return 1


@xgroup.subcommand("HELP", arity=2, flags=LOADING | STALE, since="5.0.0", complexity="O(1)")
def xgroup_help(ctx: Context) -> Reply:
    """Show how to call the XGROUP commands."""
    return help_lines(xgroup)


@xgroup.subcommand(
    "SETID",
    arity=-5,
    flags=WRITE,
    keys=KeySpec(2, flags="RW UPDATE"),
    since="5.0.0",
    complexity="O(1)",
    args='key groupname id=(id | new_id="$") [ENTRIESREAD entries_read:integer]',
    history=(("7.0.0", "Takes `ENTRIESREAD`."),),
)
def xgroup_setid(ctx: Context, key: bytes, name: bytes, last_id: bytes, *words: bytes) -> Reply:
    """Set the last id that a consumer group has read."""
    options = _Options.read(words, takes_mkstream=False)
    stream, group = _require_group(ctx, key, name)
    if len(words) > _MOST_WORDS_OF_SETID:
        raise QuotingError(errors.subcommand_syntax)
    group.last_id = stream.last_id if last_id == b"$" else to_id_or_end(last_id)
    group.entries_read = options.entries_read
    _announce(ctx, key, b"xgroup-setid")
    return OK


@partial(command, group="stream")(
    "XACK",
    arity=-4,
    flags=WRITE | FAST,
    keys=KeySpec(1, flags="RW UPDATE"),
    since="5.0.0",
    complexity="O(log(N)) for each entry, of N that the group has pending",
    args="key group id...",
)
def xack(ctx: Context, key: bytes, name: bytes, *ids: bytes) -> Reply:
    """Tell that entries were dealt with; return how many of them were pending."""
    stream = read(ctx, key)
    group = None if stream is None else stream.groups.get(name)
    if group is None:
        return 0
    acknowledged = sum(map(group.acknowledge, [to_id(text) for text in ids]))
    if acknowledged:
        ctx.note_change(acknowledged)
    return acknowledged
