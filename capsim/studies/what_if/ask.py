"""The question of the what-if page, without any widget: sizes of one group under some traffic and prices."""

from __future__ import annotations

import os
from decimal import Decimal
from functools import lru_cache
from typing import Any

from capsim.errors import InputError, Problem
from capsim.scenario import Scenario
from capsim.scenario.what_ifs import group_named, sized
from capsim.simulation.passes import find_obstacle, priced
from capsim.simulation.replication import CompiledScenario
from capsim.studies.frontier import Cell, Frontier, frontier
from capsim.studies.sweep import Factor
from capsim.studies.sweep.varying import scenario_at

REPLICATIONS = 4
"""Largest number of replications, all at the same time: a quick answer matters more than a narrow interval."""
LEAST_GRID = 12
"""Least number of shared channels that a slider reaches; twice as many metered ones."""
MOST_CELLS = 40_000
"""Largest number of sizes that the sliders span, unless the present size lies outside."""
NEARBY = 3
"""Number of channels beyond the present ones that the sliders reach if sizes have to be simulated one by one."""


class WhatIf:
    """What-ifs of one group of a scenario.

    Parameters
    ----------
    scenario : Scenario
        Scenario that has the group.
    group : str, optional
        Its group; default: the only one.
    replications : int
        Largest number of replications.

    Raises
    ------
    InputError
        If the scenario has no group, or several and none is named, or channels that have no price.
    """

    def __init__(self, scenario: Scenario, group: str | None = None, replications: int = REPLICATIONS) -> None:
        self.group = group_named(scenario, group)
        self.replications = scenario.replications
        self.scenario = scenario.override({"replications": min(replications, scenario.replications)})
        present = scenario.all_groups[self.group]
        self.pool = scenario.pools[present.pool]
        for tier, channels, price in (
            ("flat-rate", present.shared, self.pool.flat_rate), ("metered", present.metered, self.pool.metered),
        ):  # fmt: skip
            if channels and price is None:
                text = f"has no {tier} price, and group {self.group} has such channels"
                raise InputError(Problem(text, path=f"pools.{present.pool}", rule="M7"))
        self.most_shared = max(3 * present.shared, LEAST_GRID) if self.pool.flat_rate is not None else 0
        self.most_metered = min(max(present.metered, 2 * LEAST_GRID), 1000) if self.pool.metered is not None else 0
        row = list(scenario.all_groups).index(self.group)
        if (
            find_obstacle(CompiledScenario.of(priced(self.scenario, [self.group])), row) is not None
        ):  # each size is a run by itself
            self.most_shared = min(self.most_shared, present.shared + NEARBY)
            self.most_metered = min(self.most_metered, present.metered + NEARBY)
        while (self.most_shared + 1) * (self.most_metered + 1) > MOST_CELLS:  # the larger side gives way, down to now
            if self.most_metered > max(present.metered, self.most_shared):
                self.most_metered = max(present.metered, self.most_metered // 2)
            elif self.most_shared > present.shared:
                self.most_shared = max(present.shared, self.most_shared // 2)
            else:
                break
        self.frontier = lru_cache(maxsize=16)(self._frontier)

    @property
    def has_traffic(self) -> bool:
        """Whether the scenario has rates that a factor can multiply."""
        return any(entry.traffic is not None for entry in self.scenario.dids.values())

    def changed(self, traffic: Decimal, flat_rate: Decimal | None, metered: Decimal | None) -> Scenario:
        """Return the scenario with other traffic, and other prices of the group's pool.

        Parameters
        ----------
        traffic : Decimal
            Factor that multiplies all traffic.
        flat_rate : Decimal or None
            Fee of a flat-rate channel; None for the scenario's.
        metered : Decimal or None
            Price of a minute; None for the scenario's.
        """
        pool = self.scenario.all_groups[self.group].pool
        values: dict[str, Any] = {}
        if flat_rate is not None:
            values[f"pools.{pool}.flat_rate.monthly"] = flat_rate
        if metered is not None:
            values[f"pools.{pool}.metered.rate"] = metered
        priced = self.scenario.override(values) if values else self.scenario
        return priced if traffic == 1 else scenario_at(priced, ["dids.*.traffic"], (Factor(traffic),))

    def _frontier(self, traffic: Decimal, flat_rate: Decimal | None, metered: Decimal | None) -> Frontier:
        jobs = min(REPLICATIONS, os.cpu_count() or 1)
        scenario = self.changed(traffic, flat_rate, metered)
        return frontier(scenario, self.group, self.most_shared, self.most_metered, n_jobs=jobs)

    def yaml(self, cell: Cell, changed: Scenario) -> str:
        """Return the scenario with a size of the group, as a file."""
        whole = changed.override({"replications": self.replications})
        chosen = sized(whole, self.group, cell.shared, cell.metered)
        return (chosen.at_home_anywhere() if chosen.replay is not None else chosen).to_yaml()
