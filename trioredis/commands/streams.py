"""Stream commands that know nothing of groups (Redis documentation: Streams).

XADD with ``*`` is the hot path. What a stream is, and how it is cut, is the business of `trioredis.datatypes.streams`;
reading on from an id, and waiting for what comes, is in `stream_reading`, consumer groups are in the modules named after
what is done with them.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from trioredis import errors
from trioredis.commands.stream_arguments import (
    AUTOMATIC,
    AddOptions,
    find,
    read,
    read_cut,
    to_end,
    to_id,
    to_start,
    told,
)
from trioredis.datatypes.stream_ids import MAX_ID, format_id
from trioredis.datatypes.stream_nodes import Entry
from trioredis.datatypes.streams import Stream
from trioredis.engine.arguments import Options, to_integer
from trioredis.engine.command import DENYOOM, FAST, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.protocol.replies import NULL_ARRAY, OK, Reply

_command = partial(command, group="stream")
_READ: Final = KeySpec(1, flags="RO ACCESS")
_CHANGED: Final = KeySpec(1, flags="RW UPDATE")
_CUT: Final = KeySpec(1, flags="RW DELETE")

# --- adding and trimming


@_command(
    "XADD",
    arity=-5,
    flags=WRITE | DENYOOM | FAST,
    keys=KeySpec(1, flags="RW UPDATE", notes="UPDATE, not INSERT, since it may trim"),
    since="5.0.0",
    complexity="O(1), and O(N) to trim N entries",
    args=(
        'key [NOMKSTREAM]@6.2.0 [trim=(strategy=(MAXLEN | MINID@6.2.0) [operator=(equal="=" | approximately="~")] '
        'threshold [LIMIT count:integer]@6.2.0)] id_or_auto=(auto_id="*" | id) (field value)...'
    ),
    tips="nondeterministic_output",
    history=(
        ("6.2.0", "Takes `NOMKSTREAM`, `MINID` and `LIMIT`."),
        ("7.0.0", "Takes ids of the form `<ms>-*`."),
    ),
)
def xadd(ctx: Context, key: bytes, *words: bytes) -> Reply:
    """Append an entry to a stream."""
    config = ctx.engine.config.values
    node_entries = config[b"stream-node-max-entries"]
    options = AUTOMATIC if words[0] == b"*" else AddOptions.read(words, node_entries)
    entry = words[options.size :]
    if not entry or len(entry) % 2:
        raise CommandError(errors.wrong_arity(b"xadd"))
    if options.entry_id == 0:
        raise CommandError(errors.STREAM_ID_ZERO)
    stream = find(ctx, key)
    is_new = stream is None
    if stream is None:
        if not options.creates:
            return None
        stream = Stream()
    entry_id = stream.next_id(ctx.now) if options is AUTOMATIC else _new_id(ctx, stream, options)
    if entry_id > MAX_ID:
        raise CommandError(errors.STREAM_IDS_EXHAUSTED)
    stream.add(entry_id, entry, config[b"stream-node-max-bytes"], node_entries)
    if is_new:
        ctx.db.replace(key, stream)
    ctx.touch(key, b"xadd")
    if options.cut is not None and stream.trim(options.cut):
        ctx.notify(key, b"xtrim")
    return format_id(entry_id)


def _new_id(ctx: Context, stream: Stream, options: AddOptions) -> int:
    """Return the id that a new entry gets; beyond `MAX_ID` if there is none left."""
    if stream.last_id == MAX_ID:
        return MAX_ID + 1
    if options.entry_id is not None:
        entry_id = options.entry_id
    elif options.milliseconds is not None:
        entry_id = stream.next_id_at(options.milliseconds)
    else:
        return stream.next_id(ctx.now)
    if entry_id <= stream.last_id:
        raise CommandError(errors.STREAM_ID_TOO_SMALL)
    return entry_id


@_command(
    "XTRIM",
    arity=-4,
    flags=WRITE,
    keys=_CUT,
    since="5.0.0",
    complexity="O(N) for N entries removed",
    args=(
        'key trim=(strategy=(MAXLEN | MINID@6.2.0) [operator=(equal="=" | approximately="~")] '
        "threshold [LIMIT count:integer]@6.2.0)"
    ),
    tips="nondeterministic_output",
    history=(("6.2.0", "Takes `MINID` and `LIMIT`."),),
)
def xtrim(ctx: Context, key: bytes, *words: bytes) -> Reply:
    """Remove the oldest entries of a stream."""
    cut = read_cut(words, ctx.engine.config.values[b"stream-node-max-entries"])
    stream = find(ctx, key)
    if stream is None:
        return 0
    removed = stream.trim(cut)
    if removed:
        ctx.touch(key, b"xtrim")
    return removed


@_command(
    "XDEL",
    arity=-3,
    flags=WRITE | FAST,
    keys=_CUT,
    since="5.0.0",
    complexity="O(1) for each entry, however long the stream",
    args="key id...",
)
def xdel(ctx: Context, key: bytes, *ids: bytes) -> Reply:
    """Remove entries from a stream by their ids."""
    stream = find(ctx, key)
    if stream is None:
        return 0
    deleted = stream.delete([to_id(text) for text in ids])
    if deleted:
        ctx.touch(key, b"xdel")
    return deleted


# --- reading


@_command(
    "XLEN",
    arity=2,
    flags=READONLY | FAST,
    keys=KeySpec(1, flags="RO"),
    since="5.0.0",
    complexity="O(1)",
    args="key",
)
def xlen(ctx: Context, key: bytes) -> Reply:
    """Return the number of entries in a stream."""
    stream = read(ctx, key)
    return 0 if stream is None else stream.length


_COUNT: Final = Options("[COUNT int]")


@_command(
    "XRANGE",
    arity=-4,
    flags=READONLY,
    keys=_READ,
    since="5.0.0",
    complexity="O(log(N)+M) for M entries returned",
    args="key start end [COUNT count:integer]",
    history=(("6.2.0", "Takes ranges without their ends."),),
)
def xrange(ctx: Context, key: bytes, start: bytes, end: bytes, *options: bytes) -> Reply:
    """Return the entries of a stream from one id to another."""
    return _range(ctx, key, (to_start(start), to_end(end)), options, Stream.entries)


@_command(
    "XREVRANGE",
    arity=-4,
    flags=READONLY,
    keys=_READ,
    since="5.0.0",
    complexity="O(log(N)+M) for M entries returned",
    args="key end start [COUNT count:integer]",
    history=(("6.2.0", "Takes ranges without their ends."),),
)
def xrevrange(ctx: Context, key: bytes, end: bytes, start: bytes, *options: bytes) -> Reply:
    """Return the entries of a stream from one id back to another."""
    return _range(ctx, key, (to_start(start), to_end(end)), options, Stream.entries_reversed)


def _range(
    ctx: Context,
    key: bytes,
    span: tuple[int, int],
    options: Sequence[bytes],
    entries: Callable[..., list[tuple[int, Entry]]],
) -> Reply:
    count = _COUNT.read(options).get(b"COUNT")
    stream = read(ctx, key)
    if stream is None:
        return []
    if count is not None and count <= 0:
        return NULL_ARRAY
    return [told(*each) for each in entries(stream, *span, count or 0)]


# --- repairing


@_command(
    "XSETID",
    arity=-3,
    flags=WRITE | DENYOOM | FAST,
    keys=_CHANGED,
    since="5.0.0",
    complexity="O(1)",
    args="key last-id [ENTRIESADDED entries_added:integer]@7.0.0 [MAXDELETEDID max_deleted_entry_id]@7.0.0",
    history=(("7.0.0", "Takes `ENTRIESADDED` and `MAXDELETEDID`."),),
)
def xsetid(ctx: Context, key: bytes, last_id: bytes, *options: bytes) -> Reply:
    """Set what a stream remembers besides its entries."""
    wanted = to_id(last_id)
    added, deleted = _read_setid_options(wanted, options)
    stream = find(ctx, key)
    if stream is None:
        raise CommandError(errors.NO_SUCH_KEY)
    if wanted < stream.max_deleted_id:
        raise CommandError(errors.XSETID_BELOW_DELETED)
    if stream.length and wanted < stream.top_id:
        raise CommandError(errors.XSETID_BELOW_TOP)
    if stream.length and added is not None and added < stream.length:
        raise CommandError(errors.XSETID_BELOW_LENGTH)
    stream.last_id = wanted
    stream.entries_added = stream.entries_added if added is None else added
    stream.max_deleted_id = deleted or stream.max_deleted_id
    ctx.note_change()
    ctx.notify(key, b"xsetid")
    return OK


def _read_setid_options(last_id: int, words: Sequence[bytes]) -> tuple[int | None, int]:
    """Return the entries that were ever added and the greatest id that was deleted, where they are given."""
    added, deleted = None, 0
    rest = iter(words)
    for word in rest:
        name, argument = word.upper(), next(rest, None)
        if name not in (b"ENTRIESADDED", b"MAXDELETEDID") or argument is None:
            raise CommandError(errors.SYNTAX)
        if name == b"ENTRIESADDED":
            added = to_integer(argument)
            if added < 0:
                raise CommandError(errors.ENTRIES_ADDED_NEGATIVE)
        else:
            deleted = to_id(argument)
            if last_id < deleted:
                raise CommandError(errors.XSETID_BELOW_GIVEN_DELETED)
    return added, deleted
