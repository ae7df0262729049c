"""Unions, intersections and differences of sorted sets and sets; a member of a set has the score 1.

Scores are weighted and added up, or the lowest or highest of them counts, in the order in which Redis takes the inputs:
from the smallest to the largest, those of the same size as they are given. What is no number on the way, such as the sum
of both infinities, counts as 0.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, Final

from attrs import frozen

from trioredis.datatypes.sets import is_set
from trioredis.datatypes.sorted_sets import Item, opened

Aggregate = Callable[[float, float], float]


def add(total: float, score: float) -> float:
    """Return the sum."""
    return _or_zero(total + score)


def lower(total: float, score: float) -> float:
    """Return the lower score."""
    return score if score < total else total


def higher(total: float, score: float) -> float:
    """Return the higher score."""
    return score if score > total else total


def _or_zero(score: float) -> float:
    return 0.0 if score != score else score


@frozen
class Input:
    """One of the sorted sets or sets."""

    size: int
    pairs: Callable[[], Iterable[Item]]
    score: Callable[[bytes], float | None]
    weight: float = 1.0


_OF_A_MEMBER: Final = 1.0


def input_of(value: Any) -> Input:
    """Return what is under a key as an input, or an empty one for None; raise WRONGTYPE if it cannot be one."""
    if value is None:
        return Input(0, tuple, lambda member: None)
    if is_set(value):
        return Input(
            value.size(),
            lambda: ((member, _OF_A_MEMBER) for member in value.members()),
            lambda member: _OF_A_MEMBER if value.has(member) else None,
        )
    scores = opened(value).by_member()
    return Input(len(scores), scores.items, scores.get)


def union(inputs: Sequence[Input], aggregate: Aggregate) -> dict[bytes, float]:
    """Return the members of any input with their scores."""
    first, *others = sorted(inputs, key=attrgetter("size"))
    scores = {member: _or_zero(score * first.weight) for member, score in first.pairs()}
    for each in others:
        for member, score in each.pairs():
            weighted, total = _or_zero(score * each.weight), scores.get(member)
            scores[member] = weighted if total is None else aggregate(total, weighted)
    return scores


def intersection(inputs: Sequence[Input], aggregate: Aggregate = add) -> Iterator[Item]:
    """Yield the members that are in all inputs with their scores."""
    first, *others = sorted(inputs, key=attrgetter("size"))
    for member, score in first.pairs():
        total = _or_zero(score * first.weight)
        for other in others:
            found = other.score(member)
            if found is None:
                break
            total = aggregate(total, found * other.weight)
        else:
            yield member, total


def difference(inputs: Sequence[Input]) -> dict[bytes, float]:
    """Return the members of the first input that are in no other, with their scores."""
    first, *others = inputs
    rest = dict(first.pairs())
    for other in others:
        if other.size < len(rest):
            for member, _ in other.pairs():
                rest.pop(member, None)
        else:
            rest = {member: score for member, score in rest.items() if other.score(member) is None}
    return rest
