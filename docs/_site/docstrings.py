"""Docstrings as Markdown: paragraphs, numpydoc sections as lists, examples, rules and names as links.

A section has one name a line, with its type and an indented description, or with the description alone::

    Parameters
    ----------
    replications : int
        Number of replications.
    seed : in place of the scenario's own.

Several names in one entry, parted by commas, and several entries on one line, parted by a full stop or semicolon, are
read too.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

RULE = re.compile(r"(?<![\w`\[<#])([RM]\d{1,2})(?!\w)")
ENTRY = re.compile(r"(?P<names>\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: : (?P<text>.*))?")
WITHIN = re.compile(r"(?<=[.;]) (?=\w+(?:, \w+)* : )")
"""Start of another entry on the same line."""
UNDERLINE = re.compile(r"-{3,}")
NAMED = ("Parameters", "Attributes", "Returns", "Yields", "Raises")
"""Sections that list names; others are paragraphs."""
Link = Callable[[str], str | None]
"""Function that returns where a name is documented, or None."""


def nowhere(name: str) -> str | None:
    """Return no place: no name is linked."""
    return None


@dataclass
class Entry:
    """One item of a section: names, type, description. A missing part is empty."""

    names: str
    kind: str = ""
    text: str = ""


@dataclass
class Docstring:
    """A docstring in parts: Markdown paragraphs before the sections, and the entries or paragraphs of each section."""

    paragraphs: list[str]
    sections: dict[str, list[Entry]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)

    def on_one_line(self) -> str:
        """Return the paragraphs and sections as the text of a table's cell, without fences and lists."""
        parts = [paragraph for paragraph in self.paragraphs if "\n" not in paragraph]
        for title, entries in self.sections.items():
            listed = (": ".join(filter(None, (f"`{one.names}`" if one.names else "", one.text))) for one in entries)
            parts.append(f"**{title}** {' '.join(listed)}")
        return " ".join(parts)


def parse(text: str | None, link: Link = nowhere) -> Docstring:
    """Read a docstring."""
    lines = inspect.cleandoc(text or "").splitlines()
    heads = [row for row in range(len(lines) - 1) if lines[row].strip() and UNDERLINE.fullmatch(lines[row + 1].strip())]
    blocks = _blocks(lines[: heads[0] if heads else len(lines)])
    found = Docstring([])
    if blocks and _is_list(blocks[-1]):  # attributes without a title
        found.sections["Attributes"] = _entries(blocks.pop().splitlines(), link)
    found.paragraphs = [_paragraph(block, link) for block in blocks]
    for row, end in pairwise([*heads, len(lines)]):
        title, body = lines[row].strip(), lines[row + 2 : end]
        if title in NAMED:
            found.sections[title] = _entries(body, link)
        else:
            found.texts[title] = [_paragraph(block, link) for block in _blocks(body)]
    return found


def prose(text: str, link: Link = nowhere) -> str:
    """Return reStructuredText prose as Markdown: code in backticks, rules and documented names as links."""
    parts = re.split(r"(``.+?``|`[^`]+`)", text)
    for place, part in enumerate(parts):
        if part.startswith("``"):
            parts[place] = f"`{part.strip('`')}`"
        elif part.startswith("`"):
            name = part.strip("`")
            target = link(name)
            parts[place] = f"[`{name}`]({target})" if target else part
        else:
            escaped = part.replace("*", "\\*").replace("<", "&lt;")
            parts[place] = RULE.sub(lambda rule: f"[{rule[1]}](../rules.md#{rule[1].lower()})", escaped)
    return "".join(parts)


def _blocks(lines: list[str]) -> list[str]:
    """Return the paragraphs, which blank lines part."""
    return [block for block in re.split(r"\n\s*\n", "\n".join(lines).strip("\n")) if block.strip()]


def _is_list(block: str) -> bool:
    first = ENTRY.fullmatch(block.splitlines()[0])
    return first is not None and first["text"] is not None


def _paragraph(block: str, link: Link) -> str:
    """Return a paragraph as Markdown; a list stays one, indented text and examples at a prompt become fences."""
    text = inspect.cleandoc(block)
    if text.startswith(">>>"):
        return f"```pycon\n{text}\n```"
    if block.startswith(" "):
        return f"```text\n{text}\n```"
    if text.startswith(("- ", "* ")):
        items = re.split(r"^[-*] ", text, flags=re.MULTILINE)[1:]
        return "\n".join(f"- {prose(' '.join(item.split()), link)}" for item in items)
    return prose(" ".join(re.sub(r"::$", ":", text).split()), link)


def _entries(lines: list[str], link: Link) -> list[Entry]:
    """Return the entries of a section; an indented line continues the entry before it."""
    items: list[list[str]] = []
    for line in filter(str.strip, lines):
        if line.startswith(" ") and items:
            items[-1].append(line.strip())
        else:
            items.append([line.strip()])
    return [entry for item in items for entry in _entry(item, link)]


def _entry(item: list[str], link: Link) -> list[Entry]:
    """Return what an item lists: one entry in numpydoc's form, else one or several in the form ``name : text.``"""
    names, colon, text = item[0].partition(" : ")
    described = len(item) > 1
    if described and not colon:
        return [Entry(names, text=prose(" ".join(item[1:]), link))]
    if described and item[1][:1].isupper() and not re.search(r"[.;:,]$", text):
        return [Entry(names, text, prose(" ".join(item[1:]), link))]
    found = []
    for part in WITHIN.split(" ".join(item)):
        names, colon, text = part.removesuffix(";").partition(" : ")
        found.append(Entry(names, text=prose(text, link)) if colon else Entry("", text=prose(names, link)))
    return found
