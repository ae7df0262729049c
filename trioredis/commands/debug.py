"""DEBUG: what only tests and developers need; off unless `enable-debug-command` says otherwise.

To COMMAND, and so to ACLs, DEBUG is one command. Its subcommands are therefore not declared as those of others are;
they stand in a table here, and one that is given the wrong number of arguments is refused as an unknown one is.
"""

import math
import re
import sys
from collections.abc import Callable
from typing import Final

from attrs import frozen

from trioredis import errors
from trioredis.datatypes.kinds import encoding_name, reference_count
from trioredis.datatypes.quicklist import Quicklist, node_limit
from trioredis.engine.clients import Unusual
from trioredis.engine.command import ADMIN, LOADING, NOSCRIPT, PROTECTED, STALE, command
from trioredis.engine.context import Context
from trioredis.engine.gate import Reason
from trioredis.engine.waiting import wait
from trioredis.errors import CommandError, QuotingError
from trioredis.keyspace.digest import digest_of_keyspace, digest_of_value
from trioredis.numerals import parse_integer, parse_memory
from trioredis.patterns import matches
from trioredis.protocol.replies import (
    NO_REPLY,
    OK,
    Attributed,
    BigNumber,
    Error,
    Push,
    Reply,
    SetReply,
    Simple,
    Verbatim,
)
from trioredis.rdb.values import saved_length

_MANY = 1 << 31
_LONGEST_KEY = 127
_LRU_CLOCK = (1 << 24) - 1
_NODE_SIZES = range(-1, -6, -1)
_MOST_ELEMENTS = 32_767
_PACKED_MOST = (1 << 32) - (1 << 20)

# What C's strtod and atoi take for a number: the text's beginning, if that looks like one, else zero.
_NUMBER = re.compile(rb"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)", re.IGNORECASE)
_NOT_ZERO = re.compile(rb"\s*[+-]?0*[1-9]")


@command(
    "DEBUG",
    arity=-2,
    flags=ADMIN | NOSCRIPT | LOADING | STALE | PROTECTED,
    group="server",
    since="1.0.0",
    doc_flags="syscmd",
)
def debug(ctx: Context, name: bytes, *arguments: bytes) -> Reply:
    """Do what only tests and developers need."""
    allowed = ctx.engine.config[b"enable-debug-command"]
    if not (allowed == b"yes" or (allowed == b"local" and ctx.client.is_local)):
        raise CommandError(errors.command_not_allowed(b"DEBUG", b"enable-debug-command"))
    tool = _TOOLS.get(name.upper())
    if tool is None or not tool.least <= len(arguments) <= tool.most:
        raise QuotingError(errors.subcommand_syntax)
    return tool.run(ctx, *arguments)


def _digest(ctx: Context) -> Reply:
    """Return a fingerprint of the data in all databases."""
    return Simple(digest_of_keyspace(ctx.engine.keyspace).hex)


def _digest_value(ctx: Context, *keys: bytes) -> Reply:
    """Return a fingerprint of the value of each key."""
    return [Simple(digest_of_value(ctx.db, key).hex) for key in keys]


def _error(ctx: Context, text: bytes) -> Reply:
    """Return an error with this text, its code included."""
    return Error(text.replace(b"\r", b" ").replace(b"\n", b" "))


def _help(ctx: Context) -> Reply:
    """Show how to call DEBUG."""
    lines = [b"DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"]
    for name, tool in _TOOLS.items():
        summary = (tool.run.__doc__ or "").encode()
        lines += [b" ".join((name, *tool.usage)), b"    %b" % summary]
    return [Simple(line) for line in lines]


