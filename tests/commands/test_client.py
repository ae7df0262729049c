"""CLIENT, beside a real Redis, and what only the engine shows."""

from collections.abc import Iterator

import pytest

from bare_engine import ManualTime, Session
from oracle import Oracle, encode_command
from side_by_side import Both
from trioredis.engine.client_listing import listing
from trioredis.engine.command import BLOCKING, command
from trioredis.engine.context import Context
from trioredis.engine.waiting import wait
from trioredis.protocol.replies import NO_REPLY

LATER = 60.0
OF_7_2 = [b"lib-name", b"lib-ver"]
"""Fields that the oracle, a 7.0, does not know."""


@pytest.fixture
def visitors(both: Both, oracle: Oracle) -> Iterator[Both]:
    """Two clients that may go before the test is over, in RESP2."""
    with oracle.connect() as wire:
        yield Both(both.ours.another(), wire, wire, 2)


def pipeline(both: Both, *lines: str) -> bytes:
    """Run command lines here and there, assert that all that is answered is equal, and return it."""
    commands = [encode_command(*line.split()) for line in lines]
    both.theirs.send(b"".join(commands) + encode_command("ECHO", "end of the pipeline"))
    expected = b""
    while not (reply := both.theirs.read_raw()).endswith(b"end of the pipeline\r\n"):
        expected += reply
    assert expected == b"".join(map(both.ours, lines)), lines
    return expected


def fields(line: bytes) -> dict[bytes, bytes]:
    """The fields of a line of CLIENT LIST, by their names."""
    return dict(field.split(b"=", 1) for field in line.split(b" "))  # type: ignore[arg-type]


def own_fields(call: Session) -> dict[bytes, bytes]:
    return fields(listing(call.client))


def numbers(reply: bytes) -> list[bytes]:
    """The numbers of the clients in a reply of CLIENT LIST."""
    return [fields(line)[b"id"] for line in reply.split(b"\r\n")[1].splitlines()]


def test_client_refuses_what_redis_refuses(both: Both) -> None:
    both.transcript(
        "CLIENT", "CLIENT NOPE", "CLIENT GETNAME x", "CLIENT ID x", "CLIENT INFO x", "CLIENT HELP x"
    )
    both.transcript(
        "CLIENT REPLY", "CLIENT REPLY x", "CLIENT NO-EVICT", "CLIENT NO-EVICT x", "CLIENT SETNAME"
    )
    both.transcript("CLIENT UNPAUSE x", "CLIENT UNBLOCK", "CLIENT PAUSE", "CLIENT KILL")


def test_what_is_not_there_is_an_unknown_subcommand(call: Session) -> None:
    expected = b"-ERR unknown subcommand 'MAINT_NOTIFICATIONS'. Try CLIENT HELP.\r\n"
    assert expected == call("CLIENT MAINT_NOTIFICATIONS ON")


def test_help_tells_of_every_subcommand(call: Session) -> None:
    lines = call("CLIENT HELP").split(b"\r\n")[1:]
    usages = {line.split()[0] for line in lines if line.startswith(b"+") and line[1:2] != b" "}
    names = b"GETNAME HELP ID INFO KILL LIST NO-EVICT NO-TOUCH PAUSE REPLY SETINFO SETNAME UNBLOCK UNPAUSE "
    names += b"CACHING GETREDIR TRACKING TRACKINGINFO"
    assert {b"+CLIENT", *(b"+" + name for name in names.split())} == usages


# --- names


def test_names_are_those_that_redis_accepts(both: Both) -> None:
    both("CLIENT GETNAME")
    for name in (b"me", b"!~", b"a b", b"", b"a\n", b"\x7f", b"\xff", b"a\x00", b"me again"):
        both("CLIENT", "SETNAME", name)
        both("CLIENT GETNAME")


