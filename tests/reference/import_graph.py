"""The imports of capsim's files, by statement and by string, and the circles that they make."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "capsim"
FRONT_DOOR = "capsim"
DRAWERS = {"columns", "cost_rows", "document", "page", "plots", "rows", "text", "words"}
"""Names of files, or packages, that lay out the result that stands in the same folder."""


@dataclass(frozen=True)
class Module:
    """One file: its dotted name, its syntax tree, and whether it is the ``__init__`` of a package."""

    name: str
    path: Path
    tree: ast.Module = field(repr=False, compare=False)

    @property
    def package(self) -> str:
        """Dotted name of the folder in which the file stands."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


@cache
def modules(root: Path = PACKAGE) -> dict[str, Module]:
    """Every file of a package, by dotted name."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = (root.name, *path.relative_to(root).with_suffix("").parts)
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name, path, ast.parse(path.read_text("utf-8")))
    return found


def imports_by_string(module: Module) -> list[str]:
    """Targets of ``import_module`` and ``__import__``; "?" for a target that is not written out."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and _called(node.func) in ("import_module", "__import__"):
            target = node.args[0] if node.args else None
            found.append(target.value if isinstance(target, ast.Constant) else "?")
    return found


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def imports(module: Module, known: dict[str, Module]) -> Iterator[tuple[str, bool]]:
    """Files that a file imports, anywhere in it, and whether only for type checking.

    A name that a package's ``__init__`` re-exports is imported from the file that defines it.
    """
    for node, typing_only in _with_type_checking(module.tree, False):
        if isinstance(node, ast.Import):
            yield from ((alias.name, typing_only) for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            for alias in node.names:
                home = _home(base, alias.name, known)
                if home is not None:
                    yield home, typing_only
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            target = re.fullmatch(r"([\w.]+):\w+", node.value)  # a command that is loaded when it is called
            if target and target[1] in known:
                yield target[1], typing_only
    yield from ((target, False) for target in imports_by_string(module) if target in known)


def _with_type_checking(node: ast.AST, inside: bool) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(node):
        typed = isinstance(node, ast.If) and _called(node.test) == "TYPE_CHECKING" and child in node.body
        yield child, inside or typed
        yield from _with_type_checking(child, inside or typed)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    base = module.package.split(".")
    return ".".join([*base[: len(base) - node.level + 1], *([node.module] if node.module else [])])


def _home(base: str, name: str, known: dict[str, Module]) -> str | None:
    if f"{base}.{name}" in known:
        return f"{base}.{name}"
    if base not in known:
        return None
    for node in known[base].tree.body:
        if known[base].path.name == "__init__.py" and isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return _home(_absolute(known[base], node), alias.name, known) or base
    return base


def graph(known: dict[str, Module]) -> dict[str, set[str]]:
    """By file the files that it imports, except the front door, and a drawer's typing-only import of its own result."""
    arrows: dict[str, set[str]] = {name: set() for name in known if name != FRONT_DOOR}
    for name in arrows:
        module = known[name]
        for target, typing_only in imports(module, known):
            own = _draws(name, known[target].package)
            if target not in (name, FRONT_DOOR) and not (typing_only and own):
                arrows[name].add(target)
    return arrows


def _draws(name: str, folder: str) -> bool:
    """Whether a file is a drawer of a folder: a file with such a name in it, or one of a package with such a name."""
    inside = name.removeprefix(f"{folder}.")
    return inside != name and inside.partition(".")[0] in DRAWERS


def circles(arrows: dict[str, set[str]]) -> list[set[str]]:
    """Sets of files that reach each other (strongly connected components of two files or more)."""
    order: list[str] = []
    seen: set[str] = set()
    for start in arrows:
        _visit(start, arrows, seen, order)
    backwards: dict[str, set[str]] = {name: set() for name in arrows}
    for name, targets in arrows.items():
        for target in targets:
            backwards[target].add(name)
    seen, found = set(), []
    for start in reversed(order):
        circle: list[str] = []
        _visit(start, backwards, seen, circle)
        if len(circle) > 1:
            found.append(set(circle))
    return found


def _visit(start: str, arrows: dict[str, set[str]], seen: set[str], order: list[str]) -> None:
    if start in seen:
        return
    seen.add(start)
    path = [(start, iter(sorted(arrows[start])))]
    while path:
        name, targets = path[-1]
        target = next((one for one in targets if one not in seen), None)
        if target is None:
            order.append(name)
            path.pop()
        else:
            seen.add(target)
            path.append((target, iter(sorted(arrows[target]))))
