"""Unions, intersections and differences of sorted sets (Redis documentation: Sorted sets).

Every command here takes sets as well. What is computed is the business of `trioredis.datatypes.sorted_set_algebra`.
"""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Final

from attrs import define, evolve, field

from trioredis import errors
from trioredis.commands.sorted_sets import store, with_scores
from trioredis.datatypes.sorted_set_algebra import (
    Aggregate,
    Input,
    add,
    difference,
    higher,
    input_of,
    intersection,
    lower,
    union,
)
from trioredis.datatypes.sorted_sets import Item
from trioredis.engine.arguments import to_integer, to_integer_between
from trioredis.engine.command import DENYOOM, READONLY, WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.numerals import INT64_MAX, parse_float
from trioredis.protocol.replies import Reply

_command = partial(command, group="sorted-set")
_reading = partial(_command, arity=-3, flags=READONLY, keys=KeySpec(1, numkeys=True, flags="RO ACCESS"))
_storing = partial(
    _command,
    arity=-4,
    flags=WRITE | DENYOOM,
    keys=(KeySpec(1, flags="OW UPDATE"), KeySpec(2, numkeys=True, flags="RO ACCESS")),
)
_WEIGHTED: Final = "[WEIGHTS weight:integer...] [AGGREGATE aggregate=(SUM | MIN | MAX)]"
_OF_UNION: Final = "O(N + M log M) for N members in all keys together and M in the result"
_OF_INTERSECTION: Final = "O(N K + M log M) for K keys, N members in the smallest of them and M in the result"
_OF_DIFFERENCE: Final = "O(L + N log N) for L members in all keys together and N in the first"

_WEIGHTS: Final = b"WEIGHTS"
_AGGREGATE: Final = b"AGGREGATE"
_WITHSCORES: Final = b"WITHSCORES"
_LIMIT: Final = b"LIMIT"
_AGGREGATES: Final = {b"SUM": add, b"MIN": lower, b"MAX": higher}


@define
class _Operands:
    """The keys of a command, what is there, and the options behind them."""

    inputs: list[Input]
    aggregate: Aggregate = field(default=add, init=False)
    with_scores: bool = field(default=False, init=False)
    limit: int = field(default=0, init=False)

    def read(self, words: Sequence[bytes], options: Collection[bytes]) -> None:
        """Read those of the options that a command has."""
        rest = deque(words)
        while rest:
            name = rest.popleft().upper()
            if name not in options:
                raise CommandError(errors.SYNTAX)
            match name:
                case b"WEIGHTS" if len(rest) >= len(self.inputs):
                    weights = [_to_weight(rest.popleft()) for _ in self.inputs]
                    pairs = zip(self.inputs, weights, strict=True)
                    self.inputs = [evolve(each, weight=weight) for each, weight in pairs]
                case b"AGGREGATE" if rest and rest[0].upper() in _AGGREGATES:
                    self.aggregate = _AGGREGATES[rest.popleft().upper()]
                case b"WITHSCORES":
                    self.with_scores = True
                case b"LIMIT" if rest:
                    self.limit = to_integer_between(rest.popleft(), 0, INT64_MAX, errors.LIMIT_NEGATIVE)
                case _:
                    raise CommandError(errors.SYNTAX)


def _to_weight(text: bytes) -> float:
    weight = parse_float(text)
    if weight is None:
        raise CommandError(errors.WEIGHT_NOT_A_FLOAT)
    return weight


def _operands(
    ctx: Context, name: bytes, numkeys: bytes, words: Sequence[bytes], options: Collection[bytes]
) -> _Operands:
    """Read what follows a command's name, or the key where it stores; the keys are looked at before the options."""
    size = to_integer(numkeys)
    if size < 1:
        raise CommandError(errors.no_input_keys(name))
    if size > len(words):
        raise CommandError(errors.SYNTAX)
    operands = _Operands([input_of(ctx.db.read(key)) for key in words[:size]])
    operands.read(words[size:], options)
    return operands


def _shown(ctx: Context, operands: _Operands, scores: dict[bytes, float]) -> Reply:
    """Return the reply that shows a result in order."""
    ordered = sorted((score, member) for member, score in scores.items())
    if operands.with_scores:
        return with_scores(ctx, [(member, score) for score, member in ordered])
    return [member for _, member in ordered]


