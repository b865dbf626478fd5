"""No import that the layer check cannot see, and no circle of files."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.reference.import_graph import FRONT_DOOR, Module, circles, graph, imports_by_string, modules


def test_no_file_imports_another_by_string():
    """The layer check reads statements only. The front door loads its names by string, as they are first used."""
    found = {name: imports_by_string(module) for name, module in modules().items() if name != FRONT_DOOR}
    assert {name: targets for name, targets in found.items() if targets} == {}


def test_no_files_import_each_other_in_a_circle():
    """Function-level and typing-only imports count, except what a drawer needs to know of the result beside it."""
    assert circles(graph(modules())) == []


# -- the check itself -----------------------------------------------------------------------------------------


def package(**files: str) -> dict[str, Module]:
    """Modules of a package `p` from their texts; the name is the path, with ``__`` for a slash."""
    found = {"p": Module("p", Path("p/__init__.py"), ast.parse(""))}
    for name, text in files.items():
        parts = ("p", *name.split("__"))
        inner = parts[:-1] if parts[-1] == "init" else parts
        path = Path(*inner, "__init__.py") if parts[-1] == "init" else Path(*parts).with_suffix(".py")
        found[".".join(inner)] = Module(".".join(inner), path, ast.parse(text))
    return found


def test_a_circle_through_a_function_a_type_or_a_string_is_seen():
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.a import A"
    for text in ("from p.a import A", "def f():\n    from p import a", typed, "import_module('p.a')", "x = 'p.a:main'"):
        assert circles(graph(package(a="from p.b import B", b=text, c="import p.a"))) == [{"p.a", "p.b"}], text
    assert circles(graph(package(a="from . import b", b="", c="import p.a"))) == []


def test_a_name_that_a_package_hands_on_comes_from_the_file_that_defines_it():
    room = {"room__init": "from p.room.one import One\nfrom p.room.two import Two", "room__one": "class One: ..."}
    assert circles(graph(package(**room, room__two="from p.room import One"))) == []
    assert circles(graph(package(**room, room__two="from p.room import Three")))


def test_a_drawer_may_name_the_result_beside_it_for_its_types_only():
    result = "def plot(self):\n    from p.run.plots import RunPlots"
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.run.result import Result"
    assert circles(graph(package(run__result=result, run__plots=typed))) == []
    assert circles(graph(package(run__result=result, run__plots="from p.run.result import Result")))
    assert circles(graph(package(run__result=result.replace("plots", "other"), run__other=typed)))
    elsewhere = typed.replace("p.run", "p.plan")
    assert circles(graph(package(plan__result=result, run__plots=elsewhere)))
