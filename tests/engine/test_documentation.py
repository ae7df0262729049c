"""COMMAND INFO, DOCS and HELP: every command of ours says of itself what Redis says of it."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from oracle import Oracle, Wire
from trioredis.commands import load
from trioredis.engine.command import Command, check_signature, command, container
from trioredis.engine.documentation import docs, help_lines, info, key_flag_names, with_subcommands
from trioredis.engine.key_specs import parse_key_flags
from trioredis.protocol.encoding import encode
from trioredis.protocol.replies import SetReply, Simple

COMMANDS = {each.name.decode(): each for each in with_subcommands(load())}

# What Redis 7.2 has and the oracle, a 7.0, has not.
NEW = {"client|no-touch", "client|setinfo", "cluster|myshardid", "waitaof"}
DEPRECATED = {"psetex", "quit", "setex", "setnx"}

# 7.2 lets scripts call these, which wait for nothing there.
FOR_SCRIPTS = {"blpop", "brpop", "blmove", "brpoplpush", "bzpopmin", "bzpopmax"}
NEWER = b"7.2."
"""How the versions begin of which the oracle knows no history."""

# 7.2 gave them an option, and so another arity.
GROWN = {"zrank", "zrevrank"}
SHARED = sorted(COMMANDS.keys() - NEW - GROWN)

# Our own words, names that are for people, and what the subcommands say for themselves.
LEFT_OUT = {"summary", "complexity", "notes", "display_text", "subcommands"}


@pytest.fixture(scope="module")
def resp3(oracle: Oracle) -> Iterator[Wire]:
    with oracle.connect() as wire:
        wire.command("HELLO", "3")
        yield wire


def plain(reply: Any) -> Any:
    """A reply, ours or from the wire, without the types of RESP and without prose."""
    match reply:
        case Simple():
            return reply.text
        case SetReply():
            return plain(reply.items)
        case dict():
            return facts(reply.items()) or []  # as the wire reads an empty map
        case [tuple(), *_]:
            return facts(reply)
        case list():
            return [plain(item) for item in reply]
    return reply


def facts(pairs: Iterable[tuple[bytes, Any]]) -> dict[bytes, Any]:
    kept = {name: plain(value) for name, value in pairs if name.decode() not in LEFT_OUT}
    if b"history" in kept:
        kept[b"history"] = [version for version, _ in kept[b"history"] if not version.startswith(NEWER)]
        if not kept[b"history"]:
            del kept[b"history"]
    return kept


@pytest.mark.parametrize("name", SHARED)
def test_info_is_what_redis_says(name: str, resp3: Wire) -> None:
    *theirs, _subcommands = resp3.ask("COMMAND", "INFO", name)[0]
    *ours, _subcommands = info(COMMANDS[name])
    if name in FOR_SCRIPTS:
        theirs[2].remove(b"noscript")
    assert plain(theirs) == plain(ours)


@pytest.mark.parametrize("version", [2, 3])
def test_info_is_what_redis_says_to_the_byte(version: int, oracle: Oracle) -> None:
    silent = [name for name in SHARED if name not in FOR_SCRIPTS and says_the_same(COMMANDS[name])]
    with oracle.connect() as wire:
        wire.command("HELLO", version)
        theirs = wire.command("COMMAND", "INFO", *silent)
    assert theirs == encode([info(COMMANDS[name]) for name in silent], version)


def says_the_same(each: Command) -> bool:
    """Whether it has neither subcommands nor notes, which are in our own words."""
    return not each.subcommands and not any(spec.notes for spec in each.keys)


@pytest.mark.parametrize("name", SHARED)
def test_docs_are_what_redis_says(name: str, resp3: Wire) -> None:
    [(_, theirs)] = resp3.ask("COMMAND", "DOCS", name)
    ours = plain(docs(COMMANDS[name]))
    if name in DEPRECATED:
        ours = {
            field: ours[field] for field in ours.keys() - {b"doc_flags", b"deprecated_since", b"replaced_by"}
        }
    assert plain(theirs) == ours


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_documented_and_its_handler_fits(name: str) -> None:
    each = COMMANDS[name]
    assert each.summary.endswith(".")
    if each.callable_alone:
        check_signature(each)


def sample() -> Command:
    """A container with something of everything in it."""
    sample = container("SAMPLE", group="server", since="7.0.0")

    @sample.subcommand("GET", arity=-3, since="1.0.0", args="key... [NOW] [mode=(ON | OFF)]")
    def sample_get(ctx: object, *keys: bytes) -> None:
        """Return samples."""

    @sample.subcommand(
        "SET",
        arity=-4,
        since="1.0.0",
        args="(key value)... [LIMIT (offset count)] [PREFIX prefix]... how=(FAST | SLOW)",
        history=(("2.0.0", "Takes more."),),
        deprecated_since="3.0.0",
        replaced_by="nothing",
        doc_flags="syscmd",
    )
    def sample_set(ctx: object, *pairs: bytes) -> None:
        """Change samples."""

    return sample


def test_docs_leave_out_what_there_is_nothing_to_say_about() -> None:
    @command("TIME", arity=1, group="server", since="2.6.0")
    def time(ctx: object) -> None:
        """Return the time."""

    assert {b"summary": b"Return the time.", b"since": b"2.6.0", b"group": b"server"} == docs(time)


def test_docs_of_a_container_hold_those_of_its_subcommands() -> None:
    assert [b"sample|get", b"sample|set"] == list(docs(sample())[b"subcommands"])


def test_docs_say_what_is_deprecated() -> None:
    told = docs(sample().subcommands[b"set"])
    assert SetReply([Simple(b"deprecated"), Simple(b"syscmd")]) == told[b"doc_flags"]
    assert (b"3.0.0", b"nothing") == (told[b"deprecated_since"], told[b"replaced_by"])
    assert SetReply([[b"2.0.0", b"Takes more."]]) == told[b"history"]


def test_docs_describe_arguments() -> None:
    told = docs(sample().subcommands[b"get"])[b"arguments"]
    assert {
        b"name": b"key",
        b"type": b"key",
        b"display_text": b"key",
        b"key_spec_index": 0,
        b"flags": SetReply([Simple(b"multiple")]),
    } == told[0]
    assert [b"name", b"type", b"flags", b"arguments"] == list(told[2])


def test_help_says_how_to_call_what() -> None:
    assert [
        b"SAMPLE <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        b"GET <key> [<key> ...] [NOW] [ON|OFF]",
        b"    Return samples.",
        b"SET <key> <value> [<key> <value> ...] [LIMIT <offset> <count>] [PREFIX <prefix> ...] (FAST|SLOW)",
        b"    Change samples.",
    ] == [line.text for line in help_lines(sample())]


def test_help_of_a_command_that_runs_alone_says_so() -> None:
    @command("SAMPLE", arity=-1, group="server", since="7.0.0")
    def alone(ctx: object, *_: bytes) -> None:
        """Describe samples."""

    assert [b"(no subcommand)", b"    Describe samples."] == [line.text for line in help_lines(alone)[1:]]


def test_accesses_to_keys_are_in_capitals() -> None:
    named = key_flag_names(parse_key_flags("RW ACCESS VARIABLE_FLAGS"))
    assert SetReply([Simple(b"RW"), Simple(b"access"), Simple(b"variable_flags")]) == named