def _intersection(operands: _Operands) -> dict[bytes, float]:
    return dict(intersection(operands.inputs, operands.aggregate))


_TO_SHOW: Final = frozenset({_WEIGHTS, _AGGREGATE, _WITHSCORES})
_TO_STORE: Final = frozenset({_WEIGHTS, _AGGREGATE})
_SCORES_ONLY: Final = frozenset({_WITHSCORES})
_LIMIT_ONLY: Final = frozenset({_LIMIT})
_NONE: Final = frozenset[bytes]()


@_reading(
    "ZUNION", since="6.2.0", complexity=_OF_UNION, args=f"numkeys:integer key... {_WEIGHTED} [WITHSCORES]"
)
def zunion(ctx: Context, numkeys: bytes, *words: bytes) -> Reply:
    """Return the members of any of several sorted sets."""
    operands = _operands(ctx, b"zunion", numkeys, words, _TO_SHOW)
    return _shown(ctx, operands, union(operands.inputs, operands.aggregate))


@_reading(
    "ZINTER",
    since="6.2.0",
    complexity=_OF_INTERSECTION,
    args=f"numkeys:integer key... {_WEIGHTED} [WITHSCORES]",
)
def zinter(ctx: Context, numkeys: bytes, *words: bytes) -> Reply:
    """Return the members that are in all of several sorted sets."""
    operands = _operands(ctx, b"zinter", numkeys, words, _TO_SHOW)
    return _shown(ctx, operands, _intersection(operands))


@_reading("ZDIFF", since="6.2.0", complexity=_OF_DIFFERENCE, args="numkeys:integer key... [WITHSCORES]")
def zdiff(ctx: Context, numkeys: bytes, *words: bytes) -> Reply:
    """Return the members of the first sorted set that are in none of the others."""
    operands = _operands(ctx, b"zdiff", numkeys, words, _SCORES_ONLY)
    return _shown(ctx, operands, difference(operands.inputs))


@_reading(
    "ZINTERCARD",
    since="7.0.0",
    complexity="O(N K) for K keys and N members in the smallest of them",
    args="numkeys:integer key... [LIMIT limit:integer]",
)
def zintercard(ctx: Context, numkeys: bytes, *words: bytes) -> Reply:
    """Count the members that are in all of several sorted sets, up to a limit."""
    operands = _operands(ctx, b"zintercard", numkeys, words, _LIMIT_ONLY)
    found: Iterator[Item] = intersection(operands.inputs)
    return sum(1 for _ in islice(found, operands.limit or None))


@_storing(
    "ZUNIONSTORE",
    since="2.0.0",
    complexity=_OF_UNION,
    args=f"destination:key numkeys:integer key... {_WEIGHTED}",
)
def zunionstore(ctx: Context, destination: bytes, numkeys: bytes, *words: bytes) -> Reply:
    """Store the members of any of several sorted sets at another key."""
    operands = _operands(ctx, b"zunionstore", numkeys, words, _TO_STORE)
    return store(ctx, destination, union(operands.inputs, operands.aggregate).items(), b"zunionstore")


@_storing(
    "ZINTERSTORE",
    since="2.0.0",
    complexity=_OF_INTERSECTION,
    args=f"destination:key numkeys:integer key... {_WEIGHTED}",
)
def zinterstore(ctx: Context, destination: bytes, numkeys: bytes, *words: bytes) -> Reply:
    """Store the members that are in all of several sorted sets at another key."""
    operands = _operands(ctx, b"zinterstore", numkeys, words, _TO_STORE)
    return store(ctx, destination, _intersection(operands).items(), b"zinterstore")


@_storing(
    "ZDIFFSTORE", since="6.2.0", complexity=_OF_DIFFERENCE, args="destination:key numkeys:integer key..."
)
def zdiffstore(ctx: Context, destination: bytes, numkeys: bytes, *words: bytes) -> Reply:
    """Store the members of the first sorted set that are in none of the others at another key."""
    operands = _operands(ctx, b"zdiffstore", numkeys, words, _NONE)
    return store(ctx, destination, difference(operands.inputs).items(), b"zdiffstore")
