"""XPENDING, XCLAIM and XAUTOCLAIM: what a group was given and has not acknowledged, and who takes it over."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from attrs import define

from trioredis import errors
from trioredis.commands.stream_arguments import read, to_end, to_id, to_start, told
from trioredis.commands.stream_reading import require_consumer
from trioredis.datatypes.consumer_groups import Consumer, Delivery, Group
from trioredis.datatypes.stream_ids import format_id, parse_id
from trioredis.datatypes.streams import Stream
from trioredis.engine.arguments import to_integer, to_integer_between
from trioredis.engine.command import FAST, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.numerals import INT64_MAX
from trioredis.protocol.replies import NULL_ARRAY, Reply

_command = partial(command, group="stream")


def _require_group(ctx: Context, key: bytes, name: bytes) -> tuple[Stream, Group]:
    stream = read(ctx, key)
    if stream is None or name not in stream.groups:
        raise CommandError(errors.no_key_or_group(key, name))
    return stream, stream.groups[name]


# --- what is pending


@_command(
    "XPENDING",
    arity=-3,
    flags=READONLY,
    keys=KeySpec(1, flags="RO ACCESS"),
    since="5.0.0",
    complexity=(
        "O(log(N)+M) for M entries returned of N pending, with `IDLE` for M entries looked at; "
        "without a range O(C) for C consumers"
    ),
    args="key group [filters=([IDLE min-idle-time:integer]@6.2.0 start end count:integer [consumer])]",
    tips="nondeterministic_output",
    history=(("6.2.0", "Takes `IDLE`, and ranges without their ends."),),
)
def xpending(ctx: Context, key: bytes, name: bytes, *words: bytes) -> Reply:
    """Return what a consumer group has pending: a summary, or entry by entry."""
    if not words:
        _, group = _require_group(ctx, key, name)
        return _summary(group)
    question = _Question.read(words)
    _, group = _require_group(ctx, key, name)
    return question.answer(group, ctx.now)


def _summary(group: Group) -> Reply:
    if not group.pending:
        return [0, None, None, NULL_ARRAY]
    first, last = group.pending.peekitem(0)[0], group.pending.peekitem(-1)[0]
    shares = [
        (consumer.name, b"%d" % len(consumer.pending))
        for _, consumer in sorted(group.consumers.items())
        if consumer.pending
    ]
    return [len(group.pending), format_id(first), format_id(last), shares]


@define
class _Question:
    """Which pending entries XPENDING asks for."""

    start: int
    end: int
    count: int
    least_idle: int
    consumer: bytes | None

    @classmethod
    def read(cls, words: Sequence[bytes]) -> "_Question":
        least_idle = 0
        if not 3 <= len(words) <= 6:
            raise CommandError(errors.SYNTAX)
        if words[0].upper() == b"IDLE":
            least_idle = to_integer(words[1])
            words = words[2:]
            if len(words) < 3:
                raise CommandError(errors.SYNTAX)
        count = to_integer(words[2])
        start, end = to_start(words[0]), to_end(words[1])
        return cls(start, end, count, least_idle, words[3] if len(words) > 3 else None)

    def answer(self, group: Group, now: int) -> Reply:
        source = group.pending
        if self.consumer is not None:
            if self.consumer not in group.consumers:
                return []
            source = group.consumers[self.consumer].pending
        answer: list[Reply] = []
        if self.count <= 0:
            return answer
        for entry_id in source.irange(self.start, self.end):
            delivery: Delivery = group.pending[entry_id]
            idle = now - delivery.time
            if self.least_idle and idle < self.least_idle:
                continue
            answer.append((format_id(entry_id), delivery.consumer.name, max(idle, 0), delivery.count))
            if len(answer) == self.count:
                break
        return answer


# --- who takes it over


@define
class _Claim:
    """The options of XCLAIM."""

    ids: list[int]
    now: int
    time: int = -1
    """When the entries count as delivered; what lies ahead or before 1970 stands for now."""
    count: int = -1
    """How often they count as delivered; below zero: once more."""
    force: bool = False
    only_ids: bool = False
    last_id: int = 0

    @classmethod
    def read(cls, words: Sequence[bytes], now: int) -> "_Claim":
        claim = cls([], now)
        for text in words:
            entry_id = parse_id(text)
            if entry_id is None:
                break
            claim.ids.append(entry_id)
        rest = iter(words[len(claim.ids) :])
        for word in rest:
            name = word.upper()
            if name == b"FORCE":
                claim.force = True
            elif name == b"JUSTID":
                claim.only_ids = True
            elif name not in _WITH_VALUE or (value := next(rest, None)) is None:
                raise CommandError(errors.unrecognized_claim_option(word))
            elif name == b"LASTID":
                claim.last_id = to_id(value)
            else:
                claim.take_number(name, value)
        if not 0 <= claim.time <= now:
            claim.time = now
        return claim

    def take_number(self, name: bytes, value: bytes) -> None:
        number = to_integer(value, errors.invalid_claim_argument(b"%b option argument for XCLAIM" % name))
        if name == b"RETRYCOUNT":
            self.count = number
        else:
            self.time = number if name == b"TIME" else self.now - number


_WITH_VALUE: Final = (b"IDLE", b"TIME", b"RETRYCOUNT", b"LASTID")


@_command(
    "XCLAIM",
    arity=-6,
    flags=WRITE | FAST,
    keys=KeySpec(1, flags="RW UPDATE"),
    since="5.0.0",
    complexity="O(log(N)) for each entry, of N that the group has pending",
    args=(
        "key group consumer min-idle-time:string id... [IDLE ms:integer] [TIME unix-time-milliseconds:unix-time] "
        "[RETRYCOUNT count:integer] [FORCE] [JUSTID] [LASTID id]"
    ),
    tips="nondeterministic_output",
)
def xclaim(ctx: Context, key: bytes, name: bytes, consumer_name: bytes, idle: bytes, *words: bytes) -> Reply:
    """Let a consumer have pending entries, whoever had them before."""
    stream, group = _require_group(ctx, key, name)
    least_idle = _to_idle(idle, b"XCLAIM")
    claim = _Claim.read(words, ctx.now)
    moved = claim.last_id > group.last_id
    group.last_id = max(group.last_id, claim.last_id)
    consumer = require_consumer(ctx, key, group, consumer_name)
    answer: list[Reply] = []
    changes = 0
    for entry_id in claim.ids:
        entry, delivery = stream.get(entry_id), group.pending.get(entry_id)
        if entry is None:
            changes += group.acknowledge(entry_id)
            continue
        if delivery is None:
            if not claim.force:
                continue
            delivery = Delivery(consumer, claim.time)
            group.pending[entry_id] = delivery
            consumer.pending.add(entry_id)
        elif least_idle and ctx.now - delivery.time < least_idle:
            continue
        _take_over(group, entry_id, delivery, consumer, ctx.now)
        delivery.time = claim.time
        if claim.count >= 0:
            delivery.count = claim.count
        elif not claim.only_ids:
            delivery.count_again()
        answer.append(format_id(entry_id) if claim.only_ids else told(entry_id, entry))
    changes += len(answer)
    ctx.note_change(changes or moved)
    return answer


def _take_over(group: Group, entry_id: int, delivery: Delivery, consumer: Consumer, now: int) -> None:
    group.give(entry_id, delivery, consumer)
    consumer.active_time = now


def _to_idle(text: bytes, command_name: bytes) -> int:
    error = errors.invalid_claim_argument(b"min-idle-time argument for %b" % command_name)
    return max(to_integer(text, error), 0)


_USUAL_COUNT: Final = 100
_TRIES: Final = 10
"""Pending entries that are looked at, for each that may be claimed."""
_HIGHEST_COUNT: Final = INT64_MAX // 16
_MOST_IN_MEMORY: Final = (1 << 47) // 16
"""So many ids of deleted entries would fill all the addresses there are; Redis makes room for as many as are asked for."""


@_command(
    "XAUTOCLAIM",
    arity=-6,
    flags=WRITE | FAST,
    keys=KeySpec(1, flags="RW DELETE"),
    since="6.2.0",
    complexity="O(log(N)) for each entry looked at, of N that the group has pending",
    args="key group consumer min-idle-time:string start [COUNT count:integer] [JUSTID]",
    tips="nondeterministic_output",
    history=(("7.0.0", "Tells which entries it found deleted."),),
)
def xautoclaim(
    ctx: Context, key: bytes, name: bytes, consumer_name: bytes, idle: bytes, start: bytes, *words: bytes
) -> Reply:
    """Let a consumer have entries that were pending for long."""
    least_idle, first = _to_idle(idle, b"XAUTOCLAIM"), to_start(start)
    count, only_ids = _read_autoclaim_options(words)
    stream, group = _require_group(ctx, key, name)
    if count > _MOST_IN_MEMORY:
        raise CommandError(errors.AUTOCLAIM_MEMORY)
    consumer = require_consumer(ctx, key, group, consumer_name)
    answer: list[Reply] = []
    claimed: list[int] = []
    deleted: list[int] = []
    cursor, tries = 0, count * _TRIES
    for entry_id in group.pending.irange(first):
        if not tries or len(claimed) + len(deleted) == count:
            cursor = entry_id
            break
        tries -= 1
        entry = stream.get(entry_id)
        if entry is None:
            deleted.append(entry_id)
        elif not least_idle or ctx.now - group.pending[entry_id].time >= least_idle:
            claimed.append(entry_id)
            answer.append(format_id(entry_id) if only_ids else told(entry_id, entry))
    for entry_id in deleted:
        group.acknowledge(entry_id)
    for entry_id in claimed:
        delivery = group.pending[entry_id]
        _take_over(group, entry_id, delivery, consumer, ctx.now)
        delivery.time = ctx.now
        if not only_ids:
            delivery.count_again()
    ctx.note_change(len(claimed) + len(deleted))
    return [format_id(cursor), answer, [format_id(entry_id) for entry_id in deleted]]


def _read_autoclaim_options(words: Sequence[bytes]) -> tuple[int, bool]:
    """Return how many entries to claim at most, and whether only ids are wanted."""
    count, only_ids = _USUAL_COUNT, False
    rest = iter(words)
    for word in rest:
        match word.upper():
            case b"JUSTID":
                only_ids = True
            case b"COUNT" if (number := next(rest, None)) is not None:
                count = to_integer_between(number, 1, _HIGHEST_COUNT, errors.AUTOCLAIM_COUNT)
            case _:
                raise CommandError(errors.SYNTAX)
    return count, only_ids
