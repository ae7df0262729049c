"""What a section of the benchmark says, and how it is printed.

A section returns a `Section`: a table for people, claims that are held against what was promised, and its
raw figures for the JSON file. Tables are simple tables of reStructuredText, which read as plain text and go
into the README as they are.
"""

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import attrs
from attrs import frozen


@frozen
class Claim:
    """A figure, what it must be and what it should be; `at_most` turns both into upper limits."""

    what: str
    measured: float
    must: float
    goal: float | None = None
    at_most: bool = False

    @property
    def verdict(self) -> str:
        """`goal`, `met`, or by how much it was missed."""
        if self.goal is not None and self._holds(self.goal):
            return "goal"
        if self._holds(self.must):
            return "met"
        return f"MISSED by {abs(self.measured - self.must):.2f}"

    def _holds(self, limit: float) -> bool:
        return self.measured <= limit if self.at_most else self.measured >= limit


@frozen
class Table:
    """A header and rows of cells that are text already."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __str__(self) -> str:
        columns = zip(self.header, *self.rows, strict=True)
        widths = [max(map(len, column)) for column in columns]
        rule = "  ".join("=" * width for width in widths)
        lines = [_line(cells, widths) for cells in self.rows]
        return "\n".join([rule, _line(self.header, widths), rule, *lines, rule])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    # The first cell names the row; figures are flush right. An empty first cell would continue the row above.
    first, *figures = (cell or "\\" for cell in cells)
    aligned = [cell.rjust(width) for cell, width in zip(figures, widths[1:], strict=True)]
    return "  ".join([first.ljust(widths[0]), *aligned]).rstrip()


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median, over the rounds, of one rate by another: what was slow in a round was so for both."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


@frozen
class Section:
    """What one part of the benchmark found out."""

    title: str
    table: Table
    claims: Sequence[Claim]
    figures: Any

    def __str__(self) -> str:
        return f"{self.title}\n{'-' * len(self.title)}\n\n{self.table}\n"


def claims_table(claims: Iterable[Claim]) -> Table:
    """Every claim of a run with its verdict."""
    rows = []
    for claim in claims:
        sign = "<=" if claim.at_most else ">="
        goal = "-" if claim.goal is None else f"{sign} {claim.goal:g}"
        rows.append((claim.what, f"{claim.measured:.2f}", f"{sign} {claim.must:g}", goal, claim.verdict))
    return Table(("claim", "measured", "must", "goal", "verdict"), rows)


def machine() -> dict[str, str]:
    """Where and when: a figure without them says nothing."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
    redis = subprocess.run(["redis-server", "--version"], capture_output=True, text=True, check=True).stdout
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cpu": f"{model}, {os.cpu_count()} cores",
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": f"{os.getloadavg()[0]:.2f} in the minute before; anything else that runs flatters the slower server",
        "redis": redis.split("v=")[1].split()[0],
    }


def write_json(path: Path, where: dict[str, str], sections: Sequence[Section]) -> None:
    """The raw figures of a run, for comparing runs."""
    claims = [
        attrs.asdict(claim) | {"verdict": claim.verdict} for section in sections for claim in section.claims
    ]
    figures = {section.title: section.figures for section in sections}
    document = {"machine": where, "claims": claims, "figures": figures}
    path.write_text(json.dumps(document, indent=2) + "\n")
