"""The price of calls on metered channels, by the minute (M3)."""

from __future__ import annotations

from typing import Self

from capsim.records import METERED
from capsim.scenario import Scenario
from capsim.scenario.time.cycles import CycleRule
from capsim.tariff.calendar import Calendar
from capsim.tariff.call_charge import CallCharge
from capsim.tariff.calls import CallPrice
from capsim.tariff.rating import CallPrices, Rating


class MeteredCalls(CallCharge):
    """Price of calls on the metered channels of each group.

    The owners are the scenario's groups.
    """

    kind = "metered"
    what = "Metered calls"

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """Read the metered price of each group's pool, and the pool's billing cycles."""
        calendar = Calendar(scenario)
        owners = tuple(_group(scenario, calendar, name) for name in scenario.all_groups)
        return cls(owners, scenario.currency, calendar.end)

    def listener(self) -> Rating:
        """Hear metered calls; each is of the group that its DID is in."""
        return Rating(self.owners, METERED, self.horizon)

    def obstacle(self, group: int, calls: float) -> str | None:
        """Only the group's own price matters: the pass adds it up channel by channel."""
        return self.too_high([self.owners[group]], calls)


def _group(scenario: Scenario, calendar: Calendar, name: str) -> CallPrices:
    group = scenario.all_groups[name]
    metered = scenario.pools[group.pool].metered
    ever = group.metered or any(name in step.groups and step.groups[name].metered for step in scenario.timeline.steps)
    rule = CycleRule(scenario.billing.cycle, scenario.renewal_day(group.pool))
    periods = tuple(calendar.periods(rule))
    if metered is None or not ever:
        return CallPrices(name, group.pool, None, None, periods)
    return CallPrices(name, group.pool, CallPrice.of(metered), metered.rate, periods)
