"""ACL: the one user there is, beside a real Redis."""

from collections.abc import Iterator
from hashlib import sha256

import pytest

from bare_engine import Session
from side_by_side import Both
from trioredis.commands import load
from trioredis.commands.acl import acl
from trioredis.engine.documentation import with_subcommands

PASSWORD = b"open sesame"
OF_7_2 = b"sanitize-payload"
"""A flag that new users have since Redis 7.2; the oracle is a 7.0."""


@pytest.fixture
def locked(both: Both) -> Iterator[Both]:
    """Both servers, which have a password from now on."""
    both("CONFIG", "SET", "requirepass", PASSWORD)
    yield both
    both("CONFIG", "SET", "requirepass", "")


def same_rules(both: Both) -> None:
    """LIST and GETUSER tell the same of the default user, but for the flag."""
    theirs, ours = both.theirs.command("ACL", "LIST"), both.ours("ACL LIST")
    assert theirs.split(b"\r\n")[2] == ours.split(b"\r\n")[2].replace(b" " + OF_7_2, b"")
    theirs, ours = (each.split(b"\r\n") for each in (both.theirs.command("ACL", "GETUSER", "default"),
                                                     both.ours("ACL GETUSER default")))  # fmt: skip
    at = ours.index(OF_7_2)
    flags = ours[3][:1] + b"%d" % (int(ours[3][1:]) - 1)
    assert theirs == [*ours[:3], flags, *ours[4 : at - 1], *ours[at + 1 :]]


def test_acl_refuses_what_redis_refuses(both: Both) -> None:
    both.transcript(
        "ACL", "ACL NOPE", "ACL WHOAMI x", "ACL LIST x", "ACL USERS x", "ACL GETUSER", "ACL HELP x"
    )
    both.transcript("ACL CAT nope", "ACL CAT @read", "ACL CAT a b", "ACL GETUSER a b")


def test_there_is_one_user(both: Both) -> None:
    both.transcript("ACL WHOAMI", "ACL USERS", "ACL GETUSER nobody", "ACL GETUSER DEFAULT")


def test_without_a_password_everybody_may_do_everything(both: Both) -> None:
    same_rules(both)


def test_of_a_password_the_digest_is_shown(locked: Both) -> None:
    same_rules(locked)
    assert b"#" + sha256(PASSWORD).hexdigest().encode() in locked.ours("ACL LIST")


def test_categories_are_those_of_redis(both: Both) -> None:
    both("ACL CAT")


def test_a_category_lists_its_commands_and_subcommands(call: Session) -> None:
    members = {each.name for each in with_subcommands(load()) if b"connection" in each.categories}
    listed = call("ACL CAT Connection").split(b"\r\n")[2::2]
    assert sorted(members) == sorted(listed)
    assert {b"ping", b"client|kill"} <= members
    assert b"client" not in members


@pytest.mark.parametrize("category", ["string", "connection"])
def test_a_category_has_the_commands_that_it_has_in_redis(category: str, both: Both) -> None:
    theirs = set(both.theirs.command("ACL", "CAT", category).split(b"\r\n")[2::2])
    known = {each.name for each in with_subcommands(load())}
    of_7_2 = {b"client|setinfo", b"client|no-touch"}
    ours = set(both.ours(f"ACL CAT {category}").split(b"\r\n")[2::2])
    assert theirs & known == ours - of_7_2


def test_help_tells_of_every_subcommand(call: Session) -> None:
    text = call("ACL HELP")
    assert all(b"\r\n+" + name.upper() in text for name in acl.subcommands)
    assert {b"cat", b"getuser", b"help", b"list", b"users", b"whoami"} == set(acl.subcommands)
