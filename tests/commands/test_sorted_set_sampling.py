"""Random members of sorted sets, and scans, beside a real Redis."""

from collections import Counter
from collections.abc import Iterator

import pytest

from bare_engine import Session
from commands.sorted_set_forms import FORMS, limit
from oracle import Value, Wire
from side_by_side import Both

pytestmark = pytest.mark.usefixtures("usual_limits")


def value_of(reply: bytes) -> Value:
    return Wire(None, bytearray(reply)).read_value()  # type: ignore[arg-type]


def fill(call: Session, count: int) -> None:
    call("ZADD", "z", *(word for number in range(count) for word in (number, f"m{number}")))


# --- ZRANDMEMBER


@FORMS
def test_all_members_come_from_the_highest_down(both: Both, entries: int) -> None:
    limit(both, entries)
    both("ZADD z 1 a 1 b 2 c 3 d")
    for count in (4, 5, 2**62):
        both(f"ZRANDMEMBER z {count}")
        both(f"ZRANDMEMBER z {min(count, 2**61)} WITHSCORES")
    both.transcript("ZRANDMEMBER z 0", "ZRANDMEMBER z 0 WITHSCORES", "ZREM z b c d")
    both.transcript("ZRANDMEMBER z", "ZRANDMEMBER z -3", "ZRANDMEMBER z -2 withscores")


@pytest.mark.parametrize(
    "options",
    [
        *(
            "",
            "1",
            "-1 WITHSCORES",
            "x",
            "1 x",
            "1 WITHSCORES x",
            "-9223372036854775808",
            "x WITHSCORES",
            "1.5",
        ),
        *(
            "9223372036854775807 WITHSCORES",
            "-9223372036854775807 WITHSCORES",
            "-4611686018427387904 WITHSCORES",
        ),
    ],
)
def test_other_types_are_refused_and_missing_keys_are_empty(both: Both, options: str) -> None:
    both.transcript(f"ZRANDMEMBER z {options}", "SET z text", f"ZRANDMEMBER z {options}")


@pytest.mark.parametrize("count", [10, 100, 1000])
def test_a_count_gives_different_members_and_below_zero_any(call: Session, count: int) -> None:
    fill(call, count)
    members = {b"m%d" % number for number in range(count)}
    for wanted in (1, 3, count // 2, count - 1):
        chosen = value_of(call(f"ZRANDMEMBER z {wanted}"))
        assert isinstance(chosen, list)
        assert wanted == len({*chosen} & members) == len(chosen)  # type: ignore[arg-type]
        repeated = value_of(call(f"ZRANDMEMBER z {-2 * count}"))
        assert isinstance(repeated, list)
        assert 2 * count == len(repeated)
        assert {*repeated} <= members  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [10, 1000])
@pytest.mark.parametrize("wanted", [3, -3])
def test_scores_belong_to_their_members(call: Session, count: int, wanted: int) -> None:
    fill(call, count)
    call("HELLO 3")
    pairs = value_of(call(f"ZRANDMEMBER z {wanted} WITHSCORES"))
    assert isinstance(pairs, list)
    assert 3 == len(pairs)
    for member, score in pairs:  # type: ignore[misc]
        assert member == b"m%d" % score


@pytest.mark.parametrize("count", [8, 300])
@pytest.mark.parametrize("wanted", ["", "-1", "1"])
def test_every_member_has_the_same_chance(call: Session, count: int, wanted: str) -> None:
    fill(call, count)
    drawn = Counter(call(f"ZRANDMEMBER z {wanted}") for _ in range(40 * count))
    chi_square = sum((drawn[reply] - 40) ** 2 / 40 for reply in drawn)
    assert count == len(drawn)
    # The seed is fixed. Four standard deviations of a chi-square of so many degrees of freedom.
    assert abs(chi_square - (count - 1)) < 4 * (2 * (count - 1)) ** 0.5


def test_more_repetitions_than_anybody_needs_are_refused(call: Session) -> None:
    call("ZADD z 1 a")
    assert b"-ERR value is out of range\r\n" == call(f"ZRANDMEMBER z {-(2**40)}")


# --- ZSCAN


def scanned(call: Session, options: str = "") -> Iterator[tuple[bytes, bytes]]:
    cursor = b"0"
    while True:
        cursor, words = value_of(call(f"ZSCAN z {cursor.decode()} {options}"))  # type: ignore[assignment, misc]
        yield from zip(words[::2], words[1::2], strict=True)  # type: ignore[misc]
        if cursor == b"0":
            return


def test_a_listpack_is_scanned_at_once_and_in_order(both: Both) -> None:
    both("ZADD z 3 a 1 b 2.5 c inf d -inf ab -0 e")
    for options in ("", "MATCH a*", "COUNT 1", "MATCH * COUNT 100", "MATCH nope", "match ?b count 2"):
        both(f"ZSCAN z 0 {options}")
    both("ZSCAN z 7")


@pytest.mark.parametrize(
    "words",
    [
        *(
            "x",
            "0 COUNT",
            "0 COUNT 0",
            "0 COUNT x",
            "0 MATCH",
            "0 NOPE",
            "0 TYPE zset",
            "-1",
            "18446744073709551616",
        ),
        *("0 NOVALUES", "0 COUNT -1", "0"),
    ],
)
def test_what_is_no_scan_is_refused(both: Both, words: str) -> None:
    for preparation in ("DEL z", "ZADD z 1 a", "SET z text"):
        both.transcript("DEL z", preparation, f"ZSCAN z {words}")


@pytest.mark.parametrize("count", [100, 1000])
def test_a_scan_finds_what_was_there_all_the_time(call: Session, count: int) -> None:
    fill(call, count)
    found, number = set(), count
    for member, _ in scanned(call, "COUNT 7"):
        found.add(member)
        call(f"ZADD z {number} m{number}")
        if number % 3 == 0 and number < 2 * count:
            call("ZREM", "z", b"m%d" % number)
        number += 1
        if number > 20 * count:
            break
    assert {b"m%d" % each for each in range(count)} <= found


def test_portions_are_about_as_large_as_the_count(call: Session) -> None:
    fill(call, 10_000)
    _, words = value_of(call("ZSCAN z 0 COUNT 100"))  # type: ignore[misc]
    assert 200 <= len(words) < 400  # type: ignore[arg-type]


def test_scores_are_scanned_as_texts_with_17_digits_from_a_skiplist(call: Session) -> None:
    call("HELLO 3")
    call("ZADD z 0.1 a")
    assert [(b"a", b"0.1")] == list(scanned(call))
    call("CONFIG SET zset-max-listpack-entries 0")
    call("ZADD z -inf b")
    assert [(b"a", b"0.10000000000000001"), (b"b", b"-inf")] == sorted(scanned(call))
