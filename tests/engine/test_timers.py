"""Appointments: what runs, in which order, and what is left of those that were cancelled."""

from functools import partial

from trioredis.engine.timers import Timers


def test_the_earliest_comes_first_and_equals_in_the_order_they_were_made() -> None:
    timers, done = Timers(), []
    for when, name in [(3.0, "c"), (1.0, "a"), (2.0, "b"), (1.0, "a again")]:
        timers.at(when, lambda name=name: done.append(name))
    assert 1.0 == timers.earliest
    timers.run_due(2.0)
    assert ["a", "a again", "b"] == done
    assert 3.0 == timers.earliest


def test_nothing_runs_before_its_time_or_twice() -> None:
    timers, done = Timers(), []
    timers.at(1.0, lambda: done.append("late"))
    timers.run_due(0.999)
    assert [] == done
    timers.run_due(1.0)
    timers.run_due(2.0)
    assert ["late"] == done
    assert timers.earliest is None


def test_a_cancelled_one_does_nothing() -> None:
    timers, done = Timers(), []
    timer = timers.at(1.0, lambda: done.append("cancelled"))
    timers.at(2.0, lambda: done.append("kept"))
    timer.cancel()
    timer.cancel()
    assert 2.0 == timers.earliest
    assert 1 == len(timers)
    timers.run_due(3.0)
    assert ["kept"] == done
    timer.cancel()
    assert 0 == len(timers)


def test_an_action_can_make_an_appointment_that_is_due_at_once() -> None:
    timers, done = Timers(), []
    timers.at(1.0, lambda: timers.at(1.0, lambda: done.append("second")))
    timers.run_due(1.0)
    assert ["second"] == done


def test_an_action_can_cancel_what_is_due_with_it() -> None:
    timers, done = Timers(), []
    timers.at(1.0, lambda: second.cancel())
    second = timers.at(1.0, lambda: done.append("second"))
    timers.run_due(1.0)
    assert [] == done


def test_an_appointment_is_noticed() -> None:
    timers = Timers()
    timers.at(1.0, lambda: None)
    assert timers.changed


def test_those_that_are_cancelled_do_not_pile_up() -> None:
    timers, done = Timers(), []
    for number in range(10):
        timers.at(float(number), lambda number=number: done.append(number))
    most = 0
    for _ in range(10_000):
        timers.at(3600.0, lambda: done.append("never")).cancel()
        most = max(most, len(timers._heap))
    assert most < 100
    assert 10 == len(timers)
    timers.run_due(4000.0)
    assert [*range(10)] == done


def test_what_is_due_is_run_in_portions() -> None:
    timers, ran = Timers(), []
    for number in range(5):
        timers.at(1.0, partial(ran.append, number))
    assert 3 == timers.run_due(1.0, 3)
    assert [0, 1, 2] == ran
    assert 2 == timers.run_due(1.0, 3)
    assert [0, 1, 2, 3, 4] == ran
