"""Choosing the cheapest mix by what the pilot saw: one size for each unit, so that all targets are kept together.

A unit's front holds its cheapest size for each amount of blocking; the fronts of units are merged, two at a time. A
pool's price breaks (M5) price its flat-rate channels: each break is tried in turn as the price of a channel, and the
sizes found are improved one channel at a time by the true price of the pool.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from capsim.scenario import Scenario
from capsim.scenario.model.groups import MAX_METERED
from capsim.scenario.time.cycles import CycleRule
from capsim.studies.plan.pilot import Curve, Pilot
from capsim.studies.plan.targets import Target
from capsim.studies.plan.units import Unit
from capsim.tariff import price_steps

Float64 = NDArray[np.float64]
MOST_POINTS = 3_000
"""Largest number of points of a front."""
MOST_PRICES = 48
"""Largest number of combinations of pools' price breaks."""
NEAR = 6
"""Channels up and down within which a size is improved."""


@dataclass(frozen=True, slots=True, eq=False)
class Size:
    """One unit's choice.

    Attributes
    ----------
    curve : Curve
        The unit with one combination of own channels.
    channels : int
        Other channels: those of its group; without a group, all channels of each DID.
    flat : int
        How many of them are flat-rate, the first ones; without a group, the dedicated ones, which are the last.
    """

    curve: Curve
    channels: int
    flat: int

    @property
    def unit(self) -> Unit:
        return self.curve.unit

    @property
    def key(self) -> tuple[object, ...]:
        return self.unit.name, self.curve.own, self.channels, self.flat


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A mix: a size for each unit, channels assigned and bought by pool, monthly cost and blocking by the pilot."""

    sizes: tuple[Size, ...]
    assigned: dict[str, int]
    bought: dict[str, int]
    monthly: float
    blocking: float

    @property
    def key(self) -> tuple[object, ...]:
        return tuple(size.key for size in self.sizes)


class Tariff:
    """Monthly cost of the flat-rate channels of a scenario's pools."""

    def __init__(self, scenario: Scenario, units: Sequence[Unit]) -> None:
        self.scenario = scenario
        self.cycles = {pool: CycleRule(scenario.billing.cycle, scenario.renewal_day(pool)) for pool in scenario.pools}
        self.assigned = {pool: _elsewhere(scenario, pool, units) for pool in scenario.pools}
        self.cost = lru_cache(maxsize=None)(self._cost)

    def fee(self, pool: str, channels: int) -> float:
        """Monthly fee of exactly this number of channels."""
        price = self.scenario.pools[pool].flat_rate
        if price is None or channels == 0:
            return 0.0
        steps = price_steps(price, channels)
        return float(
            self.cycles[pool].per_month(sum((step.monthly * step.quantity for step in steps), start=price.monthly * 0))
        )

    def _cost(self, pool: str, channels: int) -> tuple[float, int]:
        """Least monthly fee of at least this many channels, and how many are bought: more may be cheaper (M5)."""
        price = self.scenario.pools[pool].flat_rate
        numbers = [channels, *(item.from_ for item in price.breaks if item.from_ > channels)] if price else [channels]
        return min((self.fee(pool, number), number) for number in numbers)

    def levels(self, pool: str) -> list[float]:
        """Monthly prices that one more channel can have: that of each break, and next to nothing just below a break."""
        price = self.scenario.pools[pool].flat_rate
        if price is None:
            return [np.inf]
        each = [price.monthly, *(item.monthly for item in price.breaks)]
        levels = {float(self.cycles[pool].per_month(monthly)) for monthly in each}
        return sorted(levels | ({0.001 * min(levels)} if price.breaks else set()))


def _elsewhere(scenario: Scenario, pool: str, units: Sequence[Unit]) -> int:
    """Channels of a pool that are assigned to what the plan does not decide."""
    decided = sum(
        scenario.all_groups[unit.group].shared for unit in units if unit.group is not None and unit.pool == pool
    )
    for unit in units:
        for name, of_entry in zip(unit.entries, unit.pools_of_dedicated, strict=True):
            entry = scenario.dids[name]
            if of_entry == pool and entry.dedicated is not None:
                decided += entry.dedicated.channels * entry.quantity
    return max(scenario.assigned_channels(pool) - decided, 0)


