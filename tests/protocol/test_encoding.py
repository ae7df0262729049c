"""One value, two versions of the protocol: the table below is the contract with clients."""

import math
import tracemalloc

import pytest

from trioredis.datatypes.strings import PlainBytes
from trioredis.protocol.encoding import LARGE, encode, encode_error, encode_resp2, encode_resp3
from trioredis.protocol.replies import (
    NO_REPLY,
    NULL_ARRAY,
    OK,
    Attributed,
    BigNumber,
    Error,
    Pairs,
    Printed,
    Push,
    SetReply,
    Simple,
    Verbatim,
)

TABLE = [
    (b"foo", b"$3\r\nfoo\r\n", b"$3\r\nfoo\r\n"),
    (b"", b"$0\r\n\r\n", b"$0\r\n\r\n"),
    (b"\r\n\0\xff", b"$4\r\n\r\n\0\xff\r\n", b"$4\r\n\r\n\0\xff\r\n"),
    (bytearray(b"foo"), b"$3\r\nfoo\r\n", b"$3\r\nfoo\r\n"),
    (0, b":0\r\n", b":0\r\n"),
    (-2, b":-2\r\n", b":-2\r\n"),
    (2**63 - 1, b":9223372036854775807\r\n", b":9223372036854775807\r\n"),
    (-(2**63), b":-9223372036854775808\r\n", b":-9223372036854775808\r\n"),
    (None, b"$-1\r\n", b"_\r\n"),
    (NULL_ARRAY, b"*-1\r\n", b"_\r\n"),
    (NO_REPLY, b"", b""),
    (True, b":1\r\n", b"#t\r\n"),
    (False, b":0\r\n", b"#f\r\n"),
    (1.5, b"$3\r\n1.5\r\n", b",1.5\r\n"),
    (3.0, b"$1\r\n3\r\n", b",3\r\n"),
    (math.inf, b"$3\r\ninf\r\n", b",inf\r\n"),
    (-math.inf, b"$4\r\n-inf\r\n", b",-inf\r\n"),
    (Printed(b"1.50"), b"$4\r\n1.50\r\n", b",1.50\r\n"),
    (OK, b"+OK\r\n", b"+OK\r\n"),
    (Simple(b"a\r\nb"), b"+a  b\r\n", b"+a  b\r\n"),
    (Error(b"ERR no"), b"-ERR no\r\n", b"-ERR no\r\n"),
    (BigNumber(2**64), b"$20\r\n18446744073709551616\r\n", b"(18446744073709551616\r\n"),
    (Verbatim(b"foo"), b"$3\r\nfoo\r\n", b"=7\r\ntxt:foo\r\n"),
    (Verbatim(b"foo", b"mkd"), b"$3\r\nfoo\r\n", b"=7\r\nmkd:foo\r\n"),
    ([], b"*0\r\n", b"*0\r\n"),
    ((1, None), b"*2\r\n:1\r\n$-1\r\n", b"*2\r\n:1\r\n_\r\n"),
    ([b"a", [True]], b"*2\r\n$1\r\na\r\n*1\r\n:1\r\n", b"*2\r\n$1\r\na\r\n*1\r\n#t\r\n"),
    ({b"a"}, b"*1\r\n$1\r\na\r\n", b"~1\r\n$1\r\na\r\n"),
    (frozenset([b"a"]), b"*1\r\n$1\r\na\r\n", b"~1\r\n$1\r\na\r\n"),
    (SetReply([1, 2]), b"*2\r\n:1\r\n:2\r\n", b"~2\r\n:1\r\n:2\r\n"),
    (
        Pairs([(1, 2), (1, 3)]),
        b"*2\r\n*2\r\n:1\r\n:2\r\n*2\r\n:1\r\n:3\r\n",
        b"%2\r\n:1\r\n:2\r\n:1\r\n:3\r\n",
    ),
    (Push([b"a", 1]), b"*2\r\n$1\r\na\r\n:1\r\n", b">2\r\n$1\r\na\r\n:1\r\n"),
    (Attributed({b"a": 1}, b"b"), b"$1\r\nb\r\n", b"|1\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n"),
    (
        {b"a": 1, b"b": {}},
        b"*4\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n*0\r\n",
        b"%2\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n%0\r\n",
    ),
]


@pytest.mark.parametrize(("value", "resp2", "resp3"), TABLE)
def test_each_version_writes_the_value_its_way(value, resp2, resp3):
    assert (resp2, resp3) == (encode(value, 2), encode(value, 3))


