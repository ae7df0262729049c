"""LOLWUT: a piece of computer art, and the version (Redis documentation: LOLWUT).

Redis has shown Schotter by Georg Nees, plotted in 1968. Here it is the other classic, a maze that a Commodore 64
draws with one line of BASIC: ``10 PRINT CHR$(205.5+RND(1)); : GOTO 10``.
"""

from random import Random

from trioredis import errors
from trioredis.engine.command import FAST, READONLY, command
from trioredis.engine.context import Context
from trioredis.errors import CommandError
from trioredis.numerals import parse_integer
from trioredis.protocol.replies import Reply, Verbatim
from trioredis.versions import REDIS_VERSION

_COLUMNS, _ROWS = 40, 12
_WALLS = "\u2571\u2572"
"""The two diagonals of a character cell."""
_CAPTION = "10 PRINT, one line of BASIC on a Commodore 64, 1982."


@command(
    "LOLWUT",
    arity=-1,
    flags=READONLY | FAST,
    group="server",
    since="5.0.0",
    args="[VERSION version:integer]",
)
def lolwut(ctx: Context, *options: bytes) -> Reply:
    """Draw a piece of computer art, and tell the version."""
    maze = "".join(row + "\n" for row in _maze(_chance(ctx, options)))
    return Verbatim(b"%b\n%b Redis ver. %b\n" % (maze.encode(), _CAPTION.encode(), REDIS_VERSION))


def _chance(ctx: Context, options: tuple[bytes, ...]) -> Random:
    """Return what decides about the walls: a version draws the same maze every time."""
    if len(options) < 2 or options[0].lower() != b"version":
        return ctx.engine.env.random
    version = parse_integer(options[1])
    if version is None:
        raise CommandError(errors.NOT_AN_INTEGER)
    return Random(version)


def _maze(chance: Random) -> list[str]:
    return ["".join(chance.choices(_WALLS, k=_COLUMNS)) for _ in range(_ROWS)]
