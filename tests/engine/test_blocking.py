"""Commands that wait for a key, whoever brings it: TAKE stands for BLPOP and its kin, whose tests are with them.

TAKE deletes the first of its keys that holds a string, and returns it; TAKE-FRESH does so as well, and is also run again
when its keys hold nothing any more, as XREADGROUP is.
"""

from functools import partial

import pytest

from bare_engine import NEVER, ManualTime, Session, words
from trioredis.clock import Clock
from trioredis.datatypes.kinds import KINDS, Kind
from trioredis.datatypes.strings import as_bytes, require_string
from trioredis.engine.blocking import block, to_timeout, to_timeout_in_milliseconds
from trioredis.engine.clients import Unusual
from trioredis.engine.command import WRITE, command
from trioredis.engine.context import Context
from trioredis.engine.key_specs import KeySpec
from trioredis.engine.lifecycle import release
from trioredis.env import Env
from trioredis.errors import CommandError
from trioredis.keyspace.database import Database
from trioredis.protocol.replies import NULL_ARRAY, Reply

LATE = b"*-1\r\n"

_planted = partial(
    command, arity=-3, flags=WRITE, keys=KeySpec(1, last=-2, flags="RW"), group="generic", since="1.0.0"
)


def _take(ctx: Context, words: tuple[bytes, ...], kind: bytes | None) -> Reply:
    *keys, timeout = words
    milliseconds = to_timeout(timeout, ctx.now)
    for key in keys:
        value = ctx.db.find(key)
        if value is not None:
            text = as_bytes(require_string(value))
            ctx.db.delete(key)
            ctx.touch(key, b"del")
            return [key, text]
    return block(
        ctx,
        words,
        keys=keys,
        kind=kind,
        milliseconds=milliseconds,
        late_reply=NULL_ARRAY,
    )


class Other:
    """A value of another type."""


@_planted("TAKE")
def take(ctx: Context, *words: bytes) -> Reply:
    """Take the first string that there is, or wait for one."""
    return _take(ctx, words, b"string")


@_planted("TAKE-FRESH")
def take_fresh(ctx: Context, *words: bytes) -> Reply:
    """Take the first string that there is, and look again whenever something happens to the keys."""
    return _take(ctx, words, None)


@command("HOLD", arity=2, flags=WRITE, keys=KeySpec(1, flags="OW"), group="generic", since="1.0.0")
def hold(ctx: Context, key: bytes) -> Reply:
    """Put something that is no string under a key."""
    ctx.db.write(key, Other())
    ctx.touch(key, b"hold")
    return 1


