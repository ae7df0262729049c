"""Replies read back: every one whole, byte by byte and in a pipeline, and what is no reply at all."""

import math
import tracemalloc
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trioredis.protocol.encoding import encode
from trioredis.protocol.replies import OK, BigNumber, Error, Push, SetReply, Simple, Verbatim
from trioredis.protocol.responses import LINE_LIMIT, MAX_DEPTH, ResponseParser

REPLIES = [
    (b"+OK\r\n", OK),
    (b"+\r\n", Simple(b"")),
    (b"+Background saving started\r\n", Simple(b"Background saving started")),
    (b"-ERR no\r\n", Error(b"ERR no")),
    (b"!6\r\nERR \r\n\r\n", Error(b"ERR \r\n")),
    (b":1\r\n", 1),
    (b":-9223372036854775808\r\n", -(2**63)),
    (b"$3\r\nfoo\r\n", b"foo"),
    (b"$4\r\n\r\n\r\n\r\n", b"\r\n\r\n"),
    (b"$0\r\n\r\n", b""),
    (b"$-1\r\n", None),
    (b"*-1\r\n", None),
    (b"_\r\n", None),
    (b"#t\r\n", True),
    (b"#f\r\n", False),
    (b",1.5\r\n", 1.5),
    (b",-inf\r\n", -math.inf),
    (b"(-18446744073709551616\r\n", BigNumber(-(2**64))),
    (b"=7\r\ntxt:foo\r\n", Verbatim(b"foo")),
    (b"*0\r\n", []),
    (b"*2\r\n*0\r\n*1\r\n$1\r\na\r\n", [[], [b"a"]]),
    (b"~2\r\n:1\r\n:1\r\n", SetReply([1, 1])),
    (b">2\r\n+a\r\n*1\r\n:1\r\n", Push([Simple(b"a"), [1]])),
    (b"%2\r\n$1\r\na\r\n%0\r\n:1\r\n_\r\n", {b"a": {}, 1: None}),
    (b"|1\r\n+ttl\r\n:3600\r\n$1\r\na\r\n", b"a"),
    (b"*2\r\n|1\r\n+a\r\n*1\r\n:1\r\n:1\r\n|0\r\n:2\r\n", [1, 2]),
    (b"*1\r\n" * MAX_DEPTH + b":1\r\n", reduce(lambda inner, _: [inner], range(MAX_DEPTH), 1)),
]

MALFORMED = [
    (b"?\r\n", "unknown type b'?'"),
    (b"\r\n", "unknown type b'\\r'"),
    (b":+1\r\n", "invalid integer b'+1'"),
    (b":9223372036854775808\r\n", "invalid integer b'9223372036854775808'"),
    (b"$01\r\n", "invalid length b'01'"),
    (b"$-2\r\n", "invalid length b'-2'"),
    (b"*-2\r\n", "invalid length b'-2'"),
    (b"%-1\r\n", "invalid length b'-1'"),
    (b"=-1\r\n", "invalid length b'-1'"),
    (b"$1\r\nabc", "a bulk string does not end where it says"),
    (b"#x\r\n", "invalid boolean b'x'"),
    (b"_x\r\n", "invalid null b'x'"),
    (b",1_0\r\n", "invalid double b'1_0'"),
    (b"(1.0\r\n", "invalid big number b'1.0'"),
    (b"=3\r\ntxt\r\n", "a verbatim string without its format"),
    (b"%1\r\n*0\r\n:1\r\n", "a container as the key of a map"),
    (b"*1\r\n" * (MAX_DEPTH + 1), f"more than {MAX_DEPTH} containers in each other"),
    (b"+" + b"x" * (LINE_LIMIT + 2), f"a line of more than {LINE_LIMIT} bytes"),
]


def byte_by_byte(data):
    return [data[at : at + 1] for at in range(len(data))]


def feed_all(parser, chunks):
    return [reply for chunk in chunks for reply in parser.feed(chunk)]


