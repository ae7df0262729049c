"""FUNCTION and FCALL, beside a real Redis."""

import weakref
from typing import Any

import pytest

from bare_engine import Session
from oracle import Wire
from scripting.function_corpus import (
    CALLED,
    EXAMPLES,
    LOADED_OR_NOT,
    NOT_RESTORED,
    SHEBANGS,
    Example,
    library,
)
from side_by_side import Both
from trioredis.config.catalogue import find
from trioredis.rdb.payload import seal

pytestmark = pytest.mark.usefixtures("library_wire")


def load(both: Both, code: str, name: str = "mylib", *options: str) -> bytes:
    return both("FUNCTION", "LOAD", *options, library(code, name))


ONE = "redis.register_function('one', function() return 1 end)"


# --- the corpus


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_libraries_do_what_they_do_in_redis(example: Example, both: Both) -> None:
    both.ours.engine.config.assign(find(b"enable-debug-command"), [b"yes"])
    both("FUNCTION", "LOAD", example.source)
    for call in example.calls:
        both(*call)
        both("DEBUG", "DIGEST")
    both("FUNCTION", "DUMP")


def test_functions_answer_what_they_answer_in_redis(both: Both) -> None:
    both.ours.engine.config.assign(find(b"enable-debug-command"), [b"yes"])
    for body in CALLED:
        both("FLUSHALL")
        both("SET", "k", "s")
        load(both, f"redis.register_function('f', function(keys, args) {body} end)", "mylib", "REPLACE")
        both("FCALL", "f", 2, "k", "k2", "v")
        both("DEBUG", "DIGEST")


def test_libraries_are_loaded_or_refused_as_in_redis(both: Both) -> None:
    for source in (*SHEBANGS, *map(library, LOADED_OR_NOT)):
        both("FUNCTION", "LOAD", source)
        both("FUNCTION", "STATS")
        both("FCALL", "f", 0)
        both("FUNCTION", "FLUSH")


# --- FUNCTION


def test_load_takes_nothing_but_replace_before_the_code(both: Both) -> None:
    load(both, ONE)
    load(both, ONE)
    load(both, ONE, "mylib", "replace")
    load(both, ONE, "mylib", "REPLACE", "Replace")
    load(both, ONE, "mylib", "NOPE")
    load(both, ONE, "mylib", "REPLACE", "no\r\npe")
    load(both, ONE, "other", "REPLACE")
    both.transcript(
        "FUNCTION LOAD", "FUNCTION LOAD replace", "FUNCTION LOAD x y", "FUNCTION STATS", "FUNCTION"
    )


def test_list_shows_functions_with_flags_and_description(both: Both) -> None:
    both("FUNCTION", "LIST")
    load(
        both, "redis.register_function{function_name='f', callback=function() end, description='d'}", "First"
    )
    load(
        both,
        "redis.register_function{function_name='g', callback=function() end, flags={'allow-oom', 'no-writes'}}",
        "Second",
    )
    for pattern in ("f*", "FIRST", "first", "sec?nd", "[f]irst", "*t", "nope", "", "\\s*"):
        both("FUNCTION", "LIST", "LIBRARYNAME", pattern)
        both("FUNCTION", "LIST", "withcode", "libraryname", pattern)
        both("FUNCTION", "LIST", "LIBRARYNAME", pattern, "WITHCODE")


def test_list_refuses_what_it_does_not_know(both: Both) -> None:
    both.transcript(
        *(
            "FUNCTION LIST x",
            "FUNCTION LIST LIBRARYNAME",
            "FUNCTION LIST WITHCODE WITHCODE",
            "FUNCTION LIST WITHCODE x",
        ),
        *("FUNCTION LIST LIBRARYNAME a LIBRARYNAME b", "FUNCTION LIST LIBRARYNAME WITHCODE"),
    )
    both("FUNCTION", "LIST", "no\r\npe")


def test_delete_forgets_the_functions_of_one_library(both: Both) -> None:
    load(both, ONE)
    load(both, "redis.register_function('two', function() return 2 end)", "other")
    both.transcript(
        "FUNCTION DELETE nope", "FUNCTION DELETE MYLIB", "FUNCTION DELETE mylib", "FUNCTION DELETE mylib"
    )
    both.transcript("FCALL one 0", "FCALL two 0", "FUNCTION STATS", "FUNCTION DELETE", "FUNCTION DELETE a b")