@pytest.mark.parametrize("attribute", [b"lib-name", b"LIB-VER"])
def test_libraries_introduce_themselves(attribute: bytes, call: Session) -> None:
    assert b"+OK\r\n" == call("CLIENT", "SETINFO", attribute, "redis-py(x_v1.0)")
    assert b"redis-py(x_v1.0)" == own_fields(call)[attribute.lower()]
    refusal = b"-ERR %b cannot contain spaces, newlines or special characters.\r\n" % attribute
    assert refusal == call("CLIENT", "SETINFO", attribute, "a b")
    assert b"+OK\r\n" == call("CLIENT", "SETINFO", attribute, "")
    assert b"" == own_fields(call)[attribute.lower()]


def test_nothing_else_is_known_of_libraries(call: Session) -> None:
    assert b"-ERR Unrecognized option 'lib-color'\r\n" == call("CLIENT SETINFO lib-color red")


# --- lists


def test_fields_have_the_names_and_the_order_of_redis(both: Both) -> None:
    theirs = both.theirs.command("CLIENT", "INFO").split(b"\r\n")[1].removeprefix(b"txt:").rstrip()
    ours = both.ours("CLIENT INFO").split(b"\r\n")[1].removeprefix(b"txt:").rstrip()
    assert [*fields(theirs), *OF_7_2] == list(fields(ours))


def test_fields_that_do_not_depend_on_the_server_are_those_of_redis(both: Both) -> None:
    both.transcript("SELECT 3", "CLIENT SETNAME me", "CLIENT NO-EVICT on")
    theirs, ours = (
        fields(reply.split(b"\r\n")[1].removeprefix(b"txt:").rstrip())
        for reply in (both.theirs.command("CLIENT", "LIST", "ID", both.theirs.ask("CLIENT", "ID")),
                      both.ours(f"CLIENT LIST ID {both.ours.client.id}"))
    )  # fmt: skip
    names = b"name flags db sub psub ssub multi multi-mem obl oll omem events cmd user redir resp"
    assert [theirs[name] for name in names.split()] == [ours[name] for name in names.split()]
    both("SELECT 0")


def test_list_is_text_with_a_line_for_each_client(call: Session) -> None:
    call.another()
    text = call("CLIENT LIST").split(b"\r\n")[1]
    assert text.endswith(b"\n")
    assert [b"1", b"2"] == [fields(line)[b"id"] for line in text.splitlines()]
    call("HELLO 3")
    assert call("CLIENT LIST").split(b"\r\n")[1].startswith(b"txt:id=1 ")


def test_list_knows_types_and_numbers(both: Both) -> None:
    both.transcript("CLIENT LIST TYPE", "CLIENT LIST TYPE x", "CLIENT LIST TYPE normal x", "CLIENT LIST x")
    both.transcript("CLIENT LIST TYPE master", "CLIENT LIST TYPE replica", "CLIENT LIST TYPE SLAVE")
    both.transcript("CLIENT LIST type pubsub", "CLIENT LIST x y", "CLIENT LIST ID", "CLIENT LIST ID x")
    both.transcript("CLIENT LIST ID 0", "CLIENT LIST ID -1 0", "CLIENT LIST ID 9223372036854775808")


def test_list_shows_the_clients_of_a_type_or_in_the_order_that_was_asked_for(call: Session) -> None:
    call.another(), call.another()
    assert [b"1", b"2", b"3"] == numbers(call("CLIENT LIST TYPE Normal"))
    assert [b"3", b"1"] == numbers(call("CLIENT LIST ID 3 99 1"))


def test_a_line_tells_what_a_client_is_doing(call: Session, manual_time: ManualTime) -> None:
    other = call.another()
    assert b"NULL" == own_fields(other)[b"cmd"]
    manual_time.pass_by(5)
    call("GET k")
    other.client.last_used = call.engine.clock.monotonic
    manual_time.pass_by(2.5)
    call("CLIENT ID")
    assert (b"client|id", b"7", b"7") == tuple(own_fields(call)[name] for name in (b"cmd", b"age", b"idle"))
    assert (b"7", b"2") == tuple(own_fields(other)[name] for name in (b"age", b"idle"))


