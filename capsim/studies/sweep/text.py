"""A sweep as a table of text: few columns, intervals, and bars that show where a figure bends."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from capsim.estimates.estimate import Estimate
from capsim.money import CURRENCIES
from capsim.show import numbers
from capsim.show.tables import new_table
from capsim.studies.sweep import words
from capsim.studies.sweep.result import METRICS, Sweep
from capsim.studies.sweep.rows import SHARES, is_money

MOST_ROWS = 60
"""Largest number of points that are listed; of more, some in between are left out."""
BAR = 10
"""Length of the longest bar, in characters."""
WIDTH = 100
"""Widest table with bars, in characters."""


def sweep_text(sweep: Sweep, metrics: Sequence[str] = ()) -> Group:
    """Return what was varied, and the figures of each point."""
    fixed, varied = _columns(sweep)
    parts: list[RenderableType] = [
        Text(f"{sweep.scenario.name}: a sweep", style="bold"),
        Text(words.method_line(sweep), style="dim"),
        *(Text(f"{path} = {_value(sweep.points[0][sweep.paths.index(path)])}", style="dim") for path in fixed),
        Text(words.varied_line(varied), style="dim"),
        Text(),
        _table(sweep, varied, list(metrics) or list(METRICS)),
    ]
    if sentence := words.alike_sentence(sweep, varied):
        parts.append(Text(sentence, style="dim"))
    return Group(*parts)


def _columns(sweep: Sweep) -> tuple[list[str], list[str]]:
    """Return the paths that are the same at all points, and those that vary."""
    varied = [
        path
        for place, path in enumerate(sweep.paths)
        if len({str(point[place]) for point in sweep.points}) > 1 or len(sweep.points) == 1
    ]
    return [path for path in sweep.paths if path not in varied], varied


def _table(sweep: Sweep, varied: list[str], metrics: list[str]) -> RenderableType:
    shown = sorted(sweep.results)
    if len(shown) > MOST_ROWS:
        shown = shown[:: math.ceil(len(shown) / MOST_ROWS)]
    columns: list[tuple[str, bool, list[str]]] = []  # head, whether it is a bar, cells
    for path in varied:
        values = [_value(sweep.points[number][sweep.paths.index(path)]) for number in shown]
        columns.append((_short(path, varied), False, values))
    for metric in metrics:
        estimates = [sweep.estimate(number, metric) for number in shown]
        widest = max((estimate.mean for estimate in estimates if not math.isnan(estimate.mean)), default=0.0)
        figures = [_figure(sweep, metric, estimate) for estimate in estimates]
        columns.append((_title(sweep, metric), False, [text for text, _ in figures]))
        if any(interval for _, interval in figures):
            columns.append(("95% interval", False, [interval for _, interval in figures]))
        columns.append(("", True, [bar(estimate.mean, widest) for estimate in estimates]))
    if any(sweep.goals(number) for number in shown):
        columns.append(("Goals", True, [sweep.goals(number) for number in shown]))
    if _width(columns) > WIDTH:
        columns = [column for column in columns if column[0] or not column[1]]  # without bars
    table = new_table(columns[0][0], *(head for head, _, _ in columns[1:]))
    for place, (_, left, _) in enumerate(columns):
        table.columns[place].justify = "left" if left else "right"
        table.columns[place].no_wrap = _width(columns) <= WIDTH
    for cells in zip(*(cells for _, _, cells in columns), strict=True):
        table.add_row(*cells)
    return table


def _width(columns: Sequence[tuple[str, bool, list[str]]]) -> int:
    return sum(max(len(head), *map(len, cells), 0) + 2 for head, _, cells in columns) - 2


def _short(path: str, others: list[str]) -> str:
    """Return the end of a path that tells it from the others."""
    parts = path.split(".")
    for size in range(1, len(parts) + 1):
        end = parts[-size:]
        if sum(other.split(".")[-size:] == end for other in others) == 1 and end[0] != "*":
            return ".".join(end)
    return path


def bar(value: float, widest: float) -> str:
    """Draw a bar for a value's part of the largest, to an eighth of a character."""
    if not value > 0 or not widest > 0:
        return ""
    eighths = max(1, round(8 * BAR * value / widest))
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]


def _title(sweep: Sweep, metric: str) -> str:
    if metric == "monthly":
        return f"{sweep.scenario.currency} a month"
    if is_money(metric):
        return f"{metric}, {sweep.scenario.currency}"
    return metric.capitalize() if "." not in metric else metric


def _figure(sweep: Sweep, metric: str, estimate: Estimate) -> tuple[str, str]:
    """Write a figure and its interval."""
    kind = metric.rpartition(".")[2]
    if kind in SHARES:
        return numbers.blocking(estimate), numbers.blocking_interval(estimate)
    if is_money(kind) and "." not in metric:
        places = CURRENCIES[sweep.scenario.currency]
        return numbers.money(estimate.mean, places), numbers.money_interval(estimate, places)
    if math.isnan(estimate.low) or estimate.low == estimate.high:
        return numbers.count(estimate.mean), ""
    return numbers.count(estimate.mean), f"{numbers.count(estimate.low)} to {numbers.count(estimate.high)}"


def _value(value: object) -> str:
    """Write a value that varies."""
    return str(value) if not isinstance(value, dict) else ", ".join(f"{key}: {part}" for key, part in value.items())
