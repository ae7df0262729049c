"""HyperLogLog commands: replies, announcements and bytes beside a real Redis, and what only the engine shows."""

from random import Random

import pytest

from bare_engine import Session
from side_by_side import Both
from trioredis.datatypes import hyperloglog

HEADER = b"HYLL\1" + b"\0" * 10 + b"\x80"


def test_documented_examples(both: Both) -> None:
    both.transcript("PFADD hll a b c d e f g", "PFCOUNT hll", "DEL hll")
    both.transcript("PFADD hll foo bar zap", "PFADD hll zap zap zap", "PFADD hll foo bar", "PFCOUNT hll")
    both.transcript("PFADD some-other-hll 1 2 3", "PFCOUNT hll some-other-hll")
    both.transcript(
        "PFADD hll1 foo bar zap a", "PFADD hll2 a b c foo", "PFMERGE hll3 hll1 hll2", "PFCOUNT hll3"
    )


def test_adding_is_announced_if_it_changes_something(both: Both) -> None:
    assert [(0, b"pfadd", b"k")] == both.events("PFADD k")
    assert [] == both.events("PFADD k")
    both.transcript("GET k", "OBJECT ENCODING k", "EXPIRE k 900")
    assert [(0, b"pfadd", b"k")] == both.events("PFADD k a b")
    assert [] == both.events("PFADD k b a")
    both.transcript("GET k", "TTL k")


def test_an_estimate_is_kept_in_the_value_and_nobody_hears_of_it(both: Both) -> None:
    both("PFADD k a b c")
    for _ in range(2):
        assert [] == both.events("PFCOUNT k")
        both("GET k")
    both.transcript("PFADD k a", "GET k", "PFADD k d", "GET k", "PFCOUNT k k", "GET k")


def test_counting_is_a_change_only_while_the_estimate_is_not_known(call: Session) -> None:
    call("PFADD k a")
    for _ in range(2):
        call("PFCOUNT k")
        assert 2 == call.engine.stats.dirty


@pytest.mark.parametrize("limit", [0, 200, 3000, 10**6])
def test_thousands_of_elements_leave_the_same_bytes(both: Both, limit: int) -> None:
    both(f"CONFIG SET hll-sparse-max-bytes {limit}")
    random = Random(limit)
    for key in ("a", "b", "c"):
        for count in [1] * 50 + [5] * 50 + [300] * 10:
            both("PFADD", key, *(random.randbytes(random.randrange(24)) for _ in range(count)))
            both("GET", key)
        both.transcript(f"PFCOUNT {key}", f"GET {key}", f"PFDEBUG ENCODING {key}", f"PFDEBUG DECODE {key}")
        both(f"PFMERGE all {key}")
        both("GET all")
    both.transcript("PFCOUNT a b c", "PFCOUNT all", "PFDEBUG GETREG all")
    both("CONFIG SET hll-sparse-max-bytes 3000")


def test_a_value_moves_between_the_two(both: Both) -> None:
    for number in range(600):
        both("PFADD", "k", f"element {number}")
        value = both.theirs.ask("GET", "k") if number % 2 else both.ours.engine.keyspace[0].peek(b"k")
        assert isinstance(value, bytes | bytearray)
        both("SET", "k", bytes(value))
    both("PFCOUNT k")


def test_merging_takes_what_is_at_the_destination_along(both: Both) -> None:
    both("PFADD", "small", *range(10))
    both("PFADD", "other", *range(5, 400))
    both("PFADD", "large", *range(3000))
    both.transcript("EXPIRE small 900", "SET copy x")
    for sources in ("", "none", "small", "other", "other none small", "large", "small"):
        assert [(0, b"pfadd", b"d")] == both.events(f"PFMERGE d {sources}")
        both.transcript("GET d", "PFCOUNT d", "PFDEBUG ENCODING d")
    both.events("PFMERGE small other")
    both.transcript("GET small", "TTL small", "PFMERGE copy small", "PFMERGE new copy", "EXISTS new")


def test_merging_in_the_sparse_encoding_may_end_in_the_dense_one(both: Both) -> None:
    for key in ("a", "b", "c"):
        both("PFADD", key, *(f"{key}{number}" for number in range(600)))
        both(f"PFDEBUG ENCODING {key}")
    both.transcript(
        "PFMERGE d a", "GET d", "PFMERGE d b", "GET d", "PFMERGE e a b c", "GET e", "PFMERGE a b c", "GET a"
    )


