"""Plots of calls: down the ladder of tiers, by hour of the week, from one replication to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from capsim.money import CURRENCIES
from capsim.scenario.model.moments import WEEKDAYS
from capsim.show import numbers
from capsim.show.style import BLOCKED, FLOW, INK, MONEY, SCALES, TIER_COLOURS, WIDTH, beside, new_axes, styled
from capsim.studies.run.rows import ladder_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from capsim.studies.run.result import RunResult

Weekly = Literal["erlangs", "offered", "blocking"]
Varying = Literal["blocking", "monthly"]
GAP, BEND, DROP = 0.46, 0.13, 0.16
"""Sizes of the ladder, in widths of its whole stream: room between tiers, radius of a bend, length of a branch."""


@styled
def ladder(result: RunResult, ax: Axes | None = None) -> Axes:
    """Draw the calls as a stream down the ladder of tiers.

    Each tier takes a part, and what is left at the end is blocked. Widths are calls. A call takes a channel of the
    first tier that has a free one (R1).
    """
    ax = ax or new_axes(WIDTH, 3.7)
    calls = ladder_rows(result)
    offered = sum(calls.values())
    places, heights, at, left = [0.0], [1.0], 0.3, 1.0
    for name in (name for name in calls if name != "blocked"):
        taken = calls[name] / offered if offered else 0.0
        _branch(ax, at, 1 - left, taken, TIER_COLOURS[name])
        _label(ax, at + BEND + taken / 2, name, calls[name], taken)
        left -= taken
        places, heights, at = [*places, at], [*heights, left], at + taken + GAP
    lost = calls["blocked"] / offered if offered else 0.0
    bottom = 1 - np.array([*heights, lost])
    ax.fill_between([*places, at], bottom, 1, step="post", color=FLOW, linewidth=0)
    thin = 0.012  # of the stream, so that few blocked calls are seen at all
    if lost > 0:
        ax.fill_between([at, at + 0.12], 1 - max(lost, thin), 1, color=BLOCKED, linewidth=0)
        if lost < thin:
            ax.plot([places[-1], at], [1 - thin / 2] * 2, color=BLOCKED, linewidth=0.8)
    none = f"none\n{numbers.blocking(result.samples.totals['blocking'].one())}"
    count = f"{numbers.count(calls['blocked'])} calls\n{numbers.share_of_calls(lost)}"
    text = f"Blocked\n{count if lost else none}"
    beside_it = {"xytext": (8, 0), "textcoords": "offset points", "va": "center", "weight": "bold"}
    ax.annotate(text, (at + 0.12, 1 - lost / 2), color=INK, **beside_it)  # type: ignore[arg-type]
    text = f"Offered\n{numbers.count(offered)}\ncalls"
    ax.annotate(text, (0, 0.5), color=INK, ha="right", **beside_it | {"xytext": (-8, 0)})  # type: ignore[arg-type]
    ax.set_xlim(-0.42, at + 0.62)
    ax.set_ylim(-BEND - DROP - 0.52, max(1.05, 1.3 - lost / 2))
    ax.set_aspect("equal")
    ax.axis("off")
    ax.set_title("From offered to blocked: which tier took the calls (widths are calls)")
    return ax


def _branch(ax: Axes, x: float, y: float, width: float, colour: str) -> None:
    """Draw what a tier takes: the lowest part of the stream, which bends and comes down."""
    if not width:
        return
    turn = np.linspace(np.pi / 2, 0, 40)
    centre = y - BEND
    outer = x + (BEND + width) * np.cos(turn), centre + (BEND + width) * np.sin(turn)
    inner = x + BEND * np.cos(turn[::-1]), centre + BEND * np.sin(turn[::-1])
    floor = -BEND - DROP
    xs = [*outer[0], x + BEND + width, x + BEND, *inner[0]]
    ys = [*outer[1], floor, floor, *inner[1]]
    ax.fill(xs, ys, color=colour, linewidth=1)


def _label(ax: Axes, x: float, name: str, calls: float, taken: float) -> None:
    place = (x, -BEND - DROP)
    under = {"xytext": (0, -5), "textcoords": "offset points", "ha": "center", "va": "top", "color": INK}
    ax.annotate(f"{name.capitalize()}\n{numbers.count(calls)} calls\n{numbers.share_of_calls(taken)}", place, **under)  # type: ignore[arg-type]


@styled
def week(result: RunResult, figure: Weekly = "erlangs", ax: Axes | None = None) -> Axes:
    """Draw load, calls or blocking by weekday and hour of the day, local time."""
    ax = ax or new_axes(WIDTH, 2.9)
    hours = result.by_weekday
    values, unit, title = {
        "erlangs": (hours.erlangs, "Erlangs", "Offered load by weekday and hour"),
        "offered": (hours.offered, "Calls an hour", "Offered calls by weekday and hour"),
        "blocking": (100 * hours.blocking.mean, "Blocking, %", "Blocking by weekday and hour"),
    }[figure]
    days = np.flatnonzero(hours.hours.any(axis=1))
    edges = np.arange(25), np.arange(len(days) + 1)
    scale = SCALES["blocked" if figure == "blocking" else "load"]
    most = float(np.nanmax(values, initial=0.0)) or 1.0
    image = ax.pcolormesh(*edges, values[days], cmap=scale, vmin=0, vmax=most, edgecolor="white", linewidth=0.6)
    drawn = ax.get_figure()
    assert drawn is not None
    drawn.colorbar(image, ax=ax, label=unit, pad=0.015)
    ax.set_yticks(np.arange(len(days)) + 0.5, [WEEKDAYS[day] for day in days])
    ax.set_xticks(range(0, 25, 3))
    ax.invert_yaxis()
    ax.grid(visible=False)
    ax.set_xlabel(f"Hour of the day, {result.scenario.timezone}")
    ax.set_title(title)
    return ax


@styled
def spread(result: RunResult, figure: Varying = "blocking", ax: Axes | None = None) -> Axes:
    """Draw a dot for each replication, and the mean with its interval.

    The interval tells how well the mean is known; the dots tell what one such period may be like.
    """
    from matplotlib.ticker import MaxNLocator

    ax = ax or new_axes(WIDTH, 1.75)
    if figure == "blocking":
        estimate, unit, scale = result.samples.totals["blocking"].one(), "Blocking, % of offered calls", 100.0
    else:
        currency = result.scenario.currency
        estimate, unit, scale = result.cost_estimates["monthly"], f"What recurs, {currency} a month", 1.0
    dots = scale * np.sort(result.by_replication[figure].to_numpy(np.float64))
    places = np.resize([0.0, 0.16, -0.16, 0.08, -0.08], len(dots))
    ax.plot(dots, places, "o", color=INK, alpha=0.55, markersize=5, markeredgewidth=0, label="One replication each")
    mean, low, high = (scale * end for end in (estimate.mean, estimate.low, estimate.high))
    if not np.isnan(low):
        ax.errorbar(
            mean, 0.45, xerr=[[max(mean - low, 0)], [max(high - mean, 0)]], fmt="D", color=MONEY, capsize=4,
            linewidth=2, markersize=5, label="Mean, 95% interval",
        )  # fmt: skip
    ax.set_ylim(-0.4, 0.8)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    lowest, highest = min([*dots, mean]), max([*dots, mean])
    if highest - lowest < 1e-9 * max(abs(highest), 1e-9):
        ax.set_xlim(*((0, 2 * highest) if highest else (0, max(high, 0) * 1.1 if high > 0 else 1)))
    if ax.get_xlim()[0] < 0:
        ax.set_xlim(left=0)
    ax.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 2.5, 5, 10]))
    if figure == "monthly":
        places_ = CURRENCIES[result.scenario.currency] if np.ptp(ax.get_xlim()) < 20 else 0
        ax.xaxis.set_major_formatter(f"{{x:,.{places_}f}}")
    ax.set_xlabel(unit)
    ax.set_title("Blocking, replication by replication" if figure == "blocking" else "Cost, replication by replication")
    beside(ax)
    return ax