@pytest.mark.parametrize(("data", "reply"), REPLIES)
def test_a_reply_is_read_in_any_chunking(data, reply):
    assert [reply] == ResponseParser().feed(data)
    assert [reply] == feed_all(ResponseParser(), byte_by_byte(data))
    assert [1, reply, reply] == feed_all(ResponseParser(), [b":1\r\n" + data + data + b"*2\r\n$3"])


@pytest.mark.parametrize(("data", "reply"), REPLIES)
def test_a_reply_keeps_its_type(data, reply):
    assert [type(reply)] == [type(value) for value in ResponseParser().feed(data)]


@pytest.mark.parametrize(("data", "reason"), MALFORMED)
@pytest.mark.parametrize("chunks", [lambda data: [data], byte_by_byte])
def test_what_is_no_reply_ends_the_conversation(data, reason, chunks):
    parser = ResponseParser()
    assert [1] == feed_all(parser, [b":1\r\n", *chunks(data)])
    assert reason == parser.error
    assert [] == parser.feed(b":1\r\n")


def test_replies_before_a_malformed_one_are_delivered():
    parser = ResponseParser()
    assert [OK, 1] == parser.feed(b"+OK\r\n:1\r\n?\r\n")
    assert "unknown type b'?'" == parser.error


@pytest.mark.parametrize("claim", [b"*2147483647\r\n", b"%2147483647\r\n", b"$536870912\r\n"])
def test_nothing_is_allocated_for_a_claim(claim):
    parser = ResponseParser()
    tracemalloc.start()
    try:
        assert [] == parser.feed(claim)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**16


def test_a_large_value_in_pieces_is_gathered_in_linear_time():
    parser = ResponseParser()
    size, piece = 2**24, b"\r" * 2**14
    parser.feed(b"$%d\r\n" % size)
    for _ in range(size // len(piece)):
        assert [] == parser.feed(piece)
    assert [b"\r" * size] == parser.feed(b"\r\n")


integers = st.integers(-(2**63), 2**63 - 1)
keys = st.one_of(st.none(), st.binary(), st.builds(Simple, st.sampled_from([b"OK", b"a b"])))
lines = st.binary().map(lambda text: text.replace(b"\r", b"").replace(b"\n", b""))
scalars = st.one_of(
    keys,
    integers,
    st.booleans(),
    st.floats(allow_nan=False),
    st.builds(Error, lines),
    st.builds(Verbatim, st.binary()),
    st.builds(BigNumber, st.integers()),
)
replies = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner),
        st.dictionaries(st.one_of(keys, integers), inner),
        st.lists(inner).map(SetReply),
        st.lists(inner).map(Push),
    ),
)


@given(expected=st.lists(replies, max_size=4), cut=st.integers(1, 50))
def test_what_the_encoder_writes_is_read_back(expected, cut):
    data = b"".join(encode(reply, 3) for reply in expected)
    chunks = [data[at : at + cut] for at in range(0, len(data), cut)]
    assert expected == feed_all(ResponseParser(), chunks)


def as_resp2(reply):
    """What is left of a reply after RESP2."""
    match reply:
        case bool():
            return int(reply)
        case list() | SetReply() | Push():
            return [as_resp2(item) for item in (reply if isinstance(reply, list) else reply.items)]
        case dict():
            return [as_resp2(item) for pair in reply.items() for item in pair]
        case BigNumber():
            return b"%d" % reply.value
        case Verbatim():
            return reply.text
        case float():
            return encode(reply, 3)[1:-2]
        case _:
            return reply


@given(reply=replies)
def test_resp2_keeps_what_it_can(reply):
    assert [as_resp2(reply)] == ResponseParser().feed(encode(reply, 2))


@given(
    chunks=st.lists(
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from([data for data, _ in REPLIES + MALFORMED if len(data) < 1000]),
        )
    )
)
def test_the_chunking_does_not_matter(chunks):
    data = b"".join(chunks)
    whole, single = ResponseParser(), ResponseParser()
    assert whole.feed(data) == feed_all(single, byte_by_byte(data))
    assert whole.error == single.error