@pytest.mark.parametrize(
    "value",
    [
        b"", b"12", b"HYLL", HEADER[:15], b"hyll" + HEADER[4:], b"HYLL\2" + HEADER[5:] + b"\x7f\xff",
        b"HYLL\0" + HEADER[5:] + b"\x7f\xff", b"HYLL\0" + HEADER[5:] + bytes(12289), HEADER, HEADER + b"\x7f",
        HEADER + b"\x7f\x00", HEADER + b"\x7f\xff\x00", HEADER + b"\x7f\xff\x80", HEADER + b"\x7f\xff\x7f\xff",
        HEADER[:15] + b"\0zz", HEADER + b"\xff" * 9, HEADER + b"\x7f\xfe\x00", HEADER + b"\x7f\xfe\x40",
        b"HYLL\0" + HEADER[5:] + b"\xff" * 12288, HEADER + b"\xfc" * 16383 + b"\x00",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "line",
    [
        "PFADD k", "PFADD k b", "PFCOUNT k", "PFCOUNT k k", "PFCOUNT none k", "PFMERGE k", "PFMERGE d k", "PFMERGE k good",
        "PFDEBUG DECODE k", "PFDEBUG TODENSE k", "PFDEBUG ENCODING k", "PFDEBUG GETREG k",
    ],
)  # fmt: skip
def test_what_is_no_sound_sketch_is_refused(both: Both, value: bytes, line: str) -> None:
    both("PFADD good a")
    both("SET", "k", value)
    both.events(line)
    # How Redis continues an opcode that lacks its second byte is undefined in C.
    if value[len(HEADER) :] != b"\x7f":
        both.transcript("GET k", "OBJECT ENCODING k", "GET d")


def test_the_first_key_that_is_wrong_decides(both: Both) -> None:
    both.transcript("SET text abc", "PFADD good a")
    both("SET", "corrupt", HEADER)
    for line in (
        "PFCOUNT corrupt text",
        "PFCOUNT text corrupt",
        "PFMERGE d good corrupt text",
        "PFMERGE text corrupt",
    ):
        both(line)


@pytest.mark.parametrize(
    "line",
    ["PFADD k a", "PFCOUNT k", "PFCOUNT none k", "PFMERGE k none", "PFMERGE d k", "PFDEBUG ENCODING k"],
)
def test_another_type_is_the_wrong_one(call: Session, line: str) -> None:
    call.engine.keyspace[0].write(b"k", other := object())
    assert b"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n" == call(line)
    assert other is call.engine.keyspace[0].peek(b"k")


@pytest.mark.parametrize("subcommand", ["getreg", "DECODE", "Encoding", "TODENSE", "NOPE", ""])
def test_pfdebug_looks_inside(both: Both, subcommand: str) -> None:
    both("PFADD", "k", *range(30))
    for _ in range(2):
        assert [] == both.events("PFDEBUG", subcommand, "k")
        both("GET k")
    both("PFDEBUG", subcommand, "none")
    both("PFDEBUG", subcommand, "k", "x")
    both("PFDEBUG", subcommand)


def test_the_self_test_passes(call: Session) -> None:
    assert b"+OK\r\n" == call("PFSELFTEST")
    assert b"-ERR wrong number of arguments for 'pfselftest' command\r\n" == call("PFSELFTEST x")


def test_the_self_test_tells_what_is_wrong(call: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hyperloglog, "estimate", lambda registers: 100)
    assert b"-ERR TESTFAILED Too big error. card:1 abserr:99\r\n" == call("PFSELFTEST")


def test_an_element_of_a_large_sketch_is_added_in_place(call: Session) -> None:
    call("PFADD", "k", *range(5000))
    call("SET", "copy", bytes(call.engine.keyspace[0].peek(b"k")))
    for key in ("k", "copy"):
        call("PFADD", key, "first")
        value = call.engine.keyspace[0].peek(key.encode())
        for line in ("PFADD", key, *range(5000, 6000)), ("PFCOUNT", key), ("PFMERGE", key, "other"):
            call(*line)
            assert value is call.engine.keyspace[0].peek(key.encode())


def test_an_estimate_is_forgotten_though_a_later_element_meets_what_is_corrupt(both: Both) -> None:
    both(b"SET", b"k", b"HYLL\x01".ljust(15, b"\0") + b"\x7f\x02?\x80Y\xf3\x00\xfc")
    assert both("PFADD k 78 1 9183").startswith(b"-INVALIDOBJ")
    both("GET k")
    assert both("PFCOUNT k").startswith(b"-INVALIDOBJ")


def test_a_copy_goes_its_own_way(both: Both) -> None:
    both("PFADD", "k", *range(5000))
    both.transcript("COPY k copy", "PFADD k x y z", "GET copy", "GET k")


def test_reading_counts_hits_and_misses_and_changing_does_not(call: Session) -> None:
    stats = call.engine.keyspace.stats
    for line in ("PFADD k a", "PFADD k a", "PFDEBUG DECODE k"):
        call(line)
    assert (0, 0) == (stats.hits, stats.misses)
    for line in ("PFCOUNT k", "PFCOUNT k none", "PFMERGE d k none"):
        call(line)
    assert (3, 3) == (stats.hits, stats.misses)