def test_a_line_tells_what_is_on_its_way(call: Session) -> None:
    connection, client = call.client.connection, call.client
    connection.input_size, connection.output_size, connection.output_buffers = 10, 200, 3  # type: ignore[misc]
    client.backlog.append([b"SET", b"key", b"value"])
    names = (b"qbuf", b"argv-mem", b"omem", b"oll", b"tot-mem", b"events")
    assert (b"10", b"11", b"200", b"3", b"221", b"rw") == tuple(own_fields(call)[name] for name in names)


@pytest.mark.parametrize(
    ("line", "flag"),
    [
        ("PING", b"N"),
        ("CLIENT NO-EVICT on", b"e"),
        ("CLIENT NO-TOUCH on", b"T"),
        ("MONITOR", b"O"),
        ("QUIT", b"c"),
    ],
)
def test_flags_say_what_is_special(line: str, flag: bytes, call: Session) -> None:
    call(line)
    assert flag == own_fields(call)[b"flags"]


def test_flags_can_be_switched_off(call: Session) -> None:
    for line in ("CLIENT NO-EVICT on", "CLIENT NO-TOUCH on", "CLIENT NO-EVICT OFF", "CLIENT NO-TOUCH Off"):
        assert b"+OK\r\n" == call(line)
    assert b"N" == own_fields(call)[b"flags"]


@pytest.mark.parametrize(
    "lines",
    [
        "NOPE",
        "GET",
        "CONFIG NOPE",
        "MULTI | SET k v | SELECT 3",
        "MULTI | GET | SET k v",
        "WATCH k | SET k v | MULTI | GET k",
        "MULTI | SET k v | EXEC",
        "MULTI | GET | EXEC",
        "MULTI | SET k v | RESET",
        "SUBSCRIBE a",
        "PSUBSCRIBE a* | PING",
        "MULTI | SSUBSCRIBE a",
        "CLIENT REPLY ON | EVAL return 0",
        "CLIENT NO-EVICT on | MULTI",
    ],
)
def test_others_are_told_what_a_client_does(lines: str, both: Both) -> None:
    other = both.another()
    number = other.theirs.ask("CLIENT", "ID")
    for line in lines.split(" | "):
        other(line)
    theirs, ours = (
        fields(reply.split(b"\r\n")[1].removeprefix(b"txt:").rstrip())
        for reply in (
            both.theirs.command("CLIENT", "LIST", "ID", number),
            both.ours(f"CLIENT LIST ID {other.ours.client.id}"),
        )
    )
    names = b"name flags db sub psub ssub multi cmd user redir resp".split()
    assert [theirs[name] for name in names] == [ours[name] for name in names]


def test_in_a_transaction_a_client_is_told_that_it_runs_one(both: Both) -> None:
    lines = "MULTI", "CLIENT INFO", "PING", "EXEC"
    theirs, ours = [both.theirs.command(*line.split()) for line in lines], [both.ours(line) for line in lines]
    told = [
        fields(replies[-1].split(b"\r\n")[2].removeprefix(b"txt:").rstrip()) for replies in (theirs, ours)
    ]
    assert (b"x", b"2", b"exec") == tuple(told[1][name] for name in (b"flags", b"multi", b"cmd"))
    assert [told[0][name] for name in (b"flags", b"multi", b"cmd")] == [b"x", b"2", b"exec"]


# --- the end of clients


def test_kill_refuses_what_redis_refuses(both: Both) -> None:
    both.transcript("CLIENT KILL 1.2.3.4:5", "CLIENT KILL ID", "CLIENT KILL SKIPME", "CLIENT KILL ID 0")
    both.transcript("CLIENT KILL ID -1", "CLIENT KILL ID x", "CLIENT KILL ID 9223372036854775808")
    both.transcript("CLIENT KILL TYPE x", "CLIENT KILL USER nobody", "CLIENT KILL SKIPME maybe")
    both.transcript("CLIENT KILL NOPE x", "CLIENT KILL ID 99999 NOPE", "CLIENT KILL ID 99999 NOPE x")
    both.transcript("CLIENT KILL ID 99999 ADDR", "CLIENT KILL ID x ADDR", "CLIENT KILL SKIPME no ID x")


