"""Error texts: what a client sent is quoted as Redis quotes it."""

import ast

import pytest

from oracle import Wire
from source_tree import PACKAGE, read_modules
from trioredis import errors
from trioredis.errors import CommandError

STRANGE = [b"a\x00b", b"a\r\n", b"a\r\n-ERR b", b"x" * 200, b"\xff'", b""]


@pytest.mark.parametrize(
    "arguments", [[], *[[text] for text in STRANGE], [b"a" * 126, b"b", b"c"], [b"y" * 50] * 4]
)
@pytest.mark.parametrize("name", [b"FOO", b"fo\r\no", b"f\x00o", b"f" * 200])
def test_an_unknown_command_is_quoted_as_redis_does(
    oracle_wire: Wire, name: bytes, arguments: list[bytes]
) -> None:
    assert oracle_wire.ask(name, *arguments) == errors.unknown_command(name, arguments)


@pytest.mark.parametrize("text", STRANGE)
def test_a_strange_argument_is_quoted_as_redis_does(oracle_wire: Wire, text: bytes) -> None:
    oracle_wire.command("SET", "key", "value")
    ask = oracle_wire.ask
    assert ask("OBJECT", text) == errors.unknown_subcommand(b"OBJECT", text)
    assert ask("DEBUG", text) == errors.subcommand_syntax([b"DEBUG", text])
    assert ask("EXPIRE", "key", "1", text) == errors.unsupported_option(text)
    assert ask("HELLO", "2", text) == errors.hello_option(text)
    assert ask("CONFIG", "SET", text, "1") == errors.unknown_config(text)
    assert ask("CLIENT", "LIST", "TYPE", text) == errors.unknown_client_type(text)
    assert ask("LATENCY", "GRAPH", text) == errors.no_latency_samples(text)
    assert ask("ACL", "CAT", text) == errors.unknown_category(text)


def test_an_error_prints_as_its_text() -> None:
    assert "ERR \\xff" == str(CommandError(b"ERR \xff"))


def test_no_name_is_given_to_two_texts() -> None:
    modules = [module for module in read_modules(PACKAGE) if module.name.startswith("trioredis.errors")]
    names = [
        node.id for module in modules for node in module.nodes(ast.Name) if isinstance(node.ctx, ast.Store)
    ]
    constants = [name for name in names if name.isupper()]
    assert sorted(constants) == sorted({*constants})


def test_every_constant_is_one_line_that_begins_with_its_code() -> None:
    constants = {
        name: text for name, text in vars(errors).items() if name.isupper() and isinstance(text, bytes)
    }
    assert constants
    assert [] == [
        name for name, text in constants.items() if b"\r" in text or b"\n" in text or not text[:1].isupper()
    ]
