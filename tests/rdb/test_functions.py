"""Libraries in a snapshot: FUNCTION DUMP of a real Redis is what we write, and what we write it restores."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import Wire
from scripting.function_corpus import NOT_RESTORED
from trioredis.errors import CommandError
from trioredis.rdb.functions import dump_libraries, dumped_libraries
from trioredis.rdb.payload import seal
from trioredis.rdb.writer import encode_string


def source(name: str, lines: int = 0) -> bytes:
    code = f"#!lua name={name}\nredis.register_function('{name}_f', function() return 1 end)\n"
    return code.encode() + b"-- a line that is said again and again\n" * lines


@pytest.mark.parametrize("lines", [0, 1, 10, 1000])
@pytest.mark.parametrize("compressing", [True, False])
def test_a_library_is_dumped_as_redis_dumps_it(library_wire: Wire, lines: int, compressing: bool) -> None:
    library_wire.command("CONFIG", "SET", "rdbcompression", "yes" if compressing else "no")
    library_wire.command("FUNCTION", "LOAD", source("one", lines))
    theirs = library_wire.ask("FUNCTION", "DUMP")
    library_wire.command("CONFIG", "SET", "rdbcompression", "yes")
    assert theirs == dump_libraries([source("one", lines)], compressing)


def test_no_library_at_all_is_dumped_as_redis_dumps_it(library_wire: Wire) -> None:
    assert library_wire.ask("FUNCTION", "DUMP") == dump_libraries([])


def test_redis_restores_what_we_dump(library_wire: Wire) -> None:
    sources = [source("one"), source("two", 100), source("three", 1)]
    assert b"OK" == library_wire.ask("FUNCTION", "RESTORE", dump_libraries(sources))
    payload = library_wire.ask("FUNCTION", "DUMP")
    assert isinstance(payload, bytes)
    assert sorted(sources) == sorted(dumped_libraries(payload))


def first_of(payload: bytes) -> bytes:
    """The first library in a payload, or the error that it gives."""
    try:
        return next(dumped_libraries(payload))
    except CommandError as error:
        return error.text


@pytest.mark.parametrize("body", NOT_RESTORED)
def test_what_redis_does_not_restore_is_refused_in_its_words(library_wire: Wire, body: bytes) -> None:
    theirs, ours = library_wire.ask("FUNCTION", "RESTORE", seal(body)), first_of(seal(body))
    # What has come to light by then is no library either.
    assert theirs == (ours if ours.startswith(b"ERR ") else b"ERR Missing library metadata")


@given(st.lists(st.binary(max_size=30)), st.binary(max_size=30))
def test_any_payload_holds_libraries_or_is_refused(libraries: list[bytes], rest: bytes) -> None:
    body = b"".join(b"\xf5" + encode_string(each) for each in libraries) + rest
    found: list[bytes] = []
    try:
        found.extend(dumped_libraries(seal(body)))
    except CommandError:
        assert rest
    assert libraries == found[: len(libraries)]


def test_a_format_that_no_release_ever_had_is_not_restored() -> None:
    # Redis 7.0 still reads what its own release candidates wrote; 7.2 does not.
    with pytest.raises(CommandError, match="given type is not a function"):
        [*dumped_libraries(seal(b"\xf6\x01a"))]
