"""CLIENT TRACKING and its kin: what clients that cache are told, when, and what is refused."""

import re

import pytest

from bare_engine import Session
from caching import ALL_STALE, client_id, published, redirecting, stale, tracking
from oracle import encode_command
from side_by_side import Both


def calls(text: str) -> list[str]:
    """The calls that stand on some lines, between bars."""
    return [call.strip() for call in re.split(r"[|\n]", text)]


# --- the usual mode


def test_what_a_script_reads_its_caller_has_read(call: Session) -> None:
    # As in 7.2; 7.0 remembers the keys that the call names instead.
    reader = call.another()
    reader.client.speak(3)
    reader("CLIENT TRACKING ON")
    for command in ("EVAL", "EVAL_RO"):
        assert b"$-1\r\n" != reader(command, "return redis.call('MGET', 'k', 'other')", 1, "named")
        call("SET named v")
        assert b"" == reader.taken()
        call("SET k v")
        assert stale("k") == reader.taken()


def test_a_reader_is_told_once_that_its_copy_is_stale(both: Both) -> None:
    reader = tracking(both)
    reader.transcript("GET k", "GET k")
    both("SET k v")
    assert [stale("k")] == reader.hear()
    both("SET k w")
    assert [] == reader.hear()
    reader("GET k")
    both("DEL k")
    assert [stale("k")] == reader.hear()


@pytest.mark.parametrize(
    "line",
    calls("""APPEND a x|RENAME a c|RENAME b a|COPY b a REPLACE|EXPIRE a 100|EXPIRE a -1|PERSIST a|MSET a 1 b 2 c 3|DEL a b c
    GETDEL a|GETEX a EX 10|SETRANGE a 0 x|INCR a|LPUSH list x|LMOVE list other LEFT RIGHT|RPOP list|SADD set a
    SMOVE set other a|SUNIONSTORE a set|SORT list STORE a|HSET hash f v|ZADD a 1 x|BITOP NOT a b|MOVE a 9|SETNX a x
    PFADD a x|XADD a 1-1 f v|LPUSHX nothing x|DEL nothing|SET a x XX GET|GET a|TOUCH a"""),
)
def test_all_readers_are_told_of_what_a_command_changes(both: Both, line: str) -> None:
    both.transcript("MSET a 1 b 2 c 3", "RPUSH list 3 2 1", "SADD set a b", "HSET hash f v", "EXPIRE b 1000")
    readers = [tracking(both), tracking(both)]
    for each in readers:
        each.transcript("MGET a b c nothing other", "LLEN list", "SCARD set", "HLEN hash")
    both(*line.split())
    for each in readers:
        each.hear()


@pytest.mark.parametrize(
    "line",
    calls("""GET a|MGET a b a|EXISTS a b c|STRLEN c|GETRANGE a 0 1|TYPE a|TTL b|OBJECT ENCODING a|LCS a b|SORT_RO a
    SINTER a b c|SINTERCARD 2 a b|ZUNION 2 a b WEIGHTS 1 2|ZINTERCARD 3 a b c|XREAD COUNT 1 STREAMS a b 0 0|BITCOUNT a
    XRANGE a - +|GEOSEARCH a FROMMEMBER x BYRADIUS 1 m|GEORADIUS_RO a 1 1 1 m|PFCOUNT a b|HGETALL b|KEYS *|DBSIZE
    SCAN 0|RANDOMKEY|XINFO STREAM a|TOUCH a b|MEMORY USAGE a|SORT a BY b_* GET c|GEORADIUS a 1 1 1 m|BITFIELD_RO a
    BITFIELD a GET u8 0|SUBSTR a 0 0|GETEX a|LPOS a x|SET a x GET|ZDIFF 2 a c|XPENDING a g|GET"""),
)
def test_it_is_remembered_what_a_command_reads(both: Both, line: str) -> None:
    reader = tracking(both)
    reader.hear(*line.split())
    for key in "abc":
        both("SET", key, "x")
    reader.hear()


