"""The page of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from capsim.records import TIERS
from capsim.report import numbers
from capsim.report.pages import page as html
from capsim.report.plots.run import RunPlots
from capsim.report.text.goals import HEAD, goal_rows, goals_in_short
from capsim.report.text.invoice import LABELS
from capsim.report.text.run import share
from capsim.report.words import answering, cost_sentence, cycle_note, horizon_text, verdict
from capsim.scenario import Scenario
from capsim.scenario.moments import WEEKDAYS
from capsim.study import RunResult
from capsim.units import CURRENCIES, HOUR

MOST_ROWS = 25


def run_page(result: RunResult, command: str = "") -> str:
    """One self-contained page: verdict, scenario, blocking and cost, ladder, load over time, heat maps, invoice, method.

    ``command`` : what repeats the run on the command line.
    """
    scenario = result.scenario
    runs = f"{result.replications:,} replication{'s' if result.replications > 1 else ''}"
    return html.page(
        f"{scenario.name}: report",
        [
            html.heading(scenario.name, f"{horizon_text(scenario)}; {runs}"),
            html.verdict(verdict(result), *answering(result), cost_sentence(result), _goals_sentence(result)),
            html.section("Goals", goals_table(result)),
            html.section("The scenario", *map(html.paragraph, scenario_sentences(scenario))),
            html.section("Which tier took the calls", ladder(result), _tiers(result)),
            html.section("Concurrent calls", _usage(result)),
            *_heat_maps(result),
            html.section("Blocking by group and by number", _groups(result), _dids(result)),
            html.section("When capacity was exhausted", _spells(result)),
            html.section("Cost", _cost(result), html.paragraph(cycle_note(scenario)), _invoice(result)),
            html.section("What theory says", _theory(result)),
            html.section("Method", html.paragraph(_method(result)), html.repeat(command, result.seed)),
        ],
    )


def _goals_sentence(result: RunResult) -> str:
    return f"Goals: {goals_in_short(result.goal_outcomes)}." if result.goal_outcomes else ""


def goals_table(result: RunResult) -> str:
    """Each goal, what was found, and whether that is proven."""
    return html.table(HEAD, goal_rows(result.goal_outcomes, result.scenario.currency), left=(0, 4))


def scenario_sentences(scenario: Scenario) -> Iterator[str]:
    """The scenario in plain words."""
    dids, groups = scenario.all_dids, scenario.all_groups
    calls = "the calls of call records" if scenario.replay is not None else "simulated calls"
    yield f"{len(dids):,} phone number{'s' if len(dids) != 1 else ''} with {calls}."
    for name, group in list(groups.items())[:MOST_ROWS]:
        members = sum(did.entry.group_name == name for did in dids)
        limit = f", at most {group.capacity_limit:,} calls at once" if group.capacity_limit is not None else ""
        yield (
            f"Group {name}: {group.shared:,} shared and {group.metered:,} metered channels of pool {group.pool} for "
            f"{members:,} number{'s' if members != 1 else ''}{limit}."
        )
    for name, pool in scenario.pools.items():
        bought, prices = scenario.bought_channels(name), []
        if pool.flat_rate is not None:
            prices.append(f"{pool.flat_rate.monthly:f} {scenario.currency} a cycle for a flat-rate channel")
        if pool.metered is not None:
            prices.append(f"{pool.metered.rate:f} a minute on a metered one")
        yield f"Pool {name}: {bought:,} flat-rate channels bought; {', '.join(prices) or 'no prices'}."
    if scenario.changes:
        yield f"{len(scenario.changes):,} changes in the course of the horizon."
    if scenario.account is not None:
        yield f"A prepaid account of {scenario.account.balance:f} {scenario.currency}."


def ladder(result: RunResult) -> str:
    """How many calls each tier took, from the included channels to the blocked calls: each bar begins where one ends."""
    totals, channels = result.samples.totals, result.samples.channels.mean
    offered = totals["offered"].one().mean
    if not offered:
        return ""
    carried = result.samples.tiers["carried"].mean
    rows = [
        (tier.capitalize(), float(carried[row]), tier)
        for row, tier in enumerate(TIERS)
        if channels[row] or carried[row]
    ]
    rows.append(("Blocked", float(totals["blocked"].one().mean), "blocked"))
    cells, before = [], 0.0
    for name, calls, kind in rows:
        percent = 100 * calls / offered
        said = f"{numbers.count(calls)} calls, {numbers.plain(percent, 1 if percent >= 1 else 3)}%"
        bar = f'<div class="bar" style="left:{100 * before / offered:.3f}%;width:{percent:.3f}%;background:var(--{kind})"></div>'
        bar = bar if calls else ""
        cells.append(
            f'<div>{escape(name)}</div><div class="track" aria-hidden="true">{bar}</div><div>{escape(said)}</div>'
        )
        before += calls
    label = f"Of {numbers.count(offered)} calls: " + ", ".join(
        f"{name} {numbers.count(calls)}" for name, calls, _ in rows
    )
    return f'<figure><div class="ladder" role="group" aria-label="{escape(label, quote=True)}">{"".join(cells)}</div></figure>'


def _tiers(result: RunResult) -> str:
    figures, sizes = result.samples.tiers, result.samples.channels
    rows = []
    for row, tier in enumerate(TIERS):
        if sizes.mean[row]:
            one = {name: estimates[row] for name, estimates in figures.items()}
            rows.append(
                (tier.capitalize(), numbers.count(float(sizes.mean[row])), numbers.count(one["carried"].mean),
                 numbers.load(one["erlangs"].mean), f"{numbers.plain(100 * one['utilization'].mean, 1)}%",
                 numbers.count(one["minutes"].mean), numbers.count(one["peak"].mean))
            )  # fmt: skip
    return html.table(("Tier", "Channels", "Calls", "Erlangs", "Utilisation", "Minutes", "Peak"), rows)


def _usage(result: RunResult) -> str:
    peak = result.samples.totals["peak_calls"].one()
    if not peak.mean:
        return ""
    alternative = (
        f"Concurrent calls over time, stacked by tier; {numbers.count(result.samples.totals['erlangs'].one().mean)} in the mean, "
        f"{numbers.count(peak.mean)} at the peak."
    )
    axes = RunPlots(result).usage()
    channels = result.samples.channels.mean
    if not result.samples.schedule.steps:
        top = 0.0
        for row, tier in enumerate(TIERS):
            if channels[row]:
                top += float(channels[row])
                if top <= 3 * max(peak.mean, 1):
                    axes.axhline(top, color="#777777", linewidth=0.8, linestyle=":")
                    axes.annotate(f"{tier}: {top:,.0f}", (1, top), xycoords=("axes fraction", "data"), fontsize=7, va="bottom",
                                  ha="right", color="#555555")  # fmt: skip
    return html.figure(axes, alternative, "Dotted: channels up to and with each tier.")


# -- heat maps ------------------------------------------------------------------------------------------


def _heat_maps(result: RunResult) -> Iterator[str]:
    """Load and blocking by hour and weekday, local time."""
    if result.hours is None or result.scenario.horizon.days < 2:
        return
    horizon = result.scenario.horizon
    moments = [horizon.local(place * HOUR) for place in range(result.hours.shape[1])]
    slot = np.array([24 * moment.weekday() + moment.hour for moment in moments])
    offered, blocked = (
        np.bincount(slot, result.hours[:, :, column].sum(axis=0), 168).reshape(7, 24) for column in (0, 1)
    )
    times = np.bincount(slot, minlength=168).reshape(7, 24) * result.replications
    with np.errstate(divide="ignore", invalid="ignore"):
        calls = np.where(times > 0, offered / times, np.nan)
        lost = np.where(offered > 0, 100 * blocked / offered, np.nan)
    yield html.section(
        "Calls by hour and weekday",
        html.paragraph("Offered calls an hour, in the mean; local time."),
        heat_map(calls, "--dedicated", lambda value: f"{value:.0f}" if value >= 10 else f"{value:.2g}"),
    )
    if np.nansum(lost):
        yield html.section(
            "Blocking by hour and weekday",
            html.paragraph("Blocked calls, % of those offered in the hour; local time."),
            heat_map(lost, "--blocked", lambda value: f"{value:.2g}" if value else "0"),
        )


def heat_map(values: NDArray[np.float64], colour: str, text: object) -> str:
    """A table of 7 days by 24 hours; the more colour, the more; every cell says its figure too."""
    most = float(np.nanmax(values)) or 1.0
    head = "".join(f'<th scope="col">{hour}</th>' for hour in range(24))
    rows = []
    for day, name in enumerate(WEEKDAYS):
        cells = []
        for value in values[day]:
            if np.isnan(value):
                cells.append("<td>-</td>")
                continue
            strength = round(100 * 0.75 * (float(value) / most) ** 0.7)
            said = escape(text(float(value)))  # type: ignore[operator]
            cells.append(
                f'<td style="background:color-mix(in srgb, var({colour}) {strength}%, transparent)">{said}</td>'
            )
        rows.append(f'<tr><th scope="row">{name}</th>{"".join(cells)}</tr>')
    return (
        f'<div class="scroll"><table class="heat"><thead><tr><th scope="col">Hour</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


# -- tables ---------------------------------------------------------------------------------------------


def _groups(result: RunResult) -> str:
    figures, rows = result.samples.groups, []
    for row in _worst(figures["blocking"].mean):
        one = {name: estimates[row] for name, estimates in figures.items()}
        rows.append(
            (result.samples.plan.group_names[row], numbers.count(one["offered"].mean), numbers.count(one["blocked"].mean),
             numbers.blocking(one["blocking"]), numbers.blocking_interval(one["blocking"]),
             numbers.load(one["shared_erlangs"].mean), numbers.load(one["metered_erlangs"].mean))
        )  # fmt: skip
    return html.table(
        ("Group", "Offered", "Blocked", "Blocking", "95% interval", "Shared, Erlangs", "Metered, Erlangs"), rows
    )


def _dids(result: RunResult) -> str:
    figures, names = result.samples.dids, result.samples.plan.did_names
    rows = []
    for row in _worst(figures["blocking"].mean):
        one = {name: estimates[row] for name, estimates in figures.items()}
        rows.append(
            (names[row], numbers.count(one["offered"].mean), numbers.count(one["blocked"].mean),
             numbers.blocking(one["blocking"]), numbers.blocking_interval(one["blocking"]), numbers.load(one["erlangs"].mean))
        )  # fmt: skip
    shown = html.table(("Number", "Offered", "Blocked", "Blocking", "95% interval", "Erlangs"), rows)
    more = len(names) - len(rows)
    return shown + html.paragraph(f"And {more:,} more numbers, which block less." if more > 0 else "")


def _worst(blocking: NDArray[np.float64]) -> list[int]:
    rows: list[int] = np.argsort(-np.nan_to_num(blocking, nan=-1.0), kind="stable")[:MOST_ROWS].tolist()
    return rows


def _spells(result: RunResult) -> str:
    if not result.watched:
        return ""
    spells = result.watching.exhaustion()
    plan = result.samples.plan
    names = [*(f"Number {name}" for name in plan.did_names), *(f"Group {name}" for name in plan.group_names)]
    rows = []
    for row in np.argsort(-spells["longest"].mean, kind="stable")[:10].tolist():
        count = float(spells["spells"].mean[row])
        if count > 0:
            mean, longest = spells["seconds"].mean[row] / count, spells["longest"].mean[row]
            lost = numbers.count(spells["lost"].mean[row])
            rows.append((names[row], numbers.count(count), numbers.span(mean), numbers.span(longest), lost))
    shown = html.table(("A replication", "Spells", "Mean length", "Longest", "Calls lost"), rows)
    return shown or html.paragraph("Never: no call was lost for lack of channels.")


def _cost(result: RunResult) -> str:
    currency, costs = result.scenario.currency, result.cost_estimates
    places = CURRENCIES[currency]
    labels = [*LABELS.items(), ("total", "Total"), ("monthly", "What recurs, for a month")]
    rows = [
        (label, numbers.money(costs[name].mean, places), numbers.money_interval(costs[name], places))
        for name, label in labels
    ]
    return html.table(
        (f"Of the horizon, {currency}", "Amount", "95% interval"), rows, strong=(len(LABELS), len(LABELS) + 1)
    )


def _invoice(result: RunResult) -> str:
    text = escape(result.invoice_text(0))
    return f"<details><summary>Invoice of the first replication, item by item</summary><pre>{text}</pre></details>"


def _theory(result: RunResult) -> str:
    rows = []
    for one in result.theory_found[:MOST_ROWS]:
        z = numbers.NOTHING if np.isnan(one.z) else f"{one.z:+.1f}"
        said = (one.method, share(one.value), z) if one.method is not None else ("none", "", "")
        rows.append((f"{one.scope.capitalize() if one.scope == 'group' else 'Number'} {one.name}", said[0], said[1],
                     numbers.blocking(one.simulated), said[2], one.note))  # fmt: skip
    shown = html.table(("", "Formula", "Blocking says", "Simulated", "z", ""), rows, left=(0, 1, 5))
    return shown and shown + html.paragraph("z: how many standard errors the simulation lies from the formula.")


def _method(result: RunResult) -> str:
    return (
        f"Discrete-event simulation, call by call, with the {result.engine} engine. Intervals are 95% confidence intervals over "
        f"{result.replications:,} independent replications; where nothing was blocked, an upper bound is shown that allows for calls "
        "being lost in clusters. Money is exact decimal."
    )


__all__: Sequence[str] = ["goals_table", "heat_map", "ladder", "run_page", "scenario_sentences"]
