"""Client-side caching without a wire: what is remembered, for how long, and how much of it."""

import time
from collections.abc import Iterator
from struct import Struct

import pytest

from bare_engine import ManualTime, Session
from commands.sample_calls import SAMPLER
from oracle import replies_in
from trioredis.commands import load
from trioredis.config.settings import Config
from trioredis.engine.command import READONLY, WRITE, Command, command, keys_of
from trioredis.engine.documentation import with_subcommands
from trioredis.engine.engine import Engine
from trioredis.engine.key_specs import KeySpec
from trioredis.engine.lifecycle import release
from trioredis.engine.tracking import remember
from trioredis.protocol.replies import OK

COMMANDS = [each for each in with_subcommands(load()) if each.key_slice is not None]


def stale(*keys: bytes) -> bytes:
    return b">2\r\n$10\r\ninvalidate\r\n*%d\r\n" % len(keys) + b"".join(
        b"$%d\r\n%b\r\n" % (len(key), key) for key in keys
    )


def reading(call: Session, options: str = "") -> Session:
    """One more client, in RESP3, that tracks."""
    reader = call.another()
    reader("HELLO 3")
    assert b"+OK\r\n" == reader(f"CLIENT TRACKING ON {options}")
    return reader


def invalidations(data: bytes) -> Iterator[bytes]:
    """The keys in some messages, each of which has one."""
    for message in replies_in(data):
        if message.startswith(b">2"):
            yield message.split(b"\r\n")[5]


# --- how much is remembered


def test_more_keys_than_the_limit_are_forgotten_and_their_readers_told(call: Session, engine: Engine) -> None:
    call("CONFIG SET tracking-table-max-keys 10")
    reader, other = reading(call), reading(call)
    for number in range(50):
        other.taken()
        told = [*invalidations(reader(f"GET key:{number}"))]
        assert (1 if number >= 10 else 0) == len(told)
        assert min(10, number + 1) == len(engine.tracking.readers) == engine.tracking.items
    assert b"" == other.taken()


def test_a_message_for_want_of_space_stands_behind_the_reply_and_spares_nobody(call: Session) -> None:
    call("CONFIG SET tracking-table-max-keys 1")
    reader = reading(call, "NOLOOP")
    assert b"*2\r\n_\r\n_\r\n" == reader("MGET a a")[:12]
    reply, *messages = replies_in(reader("MGET b c"))
    assert b"*2\r\n_\r\n_\r\n" == reply
    left = call.engine.tracking.readers.random_key(call.engine.env.random)
    assert {b"a", b"b", b"c"} - {left} == {*invalidations(b"".join(messages))}


def test_not_too_much_is_forgotten_at_once(call: Session, engine: Engine) -> None:
    reader = reading(call)
    reader("MGET", *range(1000))
    for line, left in (("CONFIG SET tracking-table-max-keys 10", 700), ("PING", 400), ("PING", 10)):
        # A hundred, two hundred and so on; changing the directive is a round of its own, which goes on with it.
        call(line)
        assert left == len(engine.tracking.readers)
    assert 990 == len({*invalidations(reader.taken())})


def test_without_a_limit_everything_is_remembered(call: Session, engine: Engine) -> None:
    call("CONFIG SET tracking-table-max-keys 0")
    reading(call)("MGET", *range(1000))
    assert 1000 == len(engine.tracking.readers)


def test_a_server_may_start_with_a_limit(call: Session) -> None:
    config = Config()
    config.set([(b"tracking-table-max-keys", b"3")], is_local=True)
    assert 3 == Session.open(call.engine.env, config).engine.tracking.limit


# --- for how long


def test_nobody_listens_and_nothing_is_left_when_all_are_gone_who_tracked(
    call: Session, engine: Engine
) -> None:
    one, two, broadcaster = reading(call), reading(call), reading(call, "BCAST PREFIX a PREFIX b")
    one("MGET a b c")
    two("MGET b c d")
    assert engine.tracking in engine.listeners.present
    for each in (broadcaster, two):
        release(engine, each.client)
    assert {} == engine.tracking.prefixes
    assert (4, 6) == (len(engine.tracking.readers), engine.tracking.items)
    one("CLIENT TRACKING OFF")
    assert (0, engine.tracking) == (len(engine.tracking.trackers), next(iter(engine.listeners.present)))
    release(engine, one.client)
    assert (0, 0) == (len(engine.tracking.readers), engine.tracking.items)
    assert () == engine.listeners.present


def test_the_table_is_freed_little_by_little(call: Session, engine: Engine) -> None:
    reader = reading(call)
    reader("MGET", *range(5000))
    release(engine, reader.client)
    assert 0 == len(engine.tracking.readers)
    steps = 0
    while engine.keyspace.remains:
        engine.keyspace.remains.free_some()
        steps += 1
    assert steps > 4


def test_a_client_that_left_is_told_nothing(call: Session, engine: Engine) -> None:
    gone, there = reading(call), reading(call)
    for each in (gone, there):
        each("GET k")
    release(engine, gone.client)
    call("SET k v")
    assert stale(b"k") == there.taken()
    assert b"" == gone.taken()


