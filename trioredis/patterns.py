r"""The glob-style patterns of KEYS, SCAN, PSUBSCRIBE, ACL and CONFIG GET.

``*`` stands for any bytes, ``?`` for one, ``[a-z]`` for one of a class, ``[^a-z]`` for one outside it, and a
backslash takes the next byte literally. That is `fnmatch` at first sight only: Redis reads an unclosed class to
the end of the pattern, turns ``[z-a]`` around, lets ``]`` end a range, compares ranges as signed bytes, and lets ``**``, unlike ``*``,
not match the empty text.

A pattern becomes one regular expression. The naive translation, ``.*`` for every star, takes minutes to
refuse ``a*a*a*a*b``. Every element between two stars has a fixed length, so the leftmost match of a stretch is
always as good as any later one; hence each stretch but the last goes into an atomic group, which is never
entered again, and a match takes at most length of text times length of pattern steps.
"""

import re
from collections.abc import Callable

_token = re.compile(
    rb"(?P<star>\*+)"
    rb"|(?P<any>\?)"
    rb"|\[(?P<negated>\^?)(?P<members>(?:\\.|[^\]\\]-.|[^\]\\])*(?:\\\Z)?)\]?"
    rb"|\\?(?P<literal>.)",
    re.DOTALL,
)
_member = re.compile(rb"\\(?P<escaped>.)|(?P<first>.)-(?P<last>.)|(?P<plain>.)", re.DOTALL)
_is_plain = re.compile(rb"[^*?\[\\]*").fullmatch

# `re` keeps what it compiles; beyond this size its memory is dropped, so that clients cannot fill it.
_LONG = 1024

Matcher = Callable[[bytes], bool]


def matches(pattern: bytes, text: bytes) -> bool:
    """Tell whether `text` as a whole matches `pattern`; for many texts, compile the pattern once."""
    return compile_pattern(pattern)(text)


def compile_pattern(pattern: bytes, ignore_case: bool = False) -> Matcher:
    """Return a function that tells whether a text as a whole matches `pattern`.

    With `ignore_case` both are turned to lower case first, in ASCII. Compiling takes time in proportion to the
    length of the pattern.
    """
    if ignore_case:
        inner = _compiled(pattern.lower())
        return lambda text: inner(text.lower())
    return _compiled(pattern)


def _compiled(pattern: bytes) -> Matcher:
    literal = pattern.rstrip(b"*")
    if _is_plain(literal):
        return _plain_matcher(literal, len(pattern) - len(literal))
    found = re.compile(_translated(pattern), re.DOTALL).fullmatch
    if len(pattern) > _LONG:
        re.purge()
    return lambda text: found(text) is not None


def _plain_matcher(literal: bytes, stars: int) -> Matcher:
    if stars == 0:
        return lambda text: text == literal
    if literal:
        return lambda text: text.startswith(literal)
    return bool if stars > 1 else _matches_all


def _matches_all(_text: bytes) -> bool:
    return True


def _translated(pattern: bytes) -> bytes:
    """Return a regular expression that never goes back into an earlier stretch."""
    stretches = [b""]
    for token in _token.finditer(pattern):
        if token["star"]:
            stretches.append(b"")
        else:
            stretches[-1] += _element(token)
    if len(stretches) == 1:
        return stretches[0]
    first, *middle, last = stretches
    return first + b"".join(b"(?>.*?%b)" % stretch for stretch in middle) + b".*" + last


def _element(token: re.Match[bytes]) -> bytes:
    """Return what one byte has to match."""
    if token["literal"]:
        return re.escape(token["literal"])
    if token["any"]:
        return b"."
    members = b"".join(_ranges(member) for member in _member.finditer(token["members"]))
    if members:
        return b"[%b%b]" % (token["negated"], members)
    return b"." if token["negated"] else b"(?!)"


def _ranges(member: re.Match[bytes]) -> bytes:
    """Return a member of a class as regular expressions write it."""
    if not member["first"]:
        return re.escape(member["escaped"] or member["plain"])
    low, high = sorted((member["first"], member["last"]), key=_signed)
    if _signed(low) < 0 <= _signed(high):
        return b"%b-\xff\x00-%b" % (re.escape(low), re.escape(high))
    return b"%b-%b" % (re.escape(low), re.escape(high))


def _signed(byte: bytes) -> int:
    return int.from_bytes(byte, signed=True)
