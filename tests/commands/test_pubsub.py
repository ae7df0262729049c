"""Publish and subscribe, beside a real Redis."""

from collections.abc import Sequence

import pytest

from bare_engine import Session
from commands.sample_calls import SAMPLER
from side_by_side import Both

SORTS = ("", "P", "S")


def heard(hearers: Sequence[Both]) -> list[list[bytes]]:
    """What some clients were sent since somebody looked, the same here and there."""
    return [hearer.hear() for hearer in hearers]


@pytest.mark.parametrize("sort", SORTS)
def test_each_subscription_is_confirmed_by_how_many_there_are_now(both: Both, sort: str) -> None:
    assert 3 == len(both.hear(f"{sort}SUBSCRIBE a b a"))
    assert 2 == len(both.hear(f"{sort}UNSUBSCRIBE b nosuch"))
    assert 1 == len(both.hear(f"{sort}UNSUBSCRIBE"))
    assert 1 == len(both.hear(f"{sort}UNSUBSCRIBE"))
    assert 2 == len(both.hear(f"{sort}UNSUBSCRIBE a b"))


def test_channels_and_patterns_are_counted_together_and_shard_channels_apart(both: Both) -> None:
    both.hear("SUBSCRIBE a b")
    both.hear("PSUBSCRIBE a* b*")
    both.hear("SSUBSCRIBE a b c")
    for line in (
        "UNSUBSCRIBE a",
        "PUNSUBSCRIBE a*",
        "SUNSUBSCRIBE a",
        "UNSUBSCRIBE",
        "PUNSUBSCRIBE",
        "SUNSUBSCRIBE b c",
    ):
        both.hear(line)


def test_without_a_name_all_subscriptions_of_the_sort_end_in_any_order(both: Both) -> None:
    for sort in SORTS:
        both.hear(f"{sort}SUBSCRIBE a b c")
    for sort in SORTS:
        replies = both.ours(f"{sort}UNSUBSCRIBE").split(b"UNSUBSCRIBE".lower())
        assert 4 == len(replies)
        both.theirs.command(f"{sort}UNSUBSCRIBE")
        both.theirs.read_raw(), both.theirs.read_raw()
    both("GET k")


def test_everybody_who_is_subscribed_gets_the_message_and_the_publisher_is_told_how_many(both: Both) -> None:
    first, second, other = both.another(), both.another(), both.another()
    first.hear("SUBSCRIBE news")
    second.hear("SUBSCRIBE news weather")
    other.hear("SUBSCRIBE weather")
    both("PUBLISH news hello")
    both("PUBLISH", "weather", b"\x00\r\n\xff")
    both("PUBLISH nobody hello")
    both("PUBLISH", "news", "")
    assert [2, 3, 1] == [len(each) for each in heard((first, second, other))]


def test_a_version_of_the_protocol_is_its_clients_own_affair(both: Both) -> None:
    old, new = both.another(2), both.another(3)
    for each in (old, new):
        each.hear("SUBSCRIBE news")
        each.hear("PSUBSCRIBE n*")
        each.hear("SSUBSCRIBE news")
    both("PUBLISH news hello")
    both("SPUBLISH news hello")
    assert [3, 3] == [len(each) for each in heard((old, new))]


def test_a_client_gets_a_message_once_for_its_channel_and_once_for_each_pattern(both: Both) -> None:
    hearer, other = both.another(), both.another()
    hearer.hear("SUBSCRIBE news")
    other.hear("PSUBSCRIBE [mn]ews")
    hearer.hear("PSUBSCRIBE [mn]ews")
    both("PUBLISH news hello")
    both("PUBLISH mews hello")
    both("PUBLISH ews hello")
    assert [3, 2] == [len(each) for each in heard((hearer, other))]


def test_a_shard_channel_is_another_one_than_the_channel_of_its_name(both: Both) -> None:
    hearer, sharded = both.another(), both.another()
    hearer.hear("SUBSCRIBE news")
    sharded.hear("SSUBSCRIBE news")
    hearer.hear("PSUBSCRIBE *")
    both("PUBLISH news to-all")
    both("SPUBLISH news in-the-shard")
    assert [2, 1] == [len(each) for each in heard((hearer, sharded))]