@pytest.mark.parametrize("encoder", [encode_resp2, encode_resp3])
@pytest.mark.parametrize("size", [1023, 1024, LARGE - 1, LARGE, LARGE + 1])
def test_bulk_strings_of_any_size_are_framed(encoder, size):
    out = []
    encoder(b"x" * size, out)
    assert b"$%d\r\n%b\r\n" % (size, b"x" * size) == b"".join(out)


@pytest.mark.parametrize("container", [list, tuple, SetReply, Push, frozenset])
@pytest.mark.parametrize("sizes", [range(1023), range(1020, 1030), range(15), range(17), [3] * 16])
def test_an_array_of_many_bulk_strings_is_that_of_few(container, sizes):
    items = [b"%d" % place * size for place, size in enumerate(sizes)]
    value = container(items)
    items = [*getattr(value, "items", value)]  # a set has its own order
    wire = b"".join(b"$%d\r\n%b\r\n" % (len(item), item) for item in items)
    for version in (2, 3):
        header, _, rest = encode(value, version).partition(b"\r\n")
        assert (b"%d" % len(items), wire) == (header[1:], rest)


@pytest.mark.parametrize("other", [1, None, OK, [b"x"], bytearray(b"x"), True, b"x" * LARGE])
@pytest.mark.parametrize("place", [0, 10, 31])
def test_one_item_of_another_kind_among_many_is_encoded_as_itself(other, place):
    items = [b"text"] * 31
    items.insert(place, other)
    for version in (2, 3):
        assert b"*32\r\n" + b"".join(encode(item, version) for item in items) == encode(items, version)


@pytest.mark.parametrize("encoder", [encode_resp2, encode_resp3])
def test_an_array_of_very_many_bulk_strings_takes_little_more_memory_than_its_bytes(encoder):
    items, out = [b"text", b"1"] * 50_000, []
    tracemalloc.start()
    try:
        encoder(items, out)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert b"*100000\r\n" + b"$4\r\ntext\r\n$1\r\n1\r\n" * 50_000 == b"".join(out)
    assert peak < 3_000_000


@pytest.mark.parametrize("odd", [b"x" * 2000, 7, None])
def test_an_odd_item_among_very_many_bulk_strings_is_written_as_what_it_is(odd):
    items = [b"a"] * 5000 + [odd] + [b"a"] * 5000
    out, alone = [], []
    encode_resp2(items, out)
    encode_resp2(odd, alone)
    assert b"*10001\r\n" + b"".join((b"$1\r\na\r\n" * 5000, *alone, b"$1\r\na\r\n" * 5000)) == b"".join(out)


def test_a_large_bulk_string_is_not_copied():
    out = []
    value = b"x" * LARGE
    encode_resp2(value, out)
    assert any(buffer is value for buffer in out)


def test_no_mutable_buffer_escapes():
    out = []
    value = bytearray(b"x" * LARGE)
    encode_resp2(value, out)
    value[:] = b"changed"
    assert [bytes] * len(out) == [type(buffer) for buffer in out]
    assert b"$%d\r\n%b\r\n" % (LARGE, b"x" * LARGE) == b"".join(out)


@pytest.mark.parametrize("encoder", [encode_resp2, encode_resp3])
@pytest.mark.parametrize(
    "value", ["text", ["text"], ["text"] * 100, [PlainBytes()] * 100, {"text": 1}, object()]
)
def test_a_value_that_is_no_reply_is_refused(encoder, value):
    with pytest.raises(TypeError, match="a reply cannot be of type"):
        encoder(value, [])


@pytest.mark.parametrize("encoder", [encode_resp2, encode_resp3])
@pytest.mark.parametrize(
    "value",
    [
        [b"a", ["text"]],
        [*[b"a"] * 50, "text"],
        {b"a": "text"},
        SetReply([b"a", "text"]),
        Attributed({b"a": 1}, "text"),
    ],
)
def test_a_refused_value_leaves_nothing_behind(encoder, value):
    out = [b"before"]
    with pytest.raises(TypeError):
        encoder(value, out)
    assert [b"before"] == out


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        (b"ERR syntax error", b"-ERR syntax error\r\n"),
        (b"ERR a\r\n+OK\r\n", b"-ERR a  +OK\r\n"),
        (b"ERR \n\r", b"-ERR \r\n"),
    ],
)
def test_an_error_cannot_smuggle_a_second_reply(text, wire):
    assert wire == encode_error(text)


def test_a_status_is_not_the_bulk_string_of_the_same_text():
    assert Simple(b"OK") == OK
    assert hash(Simple(b"OK")) == hash(OK)
    assert b"OK" != OK
