"""The look of a page, and its parts: sections, tables, tiles. Light, dark, and on paper."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from capsim.show.markup import NOTHING, Fragment, joined
from capsim.show.pictures import figure, numbered, picture
from capsim.version import VERSION

STYLE = Fragment(files("capsim.show").joinpath("style.css").read_text("utf-8"))
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Content policy of a page: nothing may be loaded, and a script runs only if the policy has its hash."""
Tile = tuple[str, str, str, str]
"""A figure that matters: its label, the figure, what stands under it, and the status of a goal or nothing."""
LEAST_LISTED = 4
"""Least number of sections for which a page lists them."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page with a heading of its own.

    Attributes
    ----------
    title : str
        The heading.
    body : Fragment
        Markup of the section; a section without it is left out.
    """

    title: str
    body: Fragment

    @property
    def name(self) -> str:
        """Name of the section in addresses."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")


def page(title: str, top: Iterable[Fragment], sections: Iterable[Section], script: str = "") -> str:
    """Return a whole page.

    Parameters
    ----------
    title : str
        Title of the window.
    top : iterable of Fragment
        Parts that are read first.
    sections : iterable of Section
        Sections, which the page lists if there are several.
    script : str
        One of our own scripts; empty for none.
    """
    shown = _distinct([section for section in sections if section.body])
    hashed = b64encode(sha256(script.encode()).digest()).decode()
    policy = f"{POLICY}; script-src 'sha256-{hashed}'" if script else POLICY
    head = Fragment(
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="{}">'
        '<meta name="color-scheme" content="light dark"><title>{}</title><style>{}</style>'
    ).format(Fragment(policy), title, STYLE)
    listed = joined(Fragment('<li><a href="#{}">{}</a></li>').format(name, section.title) for name, section in shown)
    contents = Fragment('<nav aria-label="On this page"><ul>{}</ul></nav>').format(listed)
    body = Fragment("\n").join(
        Fragment('<section aria-labelledby="{0}"><h2 id="{0}">{1}</h2>\n{2}</section>').format(
            name, section.title, section.body
        )
        for name, section in shown
    )
    whole = Fragment(
        '<!doctype html>\n<html lang="en"><head>{}</head>\n<body><main>\n{}\n{}\n{}\n</main>\n'
        "<footer><p>Made by capsim {}.</p></footer>{}</body></html>\n"
    ).format(
        head,
        joined(top),
        contents if len(shown) >= LEAST_LISTED else NOTHING,
        numbered(body),
        VERSION,
        Fragment("<script>{}</script>").format(Fragment(script)) if script else NOTHING,
    )
    return str(whole)


def _distinct(sections: Sequence[Section]) -> list[tuple[str, Section]]:
    """Give sections names that differ, and that no picture has."""
    named: list[tuple[str, Section]] = []
    used: set[str] = set()
    for section in sections:
        name, number = f"s-{section.name}", 1
        while name in used:
            number += 1
            name = f"s-{section.name}-{number}"
        used.add(name)
        named.append((name, section))
    return named


def section(title: str, *parts: Fragment) -> Section:
    """Make a section of parts, which may be empty."""
    return Section(title, Fragment("\n").join(part for part in parts if part))


def heading(title: str, under: str) -> Fragment:
    """Show the title of the page, and a line under it."""
    return Fragment('<h1>{}</h1>\n<p class="soft">{}</p>').format(title, under)


def verdict(*sentences: str, statuses: Iterable[str] = ()) -> Fragment:
    """Show the answer first.

    Parameters
    ----------
    *sentences : str
        The answer, then what else is to be known.
    statuses : iterable of str
        Statuses of goals, which say whether the answer is a good one; without goals it is neither.
    """
    first, *others = sentences
    kinds = {_STATUS[status] for status in statuses}
    kind = next((f" {name}" for name in ("missed", "open", "met") if name in kinds), "")
    answer = Fragment('<p class="verdict{}">{}</p>').format(kind, first)
    return answer + joined(map(paragraph, others))


def tiles(shown: Iterable[Tile]) -> Fragment:
    """Show the figures that matter most."""
    parts = [
        Fragment("<div><dt>{}</dt><dd><strong>{}</strong>{}<span>{}</span></dd></div>").format(
            label, number, Fragment(" ") + _status(status) if status else NOTHING, under
        )
        for label, number, under, status in shown
    ]
    return Fragment('<dl class="tiles">{}</dl>').format(joined(parts)) if parts else NOTHING


def paragraph(text: str) -> Fragment:
    """Show a paragraph; nothing for an empty text."""
    return Fragment("<p>{}</p>").format(text) if text else NOTHING


def folded(summary: str, body: Fragment) -> Fragment:
    """Show something when it is asked for, and on paper."""
    return Fragment("<details><summary>{}</summary>{}</details>").format(summary, body) if body else NOTHING


def verbatim(text: str) -> Fragment:
    """Show a text as it is; nothing for an empty one."""
    return Fragment('<pre tabindex="0">{}</pre>').format(text) if text else NOTHING


_STATUS = {"met": "met", "missed": "missed", "not proven": "open", "proven": "met", "refuted": "missed"}


def _status(text: str) -> Fragment:
    return Fragment('<span class="{}">{}</span>').format(_STATUS[text], text)


def table(
    name: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    strong: Sequence[int] = (),
    left: Sequence[int] = (0,),
) -> Fragment:
    """Show a table of text; nothing without rows. The first cell of a row names it.

    Parameters
    ----------
    name : str
        Name of the table, for those who do not see where it stands.
    head : sequence of str
        Heads of the columns.
    rows : iterable of sequence of str
        Texts of the cells.
    strong : sequence of int
        Places of the rows that stand out.
    left : sequence of int
        Places of the columns that are flush left.
    """
    body = []
    for number, row in enumerate(rows):
        marked = Fragment(' class="strong"') if number in strong else NOTHING
        cells = joined(_cell(text, place, place in left) for place, text in enumerate(row))
        body.append(Fragment("<tr{}>{}</tr>").format(marked, cells))
    if not body:
        return NOTHING
    columns = joined(
        Fragment('<th scope="col"{}>{}</th>').format(Fragment(" class=left") if place in left else NOTHING, text)
        for place, text in enumerate(head)
    )
    whole = Fragment("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(columns, joined(body))
    return scrolled(name, whole)


def _cell(text: str, place: int, left: bool) -> Fragment:
    if place == 0:
        return Fragment('<th scope="row">{}</th>').format(text)
    classes = " ".join(filter(None, (_STATUS.get(text), "left" if left else None)))
    attribute = Fragment(' class="{}"').format(classes) if classes else NOTHING
    return Fragment("<td{}>{}</td>").format(attribute, text)


def scrolled(name: str, body: Fragment) -> Fragment:
    """Show something that may be wider than the page.

    It scrolls by itself, with the keyboard too.
    """
    whole = Fragment('<div class="scroll" role="region" tabindex="0" aria-label="{}">{}</div>')
    return whole.format(name, body)


def repeat(command: str, seed: int) -> Fragment:
    """Say how to get the same figures again.

    Parameters
    ----------
    command : str
        Command that repeats it; empty if there is none.
    seed : int
        Seed of the calls.
    """
    sentence = f"capsim {VERSION}, seed {seed}.  The same scenario, seed and version give the same figures"
    return paragraph(f"{sentence}{':' if command else '.'}") + verbatim(command)


__all__ = [
    "NOTHING",
    "Fragment",
    "Section",
    "Tile",
    "figure",
    "folded",
    "heading",
    "joined",
    "page",
    "paragraph",
    "picture",
    "repeat",
    "scrolled",
    "section",
    "table",
    "tiles",
    "verbatim",
    "verdict",
]
