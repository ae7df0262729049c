"""Calls of a command, made from its own usage line: a few sound ones, and each of them damaged in every way.

The usage line that COMMAND DOCS shows is the grammar, so a new command is called as soon as it is declared. Sound are
the plainest call and, one at a time, each option, each choice and one repetition.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import evolve, frozen

from trioredis.engine.usage import Argument, parse_usage
from trioredis.rdb.functions import dump_libraries

Line = list[bytes]


@frozen
class Sampler:
    """Makes the calls; `words` are sound ones, by the name of an argument, with its type or alone, or by its type."""

    words: Mapping[str, bytes]
    bad_words: Sequence[bytes]

    def on(self, key: bytes) -> "Sampler":
        """The same with another key."""
        return evolve(self, words={**self.words, "key": key})

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
                named = self.words.get(f"{argument.name}:{kind}") or self.words.get(argument.name)
                return [[named or self.words[kind]]]


def _joined(lines: Iterable[Line]) -> Line:
    return [word for line in lines for word in line]


_LIBRARY = b"""#!lua name=mylib
redis.register_function{
  function_name = 'f', flags = {'no-writes'}, callback = function(keys, args) return {keys, args} end
}"""
_CHANGED_LIBRARY = _LIBRARY + b"\n-- changed"
"""Of the same name: Redis lists several in any order."""

SAMPLER = Sampler(
    words={
        "key": b"k",
        "integer": b"100000",
        "double": b"1.5",
        "pattern": b"k*",
        "unix-time": b"4000000000",
        "unix-time-milliseconds": b"4000000000000",
        "string": b"value",
        "newkey": b"new",
        "start": b"0",
        "stop": b"0",
        "stop:string": b"+",
        "min:string": b"-",
        "max:string": b"+",
        "destination": b"new",
        "dst": b"new",
        "db": b"1",
        "destination-db": b"1",
        "index": b"0",
        "index1": b"0",
        "index2": b"1",
        "protover": b"2",
        "username": b"default",
        "timeout": b"0",
        "longitude": b"1.49999",
        "yes/no": b"yes",
        "operation": b"XOR",
        "bit": b"1",
        "value": b"1",
        "encoding": b"i64",
        "subcommand": b"TODENSE",
        "id": b"5-1",
        "new-id": b"7-1",
        "last-id": b"8-1",
        "max_deleted_entry_id": b"1-1",
        "start:string": b"-",
        "end:string": b"+",
        "threshold": b"1",
        "min-idle-time": b"0",
        **dict.fromkeys(("group", "groupname"), b"g"),
        **dict.fromkeys(("consumer", "consumername"), b"c"),
        "numreplicas": b"0",
        "numkeys": b"1",
        "function": b"f",
        "function-code": _CHANGED_LIBRARY,
        "library-name": b"mylib",
        "library-name-pattern": b"MY*",
        "serialized-value": dump_libraries([_CHANGED_LIBRARY]),
    },
    bad_words=(
        *(b"1_0", b" 1", b"1 ", b"+1", b"01", b"-0", b"--1", b"1e3", b"1.5", b"0x10", "٣".encode()),
        *(b"%d" % number for number in (0, -1, 2**31, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**30)),
        *(b"nan", b"inf", b"-inf", b"1e400", b".", b"-", b"[", b"*", b"nope", b"%s%n", b'"'),
        *(b"", b" ", b"\0", b"1\0", b"\r\n", b"x\r\n$-1\r\n", b"\xff\xfe", bytes(range(256)), b"y" * 5000),
    ),
)

PREPARATION: list[Line] = [
    [b"SELECT", b"0"],
    [b"FLUSHALL"],
    [b"MSET", b"k", b"10", b"k2", b"text", b"", b"", b"\x00\xff", b"\r\n", b"value", b"y" * 50],
    [b"PEXPIREAT", b"k2", b"4000000000000"],
    [b"PFADD", b"sketch", b"a", b"b"],
    # So that it knows its estimate: to keep that is the one change that a command makes which only reads.
    [b"PFCOUNT", b"sketch"],
    [b"HSET", b"fields", b"value", b"10"],
    [b"SADD", b"members", b"value"],
    [b"ZADD", b"scores", b"1", b"a", b"1.5", b"value", b"100000", b"z"],
    [b"RPUSH", b"numbers", b"10", b"9", b"1"],
    [b"GEOADD", b"places", b"1.5", b"1.5", b"value", b"1.50001", b"1.5", b"a", b"2", b"3", b"b"],
    [b"RPUSH", b"elements", b"10", b"value", b"100000", b"value"],
    [b"XADD", b"entries", b"5-1", b"value", b"10"],
    [b"XADD", b"entries", b"6-1", b"value", b"11"],
    [b"XGROUP", b"CREATE", b"entries", b"g", b"0"],
    [b"XREADGROUP", b"GROUP", b"g", b"c", b"STREAMS", b"entries", b">"],
    [b"XGROUP", b"CREATE", b"unread", b"g", b"0", b"MKSTREAM"],
    [b"FUNCTION", b"LOAD", b"REPLACE", _LIBRARY],
]
"""What makes the same data of any: the keys of the words, one of them with a deadline, some odd ones, and a library."""

KEYS: Mapping[str, bytes] = {
    "geo": b"places",
    "hash": b"fields",
    "hyperloglog": b"sketch",
    "list": b"elements",
    "set": b"members",
    "stream": b"entries",
    "sorted-set": b"scores",
}
"""The key whose value is what the commands of a group are about; for all other groups it is a string."""

_KEYS_OF_COMMANDS: Mapping[bytes, bytes] = {b"sort": b"numbers", b"sort_ro": b"numbers"}


def key_for(name: bytes, group: str) -> bytes:
    """A key whose value a command of a group works on."""
    return _KEYS_OF_COMMANDS.get(name) or KEYS.get(group, b"k")