@pytest.fixture
def call(manual_time: ManualTime, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setitem(KINDS, Other, Kind(b"other", lambda value: b"raw"))
    session = Session.open(Env(clock=Clock(manual_time, manual_time)))
    for planted in (take, take_fresh, hold):
        session.engine.commands.add(planted)
    return session


def waiting(call: Session, line: str) -> Session:
    """Another client that waits for something."""
    other = call.another()
    assert b"" == other(line)
    assert other.client.unusual & Unusual.WAITING
    return other


def taken(key: str, text: str) -> bytes:
    return b"*2\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n" % (len(key), key.encode(), len(text), text.encode())


def pass_by(call: Session, manual_time: ManualTime, seconds: float) -> None:
    manual_time.pass_by(seconds)
    call.engine.clock.refresh()
    call.engine.timers.run_due(call.engine.clock.monotonic)


def test_what_is_there_is_taken_at_once(call: Session) -> None:
    call("SET k v")
    assert taken("k", "v") == call("TAKE k 0")
    assert {} == call.engine.waiters.lines


def test_who_waits_gets_what_somebody_brings(call: Session) -> None:
    other = waiting(call, "TAKE k 0")
    assert b"+OK\r\n" == call("SET k v")
    assert taken("k", "v") == other.taken()
    assert b":0\r\n" == call("EXISTS k")
    assert [other.client] == call.engine.resumed
    assert other.client in call.engine.clients.dirty
    assert {} == call.engine.waiters.lines


def test_it_is_there_before_the_next_command_of_the_one_who_brings_it(call: Session) -> None:
    other = waiting(call, "TAKE k 0")
    call.executor.run(call.client, [words("SET k v"), words("GET k")], NEVER)
    assert b"+OK\r\n$-1\r\n" == call.taken()
    assert taken("k", "v") == other.taken()


def test_what_waits_behind_a_gate_serves_as_well(call: Session) -> None:
    call.client.unusual |= Unusual.MONITORED
    other = waiting(call, "TAKE k 0")
    call.executor.run(call.client, [words("SET k v"), words("GET k")], NEVER)
    assert b"+OK\r\n$-1\r\n" == call.taken()
    assert taken("k", "v") == other.taken()


def test_first_come_first_served(call: Session) -> None:
    first, second, third = (waiting(call, "TAKE k 0") for _ in range(3))
    call("SET k 1")
    assert (taken("k", "1"), b"", b"") == (first.taken(), second.taken(), third.taken())
    call("SET k 2")
    assert (taken("k", "2"), b"") == (second.taken(), third.taken())
    call("SET k 3")
    assert taken("k", "3") == third.taken()


def test_of_several_keys_the_first_that_is_there_counts(call: Session) -> None:
    other = waiting(call, "TAKE a b a 0")
    call("MSET b 2 a 1")
    assert taken("a", "1") == other.taken()
    assert b"$1\r\n2\r\n" == call("GET b")
    assert {} == call.engine.waiters.lines


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("SET x v", "RENAME x k"),
        ("SET x v", "RENAMENX x k"),
        ("SET x v", "COPY x k"),
        ("SET x v", "COPY x k REPLACE"),
        ("SETNX k v", "GET k"),
        ("APPEND k v", "GET k"),
    ],
)
def test_whatever_makes_a_key_appear_serves(call: Session, before: str, line: str) -> None:
    other = waiting(call, "TAKE k 0")
    call(before)
    call(line)
    assert taken("k", "v") == other.taken()


@pytest.mark.parametrize("line", ["MOVE k 0", "COPY k k DB 0", "SWAPDB 0 1", "SWAPDB 1 0"])
def test_a_key_that_comes_from_another_database_serves(call: Session, line: str) -> None:
    other = waiting(call, "TAKE k 0")
    call("SELECT 1")
    call("SET k v")
    assert b"" == other.taken()
    call(line)
    assert taken("k", "v") == other.taken()


def test_a_value_of_another_type_serves_nobody_and_harms_nobody(call: Session) -> None:
    other = waiting(call, "TAKE k 0")
    call("HOLD k")
    assert b"" == other.taken()
    call("SET k v")
    assert taken("k", "v") == other.taken()


def test_who_wants_to_know_of_other_types_is_told(call: Session) -> None:
    other = waiting(call, "TAKE-FRESH k 0")
    call("HOLD k")
    assert other.taken().startswith(b"-WRONGTYPE ")
    assert not other.client.unusual & Unusual.WAITING


def test_one_that_finds_nothing_again_waits_on_in_its_place(call: Session, manual_time: ManualTime) -> None:
    first, second = waiting(call, "TAKE-FRESH k 10"), waiting(call, "TAKE-FRESH k 0")
    call("SET k 1 EXAT 1")
    assert (b"", b"") == (first.taken(), second.taken())
    pass_by(call, manual_time, 9)
    call("SET k 1")
    assert (taken("k", "1"), b"") == (first.taken(), second.taken())


def test_running_again_does_not_start_the_clock_again(call: Session, manual_time: ManualTime) -> None:
    other = waiting(call, "TAKE-FRESH k 10")
    pass_by(call, manual_time, 9)
    call("SET k 1 EXAT 1")
    pass_by(call, manual_time, 1.001)
    assert LATE == other.taken()
    assert {} == call.engine.waiters.lines


