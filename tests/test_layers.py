"""The floors of the house: imports go down only, siblings on one floor never import each other.

The rules are functions from modules to complaints. Each is applied to the package, which must give it
nothing to complain of, and to a planted violation, which it must find.
"""

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

import pytest

from source_tree import PACKAGE, Module, read_modules

FLOORS = (
    {"errors", "clock", "log_levels", "machine", "numerals", "patterns", "versions"},
    {"env"},
    {"protocol", "datatypes", "config", "acl"},
    {"keyspace", "rdb", "aof", "replication", "scripting", "client"},
    {"engine"},
    {"commands"},
    {"server"},
    {"app"},
    {"testing", "cli"},
    {"", "__main__", "pytest_plugin"},  # "" is the package itself, its public face
)
FLOOR_OF = {unit: number for number, units in enumerate(FLOORS) for unit in units}

# What may wait. Everything else is a plain function, which nothing can interrupt.
MAY_AWAIT = {"server", "client", "app", "cli", "testing", "__main__", "pytest_plugin"}

AWAITING = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
VAGUE_NAMES = {"util", "utils", "common", "misc", "helper", "helpers"}


class Edge(NamedTuple):
    """One module of the package imports another."""

    importer: str
    imported: str
    line: int
    runs: bool
    """False below `if TYPE_CHECKING:`. Such an import knows what it should not, but closes no cycle."""


def unit_of(module: str) -> str:
    """The package or module directly below `trioredis` that a module belongs to."""
    return [*module.split("."), ""][1]


def edges(modules: Iterable[Module]) -> Iterator[Edge]:
    """Every import of one module of the package by another, wherever in the source it stands."""
    modules = list(modules)
    known = {module.name for module in modules}
    for module in modules:
        idle = type_only(module)
        for node in module.nodes(ast.Import, ast.ImportFrom):
            for target in targets(module, node, known):
                yield Edge(module.name, target, node.lineno, node not in idle)


def type_only(module: Module) -> set[ast.AST]:
    """The nodes that only a type checker sees."""
    tests = (node for node in module.nodes(ast.If) if "TYPE_CHECKING" in ast.unparse(node.test))
    return {node for test in tests for statement in test.body for node in ast.walk(statement)}


