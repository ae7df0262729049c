"""What is known of a directive of redis.conf, and how honestly this server takes it.

Every directive of Redis 7.2 is in the catalogue, so that a redis.conf moves here unchanged. But nothing is accepted
and ignored in silence: each directive has a standing, and those that do nothing, or that promise what does not work
yet, say why in one line. The lists in the README are made from these.
"""

from collections.abc import Callable
from enum import Enum as StandardEnum
from enum import Flag, auto
from typing import Any

from attrs import field, frozen

from trioredis.config.kinds import Kind


class Level(StandardEnum):
    """How a directive is taken."""

    HONOURED = "honoured"
    """It does here what it does in Redis."""
    WAITING = "waiting"
    """It is accepted, kept and shown, for a feature of a later release."""
    MEANINGLESS = "meaningless"
    """It is accepted, kept and shown, and will never do anything: there is nothing here that it could govern."""
    REFUSED = "refused"
    """It promises what does not work yet: only the value that promises nothing is accepted."""


@frozen
class Standing:
    """A level, and the reason for it: what follows "because" in the README, and in the error if it is refused."""

    level: Level
    reason: str = ""


HONOURED = Standing(Level.HONOURED)


def waiting(reason: str) -> Standing:
    """Make the standing of what is accepted for a later release."""
    return Standing(Level.WAITING, reason)


def meaningless(reason: str) -> Standing:
    """Make the standing of what is accepted and never does anything."""
    return Standing(Level.MEANINGLESS, reason)


def refused(reason: str) -> Standing:
    """Make the standing of what promises something that does not work yet."""
    return Standing(Level.REFUSED, reason)


class Trait(Flag):
    """What else Redis says of a directive."""

    NONE = 0
    IMMUTABLE = auto()
    """Set at start only."""
    PROTECTED = auto()
    """CONFIG SET needs ``enable-protected-configs``."""
    SENSITIVE = auto()
    """Its value shows up in no log and in no error."""
    HIDDEN = auto()
    """CONFIG GET shows it under its full name only."""
    NOT_WHILE_LOADING = auto()
    """CONFIG SET waits until the data is loaded."""


IMMUTABLE, PROTECTED, SENSITIVE = Trait.IMMUTABLE, Trait.PROTECTED, Trait.SENSITIVE
HIDDEN, NOT_WHILE_LOADING = Trait.HIDDEN, Trait.NOT_WHILE_LOADING


@frozen(eq=False)
class Directive:
    """One directive of redis.conf: its names, its kind of value, its default and its standing."""

    name: bytes
    kind: Kind
    default: Any
    standing: Standing = HONOURED
    traits: Trait = Trait.NONE
    aliases: tuple[bytes, ...] = ()
    """The names that it had before; CONFIG GET shows them too."""
    refuses: Callable[[Any], bool] = field()
    """Whether a value promises what does not work yet."""
    redis_default: Any = None
    """Redis's own default, where this server has another one."""
    departure: str = ""
    """Why this server has another default."""

    @refuses.default
    def _refuses_all_but_the_default(self) -> Callable[[Any], bool]:
        harmless, is_refused = self.default, self.standing.level is Level.REFUSED
        return lambda value: is_refused and value != harmless

    @property
    def names(self) -> tuple[bytes, ...]:
        """The present name and the former ones."""
        return (self.name, *self.aliases)
