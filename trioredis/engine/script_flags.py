"""What a call of a script or a function may do, before it is made.

The commands that run them may write, for all that is known of them. Of a function, and of a script with a line about
itself, more is known: whether it writes at all. So CLIENT PAUSE WRITE holds some and lets others pass.
"""

from collections.abc import Callable
from typing import Final

from trioredis.engine.command import MAY_REPLICATE, WRITE, Command
from trioredis.engine.engine import Engine
from trioredis.engine.scripts import Script
from trioredis.engine.table import Argv
from trioredis.errors import CommandError
from trioredis.scripting.shebang import NO_WRITES


def flags_of(engine: Engine, command: Command, argv: Argv) -> int:
    """Return the flags of a call."""
    declared = _DECLARED[command.name](engine, argv[1]) if command.name in _DECLARED else None
    if declared is None:
        return command.flags
    return command.flags & ~MAY_REPLICATE | (0 if declared & NO_WRITES else WRITE)


def flags_of_all(engine: Engine, calls: list[Argv]) -> int:
    """Return all flags of some calls, of commands that there are."""
    flags = 0
    for argv in calls:
        flags |= flags_of(engine, engine.commands.find(argv).command, argv)
    return flags


def _of_function(engine: Engine, name: bytes) -> int | None:
    function = engine.functions.libraries.functions.get(name.lower())
    return None if function is None else function.flags


def _of_source(engine: Engine, source: bytes) -> int | None:
    try:
        return Script.parse(source).flags
    except CommandError:
        return None


def _of_sha(engine: Engine, sha: bytes) -> int | None:
    script = engine.scripts.find(sha)
    return None if script is None else script.flags


_DECLARED: Final[dict[bytes, Callable[[Engine, bytes], int | None]]] = {
    **dict.fromkeys((b"fcall", b"fcall_ro"), _of_function),
    **dict.fromkeys((b"eval", b"eval_ro"), _of_source),
    **dict.fromkeys((b"evalsha", b"evalsha_ro"), _of_sha),
}
"""By command: what is known of the thing that its first argument names; None: nothing."""
