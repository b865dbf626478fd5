"""Docstrings as reStructuredText. A section of ours, or the end of a paragraph, lists names, each with what it is::

Parameters
----------
replications, seed : in place of the scenario's own.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

import capsim

ENTRY = re.compile(r"^(\w+(?:, \w+)*) : (.*)$")
WITHIN = re.compile(r"(?<=[.;]) (\w+(?:, \w+)*) : ")
"""Another entry that begins on the same line."""
RULE = re.compile(r"(?<![\w`<])([RM]\d{1,2})(?!\w)")
NAME = re.compile(r"(?<![`:\w>])`([^`<>]+)`(?!`)")


def to_rst(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Turn sections into lists, rules into links, and names in single quotes into references where they lead."""
    lines[:] = [_inline(line) for line in _sections(lines)]


def without_internals(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """No signature for what a user never makes: results and their parts are made by functions. A scenario has keys."""
    if name == "capsim.Scenario":
        return "(**keys)", None
    made = {"Problem", "Factor", "CapsimError", "InputError", "ScenarioError", "OutputError"}
    hidden = what in ("class", "exception") and name.rpartition(".")[2] not in made
    return ("", None) if hidden else (signature, returns)


def _sections(lines: list[str]) -> list[str]:
    found: list[str] = []
    row = 0
    while row < len(lines):
        if row + 1 < len(lines) and lines[row].strip() and re.fullmatch(r"-{3,}", lines[row + 1].strip()):
            title = lines[row].strip()
            row += 2
            body = []
            while row < len(lines) and not (row + 1 < len(lines) and re.fullmatch(r"-{3,}", lines[row + 1].strip())):
                body.append(lines[row])
                row += 1
            found += [f"**{title}**", "", *_entries(body, title), ""]
        elif ENTRY.match(lines[row]):
            end = next((place for place in range(row, len(lines)) if not lines[place].strip()), len(lines))
            found += ["", *_entries(lines[row:end], "Attributes"), ""]
            row = end
        else:
            found.append(lines[row])
            row += 1
    return found


def _entries(body: list[str], title: str) -> list[str]:
    """Entries of a section, an item each; text that is none stays as it is."""
    items: list[str] = []
    for line in body:
        if not line.strip():
            continue
        if line.startswith(" ") and items:
            bare = title == "Raises" and " -- " not in items[-1] and " : " not in items[-1]
            items[-1] += (" -- " if bare else " ") + line.strip()
        else:
            items.append(line.strip())
    if title not in ("Parameters", "Attributes", "Raises", "Returns"):
        return [" ".join(items)]
    split = [part for item in items for part in _split(item)]
    return [f"- {_item(re.sub(';$', '.', part), title)}" for part in split]


def _split(item: str) -> list[str]:
    return WITHIN.sub(lambda found: f"\0{found[1]} : ", item).split("\0")


def _item(item: str, title: str) -> str:
    entry = ENTRY.match(item)
    if entry is not None:
        return f"{', '.join(f'**{name}**' for name in entry[1].split(', '))} -- {entry[2]}"
    if title == "Raises":
        names, dash, text = item.partition(" -- ")
        return f"{', '.join(f'`{name}`' for name in names.split(', '))}{dash}{text}"
    return item


def _inline(line: str) -> str:
    line = NAME.sub(_reference, line)
    parts = re.split(r"(``.*?``|:[a-z:]+:`[^`]*`)", line)
    return "".join(
        part if place % 2 else RULE.sub(lambda found: f":ref:`{found[1]} <{found[1].lower()}>`", part)
        for place, part in enumerate(parts)
    )


def _reference(found: re.Match[str]) -> str:
    name = found[1].removeprefix("capsim.")
    if name in capsim.__all__:
        return f":py:obj:`capsim.{name}`"
    return f"``{found[1]}``"