@pytest.mark.parametrize(
    "pattern", ["*", "**", "n*s", "n?ws", "n[a-f]ws", "n[^a]ws", r"n\*s", "N*", "", "news"]
)
@pytest.mark.parametrize("channel", ["news", "n*s", "", "nws"])
def test_patterns_are_those_of_keys(both: Both, pattern: str, channel: str) -> None:
    hearer = both.another()
    hearer.hear("PSUBSCRIBE", pattern)
    both("PUBLISH", channel, "x")
    hearer.hear()


def test_messages_keep_the_order_in_which_they_were_published(both: Both) -> None:
    hearer, other = both.another(), both.another()
    hearer.hear("SUBSCRIBE a b")
    for number in range(10):
        (both if number % 3 else other)("PUBLISH", "ab"[number % 2], number)
    assert 10 == len(hearer.hear())


@pytest.mark.parametrize("sort", SORTS)
def test_any_bytes_are_a_name_and_a_message(both: Both, sort: str) -> None:
    hearer, words = both.another(), SAMPLER.bad_words
    hearer.hear(f"{sort}SUBSCRIBE", *words, *words)
    for word in words:
        both("SPUBLISH" if sort == "S" else "PUBLISH", word, word)
        assert hearer.hear_in_any_order()
    both("PUBSUB", "NUMSUB", *words)
    both("PUBSUB", "SHARDNUMSUB", *words)
    hearer.hear(f"{sort}UNSUBSCRIBE", *words)
    hearer.hear(f"{sort}UNSUBSCRIBE")


# --- what a subscriber may do

INNOCENT = (
    "PING",
    "PING x",
    "SUBSCRIBE b",
    "PSUBSCRIBE b",
    "SSUBSCRIBE b",
    "UNSUBSCRIBE b",
    "PUNSUBSCRIBE b",
    "SUNSUBSCRIBE b",
)
REFUSED = (
    "GET k",
    "HELLO 3",
    "HELLO",
    "MULTI",
    "EXEC",
    "CLIENT LIST",
    "PUBLISH a b",
    "PUBSUB NUMPAT",
    "CONFIG GET x",
    "ECHO x",
)
NONSENSE = ("GET", "NOSUCH", "CLIENT NOSUCH", "CLIENT", "PING a b", "SUBSCRIBE")


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("line", [*INNOCENT, *REFUSED, *NONSENSE])
def test_in_resp2_a_subscriber_may_do_little_else(both: Both, sort: str, line: str) -> None:
    subscriber = both.another(2)
    subscriber.hear(f"{sort}SUBSCRIBE a")
    reply = b"".join(subscriber.hear(line))
    assert (line in REFUSED) == (b"are allowed in this context" in reply)


def test_that_is_over_with_the_last_subscription(both: Both) -> None:
    subscriber = both.another(2)
    for sort in SORTS:
        subscriber.hear(f"{sort}SUBSCRIBE a")
    for sort in SORTS:
        subscriber("GET k")
        subscriber.hear(f"{sort}UNSUBSCRIBE a")
    subscriber("GET k")
    subscriber("PING")


def test_in_resp3_a_subscriber_may_do_everything_until_it_says_hello_2(both: Both) -> None:
    subscriber = both.another(3)
    subscriber.hear("SUBSCRIBE a")
    for line in ("GET k", "PING", "MULTI", "PING", "EXEC", "PUBSUB NUMSUB a"):
        subscriber(line)
    for each in (subscriber.ours, subscriber.theirs.command):
        each("HELLO", 2)
    for line in ("GET k", "HELLO 3", "PING"):
        subscriber(line)


@pytest.mark.parametrize("sort", SORTS)
def test_reset_ends_all_subscriptions_in_silence(both: Both, sort: str) -> None:
    subscriber = both.another()
    subscriber.hear(f"{sort}SUBSCRIBE a b")
    subscriber("RESET")
    subscriber("GET k")
    both("PUBLISH a x")
    both("SPUBLISH a x")
    both("PUBSUB NUMPAT")
    both("PUBSUB CHANNELS")
    both("PUBSUB SHARDCHANNELS")
    assert [] == subscriber.hear()


def test_who_is_not_authenticated_is_told_that_first(both: Both) -> None:
    subscriber = both.another(2)
    subscriber.hear("SUBSCRIBE a")
    both("CONFIG SET requirepass secret")
    stranger = both.another(2)
    both("CONFIG", "SET", "requirepass", "")
    subscriber("GET k")
    stranger("SUBSCRIBE a")


# --- transactions, and replies that are switched off