def test_kill_counts_those_who_match(both: Both) -> None:
    both.transcript("CLIENT KILL ID 99999", "CLIENT KILL ADDR x", "CLIENT KILL LADDR x")
    both.transcript("CLIENT KILL TYPE master", "CLIENT KILL TYPE slave", "CLIENT KILL TYPE PUBSUB")
    both.transcript("CLIENT KILL ID 99999 TYPE normal USER default SKIPME no")
    both(f"CLIENT KILL ID 99999 ADDR x ID {1 << 60}")


@pytest.mark.parametrize("kill", ["KILL SKIPME no", "KILL TYPE normal USER default SKIPME NO"])
def test_who_kills_himself_is_answered_first(kill: str, visitors: Both) -> None:
    both_numbers = visitors.theirs.ask("CLIENT", "ID"), visitors.ours.client.id
    theirs = visitors.theirs.command("CLIENT", *kill.split(), "ID", both_numbers[0])
    assert theirs == visitors.ours(f"CLIENT {kill} ID {both_numbers[1]}")
    assert b"" == visitors.theirs.read_until_closed()
    assert visitors.ours.client.gone
    assert b"" == visitors.ours("PING")


@pytest.mark.parametrize("kill", ["ID 2", "ADDR there:1", "LADDR here:1", "TYPE normal", "SKIPME yes"])
def test_kill_ends_others_at_once(kill: str, call: Session) -> None:
    other = call.another()
    other.client.address, other.client.local_address = b"there:1", b"here:1"
    other.client.replies.append(b"+OWED\r\n")
    assert b":1\r\n" == call(f"CLIENT KILL {kill}")
    assert (True, False) == (other.client.gone, call.client.gone)
    assert b"" == other.taken()
    assert [other.client] == list(call.engine.clients.dirty)


def test_kill_by_address_alone_spares_nobody(call: Session) -> None:
    call.client.address = b"here:1"
    assert b"+OK\r\n" == call("CLIENT KILL here:1")
    assert call.client.gone


def test_who_was_killed_is_neither_listed_nor_killed_again(call: Session) -> None:
    other = call.another()
    call(f"CLIENT KILL ID {other.client.id}")
    assert [b"1"] == numbers(call("CLIENT LIST"))
    assert b"$0\r\n\r\n" == call(f"CLIENT LIST ID {other.client.id}")
    assert b":0\r\n" == call(f"CLIENT KILL ID {other.client.id}")


@pytest.mark.parametrize("state", ["SUBSCRIBE ch", "BLPOP l 0", "MONITOR", "MULTI", "PING"])
def test_who_was_killed_is_forgotten_before_the_next_command_runs(state: str, both: Both) -> None:
    victim = both.another(2)
    number = victim.theirs.ask("CLIENT", "ID")
    victim.ours(state)
    victim.theirs.send(encode_command(*state.split()))
    assert both.theirs.command("CLIENT", "KILL", "ID", number) == both.ours(
        f"CLIENT KILL ID {victim.ours.client.id}"
    )
    both.transcript(
        "PUBLISH ch x", "PUBSUB NUMSUB ch", "LPUSH l a", "LRANGE l 0 -1", "CLIENT LIST TYPE pubsub"
    )
    assert b"blocked_clients:0\r\n" in both.ours("INFO clients")
    assert not both.ours.engine.monitors


def test_of_a_filter_given_twice_the_last_counts(call: Session) -> None:
    other = call.another()
    assert b":1\r\n" == call(f"CLIENT KILL ID 99 ID {other.client.id}")
    assert other.client.gone


# --- replies


