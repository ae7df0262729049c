"""LCS, what two strings have in common (Redis documentation: Strings)."""

from collections.abc import Sequence
from typing import Final

from trioredis import errors
from trioredis.datatypes import strings
from trioredis.datatypes.strings import as_bytes, is_string
from trioredis.engine.arguments import Options
from trioredis.engine.command import READONLY, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.protocol.replies import Reply

_OPTIONS: Final = Options("[LEN] [IDX] [MINMATCHLEN int] [WITHMATCHLEN]")


@command(
    "LCS",
    arity=-3,
    flags=READONLY,
    group="string",
    keys=KeySpec(1, last=1, flags="RO ACCESS"),
    since="7.0.0",
    complexity="O(N*M) for strings of lengths N and M",
    args="key1:key key2:key#0 [LEN] [IDX] [MINMATCHLEN len:integer] [WITHMATCHLEN]",
)
def lcs(ctx: Context, key1: bytes, key2: bytes, *options: bytes) -> Reply:
    """Find the longest common subsequence of two strings."""
    values = ctx.db.read(key1), ctx.db.read(key2)
    if not all(value is None or is_string(value) for value in values):
        raise CommandError(errors.LCS_NEEDS_STRINGS)
    wanted = _OPTIONS.read(options)
    if b"IDX" in wanted and b"LEN" in wanted:
        raise CommandError(errors.LCS_LEN_AND_IDX)
    left, right = (b"" if value is None else as_bytes(value) for value in values)
    strings.refuse_large_lcs(left, right, ctx.engine.config[b"proto-max-bulk-len"])
    if b"LEN" in wanted:
        return strings.lcs_length(left, right)
    ranges = strings.lcs_ranges(left, right)
    if b"IDX" in wanted:
        return _indexes(ranges, wanted.get(b"MINMATCHLEN", 0), with_length=b"WITHMATCHLEN" in wanted)
    return b"".join(left[start : start + length] for start, _, length in reversed(ranges))


def _indexes(ranges: Sequence[strings.Range], least: int, *, with_length: bool) -> Reply:
    """Return the reply to IDX: first and last position in either string, without the matches that are too short."""
    matches = [
        [[i, i + length - 1], [j, j + length - 1], *([length] if with_length else [])]
        for i, j, length in ranges
        if length >= least
    ]
    return {b"matches": matches, b"len": sum(length for _, _, length in ranges)}
