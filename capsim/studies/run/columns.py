"""Columns of a run's tables: how each figure of a row is written. Text and page choose among them."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from capsim.money import CURRENCIES
from capsim.show import numbers
from capsim.show.columns import (
    INTERVAL,
    Column,
    blocking,
    blocking_interval,
    count,
    count_interval,
    load,
    money,
    money_interval,
    percentage,
)
from capsim.studies.run.cost_rows import CostRow
from capsim.studies.run.rows import BlockingRow, CauseRow, Channels, DidRow, GroupRow, TierRow

if TYPE_CHECKING:
    from capsim.studies.run.goals import GoalOutcome
    from capsim.studies.run.theory import Theory


def owner(scope: str, name: str, group: str = "group") -> str:
    """Name a DID or a group: ``DID sales``, ``group desk``, or ``Group desk``."""
    return f"{group if scope == 'group' else 'DID'} {name}"


def channels(size: Channels) -> str:
    """Write how many channels there are: ``8``, or ``8 to 12`` if that changes."""
    return f"{size.most:,}" if size.least == size.most else f"{size.least:,} to {size.most:,}"


TIER: Column[TierRow] = Column("Tier", lambda row: row.name.capitalize())
CHANNELS: Column[TierRow] = Column("Channels", lambda row: channels(row.channels))
MEAN_CHANNELS: Column[TierRow] = count("Channels", lambda row: row.channels.mean)
CARRIED: Column[TierRow] = count("Carried calls", lambda row: row.carried)
OF_OFFERED: Column[TierRow] = percentage("of offered", lambda row: row.of_offered)
TIER_LOAD: Column[TierRow] = load("Erlangs", lambda row: row.erlangs)
UTILIZATION: Column[TierRow] = percentage("Utilisation", lambda row: row.utilization)
MINUTES: Column[TierRow] = count("Minutes", lambda row: row.minutes)
PEAK: Column[TierRow] = count("Peak", lambda row: row.peak)

SHARED_LOAD: Column[GroupRow] = load("Shared, Erlangs", lambda row: row.shared_erlangs)
METERED_LOAD: Column[GroupRow] = load("Metered, Erlangs", lambda row: row.metered_erlangs)
SHARED_USE: Column[GroupRow] = Column("Shared, Erlangs", lambda row: _use(row.shared_erlangs, row.shared))
METERED_USE: Column[GroupRow] = Column("Metered, Erlangs", lambda row: _use(row.metered_erlangs, row.metered))
DID_LOAD: Column[DidRow] = load("Erlangs", lambda row: row.erlangs)


def _use(erlangs: float, size: Channels) -> str:
    return f"{numbers.load(erlangs)} of {channels(size)}" if size.most else numbers.NOTHING


def blocking_columns(head: str, width: float | None = None) -> tuple[Column[BlockingRow], ...]:
    """Columns of a DID or group: its name, its calls, its blocking.

    Parameters
    ----------
    head : str
        Head of the names.
    width : float or None
        Width of the interval that sets the digits of the blocking; None for each row's own.
    """
    return (
        Column(head, lambda row: row.name),
        count("Offered", lambda row: row.offered),
        count("Blocked", lambda row: row.blocked),
        blocking("Blocking", lambda row: row.blocking, width),
        blocking_interval(lambda row: row.blocking, width),
    )


CAUSES: tuple[Column[CauseRow], ...] = (
    Column("Cause", lambda row: row.cause),
    count("Calls", lambda row: row.calls.mean),
    count_interval(lambda row: row.calls),
)


def goal_columns(currency: str) -> tuple[Column[GoalOutcome], ...]:
    """Columns of goals: accepted, found, and whether that is proven."""
    places = CURRENCIES[currency]

    def accepted(outcome: GoalOutcome) -> str:
        least = "at least " if outcome.kind.at_least else ""
        if outcome.kind.money:
            return f"{least}{numbers.money(outcome.goal, places)} {currency}"
        return f"{least}{100 * outcome.goal:.3g}%"

    def found(outcome: GoalOutcome) -> str:
        return numbers.money(outcome.found.mean, places) if outcome.kind.money else numbers.blocking(outcome.found)

    def interval(outcome: GoalOutcome) -> str:
        if outcome.kind.money:
            return numbers.money_interval(outcome.found, places)
        return numbers.blocking_interval(outcome.found)

    return (
        Column("Goal", lambda outcome: outcome.kind.label.format(outcome.name)),
        Column("At most", accepted),
        Column("Found", found),
        Column(INTERVAL, interval),
        Column("", lambda outcome: outcome.status),
    )


FORMULA: Column[Theory] = Column("Formula", lambda row: row.method or "none")
SIMULATED: Column[Theory] = blocking("Simulated", lambda row: row.simulated)
SIMULATED_BESIDE: Column[Theory] = Column(
    "Simulated", lambda row: numbers.blocking(row.simulated) if row.method is not None else ""
)
NOTE: Column[Theory] = Column("", lambda row: row.note)
Z: Column[Theory] = Column("z", lambda row: "" if row.method is None else _z(row.z))


def by_formula(head: str) -> Column[Theory]:
    """Column of what the formula says."""
    return Column(head, lambda row: "" if row.method is None else numbers.share(row.value))


def _z(z: float) -> str:
    return numbers.NOTHING if math.isnan(z) else f"{z:+.1f}"


def unit_text(unit: str, quantity: Decimal) -> str:
    """Write a unit of the invoice for a quantity: ``channel``, ``channels``."""
    return unit if abs(quantity) == 1 else f"{unit}s"


def cost_columns(head: str, currency: str) -> tuple[Column[CostRow], ...]:
    """Columns of amounts of money: what each is, the amount, and its interval."""
    places = CURRENCIES[currency]
    return (
        Column(head, _label),
        money("Amount", lambda row: row.amount.mean, places),
        money_interval(lambda row: row.amount, places),
    )


def _label(row: CostRow) -> str:
    return row.label if row.times is None else f"{row.label}, {numbers.count(row.times)}"