def test_what_a_command_read_in_vain_is_remembered_too(both: Both) -> None:
    both("RPUSH a x")
    reader = tracking(both)
    reader.transcript("GET a", "GET", "GET b b", "NOSUCH b", "MULTI", "GET a", "EXEC b", "DISCARD")
    both("MSET a 1 b 2")
    assert [stale("a")] == reader.hear()


def test_a_key_is_the_same_in_every_database(both: Both) -> None:
    reader = tracking(both)
    reader("GET k")
    both.transcript("SELECT 1", "SET k v", "SELECT 0")
    assert [stale("k")] == reader.hear()


def test_exchanged_databases_are_not_told(both: Both) -> None:
    both("SET k v")
    reader = tracking(both)
    reader("GET k")
    both("SWAPDB 0 1")
    assert [] == reader.hear()


def test_a_client_is_told_of_its_own_change_after_the_reply(both: Both) -> None:
    reader = tracking(both)
    reader.transcript("GET a", "GET b")
    assert [b"+OK\r\n", stale("b"), stale("a")] == reader.hear("MSET b 1 a 2 b 3")


def test_a_client_is_told_of_its_own_change_after_its_transaction(both: Both) -> None:
    reader, other = tracking(both), tracking(both)
    other("GET b")
    reader.transcript("GET a", "MULTI", "GET b", "SET b 1", "SET a 2", "GET a")
    assert [b"*4\r\n_\r\n+OK\r\n+OK\r\n$1\r\n2\r\n", stale("b"), stale("a")] == reader.hear("EXEC")
    assert [stale("b")] == other.hear()
    both("SET a 3")
    assert [stale("a")] == reader.hear()


def test_who_is_told_nothing_of_its_own_changes_is_told_of_others(both: Both) -> None:
    reader = tracking(both, "NOLOOP")
    reader.transcript("MGET a b", "SET a 1", "DEL a")
    assert [] == reader.hear()
    both.transcript("SET a 1", "SET b 1")
    assert [stale("b")] == reader.hear()


def test_a_client_that_wants_no_replies_is_told_all_the_same(both: Both) -> None:
    reader = tracking(both)
    reader("GET k")
    for line in ("CLIENT REPLY OFF", "SET k v"):
        heard = reader.ours(line)
        reader.theirs.send(encode_command(*line.split()))
    assert stale("k") == heard == reader.theirs.read_raw()


def test_who_has_stopped_is_told_nothing_until_it_starts_again(both: Both) -> None:
    reader = tracking(both)
    reader.transcript("MGET a b c", "CLIENT TRACKING OFF")
    both("SET a 1")
    assert [] == reader.hear()
    reader("CLIENT TRACKING ON")
    both.transcript("SET a 1", "SET b 1")
    assert [stale("b")] == reader.hear()
    reader("RESET")
    both("SET c 1")
    assert [b"+OK\r\n"] == reader.hear("CLIENT TRACKING ON")
    reader("CLIENT TRACKINGINFO")


def test_only_resp3_has_a_place_for_messages(both: Both) -> None:
    reader = tracking(both, protocol=2)
    reader("MGET a b c")
    both("SET a 1")
    assert [] == reader.hear()
    assert reader.ours("HELLO 3")[:1] == reader.theirs.command("HELLO", 3)[:1] == b"%"
    both("SET b 1")
    assert [stale("b")] == reader.hear()


# --- emptied databases, keys that end


@pytest.mark.parametrize("line", ["FLUSHALL", "FLUSHDB", "FLUSHALL ASYNC"])
@pytest.mark.parametrize("options", ["", "BCAST", "NOLOOP", "OPTIN"])
def test_everybody_is_told_once_that_all_is_stale(both: Both, line: str, options: str) -> None:
    reader = tracking(both, options)
    reader("GET k")
    both(line)
    assert [ALL_STALE] == reader.hear()
    both("SET k v")
    assert ([stale("k")] if options == "BCAST" else []) == reader.hear()
    assert [b"+OK\r\n", ALL_STALE] == reader.hear(line)


