"""The look of a page, and its parts: text that is escaped, tables, figures. Light, dark, and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from io import StringIO
from typing import TYPE_CHECKING

from capsim.version import VERSION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE = files("capsim.report.pages").joinpath("style.css").read_text("utf-8")


def page(title: str, parts: Iterable[str]) -> str:
    """The whole page."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
        f'<meta name="color-scheme" content="light dark"><title>{escape(title)}</title><style>{STYLE}</style>'
    )
    body = "\n".join(parts)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body><main>\n{body}\n</main></body></html>\n'


def heading(title: str, under: str) -> str:
    return f'<h1>{escape(title)}</h1>\n<p class="soft">{escape(under)}</p>'


def verdict(*sentences: str) -> str:
    """The answer first."""
    first, *others = sentences
    return f'<p class="verdict">{escape(first)}</p>' + "".join(f"<p>{escape(one)}</p>" for one in others)


def section(title: str, *parts: str) -> str:
    """A section; empty where it has nothing to show."""
    shown = [part for part in parts if part]
    return f"<section><h2>{escape(title)}</h2>\n" + "\n".join(shown) + "</section>" if shown else ""


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


_STATUS = {"met": "met", "missed": "missed", "not proven": "open", "proven": "met", "refuted": "missed"}


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], strong: Sequence[int] = (), left: Sequence[int] = (0,)
) -> str:
    """A table of text; the first cell of a row names it. ``strong`` rows stand out; ``left`` columns are flush left."""
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
    return f'<div class="scroll"><table><thead><tr>{columns}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'


def figure(axes: Axes, alternative: str, caption: str = "") -> str:
    """A plot as a picture within the page, with words for those who do not see it."""
    drawn, text = axes.get_figure(root=True), StringIO()
    assert drawn is not None
    import matplotlib as mpl

    with mpl.rc_context({"svg.hashsalt": "capsim", "svg.fonttype": "path"}):
        drawn.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    picture = text.getvalue()
    picture = picture[picture.index("<svg") :]
    picture = re.sub(r"<metadata>.*?</metadata>", "", picture, flags=re.DOTALL)
    picture = _unique(picture)
    label = escape(alternative, quote=True)
    picture = picture.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
    under = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure class="card">{picture}{under}</figure>'


def picture(source: str, alternative: str, caption: str) -> str:
    """A picture that is drawn already, as a data address."""
    image = f'<img alt="{escape(alternative, quote=True)}" src="{source}">'
    return f'<figure class="card">{image}<figcaption>{escape(caption)}</figcaption></figure>'


_drawn = [0]


def _unique(picture: str) -> str:
    """Names within the picture that no other picture of a page has."""
    _drawn[0] += 1
    prefix = f"p{_drawn[0]}-"
    names = set(re.findall(r'\bid="([^"]+)"', picture))
    picture = re.sub(r'\bid="([^"]+)"', lambda match: f'id="{prefix}{match[1]}"', picture)
    return re.sub(
        r"#([A-Za-z][\w.-]*)", lambda match: f"#{prefix}{match[1]}" if match[1] in names else match[0], picture
    )


def repeat(command: str, seed: int, extra: str = "") -> str:
    """How to get the same figures again."""
    return (
        f"<p>capsim {escape(VERSION)}, seed {seed}. {escape(extra)} The same scenario, seed and version give the same figures:</p>"
        f"<pre>{escape(command)}</pre>"
    )
