"""Plots as pictures within a page: in its colours, with words for those who do not see them."""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from capsim.show.style import BLOCKED, FLOW, GRID, INK, MONEY, TIER_COLOURS, drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_VARIABLES = {
    INK: "ink", GRID: "line", FLOW: "flow", BLOCKED: "blocked", MONEY: "money",
    **{colour: tier for tier, colour in TIER_COLOURS.items()},
}  # fmt: skip
"""Colours of the plots that a page has too, one for light and one for dark."""


def _in_colours_of_the_page(style: re.Match[str]) -> str:
    found = style[0]
    for colour, name in _VARIABLES.items():
        found = found.replace(colour, f"var(--{name})")
    return found


def figure(axes: Axes, alternative: str, caption: str = "") -> str:
    """A plot as a picture within the page, in the page's colours, with words for those who do not see it."""
    drawn, text = axes.get_figure(root=True), StringIO()
    assert drawn is not None
    import matplotlib as mpl

    for part in drawn.axes:
        part.set_facecolor("none")
    with (
        drawing(),
        mpl.rc_context({"svg.hashsalt": "capsim", "svg.fonttype": "none"}),
    ):  # text that can be found, in any script
        drawn.savefig(text, format="svg", metadata={"Date": None, "Creator": None}, facecolor="none")
    picture = text.getvalue()
    picture = picture[picture.index("<svg") :]
    picture = re.sub(r"<metadata>.*?</metadata>", "", picture, flags=re.DOTALL)
    picture = re.sub(r'style="[^"]*"', _in_colours_of_the_page, picture)
    label = escape(alternative, quote=True)
    picture = picture.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
    under = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure class="card" tabindex="0">{picture}{under}</figure>'


def png_address(axes: Axes, dpi: int) -> str:
    """A plot as the data address of a PNG image, ``dpi`` dots per inch; for plots with too many points for SVG."""
    drawn, data = axes.get_figure(root=True), BytesIO()
    assert drawn is not None
    with drawing():
        drawn.savefig(data, format="png", dpi=dpi)
    return "data:image/png;base64," + b64encode(data.getvalue()).decode("ascii")


def picture(source: str, alternative: str, caption: str) -> str:
    """A picture that is drawn already, as a data address."""
    image = f'<img alt="{escape(alternative, quote=True)}" src="{source}">'
    return f'<figure class="card white">{image}<figcaption>{escape(caption)}</figcaption></figure>'


def numbered(page: str) -> str:
    """The page with its pictures numbered through: no name within one is that of another."""
    count = 0

    def number(drawn: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return _with_names_of_its_own(drawn[0], f"p{count}-")

    return re.sub(r"<svg .*?</svg>", number, page, flags=re.DOTALL)


def _with_names_of_its_own(picture: str, prefix: str) -> str:
    picture = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', picture)
    return re.sub(r'(url\(|href=")#', rf"\1#{prefix}", picture)
