"""A nursery of which one exception comes out as it is, and several as a group."""

import pytest
import trio

from trioredis.server.nurseries import open_bare_nursery


async def fail(error: BaseException) -> None:
    raise error


async def outcome(*errors: Exception) -> BaseException | None:
    """What comes out of a nursery whose tasks fail with these errors."""
    try:
        async with open_bare_nursery() as nursery:
            for error in errors:
                nursery.start_soon(fail, error)
    except Exception as error:
        return error
    return None


async def test_the_exception_of_a_task_comes_out_bare() -> None:
    error = KeyError()
    assert error is await outcome(error)
    assert None is error.__context__


async def test_what_led_to_an_exception_stays_with_it() -> None:
    error, cause = KeyError(), ValueError()
    error.__context__ = cause
    assert error is await outcome(error)
    assert cause is error.__context__


@pytest.mark.parametrize("kind", [trio.BrokenResourceError, trio.ClosedResourceError, trio.EndOfChannel])
async def test_a_channel_found_closed_is_a_consequence_of_something_else(kind: type[Exception]) -> None:
    error, consequence = KeyError(), kind()
    assert error is await outcome(consequence, error)
    assert consequence is await outcome(consequence)


async def test_several_causes_stay_together() -> None:
    group = await outcome(KeyError(), ValueError(), trio.BrokenResourceError())
    assert isinstance(group, ExceptionGroup)
    assert {KeyError, ValueError} == {*map(type, group.exceptions)}


async def test_cancellation_passes_through() -> None:
    with trio.CancelScope() as scope:
        async with open_bare_nursery() as nursery:
            nursery.start_soon(trio.sleep_forever)
            scope.cancel()
    assert scope.cancelled_caught


async def test_a_nursery_in_which_nothing_fails_ends_quietly() -> None:
    async with open_bare_nursery() as nursery:
        nursery.start_soon(trio.lowlevel.checkpoint)
