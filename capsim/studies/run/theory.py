"""The theory column: blocking by formula of each group, and each DID without one, beside the simulated one.

The scenario decides which formula applies; if none does, a note says why. A z-score tells how many standard errors the
simulation lies from the formula: beyond 3 or so, one of them is wrong, or the formula's assumptions do not hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from capsim.analysis import (
    ChainDid,
    ChainGroup,
    erlang_b,
    gamma_mixture_blocking,
    hayward_blocking,
    modified_offered_load,
    overflow_blocking,
    overflow_moments,
    solve_ladder,
)
from capsim.analysis.student import t_quantile
from capsim.capacity import UNLIMITED
from capsim.estimates.estimate import LEVEL, Estimate, plain
from capsim.scenario import Did, Scenario
from capsim.scenario.model.traffic import Traffic
from capsim.studies.run import theory_words as notes
from capsim.studies.run.figures import RunFigures
from capsim.traffic.streams import Streams
from capsim.units import DAY, HOUR

MOST_STATES = 3_000
"""Largest chain that is solved, in states."""
MOST_CHAINED = 4
"""Largest number of DIDs in a chain."""
SHORT = 0.05
"""Longest mean length of a call that is short beside a day, in days."""
MOST_SYSTEMS = 2_000
"""Largest number of groups and DIDs for which formulas are evaluated."""
MOST_HOURS = 24 * 400
"""Longest horizon of the modified offered load, in hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theory:
    """Blocking by theory of one group, or of one DID without a group.

    Attributes
    ----------
    scope : str
        ``group`` or ``did``.
    name : str
        The group or DID.
    method : str or None
        Name of the formula; None if none applies.
    value : float
        Blocking by the formula, 0 to 1; NaN if none applies.
    note : str
        How far the formula is valid, or why none applies.
    simulated : Estimate
        Blocking by simulation.
    z : float
        Standard errors between simulation and formula; NaN if there is none.
    """

    scope: str
    name: str
    method: str | None
    value: float
    note: str
    simulated: Estimate
    z: float

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON shows it."""
        return {
            "scope": self.scope, "name": self.name, "method": self.method, "blocking": plain(self.value),
            "note": self.note, "simulated": self.simulated.to_dict(), "z": plain(self.z),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Formula:
    """A formula's name and blocking for one system, with a note; or only a note, why there is none."""

    method: str | None
    value: float
    note: str


def _none(note: str) -> _Formula:
    return _Formula(None, math.nan, note)


def theory_of(result: RunFigures) -> tuple[Theory, ...]:
    """Compare a run with theory, group by group, then for the DIDs without one."""
    streams, dids = result.streams, result.scenario.all_dids
    capacity, samples = result.samples.capacity, result.samples
    obstacle = _obstacle(result)
    systems: list[tuple[str, str, list[int], Estimate]] = [
        ("group", name, np.flatnonzero(capacity.group == row).tolist(), samples.groups["blocking"][row])
        for row, name in enumerate(capacity.group_names)
    ]
    never = np.all([of_time.group == capacity.no_group for _, of_time in samples.schedule.in_turn()], axis=0)
    alone = np.flatnonzero(never).tolist()
    systems += [("did", dids[row].name, [row], samples.dids["blocking"][row]) for row in alone]
    alike: dict[tuple[str, int, int], _Formula] = {}
    rows = []
    for place, (scope, name, members, simulated) in enumerate(systems[:MOST_SYSTEMS]):
        calling = [row for row in members if dids[row].entry.traffic is not None]
        if not calling:
            continue
        if obstacle is not None or streams is None:
            formula = _none(obstacle or notes.RECORDED)
        elif scope == "did":  # numbers of one entry are alike
            row = members[0]
            key = dids[row].entry_name, int(capacity.included[row]), int(capacity.dedicated[row])
            formula = alike.get(key) or alike.setdefault(key, _formula(result, streams, calling, capacity.no_group))
        else:
            formula = _formula(result, streams, calling, place)
        formula = _in_horizon(result, formula, max(_traffic(dids[row]).busy_time for row in calling))
        rows.append(
            Theory(
                scope=scope,
                name=name,
                method=formula.method,
                value=formula.value,
                note=formula.note,
                simulated=simulated,
                z=_z(simulated, formula, result.replications),
            )
        )
    return tuple(rows)


