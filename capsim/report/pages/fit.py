"""How well a fit holds, as a page: what the model foretells beside what was recorded, with a plain sentence on each."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

from capsim.report.pages import page as html
from capsim.report.plots.fit import plot_days, plot_hours, plot_lengths
from capsim.report.plots.style import drawing
from capsim.study.fit import Fit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_NUMBERS = 20


def fit_page(fit: Fit) -> str:
    """One self-contained HTML page: for each number its sentences, hours, days and lengths."""
    general = fit.sentences()[sum(len(one.sentences()) for one in fit.numbers.values()) :]
    top = [html.heading(f"Fitted to {fit.reading.path.name}", ""), *map(html.paragraph, general)]
    parts = []
    for name, one in list(fit.numbers.items())[:MOST_NUMBERS]:
        sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in one.sentences())
        pictures = (
            html.picture(_image(plot(one)), f"{what} of {name or 'no number'}", verdict)
            for what, plot, verdict in (
                ("Calls by hour", plot_hours, one.of_hours()),
                ("Calls by day", plot_days, one.of_days()),
                ("Holding times", plot_lengths, one.of_holding()),
            )
        )
        parts.append(html.section(name or "no number", f"<ul>{sentences}</ul>", *pictures))
    if len(fit.numbers) > MOST_NUMBERS:
        parts.append(html.section("More", html.paragraph(f"And {len(fit.numbers) - MOST_NUMBERS:,} more numbers.")))
    return html.page(f"Fitted to {fit.reading.path.name}", top, parts)


def _image(ax: Axes) -> str:
    """A picture of so many points that drawing each in the page would make it large."""
    figure, data = ax.get_figure(root=True), BytesIO()
    assert figure is not None
    with drawing():
        figure.savefig(data, format="png", dpi=110)
    return "data:image/png;base64," + b64encode(data.getvalue()).decode("ascii")