def test_chains_run_to_their_end(call: Session) -> None:
    @command(
        "PASS", arity=3, flags=WRITE, keys=KeySpec(1, last=1, flags="RW"), group="generic", since="1.0.0"
    )
    def pass_(ctx: Context, source: bytes, destination: bytes) -> Reply:
        value = ctx.db.pop(source)
        if value is None:
            return block(
                ctx, (source, destination), keys=[source], kind=b"string", milliseconds=0, late_reply=None
            )
        ctx.db.write(destination, value)
        ctx.touch(source, b"del")
        ctx.touch(destination, b"set")
        return 1

    call.engine.commands.add(pass_)
    first, second, third = waiting(call, "PASS a b"), waiting(call, "PASS b c"), waiting(call, "TAKE c 0")
    call("SET a v")
    assert (b":1\r\n", b":1\r\n", taken("c", "v")) == (first.taken(), second.taken(), third.taken())
    assert not any(
        each.client.unusual & (Unusual.SERVES | Unusual.WAITING) for each in (first, second, third)
    )


def test_nobody_waits_in_a_transaction(call: Session) -> None:
    call.client.unusual |= Unusual.IMPATIENT
    assert LATE == call("TAKE k 0")
    assert {} == call.engine.waiters.lines


@pytest.mark.parametrize("end", ["release", "close", "unblock", "time"])
def test_who_waits_no_more_takes_nothing(call: Session, manual_time: ManualTime, end: str) -> None:
    other, next_one = waiting(call, "TAKE k 1"), waiting(call, "TAKE k 100")
    match end:
        case "release":
            release(call.engine, other.client)
        case "close":
            call.engine.clients.close(other.client, at_once=True)
        case "unblock":
            assert b":0\r\n" == call("CLIENT", "UNBLOCK", 99)
            other.client.waiting.time_out()
        case "time":
            pass_by(call, manual_time, 1.001)
    other.taken()
    call("SET k v")
    assert (b"", taken("k", "v")) == (other.taken(), next_one.taken())


def test_who_has_hung_up_takes_nothing_even_if_nobody_noticed(call: Session) -> None:
    other, next_one = waiting(call, "TAKE k 0"), waiting(call, "TAKE k 0")
    other.client.connection.hung_up = True
    call("SET k v")
    assert (b"", taken("k", "v")) == (other.taken(), next_one.taken())


def test_an_error_when_it_is_run_again_is_its_reply(call: Session) -> None:
    @command("STUMBLE", arity=2, flags=WRITE, keys=KeySpec(1, flags="RW"), group="generic", since="1.0.0")
    def stumble(ctx: Context, key: bytes) -> Reply:
        if key in ctx.db:
            raise CommandError(b"ERR stumbled")
        return block(ctx, [key], keys=[key], kind=b"string", milliseconds=0, late_reply=None)

    call.engine.commands.add(stumble)
    other = waiting(call, "STUMBLE k")
    call("SET k v")
    assert b"-ERR stumbled\r\n" == other.taken()
    assert b"+PONG\r\n" == other("PING")


def test_a_client_that_wants_no_answer_takes_and_gets_none(call: Session) -> None:
    other = call.another()
    other("CLIENT REPLY OFF")
    other("TAKE k 0")
    call("SET k v")
    assert b"" == other.taken()
    assert [other.client] == call.engine.resumed
    assert b":0\r\n" == call("EXISTS k")


def test_its_subcommands_name_is_not_lost(call: Session) -> None:
    other = waiting(call, "TAKE k 0")
    assert other.client.waiting.retry is not None
    assert [b"take", b"k", b"0"] == other.client.waiting.retry


def test_it_counts_as_one_call(call: Session) -> None:
    other = waiting(call, "TAKE k 0")
    call("SET k v")
    other.taken()
    call.engine.commands.fold_stats()
    assert 1 == call.engine.commands.usual[b"take"].stats.calls


def test_it_is_logged_as_slow_once_and_when_it_is_answered(call: Session) -> None:
    call("CONFIG SET slowlog-log-slower-than 0")
    log = call.engine.slowlog.entries
    other = waiting(call, "TAKE-FRESH k 0")
    call("SET k v EXAT 1")
    assert [] == [each.argv for each in log if each.argv[0].lower().startswith(b"take")]
    call("SET k v")
    assert taken("k", "v") == other.taken()
    assert [[b"take-fresh", b"k", b"0"]] == [each.argv for each in log if each.argv[0].startswith(b"take")]


