"""Following what happens to keys: what a change says, who hears of it, and what is left when nobody follows any more."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
import trio
from attrs import define

import trioredis
from trioredis import Change, Changes, Connection, Server
from trioredis.engine.clients import Unusual
from trioredis.engine.engine import Engine
from trioredis.engine.followers import LONGEST_COPY
from trioredis.keyspace.database import Database
from trioredis.server.changes import MOST_BYTES


@define(eq=False)
class Desk:
    """A server, a client of it, and what is known to follow it."""

    server: Server
    client: Connection

    @property
    def engine(self) -> Engine:
        return self.server._tasks.engine

    async def __call__(self, line: str) -> Any:
        return await self.client.execute(*line.split())

    async def heard(self, changes: Changes, *calls: str | tuple[Any, ...]) -> list[Change]:
        """What is heard of some commands."""
        for call in calls:
            await self.client.execute(*(call.split() if isinstance(call, str) else call))
        return taken(changes)


def taken(changes: Changes) -> list[Change]:
    """What waits to be read."""
    found = list(changes._buffer)
    changes._buffer.clear()
    changes._size = 0
    return found


def told(changes: list[Change]) -> list[tuple[str, bytes | None, Any]]:
    return [(change.event, change.key, change.old) for change in changes]


@pytest.fixture
async def desk(autojump_clock: object) -> AsyncIterator[Desk]:
    commands = trioredis.Commands()

    @commands.command("MY.PUSH", keys=1)
    def push(ctx: trioredis.Context, key: bytes) -> None:
        ctx.call("LPUSH", key, "a")
        ctx.call("SELECT", 1)
        ctx.call("SET", key, "b")
        ctx.touch(key, b"my.push")

    async with trioredis.open_server(port=None, commands=commands) as server, server.client() as client:
        yield Desk(server, client)


@pytest.fixture
async def changes(desk: Desk) -> AsyncIterator[Changes]:
    async with desk.server.changes() as changes:
        yield changes


# --- what a change says


async def test_a_change_says_what_happened_to_which_key_and_which_command_did_it(desk: Desk) -> None:
    async with desk.server.changes("user:*") as changes:
        await desk("SET user:1 Ann EX 100")
        async for change in changes:
            assert ("set", b"user:1", 0) == (change.event, change.key, change.database)
            assert (b"SET", b"user:1", b"Ann", b"EX", b"100") == change.command
            assert (None, b"Ann") == (change.old, change.value())
            break
        assert "expire" == (await anext(changes)).event


STRINGS = [
    ("SET k new", b"old"),
    ("SET k new KEEPTTL", b"old"),
    ("GETSET k new", b"old"),
    ("APPEND k er", b"old"),
    ("SETRANGE k 1 x", b"old"),
    ("SETBIT k 7 0", b"old"),
    ("DEL k", b"old"),
    ("GETDEL k", b"old"),
    ("EXPIRE k -1", b"old"),
    ("LPUSH other a", None),
    ("EXPIRE k 100", None),
]


@pytest.mark.parametrize(("line", "old"), STRINGS)
@pytest.mark.parametrize("before", [["SET k old"], ["SET k ol", "APPEND k d"]], ids=["bytes", "grown"])
async def test_a_string_carries_what_it_was(
    desk: Desk, changes: Changes, line: str, old: bytes | None, before: list[str]
) -> None:
    await desk.heard(changes, *before)
    assert [old] == [change.old for change in await desk.heard(changes, line)]


async def test_a_number_is_text_as_well(desk: Desk, changes: Changes) -> None:
    await desk.heard(changes, "INCR k")
    assert [("incrby", b"k", b"1")] == told(await desk.heard(changes, "INCR k"))


async def test_every_change_of_one_command_to_one_key_carries_the_same(desk: Desk, changes: Changes) -> None:
    await desk.heard(changes, "RPUSH l a", "SET k old")
    assert [("lpop", b"l", [b"a"]), ("del", b"l", [b"a"])] == told(await desk.heard(changes, "LPOP l"))
    heard = await desk.heard(changes, "SET k new PX 1000")
    assert [("set", b"k", b"old"), ("expire", b"k", b"old")] == told(heard)
    heard = await desk.heard(changes, "MSET k 1 k 2")
    assert [("set", b"k", b"new"), ("set", b"k", b"new")] == told(heard)


@pytest.mark.parametrize(
    ("before", "old"),
    [(["DEL k"], None), (["SET k ol", "APPEND k d"], b"old"), (["XADD k 1-1 f v"], None)],
    ids=["nothing", "grown", "large"],
)
async def test_what_a_command_itself_has_made_is_never_old(
    desk: Desk, changes: Changes, before: list[str], old: bytes | None
) -> None:
    await desk.heard(changes, *before)
    assert [("set", b"k", old), ("set", b"k", old)] == told(await desk.heard(changes, "MSET k 1 k 2"))


VANISHING = [
    ("RPUSH k a b", [b"a", b"b"]),
    ("HSET k f v", {b"f": b"v"}),
    ("SADD k a b", {b"a", b"b"}),
    ("SADD k 1 2", {b"1", b"2"}),
    ("ZADD k 2 b 1.5 a", {b"a": 1.5, b"b": 2.0}),
]


@pytest.mark.parametrize(("line", "value"), VANISHING)
@pytest.mark.parametrize("ends", ["DEL k", "SET k v", "RENAME k other", "EXPIRE k 0", "SUNIONSTORE k other"])
async def test_a_collection_that_vanishes_or_is_overwritten_carries_what_it_was(
    desk: Desk, changes: Changes, line: str, value: Any, ends: str
) -> None:
    (made,) = await desk.heard(changes, line)
    assert (None, value) == (made.old, made.value())
    (change, *_) = await desk.heard(changes, ends)
    assert (b"k", value) == (change.key, change.old)


@pytest.mark.parametrize("line", ["RPUSH k c", "LSET k 0 z", "LTRIM k 0 0", "LPOP k"])
async def test_a_collection_that_is_changed_carries_the_command_alone(
    desk: Desk, changes: Changes, line: str
) -> None:
    await desk.heard(changes, "RPUSH k a b")
    (change,) = await desk.heard(changes, line)
    assert (None, tuple(line.encode().split())) == (change.old, change.command)


async def test_a_stream_is_told_as_ids_and_fields(desk: Desk, changes: Changes) -> None:
    (change,) = await desk.heard(changes, "XADD x 1-1 f v")
    assert [(b"1-1", [b"f", b"v"])] == change.value()


@pytest.mark.parametrize("line", ["RPUSH", "SADD", "ZADD", "HSET"])
async def test_nothing_large_is_kept_from_being_freed(desk: Desk, changes: Changes, line: str) -> None:
    words = [b"%d" % number for number in range(2000)]
    await desk.heard(changes, (line, "k", *words))
    (change,) = await desk.heard(changes, "DEL k")
    assert ("del", None) == (change.event, change.old)
    assert 0 == len(desk.engine.keyspace.remains)


async def test_a_long_string_that_grows_in_place_is_not_copied(desk: Desk, changes: Changes) -> None:
    await desk.heard(changes, ("SET", "k", b"x" * (LONGEST_COPY - 2)), "APPEND k x")
    assert [LONGEST_COPY - 1] == [len(change.old) for change in await desk.heard(changes, "APPEND k xx")]
    assert [None] == [change.old for change in await desk.heard(changes, "APPEND k x")]


async def test_the_value_is_what_is_there_when_it_is_asked_for_and_a_copy(
    desk: Desk, changes: Changes
) -> None:
    (change,) = await desk.heard(changes, "RPUSH k a")
    await desk("RPUSH k b")
    value = change.value()
    value.append(b"mine")
    assert [b"a", b"b"] == change.value()
    await desk("DEL k")
    assert None is change.value()


# --- what makes changes


async def test_a_key_that_has_expired_is_told_at_its_deadline_and_no_command_did_it(desk: Desk) -> None:
    async with desk.server.changes() as changes:
        start = trio.current_time()
        await desk("SET k v PX 1500")
        events = [await anext(changes) for _ in range(3)]
        assert 1.5 <= trio.current_time() - start <= 1.6
    expired = events[2]
    assert ("expired", b"k", b"v", None) == (expired.event, expired.key, expired.old, expired.command)
    assert None is expired.value()


async def test_a_key_that_is_over_when_a_command_looks_has_expired_before_it_is_changed(
    desk: Desk, autojump_clock: object
) -> None:
    desk.engine.active_expire = False
    async with desk.server.changes() as changes:
        await desk("SET k v PX 10")
        (change, _) = taken(changes)
        assert b"v" == change.value()
        await trio.sleep(1)
        desk.engine.clock.refresh()
        assert None is change.value()
        heard = await desk.heard(changes, "SET k w")
    assert [("expired", b"k", b"v"), ("set", b"k", None)] == told(heard)
    assert [None, (b"SET", b"k", b"w")] == [each.command for each in heard]


async def test_what_a_transaction_does_is_told_command_by_command(desk: Desk, changes: Changes) -> None:
    heard = await desk.heard(changes, "MULTI", "SET k 1", "INCR k", "DEL k", "EXEC", "SET k 2")
    assert [("set", b"k", None), ("incrby", b"k", b"1"), ("del", b"k", b"2"), ("set", b"k", None)] == told(
        heard
    )
    assert [b"SET", b"INCR", b"DEL", b"SET"] == [change.command[0] for change in heard if change.command]


async def test_what_a_custom_command_does_is_told_as_what_it_calls(desk: Desk, changes: Changes) -> None:
    heard = await desk.heard(changes, "MY.PUSH k")
    assert [
        ("lpush", 0, (b"LPUSH", b"k", b"a")),
        ("set", 1, (b"SET", b"k", b"b")),
        ("my.push", 1, (b"MY.PUSH", b"k")),
    ] == [(change.event, change.database, change.command) for change in heard]


async def test_what_a_script_does_is_told_as_what_it_calls(desk: Desk, changes: Changes) -> None:
    script = "redis.call('SET', KEYS[1], 1) redis.call('MY.PUSH', 'l') return redis.call('INCR', KEYS[1])"
    heard = await desk.heard(changes, ("EVAL", script, 1, "k"))
    assert [
        ("set", 0, None, b"SET"),
        ("lpush", 0, None, b"LPUSH"),
        ("set", 1, None, b"SET"),
        ("my.push", 1, None, b"MY.PUSH"),
        ("incrby", 0, b"1", b"INCR"),
    ] == [(each.event, each.database, each.old, each.command[0]) for each in heard if each.command]


async def test_what_a_waiting_client_takes_is_its_own_doing(desk: Desk, changes: Changes) -> None:
    async with desk.server.client() as waiting, trio.open_nursery() as nursery:
        nursery.start_soon(waiting.execute, "BLPOP", "l", 0)
        await trio.testing.wait_all_tasks_blocked()
        heard = await desk.heard(changes, "RPUSH l a")
    assert [("rpush", b"RPUSH"), ("lpop", b"BLPOP"), ("del", b"BLPOP")] == [
        (change.event, change.command[0].upper()) for change in heard if change.command
    ]


async def test_rename_copy_and_move_tell_of_both_keys(desk: Desk, changes: Changes) -> None:
    await desk.heard(changes, "SET a 1", "SET b 2")
    renamed = await desk.heard(changes, "RENAME a b")
    assert [("rename_from", b"a", b"1"), ("rename_to", b"b", b"2")] == told(renamed)
    copied = await desk.heard(changes, "SET c 3", "COPY b c REPLACE", "COPY b c DB 1")
    assert [("set", b"c", None), ("copy_to", b"c", b"3"), ("copy_to", b"c", None)] == told(copied)
    moved = await desk.heard(changes, "MOVE b 2")
    assert [("move_from", 0, b"1"), ("move_to", 2, None)] == [(e.event, e.database, e.old) for e in moved]
    assert [None, b"1"] == [each.value() for each in moved]


async def test_what_concerns_all_keys_of_a_database_is_one_change_without_a_key(
    desk: Desk, changes: Changes
) -> None:
    await desk.heard(changes, "SET a 1", "SELECT 3", "SET b 2", "SELECT 0")
    swapped = await desk.heard(changes, "SWAPDB 0 3", "SWAPDB 1 1")
    assert [("swapdb", None, 0), ("swapdb", None, 3)] == [(e.event, e.key, e.database) for e in swapped]
    flushed = await desk.heard(changes, "FLUSHDB", "FLUSHDB", "FLUSHALL")
    assert [("flushdb", 0, (b"FLUSHDB",)), ("flushdb", 3, (b"FLUSHALL",))] == [
        (e.event, e.database, e.command) for e in flushed
    ]
    assert [None, None] == [each.value() for each in flushed]


@pytest.mark.parametrize(
    "line", ["GET k", "SET k 1 NX", "DEL missing", "EXPIRE missing 1", "INCR l", "FLUSHDB x"]
)
async def test_what_changes_nothing_makes_no_change(desk: Desk, changes: Changes, line: str) -> None:
    await desk.heard(changes, "SET k v", "LPUSH l a")
    with suppress(trioredis.ReplyError):
        await desk(line)
    assert [] == taken(changes)


# --- who hears of what


async def test_patterns_are_redis_s_and_any_of_them_is_enough(desk: Desk) -> None:
    async with desk.server.changes("user:[ab]*", b"order:?") as changes:
        heard = await desk.heard(changes, "MSET user:a 1 user:c 2 order:1 3 order:12 4 USER:a 5", "FLUSHDB")
    assert [b"user:a", b"order:1", None] == [change.key for change in heard]


async def test_one_may_follow_one_database(desk: Desk) -> None:
    async with desk.server.changes(database=1) as changes:
        heard = await desk.heard(changes, "SET a 1", "SELECT 1", "SET b 2", "SWAPDB 0 2", "SWAPDB 1 2")
    assert [("set", b"b"), ("swapdb", None)] == [(change.event, change.key) for change in heard]


async def test_everybody_hears_of_everything_that_concerns_him(desk: Desk) -> None:
    async with desk.server.changes("a") as one, desk.server.changes() as all_:
        await desk("MSET a 1 b 2")
        assert [b"a"] == [change.key for change in taken(one)]
        assert [b"a", b"b"] == [change.key for change in taken(all_)]


async def test_two_tasks_share_the_changes_of_one_follower(desk: Desk, changes: Changes) -> None:
    heard: list[bytes | None] = []

    async def read() -> None:
        heard.append((await anext(changes)).key)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read)
        nursery.start_soon(read)
        await trio.testing.wait_all_tasks_blocked()
        await desk("MSET a 1 b 2 c 3")
    assert [b"a", b"b"] == sorted(filter(None, heard))
    assert [b"c"] == [change.key for change in taken(changes)]


# --- a reader that is slow, and the end


async def test_of_a_slow_reader_the_oldest_changes_are_dropped_and_counted(desk: Desk) -> None:
    async with desk.server.changes(buffer=3) as changes:
        for number in range(10):
            await desk(f"SET k{number} v")
        assert 7 == changes.missed
        assert [b"k7", b"k8", b"k9"] == [(await anext(changes)).key for _ in range(3)]
        await desk("SET k v")
        assert (b"k", 7) == ((await anext(changes)).key, changes.missed)


async def test_what_waits_to_be_read_is_bounded_in_bytes_too(desk: Desk) -> None:
    part = MOST_BYTES // 2
    async with desk.server.changes() as changes:
        for _ in range(4):
            await desk.client.execute("SET", "k", b"x" * part)
        assert 3 == changes.missed
        (left,) = taken(changes)
        assert part == len(left.old)
        assert left.size > MOST_BYTES


async def test_what_was_read_makes_room(desk: Desk) -> None:
    async with desk.server.changes(buffer=1) as changes:
        for _ in range(5):
            await desk.client.execute("SET", "k", b"x" * (MOST_BYTES // 3))
            await anext(changes)
        assert 0 == changes.missed
    async with desk.server.changes() as changes:
        await desk("SET k v")
        await anext(changes)
        for _ in range(3):
            await desk.client.execute("SET", "new", b"x" * (MOST_BYTES // 4), "NX")
            await desk("DEL new")
            assert ["set", "del"] == [(await anext(changes)).event for _ in range(2)]
        assert 0 == changes.missed


async def test_what_nobody_has_read_is_no_burden_for_who_follows_again(desk: Desk) -> None:
    changes = desk.server.changes()
    for _ in range(3):
        async with changes:
            await desk.client.execute("SET", "k", b"x" * (MOST_BYTES // 4))
            await desk.client.execute("SET", "a", 1)
            assert 0 == changes.missed


async def test_a_reader_that_is_cancelled_loses_nothing(desk: Desk, changes: Changes) -> None:
    with trio.move_on_after(1) as scope:
        await anext(changes)
    assert scope.cancelled_caught
    await desk("SET k v")
    assert b"k" == (await anext(changes)).key


@pytest.mark.parametrize("stop", [False, True], ids=["closed", "stopped at once"])
async def test_a_reader_gets_what_there_is_and_then_the_iteration_ends_with_the_server(
    desk: Desk, stop: bool
) -> None:
    heard: list[bytes | None] = []
    ready = trio.Event()

    async def follow() -> None:
        async with desk.server.changes() as changes:
            ready.set()
            heard.extend([change.key async for change in changes])

    async with trio.open_nursery() as nursery:
        nursery.start_soon(follow)
        await ready.wait()
        await desk("MSET a 1 b 2")
        if stop:
            desk.server.stop(now=True)
        await desk.server.aclose()
    assert [b"a", b"b"] == heard


async def die_of_a_bug_while_followed(heard: list[bytes | None]) -> None:
    async with (
        trioredis.open_server(port=None) as server,
        server.client() as client,
        server.changes() as changes,
    ):
        await client.execute("SET", "a", 1)
        server._tasks.inbox.send_nowait("no message")  # type: ignore[arg-type]
        heard.extend([change.key async for change in changes])


async def test_the_iteration_ends_too_when_the_server_dies_of_a_bug() -> None:
    heard: list[bytes | None] = []
    with pytest.raises(KeyError):
        await die_of_a_bug_while_followed(heard)
    assert [b"a"] == heard


async def test_nobody_can_follow_a_server_that_is_gone(desk: Desk) -> None:
    await desk.server.aclose()
    with pytest.raises(trio.ClosedResourceError):
        async with desk.server.changes():
            pass


async def test_nothing_is_left_when_the_last_follower_has_gone(desk: Desk) -> None:
    engine = desk.engine
    async with desk.server.changes(), desk.server.changes("a") as changes:
        await desk("SET a 1")
    assert () == engine.listeners.present
    assert {Database} == {*map(type, engine.keyspace)}
    assert not any(client.unusual & Unusual.FOLLOWED for client in engine.clients)
    await desk("SET a 2")
    assert [] == [change async for change in changes]


async def test_others_are_still_followed_when_one_has_gone(desk: Desk, changes: Changes) -> None:
    async with desk.server.changes():
        pass
    assert [("set", b"a", None)] == told(await desk.heard(changes, "SET a 1"))
    assert [("set", b"a", b"1")] == told(await desk.heard(changes, "SET a 2"))


async def test_notifications_and_followers_hear_side_by_side(desk: Desk, changes: Changes) -> None:
    await desk("CONFIG SET notify-keyspace-events En")
    async with desk.server.memory_stream() as subscriber:
        await subscriber.send_all(b"SUBSCRIBE __keyevent@0__:new\r\n")
        await subscriber.receive_some(1000)
        assert ["set"] == [change.event for change in await desk.heard(changes, "SET k v")]
        assert b"$1\r\nk\r\n" in await subscriber.receive_some(1000)


async def test_a_client_without_access_times_makes_changes_too(desk: Desk, changes: Changes) -> None:
    assert [("set", b"k", None), ("set", b"k", b"v")] == told(
        await desk.heard(changes, "CLIENT NO-TOUCH ON", "SET k v", "SET k w")
    )


@pytest.mark.parametrize(
    ("patterns", "options", "error", "says"),
    [
        ([["user:*"]], {}, TypeError, "several are several arguments"),
        ([5], {}, TypeError, "a pattern is a str or bytes"),
        ([], {"database": 16}, ValueError, "databases 0 to 15"),
        ([], {"database": -1}, ValueError, "databases 0 to 15"),
        ([], {"database": "0"}, ValueError, "databases 0 to 15"),
        ([], {"buffer": 0}, ValueError, "one change at least"),
    ],
)
async def test_what_nobody_could_follow_is_refused(
    desk: Desk, patterns: list[Any], options: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        desk.server.changes(*patterns, **options)


async def test_who_iterates_before_following_is_told_so(desk: Desk) -> None:
    with pytest.raises(RuntimeError, match="async with"):
        async for _ in desk.server.changes():
            pass
