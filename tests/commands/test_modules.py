"""MODULE: no modules are loaded, and none can be."""

import pytest

from bare_engine import Session
from side_by_side import Both


@pytest.mark.parametrize(
    "line",
    [
        "MODULE LIST",
        "MODULE LIST x",
        "MODULE LOAD /tmp/x.so",
        "MODULE LOAD /tmp/x.so a b",
        "MODULE LOADEX /tmp/x.so CONFIG a b ARGS c",
        "MODULE UNLOAD x",
        "MODULE LOAD",
        "MODULE HELP x",
        "MODULE NOPE",
        "MODULE",
    ],
)
def test_the_answer_is_that_of_redis(both: Both, line: str) -> None:
    both(line)


def test_help_lists_every_subcommand(call: Session) -> None:
    reply = call("MODULE HELP")
    assert b"+LOADEX <path> [CONFIG <name> <value> ...] [ARGS <arg> ...]\r\n" in reply
    assert b"+UNLOAD <name>\r\n+    Unload a module.\r\n" in reply
