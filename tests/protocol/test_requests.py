"""The parser of requests: every transcript whole, byte by byte and with trailing bytes, with each lane."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.transcripts import COMMANDS, ERRORS, UNAUTHENTICATED_ERRORS, UNFINISHED
from trioredis.protocol.fast_lane import FastLane
from trioredis.protocol.requests import LINE_LIMIT, Limits, RequestParser

PING = b"*1\r\n$4\r\nPING\r\n"


def error(text):
    return b"ERR Protocol error: " + text


def feed_all(parser, chunks):
    return [command for chunk in chunks for command in parser.feed(chunk)]


def byte_by_byte(data):
    return [data[at : at + 1] for at in range(len(data))]


@pytest.fixture(params=["strict", "fast"])
def parser(request):
    if request.param == "strict":
        return RequestParser()
    return RequestParser(lane=FastLane.if_available() or pytest.skip("hiredis is not installed"))


@pytest.mark.parametrize(("data", "commands"), COMMANDS)
class TestCommands:
    def test_come_whole(self, parser, data, commands):
        assert commands == parser.feed(data)
        assert (None, 0) == (parser.error, parser.buffered)

    def test_come_byte_by_byte(self, parser, data, commands):
        assert commands == feed_all(parser, byte_by_byte(data))
        assert (None, 0) == (parser.error, parser.buffered)

    def test_come_before_an_unfinished_one(self, parser, data, commands):
        assert commands == parser.feed(data + b"*2\r\n$4")
        assert (None, 6) == (parser.error, parser.buffered)
        assert [[b"ECHO", b"a"]] == parser.feed(b"\r\nECHO\r\n$1\r\na\r\n")

    def test_come_before_a_framing_error(self, parser, data, commands):
        assert commands == parser.feed(data + b"*x\r\n" + PING)
        assert error(b"invalid multibulk length") == parser.error

    def test_come_in_a_pipeline(self, parser, data, commands):
        assert [[b"PING"], *commands, [b"PING"]] == parser.feed(PING + data + PING)


@pytest.mark.parametrize("data", UNFINISHED)
def test_what_is_unfinished_is_kept_and_counted(parser, data):
    assert [[b"PING"]] == parser.feed(PING + data)
    assert (None, len(data)) == (parser.error, parser.buffered)


@pytest.mark.parametrize("data", UNFINISHED)
def test_what_is_unfinished_is_kept_and_counted_byte_by_byte(parser, data):
    assert [] == feed_all(parser, byte_by_byte(data))
    assert (None, len(data)) == (parser.error, parser.buffered)


@pytest.mark.parametrize(("data", "text"), ERRORS)
@pytest.mark.parametrize("chunks", [lambda data: [data], byte_by_byte])
def test_a_framing_error_ends_the_conversation(parser, data, text, chunks):
    assert [] == feed_all(parser, chunks(data))
    assert (error(text), 0) == (parser.error, parser.buffered)
    assert [] == parser.feed(PING)
    assert (error(text), 0) == (parser.error, parser.buffered)


@pytest.mark.parametrize(
    "line",
    [
        b"x" * LINE_LIMIT + b"\n",
        b"ECHO " + b"x" * (LINE_LIMIT - 6) + b"\r\n",
        b"x" + b" " * (LINE_LIMIT - 1) + b"\n",
    ],
)
def test_an_inline_request_may_have_64_kib(parser, line):
    assert [line.split()] == parser.feed(line)


def test_a_length_line_may_have_64_kib_before_it_is_judged(parser):
    parser.feed(b"*" + b"1" * (LINE_LIMIT - 1) + b"\r")
    assert parser.error is None
    parser.feed(b"\n")
    assert error(b"invalid multibulk length") == parser.error


def test_the_bulk_limit_is_read_when_it_is_needed(parser):
    parser.limits.max_bulk_length = 2**20
    parser.feed(b"*1\r\n$1048577\r\n")
    assert error(b"invalid bulk length") == parser.error


def test_the_bulk_limit_holds_for_a_whole_chunk(parser):
    parser.limits.max_bulk_length = 2**20
    assert [[b"PING"]] == parser.feed(PING + b"*1\r\n$1048577\r\n" + b"x" * 1048577 + b"\r\n" + PING)
    assert error(b"invalid bulk length") == parser.error


def test_a_bulk_string_within_raised_limits_is_waited_for():
    parser = RequestParser(Limits(max_bulk_length=2**62))
    assert [] == parser.feed(b"*1\r\n$4611686018427387904\r\n")
    assert parser.error is None


class TestUnauthenticated:
    @pytest.mark.parametrize(("data", "text"), UNAUTHENTICATED_ERRORS)
    @pytest.mark.parametrize("chunks", [lambda data: [data], byte_by_byte])
    def test_large_frames_are_refused(self, parser, data, text, chunks):
        parser.authenticated = False
        assert [] == feed_all(parser, chunks(data))
        assert error(text) == parser.error

    @pytest.mark.parametrize("frame", [b"*11\r\n" + b"$1\r\na\r\n" * 11, b"*1\r\n$16385\r\n" + b"x" * 16387])
    def test_large_frames_are_refused_even_if_they_come_whole(self, parser, frame):
        parser.authenticated = False
        assert [] == parser.feed(frame + PING)
        assert parser.error.startswith(b"ERR Protocol error: unauthenticated ")

    @pytest.mark.parametrize(("data", "text"), UNAUTHENTICATED_ERRORS)
    def test_large_frames_are_fine_once_authenticated(self, parser, data, text):
        parser.feed(data)
        assert (None, len(data)) == (parser.error, parser.buffered)

    def test_ten_arguments_of_16_kib_are_fine(self, parser):
        parser.authenticated = False
        argument = b"x" * 16384
        assert [[argument] * 10] == parser.feed(b"*10\r\n" + b"$16384\r\n%b\r\n" % argument * 10)

    @pytest.mark.parametrize(("data", "text"), UNAUTHENTICATED_ERRORS)
    def test_a_large_frame_waits_for_the_commands_before_it(self, parser, data, text):
        parser.authenticated = False
        assert [[b"PING"]] == parser.feed(PING + data)
        assert (True, None, len(data)) == (parser.paused, parser.error, parser.buffered)
        parser.feed(b"")
        assert (False, error(text)) == (parser.paused, parser.error)

    @pytest.mark.parametrize(("data", "text"), UNAUTHENTICATED_ERRORS)
    def test_a_large_frame_is_read_if_a_command_before_it_authenticates(self, parser, data, text):
        parser.authenticated = False
        parser.feed(PING + data)
        parser.authenticated = True
        assert [] == parser.feed(b"")
        assert (False, None, len(data)) == (parser.paused, parser.error, parser.buffered)


class CountedBytes(bytes):
    """Bytes that count how many of them are searched or split."""

    searched = 0

    def find(self, mark, start=0, end=None):
        found = super().find(mark, start, end)
        CountedBytes.searched += (found if found >= 0 else len(self)) - start
        return found

    def split(self, mark, most=-1):
        CountedBytes.searched += len(self)
        return super().split(mark, most)


def test_a_large_value_in_pieces_is_gathered_unsearched():
    parser = RequestParser()
    size, piece = 2**24, CountedBytes(b"\r" * 2**14)
    CountedBytes.searched = 0
    parser.feed(b"*1\r\n$%d\r\n" % size)
    for _ in range(size // len(piece)):
        assert [] == parser.feed(piece)
    assert [[b"\r" * size]] == parser.feed(b"\r\n")
    assert 0 == CountedBytes.searched


def test_a_large_value_is_in_memory_twice_at_most():
    parser = RequestParser()
    size = 2**24
    piece = b"x" * 2**14
    tracemalloc.start()
    try:
        parser.feed(b"*1\r\n$%d\r\n" % size)
        for _ in range(size // len(piece)):
            parser.feed(piece)
        commands = parser.feed(b"\r\n")
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == len(commands[0][0])
    assert kept < 1.1 * size
    assert peak < 2.3 * size


@pytest.mark.parametrize(
    "claim",
    [b"*2147483647\r\n", b"*1\r\n$536870912\r\n", b"*9999\r\n" * 5, b"~99999999\r\n", b">99999999\r\n"],
)
def test_nothing_is_allocated_for_a_claim(parser, claim):
    tracemalloc.start()
    try:
        parser.feed(PING + claim)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**20


# Bytes in the neighbourhood of the protocol, where the two lanes could come to disagree.
pieces = st.sampled_from(
    [
        *(data for data, _ in COMMANDS),
        *(data for data in UNFINISHED),
        *(data for data, _ in ERRORS if len(data) < 100),
        *(bytes([byte]) for byte in b"*$~>%|+-:,_#(=!\r\n\0\"' 0123456789ax"),
        b"\r\n",
        b"*1\r\n",
        b"*2\r\n",
        b"$1\r\n",
        b"=5\r\ntxt:a\r\n",
        b"|1\r\n+a\r\n+b\r\n",
        b"$-1\r\n",
        b"(" + b"1" * 5000 + b"\r\n",
    ]
)
conversations = st.lists(st.one_of(st.binary(max_size=20), st.lists(pieces).map(b"".join)), max_size=8)


@pytest.mark.parametrize("authenticated", [True, False])
@given(chunks=conversations)
def test_the_fast_lane_cannot_be_told_from_the_strict_parser(authenticated, chunks):
    strict = RequestParser(authenticated=authenticated)
    fast = RequestParser(authenticated=authenticated, lane=FastLane.if_available())
    for chunk in chunks:
        # The reference is the strict parser proper, without the short cut for single commands.
        commands = []
        strict._parse(chunk, commands)
        assert commands == fast.feed(chunk)
        assert (strict.error, strict.buffered, strict.paused) == (fast.error, fast.buffered, fast.paused)


@given(chunks=conversations)
def test_the_chunking_does_not_matter(chunks):
    data = b"".join(chunks)
    whole, pieces, single = RequestParser(), RequestParser(), RequestParser()
    expected = (whole.feed(data), whole.error, whole.buffered)
    assert expected == (feed_all(pieces, chunks), pieces.error, pieces.buffered)
    assert expected == (feed_all(single, byte_by_byte(data)), single.error, single.buffered)


@given(chunks=conversations)
def test_clients_that_share_a_lane_do_not_notice(chunks):
    lane = FastLane.if_available()
    disturbed, other, alone = RequestParser(lane=lane), RequestParser(lane=lane), RequestParser()
    for chunk in chunks:
        assert alone.feed(chunk) == disturbed.feed(chunk)
        if other.error is None:
            other.feed(chunk[1:])
