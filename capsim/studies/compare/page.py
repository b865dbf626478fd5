"""The page of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.show import page as html
from capsim.show.columns import cells, heads
from capsim.studies.compare import words
from capsim.studies.compare.columns import MINUS, difference_columns, mix_columns
from capsim.studies.compare.rows import mix_rows
from capsim.studies.run.page.calls import ladder, tiers
from capsim.studies.run.page.scenario import scenario_file, scenario_section

if TYPE_CHECKING:
    from capsim.studies.compare.result import Comparison


def comparison_page(comparison: Comparison, command: str = "") -> str:
    """Return the page of a comparison, as one self-contained file.

    It has the verdict, the mixes with blocking and cost, their differences, and the ladder of each mix.

    Parameters
    ----------
    comparison : Comparison
        The comparison.
    command : str
        Command that repeats it; empty if there is none.
    """
    results, plots = comparison.results, comparison.plot
    goals = (f"{sentence}." for sentence in words.goals_of_mixes(comparison))
    return html.page(
        "Comparison: report",
        [
            html.heading(" against ".join(comparison.names), words.method_under_title(comparison)),
            html.verdict(comparison.verdict, *goals),
        ],
        [
            html.section(
                "Cost and blocking of each mix", html.figure(plots.mixes(), comparison.verdict), _mixes(comparison)
            ),
            html.section(
                "Differences", html.figure(plots.differences(), "Differences of monthly cost"), _differences(comparison)
            ),
            *(html.section(f"Calls of mix {name}", ladder(result), tiers(result)) for name, result in results.items()),
            *(scenario_section(result.scenario, f"Scenario {name}") for name, result in results.items()),
            html.section(
                "Method",
                html.paragraph(words.METHOD),
                html.repeat(command, comparison.first.seed),
                *(scenario_file(result.scenario, f"Scenario {name} as a file") for name, result in results.items()),
            ),
        ],
    )


def _mixes(comparison: Comparison) -> html.Fragment:
    columns = mix_columns(comparison.currency, short=False)
    body = cells(columns, mix_rows(comparison))
    cheapest = comparison.names.index(comparison.cheapest)
    return html.table("Cost and blocking of each mix", heads(columns), body, strong=(cheapest,))


def _differences(comparison: Comparison) -> html.Fragment:
    columns = difference_columns(MINUS, comparison.currency, short=False)
    return html.table("Differences between mixes", heads(columns), cells(columns, comparison.differences))