def expired(both: Both, key: str) -> None:
    """Let the time of a key be over, on both sides, and nobody have noticed."""
    both.theirs.command("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    both("SET", key, "v", "PX", 1)
    both.theirs.command("DEBUG", "SLEEP", 0.005)
    both.theirs.command("DEBUG", "SET-ACTIVE-EXPIRE", 1)


def test_who_finds_out_that_a_key_has_ended_has_its_readers_told(both: Both) -> None:
    reader, other = tracking(both), tracking(both, "NOLOOP")
    for each in (reader, other):
        each("GET k")
    expired(both, "other")
    reader.hear()
    reader("MGET k other")
    other("GET other")
    expired(both, "k")
    for each in (reader, other):
        each.hear()
        each.hear("GET k")
    both("EXISTS k")
    for each in (reader, other):
        each.hear()


# --- CLIENT CACHING


@pytest.mark.parametrize(("mode", "word"), [("OPTIN", "YES"), ("OPTOUT", "NO")])
@pytest.mark.parametrize(
    "lines",
    [
        "GET a|GET b",
        "GET a|CLIENT CACHING !|GET b|GET c",
        "CLIENT CACHING !|CLIENT GETNAME|CLIENT TRACKINGINFO|GET a|CLIENT TRACKINGINFO|GET b",
        "CLIENT CACHING !|PING|GET a",
        "CLIENT CACHING !|SET d x|GET a",
        "CLIENT CACHING !|NOSUCH|GET a",
        "CLIENT CACHING !|CLIENT NOSUCH|GET a",
        "CLIENT CACHING !|CLIENT ID x|GET a|GET b",
        "CLIENT CACHING !|GET|GET a",
        "CLIENT CACHING !|MULTI|GET a|PING|GET b|EXEC|GET c",
        "MULTI|CLIENT CACHING !|GET a|GET b|EXEC|GET c",
        "CLIENT CACHING !|MULTI|GET a|NOSUCH|EXEC|GET b",
        "CLIENT CACHING !|MULTI|GET a|DISCARD|GET b",
        "MULTI|GET a|CLIENT CACHING !|EXEC|GET b",
        "CLIENT CACHING !|CLIENT TRACKING OFF|CLIENT TRACKING ON @|GET a",
        "CLIENT CACHING !|CLIENT TRACKING ON|CLIENT TRACKINGINFO|CLIENT TRACKING ON @|CLIENT TRACKINGINFO|GET a|GET b",
        "GET a|CLIENT CACHING !|MGET b c|MGET b c",
    ],
)
def test_caching_is_for_the_next_command_or_transaction(both: Both, mode: str, word: str, lines: str) -> None:
    reader = tracking(both, mode)
    reader.transcript(*lines.replace("!", word).replace("@", mode).split("|"))
    for key in "abc":
        both("SET", key, "x")
    reader.hear()


# --- BCAST


def test_a_listener_to_prefixes_hears_of_every_change_of_a_round(both: Both) -> None:
    all_keys, some, both_prefixes = (
        tracking(both, f"BCAST {prefixes}") for prefixes in ("", "PREFIX user:", "PREFIX user:2 PREFIX item:")
    )
    both("MSET user:2 a user:1 b item:10 c item:9 d other e user:1 f")
    assert [stale("item:10", "item:9", "other", "user:1", "user:2")] == all_keys.hear()
    assert [stale("user:1", "user:2")] == some.hear()
    assert [stale("item:10", "item:9"), stale("user:2")] == both_prefixes.hear()
    both.transcript("SET user:1 x", "SET user:1 y", "DEL user", "GET user:1", "SETRANGE user: 0 x")
    assert [stale("user:1"), stale("user:1"), stale("user:")] == some.hear()
    assert [] == both_prefixes.hear()


def test_a_listener_hears_of_its_own_changes_when_the_round_ends(both: Both) -> None:
    listener, deaf = tracking(both, "BCAST"), tracking(both, "BCAST NOLOOP")
    assert [b"+OK\r\n", stale("a")] == listener.hear_apart("SET a 1")
    assert [stale("a")] == deaf.hear()
    deaf("MSET b 1 a 2")
    assert [] == deaf.hear()
    assert [stale("a", "b")] == listener.hear()
    deaf.transcript("MULTI", "SET b 1", "DEL a", "EXEC")
    assert [] == deaf.hear()
    assert [stale("a", "b")] == listener.hear()


def test_prefixes_are_added_and_dropped_together(both: Both) -> None:
    listener = tracking(both, "BCAST PREFIX b PREFIX a")
    listener.transcript("CLIENT TRACKING ON BCAST PREFIX c", "CLIENT TRACKINGINFO")
    both("MSET a 1 b 1 c 1 d 1")
    assert [stale("a"), stale("b"), stale("c")] == listener.hear()
    listener.transcript("CLIENT TRACKING ON BCAST", "CLIENT TRACKINGINFO")
    both("SET a 1")
    assert [stale("a"), stale("a")] == listener.hear()
    listener.transcript(
        "CLIENT TRACKING OFF", "CLIENT TRACKINGINFO", "CLIENT TRACKING ON BCAST", "CLIENT TRACKINGINFO"
    )
    both("SET a 1")
    assert [stale("a")] == listener.hear()


def test_who_changes_to_broadcasting_is_told_nothing_of_what_it_read_before(both: Both) -> None:
    reader = tracking(both)
    reader.transcript("GET a", "CLIENT TRACKING OFF", "CLIENT TRACKING ON BCAST PREFIX b", "GET b")
    both("MSET a 1 b 1")
    assert [stale("b")] == reader.hear()


# --- REDIRECT


def test_a_subscriber_in_resp2_gets_what_is_meant_for_another(both: Both) -> None:
    receiver = both.another(2)
    reader = redirecting(both, receiver, protocol=both.protocol)
    reader("MGET a b c d")
    both("SET a 1")
    assert [] == receiver.hear()
    receiver("SUBSCRIBE __redis__:invalidate")
    both("MSET b 1 c 1")
    assert [published("b"), published("c")] == receiver.hear()
    reader("SET d 1")
    assert [published("d")] == receiver.hear()
    assert [] == reader.hear()


def test_any_subscription_will_do(both: Both) -> None:
    receiver = both.another(2)
    reader = redirecting(both, receiver, "BCAST")
    receiver("PSUBSCRIBE x*")
    both("SET a 1")
    assert [published("a")] == receiver.hear()
    assert [] == reader.hear()


def test_a_receiver_in_resp3_need_not_subscribe(both: Both) -> None:
    receiver = both.another(3)
    reader = redirecting(both, receiver, protocol=both.protocol)
    reader.transcript("GET a", "GET b")
    both("SET a 1")
    assert [stale("a")] == receiver.hear()
    assert [stale("b"), b"+OK\r\n"] == receiver.hear("SET b 1")


def test_a_receiver_is_not_told_in_the_midst_of_its_transaction(call: Session) -> None:
    # As 7.2 does; 7.0 breaks its own reply.
    receiver, reader = call.another(), call.another()
    receiver("HELLO 3")
    reader(f"CLIENT TRACKING ON REDIRECT {receiver.client.id}")
    reader("GET a")
    for line in ("MULTI", "SET a 1", "PING"):
        receiver(line)
    assert b"*2\r\n+OK\r\n+PONG\r\n" + stale("a") == receiver("EXEC")
    reader("GET a")
    receiver("CLIENT TRACKING ON")
    assert b"+OK\r\n" + stale("a") == receiver("SET a 2")


def test_a_receiver_hears_last_of_what_the_caller_itself_has_read(both: Both) -> None:
    receiver = both.another(3)
    one, other = redirecting(both, receiver), redirecting(both, receiver)
    one("GET a")
    other("GET b")
    one("MSET a 1 b 2")
    assert [stale("b"), stale("a")] == receiver.hear()


def test_nobody_is_told_anything_for_a_reader_that_was_killed(call: Session) -> None:
    receiver, reader = call.another(), call.another()
    receiver("HELLO 3")
    reader(f"CLIENT TRACKING ON REDIRECT {receiver.client.id}")
    reader("GET a")
    call(f"CLIENT KILL ID {reader.client.id}")
    call("SET a 1")
    assert b"" == receiver.taken()


def test_a_client_may_redirect_to_itself(both: Both) -> None:
    reader = both.another(3)
    here, there = client_id(reader)
    for run, number in ((reader.ours, here), (reader.theirs.command, there)):
        assert b"+OK\r\n" == run("CLIENT", "TRACKING", "ON", "REDIRECT", number)
    reader("GET a")
    assert [b"+OK\r\n", stale("a")] == reader.hear("SET a 1")


@pytest.mark.parametrize("options", ["", "BCAST"])
def test_a_reader_is_told_that_its_receiver_is_gone(both: Both, options: str) -> None:
    receiver = both.another()
    reader, (here, there) = redirecting(both, receiver, options), client_id(receiver)
    reader("GET a")
    assert both.ours("CLIENT", "KILL", "ID", here) == both.theirs.command("CLIENT", "KILL", "ID", there)
    both("SET a 1")
    broken = b">2\r\n$21\r\ntracking-redir-broken\r\n:%b\r\n"
    assert broken % here == reader.ours.taken()
    assert broken % there == reader.theirs.read_raw()
    for run, number in ((reader.ours, here), (reader.theirs.command, there)):
        assert b":%b\r\n" % number == run("CLIENT", "GETREDIR")
        assert b"broken_redirect" in run("CLIENT", "TRACKINGINFO")
        assert (b" flags=tRB " if options else b" flags=tR ") in run("CLIENT", "INFO")
        assert b" redir=%b " % number in run("CLIENT", "INFO")
    reader(f"CLIENT TRACKING ON {options}")
    both("GET a")
    reader("CLIENT TRACKINGINFO")


def test_nothing_is_told_in_words_that_the_receiver_does_not_know(call: Session) -> None:
    # Redis writes the null of the version that the *reader* speaks.
    receiver, reader = call.another(), call.another()
    reader("HELLO 3")
    reader(f"CLIENT TRACKING ON REDIRECT {receiver.client.id}")
    receiver("SUBSCRIBE __redis__:invalidate")
    call("FLUSHALL")
    assert published()[:-4] + b"$-1\r\n" == receiver.taken()


# --- what is refused, what is told


def test_redis_refuses_it_in_the_same_order(both: Both) -> None:
    client = both.another(3)
    lines = calls("""x|x y|off y|off NOLOOP BCAST OPTIN OPTOUT PREFIX x|on redirect|on redirect x|on redirect 0
        on redirect -1|on redirect 999999999|x redirect 999999999|on prefix|on prefix x|on prefix x optin optout
        on bcast optin optout|on bcast optout|on optin optout|on bcast prefix foo prefix foobar
        on bcast prefix foo prefix foo""")
    client.transcript(*(f"CLIENT TRACKING {line}" for line in lines))
    lines = calls("""TRACKING|CACHING|CACHING x|CACHING YES|CACHING YES x|GETREDIR|GETREDIR x
        TRACKINGINFO|TRACKINGINFO x""")
    client.transcript(*(f"CLIENT {line}" for line in lines))


@pytest.mark.parametrize("before", ["", "OPTIN", "OPTOUT", "BCAST PREFIX foo PREFIX bar", "NOLOOP BCAST"])
def test_redis_refuses_to_switch_between_the_same_modes(both: Both, before: str) -> None:
    for options in (
        "",
        "OPTIN",
        "OPTOUT",
        "OPTIN OPTOUT",
        "BCAST",
        "BCAST OPTIN",
        "BCAST PREFIX fo",
        "BCAST PREFIX x PREFIX barn",
        "BCAST PREFIX y PREFIX z",
        "PREFIX x OPTIN",
        "NOLOOP",
    ):
        client = tracking(both, before)
        client.transcript(f"CLIENT TRACKING ON {options}", "CLIENT TRACKINGINFO", "CLIENT CACHING YES")
        client.transcript("CLIENT CACHING NO", "CLIENT CACHING x", "CLIENT TRACKINGINFO", "CLIENT GETREDIR")


def test_prefixes_that_overlap_are_refused_wherever_they_stand(call: Session) -> None:
    # If the first two do not, Redis goes on after the error, and there are two replies.
    expected = (
        b"-ERR Prefix 'foo' overlaps with another provided prefix 'foobar'. "
        b"Prefixes for a single client must not overlap.\r\n"
    )
    assert expected == call("CLIENT TRACKING ON BCAST PREFIX x PREFIX foo PREFIX foobar")
    assert b"$3\r\noff\r\n" in call("CLIENT TRACKINGINFO")


@pytest.mark.parametrize("options", ["", "BCAST", "OPTIN NOLOOP"])
def test_who_tracks_can_be_seen(both: Both, options: str) -> None:
    client = tracking(both, options)
    for told in (client.ours("CLIENT INFO"), client.theirs.command("CLIENT", "INFO")):
        assert (b" flags=tB " if options == "BCAST" else b" flags=t ") in told
        assert b" redir=0 " in told


def test_info_tells_how_much_is_tracked(both: Both) -> None:
    one, _, _ = tracking(both), tracking(both, "BCAST PREFIX a PREFIX b"), tracking(both, "BCAST PREFIX a")
    two = tracking(both)
    one("MGET a b c")
    two("MGET b c d")
    counted(both, clients=4, keys=4, items=6, prefixes=2)
    both("SET b 1")
    counted(both, clients=4, keys=3, items=4, prefixes=2)
    two.hear("CLIENT TRACKING OFF")
    counted(both, clients=3, keys=3, items=4, prefixes=2)
    both("FLUSHDB")
    counted(both, clients=3, keys=0, items=0, prefixes=2)


def counted(both: Both, clients: int, **totals: int) -> None:
    expected = [f"tracking_clients:{clients}", *(f"tracking_total_{name}:{n}" for name, n in totals.items())]
    for told in (both.ours("INFO everything"), both.theirs.command("INFO", "everything")):
        assert expected == [line.decode() for line in told.split(b"\r\n") if line.startswith(b"tracking_")]


# --- clients that wait


def test_a_reader_that_waited_is_told_of_what_ended_its_wait_and_of_the_next_change(call: Session) -> None:
    # As 7.2 does: there the command is run again, and what it reads is remembered again.
    reader = call.another()
    reader("HELLO 3")
    reader("CLIENT TRACKING ON")
    assert b"" == reader("XREAD BLOCK 0 STREAMS s $")
    call("XADD s 1-1 f v")
    entry = b"*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n"
    assert stale("s") + b"%1\r\n$1\r\ns\r\n*1\r\n" + entry == reader.taken()
    call("XADD s 2-1 f v")
    assert stale("s") == reader.taken()


def test_a_reader_whose_wait_changes_what_it_has_is_told_after_the_reply(call: Session) -> None:
    reader = call.another()
    for line in ("HELLO 3", "CLIENT TRACKING ON", "MGET from to"):
        reader(line)
    assert b"" == reader("BLMOVE from to LEFT LEFT 0")
    call("RPUSH from x")
    assert stale("from") + b"$1\r\nx\r\n" + stale("to") == reader.taken()
