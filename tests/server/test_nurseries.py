"""A nursery of which one exception comes out as it is, and several as a group."""

import pytest
import trio

from trioredis.server.nurseries import open_bare_nursery


async def fail(error: BaseException) -> None:
    raise error


async def test_the_exception_of_a_task_comes_out_bare() -> None:
    error = KeyError()
    with pytest.raises(KeyError) as failure:
        async with open_bare_nursery() as nursery:
            nursery.start_soon(fail, error)
            await trio.sleep_forever()
    assert error is failure.value
    assert None is failure.value.__context__


async def test_what_led_to_an_exception_stays_with_it() -> None:
    with pytest.raises(KeyError) as failure:
        async with open_bare_nursery():
            try:
                raise ValueError
            except ValueError:
                raise KeyError  # noqa: B904  # the implicit context is the point
    assert ValueError is type(failure.value.__context__)


@pytest.mark.parametrize(
    "consequence", [trio.BrokenResourceError, trio.ClosedResourceError, trio.EndOfChannel]
)
async def test_a_channel_found_closed_is_a_consequence_of_something_else(
    consequence: type[Exception],
) -> None:
    with pytest.raises(KeyError):
        async with open_bare_nursery() as nursery:
            nursery.start_soon(fail, consequence())
            nursery.start_soon(fail, KeyError())
    with pytest.raises(consequence):
        async with open_bare_nursery() as nursery:
            nursery.start_soon(fail, consequence())


async def test_several_causes_stay_together() -> None:
    with pytest.raises(ExceptionGroup) as failure:
        async with open_bare_nursery() as nursery:
            for error in (KeyError(), ValueError(), trio.BrokenResourceError()):
                nursery.start_soon(fail, error)
    assert {KeyError, ValueError} == {*map(type, failure.value.exceptions)}


async def test_cancellation_passes_through() -> None:
    with trio.CancelScope() as scope:
        async with open_bare_nursery() as nursery:
            nursery.start_soon(trio.sleep_forever)
            scope.cancel()
    assert scope.cancelled_caught


async def test_a_nursery_in_which_nothing_fails_ends_quietly() -> None:
    async with open_bare_nursery() as nursery:
        nursery.start_soon(trio.lowlevel.checkpoint)