def test_flush_forgets_everything(both: Both) -> None:
    for mode in ("", " SYNC", " async"):
        load(both, ONE)
        both.transcript(f"FUNCTION FLUSH{mode}", "FUNCTION LIST", "FCALL one 0", "FUNCTION STATS")
    load(both, ONE)
    both.transcript(
        "FUNCTION FLUSH nope", "FUNCTION FLUSH SYNC x", "FUNCTION FLUSH SYNC ASYNC", "FUNCTION STATS"
    )


def test_flushall_leaves_functions_alone(both: Both) -> None:
    load(both, ONE)
    both.transcript("FLUSHALL", "FCALL one 0", "FLUSHDB", "FCALL one 0")


def test_there_is_nothing_to_kill(both: Both) -> None:
    both.transcript("FUNCTION KILL", "FUNCTION KILL x", "FUNCTION STATS", "FUNCTION STATS x")


@pytest.mark.parametrize(
    "policy", [(), ("APPEND",), ("append",), ("REPLACE",), ("FLUSH",), ("nope",), ("FLUSH", "x")]
)
def test_restore_follows_its_policy(policy: tuple[str, ...], both: Both) -> None:
    load(both, ONE)
    payload = dumped(both)
    both("FUNCTION", "RESTORE", payload, *policy)
    load(both, "redis.register_function('two', function() return 2 end)", "other")
    both("FUNCTION", "RESTORE", payload, *policy)
    both("FUNCTION", "STATS")
    both("FUNCTION", "FLUSH")
    both("FUNCTION", "RESTORE", payload, *policy)
    both.transcript("FCALL one 0", "FUNCTION LIST WITHCODE", "FUNCTION FLUSH")
    load(both, "redis.register_function('ONE', function() return 'another' end)", "other")
    both("FUNCTION", "RESTORE", payload, *policy)
    both.transcript("FCALL one 0", "FUNCTION LIST WITHCODE")


def dumped(both: Both) -> bytes:
    """The payload of FUNCTION DUMP, the same here and there."""
    return both("FUNCTION", "DUMP").partition(b"\r\n")[2].removesuffix(b"\r\n")


def body_of(*sources: bytes) -> bytes:
    """Libraries, none of them short, as they stand in a payload."""
    return b"".join(b"\xf5\x80" + len(source).to_bytes(4) + source for source in sources)


def test_restore_loads_all_or_nothing(both: Both) -> None:
    load(both, "local n = 0 redis.register_function('f', function() n = n + 1 return n end)", "first")
    both("FCALL", "f", 0)
    good, clash = library(ONE, "good"), library("redis.register_function('F', function() end)", "clash")
    unfit = [
        clash,
        library("x = 1", "bad"),
        library("", "empty"),
        library("x =", "broken"),
        good,
        b"",
        b"#!lua\n",
    ]
    for policy in ("APPEND", "REPLACE", "FLUSH"):
        for source in unfit:
            if (policy, source) != ("FLUSH", clash):
                both("FUNCTION", "RESTORE", seal(body_of(good, source)), policy)
                both.transcript("FCALL f 0", "FCALL one 0", "FUNCTION STATS")
    both("FUNCTION", "RESTORE", seal(body_of(good, clash)), "FLUSH")
    both.transcript("FCALL f 0", "FCALL one 0", "FUNCTION STATS")


BODIES = [b"", *NOT_RESTORED, b"\xf5\x04#!js"]


def test_restore_refuses_what_is_no_payload(both: Both) -> None:
    load(both, ONE)
    payload = dumped(both)
    for changed in (b"", b"x", payload[:-1], payload[1:], payload + b"x", payload[:-1] + b"\0", *BODIES):
        both("FUNCTION", "RESTORE", changed)
    for body in BODIES:
        for policy in ("APPEND", "FLUSH"):
            both("FUNCTION", "RESTORE", seal(body), policy)
            both("FUNCTION", "STATS")


def test_a_payload_as_large_as_one_likes_is_dumped_as_redis_does(both: Both) -> None:
    load(both, ONE + "\n" + "-- and so on\n" * 2000)
    both("FUNCTION", "DUMP")
    both("CONFIG", "SET", "rdbcompression", "no")
    both("FUNCTION", "DUMP")
    both("CONFIG", "SET", "rdbcompression", "yes")


def test_help_tells_how_to_call_everything(call: Session) -> None:
    told = call("FUNCTION HELP")
    assert b"+LOAD [REPLACE] <function-code>\r\n" in told
    assert b"+LIST [LIBRARYNAME <library-name-pattern>] [WITHCODE]\r\n" in told


