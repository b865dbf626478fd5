"""The look of a page, and its parts: text that is escaped, tables, tiles. Light, dark, and on paper."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib.resources import files

from capsim.show.pictures import figure, numbered, picture
from capsim.version import VERSION

STYLE = files("capsim.show").joinpath("style.css").read_text("utf-8")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Nothing may be loaded; a script runs only where the page names its hash."""
Tile = tuple[str, str, str, str]
"""A figure that matters: its label, the figure, what stands under it, and the status of a goal or nothing."""
LEAST_LISTED = 4
"""A page of fewer sections needs no list of them."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page with a heading of its own; empty where it has nothing to show."""

    title: str
    body: str

    @property
    def name(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")


def page(title: str, top: Iterable[str], sections: Iterable[Section], script: str = "") -> str:
    """The whole page: what is read first, a list of the sections, and these; ``script`` is one of our own, or none."""
    shown = _distinct([one for one in sections if one.body])
    hashed = b64encode(sha256(script.encode()).digest()).decode()
    policy = f"{POLICY}; script-src 'sha256-{hashed}'" if script else POLICY
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(title)}</title><style>{STYLE}</style>'
    )
    listed = "".join(f'<li><a href="#{name}">{escape(one.title)}</a></li>' for name, one in shown)
    contents = f'<nav aria-label="On this page"><ul>{listed}</ul></nav>' if len(shown) >= LEAST_LISTED else ""
    body = "\n".join(
        f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(one.title)}</h2>\n{one.body}</section>'
        for name, one in shown
    )
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body><main>\n{"".join(top)}\n{contents}\n{numbered(body)}\n</main>\n'
        f"<footer><p>Made by capsim {escape(VERSION)}.</p></footer>{f'<script>{script}</script>' if script else ''}"
        "</body></html>\n"
    )


def _distinct(sections: Sequence[Section]) -> list[tuple[str, Section]]:
    """Sections by names that differ, and that no picture has."""
    named: list[tuple[str, Section]] = []
    used: set[str] = set()
    for one in sections:
        name, number = f"s-{one.name}", 1
        while name in used:
            number += 1
            name = f"s-{one.name}-{number}"
        used.add(name)
        named.append((name, one))
    return named


def section(title: str, *parts: str) -> Section:
    """A section of these parts, which may be empty."""
    return Section(title, "\n".join(part for part in parts if part))


def heading(title: str, under: str) -> str:
    return f'<h1>{escape(title)}</h1>\n<p class="soft">{escape(under)}</p>'


def verdict(*sentences: str, statuses: Iterable[str] = ()) -> str:
    """The answer first; ``statuses`` of goals say whether it is a good one, and without goals it is neither."""
    first, *others = sentences
    found = {_STATUS[one] for one in statuses}
    kind = next((f" {one}" for one in ("missed", "open", "met") if one in found), "")
    return f'<p class="verdict{kind}">{escape(first)}</p>' + "".join(map(paragraph, others))


def tiles(shown: Iterable[Tile]) -> str:
    """The figures that matter most: each a label, a figure, what is under it, and the status of a goal or nothing."""
    found = "".join(
        f"<div><dt>{escape(label)}</dt><dd><strong>{escape(figure)}</strong>"
        + (f" {_status(status)}" if status else "")
        + f"<span>{escape(under)}</span></dd></div>"
        for label, figure, under, status in shown
    )
    return f'<dl class="tiles">{found}</dl>' if found else ""


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def folded(summary: str, body: str) -> str:
    """What is shown when it is asked for, and on paper."""
    return f"<details><summary>{escape(summary)}</summary>{body}</details>" if body else ""


def verbatim(text: str) -> str:
    return f'<pre tabindex="0">{escape(text)}</pre>' if text else ""


_STATUS = {"met": "met", "missed": "missed", "not proven": "open", "proven": "met", "refuted": "missed"}


def _status(text: str) -> str:
    return f'<span class="{_STATUS[text]}">{escape(text)}</span>'


def table(
    name: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    strong: Sequence[int] = (),
    left: Sequence[int] = (0,),
) -> str:
    """A table of text; the first cell of a row names it. ``strong`` rows stand out; ``left`` columns are flush left.

    ``name`` says what the table has, to those who do not see where it stands.
    """
    body = []
    for number, row in enumerate(rows):
        cells = []
        for place, cell in enumerate(row):
            classes = " ".join(filter(None, (_STATUS.get(cell), "left" if place in left else None)))
            attribute = f' class="{classes}"' if classes else ""
            cells.append(
                f'<th scope="row">{escape(cell)}</th>' if place == 0 else f"<td{attribute}>{escape(cell)}</td>"
            )
        marked = ' class="strong"' if number in strong else ""
        body.append(f"<tr{marked}>{''.join(cells)}</tr>")
    if not body:
        return ""
    columns = "".join(
        f'<th scope="col"{" class=left" if place in left else ""}>{escape(one)}</th>' for place, one in enumerate(head)
    )
    return scrolled(name, f"<table><thead><tr>{columns}</tr></thead><tbody>{''.join(body)}</tbody></table>")


def scrolled(name: str, body: str) -> str:
    """What may be wider than the page: it scrolls by itself, with the keyboard too."""
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(name, quote=True)}">{body}</div>'


def repeat(command: str, seed: int, extra: str = "") -> str:
    """How to get the same figures again."""
    said = f"capsim {VERSION}, seed {seed}. {extra} The same scenario, seed and version give the same figures"
    return f"<p>{escape(said)}{':' if command else '.'}</p>{verbatim(command)}"


__all__ = [
    "Section", "figure", "folded", "heading", "page", "paragraph", "picture", "repeat", "scrolled", "section", "table", "tiles",
    "verbatim", "verdict",
]  # fmt: skip
