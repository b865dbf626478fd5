"""What-ifs: other values at paths such as ``groups.support.shared`` in a scenario's data."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from capsim.errors import Problem, ScenarioError
from capsim.scenario.language.document import Document, Path
from capsim.scenario.language.values import nearest

_GONE = object()
"""Placeholder for a removed element of a list: positions stay the same until all values are replaced."""


def replace_values(document: Document, values: Mapping[str, Any], named: Collection[str] = ()) -> Document:
    """Copy a document with the values at some paths replaced.

    Parameters
    ----------
    document : Document
    values : mapping of str to value
        new values by path; None removes a key, or an element of a list
    named : collection of str
        top-level keys whose names must exist, so that a mistyped name is an error; other keys on a path are added
    """
    data = copy.deepcopy(document.data)
    problems: list[Problem] = []
    for text, value in values.items():
        try:
            for path in _expand(data, tuple(text.split(".")) if text else ()):
                _replace(data, path, value, named)
        except LookupError as error:
            problems.append(Problem(str(error.args[0]), document.file, path=text))
    if problems:
        raise ScenarioError(problems)
    moved: dict[Path, int] = {}
    data = _without_gone(data, (), moved)
    places, keys = (_renumbered(places, moved) for places in (document.places, document.keys))
    return Document(document.file, data, places, keys)


def _without_gone(data: Any, path: Path, moved: dict[Path, int]) -> Any:
    """The data without removed elements.

    ``moved`` receives the new positions in lists that lose elements, and -1 for the elements removed.
    """
    if isinstance(data, dict):
        return {key: _without_gone(value, (*path, key), moved) for key, value in data.items()}
    if not isinstance(data, list):
        return data
    stays: list[Any] = []
    fewer = any(value is _GONE for value in data)
    for position, value in enumerate(data):
        if fewer:
            moved[*path, position] = -1 if value is _GONE else len(stays)
        if value is not _GONE:
            stays.append(_without_gone(value, (*path, position), moved))
    return stays


def _renumbered(places: dict[Path, tuple[int, int]], moved: dict[Path, int]) -> dict[Path, tuple[int, int]]:
    if not moved:
        return places
    renumbered = {}
    for path, place in places.items():
        parts = tuple(moved.get(path[: depth + 1], part) for depth, part in enumerate(path))
        if -1 not in parts:
            renumbered[parts] = place
    return renumbered


def _expand(data: Any, path: tuple[str, ...]) -> Iterator[Path]:
    """The paths for which a path with stars stands."""
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
        raise LookupError("nothing is there for the star in the path")
    for name in names:
        yield from _expand(data, (*path[:position], name, *path[position + 1 :]))


def _child(inner: Any, part: str) -> Any:
    if isinstance(inner, list):
        if not part.isdecimal() or int(part) >= len(inner):
            raise LookupError(f"'{part}' is not a position in a list of {len(inner)}, which counts from 0")
        return inner[int(part)]
    if not isinstance(inner, dict):
        raise LookupError(f"'{part}' does not exist: the path before it leads to a single value")
    if part not in inner:
        raise LookupError(f"there is no '{part}' in the scenario{nearest(part, inner)}")
    return inner[part]


def _replace(data: Any, path: Path, value: Any, named: Collection[str]) -> None:
    parts = [str(part) for part in path]
    inner = data
    for depth, part in enumerate(parts[:-1]):
        is_name = depth == 1 and parts[0] in named
        if isinstance(inner, dict) and part not in inner and not is_name:
            inner[part] = [] if parts[depth + 1].isdecimal() else {}
        inner = _child(inner, part)
    last = parts[-1]
    if isinstance(inner, list):
        if value is not None and last == str(len(inner)):
            inner.append(value)  # the position after the last
        else:
            _child(inner, last)
            inner[int(last)] = _GONE if value is None else value
    elif not isinstance(inner, dict):
        raise LookupError(f"'{last}' cannot be set: the path before it leads to a single value")
    elif value is None:
        inner.pop(last, None)
    else:
        inner[last] = value
