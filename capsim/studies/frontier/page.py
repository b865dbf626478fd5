"""The page of a frontier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from capsim.show import page as html
from capsim.show.columns import cells, heads
from capsim.studies.frontier import words
from capsim.studies.frontier.columns import neighbour_columns, ridge_columns
from capsim.studies.frontier.explorer import explorer, script
from capsim.studies.frontier.rows import neighbour_rows, ridge_rows
from capsim.studies.run.page.scenario import scenario_file, scenario_section
from capsim.studies.run.words import horizon_text

if TYPE_CHECKING:
    from capsim.show.style import Axes
    from capsim.studies.frontier.result import Frontier
    from capsim.studies.run.result import RunResult

MOST_ROWS = 30
"""Largest number of splits that are listed."""
TITLES = {
    "break_even": "Where a flat-rate channel stops paying",
    "cost": "What the mix costs",
}
"""Titles of pictures, by their names, in the order of the page."""


def frontier_page(frontier: Frontier, command: str = "") -> str:
    """Return the page of a frontier, as one self-contained file.

    It has the cheapest size, the break-even, pictures of all sizes, and the ridge.

    Parameters
    ----------
    frontier : Frontier
        The frontier.
    command : str
        Command that repeats it; empty if there is none.
    """
    scenario = frontier.scenario
    sentences = list(words.frontier_sentences(frontier))
    pictures = frontier.plot.all()
    every_size = _grid(frontier, pictures["grid"], " ".join(sentences))
    return html.page(
        f"{scenario.name}: frontier of group {frontier.group}",
        [
            html.heading(f"{scenario.name}: how many channels for group {frontier.group}?", horizon_text(scenario)),
            html.verdict(*sentences),
        ],
        [
            *(
                html.section(title, html.figure(pictures[name], " ".join(sentences)))
                for name, title in TITLES.items()
                if name in pictures
            ),
            html.section("Every size", every_size),
            html.section("The cheapest split of every number of channels", _ridge(frontier)),
            scenario_section(scenario),
            html.section(
                "Method",
                html.paragraph(words.method(frontier)),
                html.repeat(command, scenario.seed),
                scenario_file(scenario),
            ),
        ],
        script() if "<script" in every_size else "",
    )


def _grid(frontier: Frontier, axes: Axes, sentences: str) -> html.Fragment:
    """Show the picture of all sizes, and sliders that move through them."""
    sliders = explorer(frontier, frontier.shown_variant, axes)
    caption = words.GRID_CAPTION if sliders else ""
    picture = html.figure(axes, f"Monthly cost of every size. {sentences}", caption)
    return sliders + html.Fragment('<div id="explorer-picture">{}</div>').format(picture)


def _ridge(frontier: Frontier) -> html.Fragment:
    columns, ridge = ridge_columns(frontier.scenario.currency), ridge_rows(frontier, MOST_ROWS)
    return html.table(
        "The cheapest split of every number of channels",
        heads(columns),
        cells(columns, ridge.cells),
        strong=() if ridge.marked is None else (ridge.marked,),
    )


def sizes_nearby(result: RunResult, frontiers: Mapping[str, Frontier]) -> Iterator[html.Fragment]:
    """Give what one more channel, or one fewer, would block and cost.

    It is a part of the page of a run.

    Parameters
    ----------
    result : RunResult
        The run.
    frontiers : mapping of str to Frontier
        By group, the sizes around its own (`capsim.studies.frontier.neighbours`); each is exactly what a run with that
        size gives.
    """
    if not frontiers and result.samples.capacity.group_names:
        yield html.paragraph(words.NOT_NEARBY)
    for name, frontier in frontiers.items():
        columns, sizes = neighbour_columns(frontier), neighbour_rows(frontier)
        if len(frontiers) > 1:
            yield html.paragraph(f"Group {name}:")
        strong = () if sizes.marked is None else (sizes.marked,)
        yield html.table(f"Sizes around that of group {name}", heads(columns), cells(columns, sizes.cells), strong)
    if frontiers:
        yield html.paragraph(words.NEARBY)