def test_replies_are_switched_off_and_on(both: Both) -> None:
    pipeline(both, "CLIENT REPLY OFF", "PING", "NOPE", "GET", "CLIENT REPLY ON", "PING")
    pipeline(both, "CLIENT REPLY OFF", "CLIENT REPLY x", "RESET", "PING")
    pipeline(both, "CLIENT REPLY on", "PING")


def test_one_reply_is_skipped(both: Both) -> None:
    pipeline(both, "CLIENT REPLY SKIP", "PING", "PING")
    pipeline(both, "CLIENT REPLY SKIP", "NOPE", "PING")
    pipeline(both, "CLIENT REPLY SKIP", "GET", "PING")
    pipeline(both, "CLIENT REPLY SKIP", "CLIENT REPLY SKIP", "PING", "PING")
    pipeline(both, "CLIENT REPLY SKIP", "CLIENT REPLY ON", "PING", "PING")
    pipeline(both, "CLIENT REPLY SKIP", "CLIENT REPLY OFF", "PING", "CLIENT REPLY ON")
    pipeline(both, "CLIENT REPLY OFF", "CLIENT REPLY SKIP", "PING", "PING", "CLIENT REPLY ON", "PING")
    pipeline(both, "CLIENT REPLY SKIP", "RESET", "PING")


# --- access times


def test_no_touch_leaves_access_times_as_they_are(call: Session, manual_time: ManualTime) -> None:
    call("SET k 1")
    call("CLIENT NO-TOUCH on")
    manual_time.pass_by(LATER)
    for line in ("GET k", "STRLEN k", "MGET k", "SET k 2 NX", "GETRANGE k 0 -1"):
        call(line)
    assert LATER == idle(call)
    assert b"$1\r\n1\r\n" == call("GET k")


def test_no_touch_does_not_keep_touch_from_touching(call: Session, manual_time: ManualTime) -> None:
    call("SET k v")
    call("CLIENT NO-TOUCH on")
    manual_time.pass_by(LATER)
    assert b":1\r\n" == call("TOUCH k")
    assert 0 == idle(call)


def test_who_writes_a_value_touches_it(call: Session, manual_time: ManualTime) -> None:
    call("SET k v")
    call("CLIENT NO-TOUCH on")
    manual_time.pass_by(LATER)
    call("SET k w")
    assert 0 == idle(call)


def test_no_touch_ends_with_off(call: Session, manual_time: ManualTime) -> None:
    call("SET k v")
    call("CLIENT NO-TOUCH on")
    call("CLIENT NO-TOUCH off")
    manual_time.pass_by(LATER)
    call("GET k")
    assert 0 == idle(call)


@pytest.mark.parametrize(
    ("lines", "idle_for"),
    [
        ("CLIENT NO-TOUCH on | MULTI | GET k | EXEC", LATER),
        ("MULTI | CLIENT NO-TOUCH on | GET k | EXEC", LATER),
        ("MULTI | GET k | CLIENT NO-TOUCH on | EXEC", 0),
        ("CLIENT NO-TOUCH on | MULTI | CLIENT NO-TOUCH off | GET k | EXEC", 0),
        ("CLIENT NO-TOUCH on | MULTI | TOUCH k | EXEC", 0),
        ("CLIENT NO-TOUCH on | MULTI | SELECT 1 | SELECT 0 | GET k | EXEC", LATER),
        ("CLIENT NO-TOUCH on | EVAL return(redis.call('GET','k')) 0", LATER),
        ("CLIENT NO-TOUCH on | EVAL return(redis.call('TOUCH','k')) 0", 0),
        ("CLIENT NO-TOUCH on | MULTI | EVAL return(redis.call('GET','k')) 0 | EXEC", LATER),
        ("CLIENT NO-TOUCH on | RESET | GET k", 0),
    ],
)
def test_no_touch_holds_for_each_command(
    lines: str, idle_for: float, call: Session, manual_time: ManualTime
) -> None:
    call("SET k v")
    manual_time.pass_by(LATER)
    for line in lines.split(" | "):
        reply = call(line)
    assert idle_for == idle(call), reply
    assert call.client.context.db is call.engine.keyspace[0]


