"""The page of a frontier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from capsim.show import page as html
from capsim.studies.frontier.explorer import explorer, script
from capsim.studies.frontier.rows import neighbour_rows, ridge_head, ridge_rows
from capsim.studies.frontier.words import frontier_sentences
from capsim.studies.run.page.scenario import scenario_file, scenario_section
from capsim.studies.run.words import horizon_text

if TYPE_CHECKING:
    from capsim.show.style import Axes
    from capsim.studies.frontier.result import Frontier
    from capsim.studies.run.result import RunResult

MOST_ROWS = 30


def frontier_page(frontier: Frontier, command: str = "") -> str:
    """One self-contained page: the cheapest size, the break-even, cost and blocking of all sizes as pictures, the ridge."""
    scenario = frontier.scenario
    sentences = list(frontier_sentences(frontier))
    pictures = frontier.plot.all()
    titles = {
        "break_even": "Where a flat-rate channel stops paying",
        "cost": "What the mix costs",
    }
    every = _grid(frontier, pictures["grid"], " ".join(sentences))
    how = "from one pass over the calls" if frontier.method == "one pass" else "each simulated by itself"
    why = f"One pass would not be exact here: {frontier.why}." if frontier.why else ""
    return html.page(
        f"{scenario.name}: frontier of group {frontier.group}",
        [
            html.heading(f"{scenario.name}: how many channels for group {frontier.group}?", horizon_text(scenario)),
            html.verdict(*sentences),
        ],
        [
            *(
                html.section(title, html.figure(pictures[name], " ".join(sentences)))
                for name, title in titles.items()
                if name in pictures
            ),
            html.section("Every size", every),
            html.section("The cheapest split of every number of channels", _ridge(frontier)),
            scenario_section(scenario),
            html.section(
                "Method",
                html.paragraph(
                    f"{frontier.grid.cells:,} sizes {how}: {frontier.calls_simulated:,} calls in {scenario.replications:,} "
                    f"replications. Each size is what a run with it gives. {why}"
                ),
                html.repeat(command, scenario.seed),
                scenario_file(scenario),
            ),
        ],
        script() if "<script" in every else "",
    )


def _grid(frontier: Frontier, axes: Axes, sentences: str) -> str:
    """The picture of all sizes, and sliders that move through them."""
    sliders = explorer(frontier, frontier.shown_variant, axes)
    picture = html.figure(
        axes, f"Monthly cost of every size. {sentences}", "The cross is where the sliders are." if sliders else ""
    )
    return sliders + f'<div id="explorer-picture">{picture}</div>'


def _ridge(frontier: Frontier) -> str:
    rows, cheapest = ridge_rows(frontier, MOST_ROWS)
    return html.table(
        "The cheapest split of every number of channels",
        ridge_head(frontier),
        rows,
        strong=() if cheapest is None else (cheapest,),
    )


def sizes_nearby(result: RunResult, found: Mapping[str, Frontier]) -> Iterator[str]:
    """For the page of a run: what one more channel, or one fewer, would block and cost.

    ``found`` has the sizes around that of each group (`capsim.studies.frontier.neighbours`); each is exactly what a run
    with that size gives.
    """
    if not found and result.samples.plan.group_names:
        yield html.paragraph(
            "Not shown: one pass over the calls does not tell it here (limits, a balance, callers who try again, changes of a group's "
            "sizes, no price, or more than three groups). capsim frontier runs the sizes by themselves."
        )
    for name, frontier in found.items():
        head, rows, now = neighbour_rows(frontier)
        if len(found) > 1:
            yield html.paragraph(f"Group {name}:")
        yield html.table(f"Sizes around that of group {name}", head, rows, strong=(now,))
    if found:
        yield html.paragraph(
            "The same calls through each size, all else as it is; blocking is of the calls of the group's numbers. "
            "capsim frontier shows every size, capsim plan finds the cheapest mix."
        )
