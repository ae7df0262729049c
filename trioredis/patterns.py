r"""The glob-style patterns of KEYS, SCAN, PSUBSCRIBE, ACL and CONFIG GET.

``*`` stands for any bytes, ``?`` for one, ``[a-z]`` for one of a class, ``[^a-z]`` for one outside it, and a
backslash takes the next byte literally. That is `fnmatch` at first sight only: Redis reads an unclosed class to
the end of the pattern, turns ``[z-a]`` around, lets ``]`` end a range, compares ranges as signed bytes, and lets ``**``, unlike ``*``,
not match the empty text.

Clients choose patterns, so neither a long nor a cruel one may hold the server up for longer than its size excuses.
That rules out a translation for `re`, which takes up to 20 microseconds to compile a byte, and keeps what it
compiled in a cache that belongs to the whole program.

What stands between two stars, a stretch, has a fixed length. Its first place in a text is therefore as good as any
later one, and nothing is ever taken back: the first stretch stands at the beginning, the last one at the end, and
each of the others at the first place behind the one before. To find that place, many are tried at once: a set of
places is an integer with a bit for each, and every byte of the stretch leaves those where it fits.
"""

import re
from collections.abc import Callable
from typing import Final

from attrs import define, field

_CLASS: Final = rb"\[(\^?)((?:\\.|[^\]\\]-.|[^\]\\])*+(?:\\\Z)?)\]?"
_stretch = re.compile(rb"(?:\A|\*++)((?:[^*\[\\]++|\\.|\\\Z|%b)*+)" % _CLASS, re.DOTALL)
_piece = re.compile(rb"([^\[\\]++|\\\Z)|((?:\\.)++)|%b" % _CLASS, re.DOTALL)
_member = re.compile(rb"\\(.)|(.)-(.)|((?:[^\\](?!-.))++|.)", re.DOTALL)
_is_literal = re.compile(rb"[^?\[\\]*+").fullmatch

_NO, _YES = b"01"
_NEGATED: Final = bytes.maketrans(b"01", b"10")
_ONLY: Final = [b"1".rjust(byte + 1, b"0").ljust(256, b"0") for byte in range(256)]
_MASK: Final = bytes(0 if byte == ord("?") else 255 for byte in range(256))
_TRIES: Final = 4
"""How many places are tried one by one where literals are rare enough to lead there."""
_WIDTH: Final = 64
"""How many places are tried at once at first; then twice as many, and so on."""
_KEPT: Final = 256
"""How many sets of places are kept while others are made from them."""

Matcher = Callable[[bytes], bool]
Fold = Callable[[bytes], bytes]


def matches(pattern: bytes, text: bytes) -> bool:
    """Tell whether `text` as a whole matches `pattern`; for many texts, compile the pattern once."""
    return compile_pattern(pattern)(text)


def compile_pattern(pattern: bytes, ignore_case: bool = False) -> Matcher:
    """Return a function that tells whether a text as a whole matches `pattern`.

    With `ignore_case` the pattern is turned to lower case, in ASCII; the texts have to be in it already. Compiling
    takes time in proportion to the length of the pattern, matching at most to the product of both lengths.
    """
    stretches = _stretches(pattern, bytes.lower if ignore_case else bytes)
    # Whatever is more than a single star needs a byte at least, be it only for a second star.
    least = max(sum(stretch.length for stretch in stretches), len(pattern) > 1)
    match stretches:
        case [_Literal(whole)]:
            return lambda text: text == whole
        case [stretch]:
            return lambda text: len(text) == stretch.length and stretch.fits(text, 0)
        case [_Literal(start), _Literal(end)]:
            return lambda text: len(text) >= least and text.startswith(start) and text.endswith(end)
        case [_Literal(b""), _Literal(inside), _Literal(b"")]:
            return lambda text: inside in text
    return _Starred(stretches[0], stretches[1:-1], stretches[-1], least).matches


@define(eq=False)
class _Literal:
    """A stretch without a choice."""

    text: bytes
    length: int

    def fits(self, text: bytes, at: int) -> bool:
        """Tell whether it stands at a place of a text."""
        return text.startswith(self.text, at)

    def find(self, text: bytes, start: int, end: int) -> int:
        """Return the first place of it in a part of a text, or -1."""
        return text.find(self.text, start, end)


