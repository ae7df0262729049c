"""The reader of redis.conf and of the command line, by the rules of redis-server.

A file is lines of words. Blank lines and those that begin with ``#`` are skipped, words may be quoted, names have no
case, ``include`` puts the lines of another file (or of all that a glob pattern matches, in their order) in its place.
The command line is read as lines that follow the file's: ``--port 7000 --bind a b``. So the last one wins, except
where a directive adds up: ``save`` lines add to each other and ``client-output-buffer-limit`` lines set one class each.

Nothing is opened here: `ConfFiles` is given what reads a file, what expands a pattern, and the splitter of quoted
words. All errors are `ConfigError` with one line of text that names the place, the directive, and what is expected.

Source: the Redis documentation, "Configuration", and a redis-server that was asked.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import frozen

from trioredis.config.catalogue import find
from trioredis.config.compounds import SAVE_POINTS
from trioredis.config.directives import Directive, Trait
from trioredis.config.kinds import ConfigError, PromiseError
from trioredis.config.settings import Config
from trioredis.errors import shown

Split = Callable[[bytes], list[bytes] | None]
"""Splits a line into words; None if a quote stays open."""

NOT_KEPT: dict[bytes, bytes] = {
    b"user": b"there are no users but the default one yet",
    b"loadmodule": b"modules cannot be loaded",
    b"rename-command": b"commands keep their names",
    b"sentinel": b"this is not Sentinel",
}
"""What may stand in a redis.conf but is no directive with a value, and why it is refused."""

OBSOLETE = frozenset({b"list-max-ziplist-entries", b"list-max-ziplist-value", b"lua-replicate-commands"})
"""What Redis 7 reads and forgets: these have done nothing there since 7.0."""


@frozen
class Line:
    """The words of one line, the name in lower case, and the place where it stands."""

    words: tuple[bytes, ...]
    place: bytes
    """``redis.conf:12``, or ``command line``."""

    @property
    def name(self) -> bytes:
        """The name of the directive, which may be unknown."""
        return self.words[0]

    def refused(self, reason: bytes) -> ConfigError:
        """Return the error that says what is wrong with the line."""
        return ConfigError(b"%b: %b: %b" % (self.place, self.name, shown(reason)))


@frozen
class ConfFiles:
    """Read configuration files, through what it is given of the file system."""

    split: Split
    read: Callable[[bytes], bytes]
    """Return the content of the file at a path; its OSError becomes a `ConfigError`."""
    expand: Callable[[bytes], Iterable[bytes]] = lambda pattern: [pattern]
    """Return the paths that match a glob pattern, in order; none is no error."""

    def read_file(self, path: bytes, including: tuple[bytes, ...] = ()) -> Iterator[Line]:
        """Yield the lines of a file, those of the files that it includes in their place."""
        try:
            text = self.read(path)
        except OSError as error:
            raise ConfigError(b"%b: cannot be read: %b" % (path, (error.strerror or "").encode())) from error
        yield from self.read_text(text, path, including)

    def read_text(self, text: bytes, source: bytes, including: tuple[bytes, ...] = ()) -> Iterator[Line]:
        """Yield the lines of a text; `source` names it in errors."""
        for number, raw in enumerate(text.split(b"\n"), start=1):
            line = self._read_line(raw.strip(b" \t\r\n"), b"%b:%d" % (source, number))
            if line is None:
                continue
            if line.name == b"include" and len(line.words) == 2:
                yield from self._include(line, (*including, source))
            else:
                yield line

    def _read_line(self, text: bytes, place: bytes) -> Line | None:
        if not text or text.startswith(b"#"):
            return None
        words = self.split(text)
        if words is None:
            raise ConfigError(
                b"%b: unbalanced quotes: every quote must be closed, with a space after it" % place
            )
        return Line((words[0].lower(), *words[1:]), place) if words else None

    def _include(self, line: Line, including: tuple[bytes, ...]) -> Iterator[Line]:
        pattern = line.words[1]
        paths = self.expand(pattern) if any(sign in pattern for sign in (b"*", b"?", b"[")) else [pattern]
        for path in paths:
            if path in including:
                raise line.refused(b"the file '%b' includes itself" % path)
            yield from self.read_file(path, including)


@frozen
class CommandLine:
    """What the arguments of redis-server say."""

    path: bytes | None
    """The configuration file, if there is one."""
    reads_stdin: bool
    """Whether ``-`` asks for lines from standard input, which are read after the file."""
    lines: tuple[Line, ...]
    """The options, which are read last."""


def command_line(arguments: Sequence[bytes], split: Split) -> CommandLine:
    """Read the arguments: ``[redis.conf] [-] [--name value ...] [-]``.

    An argument that begins with ``--`` is a name, unless a name without any value stands right before it; it may hold
    its values too (``"--port 7000"``). A ``--save`` without a value means ``--save ""``.
    """
    rest = list(arguments)
    path = rest.pop(0) if rest and not rest[0].startswith(b"-") else None
    reads_stdin = rest[-1:] == [b"-"] or (path is None and rest[:1] == [b"-"])
    if reads_stdin:
        rest.pop(-1 if rest[-1] == b"-" else 0)
    lines = [Line(tuple(words), b"command line") for words in _options(rest, split)]
    return CommandLine(path, reads_stdin, tuple(lines))


def _options(arguments: Sequence[bytes], split: Split) -> list[list[bytes]]:
    options: list[list[bytes]] = []
    for argument in arguments:
        bare_save = bool(options) and options[-1] == [b"save"]
        if argument.startswith(b"--") and (not options or len(options[-1]) > 1 or bare_save):
            if bare_save:
                options[-1].append(b"")
            options.append(_option(argument, split))
        elif options:
            options[-1].append(argument)
        else:
            raise ConfigError(b"command line: %b: expected an option such as --port" % argument)
    if options and options[-1] == [b"save"]:
        options[-1].append(b"")
    return options


def _option(argument: bytes, split: Split) -> list[bytes]:
    words = split(argument[2:])
    if not words:
        raise ConfigError(b"command line: %b: expected the name of a directive after --" % argument)
    return [words[0].lower(), *words[1:]]


def apply(config: Config, lines: Iterable[Line]) -> None:
    """Set what the lines say, in their order, as redis-server does at start; the first bad one raises `ConfigError`."""
    points: list[bytes] = []
    for line in lines:
        if line.name in OBSOLETE:
            continue
        directive = _directive(line)
        words = _words(line, directive)
        if directive.kind is SAVE_POINTS:
            words = points = [] if words == [b""] else points + words
            words = words or [b""]
        _assign(config, line, directive, words)


def _directive(line: Line) -> Directive:
    if line.name in NOT_KEPT:
        raise line.refused(b"refused: " + NOT_KEPT[line.name])
    directive = find(line.name)
    if directive is None:
        raise line.refused(b"unknown directive: expected one of those in the redis.conf of Redis 7.2")
    return directive


def _words(line: Line, directive: Directive) -> list[bytes]:
    words = list(line.words[1:])
    if directive.kind.several:
        return words[0].split(b" ") if len(words) == 1 else words
    if len(words) != 1:
        raise line.refused(b"wrong number of arguments (expected: %b)" % directive.kind.expects)
    return words


def _assign(config: Config, line: Line, directive: Directive, words: Sequence[bytes]) -> None:
    try:
        config.assign(directive, words)
    except ConfigError as refusal:
        given = b"***" if Trait.SENSITIVE in directive.traits else b" ".join(words)
        hint = b"" if isinstance(refusal, PromiseError) else b" (expected: %b)" % directive.kind.expects
        raise line.refused(b"'%b': %b%b" % (given, refusal.reason, hint)) from None
