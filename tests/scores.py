"""Scores in replies: 7.2 prints as few digits as a double needs, the oracle, a 7.0, always up to 17."""

import re

_SCORE = re.compile(rb"(?:\$\d+\r\n|,)(-?\d+(?:\.\d+)?(?:e[+-]\d+)?)\r\n")


def with_17_digits(reply: bytes) -> bytes:
    """Return a raw reply in which each number, but integers, is printed as the oracle prints it."""
    return _SCORE.sub(lambda match: b"number %.17g\r\n" % float(match[1]), reply)
