r"""Source of Lua 5.1, made acceptable to Lua 5.2.

Two things differ. ``_ENV`` and ``goto`` are names of no meaning in 5.1, and get a letter more here. The other is what may
follow a backslash in a string. For the older Lua any character stands for itself if it means
nothing else, ``\d`` and ``\.`` as well as ``\x`` and ``\z``; the newer one gives meaning to the last two and refuses the
rest. So a backslash that 5.1 overlooks is left out here. Almost no source holds one, which one search finds out.
"""

import re
from typing import Final

_KNOWN: Final = b"abfnrtv\\\\\"'\\n\\r0-9"
_OVERLOOKED: Final = re.compile(rb"\\([^%b])" % _KNOWN)
_DIFFERENT: Final = re.compile(rb"\\[^%b]|\b(?:_ENV|goto)\b" % _KNOWN)
_PAIR: Final = re.compile(rb"\\(.)", re.DOTALL)
_TOKEN: Final = re.compile(
    rb"""--\[(=*)\[.*?(?:\]\1\]|\Z) | --[^\r\n]*  # comments
       | \[(=*)\[.*?(?:\]\2\]|\Z)                # strings without escapes
       | \b(?:_ENV|goto)\b
       | "(?:\\.|[^"\\\r\n])*"? | '(?:\\.|[^'\\\r\n])*'?""",
    re.DOTALL | re.VERBOSE,
)


def acceptable(source: bytes) -> bytes:
    """Return source that means to Lua 5.2 what this means to 5.1, line by line."""
    return _TOKEN.sub(_token, source) if _DIFFERENT.search(source) else source


def _token(token: re.Match[bytes]) -> bytes:
    text = token[0]
    if text[:1] in (b'"', b"'"):
        return _PAIR.sub(_pair, text)
    return text + b"_" if text in (b"_ENV", b"goto") else text


def _pair(pair: re.Match[bytes]) -> bytes:
    return pair[1] if _OVERLOOKED.match(pair[0]) else pair[0]