def theory_rows(rows: Sequence[Theory]) -> Iterator[dict[str, Any]]:
    """Give the rows of the theory column as a frame has them."""
    for row in rows:
        yield {
            "scope": row.scope, "name": row.name, "method": row.method, "theory": row.value,
            "simulated": row.simulated.mean, "low": row.simulated.low, "high": row.simulated.high, "z": row.z,
            "note": row.note,
        }  # fmt: skip


def _obstacle(result: RunFigures) -> str | None:
    """Say what no formula here allows for, in the whole scenario; None if nothing."""
    if result.streams is None:
        return notes.RECORDED
    if result.scenario.account is not None:
        return notes.BALANCE
    if result.samples.schedule.steps:
        return notes.CHANGES
    return notes.REDIALS if result.streams.redials else None


def _in_horizon(result: RunFigures, formula: _Formula, holding: float) -> _Formula:
    """Add a warning if the horizon is short beside a call (microseconds): formulas are of the long run."""
    horizon = result.scenario.horizon
    settled = horizon.warm_up_microseconds >= 3 * holding or horizon.microseconds >= 500 * holding
    if formula.method is None or settled:
        return formula
    return replace(formula, note=notes.with_empty_start(formula.note))


def _z(simulated: Estimate, formula: _Formula, replications: int) -> float:
    if formula.method is None or math.isnan(simulated.low) or simulated.mean in (0.0, 1.0):
        return math.nan
    error = (simulated.high - simulated.low) / 2 / t_quantile(LEVEL, max(replications - 1, 1))
    return (simulated.mean - formula.value) / error if error > 0 else math.nan


def _formula(result: RunFigures, streams: Streams, members: Sequence[int], row: int) -> _Formula:
    """Choose and evaluate the formula for DIDs (positions, all with traffic) and the channels of their group.

    ``row`` is that of the group, or of no group.
    """
    capacity, scenario = result.samples.capacity, result.scenario
    dids = [scenario.all_dids[member] for member in members]
    own = [int(capacity.included[member]) + int(capacity.dedicated[member]) for member in members]
    group = int(capacity.shared[row]) + int(capacity.metered[row])
    limited = bool((capacity.did_limit[list(members)] < UNLIMITED).any()) or capacity.group_limit[row] < UNLIMITED
    traffics = [_traffic(did) for did in dids]
    loads = [traffic.rate_per_hour * traffic.busy_time / HOUR for traffic in traffics]
    rates = [traffic.rate_per_hour for traffic in traffics]
    steady = not any(_varies(scenario, did) for did in dids)
    random_days = [traffic.day_factor for traffic in traffics if traffic.day_factor is not None]
    one_pool = len(members) == 1 or not any(own)
    channels = sum(own) + group if len(members) == 1 else group
    if limited:
        solvable = steady and not random_days
        return _chain(result, members, row) or _none(notes.LARGE_LIMIT) if solvable else _none(notes.LIMIT)
    if random_days:
        if len(members) == 1 and steady and traffics[0].busy_time <= SHORT * DAY:
            value = gamma_mixture_blocking(loads[0], random_days[0].cv, channels)
            return _Formula("Erlang B over gamma days", value, notes.GAMMA_DAYS)
        return _none(notes.RANDOM_DAYS)
    if one_pool and steady:
        return _Formula("Erlang B", erlang_b(sum(loads), channels), notes.ERLANG_B)
    if one_pool:
        return _modified(scenario, streams, members, channels)
    if not steady:
        return _none(notes.VARYING_RATES)
    return _chain(result, members, row) or _overflow(loads, rates, own, group)


def _traffic(did: Did) -> Traffic:
    assert did.entry.traffic is not None
    return did.entry.traffic