def test_no_touch_changes_nothing_else(call: Session) -> None:
    call("CLIENT NO-TOUCH on")
    assert b"+OK\r\n" == call("SELECT 2")
    call("SET k v EX 100")
    assert call.engine.keyspace[2].deadline(b"k") == call.client.context.now + 100_000
    assert (2, True) == (call.client.context.db.index, call.client.context.db is call.engine.keyspace[2])
    call("CLIENT NO-TOUCH off")
    assert b"$1\r\nv\r\n" == call("GET k")
    assert (1, 0) == (call.engine.keyspace.stats.hits, call.engine.keyspace.stats.misses)


def idle(call: Session) -> float:
    call.engine.clock.refresh()
    return call.engine.keyspace[0].idle(b"k")


# --- blocked clients


@command("BLOCK", arity=1, flags=BLOCKING, group="generic", since="1.0.0")
def block(ctx: Context) -> object:
    """Stand for a command that waits, for ever if nobody comes."""
    wait(ctx, None, b"late")
    return NO_REPLY


@command("STALL", arity=1, group="generic", since="1.0.0")
def stall(ctx: Context) -> object:
    """Stand for a command that waits and is none of the blocking ones."""
    wait(ctx, None, b"late")
    return NO_REPLY


@pytest.fixture
def sleeper(call: Session) -> Session:
    """A client in a blocking command."""
    call.engine.commands.add(block)
    call.engine.commands.add(stall)
    sleeper = call.another()
    sleeper("BLOCK")
    return sleeper


def test_unblock_refuses_what_redis_refuses(both: Both) -> None:
    both.transcript(
        "CLIENT UNBLOCK x", "CLIENT UNBLOCK x x", "CLIENT UNBLOCK 1 x", "CLIENT UNBLOCK 1 TIMEOUT x"
    )


def test_who_is_not_blocked_cannot_be_unblocked(both: Both) -> None:
    both.transcript("CLIENT UNBLOCK 99999", "CLIENT UNBLOCK -1", "CLIENT UNBLOCK 99999 ERROR")
    both.theirs.command("CLIENT", "UNBLOCK", both.theirs.ask("CLIENT", "ID"))
    assert b":0\r\n" == both.ours(f"CLIENT UNBLOCK {both.ours.client.id}")


@pytest.mark.parametrize(
    ("reason", "reply"),
    [("", b"$4\r\nlate\r\n"), ("timeout", b"$4\r\nlate\r\n"),
     ("ERROR", b"-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")],
)  # fmt: skip
def test_unblock_ends_the_wait(reason: str, reply: bytes, call: Session, sleeper: Session) -> None:
    assert b"b" == own_fields(sleeper)[b"flags"]
    assert b":1\r\n" == call(f"CLIENT UNBLOCK {sleeper.client.id} {reason}")
    assert (reply, b"N") == (sleeper.taken(), own_fields(sleeper)[b"flags"])
    assert b":0\r\n" == call(f"CLIENT UNBLOCK {sleeper.client.id} {reason}")


def test_unblock_leaves_alone_who_waits_in_another_way(call: Session, sleeper: Session) -> None:
    staller = call.another()
    staller("STALL")
    assert b":0\r\n" == call(f"CLIENT UNBLOCK {staller.client.id}")
    call(f"CLIENT KILL ID {sleeper.client.id}")
    assert b":0\r\n" == call(f"CLIENT UNBLOCK {sleeper.client.id}")


def test_who_waits_at_the_gate_cannot_be_unblocked(call: Session) -> None:
    call("CLIENT PAUSE 1000 WRITE")
    writer = call.another()
    writer("SET k v")
    assert b":0\r\n" == call(f"CLIENT UNBLOCK {writer.client.id}")
