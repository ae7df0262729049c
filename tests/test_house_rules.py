"""The rules of the house that no linter knows: sizes, exports, what an import costs, what tests may not do.

As in `test_layers`, a rule is a function that yields complaints; the project must give it none, and a planted
violation must give it one. Exemptions stand in a table with their reason, and one that is no longer needed is
a complaint too.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from source_tree import PACKAGE, PROJECT, Module, read_modules

MOST_LINES_IN_A_FILE = 500
MOST_LINES_IN_A_FUNCTION = 50

# (module, function): why it may be longer. Only parsers of many options and the hot loop may ask.
LONG_FUNCTIONS: dict[tuple[str, str], str] = {}

# Where Trio may be imported: the floors that wait, and the clock, which follows Trio's in a test.
MAY_USE_TRIO = {"server", "client", "app", "cli", "testing", "__main__", "pytest_plugin", "clock", ""}
MAY_PRINT = {"cli", "__main__"}

# What `import trioredis` may bring in besides Trio and what Trio needs.
RUNTIME_PACKAGES = {"trioredis", "attr", "attrs", "sortedcontainers", "hiredis"}

VIRTUAL_CLOCKS = {"mock_clock", "autojump_clock"}
SLEEPS = {f"{module}.sleep" for module in ("time", "trio", "anyio", "asyncio")}

# Nobody else has these directories, or this document. Written so that the pattern does not find itself.
PRIVATE = re.compile(r"(?<![\w.])/(?:work|root|home)/|\bDE" + r"SIGN\b|\bSTY" + r"LE\.md\b")

DIRECTORIES = ("trioredis", "tests", "examples", ".ci")

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def long_files(modules: Iterable[Module]) -> Iterator[str]:
    """Files that should have been two."""
    for module in modules:
        lines = len(module.text.splitlines())
        if lines >= MOST_LINES_IN_A_FILE:
            yield f"{module.name} has {lines} lines"


def long_functions(modules: Iterable[Module]) -> Iterator[str]:
    """Functions that should have been several, unless exempt; and exemptions that have lost their reason."""
    found = {}
    for module in modules:
        for node in module.nodes(*FUNCTIONS):
            lines = node.end_lineno - node.lineno + 1
            if lines >= MOST_LINES_IN_A_FUNCTION:
                found[module.name, node.name] = f"{module.name}.{node.name} has {lines} lines"
    yield from (complaint for key, complaint in found.items() if key not in LONG_FUNCTIONS)
    yield from (f"{'.'.join(key)} needs no exemption" for key in LONG_FUNCTIONS if key not in found)


def untidy_exports(modules: Iterable[Module]) -> Iterator[str]:
    """`__all__` says what a module offers: nothing twice, nothing that is not there, nothing left out."""
    for module in modules:
        bound = dict(_bound(module))
        if "__all__" not in bound:
            continue
        exported = ast.literal_eval(bound["__all__"].value)
        twice = {name for name in exported if exported.count(name) > 1}
        public = {name for name, node in bound.items() if not name.startswith("_") and _is_offered(node)}
        yield from (f"{module.name} exports {name} twice" for name in sorted(twice))
        yield from (f"{module.name} has no {name} to export" for name in sorted({*exported} - {*bound}))
        if module.is_package:
            yield from (f"{module.name} does not export {name}" for name in sorted(public - {*exported}))


def _bound(module: Module) -> Iterator[tuple[str, Any]]:
    for node in module.tree.body:
        match node:
            case ast.ImportFrom(names=names) | ast.Import(names=names):
                yield from ((alias.asname or alias.name.partition(".")[0], node) for alias in names)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, node
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name, node


def _is_offered(node: ast.stmt) -> bool:
    """Whatever a package takes from elsewhere it uses itself; the rest is there to be offered."""
    if isinstance(node, ast.ImportFrom):
        return bool(node.level) or (node.module or "").startswith("trioredis")
    return not isinstance(node, ast.Import)


def sleeps(modules: Iterable[Module]) -> Iterator[str]:
    """Tests that wait for real time to pass. Under one of Trio's virtual clocks none does."""
    for module in modules:
        aliases = _sleep_aliases(module)
        virtual = _below_a_virtual_clock(module)
        for call in module.nodes(ast.Call):
            called = ast.unparse(call.func)
            if (called in SLEEPS or called in aliases) and call not in virtual:
                yield f"{module.name}:{call.lineno} sleeps"


