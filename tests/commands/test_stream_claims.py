"""What a group has pending, and who takes it over, beside a real Redis."""

import pytest

from bare_engine import ManualTime, Session
from commands.test_stream_groups import group, look
from side_by_side import Both

__all__ = ["group"]

OLD = "IDLE 1000000"

# --- XPENDING


@pytest.mark.parametrize(
    "words",
    [
        *(
            "s g",
            "s h",
            "none g",
            "str g",
            "s g - + 0",
            "s g - + -1",
            "s g - + x",
            "s g - +",
            "s g -",
            "s g x + 1",
        ),
        *(
            "s g - x 1",
            "s g - + 10 nobody",
            "s g IDLE x - + 10",
            "s g IDLE 0 - +",
            "s g IDLE 0 - + 10 nobody",
        ),
        *("s g IDLE 500000 - + 10", "s g (18446744073709551615-18446744073709551615 + 1", "s g - (0-0 1"),
        *("s g IDLE 0 - + 10 a b", "s g - + 10 nobody b c", "s g - + 10 a b c d", "str g x + 1", "s g ( + 1"),
    ],
)
def test_xpending_takes_and_refuses_the_same(group: Both, words: str) -> None:
    group(f"XPENDING {words}")


def test_a_summary_of_nothing_is_empty(both: Both) -> None:
    both.transcript("XGROUP CREATE s g $ MKSTREAM", "XPENDING s g", "XPENDING s g - + 10")


def test_ages_are_those_of_the_last_delivery(call: Session, manual_time: ManualTime) -> None:
    for line in ("XADD s 1-1 f v", "XGROUP CREATE s g 0", "XREADGROUP GROUP g c STREAMS s >"):
        call(line)
    manual_time.pass_by(5)
    assert b"*1\r\n*4\r\n$3\r\n1-1\r\n$1\r\nc\r\n:5000\r\n:1\r\n" == call("XPENDING s g - + 10")
    assert b"*0\r\n" == call("XPENDING s g IDLE 5001 - + 10")
    call("XREADGROUP GROUP g c STREAMS s 0")
    assert b"*1\r\n*4\r\n$3\r\n1-1\r\n$1\r\nc\r\n:0\r\n:2\r\n" == call("XPENDING s g IDLE 0 - + 10")
    manual_time.pass_by(-60)
    assert b"*1\r\n*4\r\n$3\r\n1-1\r\n$1\r\nc\r\n:0\r\n:2\r\n" == call("XPENDING s g - + 10")


# --- XCLAIM and XAUTOCLAIM


@pytest.mark.parametrize(
    "words",
    [
        *("bob 0 1-1", "bob 0 1-1 2-1 4-1 5-1 9-9", "bob 0 1-1 JUSTID", "bob 0 5-1 FORCE", "bob 0 9-9 FORCE"),
        *(
            f"bob 0 1-1 {OLD}",
            "bob 0 1-1 TIME 1",
            "bob 0 1-1 TIME -1",
            "bob 0 1-1 TIME 9999999999999",
            "bob 0 1-1 IDLE -5",
        ),
        *(
            "bob 0 1-1 RETRYCOUNT 7",
            "bob 0 1-1 RETRYCOUNT -7",
            "bob 0 1-1 RETRYCOUNT 7 JUSTID",
            "bob 0 5-1 1-1 FORCE JUSTID",
        ),
        *(
            "bob 0 1-1 LASTID 6-1",
            "bob 0 9-9 LASTID 6-1",
            "bob 0 1-1 LASTID 1-1",
            "bob 0 1-1 LASTID x",
            "bob 0 1-1 LASTID",
        ),
        *(
            "bob 500000 1-1",
            "bob -5 1-1",
            "bob x 1-1",
            "alice 0 1-1",
            "alice 0 1-1 JUSTID",
            "bob 0 FORCE",
            "bob 0 x",
        ),
        *(
            "bob 0 1-1 x",
            "bob 0 1-1 IDLE",
            "bob 0 1-1 IDLE x",
            "bob 0 1-1 TIME x",
            "bob 0 1-1 RETRYCOUNT x",
            "bob 0 1 force",
        ),
        *(
            "bob 0 1-1 JUSTID 2-1",
            "bob 0 1-1 1-1",
            "bob 0",
            "bob x x",
            "bob 0 5-1 FORCE RETRYCOUNT 3",
            "new 0 1-1",
        ),
    ],
)
def test_xclaim_takes_and_refuses_the_same(group: Both, words: str) -> None:
    group.events(f"XCLAIM s g {words}")
    look(group)


