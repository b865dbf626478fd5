"""Plots as pictures within a page: in its colours, with words for those who do not see them."""

from __future__ import annotations

import re
from base64 import b64encode
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from capsim.show.markup import NOTHING, Fragment
from capsim.show.style import BLOCKED, FLOW, GRID, INK, MONEY, TIER_COLOURS, drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_VARIABLES = {
    INK: "ink", GRID: "line", FLOW: "flow", BLOCKED: "blocked", MONEY: "money",
    **{colour: tier for tier, colour in TIER_COLOURS.items()},
}  # fmt: skip
"""Colours of plots that are colours of a page too, one for light and one for dark."""


def _in_colours_of_the_page(style: re.Match[str]) -> str:
    text = style[0]
    for colour, name in _VARIABLES.items():
        text = text.replace(colour, f"var(--{name})")
    return text


def figure(axes: Axes, alternative: str, caption: str = "") -> Fragment:
    """Show a plot as a picture in the colours of the page.

    Parameters
    ----------
    axes : Axes
        The plot.
    alternative : str
        Words for those who do not see the picture.
    caption : str
        Text under the picture; empty for none.
    """
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
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'style="[^"]*"', _in_colours_of_the_page, svg)
    label = Fragment('<svg role="img" aria-label="{}" ').format(alternative)
    svg = svg.replace("<svg ", label, 1)
    under = Fragment("<figcaption>{}</figcaption>").format(caption) if caption else NOTHING
    return Fragment('<figure class="card" tabindex="0">{}{}</figure>').format(Fragment(svg), under)


def png_address(axes: Axes, dpi: int) -> str:
    """Return a plot as the data address of a PNG image.

    It is for plots with too many points for SVG.

    Parameters
    ----------
    axes : Axes
        The plot.
    dpi : int
        Dots of the image in an inch.
    """
    drawn, data = axes.get_figure(root=True), BytesIO()
    assert drawn is not None
    with drawing():
        drawn.savefig(data, format="png", dpi=dpi)
    return "data:image/png;base64," + b64encode(data.getvalue()).decode("ascii")


def picture(source: str, alternative: str, caption: str) -> Fragment:
    """Show a picture that is drawn already.

    Parameters
    ----------
    source : str
        Data address of the picture.
    alternative : str
        Words for those who do not see it.
    caption : str
        Text under it.
    """
    return Fragment(
        '<figure class="card white"><img alt="{}" src="{}"><figcaption>{}</figcaption></figure>'
    ).format(alternative, source, caption)  # fmt: skip


def numbered(page: Fragment) -> Fragment:
    """Number the pictures of a page, so that names within them differ."""
    count = 0

    def number(drawn: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return _with_names_of_its_own(drawn[0], f"p{count}-")

    return Fragment(re.sub(r"<svg .*?</svg>", number, page, flags=re.DOTALL))


def _with_names_of_its_own(svg: str, prefix: str) -> str:
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', svg)
    return re.sub(r'(url\(|href=")#', rf"\1#{prefix}", svg)