def _sleep_aliases(module: Module) -> set[str]:
    imports = (node for node in module.nodes(ast.ImportFrom) if f"{node.module}.sleep" in SLEEPS)
    return {alias.asname or alias.name for node in imports for alias in node.names if alias.name == "sleep"}


def _below_a_virtual_clock(module: Module) -> set[ast.AST]:
    functions = (node for node in module.nodes(*FUNCTIONS) if VIRTUAL_CLOCKS & _parameters(node))
    return {node for function in functions for node in ast.walk(function)}


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {argument.arg for argument in [*function.args.args, *function.args.kwonlyargs]}


def leaks(modules: Iterable[Module]) -> Iterator[str]:
    """Trio below the floors that wait, and trio-typing anywhere: its stubs override Trio's own types."""
    for module in modules:
        unit = [*module.name.split("."), ""][1]
        for root, line in _imported_roots(module):
            if root == "trio_typing" or (root == "trio" and unit not in MAY_USE_TRIO):
                yield f"{module.name}:{line} imports {root}"


def _imported_roots(module: Module) -> Iterator[tuple[str, int]]:
    for node in module.nodes(ast.Import):
        yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
    for node in module.nodes(ast.ImportFrom):
        yield (node.module or "").partition(".")[0], node.lineno


def prints(modules: Iterable[Module]) -> Iterator[str]:
    """A library that talks to standard output talks to somebody else's."""
    for module in modules:
        if [*module.name.split("."), ""][1] not in MAY_PRINT:
            calls = (node for node in module.nodes(ast.Call) if ast.unparse(node.func) == "print")
            yield from (f"{module.name}:{call.lineno} prints" for call in calls)


def managers(modules: Iterable[Module]) -> Iterator[str]:
    """Classes whose name says that nobody knew what they are."""
    for module in modules:
        classes = (node.name for node in module.nodes(ast.ClassDef))
        yield from (f"{module.name}.{name}" for name in classes if name.endswith("Manager"))


def private_mentions(name: str, text: str) -> Iterator[str]:
    """Text that only makes sense where it was written."""
    for number, line in enumerate(text.splitlines(), 1):
        yield from (f"{name}:{number} mentions {found}" for found in PRIVATE.findall(line))


Rule = Callable[[Iterable[Module]], Iterator[str]]

SIZES: tuple[Rule, ...] = (long_files, long_functions)
OF_THE_PACKAGE: tuple[Rule, ...] = (untidy_exports, leaks, prints, managers)


@pytest.fixture(scope="module")
def package() -> list[Module]:
    return read_modules(PACKAGE)


@pytest.fixture(scope="module")
def tests() -> list[Module]:
    return read_modules(PROJECT / "tests")


@pytest.mark.parametrize("rule", SIZES + OF_THE_PACKAGE)
def test_the_package_keeps_the_rule(rule: Rule, package: list[Module]) -> None:
    assert [] == list(rule(package))


def test_files_of_tests_stay_small_too(tests: list[Module]) -> None:
    assert [] == list(long_files(tests))


def test_no_test_sleeps(tests: list[Module]) -> None:
    # The benchmark is no test: it measures real time.
    assert [] == list(sleeps(m for m in tests if not m.name.startswith("tests.bench.")))


def test_nothing_mentions_the_place_where_it_was_written() -> None:
    inside = (path for name in DIRECTORIES for path in (PROJECT / name).rglob("*") if path.suffix != ".pyc")
    outside = (path for path in PROJECT.glob("*.*") if path.name != ".git")  # a file, in a second work tree
    texts = {path: path.read_text(errors="replace") for path in [*inside, *outside] if path.is_file()}
    assert [] == [found for path, text in texts.items() for found in private_mentions(path.name, text)]


def test_importing_the_package_brings_in_only_what_it_runs_on() -> None:
    program = "import sys, trio; before = {*sys.modules}; import trioredis; print(*{*sys.modules} - before, sep='\\n')"
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    roots = {name.partition(".")[0] for name in result.stdout.split()}
    standard = {*sys.stdlib_module_names} - {"asyncio", "multiprocessing", "unittest", "argparse", "http"}
    assert set() == roots - RUNTIME_PACKAGES - standard


def test_the_package_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()


# The rules themselves.

