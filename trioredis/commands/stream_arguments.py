"""What the stream commands make of their arguments: ids, ranges, and how to trim.

XADD and XTRIM share the words that say how to trim; XADD reads more, up to the id of the new entry.
"""

from collections.abc import Sequence
from typing import Final

from attrs import define, frozen

from trioredis import errors
from trioredis.datatypes.stream_ids import MAX_ID, MAX_SEQUENCE, format_id, parse_id, parse_time
from trioredis.datatypes.stream_nodes import Entry
from trioredis.datatypes.streams import Cut, require_stream
from trioredis.engine.arguments import to_integer
from trioredis.engine.looking import finder, reader
from trioredis.errors import CommandError

read, find = reader(require_stream), finder(require_stream)


def told(entry_id: int, entry: Entry) -> tuple[bytes, Entry]:
    """Return an entry as replies show it."""
    return format_id(entry_id), entry


# --- ids


def to_id(text: bytes, missing_sequence: int = 0) -> int:
    """Return the id in a text, which may lack a sequence number."""
    entry_id = parse_id(text, missing_sequence)
    if entry_id is None:
        raise CommandError(errors.INVALID_STREAM_ID)
    return entry_id


def to_start(text: bytes) -> int:
    """Return the first id of a range: ``-``, an id, or ``(`` and an id that does not belong to it."""
    if _is_open(text):
        start = to_id(text[1:]) + 1
        if start > MAX_ID:
            raise CommandError(errors.INVALID_START_ID)
        return start
    return to_id_or_end(text)


def to_end(text: bytes) -> int:
    """Return the last id of a range: ``+``, an id, or ``(`` and an id that does not belong to it."""
    if _is_open(text):
        end = to_id(text[1:], MAX_SEQUENCE) - 1
        if end < 0:
            raise CommandError(errors.INVALID_END_ID)
        return end
    return to_id_or_end(text, MAX_SEQUENCE)


def to_id_or_end(text: bytes, missing_sequence: int = 0) -> int:
    """Return the id in a text, or the smallest for ``-``, the greatest for ``+``."""
    return _ENDS[text] if text in _ENDS else to_id(text, missing_sequence)


def _is_open(text: bytes) -> bool:
    return len(text) > 1 and text.startswith(b"(")


_ENDS: Final = {b"-": 0, b"+": MAX_ID}

# --- adding and trimming

_APPROXIMATELY: Final = b"~"
_OPERATORS: Final = (_APPROXIMATELY, b"=")
_NODES_A_CUT: Final = 100
"""Full nodes that are trimmed approximately at once, if the client says nothing else."""
_FEWEST_A_CUT: Final = 10_000
"""Entries, where a node may have any number of them."""
_MOST_A_CUT: Final = 1_000_000


@frozen
class AddOptions:
    """What XADD is told before the entry; without either number for its id, the stream chooses one."""

    size: int
    """The words that say it."""
    entry_id: int | None = None
    milliseconds: int | None = None
    """Of the id; the stream chooses the sequence number."""
    creates: bool = True
    cut: Cut | None = None
    """How to trim the stream."""

    @classmethod
    def read(cls, words: Sequence[bytes], node_entries: int) -> "AddOptions":
        """Read words up to the first that is no option: it has to be an id.

        `node_entries` is the directive ``stream-node-max-entries``.
        """
        reader = _Reader(words)
        creates = True
        while reader.place < len(words) and words[reader.place] != b"*":
            if words[reader.place].upper() == b"NOMKSTREAM":
                creates = False
                reader.place += 1
            elif not reader.take():
                break
        word = words[reader.place] if reader.place < len(words) else b"*"
        milliseconds = parse_time(word)
        entry_id = to_id(word) if word != b"*" and milliseconds is None else None
        return cls(reader.place + 1, entry_id, milliseconds, creates, reader.cut(node_entries))


AUTOMATIC: Final = AddOptions(1)
"""What is told by ``*`` alone."""


def read_cut(words: Sequence[bytes], node_entries: int) -> Cut:
    """Read all the words that follow the key of XTRIM."""
    reader = _Reader(words)
    while reader.place < len(words):
        if not reader.take():
            raise CommandError(errors.SYNTAX)
    cut = reader.cut(node_entries, errors.XTRIM_WITHOUT_STRATEGY)
    assert cut is not None
    return cut


@define
class _Reader:
    """Reads MAXLEN, MINID and LIMIT."""

    words: Sequence[bytes]
    place: int = 0
    strategy: bytes = b""
    threshold: int = 0
    approximately: bool = False
    limit: int | None = None

    def take(self) -> bool:
        """Take one of the options; say whether there was one."""
        name = self.words[self.place].upper()
        if self.place + 1 == len(self.words) or name not in (b"MAXLEN", b"MINID", b"LIMIT"):
            return False
        if name == b"LIMIT":
            self._take_limit()
        else:
            self._take_strategy(name)
        return True

    def _take_limit(self) -> None:
        self.limit = to_integer(self.words[self.place + 1])
        if self.limit < 0:
            raise CommandError(errors.TRIM_LIMIT_NEGATIVE)
        self.place += 2

    def _take_strategy(self, name: bytes) -> None:
        if self.strategy:
            raise CommandError(errors.MAXLEN_AND_MINID)
        self.strategy = name
        place = self.place + 1
        has_operator = place + 1 < len(self.words) and self.words[place] in _OPERATORS
        self.approximately = has_operator and self.words[place] == _APPROXIMATELY
        threshold = self.words[place + has_operator]
        if name == b"MINID":
            self.threshold = to_id(threshold)
        else:
            self.threshold = to_integer(threshold)
            if self.threshold < 0:
                raise CommandError(errors.TRIM_LENGTH_NEGATIVE)
        self.place = place + has_operator + 1

    def cut(self, node_entries: int, error_without: bytes = b"") -> Cut | None:
        """Return what all the words together say; to say nothing is an error where one is given for that."""
        if self.limit and not self.strategy:
            raise CommandError(errors.LIMIT_WITHOUT_STRATEGY)
        if error_without and not self.strategy:
            raise CommandError(error_without)
        if self.limit is not None and not self.approximately:
            raise CommandError(errors.LIMIT_WITHOUT_TILDE)
        if not self.strategy:
            return None
        limit = self.limit or 0
        if self.limit is None and self.approximately:
            limit = min(_NODES_A_CUT * node_entries or _FEWEST_A_CUT, _MOST_A_CUT)
        length = self.threshold if self.strategy == b"MAXLEN" else None
        return Cut(length, self.threshold, self.approximately, limit)
