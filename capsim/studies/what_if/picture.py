"""The picture of all sizes, drawn once for some traffic and prices, and the place of a size on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from capsim.show.markup import Fragment
from capsim.show.pictures import png_address
from capsim.show.style import HERE, axes_at
from capsim.studies.frontier.plots import EDGE, where_sizes_lie
from capsim.studies.what_if.words import picture_text

if TYPE_CHECKING:
    from capsim.studies.frontier.result import Cell, Frontier

SIZE = 7.4, 4.4
"""Size of the picture, in inches of 100 points."""
PLACE = 0.085, 0.2, 0.8, 0.71
"""Place of the axes, as parts of the picture; it is fixed, since to find a layout takes longer than to draw."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image, and where sizes lie on it.

    Attributes
    ----------
    image : str
        Data address of the image.
    at : tuple of float
        a, b, c and d of x = a + b shared, y = c + d metered, in hundredths of an inch.
    """

    image: str
    at: tuple[float, float, float, float]

    @classmethod
    def of(cls, frontier: Frontier) -> Picture:
        """Draw all sizes."""
        axes = frontier.plot.grid(axes_at(SIZE, PLACE))
        axes.plot([], [], "P", color="white", markeredgecolor=EDGE, markersize=11, label="Here")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=4, frameon=False)
        return cls(png_address(axes, dpi=100), where_sizes_lie(axes, 100))

    def html(self, cell: Cell) -> Fragment:
        """Show the picture with a size marked on it."""
        left, right, top, down = self.at
        width, height = (round(100 * inches) for inches in SIZE)
        x, y = left + right * cell.shared, top + down * cell.metered
        return Fragment(
            '<svg role="img" aria-label="{label}" viewBox="0 0 {width} {height}" '
            'style="width: 100%; max-width: {width}px"><image href="{image}" width="{width}" height="{height}"/>'
            '<path d="{mark}" transform="translate({x:.1f} {y:.1f})" fill="#ffffff" stroke="{edge}"/></svg>'
        ).format(
            label=picture_text(cell),
            width=width,
            height=height,
            image=self.image,
            mark=HERE,
            x=x,
            y=y,
            edge=EDGE,
        )
