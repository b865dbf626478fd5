"""The page of a frontier."""

from __future__ import annotations

from capsim.report import numbers
from capsim.report.frontier_text import frontier_sentences
from capsim.report.pages import page as html
from capsim.report.pages.run import scenario_sentences
from capsim.report.words import horizon_text
from capsim.study.sizes import Frontier
from capsim.units import CURRENCIES

MOST_ROWS = 30


def frontier_page(frontier: Frontier, command: str = "") -> str:
    """One self-contained page: the cheapest size, the break-even, cost and blocking of all sizes as pictures, the ridge."""
    scenario = frontier.scenario
    sentences = list(frontier_sentences(frontier))
    pictures = frontier.plot.all()
    titles = {
        "break_even": "Where a flat-rate channel stops paying",
        "cost": "What the mix costs",
        "grid": "Every size",
    }
    how = "from one pass over the calls" if frontier.method == "one pass" else "each simulated by itself"
    why = f"One pass would not be exact here: {frontier.why}." if frontier.why else ""
    return html.page(
        f"{scenario.name}: frontier of group {frontier.group}",
        [
            html.heading(f"{scenario.name}: how many channels for group {frontier.group}?", horizon_text(scenario)),
            html.verdict(*sentences),
            *(
                html.section(title, html.figure(pictures[name], " ".join(sentences)))
                for name, title in titles.items()
                if name in pictures
            ),
            html.section("The cheapest split of every number of channels", _ridge(frontier)),
            html.section("The scenario", *map(html.paragraph, scenario_sentences(scenario))),
            html.section(
                "Method",
                html.paragraph(
                    f"{frontier.grid.cells:,} sizes {how}: {frontier.calls_simulated:,} calls in {scenario.replications:,} "
                    f"replications. Each size is what a run with it gives. {why}"
                ),
                html.repeat(command, scenario.seed),
            ),
        ],
    )


def _ridge(frontier: Frontier) -> str:
    best = frontier.cheapest
    variant = 0 if best is None else frontier.grid.dedicated.index(tuple(best.dedicated.values()))
    places, currency = CURRENCIES[frontier.scenario.currency], frontier.scenario.currency
    ridge = frontier.ridge(variant)
    until = next((row for row, cell in enumerate(ridge) if cell.blocking.mean == 0), len(ridge) - 1) + 1
    shown = ridge[max(0, until - MOST_ROWS) : until]
    strong = [
        row for row, cell in enumerate(shown) if best and (cell.shared, cell.metered) == (best.shared, best.metered)
    ]
    rows = [
        (str(cell.shared + cell.metered), str(cell.shared), str(cell.metered), numbers.blocking(cell.blocking),
         numbers.blocking_interval(cell.blocking), numbers.money(cell.monthly.mean, places),
         numbers.money_interval(cell.monthly, places))
        for cell in shown
    ]  # fmt: skip
    head = ("Channels", "Shared", "Metered", "Blocking", "95% interval", f"{currency} a month", "95% interval")
    return html.table(head, rows, strong=strong)
