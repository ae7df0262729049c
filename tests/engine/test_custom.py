"""Functions as commands: what follows from their signatures, what is refused, and what their callers see."""

import logging
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from enum import IntEnum
from typing import Any, NamedTuple

import pytest

from bare_engine import Session
from trioredis.commands.custom import Commands, add_custom
from trioredis.engine.command import FAST, READONLY, keys_of
from trioredis.engine.custom import custom_command
from trioredis.engine.key_specs import KeySpec
from trioredis.errors import CommandError
from trioredis.protocol.replies import NO_REPLY, Simple, Verbatim

INTERNAL = b"-ERR internal error\r\n"


@pytest.fixture
def add(call: Session) -> Callable[..., None]:
    """Adds a command ``MY`` to the engine behind `call`."""
    return lambda function, name="MY", **facts: add_custom(call.engine.commands, name, function, facts)


# --- what follows from a signature


def nothing(ctx): ...
def two(ctx, key, limit): ...
def optional(ctx, key, limit=b"10"): ...
def many(ctx, key, *fields): ...
def hidden(ctx, key, *, scale=10): ...


@pytest.mark.parametrize(
    ("function", "arity"),
    [(nothing, 1), (two, 3), (optional, -2), (many, -2), (hidden, 2), (lambda ctx, *a: 1, -1)],
)
def test_the_arity_follows_from_the_signature(function, arity) -> None:
    assert arity == custom_command("MY", function, {}).arity


@pytest.mark.parametrize(
    ("function", "arity"), [(two, 3), (optional, -2), (optional, 3), (many, -4), (many, 5)]
)
def test_an_arity_may_be_declared_that_the_function_bears(function, arity) -> None:
    assert arity == custom_command("MY", function, {"arity": arity}).arity


def test_no_call_reaches_the_function_with_arguments_that_it_does_not_take(call, add) -> None:
    add(optional)
    for line, answered in (("MY", False), ("MY k", True), ("MY k 1", True), ("MY k 1 2", False)):
        assert answered == (call(line) != b"-ERR wrong number of arguments for 'my' command\r\n")


def test_annotated_arguments_are_read_as_redis_reads_numbers(call, add) -> None:
    def numbers(ctx, key: bytes, count: int, factor: "float" = 1.5, *rest: int):
        return [key, count, factor, *rest]

    add(numbers)
    assert b"*3\r\n$1\r\nk\r\n:7\r\n$3\r\n1.5\r\n" == call("MY k 7")
    assert b"*5\r\n$1\r\nk\r\n:7\r\n$4\r\n0.25\r\n:8\r\n:9\r\n" == call("MY k 7 0.25 8 9")
    for line in ("MY k 1_0", "MY k x", "MY k 7 1 8 x"):
        assert b"-ERR value is not an integer or out of range\r\n" == call(line)
    assert b"-ERR value is not a valid float\r\n" == call("MY k 7 x")


def test_the_docs_are_the_docstring_and_the_names_of_the_arguments(call, add) -> None:
    def take(ctx, key, limit: int, factor: float = 1.0, *Words):  # noqa: N803 -- a name that usage lines have to quote
        """
        Take a token.

        More about it.
        """

    add(take, keys=1, since="2.0.0", group="string", complexity="O(1)")
    call.client.speak(3)
    docs = call("COMMAND DOCS MY")
    for part in (
        b"$13\r\nTake a token.\r\n",
        b"2.0.0",
        b"string",
        b"O(1)",
        b"integer",
        b"double",
        b"Words",
        b"key_spec_index",
    ):
        assert part in docs
    assert b"More about it" not in docs


@pytest.mark.parametrize(
    ("keys", "argv", "found"),
    [
        (0, [b"my", b"a", b"b"], []),
        (1, [b"my", b"a", b"b"], [b"a"]),
        (2, [b"my", b"a", b"b"], [b"a", b"b"]),
        (KeySpec(2, flags="RO"), [b"my", b"a", b"b"], [b"b"]),
        ((KeySpec(1, flags="RO"), KeySpec(2, flags="OW")), [b"my", b"a", b"b"], [b"a", b"b"]),
    ],
)
def test_its_keys_are_found_in_its_calls(keys, argv, found) -> None:
    assert found == [key for key, _ in keys_of(custom_command("MY", two, {"keys": keys}), argv)]