def targets(module: Module, node: ast.Import | ast.ImportFrom, known: set[str]) -> Iterator[str]:
    """The modules of the package that one import statement names."""
    names = [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        source = absolute(module, node)
        submodules = (f"{source}.{name}" for name in names)
        names = [name if name in known else source for name in submodules]
    return (name for name in dict.fromkeys(names) if name in known)


def absolute(module: Module, node: ast.ImportFrom) -> str:
    """The dotted name that a `from` import starts from, relative ones resolved."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    package = parts[: len(parts) - node.level + module.is_package]
    return ".".join([*package, *filter(None, [node.module])])


def homeless(modules: Iterable[Module]) -> Iterator[str]:
    """Units that stand on no floor: a new one is a decision, to be taken in `FLOORS`."""
    return (m.name for m in modules if unit_of(m.name) not in FLOOR_OF)


def wrong_ways(modules: Iterable[Module]) -> Iterator[str]:
    """Imports that go up, or sideways to another unit of the same floor."""
    for importer, imported, line, _ in edges(modules):
        upper, lower = unit_of(importer), unit_of(imported)
        if upper != lower and FLOOR_OF[lower] >= FLOOR_OF[upper]:
            direction = "up" if FLOOR_OF[lower] > FLOOR_OF[upper] else "sideways"
            yield f"{importer}:{line} imports {direction}: {imported}"


def cycles(modules: Iterable[Module]) -> Iterator[str]:
    """The first cycle of imports there is."""
    sorter = TopologicalSorter[str]()
    for edge in edges(modules):
        if edge.runs:
            sorter.add(edge.importer, edge.imported)
    try:
        sorter.prepare()
    except CycleError as error:
        yield " -> ".join(reversed(error.args[1]))


def awaits(modules: Iterable[Module]) -> Iterator[str]:
    """Anything asynchronous below the floors that may wait."""
    for module in modules:
        if unit_of(module.name) not in MAY_AWAIT:
            yield from (f"{module.name}:{node.lineno} awaits" for node in module.nodes(*AWAITING))
            yield from (
                f"{module.name}:{node.target.lineno} awaits"
                for node in module.nodes(ast.comprehension)
                if node.is_async
            )


def bad_names(modules: Iterable[Module]) -> Iterator[str]:
    """Modules that hide one of the standard library, or whose name says nothing."""
    for module in modules:
        last = module.name.split(".")[-1]
        if last in sys.stdlib_module_names and last != "trioredis":
            yield f"{module.name} is named like a module of the standard library"
        if last in VAGUE_NAMES:
            yield f"{module.name}: a name that says nothing"


Rule = Callable[[Iterable[Module]], Iterator[str]]

RULES: tuple[Rule, ...] = (homeless, wrong_ways, cycles, awaits, bad_names)


@pytest.fixture(scope="module")
def package() -> list[Module]:
    return read_modules(PACKAGE)


@pytest.mark.parametrize("rule", RULES)
def test_the_package_keeps_the_rule(rule: Rule, package: list[Module]) -> None:
    assert [] == list(rule(package))


def planted(**sources: str) -> list[Module]:
    """Modules by dotted name below the package (`engine__gate` is `engine.gate`), and what they import."""
    texts = {f"trioredis.{name.replace('__', '.')}": text for name, text in sources.items()}
    empty = ["trioredis", "trioredis.errors", "trioredis.protocol.replies", "trioredis.server.store"]
    packages = [Module.parse(f"trioredis.{unit}", "", is_package=True) for unit in ("protocol", "server")]
    others = [Module.parse(name, "") for name in empty if name not in texts]
    return packages + others + [Module.parse(name, text) for name, text in texts.items()]


DOWNWARD = (
    "from trioredis import errors",
    "from trioredis.protocol import replies",
    "from trioredis.protocol.replies import Reply",
    "import trioredis.protocol.replies",
    "from ..protocol import replies",
    "from .gate import Gate",
    "import trio",
)


@pytest.mark.parametrize("source", DOWNWARD)
def test_imports_may_go_down_and_stay_in_the_package(source: str) -> None:
    assert [] == list(wrong_ways(planted(engine__gate="", engine__executor=source)))


UPWARD = (
    "from trioredis.server import store",
    "from trioredis.server.store import Store",
    "import trioredis.server.store",
    "import trio, trioredis.server.store as store",
    "from ..server.store import Store",
    "from ..server import store",
    "def late():\n    from trioredis.server.store import Store",
    "if TYPE_CHECKING:\n    from trioredis.server.store import Store",
)


@pytest.mark.parametrize("source", UPWARD)
def test_an_import_that_goes_up_is_found_wherever_it_hides(source: str) -> None:
    (complaint,) = wrong_ways(planted(engine__gate=source))
    assert complaint.startswith("trioredis.engine.gate:")
    assert complaint.endswith("imports up: trioredis.server.store")


def test_the_public_face_is_above_everything() -> None:
    complaints = list(wrong_ways(planted(engine__gate="from trioredis import __version__")))
    assert ["trioredis.engine.gate:1 imports up: trioredis"] == complaints


def test_siblings_on_one_floor_do_not_know_each_other() -> None:
    complaints = list(wrong_ways(planted(datatypes__lists="import trioredis.protocol.replies")))
    assert ["trioredis.datatypes.lists:1 imports sideways: trioredis.protocol.replies"] == complaints


def test_a_cycle_is_shown_of_its_imports() -> None:
    modules = planted(engine__a="from . import b", engine__b="def f():\n    from trioredis.engine.a import x")
    (cycle,) = cycles(modules)
    a, b = "trioredis.engine.a", "trioredis.engine.b"
    assert cycle in {f"{a} -> {b} -> {a}", f"{b} -> {a} -> {b}"}


def test_modules_of_a_package_may_name_each_other_s_types() -> None:
    types = "if TYPE_CHECKING:\n    from trioredis.engine.a import A"
    assert [] == list(cycles(planted(engine__a="from . import b", engine__b=types)))


def test_a_unit_without_a_floor_is_found() -> None:
    assert ["trioredis.cellar"] == list(homeless(planted(cellar="")))


ASYNCHRONOUS = (
    "async def f(): pass",
    "async def f():\n    await g()",
    "class C:\n    async def m(self): pass",
    "def f():\n    async def g(): pass",
    "def f():\n    return (x async for x in y)",
)


@pytest.mark.parametrize("source", ASYNCHRONOUS)
def test_nothing_below_the_tasks_may_wait(source: str) -> None:
    assert [] != list(awaits(planted(engine__gate=source)))
    assert [] == list(awaits(planted(server__gate=source)))


@pytest.mark.parametrize("name", ["engine__signal", "numbers", "engine__utils", "misc"])
def test_a_bad_name_is_found(name: str) -> None:
    (complaint,) = bad_names(planted(**{name: ""}))
    assert complaint.startswith(f"trioredis.{name.replace('__', '.')}")
