"""Statistics: folded late, and true all the same."""

from collections import Counter

import pytest

from trioredis.engine.rates import Rates
from trioredis.engine.stats import CommandStats, Stats


def folded(*samples: int) -> CommandStats:
    stats = CommandStats()
    stats.samples += samples
    stats.fold()
    return stats


def test_folding_adds_samples_up() -> None:
    stats = folded(1, 2, 2)
    stats.samples.append(5)
    stats.fold()
    assert (4, 10, Counter({2: 2, 1: 1, 5: 1})) == (stats.calls, stats.ticks, stats.histogram)
    assert [] == stats.samples
    assert 10 * 1024e-9 == pytest.approx(stats.seconds)


def test_a_histogram_of_many_durations_is_rounded_by_less_than_one_percent() -> None:
    durations = range(0, 1_000_000, 100)
    stats = folded(*durations)
    assert len(durations) == stats.histogram.total()
    assert len(stats.histogram) < 4096
    (median,) = stats.percentiles([50])
    assert 500_000 * 1.024 == pytest.approx(median, rel=0.01)


@pytest.mark.parametrize(
    ("percent", "ticks"), [(0, 1), (1, 1), (50, 1), (51, 2), (90, 2), (99, 2), (99.6, 100), (100, 100)]
)
def test_a_percentile_is_the_duration_within_which_so_many_calls_ended(percent: float, ticks: int) -> None:
    stats = folded(*[1] * 50, *[2] * 49, 100)
    assert [ticks * 1.024] == stats.percentiles([percent])


def test_a_distribution_leaves_out_bounds_that_add_nothing() -> None:
    assert {1: 1, 8: 3, 132: 4} == folded(0, 4, 7, 100).distribution()


def test_reset_counts_anew() -> None:
    stats = folded(1, 2)
    stats.samples.append(3)
    stats.failed = stats.rejected = 1
    stats.reset()
    stats.fold()
    assert (0, 0, 0, 0, 0) == (stats.calls, stats.ticks, stats.failed, stats.rejected, len(stats.histogram))


def test_reset_keeps_the_number_of_changes_and_nothing_else() -> None:
    stats = Stats(dirty=7, connections=3, internal_errors=1)
    stats.count_error(b"ERR no")
    stats.reset()
    assert (7, 0, 0, 0) == (stats.dirty, stats.connections, stats.internal_errors, stats.error_replies)
    assert {} == stats.errors


def test_errors_are_counted_by_their_code() -> None:
    stats = Stats()
    for text in (b"ERR one", b"ERR two", b"NOAUTH three", b"four"):
        stats.count_error(text)
    assert (4, {b"ERR": 3, b"NOAUTH": 1}) == (stats.error_replies, stats.errors)


def test_a_rate_is_the_growth_since_the_look_before() -> None:
    rates = Rates()
    assert {b"ops": 0} == rates.look(100.0, {b"ops": 50})
    assert {b"ops": 10} == rates.look(102.0, {b"ops": 70})
    assert {b"ops": 5} == rates.look(103.0, {b"ops": 75})


def test_looks_at_nearly_the_same_time_see_the_same() -> None:
    rates = Rates()
    rates.look(100.0, {b"ops": 0})
    assert {b"ops": 10} == rates.look(101.0, {b"ops": 10})
    assert {b"ops": 10} == rates.look(101.05, {b"ops": 99})
    assert {b"ops": 90} == rates.look(102.0, {b"ops": 100})