def _object(ctx: Context, key: bytes) -> Reply:
    """Show how the value of a key is kept, without counting as an access."""
    value = ctx.db.values.get(key)
    if value is None:
        raise CommandError(errors.NO_SUCH_KEY)
    idle = ctx.db.idle(key)
    return Simple(
        b"Value at:0x%x refcount:%d encoding:%b serializedlength:%d lru:%d lru_seconds_idle:%d%b"
        % (
            id(value),
            reference_count(value),
            encoding_name(value),
            saved_length(value, ctx.engine.config[b"rdbcompression"]),
            (ctx.now // 1000 - idle) & _LRU_CLOCK,
            idle,
            _about_nodes(value) if encoding_name(value) == b"quicklist" else b"",
        )
    )


def _about_nodes(value: Quicklist) -> bytes:
    nodes = value.nodes
    return b" ql_nodes:%d ql_avg_node:%.2f ql_listpack_max:%d ql_compressed:0 ql_uncompressed_size:%d" % (
        len(nodes),
        value.count / len(nodes),
        _size_setting(value),
        sum(node.size for node in nodes),
    )


def _size_setting(value: Quicklist) -> int:
    """Return the `list-max-listpack-size` that a list was made under."""
    if value.most_elements < sys.maxsize:
        return min(value.most_elements, _MOST_ELEMENTS)
    return next(size for size in _NODE_SIZES if node_limit(size)[0] == value.most_bytes)


def _populate(ctx: Context, count: bytes, prefix: bytes = b"key", size: bytes = b"0") -> Reply:
    """Create that many keys "prefix:number" that are not there yet, with values "value:number" of that size."""
    most, length = _not_negative(count), _not_negative(size)
    prefix = prefix.partition(b"\0")[0]
    for number in range(most):
        key, value = (b"%b:%d" % (prefix, number))[:_LONGEST_KEY], b"value:%d" % number
        if key not in ctx.db:
            ctx.db.write(key, value[:length].ljust(length, b"\0") if length else value)
            ctx.touch(key, None)
    return OK


def _protocol(ctx: Context, kind: bytes) -> Reply:
    """Return a sample of a type that replies can have."""
    sample = _SAMPLES.get(kind.lower())
    if sample is None:
        raise CommandError(errors.PROTOCOL_TYPE)
    return sample(ctx)


def _pushed(ctx: Context) -> Reply:
    if ctx.client.protocol < 3:
        raise CommandError(errors.NOT_IN_RESP2)
    ctx.engine.clients.answer(ctx.client, Push([b"server-cpu-usage", 42]))
    return b"Some real reply following the push reply"


def _quicklist_packed_threshold(ctx: Context, size: bytes) -> Reply:
    """Check a size, and change nothing: every node of a list is packed here."""
    threshold = parse_memory(size.partition(b"\0")[0])
    if threshold is None or threshold > _PACKED_MOST:
        raise CommandError(errors.PACKED_THRESHOLD)
    return OK


def _set_active_expire(ctx: Context, setting: bytes) -> Reply:
    """Remove keys when their time is over (1), or only when somebody looks at them (0)."""
    ctx.engine.active_expire = bool(_NOT_ZERO.match(setting))
    # What is overdue by now has to wake somebody.
    ctx.engine.keyspace.deadline_changed = True
    return OK


def _sleep(ctx: Context, seconds: bytes) -> Reply:
    """Run no command of anybody for so long; decimals allowed."""
    number = _NUMBER.match(seconds)
    duration = float(number[1]) if number else 0.0
    if not 0 < duration < math.inf:
        return OK
    is_in_transaction = ctx.client.unusual & Unusual.IMPATIENT
    if not is_in_transaction:
        # First in the order of timers: as in Redis, what the sleeper sent after this runs before what others sent.
        wait(ctx, duration, OK)
    ctx.engine.gate.close(ctx.engine.clock.monotonic + duration, reason=Reason.SLEEP)
    return OK if is_in_transaction else NO_REPLY


def _stringmatch_len(ctx: Context, pattern: bytes, text: bytes) -> Reply:
    """Tell whether a text matches a pattern of KEYS."""
    return int(matches(pattern, text))


def _not_negative(text: bytes) -> int:
    number = parse_integer(text)
    if number is None or number < 0:
        raise CommandError(errors.NOT_POSITIVE)
    return number


_SAMPLES: Final[dict[bytes, Callable[[Context], Reply]]] = {
    b"string": lambda ctx: b"Hello World",
    b"integer": lambda ctx: 12345,
    b"double": lambda ctx: 3.141,
    b"bignum": lambda ctx: BigNumber(1234567999999999999999999999999999999),
    b"null": lambda ctx: None,
    b"array": lambda ctx: [0, 1, 2],
    b"set": lambda ctx: SetReply([0, 1, 2]),
    b"map": lambda ctx: {0: False, 1: True, 2: False},
    b"attrib": lambda ctx: Attributed(
        {b"key-popularity": [b"key:123", 90]}, b"Some real reply following the attribute"
    ),
    b"push": _pushed,
    b"verbatim": lambda ctx: Verbatim(b"This is a verbatim\nstring"),
    b"true": lambda ctx: True,
    b"false": lambda ctx: False,
}


@frozen
class _Tool:
    """A subcommand of DEBUG."""

    run: Callable[..., Reply]
    least: int
    """Arguments it takes at least."""
    most: int
    usage: tuple[bytes, ...] = ()


_TOOLS: Final = {
    b"DIGEST": _Tool(_digest, 0, 0),
    b"DIGEST-VALUE": _Tool(_digest_value, 0, _MANY, (b"[<key> ...]",)),
    b"ERROR": _Tool(_error, 1, 1, (b"<string>",)),
    b"OBJECT": _Tool(_object, 1, 1, (b"<key>",)),
    b"POPULATE": _Tool(_populate, 1, 3, (b"<count>", b"[<prefix>]", b"[<size>]")),
    b"PROTOCOL": _Tool(_protocol, 1, 1, (b"|".join(_SAMPLES),)),
    b"QUICKLIST-PACKED-THRESHOLD": _Tool(_quicklist_packed_threshold, 1, 1, (b"<size>",)),
    b"SET-ACTIVE-EXPIRE": _Tool(_set_active_expire, 1, 1, (b"<0|1>",)),
    b"SLEEP": _Tool(_sleep, 1, 1, (b"<seconds>",)),
    b"STRINGMATCH-LEN": _Tool(_stringmatch_len, 2, 2, (b"<pattern>", b"<string>")),
    b"HELP": _Tool(_help, 0, 0),
}
