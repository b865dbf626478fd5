"""The pilot: what every number of channels of every unit would block and cost, from calls of a few replications.

All units, and all choices of their DIDs' own channels, face the same calls. Nothing here is a formula of theory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from capsim.capacity import UNLIMITED, Schedule
from capsim.scenario import Scenario
from capsim.study.busy_hour import BusyHour
from capsim.study.passes import Asked, Passed, pass_through, priced
from capsim.study.planning.asking import Own, Target, Unit, own_fee
from capsim.study.progress import Progress
from capsim.study.replication import Setting

Float64 = NDArray[np.float64]
Counts = NDArray[np.int64]

PILOT_CALLS = 2_000_000
"""About so many calls of the scenario are looked at for each choice of own channels."""
FEWEST, MOST = 4, 150
"""Replications of a pilot."""
FIRST_CHANNELS, MOST_CHANNELS = 64, 33_767
"""So many channels of a unit are looked at first; and at most (R4)."""
BEYOND = 1e-7
"""More are looked at while more than this part of the calls finds none idle."""
Combination = tuple[int, ...]
"""Which choice each entry of a unit has."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A unit with one combination of own channels, by the number n of other channels, 0 to K.

    Other channels are those of its group; of an entry without one, all that each of its DIDs has. In the mean of the
    replications, except where (R, ...) is said.

    fixed : fees of the numbers, a month. metered : (K + 1,) what calls on channels 1 to n would cost a month, metered.
    by_use : (K + 1,) the numbers' own prices for the calls carried, a month.
    blocked : (R, K + 1) of all its calls; busy_hour, busiest_days : the same, in these hours. by_did : (N, K + 1)
    blocked calls of each DID, over all replications, and offered_by_did (N,).
    """

    unit: Unit
    own: tuple[Own, ...]
    fixed: float
    metered: Float64
    by_use: Float64
    offered: Counts
    blocked: Counts
    busy_hour: Counts
    busiest_days: Counts
    names: tuple[str, ...]
    by_did: Counts
    offered_by_did: Counts

    @property
    def channels(self) -> int:
        """K."""
        return len(self.metered) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Hours:
    """Calls (R,) of the busy hour and of the busiest days, all units together."""

    busy_hour: Counts
    busiest_days: Counts


class Pilot:
    """Looks at combinations of own channels, and remembers what it has seen."""

    def __init__(
        self, scenario: Scenario, units: Sequence[Unit], target: Target, n_jobs: int, progress: Progress
    ) -> None:
        self.scenario, self.units, self.n_jobs, self.progress = scenario, units, n_jobs, progress
        plain = priced(relaxed(scenario), [unit.group for unit in units if unit.group is not None])
        self.setting = Setting.of(plain)
        self.schedule = _unlimited(self.setting.schedule)
        traffic = self.setting.traffic
        self.each = max(traffic.expected_calls(traffic.begin, traffic.end), 1.0)
        self.replications = int(np.clip(round(PILOT_CALLS / self.each), FEWEST, MOST))
        self.seen: dict[tuple[str, Combination], Curve] = {}
        self.groups = [list(scenario.all_groups).index(unit.group) for unit in units if unit.group is not None]
        self.first: dict[str, int] = {}
        position = 0
        for name, entry in scenario.dids.items():
            self.first[name] = position
            position += entry.quantity
        self.most = [FIRST_CHANNELS] * len(units)
        self.hours: Hours | None = None
        self.asks_of_hours = target.busy_hour is not None or target.busiest_days is not None
        self.calls = 0
        self._find_most()

    def look(self, combinations: Sequence[Sequence[Combination]]) -> None:
        """See some combinations of each unit; those that have been seen cost nothing."""
        new = [
            [one for one in dict.fromkeys(map(tuple, wanted)) if (unit.name, one) not in self.seen]
            for unit, wanted in zip(self.units, combinations, strict=True)
        ]
        rounds = max(map(len, new), default=0)
        at_once = 8
        for begin in range(0, rounds, at_once):
            picked = [
                [
                    wanted[min(row, len(wanted) - 1)] if wanted else self._any_seen(unit)
                    for unit, wanted in zip(self.units, new, strict=True)
                ]
                for row in range(begin, min(begin + at_once, rounds))
            ]
            asked = [self._asked(choice) for choice in picked]
            passed = pass_through(asked, self.scenario.seed, range(self.replications), self.n_jobs, self.progress)
            self.calls += sum(int(one.tally.outcomes.sum()) for one in passed[0]) * len(asked)
            for choice, of_choice in zip(picked, passed, strict=True):
                self._note(choice, of_choice)

    def of_unit(self, unit: Unit) -> dict[Combination, Curve]:
        """All that has been seen of a unit."""
        return {combination: curve for (name, combination), curve in self.seen.items() if name == unit.name}

    # -- within -------------------------------------------------------------------------------------------

    def _any_seen(self, unit: Unit) -> Combination:
        return next((one for (name, one) in self.seen if name == unit.name), (0,) * len(unit.entries))

    def _find_most(self) -> None:
        """So many channels of each unit that hardly a call finds none idle, even where DIDs have none of their own."""
        while True:
            asked = [self._asked([self._least(unit) for unit in self.units])]
            (passed,) = pass_through(asked, self.scenario.seed, range(min(self.replications, 4)), self.n_jobs)
            self.calls += sum(int(one.tally.outcomes.sum()) for one in passed)
            enough = True
            place = 0
            for row, unit in enumerate(self.units):
                hunts = self._hunts(unit)
                calls = sum(one.hunted[place + hunt].by_did.sum(axis=0) for one in passed for hunt in range(hunts))
                place += hunts
                used = np.flatnonzero(calls[1:-1])
                if calls[-1] > BEYOND * max(calls.sum(), 1) and self.most[row] < MOST_CHANNELS:
                    self.most[row] = min(2 * self.most[row], MOST_CHANNELS)
                    enough = False
                else:
                    last = int(used[-1]) + 1 if len(used) else 0
                    self.most[row] = min(max(last + 8, last * 5 // 4, 4), MOST_CHANNELS)
            if enough:
                return

    def _least(self, unit: Unit) -> Combination:
        """The combination with the fewest own channels."""
        return tuple(
            min(range(len(choices)), key=lambda row: choices[row].included + choices[row].dedicated)
            for choices in unit.own
        )

    def _hunts(self, unit: Unit) -> int:
        return 1 if unit.group is not None else self.scenario.dids[unit.entries[0]].quantity

    def _asked(self, choice: Sequence[Combination]) -> Asked:
        first = self.schedule.first
        included, dedicated = first.included.copy(), first.dedicated.copy()
        alone: list[int] = []
        most: list[int] = []
        for unit, combination, channels in zip(self.units, choice, self.most, strict=True):
            for name, choices, picked in zip(unit.entries, unit.own, combination, strict=True):
                rows = slice(self.first[name], self.first[name] + self.scenario.dids[name].quantity)
                if picked:  # the present one may differ between DIDs, by changes
                    included[rows], dedicated[rows] = choices[picked].included, choices[picked].dedicated
            if unit.group is not None:
                most.append(channels)
            else:
                begin = self.first[unit.entries[0]]
                count = self.scenario.dids[unit.entries[0]].quantity
                alone += range(begin, begin + count)
                most += [channels] * count
        schedule = Schedule(replace(first, included=included, dedicated=dedicated), self.schedule.steps)
        return Asked(self.setting, tuple(self.groups), tuple(most), tuple(alone), schedule)

    def _note(self, choice: Sequence[Combination], passed: Sequence[Passed]) -> None:
        chosen = self._masks(passed) if self.asks_of_hours else None
        place = 0
        for unit, combination in zip(self.units, choice, strict=True):
            hunts = range(place, place + self._hunts(unit))
            place = hunts.stop
            if (unit.name, combination) not in self.seen:
                self.seen[unit.name, combination] = self._curve(unit, combination, hunts, passed, chosen)

    def _masks(self, passed: Sequence[Passed]) -> BusyHour:
        offered = np.stack([sum(hunted.by_hour.sum(axis=1) for hunted in one.hunted) for one in passed])
        busy = BusyHour.of(self.scenario, offered)
        self.hours = Hours(*(np.where(chosen, offered, 0).sum(axis=1) for chosen in (busy.chosen, busy.busiest)))
        return busy

    def _curve(
        self, unit: Unit, combination: Combination, hunts: range, passed: Sequence[Passed], chosen: BusyHour | None
    ) -> Curve:
        calls = np.stack([sum(one.hunted[hunt].by_did.sum(axis=0) for hunt in hunts) for one in passed])
        offered = calls.sum(axis=1)
        by_did = np.concatenate([sum(one.hunted[hunt].by_did for one in passed) for hunt in hunts])
        positions = np.concatenate([passed[0].hunted[hunt].dids for hunt in hunts])
        in_hours = []
        for mask in (chosen.chosen, chosen.busiest) if chosen is not None else ():
            counted = np.stack(
                [
                    sum(mask[row].astype(np.int64) @ one.hunted[hunt].by_hour for hunt in hunts)
                    for row, one in enumerate(passed)
                ]
            )
            in_hours.append(_blocked(counted))
        nothing = np.zeros((len(passed), calls.shape[1] - 1), np.int64)
        own = tuple(choices[picked] for choices, picked in zip(unit.own, combination, strict=True))
        metered, by_use = self._costs(unit, hunts, passed)
        fees = (own_fee(self.scenario, name, one) for name, one in zip(unit.entries, own, strict=True))
        return Curve(
            unit=unit, own=own, fixed=sum(fees),
            metered=metered, by_use=by_use, offered=offered, blocked=_blocked(calls),
            busy_hour=in_hours[0] if in_hours else nothing, busiest_days=in_hours[1] if in_hours else nothing,
            names=tuple(self.scenario.all_dids[row].name for row in positions.tolist()),
            by_did=_blocked(by_did), offered_by_did=by_did.sum(axis=1),
        )  # fmt: skip

    def _costs(self, unit: Unit, hunts: range, passed: Sequence[Passed]) -> tuple[Float64, Float64]:
        """(K + 1,) a month, in the mean of the replications: calls on channels up to n if metered; own prices."""
        prices = self.setting.prices
        first = passed[0].hunted[hunts[0]]
        metered, by_use = np.zeros(first.channels + 1), np.zeros(first.channels + 1)
        if unit.group is not None:
            call = prices.groups[list(self.scenario.all_groups).index(unit.group)].call
            if call is not None:
                units = np.mean([one.hunted[hunts[0]].units.sum(axis=0)[:-1] for one in passed], axis=0)
                metered = np.cumsum(units) * float(prices.calls_a_month(call.money(1)))
        entries = [list(self.scenario.dids).index(name) for name in unit.entries]
        for entry in entries:
            own_price = prices.dids[entry].call
            if own_price is None:
                continue
            units = np.zeros(first.channels + 1)
            for one in passed:
                units[0] += sum(charge.units for (row, _), charge in one.charges.dids.items() if row == entry)
                for hunt in hunts:
                    for (row, _), of_channels in one.hunted[hunt].own.items():
                        if row == entry:
                            units += of_channels[:-1]
            by_use += np.cumsum(units) / len(passed) * float(prices.calls_a_month(own_price.money(1)))
        return metered, by_use


def _blocked(calls: Counts) -> Counts:
    """Calls (..., K + 2) by channel -> those blocked with n channels (..., K + 1)."""
    blocked: Counts = calls.sum(axis=-1, keepdims=True) - np.cumsum(calls[..., :-1], axis=-1)
    return blocked


def relaxed(scenario: Scenario) -> Scenario:
    """Without what one pass cannot follow: an account, and callers who try again. A guess, where there is any."""
    values: dict[str, None] = {}
    if scenario.account is not None:
        values["account"] = None
    for name, entry in scenario.dids.items():
        if entry.traffic is not None and entry.traffic.redial is not None:
            values[f"dids.{name}.traffic.redial"] = None
    return scenario.override(values) if values else scenario


def _unlimited(schedule: Schedule) -> Schedule:
    """Without limits."""
    first = schedule.first
    if not any(schedule.limits):
        return schedule
    capacity = replace(
        first,
        did_limit=np.full_like(first.did_limit, UNLIMITED),
        group_limit=np.full_like(first.group_limit, UNLIMITED),
    )
    steps = []
    for step in schedule.steps:
        dids, groups = step.did_values.copy(), step.group_values.copy()
        dids[:, 2], groups[:, 2] = UNLIMITED, UNLIMITED
        steps.append(replace(step, did_values=dids, group_values=groups))
    return Schedule(capacity, tuple(steps))