@pytest.mark.parametrize(
    "line", ["XCLAIM none g c 0 1", "XCLAIM s h c x 1", "XCLAIM str g c x 1", "XCLAIM s g c 0"]
)
def test_xclaim_needs_a_group(group: Both, line: str) -> None:
    group(line)


def test_the_age_that_an_entry_is_given_counts(group: Both) -> None:
    group.transcript(f"XCLAIM s g bob 0 1-1 3-1 {OLD}", "XCLAIM s g alice 500000 1-1 2-1 3-1 JUSTID")
    group.transcript(f"XCLAIM s g bob 0 2-1 3-1 {OLD}", "XAUTOCLAIM s g alice 500000 0 COUNT 1")
    look(group)


@pytest.mark.parametrize(
    "name", ["XCLAIM s g bob 0 1-1 2-1 3-1", "XAUTOCLAIM s g bob 0 0", "XAUTOCLAIM s g bob 0 0 COUNT 1"]
)
def test_what_is_deleted_is_pending_until_somebody_claims_it(group: Both, name: str) -> None:
    group.transcript("XDEL s 1-1 3-1", name)
    look(group)


@pytest.mark.parametrize(
    "words",
    [
        *(
            "bob 0 0",
            "bob 0 0 COUNT 2",
            "bob 0 0 COUNT 1 JUSTID",
            "bob 0 (1-1",
            "bob 0 2",
            "bob 0 -",
            "bob 0 +",
            "bob 0 9",
        ),
        *(
            "bob 500000 0",
            "bob -1 0",
            "bob x 0",
            "bob 0 x",
            "bob 0 0 COUNT 0",
            "bob 0 0 COUNT -1",
            "bob 0 0 COUNT x",
        ),
        *(
            "bob 0 0 COUNT",
            "bob 0 0 FOO",
            "bob x x FOO",
            "bob 0 x COUNT x",
            "bob 0",
            "new 0 0",
            "bob 0 0 justid JUSTID",
        ),
        *("bob 0 (18446744073709551615-18446744073709551615", "bob 0 0 COUNT 576460752303423488"),
    ],
)
def test_xautoclaim_takes_and_refuses_the_same(group: Both, words: str) -> None:
    group.events(f"XAUTOCLAIM s g {words}")
    look(group)


@pytest.mark.parametrize("key", ["none", "str", "s"])
def test_xautoclaim_needs_a_group(group: Both, key: str) -> None:
    group.transcript(
        f"XAUTOCLAIM {key} h c 0 0", f"XAUTOCLAIM {key} h c x 0", f"XAUTOCLAIM {key} h c 0 0 FOO"
    )


def test_xautoclaim_looks_at_ten_times_what_it_may_claim_and_tells_where_to_go_on(both: Both) -> None:
    both.transcript("XGROUP CREATE s g 0 MKSTREAM", *(f"XADD s {number}-0 f v" for number in range(1, 41)))
    both.transcript("XREADGROUP GROUP g alice STREAMS s >", f"XCLAIM s g alice 0 35-0 {OLD} JUSTID")
    both.transcript(
        "XAUTOCLAIM s g bob 500000 0 COUNT 1", "XAUTOCLAIM s g bob 500000 11 COUNT 3", "XPENDING s g"
    )


def test_no_room_is_made_for_what_nobody_has(call: Session) -> None:
    call("XGROUP CREATE s g 0 MKSTREAM")
    assert b"*3\r\n$3\r\n0-0\r\n*0\r\n*0\r\n" == call(f"XAUTOCLAIM s g c 0 0 COUNT {2**40}")
    assert call(f"XAUTOCLAIM s g c 0 0 COUNT {2**50}").startswith(b"-ERR Insufficient memory")
