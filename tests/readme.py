"""The parts of README.rst that the source knows better: run this file to write them anew.

A part stands between ``.. begin NAME`` and ``.. end NAME``; `test_readme` fails while one is out of date.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from textwrap import fill

from trioredis.commands import load
from trioredis.config.catalogue import with_level
from trioredis.config.directives import Level
from trioredis.engine.command import Command

README = Path(__file__).parent.parent / "README.rst"


def commands() -> str:
    """Every command by the group of the Redis documentation, subcommands in parentheses."""
    groups: dict[str, list[str]] = defaultdict(list)
    for command in load():
        groups[command.group].append(_shown(command))
    lines = [
        f"**{group}** ({len(names)})\n{_indented(sorted(names))}" for group, names in sorted(groups.items())
    ]
    return "\n\n".join(lines)


def meaningless() -> str:
    """The directives that are accepted and change nothing, with the reason."""
    return _directives(Level.MEANINGLESS)


def refused() -> str:
    """The directives that refuse, with the reason."""
    return _directives(Level.REFUSED)


def waiting() -> str:
    """The directives that are kept for what is still to come, with the reason."""
    return _directives(Level.WAITING)


PARTS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "meaningless": meaningless,
    "refused": refused,
    "waiting": waiting,
}


def renewed(text: str) -> str:
    """README.rst with every part as it ought to be."""
    for name, part in PARTS.items():
        pattern = re.compile(rf"(?<=^\.\. begin {name}\n).*?(?=^\.\. end {name}$)", re.DOTALL | re.MULTILINE)
        assert len(pattern.findall(text)) == 1
        body = part()
        text = pattern.sub(lambda _, body=body: f"\n{body}\n\n", text)
    return text


def _shown(command: Command) -> str:
    name = command.name.decode().upper()
    if not command.subcommands:
        return name
    return f"{name} ({' '.join(sorted(sub.decode().upper() for sub in command.subcommands))})"


def _indented(names: list[str]) -> str:
    return fill(
        " · ".join(names), 116, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False
    )


def _directives(level: Level) -> str:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for directive in with_level(level):
        by_reason[directive.standing.reason].append(f"``{directive.name.decode()}``")
    items = [f"{', '.join(sorted(names))}: {reason}" for reason, names in by_reason.items()]
    return "\n".join(
        fill(item, 116, initial_indent="* ", subsequent_indent="  ", break_on_hyphens=False)
        for item in sorted(items)
    )


if __name__ == "__main__":
    README.write_text(renewed(README.read_text()))
