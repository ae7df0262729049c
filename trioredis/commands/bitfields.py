"""BITFIELD, integers of any width in a string (Redis documentation: Bitmap)."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from attrs import define

from trioredis import errors
from trioredis.commands.bitmaps import growing_text, read_text
from trioredis.datatypes.bitfields import ENCODINGS, Encoding, Overflow
from trioredis.engine.arguments import to_bit_offset, to_integer
from trioredis.engine.command import DENYOOM, FAST, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec, parse_key_flags
from trioredis.errors import CommandError
from trioredis.protocol.replies import Reply

_command = partial(command, group="bitmap")

_WORDS: Final = {b"GET": 2, b"SET": 3, b"INCRBY": 3, b"OVERFLOW": 1}
"""The subcommands, and how many words follow each."""

_READ: Final = parse_key_flags("RO ACCESS")
_CHANGED: Final = parse_key_flags("RW ACCESS UPDATE")


@define
class _Operation:
    """One thing to do, with everything in it checked."""

    name: bytes
    encoding: Encoding
    offset: int
    number: int = 0
    overflow: Overflow = Overflow.WRAP


def _subcommands(words: Sequence[bytes]) -> Iterable[tuple[bytes, Sequence[bytes]]]:
    """Yield each subcommand with its arguments; raise a syntax error at what is none."""
    place = 0
    while place < len(words):
        name = words[place].upper()
        arguments = words[place + 1 : place + 1 + _WORDS.get(name, 0)]
        if not arguments or len(arguments) < _WORDS[name]:
            raise CommandError(errors.SYNTAX)
        yield name, arguments
        place += 1 + len(arguments)


def _operations(words: Sequence[bytes], limit: int) -> list[_Operation]:
    """Return what there is to do; `limit` is the largest size of a string in bytes."""
    operations, overflow = [], Overflow.WRAP
    for name, arguments in _subcommands(words):
        if name == b"OVERFLOW":
            overflow = _to_overflow(arguments[0])
            continue
        encoding = _to_encoding(arguments[0])
        operation = _Operation(name, encoding, to_bit_offset(arguments[1], limit, width=encoding.bits))
        if name != b"GET":
            operation.number, operation.overflow = to_integer(arguments[2]), overflow
        operations.append(operation)
    return operations


def _to_overflow(word: bytes) -> Overflow:
    try:
        return Overflow(word.upper())
    except ValueError:
        raise CommandError(errors.BITFIELD_OVERFLOW) from None


def _to_encoding(word: bytes) -> Encoding:
    encoding = ENCODINGS.get(word.partition(b"\0")[0])
    if encoding is None:
        raise CommandError(errors.BITFIELD_TYPE)
    return encoding


def bitfield_keys(argv: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """Return the key of a BITFIELD command line, which is only read where every subcommand is a GET."""
    try:
        changes = any(name in (b"SET", b"INCRBY") for name, _ in _subcommands(argv[2:]))
    except CommandError:
        changes = True
    return [(argv[1], _CHANGED if changes else _READ)]


@_command(
    "BITFIELD",
    arity=-2,
    flags=WRITE | DENYOOM,
    keys=KeySpec(
        1, flags="RW ACCESS UPDATE VARIABLE_FLAGS", notes="RW and UPDATE unless there are only `GET`s"
    ),
    find_keys=bitfield_keys,
    since="3.2.0",
    complexity="O(1) for each subcommand specified",
    args=(
        "key [operation=(GET encoding_offset=(encoding offset:integer) | "
        "write=([OVERFLOW wrap_sat_fail=(WRAP | SAT | FAIL)] "
        "write_operation=(SET encoding_offset_value=(encoding offset:integer value:integer) | "
        "INCRBY encoding_offset_increment=(encoding offset:integer increment:integer))))...]"
    ),
)
def bitfield(ctx: Context, key: bytes, *words: bytes) -> Reply:
    """Read, write and count in integers of any width in a string."""
    operations = _operations(words, ctx.engine.config[b"proto-max-bulk-len"])
    written = [each.offset + each.encoding.bits for each in operations if each.name != b"GET"]
    if not written:
        return _read(ctx, key, operations)
    text, has_grown = growing_text(ctx, key, (max(written) + 7) >> 3)
    results = [_run(operation, text) for operation in operations]
    # What grew has changed, too, but as in Redis nobody hears of it when every operation failed.
    if any(is_written and (has_grown or is_new) for _, is_written, is_new in results):
        ctx.touch(key, b"setbit")
    return [reply for reply, _, _ in results]


def _run(operation: _Operation, text: bytearray) -> tuple[int | None, bool, bool]:
    """Do one operation; return its reply, whether it wrote, and whether the number is a new one."""
    encoding, offset = operation.encoding, operation.offset
    old = encoding.read(text, offset)
    if operation.name == b"GET":
        return old, False, False
    is_set = operation.name == b"SET"
    wanted = encoding.of_argument(operation.number) if is_set else old + operation.number
    new = encoding.fit(wanted, operation.overflow)
    if new is None:
        return None, False, False
    encoding.write(text, offset, new)
    return old if is_set else new, True, old != new


@_command(
    "BITFIELD_RO",
    arity=-2,
    flags=READONLY | FAST,
    keys=KeySpec(1, flags="RO ACCESS"),
    since="6.0.0",
    complexity="O(1) for each subcommand specified",
    args="key [GET encoding_offset=(encoding offset:integer)]...",
)
def bitfield_ro(ctx: Context, key: bytes, *words: bytes) -> Reply:
    """Read integers of any width in a string."""
    operations = _operations(words, ctx.engine.config[b"proto-max-bulk-len"])
    if any(each.name != b"GET" for each in operations):
        raise CommandError(errors.BITFIELD_READ_ONLY)
    return _read(ctx, key, operations)


def _read(ctx: Context, key: bytes, operations: Iterable[_Operation]) -> Reply:
    text = read_text(ctx, key)
    return [each.encoding.read(text, each.offset) for each in operations]