# --- FCALL


def test_fcall_reads_its_arguments_in_redis_s_order(both: Both) -> None:
    both.transcript("FCALL", "FCALL f", "FCALL f x", "FCALL f 0")
    load(both, "redis.register_function('f', function(keys, args) return {keys, args} end)")
    both.transcript(
        *(
            "FCALL f x",
            "FCALL f -1",
            "FCALL f 1",
            "FCALL f 1.0",
            "FCALL f 01",
            "FCALL f 99999999999999999999",
        ),
        *("FCALL f 0", "FCALL F 0 a", "FCALL f 1 a", "FCALL f 1 a b c", "FCALL f 3 a b c", "FCALL nope x"),
        *("FCALL_RO f x", "FCALL_RO f 0", "FCALL_RO nope 0", "FCALL_RO f"),
    )
    both("FCALL", "f", 1, b"\x00\xff\r\n", b"", b"x" * 5000)


def test_a_function_that_promises_not_to_write_cannot(both: Both) -> None:
    calls = {
        "reads": "redis.call('GET', keys[1])",
        "writes": "redis.call('SET', keys[1], 'v')",
        "catches": "redis.pcall('SET', keys[1], 'v').err",
        "replicates": "redis.call('PFCOUNT', 'nope')",
    }
    for name, call in calls.items():
        for suffix, flags in (("", ""), ("_ro", "'no-writes'")):
            code = f"function_name='{name}{suffix}', flags={{{flags}}}, callback=function(keys) return {call} end"
            load(both, f"redis.register_function{{{code}}}", name + suffix)
            both.transcript(f"FCALL {name}{suffix} 1 k", f"FCALL_RO {name}{suffix} 1 k", "DEL k")


def test_functions_may_be_called_in_transactions(both: Both) -> None:
    load(
        both,
        "redis.register_function('put', function(keys, args) return redis.call('SET', keys[1], args[1]) end)",
    )
    both.transcript(
        "MULTI",
        "FCALL put 1 k v",
        "GET k",
        "FCALL put 1",
        "FCALL nope 0",
        "FCALL_RO put 1 k",
        "EXEC",
        "GET k",
    )
    both.transcript("WATCH k", "FCALL put 1 k w", "MULTI", "GET k", "EXEC")
    both.transcript("MULTI", "FUNCTION DELETE mylib", "FCALL put 1 k v", "FUNCTION STATS", "EXEC")
    both.transcript("MULTI", "FCALL put", "EXEC")


def test_keys_of_a_call_are_found(both: Both) -> None:
    both.transcript(
        "COMMAND GETKEYS FCALL f 2 a b c", "COMMAND GETKEYS FCALL_RO f 1 a b", "COMMAND GETKEYS FCALL f 0 a"
    )
    both.transcript("COMMAND GETKEYSANDFLAGS FCALL f 1 a", "COMMAND GETKEYSANDFLAGS FCALL_RO f 1 a")


# --- what is counted


def statistics(raw: bytes) -> dict[bytes, list[bytes]]:
    """INFO commandstats, without times."""
    lines = raw.splitlines()
    parts = (line.partition(b":") for line in lines if line.startswith(b"cmdstat_"))
    counts = {name: counted.split(b",") for name, _, counted in parts}
    return {
        name: [each for each in counted if not each.startswith(b"usec")] for name, counted in counts.items()
    }


def errors(raw: bytes) -> list[bytes]:
    return sorted(line for line in raw.splitlines() if line.startswith(b"errorstat_"))


def test_calls_and_failures_are_counted_as_in_redis(both: Both) -> None:
    both("CONFIG", "RESETSTAT")
    load(both, "redis.register_function('f', function(keys, args) return redis.call(unpack(args)) end)")
    both.transcript(
        *(
            "FCALL f 0 SET k v",
            "FCALL f 0 LPUSH k v",
            "FCALL f 0 NOPE",
            "FCALL f 0 GET",
            "FCALL f 0 PING",
            "FCALL nope 0",
        ),
        *("FCALL_RO f 0 GET k", "FUNCTION DELETE nope", "FCALL f x"),
    )
    for section, told in (("commandstats", statistics), ("errorstats", errors)):
        theirs, ours = (told(side("INFO", section)) for side in (both.theirs.command, both.ours))  # type: ignore[operator]
        assert theirs == ours


def changes(raw: bytes) -> int:
    [line] = [line for line in raw.splitlines() if line.startswith(b"rdb_changes_since_last_save")]
    return int(line.partition(b":")[2])


