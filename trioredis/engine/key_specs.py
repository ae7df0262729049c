"""Where the keys of a command stand, said once and read by everyone who asks.

A *key specification* answers two questions about a command line. Where does the search begin: at a fixed
index, after a keyword, or nobody can say? And which arguments are keys from there on: a range, or as many
as a number tells? ACL checks, COMMAND GETKEYS and cluster slots all read the same answer.

================================================= =====================================================
``KeySpec(1)``                                    one key, as in GET
``KeySpec(1, last=-1)``                           keys up to the end, as in DEL
``KeySpec(1, last=-2)``                           all but the last argument, as in BLPOP
``KeySpec(1, last=-1, step=2)``                   every other argument, as in MSET
``KeySpec(2, numkeys=True)``                      a number, and then that many keys, as in EVAL
``KeySpec(after="STREAMS", last=-1, limit=2)``    after a word, the first half of the rest, as in XREAD
``KeySpec(after="KEYS", start=-2, last=-1)``      after a word looked for backwards, as in MIGRATE
``KeySpec()``                                     only the command itself knows, as in SORT ... STORE
================================================= =====================================================

``flags`` says what happens to the key, in Redis's words: one of RO, RW, OW, RM, then any of ACCESS, UPDATE,
INSERT, DELETE (what happens to the user's data), NOT_KEY (a channel that is hashed as a key is), INCOMPLETE
(there may be more keys), VARIABLE_FLAGS (it depends on the arguments). Source: Redis documentation, "Command
key specifications".
"""

from collections.abc import Sequence
from typing import Final

from attrs import field, frozen

from trioredis.numerals import parse_integer

KEY_FLAGS: Final = {
    "RO": 1 << 0,
    "RW": 1 << 1,
    "OW": 1 << 2,
    "RM": 1 << 3,
    "ACCESS": 1 << 4,
    "UPDATE": 1 << 5,
    "INSERT": 1 << 6,
    "DELETE": 1 << 7,
    "NOT_KEY": 1 << 8,
    "INCOMPLETE": 1 << 9,
    "VARIABLE_FLAGS": 1 << 10,
}
"""The words that ``flags`` takes, in the order in which COMMAND INFO lists them."""

NOT_KEY: Final = KEY_FLAGS["NOT_KEY"]
INCOMPLETE: Final = KEY_FLAGS["INCOMPLETE"]
VARIABLE_FLAGS: Final = KEY_FLAGS["VARIABLE_FLAGS"]


def parse_key_flags(words: str) -> int:
    """Turn ``"RW ACCESS"`` into bits; KeyError for a word that is not in KEY_FLAGS."""
    return sum(KEY_FLAGS[word] for word in set(words.split()))


@frozen
class KeySpec:
    """One key specification; the forms are in the module's docstring."""

    index: int = 0
    """Where the first key, or the number of keys, stands; 0: it has no fixed place."""
    last: int = 0
    """The last key, counted from the first; below zero: from the end of the command line."""
    step: int = 1
    limit: int = 0
    """With ``last=-1``: only the first 1/limit of what is left are keys."""
    numkeys: bool = field(default=False, kw_only=True)
    after: str = field(default="", kw_only=True)
    """The keyword before the first key."""
    start: int = field(default=1, kw_only=True)
    """Where the search for the keyword starts; below zero: counted from the end, and backwards."""
    flags: int = field(converter=parse_key_flags, kw_only=True)
    notes: str = field(default="", kw_only=True)

    @property
    def is_known(self) -> bool:
        """Whether the specification can find anything."""
        return bool(self.index or self.after)

    @property
    def absolute_last(self) -> int:
        """The index of the last key; below zero: counted from the end of the command line."""
        return self.index + self.last if self.last >= 0 else self.last

    def find(self, argv: Sequence[bytes]) -> range | None:
        """Return the indexes of the keys in a command line.

        There are none where the keyword is absent. None instead of indexes says that the arguments contradict
        the specification, or that it does not know.
        """
        if not self.is_known:
            return None
        first = self.index or self._after_keyword(argv)
        if first == 0:
            return range(0)
        first, last = self._counted(first, argv) if self.numkeys else (first, self._last(first, len(argv)))
        return range(first, last + 1, self.step) if first <= last < len(argv) else None

    def _after_keyword(self, argv: Sequence[bytes]) -> int:
        """Return the index after the keyword, or 0."""
        # As in Redis, the keyword is never the last word, nor the first argument when looked for backwards.
        keyword, end = self.after.lower().encode(), len(argv)
        indexes = range(self.start, end - 1) if self.start > 0 else range(end + self.start, 1, -1)
        return next((index + 1 for index in indexes if argv[index].lower() == keyword), 0)

    def _counted(self, place: int, argv: Sequence[bytes]) -> tuple[int, int]:
        count = parse_integer(argv[place]) if place < len(argv) else None
        return place + 1, place + (count or 0)

    def _last(self, first: int, end: int) -> int:
        if self.last >= 0:
            return first + self.last
        return self.last + (first + (end - first) // self.limit if self.limit else end)


def positions(specs: Sequence[KeySpec], argv: Sequence[bytes]) -> list[tuple[int, int]] | None:
    """Return index and key flags of every key in a command line; None where one specification fails."""
    found = [(spec.find(argv), spec.flags) for spec in specs if not spec.flags & NOT_KEY]
    if any(indexes is None for indexes, _ in found):
        return None
    return [(index, flags) for indexes, flags in found for index in indexes or ()]


def key_slice(specs: Sequence[KeySpec]) -> slice | None:
    """Return the slice of any command line that is the keys; None where it is not as simple as that."""
    if len(specs) != 1:
        return None
    (spec,) = specs
    if not spec.index or spec.numkeys or spec.limit or spec.flags & (NOT_KEY | INCOMPLETE | VARIABLE_FLAGS):
        return None
    return slice(spec.index, spec.absolute_last + 1 or None, spec.step)


def legacy_range(specs: Sequence[KeySpec]) -> tuple[int, int, int]:
    """Return first key, last key and step, which is how Redis told it before version 7; zeros: no keys."""
    plain = _plain(specs)
    return (plain[0].index, plain[-1].absolute_last, plain[0].step) if plain else (0, 0, 0)


def are_movable(specs: Sequence[KeySpec]) -> bool:
    """Tell whether `legacy_range` is not the whole truth, so that clients have to ask COMMAND GETKEYS."""
    return len(_plain(specs)) < len(specs) or any(spec.flags & INCOMPLETE for spec in specs)


def _plain(specs: Sequence[KeySpec]) -> list[KeySpec]:
    """Return the specifications that together are one range with one step."""
    plain: list[KeySpec] = []
    for spec in specs:
        is_range = spec.index and not spec.numkeys and (spec.step == 1 or len(specs) == 1)
        if is_range and (not plain or spec.index == plain[-1].absolute_last + 1):
            plain.append(spec)
    return plain
