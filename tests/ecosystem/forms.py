"""What is left of a program's output when what may differ is taken out of it."""

import re

_NUMBER = re.compile(r"\d+(\.\d+)?[BKMG]?|\binf\b")  # a rate, where no time passed
_SPACES = re.compile(r" {2,}")


def as_it_is(shown: str) -> list[str]:
    return shown.splitlines()


def in_any_order(shown: str) -> list[str]:
    return sorted(shown.splitlines())


def without_numbers(shown: str) -> list[str]:
    return [_SPACES.sub(" ", _NUMBER.sub("0", line)) for line in shown.splitlines()]


def without_progress(shown: str) -> list[str]:
    """What --bigkeys finds on its way depends on the order of the keys."""
    return [line for line in shown.splitlines() if "so far" not in line]


def summary_without_numbers(shown: str) -> list[str]:
    return without_numbers("\n".join(without_progress(shown)))