def test_a_transaction_confirms_subscriptions_in_their_place(both: Both) -> None:
    both.transcript(
        "MULTI", "SET k v", "SUBSCRIBE a", "PSUBSCRIBE b", "UNSUBSCRIBE a", "PUNSUBSCRIBE b", "GET k"
    )
    both("EXEC")
    both.hear()


def test_a_transaction_may_subscribe_to_one_channel_at_a_time_but_to_no_shard_channel(both: Both) -> None:
    both.transcript("MULTI", "SSUBSCRIBE a", "SUNSUBSCRIBE a", "SPUBLISH a x")
    assert b"DENY BLOCKING" in both("EXEC")


def test_a_transaction_that_subscribes_in_resp2_makes_a_subscriber(both: Both) -> None:
    subscriber = both.another(2)
    subscriber.transcript("MULTI", "SUBSCRIBE a", "GET k", "EXEC", "GET k", "MULTI")
    assert [] == subscriber.hear()


def test_messages_of_a_transaction_reach_others_in_order(both: Both) -> None:
    hearer = both.another()
    hearer.hear("SUBSCRIBE a")
    both.transcript("MULTI", "PUBLISH a 1", "SPUBLISH a 1", "PUBLISH a 2")
    assert [] == hearer.hear()
    both("EXEC")
    assert 2 == len(hearer.hear())


def test_who_publishes_to_itself_gets_the_reply_first(both: Both) -> None:
    """That is new in 7.2; the oracle sends the message first."""
    for each in (both.ours, both.theirs.command):
        each("HELLO", 3)
    both.hear("SUBSCRIBE a")
    ours = both.ours("PUBLISH a x")
    message = both.theirs.command("PUBLISH", "a", "x")
    reply = both.theirs.read_raw()
    assert reply + message == ours


def test_messages_to_oneself_come_after_the_whole_transaction(call: Session) -> None:
    """In 7.2; in 7.0 they stand between the replies, which nobody can read."""
    call.client.speak(3)
    message = b">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n"
    confirmation = b">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
    for line in ("MULTI", "SUBSCRIBE a", "PUBLISH a x", "GET k"):
        call(line)
    assert b"*3\r\n" + confirmation + b":1\r\n_\r\n" + message == call("EXEC")


@pytest.mark.parametrize("protocol", [2, 3])
def test_who_wants_no_replies_wants_messages(both: Both, protocol: int) -> None:
    muted = both.another(protocol)
    muted.theirs.send(b"CLIENT REPLY OFF\r\n")
    assert b"" == muted.ours("CLIENT REPLY OFF")
    for sort in SORTS:
        muted(f"{sort}SUBSCRIBE a")
    both("PUBLISH a x")
    both("SPUBLISH a x")
    for _ in SORTS[:-1]:
        assert muted.theirs.read_raw()
    muted.theirs.read_raw()
    for sort in SORTS:
        muted.ours.taken()
        muted(f"{sort}UNSUBSCRIBE a")
    muted("CLIENT REPLY ON")
    muted("PING")


def test_a_muted_publisher_gets_its_own_messages(both: Both) -> None:
    muted = both.another(3)
    muted.hear("SUBSCRIBE a")
    for side in (lambda line: muted.theirs.send(line.encode() + b"\r\n"), muted.ours):
        side("CLIENT REPLY OFF")
    muted("PUBLISH a x")
    muted("CLIENT REPLY ON")
    for side in (lambda line: muted.theirs.send(line.encode() + b"\r\n"), muted.ours):
        side("CLIENT REPLY SKIP")
    muted("PUBLISH a y")
    muted("PING")


def test_a_skipped_subscription_is_confirmed(both: Both) -> None:
    for side in (lambda line: both.theirs.send(line.encode() + b"\r\n"), both.ours):
        side("CLIENT REPLY SKIP")
    both("SUBSCRIBE a")
    both("PING")


def test_a_blocked_subscriber_gets_messages_and_its_reply_in_order(both: Both) -> None:
    blocked = both.another(3)
    blocked.hear("SUBSCRIBE a")
    assert b"" == blocked.ours("BLPOP k 0")
    blocked.theirs.send(b"BLPOP k 0\r\n")
    while b"blocked_clients:1\r\n" not in both.theirs.command("INFO", "clients"):
        pass
    both("PUBLISH a 1")
    both.transcript("MULTI", "PUBLISH a 2", "RPUSH k v", "PUBLISH a 3")
    both("EXEC")
    assert 4 == len(blocked.hear())


