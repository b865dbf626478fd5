"""What became of the calls, on a page: the ladder, concurrent calls, hours of the week, one replication and the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape

import numpy as np
from numpy.typing import NDArray

from capsim.records import TIERS
from capsim.report import numbers
from capsim.report.pages import page as html
from capsim.report.plots.calls import Varying, down_the_ladder
from capsim.report.plots.over_time import bands
from capsim.report.plots.run import RunPlots
from capsim.report.words import busy_hour_sentences, luck_sentences
from capsim.scenario import Scenario
from capsim.scenario.moments import WEEKDAYS
from capsim.study import RunResult

MOST_GROUPS = 6
STEADY = "No hour of the week is busier than another but by chance: the scenario has no profile."
FEW = 100
"""An hour in which fewer calls were offered in all replications tells little of its blocking."""


def ladder(result: RunResult) -> str:
    """How many calls each tier took, as a stream from the included channels to the blocked calls."""
    calls = down_the_ladder(result)
    offered = sum(calls.values())
    if not offered:
        return ""
    parts = (
        f"{name} {numbers.count(taken)}, {numbers.share_of_calls(taken / offered)}"
        for name, taken in calls.items()
        if taken
    )
    return html.figure(RunPlots(result).ladder(), f"Of {numbers.count(offered)} calls: {'; '.join(parts)}.")


def tiers(result: RunResult) -> str:
    """What each tier has and carries."""
    figures, sizes = result.samples.tiers, result.samples.channels
    rows = []
    for row, tier in enumerate(TIERS):
        if sizes.most[row]:
            one = {name: estimates[row] for name, estimates in figures.items()}
            rows.append(
                (tier.capitalize(), numbers.count(float(sizes.mean[row])), numbers.count(one["carried"].mean),
                 numbers.load(one["erlangs"].mean), f"{numbers.plain(100 * one['utilization'].mean, 1)}%",
                 numbers.count(one["minutes"].mean), numbers.count(one["peak"].mean))
            )  # fmt: skip
    head = ("Tier", "Channels", "Carried calls", "Erlangs", "Utilisation", "Minutes", "Peak")
    return html.table("What each tier carried, a replication", head, rows)


def concurrent(result: RunResult) -> Iterator[str]:
    """Concurrent calls over time, and the channels of each group under their lines of capacity."""
    totals = result.samples.totals
    peak, load = totals["peak_calls"].one(), totals["erlangs"].one()
    if not peak.mean:
        return
    said = f"{numbers.load(load.mean)} in the mean, {numbers.count(peak.mean)} at the peak"
    plots = RunPlots(result)
    yield html.figure(plots.usage(), f"Concurrent calls over time, stacked by tier: {said}.")
    groups = result.samples.groups
    names = result.samples.capacity.group_names
    order = np.argsort(-np.nan_to_num(groups["blocked"].mean), kind="stable")[:MOST_GROUPS].tolist()
    for row in order:
        tells = (
            f"Busy channels of group {names[row]}: shared {numbers.load(groups['shared_erlangs'][row].mean)} in the mean and "
            f"{numbers.count(groups['shared_peak'][row].mean)} at the peak, metered "
            f"{numbers.load(groups['metered_erlangs'][row].mean)} and {numbers.count(groups['metered_peak'][row].mean)}."
        )
        yield html.figure(plots.channels(names[row]), tells)
    if bands(result, None):
        yield html.figure(
            plots.channels(None), "Busy channels of the number without a group, under its lines of capacity."
        )
    if len(names) > len(order):
        yield html.paragraph(f"The {len(order)} groups that lost most calls are shown, of {len(names):,}.")


def by_hour(result: RunResult) -> Iterator[html.Section]:
    """Load and blocking by hour and weekday, local time."""
    if result.scenario.horizon.days < 2 or not result.samples.totals["offered"].one().mean:
        return
    if not _varies_by_hour(result.scenario):
        yield html.section(
            "Load by hour and weekday",
            html.paragraph(f"{STEADY} In the mean, {numbers.load(result.by_weekday.load)} Erlangs are offered."),
        )
        return
    hours, whose = result.by_weekday, "attempts, each counted," if result.samples.redials else "calls"
    yield html.section(
        "Load by hour and weekday",
        *map(html.paragraph, busy_hour_sentences(result)),
        html.paragraph(
            f"Offered load in Erlangs: the mean number of channels that these {whose} would keep busy; local time."
        ),
        heat_map("Offered load by weekday and hour, Erlangs", hours.erlangs, "--dedicated", numbers.load_in_short),
    )
    if np.nansum(hours.blocked):
        few = hours.offered * hours.hours * result.replications < FEW
        yield html.section(
            "Blocking by hour and weekday",
            html.paragraph(
                f"Blocked calls, % of those offered in the hour; local time. In italics: of fewer than {FEW} calls; "
                f"{numbers.NOTHING}: no call was offered."
            ),
            heat_map(
                "Blocking by weekday and hour, % of offered calls",
                100 * hours.blocking.mean,
                "--blocked",
                _percent,
                few,
            ),
        )


def _varies_by_hour(scenario: Scenario) -> bool:
    """Whether some hours of the week are busier than others by anything but chance."""
    if scenario.replay is not None or scenario.changes:
        return True
    traffics = [entry.traffic for entry in scenario.dids.values() if entry.traffic is not None]
    return any(one.profile is not None or one.surges for one in traffics)


def _percent(value: float) -> str:
    if value < 0.005:
        return "<.01"
    return f"{value:.2f}" if value < 0.995 else f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def heat_map(
    name: str,
    values: NDArray[np.float64],
    colour: str,
    text: Callable[[float], str],
    few: NDArray[np.bool_] | None = None,
) -> str:
    """A table of 7 days by 24 hours; the more colour, the more; every cell says its figure too."""
    most = float(np.nanmax(values)) or 1.0
    head = "".join(f'<th scope="col">{hour}</th>' for hour in range(24))
    rows = []
    for day, weekday in enumerate(WEEKDAYS):
        cells = []
        for hour, value in enumerate(values[day].tolist()):
            if np.isnan(value):
                cells.append(f'<td class="none">{numbers.NOTHING}</td>')
                continue
            mark = ' class="few"' if few is not None and few[day, hour] else "" if value else ' class="none"'
            strength = round(100 * 0.75 * (value / most) ** 0.7)
            shade = (
                f' style="background:color-mix(in srgb, var({colour}) {strength}%, transparent)"' if strength else ""
            )
            cells.append(f"<td{mark}{shade}>{escape(text(value)) if value else '0'}</td>")
        rows.append(f'<tr><th scope="row">{weekday}</th>{"".join(cells)}</tr>')
    table = (
        f'<table class="heat"><thead><tr><th scope="col">Hour</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
    return html.scrolled(name, table)


def luck(result: RunResult) -> Iterator[str]:
    """How much one such period differs from the next: what the interval of a mean does not say."""
    if result.replications < 2 or not result.samples.totals["offered"].one().mean:
        return
    sentences = luck_sentences(result)
    yield from map(html.paragraph, sentences.values())
    plots = RunPlots(result)
    figures: tuple[Varying, ...] = ("blocking", "monthly")
    for figure in figures:
        if figure in sentences:
            yield html.figure(plots.spread(figure), sentences[figure])