@define(eq=False)
class _Choices:
    """A stretch with a choice of what may stand at some of its places."""

    wanted: bytes
    mask: bytes
    """255 where the wanted byte has to stand, 0 where there is a choice."""
    classes: list[tuple[int, bytes]]
    """Places of classes and, for each byte there is, a digit: whether it belongs to the class."""
    length: int = field(init=False)
    _wanted_bits: int = field(init=False)
    _mask_bits: int = field(init=False)
    _run: tuple[int, bytes] = field(init=False)
    """The longest run of wanted bytes, and where it begins."""

    def __attrs_post_init__(self) -> None:
        # As integers, because those can be compared under a mask in one step.
        self.length = len(self.wanted)
        self._mask_bits = int.from_bytes(self.mask)
        self._wanted_bits = int.from_bytes(self.wanted) & self._mask_bits
        run = max(self.mask.split(b"\0"))
        start = self.mask.find(run)
        self._run = start, self.wanted[start : start + len(run)]

    def fits(self, text: bytes, at: int) -> bool:
        """Tell whether it can stand at a place; the text must be long enough."""
        if int.from_bytes(text[at : at + self.length]) & self._mask_bits != self._wanted_bits:
            return False
        for offset, digits in self.classes:  # noqa: SIM110 - usually there are none or one
            if digits[text[at + offset]] == _NO:
                return False
        return True

    def find(self, text: bytes, start: int, end: int) -> int:
        """Return the first place for it in a part of a text, or -1."""
        offset, run = self._run
        behind = self.length - offset - len(run)
        tries, width = _TRIES if run else 0, self.length + _WIDTH
        while (found := text.find(run, start + offset, end - behind)) >= 0:
            start = found - offset
            if tries:
                if self.fits(text, start):
                    return start
                tries -= 1
                start += 1
            else:
                part = text[start : min(start + self.length + width, end)]
                if places := self._places(part):
                    return start + (places & -places).bit_length() - 1
                start += len(part) - self.length + 1
                width *= 2
        return -1

    def _places(self, text: bytes) -> int:
        """Return all places for it, the first one being the lowest bit."""
        backwards, kept = text[::-1], dict[bytes, int]()
        places = (1 << len(text) - self.length + 1) - 1
        for offset, digits in self._asked():
            fitting = kept.get(digits)
            if fitting is None:
                fitting = int(backwards.translate(digits), 2)
                if len(kept) < _KEPT:
                    kept[digits] = fitting
            places &= fitting >> offset
            if not places:
                break
        return places

    def _asked(self) -> list[tuple[int, bytes]]:
        """Return all offsets where not just any byte may stand, with the digits of those that may."""
        wanted = self.wanted
        return [
            (offset, _ONLY[wanted[offset]]) for offset, must in enumerate(self.mask) if must
        ] + self.classes


Stretch = _Literal | _Choices


@define(eq=False)
class _Starred:
    """Stretches with stars between them."""

    first: Stretch
    middle: list[Stretch]
    last: Stretch
    least: int
    """How long a text has to be."""

    def matches(self, text: bytes) -> bool:
        """Tell whether the stretches stand in a text, one behind the other."""
        end = len(text) - self.last.length
        if len(text) < self.least or not self.first.fits(text, 0) or not self.last.fits(text, end):
            return False
        at = self.first.length
        for stretch in self.middle:
            place = stretch.find(text, at, end)
            if place < 0:
                return False
            at = place + stretch.length
        return True


def _stretches(pattern: bytes, fold: Fold) -> list[Stretch]:
    texts = [found[1] for found in _stretch.finditer(pattern)]
    stretches = {text: _parsed(text, fold) for text in set(texts)}
    return [stretches[text] for text in texts]


def _parsed(stretch: bytes, fold: Fold) -> Stretch:
    if _is_literal(stretch):
        return _Literal(fold(stretch), len(stretch))
    wanted, mask, classes = bytearray(), bytearray(), []
    for piece in _piece.finditer(stretch):
        plain, escaped, negated, members = piece.groups()
        if plain:
            wanted += fold(plain)
            mask += plain.translate(_MASK)
        elif escaped:
            wanted += fold(escaped[1::2])
            mask += b"\xff" * (len(escaped) // 2)
        else:
            classes.append((len(wanted), _digits(negated, members, fold)))
            wanted += b"?"
            mask += b"\0"
    if all(mask):
        return _Literal(bytes(wanted), len(wanted))
    return _Choices(bytes(wanted), bytes(mask), classes)


def _digits(negated: bytes, members: bytes, fold: Fold) -> bytes:
    """Return for each byte whether it belongs to a class, as the digit 1 or 0."""
    digits = bytearray(b"0" * 256)  # in the order of signed bytes, which is that of ranges
    for escaped, low, high, plain in _member.findall(members):
        if low:
            low, high = sorted((low, high), key=_signed)
            start, stop = _signed(fold(low)), _signed(fold(high)) + 1
            digits[start:stop] = b"1" * (stop - start)
        for byte in {*escaped, *fold(plain)}:
            digits[byte ^ 128] = _YES
    return bytes(digits[128:] + digits[:128]).translate(_NEGATED if negated else None)


def _signed(byte: bytes) -> int:
    return byte[0] ^ 128
