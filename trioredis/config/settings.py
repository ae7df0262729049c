"""The current values of all directives: read by everyone, changed by CONFIG SET, all or nothing.

A change goes through three steps. All new values are parsed before any of them is taken; then they are all put in
place; then those who asked to be told (`Config.on_change`) act on them: bind the new port, raise the limit of open
files. If one of them raises `ConfigError`, the old values are put back and those who had already acted are told
again, so that they undo what they did.

Source: the Redis documentation of CONFIG GET and CONFIG SET.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import define, field

from trioredis import errors
from trioredis.config.catalogue import DIRECTIVES, find
from trioredis.config.directives import Directive, Trait
from trioredis.config.kinds import ConfigError, PromiseError
from trioredis.errors import CommandError
from trioredis.patterns import compile_pattern

Apply = Callable[[], None]
_GLOB = frozenset(b"*?[")


@define(eq=False)
class Config:
    """The value of every directive, as a Python object: ``config[b"maxclients"]`` is an int.

    The types are those of `trioredis.config.kinds` and `trioredis.config.compounds`.
    """

    values: dict[bytes, Any] = field(
        factory=lambda: {directive.name: directive.default for directive in DIRECTIVES},
        repr=False,  # it is long, and the password is in it
    )
    """By the present name of the directive. The same dict for life, so that hot code may keep it; only read it."""
    path: Path | None = field(default=None, kw_only=True)
    """The file that it was read from, which CONFIG REWRITE writes; absolute."""
    _listeners: dict[bytes, list[Apply]] = field(factory=dict, init=False, repr=False)

    def __getitem__(self, name: bytes) -> Any:
        """Return the value of a directive by its present name in lower case."""
        return self.values[name]

    def on_change(self, name: bytes, apply: Apply) -> None:
        """Call `apply` after CONFIG SET has changed that directive.

        One callable may listen to several directives; it is called once for all that change together. It reads
        the new values here, and raises `ConfigError` to have the whole change undone.
        """
        self._listeners.setdefault(name, []).append(apply)

    def get(self, *patterns: bytes) -> dict[bytes, bytes]:
        """Return what CONFIG GET shows for the patterns, each once, in the order of the catalogue.

        A full name is shown as it was spelled, and shows a hidden directive too.
        """
        exact = {
            pattern: directive for pattern in patterns if (directive := _find_exact(pattern)) is not None
        }
        matchers = [compile_pattern(pattern, ignore_case=True) for pattern in patterns if _is_glob(pattern)]
        listed = {
            name: directive for name, directive in _VISIBLE if any(matches(name) for matches in matchers)
        }
        return {name: self.shown(directive) for name, directive in {**exact, **listed}.items()}

    def shown(self, directive: Directive) -> bytes:
        """Return the value of a directive as CONFIG GET shows it."""
        return directive.kind.render(self.values[directive.name])

    def set(
        self, pairs: Sequence[tuple[bytes, bytes]], *, is_local: bool = False, is_loading: bool = False
    ) -> None:
        """Change several directives, or none of them; raise `CommandError` with the text of CONFIG SET.

        `is_local` says that the client is on this machine, which may allow it protected directives, and
        `is_loading` that the data is being loaded, which forbids some.
        """
        directives = self._check_names([name for name, _ in pairs], is_local, is_loading)
        before = dict(self.values)
        changed: list[tuple[bytes, bytes]] = []
        for (spelled, text), directive in zip(pairs, directives, strict=True):
            try:
                self.assign(directive, _words(directive, text))
            except ConfigError as refusal:
                self.values.update(before)
                raise _failed(spelled.lower(), refusal.reason) from None
            if self.values[directive.name] != before[directive.name]:
                changed.append((directive.name, spelled.lower()))
        self._tell(changed, before)

    def assign(self, directive: Directive, words: Sequence[bytes]) -> None:
        """Set a directive from the words after its name, as at start: whatever its traits, telling nobody.

        Raises `ConfigError` if the value is bad, `PromiseError` if it promises what does not work yet.
        """
        value = directive.kind.parse(words, self.values[directive.name])
        if directive.refuses(value):
            raise PromiseError(b"refused: %b" % directive.standing.reason.encode())
        self.values[directive.name] = value

    def _check_names(self, names: list[bytes], is_local: bool, is_loading: bool) -> list[Directive]:
        directives: dict[bytes, Directive] = {}
        for name in names:
            directive = find(name)
            if directive is None:
                raise CommandError(errors.unknown_config(name))
            self._check_traits(name, directive.traits, is_local)
            if is_loading and Trait.NOT_WHILE_LOADING in directive.traits:
                raise CommandError(errors.LOADING)
            if name.lower() in directives:
                raise _failed(name, b"duplicate parameter")
            directives[name.lower()] = directive
        return list(directives.values())

    def _check_traits(self, name: bytes, traits: Trait, is_local: bool) -> None:
        if Trait.IMMUTABLE in traits:
            raise _failed(name, b"can't set immutable config")
        who = self.values[b"enable-protected-configs"]
        if Trait.PROTECTED in traits and not (who == b"yes" or (who == b"local" and is_local)):
            raise _failed(name, b"can't set protected config")

    def _tell(self, changed: Iterable[tuple[bytes, bytes]], before: dict[bytes, Any]) -> None:
        told: list[Apply] = []
        for name, spelled in changed:
            for apply in self._listeners.get(name, []):
                if apply in told:
                    continue
                told.append(apply)
                try:
                    apply()
                except BaseException as failure:
                    self._undo(told, before)
                    if isinstance(failure, ConfigError):
                        raise _failed(spelled, failure.reason) from None
                    raise

    def _undo(self, told: list[Apply], before: dict[bytes, Any]) -> None:
        self.values.update(before)
        for apply in told:
            with suppress(ConfigError):  # the way back was open a moment ago, and there is no other
                apply()


_VISIBLE = [
    (name, directive)
    for directive in DIRECTIVES
    if Trait.HIDDEN not in directive.traits
    for name in directive.names
]


def _is_glob(pattern: bytes) -> bool:
    return not _GLOB.isdisjoint(pattern)


def _find_exact(pattern: bytes) -> Directive | None:
    return None if _is_glob(pattern) else find(pattern)


def _words(directive: Directive, text: bytes) -> list[bytes]:
    return text.split(b" ") if directive.kind.several else [text]


def _failed(name: bytes, reason: bytes) -> CommandError:
    return CommandError(errors.config_set_failed(name, reason))