def test_keys_up_to_the_end_need_no_more_than_one(call, add) -> None:
    add(many, keys=KeySpec(1, last=-1, flags="RO"))
    assert b"*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n" == call("COMMAND GETKEYS MY a b c")
    assert b"multiple" in call("COMMAND DOCS MY")


def test_command_info_shows_flags_keys_and_categories(call, add) -> None:
    add(two, keys=1, flags="readonly fast", categories="string")
    info = call("COMMAND INFO MY")
    for part in (b"+module", b"+readonly", b"+fast", b"+@read", b"+@fast", b"+@string", b"+RO", b"+access"):
        assert part + b"\r\n" in info
    assert b"$2\r\nmy\r\n" in call("ACL CAT string")


def test_flags_may_be_constants_and_are_those_of_a_write_if_nothing_is_said() -> None:
    assert {b"write", b"slow"} == custom_command("MY", two, {}).categories
    assert {b"read", b"fast"} == custom_command("MY", two, {"flags": READONLY | FAST}).categories


# --- what is refused


async def asynchronous(ctx, key): ...
def generator(ctx):
    yield


def text(ctx, key: str): ...
def quoted_text(ctx, key: "str"): ...
def listed(ctx, key: list): ...
def named(ctx, *, limit): ...
def any_name(ctx, **options): ...


@pytest.mark.parametrize(
    ("function", "facts", "error", "says"),
    [
        (asynchronous, {}, TypeError, "Await in a task of your program"),
        (generator, {}, TypeError, "plain function"),
        (text, {}, TypeError, "call .decode"),
        (quoted_text, {}, TypeError, "call .decode"),
        (listed, {}, TypeError, "bytes, int or float"),
        (named, {}, TypeError, "nobody can pass 'limit'"),
        (any_name, {}, TypeError, "nobody can pass 'options'"),
        (lambda: None, {}, TypeError, "takes the context first"),
        (lambda *ctx: None, {}, TypeError, "takes the context first"),
        (two, {"arity": 2}, TypeError, "arity 2 does not fit"),
        (two, {"arity": 4}, TypeError, "arity 4 does not fit"),
        (two, {"arity": -3}, TypeError, "arity -3 does not fit"),
        (two, {"arity": 0}, TypeError, "arity 0 does not fit"),
        (two, {"keys": 3}, ValueError, "keys beyond the 2 arguments"),
        (two, {"keys": -1}, ValueError, "KeySpec"),
        (optional, {"keys": 2}, ValueError, "keys beyond the 1 arguments"),
        (two, {"keys": KeySpec(3, flags="RO")}, ValueError, "keys beyond"),
        (two, {"keys": "key"}, TypeError, "keys is a number"),
        (two, {"flags": ["write"]}, TypeError, "flags are words in one str"),
        (two, {"flags": "wrote"}, ValueError, "wrote is no flag; there are: write readonly"),
        (two, {"flags": "write readonly"}, ValueError, "either it may write or it is readonly"),
        (two, {"categories": "strings"}, ValueError, "not an ACL category"),
        (two, {"args": "key ["}, ValueError, "should stand"),
    ],
)
def test_what_could_not_work_is_refused_at_once_and_told_how_it_could(function, facts, error, says) -> None:
    with pytest.raises(error, match=says):
        custom_command("RATE.TAKE", function, facts)