PLANTED: list[tuple[Rule, str, str]] = [
    (long_files, "x = 1\n" * 499, ""),
    (long_files, "x = 1\n" * 500, "trioredis.engine.x has 500 lines"),
    (long_functions, "def f():\n" + "    g()\n" * 48, ""),
    (long_functions, "def f():\n" + "    g()\n" * 49, "trioredis.engine.x.f has 50 lines"),
    (
        long_functions,
        "class C:\n  async def f(self):\n" + "    g()\n" * 60,
        "trioredis.engine.x.f has 61 lines",
    ),
    (untidy_exports, "def f(): ...", ""),
    (untidy_exports, "__all__ = ['f']\nimport trio\nfrom trio import sleep\ndef f(): ...\ndef _g(): ...", ""),
    (untidy_exports, "__all__ = ['f', 'f']\ndef f(): ...", "trioredis.engine.x exports f twice"),
    (untidy_exports, "__all__ = ['f', 'g']\ndef f(): ...", "trioredis.engine.x has no g to export"),
    (untidy_exports, "__all__ = []\nfrom trioredis.app import f", "trioredis.engine.x does not export f"),
    (untidy_exports, "__all__ = []\nfrom .gate import f as g", "trioredis.engine.x does not export g"),
    (untidy_exports, "__all__ = []\nclass C: ...", "trioredis.engine.x does not export C"),
    (untidy_exports, "__all__ = []\nX: int = 1", "trioredis.engine.x does not export X"),
    (sleeps, "import trio\ntrio.sleep_forever()", ""),
    (sleeps, "import trio\nasync def test(autojump_clock):\n    await trio.sleep(1)", ""),
    (sleeps, "import trio\nasync def test(clock):\n    await trio.sleep(1)", "trioredis.engine.x:3 sleeps"),
    (sleeps, "import time\ntime.sleep(1)", "trioredis.engine.x:2 sleeps"),
    (sleeps, "from time import sleep as pause\npause(1)", "trioredis.engine.x:2 sleeps"),
    (leaks, "import trio", "trioredis.engine.x:1 imports trio"),
    (leaks, "def f():\n    from trio.lowlevel import checkpoint", "trioredis.engine.x:2 imports trio"),
    (leaks, "from trio_typing import TaskStatus", "trioredis.engine.x:1 imports trio_typing"),
    (leaks, "from trioredis import errors", ""),
    (prints, "def f():\n    print(1)", "trioredis.engine.x:2 prints"),
    (prints, "from pprint import pformat", ""),
    (managers, "class Connections: ...", ""),
    (managers, "class ConnectionManager: ...", "trioredis.engine.x.ConnectionManager"),
]


@pytest.mark.parametrize(("rule", "source", "complaint"), PLANTED)
def test_the_rule_finds_a_planted_violation_and_nothing_else(
    rule: Rule, source: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "LONG_FUNCTIONS", {})
    module = Module.parse("trioredis.engine.x", source, is_package=True)
    assert list(filter(None, [complaint])) == list(rule([module]))


def test_an_exemption_silences_its_function_only_while_it_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "LONG_FUNCTIONS", {("trioredis.x", "f"): "the hot loop"})
    long, short = "def f():\n" + "    g()\n" * 60, "def f(): ..."
    assert [] == list(long_functions([Module.parse("trioredis.x", long)]))
    assert ["trioredis.x.f needs no exemption"] == list(long_functions([Module.parse("trioredis.x", short)]))


@pytest.mark.parametrize("text", ["see /work" + "/x", "DES" + "IGN 4", "open('/root" + "/x')"])
def test_a_private_place_is_found(text: str) -> None:
    (complaint,) = private_mentions("README.rst", f"fine\n{text}")
    assert complaint.startswith("README.rst:2 mentions ")


@pytest.mark.parametrize(
    "text", ["https://example.org/work/x", "a frame/work/of", "/tmp/redis.sock", "design"]
)
def test_a_public_place_is_not(text: str) -> None:
    assert [] == list(private_mentions("README.rst", text))


def test_modules_are_named_from_the_directory_down(tmp_path: Path) -> None:
    (tmp_path / "house" / "cellar").mkdir(parents=True)
    (tmp_path / "house" / "cellar" / "__init__.py").touch()
    (tmp_path / "house" / "cellar" / "wine.py").write_text("x = 1\n")
    modules = read_modules(tmp_path / "house")
    assert [("house.cellar", True), ("house.cellar.wine", False)] == [(m.name, m.is_package) for m in modules]
