"""The project's own source as data, for the tests that hold it to its rules."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

PROJECT = Path(__file__).parents[1]
PACKAGE = PROJECT / "trioredis"


@frozen(eq=False)
class Module:
    """One source file, parsed; `trioredis/engine/__init__.py` is the module `trioredis.engine`."""

    name: str
    text: str
    is_package: bool
    tree: ast.Module

    @classmethod
    def parse(cls, name: str, text: str, is_package: bool = False) -> "Module":
        return cls(name, text, is_package, ast.parse(text))

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[Any]:
        """Every node of these kinds, those in functions included."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))


def read_modules(directory: Path) -> list[Module]:
    """Every module below a directory, named from the directory's own name down."""
    return [_read(path, directory.parent) for path in sorted(directory.rglob("*.py"))]


def _read(path: Path, root: Path) -> Module:
    parts = path.relative_to(root).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    return Module.parse(name, path.read_text(), is_package)
