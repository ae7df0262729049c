"""Calls of a command, made from its own usage line: a few sound ones, and each of them damaged in every way.

The usage line that COMMAND DOCS shows is the grammar, so a new command is called as soon as it is declared. Sound are
the plainest call and, one at a time, each option, each choice and one repetition.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from trioredis.engine.usage import Argument, parse_usage

Line = list[bytes]


@frozen
class Sampler:
    """Makes the calls; `words` are sound ones, by the name of an argument or else by its type."""

    words: Mapping[str, bytes]
    bad_words: Sequence[bytes]

    def sound_calls(self, name: bytes, usage: str) -> Iterator[Line]:
        """Calls that make sense; the name is in capitals, as most people write it."""
        prefix = name.upper().split(b"|")
        for line in self._sequences(parse_usage(usage)):
            yield prefix + line

    def bad_calls(self, name: bytes, sound: Line) -> Iterator[Line]:
        """A call with words missing at its end, with words too many, and with each word replaced that is no name."""
        places = range(len(name.split(b"|")), len(sound))
        for place in places:
            yield sound[:place]
            for word in self.bad_words:
                yield [*sound[:place], word, *sound[place + 1 :]]
        yield [*sound, b"x"]
        yield [*sound, b"x", b"x"]

    def _sequences(self, arguments: Iterable[Argument]) -> Iterator[Line]:
        choices = [self._choices(argument) for argument in arguments]
        plainest = [each[0] for each in choices]
        yield _joined(plainest)
        for place, (_, *others) in enumerate(choices):
            for other in others:
                yield _joined([*plainest[:place], other, *plainest[place + 1 :]])

    def _choices(self, argument: Argument) -> list[Line]:
        """The ways to write one argument, the plainest first."""
        choices = self._bare_choices(argument)
        if argument.multiple:
            choices.append(choices[0] * 2)
        if argument.token and argument.type != "pure-token":
            choices = [[argument.token.encode(), *line] for line in choices]
        return [[], *choices] if argument.optional else choices

    def _bare_choices(self, argument: Argument) -> list[Line]:
        match argument.type:
            case "pure-token":
                assert argument.token is not None
                return [[argument.token.encode()]]
            case "oneof":
                return [line for member in argument.arguments for line in self._choices(member)]
            case "block":
                return list(self._sequences(argument.arguments))
            case kind:
                return [[self.words.get(argument.name) or self.words[kind]]]


def _joined(lines: Iterable[Line]) -> Line:
    return [word for line in lines for word in line]