CHANGING: list[Any] = [
    ("FUNCTION", "LOAD", library(ONE)),
    ("FUNCTION", "LOAD", library(ONE)),
    ("FUNCTION", "LOAD", "REPLACE", library(ONE)),
    ("FUNCTION", "DELETE", "nope"),
    ("FUNCTION", "RESTORE", seal(b"")),
    ("FUNCTION", "RESTORE", b"x"),
    ("FUNCTION", "DELETE", "mylib"),
    ("FUNCTION", "FLUSH"),
    ("FUNCTION", "LIST"),
]


def test_changes_of_libraries_count_as_changes(both: Both) -> None:
    for line in CHANGING:
        before = [changes(ask("INFO", "persistence")) for ask in (both.theirs.command, both.ours)]
        both(*line)
        after = [changes(ask("INFO", "persistence")) for ask in (both.theirs.command, both.ours)]
        theirs, ours = (now - then for now, then in zip(after, before, strict=True))
        assert theirs == ours, line


# --- memory, and what is ours alone


def test_flush_gives_the_memory_of_functions_back(call: Session) -> None:
    code = "local kept = {} redis.register_function('keep', function(_, args) for i = 1, args[1] do kept[i] = {} end end)"
    call("FUNCTION", "LOAD", library(code))
    call("FCALL", "keep", 0, 50_000)
    host = call.engine.functions.host
    assert host is not None
    runtime = weakref.ref(host.runtime)
    assert call.engine.functions.used_memory() > 2_000_000
    call("FUNCTION FLUSH")
    assert 0 == call.engine.functions.used_memory()
    assert runtime() is None


def test_libraries_that_keep_too_much_begin_anew(call: Session) -> None:
    code = """
      local kept, calls = {}, 0
      redis.register_function('count', function() calls = calls + 1 return calls end)
      redis.register_function('keep', function(_, args)
        for i = 1, args[1] do kept[#kept + 1] = ('x'):rep(1000000) .. i end
      end)
    """
    call("FUNCTION", "LOAD", library(code))
    call("FUNCTION", "LOAD", library(ONE, "other"))
    assert [b":1\r\n", b":2\r\n"] == [call("FCALL count 0"), call("FCALL count 0")]
    assert call("FCALL keep 0 1000").startswith(b"-ERR not enough memory")
    assert [b":1\r\n", b":1\r\n"] == [call("FCALL count 0"), call("FCALL one 0")]
    assert call.engine.functions.used_memory() < 5_000_000
    assert call("FCALL keep 0 20") == b"$-1\r\n"


def test_garbage_makes_no_library_forget_anything(call: Session) -> None:
    counting = "local n = 0 redis.register_function('count', function() n = n + 1 return n end)"
    call("FUNCTION", "LOAD", library(counting))
    assert b":1\r\n" == call("FCALL count 0")
    wasteful = "local t = {} for i = 1, 1e9 do t[i] = {} end"
    assert call("FUNCTION", "LOAD", library(wasteful, "other")).startswith(
        b"-ERR Error registering functions: "
    )
    host = call.engine.functions.host
    assert host is not None
    assert host.is_full
    assert b":2\r\n" == call("FCALL count 0")
    assert not host.is_full


@pytest.mark.parametrize("code", ["local x = ('x'):rep(1e9)", "local t = {} for i = 1, 1e9 do t[i] = {} end"])
def test_a_library_that_needs_too_much_is_not_loaded(code: str, call: Session) -> None:
    told = call("FUNCTION", "LOAD", library(f"{ONE} {code}"))
    assert told.startswith(b"-ERR Error registering functions: ERR ")
    assert b"$5\r\nmylib\r\n" == call("FUNCTION", "LOAD", library(ONE))
    assert b":1\r\n" == call("FCALL one 0")


def test_a_library_has_half_a_second_to_load(call: Session, oracle_wire: Wire) -> None:
    endless = library(f"{ONE} while true do end")
    assert oracle_wire.command("FUNCTION", "LOAD", endless) == call("FUNCTION", "LOAD", endless)
    assert b"*0\r\n" == call("FUNCTION LIST")
    assert call("FUNCTION", "LOAD", library(f"{ONE} local x = _VERSION")).startswith(
        b"-ERR Error registering functions: "
    )
    assert b"$5\r\nmylib\r\n" == call("FUNCTION", "LOAD", library(ONE))
    assert b":1\r\n" == call("FCALL one 0")
