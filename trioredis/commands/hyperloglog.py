"""HyperLogLog commands (Redis documentation: HyperLogLog).

A sketch is a string; what is in it is the business of `trioredis.datatypes.hyperloglog`.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from trioredis import errors
from trioredis.datatypes import hyperloglog
from trioredis.datatypes.hyperloglog_self_test import self_test
from trioredis.datatypes.strings import growing
from trioredis.engine.command import ADMIN, DENYOOM, FAST, MAY_REPLICATE, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.protocol.replies import OK, Reply, Simple

_command = partial(command, group="hyperloglog")


def _sketch(ctx: Context, key: bytes, value: Any) -> bytearray:
    """Return what was found at a key as a sketch that is changed in place, an empty one where there was nothing."""
    sketch = hyperloglog.new_sketch() if value is None else growing(hyperloglog.require_sketch(value))
    if sketch is not value:
        ctx.db.replace(key, sketch)
    return sketch


def _limit(ctx: Context) -> int:
    limit: int = ctx.engine.config[b"hll-sparse-max-bytes"]
    return limit


@_command(
    "PFADD",
    arity=-2,
    flags=WRITE | DENYOOM | FAST,
    keys=KeySpec(1, flags="RW INSERT"),
    since="2.8.9",
    complexity="O(1) to add every element.",
    args="key [element...]",
)
def pfadd(ctx: Context, key: bytes, *elements: bytes) -> Reply:
    """Add elements to a HyperLogLog, and say whether its estimate may have changed."""
    value = ctx.db.find(key)
    sketch = _sketch(ctx, key, value)
    changed = hyperloglog.add(sketch, elements, _limit(ctx)) or value is None
    if changed:
        hyperloglog.forget_estimate(sketch)
        ctx.touch(key, b"pfadd")
    return int(changed)


@_command(
    "PFCOUNT",
    arity=-2,
    flags=READONLY | MAY_REPLICATE,
    keys=KeySpec(1, last=-1, flags="RW ACCESS", notes="RW since the estimate is kept in the value"),
    since="2.8.9",
    complexity="O(1) for one key, whose estimate is kept; O(N) for N keys, and some hundred times as long for each",
    args="key...",
)
def pfcount(ctx: Context, *keys: bytes) -> Reply:
    """Estimate how many different elements were added to HyperLogLogs."""
    if len(keys) > 1:
        return hyperloglog.estimate(_union(ctx, keys)[0])
    value = ctx.db.read(keys[0])
    if value is None:
        return 0
    sketch = _sketch(ctx, keys[0], value)
    estimate = hyperloglog.known_estimate(sketch)
    if estimate is None:
        estimate = hyperloglog.estimate(hyperloglog.registers_of(sketch))
        hyperloglog.keep_estimate(sketch, estimate)
        ctx.touch(keys[0], None)
    return estimate


def _union(ctx: Context, keys: Iterable[bytes]) -> tuple[bytes, bool]:
    """Return the registers of the union of what keys hold, and whether any of that is dense."""
    registers, is_dense = hyperloglog.NO_REGISTERS, False
    for key in keys:
        value = ctx.db.read(key)
        if value is not None:
            sketch = hyperloglog.require_sketch(value)
            registers = hyperloglog.merge(registers, sketch)
            is_dense = is_dense or not hyperloglog.is_sparse(sketch)
    return registers, is_dense


@_command(
    "PFMERGE",
    arity=-2,
    flags=WRITE | DENYOOM,
    keys=(KeySpec(1, flags="RW ACCESS INSERT"), KeySpec(2, last=-1, flags="RO ACCESS")),
    since="2.8.9",
    complexity="O(N) to merge N HyperLogLogs, but with high constant times.",
    args="destkey:key sourcekey:key...",
)
def pfmerge(ctx: Context, destination: bytes, *sources: bytes) -> Reply:
    """Merge HyperLogLogs into one, which then estimates their union."""
    registers, is_dense = _union(ctx, (destination, *sources))
    sketch = _sketch(ctx, destination, ctx.db.find(destination))
    if is_dense and hyperloglog.is_sparse(sketch):
        hyperloglog.make_dense(sketch)
    hyperloglog.raise_registers(sketch, registers, _limit(ctx))
    hyperloglog.forget_estimate(sketch)
    ctx.touch(destination, b"pfadd")
    return OK


# --- for developers


@_command(
    "PFDEBUG",
    arity=3,
    flags=WRITE | DENYOOM | ADMIN,
    keys=KeySpec(2, flags="RW ACCESS"),
    since="2.8.9",
    complexity="N/A",
    args="subcommand key",
    doc_flags="syscmd",
)
def pfdebug(ctx: Context, subcommand: bytes, key: bytes) -> Reply:
    """Look into a HyperLogLog: GETREG, DECODE, ENCODING or TODENSE."""
    value = ctx.db.find(key)
    if value is None:
        raise CommandError(errors.NO_HYPERLOGLOG)
    sketch = _sketch(ctx, key, value)
    tool = _TOOLS.get(subcommand.upper())
    if tool is None:
        raise CommandError(errors.unknown_pfdebug_subcommand(subcommand))
    return tool(ctx, key, sketch)


def _to_dense(ctx: Context, key: bytes, sketch: bytearray) -> int:
    """Make a sketch dense, and say whether it was sparse."""
    if not hyperloglog.is_sparse(sketch):
        return 0
    hyperloglog.make_dense(sketch)
    ctx.note_change()
    return 1


def _get_registers(ctx: Context, key: bytes, sketch: bytearray) -> Reply:
    """Return all registers; as in Redis it makes the sketch dense."""
    _to_dense(ctx, key, sketch)
    return [*hyperloglog.registers_of(sketch)]


def _decode(ctx: Context, key: bytes, sketch: bytearray) -> Reply:
    """Show the opcodes of the sparse encoding."""
    if not hyperloglog.is_sparse(sketch):
        raise CommandError(errors.HYPERLOGLOG_NOT_SPARSE)
    return hyperloglog.shown_opcodes(sketch)


def _encoding(ctx: Context, key: bytes, sketch: bytearray) -> Reply:
    """Tell the encoding."""
    return Simple(b"sparse" if hyperloglog.is_sparse(sketch) else b"dense")


_TOOLS: Final[dict[bytes, Callable[[Context, bytes, bytearray], Reply]]] = {
    b"GETREG": _get_registers,
    b"DECODE": _decode,
    b"ENCODING": _encoding,
    b"TODENSE": _to_dense,
}


@_command(
    "PFSELFTEST",
    arity=1,
    flags=ADMIN,
    since="2.8.9",
    complexity="N/A",
    doc_flags="syscmd",
)
def pfselftest(ctx: Context) -> Reply:
    """Test whether HyperLogLogs work: their registers, both encodings, and how good the estimates are."""
    finding = self_test(ctx.engine.env.random, _limit(ctx))
    if finding:
        raise CommandError(errors.hyperloglog_self_test_failed(finding))
    return OK
