"""A run as rows of tables, for text and page."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from capsim.records import METERED, SHARED, TIERS
from capsim.show import numbers
from capsim.units import CURRENCIES

if TYPE_CHECKING:
    from capsim.studies.run.goals import GoalOutcome
    from capsim.studies.run.result import RunResult


def ladder_rows(result: RunResult) -> dict[str, float]:
    """Calls of a replication that each tier took, in the order in which they try, and those that were blocked.

    Tiers that have no channel are left out.
    """
    carried, channels = result.samples.tiers["carried"].mean, result.samples.channels.most
    taken = {tier: float(carried[row]) for row, tier in enumerate(TIERS) if channels[row] or carried[row]}
    return taken | {"blocked": float(result.samples.totals["blocked"].one().mean)}


def channel_bands(result: RunResult, group: str | None) -> tuple[int, ...]:
    """Tiers whose channels fill one after the other: those of a group, or all of them if it has only one DID.

    ``group`` is None for the DIDs without a group; if there are several of them, they share no channels.
    """
    names = result.samples.plan.group_names
    alone = len(result.samples.members(len(names) if group is None else names.index(group))) == 1
    return tuple(range(len(TIERS))) if alone else () if group is None else (SHARED, METERED)


CAUSES_HEAD = ("Cause", "Calls", "95% interval")


def cause_rows(result: RunResult) -> Iterator[tuple[str, ...]]:
    """Why calls were blocked, or ended before their time."""
    for name, one in result.samples.causes.items():
        if one.mean > 0:
            interval = "" if math.isnan(one.low) else f"{numbers.count(one.low)} to {numbers.count(one.high)}"
            yield name.replace("_", " "), numbers.count(one.mean), interval


def share(value: float) -> str:
    """A share to three digits, down to what means anything."""
    return f"{100 * value:.3g}%" if value >= 1e-6 else "< 0.0001%"


ACCOUNT_HEAD = ("", "Amount", "95% interval")


def account_rows(result: RunResult) -> Iterator[tuple[str, ...]]:
    """What became of the prepaid account; nothing where there is none."""
    if result.account_figures is None:
        return
    figures, places = result.account_figures.figures, CURRENCIES[result.scenario.currency]
    count = figures["top_up_count"].mean
    for name, label in (
        ("opening", "Balance at the start"),
        ("top_ups", f"Top-ups, {numbers.count(count)}"),
        ("drawn", "Drawn: fees and calls"),
        ("closing", "Balance at the end"),
        ("lowest", "Lowest balance"),
    ):
        if name != "top_ups" or count:
            one = figures[name]
            yield label, numbers.money(one.mean, places), numbers.money_interval(one, places)


MOST_GOALS = 20


_WORST_FIRST = ("missed", "not proven", "met")


def goals_in_short(outcomes: Sequence[GoalOutcome]) -> str:
    """``all 3 met``, or ``1 missed, 1 not proven, 1 met``."""
    counts = Counter(one.status for one in outcomes)
    if set(counts) == {"met"}:
        return f"all {len(outcomes)} met" if len(outcomes) > 1 else "met"
    return ", ".join(f"{counts[status]:,} {status}" for status in _WORST_FIRST if counts[status])  # type: ignore[index]


GOALS_HEAD = ("Goal", "At most", "Found", "95% interval", "")


def goal_rows(outcomes: Sequence[GoalOutcome], currency: str) -> Iterator[tuple[str, ...]]:
    """The goals as rows of a table, those that are not met first, where there are many; the rest in one row."""
    shown = list(outcomes)
    if len(shown) > MOST_GOALS:
        shown = sorted(shown, key=lambda one: _WORST_FIRST.index(one.status))[:MOST_GOALS]
    for one in shown:
        what = one.kind.label.format(one.name)
        if one.kind.money:
            places = CURRENCIES[currency]
            found = numbers.money(one.found.mean, places), numbers.money_interval(one.found, places)
            yield what, f"{numbers.money(one.goal, places)} {currency}", *found, one.status
        else:
            found = numbers.blocking(one.found), numbers.blocking_interval(one.found)
            yield what, f"{100 * one.goal:.3g}%", *found, one.status
    if len(outcomes) > len(shown):
        yield f"and {len(outcomes) - len(shown):,} more", "", "", "", ""
