"""XREAD and XREADGROUP: what comes after an id, of several streams at once; either can wait for it.

A client that waits is served by running its command again. So that it gets what came *since it began to wait*, ``$`` is
replaced, in the command that will be run again, by the id that it stood for at first. ``>`` stays as it is: what is new
to a group depends on what others of it have read meanwhile.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Final

from attrs import define

from trioredis import errors
from trioredis.commands.stream_arguments import read, to_id, told
from trioredis.datatypes.consumer_groups import Consumer, Group
from trioredis.datatypes.stream_ids import MAX_ID, format_id
from trioredis.datatypes.streams import Stream
from trioredis.engine.arguments import to_integer
from trioredis.engine.blocking import block, to_timeout_in_milliseconds
from trioredis.engine.clients import Kind
from trioredis.engine.command import BLOCKING, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.protocol.replies import NULL_ARRAY, Pairs, Reply

_command = partial(command, group="stream")
_NEW: Final = MAX_ID
"""Stands for ``>``, in Redis as well."""


@define
class _Request:
    """What the words of a command ask for."""

    words: Sequence[bytes]
    is_of_group: bool
    """The command is XREADGROUP."""
    is_in_script: bool
    count: int = 0
    """How many entries of each stream; 0: all."""
    milliseconds: int | None = None
    """How long to wait; 0: for ever, None: not at all."""
    group: bytes | None = None
    consumer: bytes = b""
    noted: bool = True
    """What is read is pending from then on."""
    place: int = 0
    """Where the keys begin."""

    @classmethod
    def read(cls, ctx: Context, words: Sequence[bytes], *, is_of_group: bool) -> "_Request":
        request = cls(words, is_of_group, ctx.client.kind & Kind.SCRIPT > 0)
        place = 0
        while place < len(words) and not request.place:
            place = request.take(place, ctx.now)
        if not request.place:
            raise CommandError(errors.SYNTAX)
        if is_of_group and request.group is None:
            raise CommandError(errors.MISSING_GROUP_OPTION)
        return request

    def take(self, place: int, now: int) -> int:
        """Take the option at a place; return where the next begins."""
        name, left = self.words[place].upper(), len(self.words) - place - 1
        if name == b"BLOCK" and left:
            if self.is_in_script:
                raise CommandError(errors.block_in_script(self.command))
            self.milliseconds = to_timeout_in_milliseconds(self.words[place + 1], now)
        elif name == b"COUNT" and left:
            self.count = max(to_integer(self.words[place + 1]), 0)
        elif name == b"STREAMS" and left:
            self.take_streams(place + 1)
        elif name == b"GROUP" and left >= 2:
            self.require_group(name)
            self.group, self.consumer = self.words[place + 1], self.words[place + 2]
            return place + 3
        elif name == b"NOACK":
            self.require_group(name)
            self.noted = False
            return place + 1
        else:
            raise CommandError(errors.SYNTAX)
        return place + 2

    def take_streams(self, place: int) -> None:
        if (len(self.words) - place) % 2:
            symbol = b">" if self.is_of_group else b"$"
            raise CommandError(errors.unbalanced_streams(self.command, symbol))
        self.place = place

    def require_group(self, option: bytes) -> None:
        if not self.is_of_group:
            raise CommandError(errors.only_xreadgroup(option))

    @property
    def command(self) -> bytes:
        return b"xreadgroup" if self.is_of_group else b"xread"

    @property
    def middle(self) -> int:
        """Where the ids begin."""
        return (self.place + len(self.words)) // 2

    @property
    def keys(self) -> Sequence[bytes]:
        return self.words[self.place : self.middle]

    @property
    def ids(self) -> Sequence[bytes]:
        return self.words[self.middle :]

    def wait(self, ctx: Context, ids: Sequence[bytes]) -> Reply:
        """Let the client wait, to run the command again with these ids, if it is to wait at all."""
        if self.milliseconds is None:
            return NULL_ARRAY
        return block(
            ctx,
            [*self.words[: self.middle], *ids],
            keys=self.keys,
            kind=None if self.is_of_group else b"stream",
            milliseconds=self.milliseconds,
            late_reply=NULL_ARRAY,
        )


# --- without a group


@_command(
    "XREAD",
    arity=-4,
    flags=READONLY | BLOCKING,
    keys=KeySpec(after="STREAMS", last=-1, limit=2, flags="RO ACCESS"),
    since="5.0.0",
    complexity="O(log(N)+M) for each stream of N entries, M of which are returned",
    args="[COUNT count:integer] [BLOCK milliseconds:integer] STREAMS streams=(key... id...)",
)
def xread(ctx: Context, *words: bytes) -> Reply:
    """Return the entries of streams that come after given ids; wait for one if there is none."""
    request = _Request.read(ctx, words, is_of_group=False)
    seen = [_last_seen(ctx, key, text) for key, text in zip(request.keys, request.ids, strict=True)]
    found = [
        (key, [told(*each) for each in stream.entries(last + 1, count=request.count)])
        for key, last in zip(request.keys, seen, strict=True)
        if (stream := read(ctx, key)) is not None and stream.top_id > last
    ]
    return Pairs(found) if found else request.wait(ctx, [format_id(last) for last in seen])


def _last_seen(ctx: Context, key: bytes, text: bytes) -> int:
    stream = read(ctx, key)
    if text == b"$":
        return 0 if stream is None else stream.last_id
    if text == b">":
        raise CommandError(errors.GREATER_IN_XREAD)
    return to_id(text)


# --- for a group


@_command(
    "XREADGROUP",
    arity=-7,
    flags=WRITE | BLOCKING,
    keys=KeySpec(after="STREAMS", start=4, last=-1, limit=2, flags="RO ACCESS"),
    since="5.0.0",
    complexity="O(log(N)+M) for each stream of N entries, M of which are returned",
    args=(
        "GROUP (group consumer) [COUNT count:integer] [BLOCK milliseconds:integer] [NOACK] "
        "STREAMS streams=(key... id...)"
    ),
)
def xreadgroup(ctx: Context, *words: bytes) -> Reply:
    """Return entries that are new to a group, or what one of its consumers has pending; wait for new ones."""
    request = _Request.read(ctx, words, is_of_group=True)
    wanted = [_last_pending(ctx, request, *each) for each in zip(request.keys, request.ids, strict=True)]
    found = [
        (key, entries)
        for key, (group, last) in zip(request.keys, wanted, strict=True)
        if (entries := _read_as_consumer(ctx, request, key, group, last)) is not None
    ]
    return Pairs(found) if found else request.wait(ctx, request.ids)


def _last_pending(ctx: Context, request: _Request, key: bytes, text: bytes) -> tuple[Group, int]:
    """Return the group, and after which id the pending entries are wanted, or `_NEW`."""
    stream = read(ctx, key)
    assert request.group is not None
    group = None if stream is None else stream.groups.get(request.group)
    if group is None:
        raise CommandError(errors.no_group_to_read(key, request.group))
    if text == b"$":
        raise CommandError(errors.DOLLAR_IN_XREADGROUP)
    return group, _NEW if text == b">" else to_id(text)


def _read_as_consumer(
    ctx: Context, request: _Request, key: bytes, group: Group, last: int
) -> list[tuple[bytes, Reply]] | None:
    """Return what a consumer gets of one stream; None where it has to wait."""
    stream = read(ctx, key)
    assert stream is not None
    consumer = require_consumer(ctx, key, group, request.consumer)
    if last != _NEW:
        ctx.note_change()
        return list(_history(ctx, stream, group, consumer, last, request.count))
    if stream.top_id <= group.last_id:
        return None
    entries = stream.entries(group.last_id + 1, count=request.count)
    stream.deliver(group, consumer, (entry_id for entry_id, _ in entries), ctx.now, noted=request.noted)
    ctx.note_change()
    return [told(*each) for each in entries]


def require_consumer(ctx: Context, key: bytes, group: Group, name: bytes) -> Consumer:
    """Return a consumer that does something now; it is created if there is none of the name."""
    consumer = group.consumers.get(name)
    if consumer is None:
        consumer = group.consumers[name] = Consumer(name, ctx.now)
        ctx.note_change()
        ctx.notify(key, b"xgroup-createconsumer")
    consumer.seen_time = ctx.now
    return consumer


def _history(
    ctx: Context, stream: Stream, group: Group, consumer: Consumer, last: int, count: int
) -> Iterator[tuple[bytes, Reply]]:
    """Yield what a consumer has pending after an id, delivered once more; of deleted entries only the id."""
    for entry_id in islice(consumer.pending.irange(last + 1), count or None):
        entry = stream.get(entry_id)
        if entry is None:
            yield format_id(entry_id), NULL_ARRAY
        else:
            delivery = group.pending[entry_id]
            delivery.time = ctx.now
            delivery.count_again()
            yield format_id(entry_id), entry
