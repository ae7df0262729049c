"""The language in which a command says what arguments it takes.

It is the usage line that Redis users know from the manual, made exact enough that COMMAND DOCS can be built
from it. Nobody reads it before COMMAND DOCS or HELP is asked.

    key value [condition=(NX | XX)]@2.6.12 [GET]@6.2.0
    [expiration=(EX seconds:integer | PX milliseconds:integer | KEEPTTL@6.0.0)]

==================== ===================================================================================
``seconds:integer``  a value: a name and a type (string, integer, double, key, pattern or unix-time). Without
                     a type it is a string, or what its name says, as in ``key`` and ``pattern``.
``NX``               a token, a word that stands for itself; its name is the word in small letters
``change=CH``        a token with another name; ``any="*"`` is one of other characters
``EX seconds``       a value behind a token
``(score member)``   a block: these arguments together, called ``score_member``, or ``name=(score member)``
``(NX | XX)``        one of these, with a name in the same way; ``(NX |)`` where there is but one
``[GET]``            optional
``key...``           once or more; ``[BY pattern...]`` says the token once, ``[GET pattern]...`` each time
``GET@6.2.0``        since version 6.2.0
``old!2.8.12``       deprecated since version 2.8.12
``key2:key#0``       the index of its key specification, if it is not simply the next one
``"ip:port"``        a name with other characters than letters, digits, ``-``, ``_`` and ``/``
==================== ===================================================================================

A token takes the value behind it. One that stands alone before a value is written with a name: ``nx=NX key``.
What does not fit raises `UsageError`, which points at the place.
"""

import re
from functools import cache
from typing import Final

from attrs import evolve, frozen

VALUE_TYPES: Final = frozenset({"string", "integer", "double", "key", "pattern", "unix-time"})

_LEXEME = re.compile(
    r"""@ (?P<since> \d+ \. \d+ \. \d+)
      | ! (?P<deprecated> \d+ \. \d+ \. \d+)
      | \# (?P<index> \d+)
      | (?P<token> [A-Z] [A-Z0-9-]*+) (?! [a-z_])
      | (?P<name> [a-z] [a-z0-9_/-]*+) (?! [A-Z])
      | " (?P<quoted> [^"]*) "
      | (?P<sign> \.\.\. | [][()|=:])
      | (?P<space> \s+)
      | (?P<error> .)""",
    re.VERBOSE,
)


class UsageError(ValueError):
    """A usage line is not in the language."""


@frozen
class Argument:
    """One argument of a command, as COMMAND DOCS describes it."""

    name: str
    type: str
    """One of VALUE_TYPES, ``pure-token``, ``oneof`` or ``block``."""
    token: str | None = None
    key_spec_index: int | None = None
    since: str = ""
    deprecated_since: str = ""
    optional: bool = False
    multiple: bool = False
    multiple_token: bool = False
    """Its token is repeated with it."""
    arguments: tuple["Argument", ...] = ()
    """What a block consists of, or what one is chosen from."""


@cache
def parse_usage(line: str) -> tuple[Argument, ...]:
    """Return the arguments that a usage line describes."""
    return _Parser(line).whole()


class _Parser:
    """Recursive descent, one method for each line of the table above; each consumes what it returns."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.lexemes = [match for match in _LEXEME.finditer(line) if match.lastgroup != "space"]
        self.at = 0
        self.next_key = 0

    def peek(self, ahead: int = 0) -> str:
        """Return the kind of a lexeme to come; a sign is a kind of its own."""
        if self.at + ahead >= len(self.lexemes):
            return "end"
        lexeme = self.lexemes[self.at + ahead]
        return lexeme["sign"] or lexeme.lastgroup or ""

    def take(self, *kinds: str) -> str | None:
        """Return the next lexeme if it is one of these kinds, or None."""
        if self.peek() not in kinds:
            return None
        lexeme = self.lexemes[self.at]
        self.at += 1
        return lexeme[lexeme.lastgroup or 0]

    def demand(self, *kinds: str) -> str:
        """Return the next lexeme, which has to be one of these kinds."""
        found = self.take(*kinds)
        if found is None:
            raise self.error(f"here should stand a {' or a '.join(kinds)}")
        return found

    def error(self, message: str) -> UsageError:
        position = len(self.line) if self.peek() == "end" else self.lexemes[self.at].start()
        return UsageError(f"{message}: {self.line[:position]} >>> {self.line[position:]}")

    def whole(self) -> tuple[Argument, ...]:
        arguments = []
        while self.peek() != "end":
            arguments.append(self.argument())
        return tuple(arguments)

    def argument(self) -> Argument:
        if self.take("["):
            argument = evolve(self.argument(), optional=True)
            self.demand("]")
        else:
            argument = self.bare()
        if self.take("..."):
            argument = self.repeated(argument)
        return evolve(
            argument,
            since=self.take("since") or argument.since,
            deprecated_since=self.take("deprecated") or argument.deprecated_since,
        )

    def repeated(self, argument: Argument) -> Argument:
        if argument.optional and argument.token is None:
            raise self.error("dots behind a bracket repeat a token, and there is none")
        return evolve(argument, multiple=True, multiple_token=argument.optional)

    def bare(self) -> Argument:
        if token := self.take("token"):
            return (
                evolve(self.bare(), token=token) if self.is_at_value() else _pure_token(token.lower(), token)
            )
        if self.take("("):
            return self.group("")
        name = self.demand("name", "quoted")
        if not self.take("="):
            return self.value(name)
        if self.take("("):
            return self.group(name)
        return _pure_token(name, self.demand("token", "quoted"))

    def is_at_value(self) -> bool:
        """Tell whether a token's value comes, and not the next argument."""
        if self.peek() in ("name", "quoted"):
            return self.peek(1) != "=" or self.peek(2) == "("
        return self.peek() == "("

    def value(self, name: str) -> Argument:
        implied = name if name in VALUE_TYPES else "string"
        value_type = self.demand("name") if self.take(":") else implied
        if value_type not in VALUE_TYPES:
            raise self.error(f"{value_type} is not a type")
        index = self.take("index") or (str(self.next_key) if value_type == "key" else None)
        if index is None:
            return Argument(name, value_type)
        self.next_key = int(index) + 1
        return Argument(name, value_type, key_spec_index=int(index))

    def group(self, name: str) -> Argument:
        members = [self.argument()]
        is_choice = self.take("|")
        while not self.take(")"):
            members.append(self.argument())
            if is_choice and self.peek() != ")":
                self.demand("|")
        name = name or "_".join(member.name for member in members)
        return Argument(name, "oneof" if is_choice else "block", arguments=tuple(members))


def _pure_token(name: str, token: str) -> Argument:
    return Argument(name, "pure-token", token)