def test_the_time_that_serving_it_took_is_counted(call: Session) -> None:
    other = waiting(call, "TAKE k 0")
    call.engine.commands.fold_stats()
    stats = call.engine.commands.usual[b"take"].stats
    before = stats.ticks
    call("SET k v")
    other.taken()
    assert before < stats.ticks


def test_who_leaves_no_access_times_leaves_none_when_served(call: Session, manual_time: ManualTime) -> None:
    @command("LOOK", arity=2, flags=WRITE, keys=KeySpec(1, flags="RW"), group="generic", since="1.0.0")
    def look(ctx: Context, key: bytes) -> Reply:
        if ctx.db.find(key) is not None:
            return type(ctx.db).__name__.encode()
        return block(ctx, [key], keys=[key], kind=b"string", milliseconds=0, late_reply=None)

    call.engine.commands.add(look)
    other = call.another()
    other("CLIENT NO-TOUCH ON")
    other("LOOK k")
    call("SET k v")
    assert b"$17\r\nUntouchedDatabase\r\n" == other.taken()


def test_nobody_looks_at_those_behind_when_nothing_is_left(
    call: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [waiting(call, "TAKE k 0") for _ in range(100)]
    looked, peek = [], Database.peek

    def counted(self: Database, key: bytes) -> object:
        looked.append(key)
        return peek(self, key)

    monkeypatch.setattr(Database, "peek", counted)
    call("SET k v")
    assert taken("k", "v") == others[0].taken()
    assert len(looked) < 10


def test_info_tells_for_how_many_keys_somebody_waits(call: Session) -> None:
    others = [waiting(call, line) for line in ("TAKE a b 0", "TAKE a 0", "TAKE-FRESH b c 0")]
    told = call("INFO clients")
    assert b"blocked_clients:3\r\n" in told
    assert b"total_blocking_keys:3\r\ntotal_blocking_keys_on_nokey:2\r\n" in told
    for each in others:
        release(call.engine, each.client)
    told = call("INFO clients")
    assert b"blocked_clients:0\r\n" in told
    assert b"total_blocking_keys:0\r\ntotal_blocking_keys_on_nokey:0\r\n" in told


# --- timeouts


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("0", 0),
        ("-0", 0),
        ("0.001", 1),
        ("0.0011", 2),
        ("1e-400", 1),
        ("1.5", 1500),
        ("1e3", 1_000_000),
        ("0x10", 16_000),
    ],
)
def test_a_timeout_in_seconds_is_rounded_up_to_milliseconds(text: str, milliseconds: int) -> None:
    assert milliseconds == to_timeout(text.encode(), 0)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("x", "ERR timeout is not a float or out of range"),
        ("", "ERR timeout is not a float or out of range"),
        ("nan", "ERR timeout is not a float or out of range"),
        ("-1", "ERR timeout is negative"),
        ("-0.001", "ERR timeout is negative"),
        ("-inf", "ERR timeout is negative"),
        ("inf", "ERR timeout is out of range"),
        ("1e400", "ERR timeout is out of range"),
        ("1e16", "ERR timeout is out of range"),
        ("9223372036854775", "ERR timeout is out of range"),
    ],
)
def test_what_is_no_timeout_in_seconds_is_refused(text: str, error: str) -> None:
    with pytest.raises(CommandError, match=error):
        to_timeout(text.encode(), 1_700_000_000_000)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("1.5", "ERR timeout is not an integer or out of range"),
        ("-1", "ERR timeout is negative"),
        ("9223372036854775807", "ERR timeout is out of range"),
    ],
)
def test_what_is_no_timeout_in_milliseconds_is_refused(text: str, error: str) -> None:
    assert 1500 == to_timeout_in_milliseconds(b"1500", 1_700_000_000_000)
    with pytest.raises(CommandError, match=error):
        to_timeout_in_milliseconds(text.encode(), 1_700_000_000_000)