def _varies(scenario: Scenario, did: Did) -> bool:
    traffic = _traffic(did)
    return scenario.profile_of(did.entry) is not None or bool(traffic.surges) or traffic.growth != 0


def _exponential(did: Did) -> bool:
    traffic = _traffic(did)
    rings = traffic.ring.mean_microseconds > 0 or traffic.answered < 1
    return traffic.holding.distribution == "exponential" and not rings


def _chain(result: RunFigures, members: Sequence[int], row: int) -> _Formula | None:
    """Solve the exact chain; None unless it is small and holding times are exponential."""
    capacity, scenario = result.samples.capacity, result.scenario
    if len(members) > MOST_CHAINED or not all(_exponential(scenario.all_dids[member]) for member in members):
        return None
    group = ChainGroup(int(capacity.shared[row]), int(capacity.metered[row]), _limit(int(capacity.group_limit[row])))
    alone = row == capacity.no_group
    chain = [
        ChainDid(
            rate=_traffic(scenario.all_dids[member]).rate_per_hour,
            mean_holding=_traffic(scenario.all_dids[member]).busy_time / HOUR,
            included=int(capacity.included[member]),
            dedicated=int(capacity.dedicated[member]),
            limit=_limit(int(capacity.did_limit[member])),
            group=None if alone else 0,
        )
        for member in members
    ]
    try:
        solved = solve_ladder(chain, [] if alone else [group], max_states=MOST_STATES)
    except (ValueError, ArithmeticError):
        return None
    return _Formula("exact chain", solved.overall_blocking, notes.exact_chain(sum(solved.states)))


def _limit(value: int) -> int | None:
    return None if value >= UNLIMITED else value


def _overflow(loads: Sequence[float], rates: Sequence[float], own: Sequence[int], group: int) -> _Formula:
    """Evaluate equivalent random theory; Hayward's approximation beside it shows how far the two agree."""
    moments = [overflow_moments(load, channels) for load, channels in zip(loads, own, strict=True)]
    mean, variance = sum(moment.mean for moment in moments), sum(moment.variance for moment in moments)
    if mean <= 0:
        return _none(notes.NO_OVERFLOW)
    lost = overflow_blocking([moment.mean for moment in moments], [moment.variance for moment in moments], group)
    hayward = hayward_blocking(mean, variance / mean, group)
    over = sum(rate * erlang_b(load, channels) for rate, load, channels in zip(rates, loads, own, strict=True))
    share = over / sum(rates)
    return _Formula("equivalent random", share * lost, notes.equivalent_random(variance / mean, share * hayward))


def _modified(scenario: Scenario, streams: Streams, members: Sequence[int], channels: int) -> _Formula:
    """Evaluate the modified offered load by the hour, for rates that vary."""
    if (streams.end - streams.begin) // HOUR > MOST_HOURS:
        return _none(notes.many_hours(MOST_HOURS))
    before, after = np.arange(streams.begin, 0, HOUR), np.arange(0, streams.end, HOUR)
    edges = np.concatenate([before, after, [streams.end]])
    calls, busy = np.zeros(len(edges) - 1), 0.0
    for member in members:
        of_did = np.diff(streams.expected_of(member, edges))
        calls += of_did
        busy += float(of_did.sum()) * _traffic(scenario.all_dids[member]).busy_time
    if calls.sum() == 0:
        return _none(notes.NO_CALL)
    holding = busy / float(calls.sum()) / HOUR
    if holding == 0:
        return _none(notes.NO_LENGTH)
    lengths = np.diff(edges) / HOUR
    load = modified_offered_load((calls / lengths).tolist(), lengths.tolist(), holding, channels)
    counted = edges[:-1] >= 0
    if not load.offered[counted].sum() > 0:
        return _none(notes.NO_CALL)
    value = float(load.blocked[counted].sum() / load.offered[counted].sum())
    return _Formula("modified offered load", value, notes.MODIFIED_LOAD)
