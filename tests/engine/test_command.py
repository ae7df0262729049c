"""What a declaration says, and what follows from it."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from trioredis.engine.command import (
    ADMIN,
    BLOCKING,
    FAST,
    MOVABLEKEYS,
    READONLY,
    WRITE,
    Command,
    check_signature,
    command,
    container,
    keys_of,
)
from trioredis.engine.key_specs import KeySpec, parse_key_flags

READ = parse_key_flags("RO ACCESS")


def declared(name: str = "NAME", group: str = "string", arity: int = 1, **facts: Any) -> Command:
    """A command that does nothing."""

    @command(name, group=group, arity=arity, since="1.0.0", **facts)
    def nothing(ctx: object, *arguments: bytes) -> None:
        """Do nothing.

        And take its time.
        """

    return nothing


def test_names_are_lower_case() -> None:
    assert b"getdel" == declared("GETDEL").name


def test_the_summary_is_the_first_line_of_the_docstring() -> None:
    assert "Do nothing." == declared().summary


def test_one_key_specification_needs_no_tuple() -> None:
    spec = KeySpec(1, flags="RO")
    assert (spec,) == declared(keys=spec).keys == declared(keys=(spec,)).keys


@pytest.mark.parametrize(
    ("facts", "categories"),
    [
        ({}, "string slow"),
        ({"flags": FAST}, "string fast"),
        ({"flags": WRITE | FAST}, "string write fast"),
        ({"flags": READONLY}, "string read slow"),
        ({"flags": WRITE | BLOCKING, "group": "list"}, "list write blocking slow"),
        ({"flags": ADMIN, "group": "server"}, "admin dangerous slow"),
        ({"group": "generic"}, "keyspace slow"),
        ({"group": "sorted-set"}, "sortedset slow"),
        ({"group": "transactions"}, "transaction slow"),
        ({"group": "server", "categories": "keyspace dangerous"}, "keyspace dangerous slow"),
        ({"group": "generic", "categories": ""}, "slow"),
        # A script that is declared READONLY is not yet a read.
        ({"flags": READONLY, "group": "scripting"}, "scripting slow"),
    ],
)
def test_categories_follow_from_flags_and_group(facts: dict[str, Any], categories: str) -> None:
    assert set(categories.encode().split()) == declared(**facts).categories


@pytest.mark.parametrize("facts", [{"group": "strings"}, {"categories": "keys"}])
def test_an_unknown_category_or_group_is_refused(facts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="not an ACL category"):
        declared(**facts)


def test_keys_without_a_fixed_place_make_a_command_movable() -> None:
    assert MOVABLEKEYS == declared(keys=KeySpec(after="STREAMS", flags="RO")).flags
    assert 0 == declared(keys=KeySpec(1, last=-1, step=2, flags="OW")).flags


def test_a_container_knows_its_subcommands() -> None:
    config = container("CONFIG", group="server", since="2.0.0")

    @config.subcommand("GET", arity=-3, flags=ADMIN, since="2.0.0")
    def config_get(ctx: object, *parameters: bytes) -> None:
        """Return."""

    assert {b"get": config_get} == config.subcommands
    assert (b"config|get", "server") == (config_get.name, config_get.group)
    assert not config.callable_alone
    assert {b"slow"} == config.categories


def test_a_command_may_have_subcommands_and_run_alone() -> None:
    alone = declared("COMMAND", arity=-1)
    alone.subcommand("COUNT", arity=2, since="2.8.13")(lambda ctx: 0)
    assert alone.callable_alone
    assert [b"count"] == list(alone.subcommands)


def test_keys_come_with_what_happens_to_them() -> None:
    get = declared(keys=KeySpec(1, flags="RO ACCESS"))
    assert [(b"key", READ)] == keys_of(get, [b"get", b"key"])


def find(argv: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """Find what the specification of a command cannot know."""
    return [(argv[-1], READ)]


@pytest.mark.parametrize(
    ("spec", "facts", "keys"),
    [
        (KeySpec(1, flags="RO"), {"find_keys": find}, [b"a"]),
        (KeySpec(1, flags="RO VARIABLE_FLAGS"), {"find_keys": find}, [b"b"]),
        (KeySpec(1, flags="RO VARIABLE_FLAGS"), {}, [b"a"]),
        (KeySpec(flags="RO"), {"find_keys": find}, [b"b"]),
        (KeySpec(flags="RO"), {}, []),
        (KeySpec(3, flags="RO"), {}, []),
    ],
)
def test_a_command_finds_its_keys_itself_where_the_specification_does_not_know(
    spec: KeySpec, facts: dict[str, Any], keys: list[bytes]
) -> None:
    assert keys == [key for key, _ in keys_of(declared(keys=spec, **facts), [b"name", b"a", b"b"])]


def test_a_channel_is_no_key() -> None:
    assert not declared(keys=KeySpec(1, flags="NOT_KEY")).has_keys
    assert declared(keys=KeySpec(1, flags="RO")).has_keys


@pytest.mark.parametrize(
    ("arity", "handler"),
    [
        (1, lambda ctx: None),
        (2, lambda ctx, key: None),
        (-2, lambda ctx, *keys: None),
        (-2, lambda ctx, key, *rest: None),
        (-2, lambda ctx, key, value=b"", *rest: None),
    ],
)
def test_a_handler_fits_its_arity(arity: int, handler: Callable[..., None]) -> None:
    check_signature(command("NAME", group="string", arity=arity, since="1.0.0")(handler))


@pytest.mark.parametrize(
    ("arity", "handler"),
    [
        (2, lambda ctx: None),
        (2, lambda ctx, key, value: None),
        (2, lambda ctx, *keys: None),
        (-2, lambda ctx, key: None),
        (-2, lambda ctx, key, value=b"": None),
        (-2, lambda ctx, key, value, *rest: None),
    ],
)
def test_a_handler_that_does_not_fit_its_arity_is_refused(arity: int, handler: Callable[..., None]) -> None:
    with pytest.raises(TypeError, match=f"arity {arity}"):
        check_signature(command("NAME", group="string", arity=arity, since="1.0.0")(handler))


def test_the_arity_of_a_subcommand_counts_both_words() -> None:
    config = container("CONFIG", group="server", since="2.0.0")
    check_signature(config.subcommand("REWRITE", arity=2, since="2.8.0")(lambda ctx: None))
