"""A fit as a page: the model's predictions beside what was recorded, with a plain sentence on each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.show import page as html
from capsim.show.pictures import png_address
from capsim.studies.fit.plots import plot_days, plot_hours, plot_lengths
from capsim.studies.fit.words import of_days, of_holding, of_hours

if TYPE_CHECKING:
    from capsim.studies.fit.result import Fit

MOST_NUMBERS = 20


def fit_page(fit: Fit) -> str:
    """One self-contained HTML page: for each number its sentences, hours, days and lengths."""
    general = fit.sentences()[sum(len(one.sentences()) for one in fit.numbers.values()) :]
    top = [html.heading(f"Fitted to {fit.reading.path.name}", ""), *map(html.paragraph, general)]
    parts = []
    for name, one in list(fit.numbers.items())[:MOST_NUMBERS]:
        sentences = html.joined(html.Fragment("<li>{}</li>").format(sentence) for sentence in one.sentences())
        pictures = (
            html.picture(png_address(plot(one), dpi=110), f"{what} of {name or 'no number'}", verdict)
            for what, plot, verdict in (
                ("Calls by hour", plot_hours, of_hours(one)),
                ("Calls by day", plot_days, of_days(one)),
                ("Holding times", plot_lengths, of_holding(one)),
            )
        )
        parts.append(html.section(name or "no number", html.Fragment("<ul>{}</ul>").format(sentences), *pictures))
    if len(fit.numbers) > MOST_NUMBERS:
        parts.append(html.section("More", html.paragraph(f"And {len(fit.numbers) - MOST_NUMBERS:,} more numbers.")))
    return html.page(f"Fitted to {fit.reading.path.name}", top, parts)
