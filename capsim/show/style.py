"""One look for every plot: quiet axes, and colours that tell tiers apart without colour vision too."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes

Parameters = ParamSpec("Parameters")
Drawn = TypeVar("Drawn")

TIER_COLOURS = {"included": "#56b4e9", "dedicated": "#0072b2", "shared": "#009e73", "metered": "#e69f00"}
"""Colours of tiers, the same everywhere: from Okabe and Ito's palette, ordered so that lightness differs too."""


def colour_of(name: str) -> str:
    """Return the colour of a tier, or a colour as it is."""
    return TIER_COLOURS.get(name, name)


BLOCKED = "#d55e00"
INK = "#333333"
MONEY = "#6a51a3"
FLOW = "#c9ced4"
"""Colour of calls that no tier has taken yet."""
GRID = "#dddddd"
SCALES = {"load": "Blues", "blocked": "Oranges"}
"""Sequential colour maps: light is low."""
HERE = "M-7-2.5h4.5v-4.5h5v4.5h4.5v5h-4.5v4.5h-5v-4.5h-4.5z"
"""Outline of the mark that moves over a picture, in SVG: a cross, 14 units wide."""
WIDTH = 10.0
"""Width of every plot, in inches, so that text has the same size in all of them."""

_RC: dict[Any, Any] = {
    "text.parse_math": False,  # a name with two dollar signs is a name
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlecolor": INK,
    "text.color": INK,
    "legend.labelcolor": INK,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.grid": True,
    "axes.grid.axis": "both",
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 9,
}


_OF_OTHER_SCRIPTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Zen Hei", "PingFang SC", "Hiragino Sans",
    "Microsoft YaHei", "Yu Gothic", "Malgun Gothic", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari",
)  # fmt: skip
"""Fonts for names that the first font cannot write, if the machine has them."""


@cache
def _fonts() -> list[str]:
    from matplotlib.font_manager import fontManager

    here = {font.name for font in fontManager.ttflist}
    return ["DejaVu Sans", *(name for name in _OF_OTHER_SCRIPTS if name in here)]


@contextmanager
def drawing() -> Iterator[None]:
    """Draw without a warning for each letter that no font here can write."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def styled(plot: Callable[Parameters, Drawn]) -> Callable[Parameters, Drawn]:
    """Make a plot draw in the project's style, and leave the caller's style as it is."""

    @wraps(plot)
    def draw(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Drawn:
        import matplotlib as mpl

        with mpl.rc_context(_RC | {"font.family": _fonts()}):
            return plot(*args, **kwargs)

    return draw


def new_axes(width: float, height: float) -> Axes:
    """Make axes on a new figure of some width and height, in inches.

    pyplot keeps no reference to it.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def axes_at(size: tuple[float, float], place: tuple[float, float, float, float]) -> Axes:
    """Make axes at a fixed place of a new figure.

    Parameters
    ----------
    size : tuple of float
        Width and height of the figure, in inches.
    place : tuple of float
        Left, bottom, width and height of the axes, as parts of the figure.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size)
    FigureCanvasAgg(figure)
    return figure.add_axes(place)


def beside(ax: Axes, reverse: bool = False) -> None:
    """Put the legend to the right of a plot, where it hides nothing."""
    if ax.get_legend_handles_labels()[0]:
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0, reverse=reverse)


def below(ax: Axes) -> None:
    """Put the legend in a row below a plot whose right side is taken."""
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=4, frameon=False, labelcolor=INK)