def test_publishing_waits_for_a_pause_of_writes_and_subscribing_does_not(call: Session) -> None:
    hearer = call.another()
    call("CLIENT PAUSE 1000 WRITE")
    assert b":1\r\n" in hearer("SUBSCRIBE a")
    assert b"" == call("PUBLISH a x")
    assert b"" == hearer.taken()
    assert b"+OK\r\n" == call.another()("CLIENT UNPAUSE")


# --- PUBSUB


def test_channels_that_somebody_is_subscribed_to_are_listed(both: Both) -> None:
    hearer = both.another()
    hearer.hear("SUBSCRIBE news")
    hearer.hear("PSUBSCRIBE w* x*")
    hearer.hear("SSUBSCRIBE sharded")
    for each in ("PUBSUB CHANNELS", "PUBSUB SHARDCHANNELS"):
        both(each)
        for pattern in ("*", "n*", "s*", "N*", "nosuch", "n* x"):
            both(f"{each} {pattern}")
    hearer.hear("SUBSCRIBE", "")
    hearer.hear("UNSUBSCRIBE news")
    both.transcript("PUBSUB CHANNELS", "PUBSUB CHANNELS *", "PUBSUB CHANNELS **")
    both.transcript("PUBSUB NUMPAT", "PUBSUB NUMPAT x", "PUBSUB NUMSUB", "PUBSUB SHARDNUMSUB")
    both.transcript("PUBSUB NUMSUB news w nosuch sharded news", "PUBSUB SHARDNUMSUB sharded news")
    both.transcript("PUBSUB", "PUBSUB NOSUCH", "PUBSUB HELP x")


def test_patterns_are_counted_once_and_subscribers_each(both: Both) -> None:
    hearers = both.another(), both.another()
    for hearer in hearers:
        hearer.hear("PSUBSCRIBE n* m*")
        hearer.hear("SUBSCRIBE news")
    both("PUBSUB NUMPAT")
    both("PUBSUB NUMSUB news")
    hearers[0].hear("PUNSUBSCRIBE n*")
    both("PUBSUB NUMPAT")
    hearers[1].hear("PUNSUBSCRIBE n*")
    both("PUBSUB NUMPAT")
    hearers[1].hear("UNSUBSCRIBE")
    both("PUBSUB NUMSUB news")


def test_help_is_shown(call: Session) -> None:
    assert b"+SHARDNUMSUB [<shardchannel> ...]\r\n" in call("PUBSUB HELP")


# --- CLIENT and INFO


def test_subscribers_are_listed_as_such(both: Both) -> None:
    subscriber = both.another(3)
    subscriber.hear("SUBSCRIBE a b")
    subscriber.hear("PSUBSCRIBE a")
    subscriber.hear("SSUBSCRIBE a b c")
    for each in (subscriber.ours("CLIENT INFO"), subscriber.theirs.command("CLIENT", "INFO")):
        assert b" flags=P " in each
        assert b" sub=2 psub=1 ssub=3 " in each
    for each in (
        both.ours("CLIENT LIST TYPE pubsub"),
        both.theirs.command("CLIENT", "LIST", "TYPE", "pubsub"),
    ):
        assert 1 == each.count(b" addr=")
    for each in (
        both.ours("CLIENT LIST TYPE normal"),
        both.theirs.command("CLIENT", "LIST", "TYPE", "normal"),
    ):
        assert b" sub=2" not in each


def test_subscribers_are_killed_by_their_type_and_gone(both: Both) -> None:
    subscriber = both.another()
    subscriber.hear("SUBSCRIBE a")
    both("CLIENT KILL TYPE pubsub")
    both("PUBLISH a x")
    assert b"" == subscriber.theirs.read_until_closed()
    assert subscriber.ours.client.gone


def test_info_counts_what_is_subscribed_to(both: Both) -> None:
    subscriber = both.another()
    subscriber.hear("SUBSCRIBE a b")
    subscriber.hear("PSUBSCRIBE a")
    subscriber.hear("SSUBSCRIBE a b c")
    for each in (both.ours("INFO stats"), both.theirs.command("INFO", "stats")):
        assert b"pubsub_channels:2\r\npubsub_patterns:1\r\npubsubshard_channels:3\r\n" in each
    assert b"pubsub_clients:1\r\n" in both.ours("INFO clients")
