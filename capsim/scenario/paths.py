"""What-ifs: values at paths such as ``groups.support.shared`` replaced in a scenario's data."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from capsim.errors import Problem, ScenarioError
from capsim.scenario.document import Document, Path
from capsim.scenario.values import nearest

_NAMED = ("pools", "groups", "dids")


def replace_values(document: Document, values: Mapping[str, Any]) -> Any:
    """A copy of the document's data with each path's value replaced; None takes the key out."""
    data = copy.deepcopy(document.data)
    problems: list[Problem] = []
    for text, value in values.items():
        try:
            for path in _expand(data, tuple(text.split(".")) if text else ()):
                _replace(data, path, value)
        except LookupError as error:
            problems.append(Problem(str(error.args[0]), document.file, path=text))
    if problems:
        raise ScenarioError(problems)
    return data


def _expand(data: Any, path: tuple[str, ...]) -> Iterator[Path]:
    """The paths that one with stars stands for."""
    if not path or not all(path):
        raise LookupError("an empty path or part; a path looks like groups.support.shared")
    if "*" not in path:
        yield path
        return
    position = path.index("*")
    inner = data
    for part in path[:position]:
        inner = _child(inner, part)
    names = (
        list(inner) if isinstance(inner, dict) else list(map(str, range(len(inner)))) if isinstance(inner, list) else []
    )
    if not names:
        raise LookupError("nothing stands where the path has a star")
    for name in names:
        yield from _expand(data, (*path[:position], name, *path[position + 1 :]))


def _child(inner: Any, part: str) -> Any:
    if isinstance(inner, list):
        if not part.isdecimal() or int(part) >= len(inner):
            raise LookupError(f"'{part}' is no position of a list of {len(inner)}")
        return inner[int(part)]
    if not isinstance(inner, dict):
        raise LookupError(f"'{part}' does not exist: what stands before it is a single value")
    if part not in inner:
        raise LookupError(f"there is no '{part}' in the scenario{nearest(part, inner)}")
    return inner[part]


def _replace(data: Any, path: Path, value: Any) -> None:
    parts = [str(part) for part in path]
    inner = data
    for depth, part in enumerate(parts[:-1]):
        named = depth == 1 and parts[0] in _NAMED
        if isinstance(inner, dict) and part not in inner and not named:
            inner[part] = {}
        inner = _child(inner, part)
    last = parts[-1]
    if isinstance(inner, list):
        _child(inner, last)
        inner[int(last)] = value
    elif not isinstance(inner, dict):
        raise LookupError(f"'{last}' cannot be set: what stands before it is a single value")
    elif value is None:
        inner.pop(last, None)
    else:
        inner[last] = value