@pytest.mark.parametrize("name", ["", "RATE TAKE", "rate|take", "tæke", "a\nb"])
def test_a_name_is_one_word_of_ascii(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a command's name"):
        custom_command(name, nothing, {})


@pytest.mark.parametrize("name", [nothing, b"MY", None])
def test_who_forgets_the_name_is_told_at_once(name: Any) -> None:
    with pytest.raises(TypeError, match="cannot be a command's name: that is a str"):
        Commands().command(name)


@pytest.mark.parametrize("name", ["GET", "get", "Config", "MY"])
def test_a_name_that_is_taken_is_refused(add, name: str) -> None:
    add(nothing)
    with pytest.raises(ValueError, match=f"there is a command {name} already"):
        add(nothing, name)


# --- replies


class Colour(IntEnum):
    RED = 1


class Point(NamedTuple):
    x: int
    y: int


@pytest.mark.parametrize(
    ("reply", "wire"),
    [
        (None, b"_\r\n"),
        (True, b"#t\r\n"),
        (7, b":7\r\n"),
        (2**63, b"(9223372036854775808\r\n"),
        (Colour.RED, b":1\r\n"),
        (0.5, b",0.5\r\n"),
        (b"a", b"$1\r\na\r\n"),
        (bytearray(b"a"), b"$1\r\na\r\n"),
        ([1, [b"a", 2**64]], b"*2\r\n:1\r\n*2\r\n$1\r\na\r\n(18446744073709551616\r\n"),
        (Point(1, 2), b"*2\r\n:1\r\n:2\r\n"),
        (OrderedDict({b"a": 1}), b"%1\r\n$1\r\na\r\n:1\r\n"),
        (defaultdict(list, {b"a": [None]}), b"%1\r\n$1\r\na\r\n*1\r\n_\r\n"),
        (frozenset({1}), b"~1\r\n:1\r\n"),
        (Simple(b"OK"), b"+OK\r\n"),
        ([Verbatim(b"text")], b"*1\r\n=8\r\ntxt:text\r\n"),
    ],
)
def test_a_reply_is_what_python_has_for_it(call, add, reply, wire) -> None:
    add(lambda ctx: reply)
    call.client.speak(3)
    assert wire == call("MY")


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("text", b"str"),
        ([1, ["text"]], b"str"),
        ({b"a": {1, "b"}}, b"str"),
        (1j, b"complex"),
        (object(), b"object"),
        (NO_REPLY, b"reply that never comes"),
    ],
)
def test_a_reply_of_a_wrong_type_is_an_error_that_says_so(call, add, caplog, reply, kind) -> None:
    add(lambda ctx: reply, "My.Own")
    with caplog.at_level(logging.ERROR, "trioredis"):
        answer = call("MY.OWN")
    assert answer.startswith(b"-ERR My.Own returned a %b, which is no reply: return bytes, int" % kind)
    assert 1 == len(caplog.records)


def test_an_exception_is_an_internal_error_and_a_line_in_the_log(call, add, caplog) -> None:
    add(lambda ctx: 1 // 0)
    with caplog.at_level(logging.ERROR, "trioredis"):
        assert INTERNAL == call("MY")
    assert "ZeroDivisionError" in caplog.text
    assert "Bug in my" in caplog.text
    assert b"+PONG\r\n" == call("PING")


def test_what_is_in_a_set_or_a_key_may_be_several_things_itself(call, add) -> None:
    add(lambda ctx: [{(1, b"a")}, {frozenset([2])}, {(3,): 4}])
    call("HELLO 3")
    assert b"*3\r\n~1\r\n*2\r\n:1\r\n$1\r\na\r\n~1\r\n~1\r\n:2\r\n%1\r\n*1\r\n:3\r\n:4\r\n" == call("MY")


def test_a_reply_that_contains_itself_ends_no_server(call, add) -> None:
    endless: list[Any] = []
    endless.append(endless)
    add(lambda ctx: endless)
    assert INTERNAL == call("MY")
    assert b"+PONG\r\n" == call("PING")


@pytest.mark.parametrize("text", ["LIMITED Try later", b"LIMITED Try later"])
def test_an_error_reply_is_raised_as_text_or_bytes(call, add, text) -> None:
    def refuse(ctx):
        raise CommandError(text)

    add(refuse)
    assert b"-LIMITED Try later\r\n" == call("MY")
    assert b"errorstat_LIMITED:count=1\r\n" in call("INFO errorstats")
