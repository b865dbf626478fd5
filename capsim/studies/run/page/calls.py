"""The calls of a run on a page: the ladder, concurrent calls, hours of the week, one replication and the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capsim.estimates.hours_of_week import varies_by_hour
from capsim.scenario.model.moments import WEEKDAYS
from capsim.show import numbers
from capsim.show import page as html
from capsim.show.columns import Column, cells, heads
from capsim.studies.run import columns, rows, words
from capsim.studies.run.plots.accessor import RunPlots
from capsim.studies.run.plots.calls import Varying

if TYPE_CHECKING:
    from capsim.studies.run.result import RunResult

MOST_GROUPS = 6
"""Largest number of groups whose channels are pictured."""


def ladder(result: RunResult) -> html.Fragment:
    """Show how many calls each tier took, as a stream down the ladder."""
    calls = rows.ladder_rows(result)
    if not sum(calls.values()):
        return html.NOTHING
    return html.figure(RunPlots(result).ladder(), words.ladder_caption(calls))


TIERS: tuple[Column[rows.TierRow], ...] = (
    columns.TIER,
    columns.MEAN_CHANNELS,
    columns.CARRIED,
    columns.TIER_LOAD,
    columns.UTILIZATION,
    columns.MINUTES,
    columns.PEAK,
)


def tiers(result: RunResult) -> html.Fragment:
    """Show what each tier has and carries."""
    return html.table("What each tier carried, a replication", heads(TIERS), cells(TIERS, rows.tier_rows(result)))


def concurrent(result: RunResult) -> Iterator[html.Fragment]:
    """Show concurrent calls over time, and the busy channels of each group."""
    if not result.samples.totals["peak_calls"].one().mean:
        return
    plots = RunPlots(result)
    yield html.figure(plots.usage(), words.usage_caption(result))
    names = result.samples.capacity.group_names
    pictured = rows.groups_that_lost_most(result, MOST_GROUPS)
    for row in pictured:
        yield html.figure(plots.channels(names[row]), words.channels_caption(result, row))
    if rows.channel_bands(result, None):
        yield html.figure(plots.channels(None), words.CHANNELS_ALONE)
    yield html.paragraph(words.groups_pictured(len(pictured), len(names)))


def by_hour(result: RunResult) -> Iterator[html.Section]:
    """Show load and blocking by hour and weekday, local time."""
    if result.scenario.horizon.days < 2 or not result.samples.totals["offered"].one().mean:
        return
    if not varies_by_hour(result.scenario):
        yield html.section("Load by hour and weekday", html.paragraph(words.steady_sentence(result)))
        return
    hours = result.by_weekday
    yield html.section(
        "Load by hour and weekday",
        *map(html.paragraph, words.busy_hour_sentences(result)),
        html.paragraph(words.load_by_hour_note(result)),
        heat_map("Offered load by weekday and hour, Erlangs", hours.erlangs, "--dedicated", numbers.load_in_short),
    )
    if hours.any_blocked:
        yield html.section(
            "Blocking by hour and weekday",
            html.paragraph(words.BLOCKING_BY_HOUR_NOTE),
            heat_map(
                "Blocking by weekday and hour, % of offered calls",
                100 * hours.blocking.mean,
                "--blocked",
                _percent,
                hours.few_calls,
            ),
        )


def _percent(value: float) -> str:
    """Write a percentage where there is little room."""
    if value < 0.005:
        return "<.01"
    return f"{value:.2f}" if value < 0.995 else f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def heat_map(
    name: str,
    values: NDArray[np.float64],
    colour: str,
    text: Callable[[float], str],
    few: NDArray[np.bool_] | None = None,
) -> html.Fragment:
    """Show 7 days by 24 hours: the larger a figure, the stronger its colour.

    Every cell writes its figure too.

    Parameters
    ----------
    name : str
        Name of the table, for those who do not see where it stands.
    values : ndarray of shape (7, 24)
        Figures; NaN for an hour that there is not.
    colour : str
        Name of the page's colour, such as ``--blocked``.
    text : callable
        ``text(value)`` writes a figure.
    few : ndarray of shape (7, 24) or None
        Which figures mean little, and stand in italics.
    """
    most = float(np.nanmax(values)) or 1.0
    head = html.joined(html.Fragment('<th scope="col">{}</th>').format(hour) for hour in range(24))
    lines = []
    for day, weekday in enumerate(WEEKDAYS):
        line = []
        for hour, value in enumerate(values[day].tolist()):
            mean_little = few is not None and bool(few[day, hour])
            line.append(_cell(value, text(value) if value else "0", value / most, colour, mean_little))
        lines.append(html.Fragment('<tr><th scope="row">{}</th>{}</tr>').format(weekday, html.joined(line)))
    table = html.Fragment(
        '<table class="heat"><thead><tr><th scope="col">Hour</th>{}</tr></thead><tbody>{}</tbody></table>'
    )
    return html.scrolled(name, table.format(head, html.joined(lines)))


def _cell(value: float, text: str, part: float, colour: str, few: bool) -> html.Fragment:
    """Show one figure, a part of the largest; ``few`` if it means little."""
    if np.isnan(value):
        return html.Fragment('<td class="none">{}</td>').format(numbers.NOTHING)
    kind = "few" if few else "" if value else "none"
    mark = html.Fragment(' class="{}"').format(kind) if kind else html.NOTHING
    strength = round(100 * 0.75 * part**0.7)
    shade = html.Fragment(' style="background:color-mix(in srgb, var({}) {}%, transparent)"').format(colour, strength)
    return html.Fragment("<td{}{}>{}</td>").format(mark, shade if strength else html.NOTHING, text)


def spread(result: RunResult) -> Iterator[html.Fragment]:
    """Show how much one such period differs from the next.

    The interval of a mean does not say this.
    """
    if result.replications < 2 or not result.samples.totals["offered"].one().mean:
        return
    sentences = words.spread_sentences(result)
    yield from map(html.paragraph, sentences.values())
    plots = RunPlots(result)
    figures: tuple[Varying, ...] = ("blocking", "monthly")
    for figure in figures:
        if figure in sentences:
            yield html.figure(plots.spread(figure), sentences[figure])