class Chooser:
    """Finds the cheapest mix among what the pilot has seen."""

    def __init__(self, scenario: Scenario, pilot: Pilot) -> None:
        self.scenario, self.pilot = scenario, pilot
        self.units = list(pilot.units)
        self.tariff = Tariff(scenario, self.units)

    def cheapest(self, target: Target) -> Choice | None:
        """The cheapest mix that keeps a target in the pilot; None where there is none."""
        best: Choice | None = None
        pools = sorted(
            {pool for unit in self.units for pool in (unit.pool, *unit.pools_of_dedicated) if pool is not None}
        )
        prices = list(product(*(self.tariff.levels(pool) for pool in pools)))
        for of_pools in prices[:MOST_PRICES]:
            sizes = self._at_prices(dict(zip(pools, of_pools, strict=True)), target)
            if sizes is None:
                continue
            found = self.of(self._improved(sizes))
            if best is None or found.monthly < best.monthly - 1e-9:
                best = found
        return best

    def of(self, sizes: Sequence[Size]) -> Choice:
        """A mix as a whole."""
        assigned = self._assigned(sizes)
        fees = {pool: self.tariff.cost(pool, channels) for pool, channels in assigned.items()}
        by_use = sum(self._by_use(size) + size.curve.fixed for size in sizes)
        offered = sum(float(size.curve.offered.sum()) for size in sizes)
        blocked = sum(float(size.curve.blocked[:, size.channels].sum()) for size in sizes)
        return Choice(
            tuple(sizes),
            assigned,
            {pool: number for pool, (_, number) in fees.items()},
            by_use + sum(fee for fee, _ in fees.values()),
            blocked / offered if offered else 0.0,
        )

    def _by_use(self, size: Size) -> float:
        curve = size.curve
        metered = curve.metered[size.channels] - curve.metered[size.flat] if size.unit.group is not None else 0.0
        return float(metered + curve.by_use[size.channels])

    def _assigned(self, sizes: Sequence[Size]) -> dict[str, int]:
        """Flat-rate channels of each pool."""
        assigned = dict(self.tariff.assigned)
        for size in sizes:
            unit = size.unit
            if unit.group is not None and unit.pool is not None:
                assigned[unit.pool] += size.flat
            for name, pool, own in zip(unit.entries, unit.pools_of_dedicated, size.curve.own, strict=True):
                dedicated = size.flat if unit.group is None else own.dedicated
                if pool is not None and dedicated:
                    assigned[pool] += dedicated * self.scenario.dids[name].quantity
        return assigned

    # -- sizes of one unit --------------------------------------------------------------------------------

    def _sizes(self, unit: Unit, prices: dict[str, float], target: Target) -> Iterator[tuple[float, Float64, Size]]:
        """Monthly cost, blocked calls by shared goal, and size, for each size that keeps the unit's own goals."""
        for curve in self.pilot.of_unit(unit).values():
            keeps = self._keeps(curve, target)
            couplings = self._couplings(curve)
            if unit.group is None:
                yield from self._alone(curve, prices, keeps, couplings)
                continue
            dedicated = sum(
                own.dedicated * self.scenario.dids[name].quantity * prices.get(pool or "", 0.0)
                for name, pool, own in zip(unit.entries, unit.pools_of_dedicated, curve.own, strict=True)
                if own.dedicated
            )
            flat = self._flat(unit, curve, prices[unit.pool or ""])
            for channels in np.flatnonzero(keeps).tolist():
                shared = int(flat[channels])
                if shared < 0:
                    continue
                price = prices[unit.pool or ""] if shared else 0.0
                cost = shared * price + curve.metered[channels] - curve.metered[shared] + curve.by_use[channels]
                yield cost + curve.fixed + dedicated, couplings[:, channels], Size(curve, channels, shared)

    def _alone(
        self, curve: Curve, prices: dict[str, float], keeps: NDArray[np.bool_], couplings: Float64
    ) -> Iterator[tuple[float, Float64, Size]]:
        """A DID without a group: included channels, and dedicated ones behind them."""
        (name,), (own,), (pool,) = curve.unit.entries, curve.own, curve.unit.pools_of_dedicated
        quantity = self.scenario.dids[name].quantity
        most = max(curve.channels - own.included, 0) if curve.unit.pool is not None else own.dedicated
        for dedicated in range(most + 1) if curve.unit.pool is not None else (own.dedicated,):
            channels = min(own.included + dedicated, curve.channels)
            if keeps[channels]:
                fee = dedicated * quantity * prices.get(pool or "", 0.0) if dedicated else 0.0
                cost = curve.fixed + fee + curve.by_use[channels]
                yield cost, couplings[:, channels], Size(curve, channels, dedicated)

    def _flat(self, unit: Unit, curve: Curve, price: float) -> NDArray[np.int64]:
        """(K + 1,) best number of flat-rate channels among 0 to K channels; -1 where no split is possible.

        Without a metered price all channels are flat-rate; without a flat-rate price (infinity) all are metered.
        """
        numbers = np.arange(curve.channels + 1)
        pool = self.scenario.pools[unit.pool or ""]
        if pool.metered is None:
            return numbers if pool.flat_rate is not None else np.where(numbers == 0, 0, -1)
        if np.isinf(price):
            return np.where(numbers <= MAX_METERED, 0, -1)
        gain = curve.metered - price * numbers  # of having the first s flat-rate
        best = np.empty(len(numbers), np.int64)
        for channels in numbers.tolist():
            least = max(0, channels - MAX_METERED)
            best[channels] = least + int(np.argmax(gain[least : channels + 1]))
        return best

    def _keeps(self, curve: Curve, target: Target) -> NDArray[np.bool_]:
        """(K + 1,) whether the unit's own goals are kept with 0 to K channels."""
        keeps = np.ones(curve.channels + 1, bool)
        if curve.unit.group is not None:
            of_group = target.goals.of_group(curve.unit.group)
            if of_group is not None:
                keeps &= curve.blocked.sum(axis=0) <= of_group * max(curve.offered.sum(), 1)
        for row, name in enumerate(curve.names):
            of_did = target.goals.dids.get(name)
            if of_did is not None:
                keeps &= curve.by_did[row] <= of_did * max(curve.offered_by_did[row], 1)
        return keeps

    def _couplings(self, curve: Curve) -> Float64:
        """(3, K + 1) blocked calls of all replications: in all hours, in the busy hour, on the busiest days."""
        return np.stack([part.sum(axis=0) for part in (curve.blocked, curve.busy_hour, curve.busiest_days)]).astype(
            float
        )

    def _bounds(self, target: Target) -> Float64:
        """(3,) largest number of blocked calls of all units together: in all hours, the busy hour, the busiest days."""
        hours = self.pilot.hours
        offered = sum(float(next(iter(self.pilot.of_unit(unit).values())).offered.sum()) for unit in self.units)
        bounds = [target.goals.blocking, target.goals.busy_hour, target.goals.busiest_days]
        calls = [offered, *(float(part.sum()) for part in ((hours.busy_hour, hours.busiest_days) if hours else ()))]
        calls += [0.0] * (3 - len(calls))
        return np.array([np.inf if bound is None else bound * of for bound, of in zip(bounds, calls, strict=True)])

    # -- all units ----------------------------------------------------------------------------------------

    def _at_prices(self, prices: dict[str, float], target: Target) -> list[Size] | None:
        """The cheapest sizes, with one price for a channel of each pool."""
        bounds = self._bounds(target)
        asked = np.isfinite(bounds)
        costs, blocked = np.zeros(1), np.zeros((1, int(asked.sum())))
        picked = np.zeros((1, 0), np.int64)
        fronts: list[list[Size]] = []
        for unit in self.units:
            found = list(self._sizes(unit, prices, target))
            if not found:
                return None
            cost = np.array([one for one, _, _ in found])
            calls = np.stack([one for _, one, _ in found])[:, asked]
            keep = _front(cost, calls)
            fronts.append([found[row][2] for row in keep.tolist()])
            all_costs = (costs[:, None] + cost[keep]).ravel()
            all_blocked = (blocked[:, None, :] + calls[keep]).reshape(len(all_costs), -1)
            allowed = np.flatnonzero((all_blocked <= bounds[asked]).all(axis=1))
            if len(allowed) == 0:
                return None
            keep_both = allowed[_front(all_costs[allowed], all_blocked[allowed])]
            before, new = np.divmod(keep_both, len(keep))
            costs, blocked = all_costs[keep_both], all_blocked[keep_both]
            picked = np.column_stack([picked[before], new])
        best = int(np.argmin(costs))
        return [front[row] for front, row in zip(fronts, picked[best].tolist(), strict=True)]

    def _improved(self, sizes: list[Size]) -> list[Size]:
        """Change the flat-rate channels of one unit at a time while the true cost falls; the same calls are blocked."""
        cost = self.of(sizes).monthly
        again = True
        while again:
            again = False
            for place, size in enumerate(sizes):
                unit = size.unit
                if unit.group is None or self.scenario.pools[unit.pool or ""].metered is None:
                    continue
                if self.scenario.pools[unit.pool or ""].flat_rate is None:
                    continue
                low = max(0, size.channels - MAX_METERED, size.flat - NEAR)
                for flat in range(low, min(size.channels, size.flat + NEAR) + 1):
                    other = [*sizes[:place], Size(size.curve, size.channels, flat), *sizes[place + 1 :]]
                    changed = self.of(other).monthly
                    if changed < cost - 1e-9:
                        sizes, cost, again = other, changed, True
        return sizes


def _front(costs: Float64, blocked: Float64) -> NDArray[np.int64]:
    """Rows that no other row beats in cost and every kind of blocking, by rising cost; thinned where many."""
    order = np.lexsort((blocked.sum(axis=1), costs)) if blocked.shape[1] else np.argsort(costs, kind="stable")[:1]
    if blocked.shape[1] <= 1:
        if blocked.shape[1] == 1:
            calls = blocked[order, 0]
            least = np.minimum.accumulate(calls)
            order = order[np.append(True, calls[1:] < least[:-1])]
    else:
        kept: list[int] = []
        for row in order.tolist():
            if len(kept) >= MOST_POINTS:
                break
            if not (blocked[kept] <= blocked[row]).all(axis=1).any():
                kept.append(row)
        order = np.array(kept, np.int64)
    if len(order) > MOST_POINTS:
        order = order[np.unique(np.linspace(0, len(order) - 1, MOST_POINTS).round().astype(np.int64))]
    return order
