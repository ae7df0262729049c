"""redis-py's methods for functions, here and on a real Redis."""

from collections.abc import Iterator

import pytest

from ecosystem.redis_py import Both, Operation

# The library compares bytes to strings.
pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning")

CODE = """#!lua name=mylib
redis.register_function('put', function(keys, args)
  return redis.call('SET', keys[1], args[1])
end)
redis.register_function{function_name='look', flags={'no-writes'}, description='Look at a key.',
  callback=function(keys) return redis.call('GET', keys[1]) end}
"""
SMALL = "#!lua name=other\nredis.register_function('one', function() return {1, 'two', false} end)"

OPERATIONS: list[Operation] = [
    lambda r: r.function_load(CODE),
    lambda r: r.function_load(CODE),
    lambda r: r.function_load(CODE, replace=True),
    lambda r: r.function_load("#!lua name=bad\nx = 1"),
    lambda r: r.fcall("put", 1, "k", "v"),
    lambda r: r.fcall("look", 1, "k"),
    lambda r: r.fcall_ro("look", 1, "k"),
    lambda r: r.fcall_ro("put", 1, "k", "w"),
    lambda r: r.fcall("put", 1, "k"),
    lambda r: r.fcall("nope", 0),
    lambda r: r.fcall("put", 3, "k"),
    lambda r: r.function_load(SMALL),
    lambda r: r.fcall("one", 0),
    lambda r: r.function_list(library="o*"),
    lambda r: r.function_list(library="O*", withcode=True),
    lambda r: r.function_list(library="nope"),
    lambda r: r.function_stats(),
    lambda r: r.function_delete("mylib"),
    lambda r: r.function_delete("mylib"),
    lambda r: r.function_dump(),
    lambda r: r.function_restore(r.function_dump()),
    lambda r: r.function_restore(r.function_dump(), "REPLACE"),
    lambda r: r.function_restore(r.function_dump(), "FLUSH"),
    lambda r: r.function_restore(r.function_dump(), "NOPE"),
    lambda r: r.function_restore(b"nonsense"),
    lambda r: r.pipeline().fcall("one", 0).function_stats().execute(),
    lambda r: r.function_kill(),
    lambda r: r.function_flush("ASYNC"),
    lambda r: r.function_flush("SYNC"),
    lambda r: r.function_flush("NOPE"),
    lambda r: r.function_list(),
]


@pytest.fixture
def without_functions(both: Both) -> Iterator[None]:
    """Neither side has any, before and after."""
    both.same(lambda r: r.function_flush())
    yield
    both.same(lambda r: r.function_flush())


@pytest.mark.usefixtures("without_functions")
def test_operations_return_the_same(both: Both) -> None:
    for operation in OPERATIONS:
        both.same(operation)


@pytest.mark.usefixtures("without_functions")
def test_libraries_move_from_one_to_the_other(both: Both) -> None:
    for giver, taker in ((both.theirs, both.ours), (both.ours, both.theirs)):
        giver.function_load(CODE, replace=True)
        giver.function_load(SMALL, replace=True)
        taker.function_flush()
        assert taker.function_restore(giver.function_dump())
        assert taker.fcall("put", 1, "k", "moved")
        assert taker.fcall("look", 1, "k") in (b"moved", "moved")
        assert 2 == len(taker.function_list())