def test_who_stops_in_the_midst_of_a_round_hears_nothing_of_it(call: Session, engine: Engine) -> None:
    listener = reading(call, "BCAST")
    listener("MULTI")
    listener("SET a 1")
    listener("CLIENT TRACKING OFF")
    assert b"*2\r\n+OK\r\n+OK\r\n" == listener("EXEC")
    assert not engine.tracking.prefixes


# --- who has what


def test_many_readers_of_a_key_are_few_bytes_in_order(call: Session, engine: Engine) -> None:
    readers = [reading(call) for _ in range(5)]
    for place in (3, 0, 4, 3, 1, 2, 0, 4):
        readers[place]("GET k")
    assert Struct("=5Q").pack(*[each.client.id for each in readers]) == engine.tracking.readers.get(b"k")
    assert 5 == engine.tracking.items
    call("SET k v")
    assert [stale(b"k")] * 5 == [each.taken() for each in readers]
    assert 0 == engine.tracking.items


@pytest.mark.parametrize("each", COMMANDS, ids=lambda each: each.name.decode())
def test_keys_stand_where_the_shortcut_looks_for_them(each: Command) -> None:
    assert each.key_slice is not None
    for line in SAMPLER.sound_calls(each.name, each.args):
        assert [key for key, _ in keys_of(each, line)] == line[each.key_slice]


def test_what_a_script_reads_is_remembered_for_its_caller(call: Session, engine: Engine) -> None:
    keys = KeySpec(2, numkeys=True, flags="RO ACCESS")
    script = command("RUN_RO", arity=-3, flags=READONLY, keys=keys, group="scripting", since="7.0.0")
    engine.commands.add(script(lambda ctx, text, *words: OK))
    caller, inside = reading(call), call.another()
    for line in ("GET a", "SET b x", "LCS c d", "RUN_RO text 1 e"):
        entry = engine.commands.find(line.encode().split())
        remember(engine.tracking, caller.client, entry.command, line.encode().split())
        remember(engine.tracking, inside.client, entry.command, line.encode().split())
    call("MSET a 1 b 2 c 3 d 4 e 5")
    assert stale(b"a") + stale(b"c") + stale(b"d") == caller.taken()


def test_a_command_that_calls_others_is_not_disturbed_by_what_its_client_is_told(
    call: Session, engine: Engine
) -> None:
    outer = command(
        "SET.TWICE", arity=2, flags=WRITE, keys=KeySpec(1, flags="OW"), group="string", since="1.0.0"
    )
    engine.commands.add(outer(lambda ctx, key: [ctx.call("SET", key, "x"), ctx.call("APPEND", key, "y")]))
    receiver, reader = call.another(), call.another()
    receiver("HELLO 3")
    reader(f"CLIENT TRACKING ON REDIRECT {receiver.client.id}")
    reader("GET k")
    assert {stale(b"k"), b"*2\r\n$2\r\nOK\r\n:2\r\n"} == {*replies_in(receiver("SET.TWICE k"))}


def test_a_key_begins_with_few_prefixes_however_many_there_are(call: Session) -> None:
    listener = reading(
        call, "BCAST PREFIX user:1: " + " ".join(f"PREFIX other:{n:05}:" for n in range(30_000))
    )
    took = []
    for _ in range(5):
        began = time.perf_counter()
        call("SET user:1:name x")
        took.append(time.perf_counter() - began)
    assert [stale(b"user:1:name")] * 5 == replies_in(listener.taken())
    assert min(took) < 0.0005


def test_prefixes_longer_than_a_key_are_not_looked_at_when_it_changes(call: Session) -> None:
    def quickest_set() -> float:
        took = []
        for _ in range(20):
            began = time.perf_counter()
            call("SET key x")
            took.append(time.perf_counter() - began)
        return min(took)

    reading(call, "BCAST PREFIX k")
    alone = quickest_set()
    longer = reading(call, "BCAST " + " ".join(f"PREFIX {length:04}{'x' * length}" for length in range(3000)))
    assert quickest_set() < 5 * alone
    longer("CLIENT TRACKING OFF")
    longer("CLIENT TRACKING ON BCAST PREFIX k")
    longer.taken()
    call("SET key x")
    assert stale(b"key") == longer.taken()


def test_very_many_prefixes_are_looked_through_at_once(call: Session) -> None:
    began = time.perf_counter()
    reading(call, "BCAST " + " ".join(f"PREFIX {n:07}" for n in range(30_000)))
    reply = call(
        "CLIENT TRACKING ON BCAST " + " ".join(f"PREFIX {n:07}" for n in range(30_000)) + " PREFIX 002"
    )
    expected = (
        b"-ERR Prefix '0020000' overlaps with another provided prefix '002'. Prefixes for a single client"
    )
    assert expected + b" must not overlap.\r\n" == reply
    assert time.perf_counter() - began < 2


# --- time


def test_readers_are_told_when_the_time_of_a_key_is_over_though_nobody_looks(
    call: Session, engine: Engine, manual_time: ManualTime
) -> None:
    reader, listener = reading(call), reading(call, "BCAST NOLOOP")
    listener("SET k v PX 1000")
    reader("GET k")
    listener.taken()
    manual_time.pass_by(1.001)
    engine.clock.refresh()
    assert 1 == engine.keyspace.expire_due(10)
    call.executor.finish_round()
    assert [stale(b"k")] * 2 == [reader.taken(), listener.taken()]
