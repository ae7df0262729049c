"""`python -m bench`: runs the sections, prints their tables and the verdicts, writes the JSON file."""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from . import contestants, holds, idle, memory, publishing, small, speed, steps, transactions
from .report import Section, claims_table, machine, write_json

QUICK_WORKLOADS = ("50 clients", "50 clients, -P 16", "1 client", "types", "types, -P 16", "scripts")
OTHER_SECTIONS = {
    "memory": memory.run,
    "small": small.run,
    "idle": idle.run,
    "steps": steps.run,
    "holds": holds.run,
    "transactions": transactions.run,
}


def main() -> None:
    """Runs what the command line asks for."""
    options = _parser().parse_args()
    where, sections = machine(), list[Section]()
    print(*(f"{what}: {value}" for what, value in where.items()), sep="\n", end="\n\n", flush=True)
    for measure in _measurements(options):
        sections.append(measure())
        print(sections[-1], flush=True)
    print(claims_table(claim for section in sections for claim in section.claims))
    write_json(options.json, where, sections)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="only trioredis and redis, a few workloads, half the time")
    add("--only", default="", metavar="PATTERN", help="only workloads and sections whose name contains it")
    add("--without", default=[], action="append", metavar="NAME", help="leave a contestant out; repeatable")
    add("--rounds", type=int, default=3, help="interleaved rounds (default: 3)")
    add("--seconds", type=float, default=2.0, help="for each test of a round (default: 2)")
    add("--json", type=Path, default=Path("bench.json"), help="where the figures go (default: bench.json)")
    return parser


def _measurements(options: argparse.Namespace) -> Iterator[Callable[[], Section]]:
    entered = [c for c in contestants.ALL if c.name not in options.without]
    two, seconds = [contestants.REDIS, contestants.TRIOREDIS], options.seconds
    if options.quick:
        entered, seconds = two, seconds / 2
    for title, workloads, who in (
        ("Speed", speed.WORKLOADS, entered),
        ("Types", speed.TYPE_WORKLOADS, two),
        ("Scripts", speed.SCRIPT_WORKLOADS, two),
    ):
        wanted = [w for w in workloads if options.only in w.name]
        wanted = [w for w in wanted if w.name in QUICK_WORKLOADS or not options.quick]
        if wanted:
            yield partial(speed.run, title, wanted, who, options.rounds, seconds)
    if options.only in "publishing" and not options.quick:
        yield partial(publishing.run, options.rounds, seconds)
    if not options.quick:
        yield from (run for name, run in OTHER_SECTIONS.items() if options.only in name)


if __name__ == "__main__":
    main()
