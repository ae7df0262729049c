"""Choosing at random: fair, as often as promised, and at a cost that depends on how many are chosen."""

from collections import Counter
from random import Random

import pytest

from trioredis import errors
from trioredis.datatypes import sampling
from trioredis.datatypes.sampling import Names, choose, distinct, repeated
from trioredis.datatypes.table import Table
from trioredis.errors import CommandError

# With 99 degrees of freedom chi-square exceeds this once in 10 000 tries; the seed makes it one try for ever.
LARGEST_CHI_SQUARE = 161.3


class Placed(bytes):
    """A key that is its own hash, so that a table of such keys looks the same in every run."""

    def __hash__(self) -> int:
        return int(self) * 2654435761


def numbered(size: int) -> list[bytes]:
    return [Placed(b"%d" % number) for number in range(size)]


def in_table(size: int) -> Table[bytes]:
    table = Table[bytes]()
    for key in numbered(size):
        table.put(key, b"")
    return table


COLLECTIONS: list[Names] = [numbered(100), dict.fromkeys(numbered(100), b""), in_table(100)]
IDS = ["list", "dict", "table"]


def chi_square(drawn: Counter[bytes]) -> float:
    expected = drawn.total() / 100
    return sum((drawn[key] - expected) ** 2 / expected for key in numbered(100))


@pytest.mark.parametrize("names", COLLECTIONS, ids=IDS)
@pytest.mark.parametrize("count", [1, 10, 33, 34, 80, -1, -10, -200])
def test_every_element_is_chosen_with_the_same_chance(names: Names, count: int) -> None:
    random, drawn = Random(11), Counter[bytes]()
    while drawn.total() < 30_000:
        drawn.update(choose(names, count, random))
    # Without repetition counts vary less than that, never more.
    assert chi_square(drawn) < LARGEST_CHI_SQUARE
    assert {*numbered(100)} == {*drawn}


@pytest.mark.parametrize("names", COLLECTIONS, ids=IDS)
@pytest.mark.parametrize("count", [0, 1, 33, 34, 99, 100, 101, 2**62])
def test_distinct_elements_are_different_and_as_many_as_there_are(names: Names, count: int) -> None:
    chosen = distinct(names, count, Random(1))
    assert min(count, 100) == len(chosen) == len({*chosen})


@pytest.mark.parametrize("names", COLLECTIONS[:2], ids=IDS[:2])
@pytest.mark.parametrize("count", [2, 50, 100, 2**62])
def test_distinct_elements_of_a_list_keep_their_order(names: Names, count: int) -> None:
    chosen = distinct(names, count, Random(2))
    assert sorted(chosen, key=int) == chosen


@pytest.mark.parametrize("names", COLLECTIONS, ids=IDS)
@pytest.mark.parametrize("count", [0, 1, 99, 100, 1000])
def test_repeated_elements_are_as_many_as_asked_for(names: Names, count: int) -> None:
    assert count == len(repeated(names, count, Random(3)))


@pytest.mark.parametrize("names", COLLECTIONS, ids=IDS)
@pytest.mark.parametrize("count", [-sampling.MOST_REPEATED - 1, -(2**40), -(2**63) + 1])
def test_unreasonably_many_are_refused_before_one_is_chosen(names: Names, count: int) -> None:
    with pytest.raises(CommandError) as caught:
        choose(names, count, Random(4))
    assert errors.OUT_OF_RANGE == caught.value.text


class CountedTable(Table[bytes]):
    """A table that counts what is asked of it; to list it is not allowed."""

    asked = 0

    def random_key(self, random: Random) -> bytes | None:
        self.asked += 1
        return super().random_key(random)

    def __iter__(self):  # type: ignore[no-untyped-def]
        raise AssertionError("the whole table is listed")


@pytest.mark.parametrize("count", [1, -1, 10, -10, 1000, -1000, -5000])
def test_a_few_of_many_cost_what_they_are(count: int) -> None:
    table = CountedTable()
    for key in numbered(10_000):
        table.put(key, b"")
    choose(table, count, Random(5))
    assert abs(count) <= table.asked <= 2 * abs(count)
