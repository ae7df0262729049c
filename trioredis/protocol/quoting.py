r"""The quoting of inline commands, redis-cli and redis.conf, and its inverse.

`split_arguments` is Redis's ``sdssplitargs``: words between whitespace, ``"double quotes"`` with ``\n``-style and
``\xHH`` escapes, ``'single quotes'`` with ``\'`` only. A quote may open inside a word, but the closing one ends
the word. `quote` is ``sdscatrepr``: what it writes, `split_arguments` reads back.

Redis works on C strings here, so a NUL ends the text; that is kept, because it decides what a line of binary
garbage means. So is the asymmetry that VT and FF are blanks between words but ordinary bytes inside one.
"""

import re

_HAS_NOTHING_SPECIAL = re.compile(rb"[^\0\v\f\"']*").fullmatch
_IS_PLAIN = re.compile(rb"[ !#-\[\]-~]*+").fullmatch
_BLANKS = re.compile(rb"\s*")
_WORD = re.compile(
    rb"""
    ([^ \t\n\r"']*)                                     # a plain beginning; backslashes mean nothing in it
    (?: "((?:\\.|[^"\\])*)" (?=\s|\Z)                   # then a quoted end,
      | '((?:\\'|[^'\\]|\\(?!'))*)' (?=\s|\Z)
      | (?=[ \t\n\r]|\Z) )                              # or none
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"a": b"\a"}

_QUOTED = (
    {code: b"\\x%02x" % code for code in range(256)}
    | {code: bytes([code]) for code in range(0x20, 0x7F)}
    | {code: b"\\" + bytes([code]) for code in b'\\"'}
    | {ord(control): b"\\" + letter for letter, control in _CONTROLS.items()}
)


def split_arguments(line: bytes) -> list[bytes] | None:
    """Split `line` into words; None if a quote stays open or its end is not the end of the word."""
    if _HAS_NOTHING_SPECIAL(line):
        return line.split()
    line = line.partition(b"\0")[0]
    words = []
    at = _skip_blanks(line, 0)
    while at < len(line):
        word = _WORD.match(line, at)
        if word is None:
            return None
        words.append(_unquoted(word))
        at = _skip_blanks(line, word.end())
    return words


def quote(text: bytes) -> bytes:
    """Return `text` in double quotes, everything unprintable escaped."""
    return b'"%b"' % (text if _IS_PLAIN(text) else b"".join([_QUOTED[code] for code in text]))


def _skip_blanks(line: bytes, at: int) -> int:
    blanks = _BLANKS.match(line, at)
    return blanks.end() if blanks else at


def _unquoted(word: re.Match[bytes]) -> bytes:
    plain, double, single = word.groups(b"")
    return plain + _ESCAPE.sub(_unescaped, double) + single.replace(b"\\'", b"'")


def _unescaped(escape: re.Match[bytes]) -> bytes:
    code, char = escape.groups()
    return bytes.fromhex(code.decode("ascii")) if code else _CONTROLS.get(char, char)
