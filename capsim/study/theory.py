"""The theory column: what a formula says of each group, and of each DID without one, beside what was simulated.

Which formula applies is decided by what the scenario has; where none does, it is said why. A z-score tells how many
standard errors the simulation lies from the formula: beyond 3 or so, one of them is wrong, or the formula's assumptions
do not hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
from capsim.scenario import Did, Scenario
from capsim.scenario.traffic import Traffic
from capsim.study.estimates import LEVEL, Estimate
from capsim.traffic.streams import Streams
from capsim.units import DAY, HOUR

if TYPE_CHECKING:
    from capsim.study.result import RunResult

MOST_STATES = 3_000
SHORT = 0.05
"""Of a day: calls up to this length are short beside it."""
MOST_SYSTEMS = 2_000
MOST_HOURS = 24 * 400


@dataclass(frozen=True, slots=True)
class Theory:
    """What theory says of the blocking of one group, or of one DID without a group.

    scope : group or did. method : the formula's name, None where none applies. value : its blocking, 0 to 1. note : how
    far it is valid, or why none applies. z : standard errors between simulation and formula; NaN where there is none.
    """

    scope: str
    name: str
    method: str | None
    value: float
    note: str
    simulated: Estimate
    z: float

    def to_dict(self) -> dict[str, Any]:
        def plain(value: float) -> float | None:
            return None if math.isnan(value) else float(f"{value:.6g}")

        return {
            "scope": self.scope, "name": self.name, "method": self.method, "blocking": plain(self.value),
            "note": self.note, "simulated": self.simulated.to_dict(), "z": plain(self.z),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Says:
    method: str | None
    value: float
    note: str


def theory_of(result: RunResult, streams: Streams | None) -> tuple[Theory, ...]:
    """What theory says of a run, group by group, then of DIDs without one.

    ``streams``: None where calls were recorded.
    """
    found = []
    capacity, samples = result.samples.capacity, result.samples
    why_none = _in_the_way(result, streams)
    dids = result.scenario.all_dids
    systems: list[tuple[str, str, list[int], Estimate]] = [
        ("group", name, np.flatnonzero(capacity.group == row).tolist(), samples.groups["blocking"][row])
        for row, name in enumerate(capacity.group_names)
    ]
    never = np.all([one.group == capacity.no_group for _, one in samples.schedule.in_turn()], axis=0)
    alone = np.flatnonzero(never).tolist()
    systems += [("did", dids[row].name, [row], samples.dids["blocking"][row]) for row in alone]
    alike: dict[tuple[str, int, int], _Says] = {}
    for place, (scope, name, members, simulated) in enumerate(systems[:MOST_SYSTEMS]):
        calling = [row for row in members if dids[row].entry.traffic is not None]
        if not calling:
            continue
        says = why_none
        if says is None and scope == "did":  # numbers of one entry are alike
            row = members[0]
            key = dids[row].entry_name, int(capacity.included[row]), int(capacity.dedicated[row])
            says = alike.get(key) or alike.setdefault(key, _says(result, streams, calling, capacity.no_group))
        elif says is None:
            says = _says(result, streams, calling, place)
        says = _short(result, says, max(_traffic(dids[row]).busy_time for row in calling))
        found.append(Theory(scope, name, says.method, says.value, says.note, simulated, _z(simulated, says, result)))
    return tuple(found)


def _short(result: RunResult, says: _Says, holding: float) -> _Says:
    """With a word of warning where the horizon is short beside a call: formulas are of the long run."""
    horizon = result.scenario.horizon
    if says.method is None or horizon.warm_up_microseconds >= 3 * holding or horizon.microseconds >= 500 * holding:
        return says
    return _Says(
        says.method, says.value, f"{says.note}; the empty start counts here: a warm-up of some calls' length helps"
    )


def _z(simulated: Estimate, says: _Says, result: RunResult) -> float:
    if says.method is None or math.isnan(simulated.low) or simulated.mean in (0.0, 1.0):
        return math.nan
    error = (simulated.high - simulated.low) / 2 / t_quantile(LEVEL, max(result.replications - 1, 1))
    return (simulated.mean - says.value) / error if error > 0 else math.nan


def _in_the_way(result: RunResult, streams: Streams | None) -> _Says | None:
    """What no formula here allows for, in the whole scenario."""
    scenario = result.scenario

    def no(why: str) -> _Says:
        return _Says(None, math.nan, why)

    if streams is None:
        return no("the calls are recorded ones")
    if scenario.account is not None:
        return no("a balance refuses and ends calls (R10)")
    if result.samples.schedule.steps:
        return no("capacity changes in the course of the horizon (R11)")
    if streams.redials:
        return no("callers who are blocked try again")
    return None


def _says(result: RunResult, streams: Streams | None, members: Sequence[int], row: int) -> _Says:
    """Of DIDs (positions, all with traffic) and the channels of their group, whose row may be that of none."""
    assert streams is not None
    capacity, scenario = result.samples.capacity, result.scenario
    dids = [scenario.all_dids[one] for one in members]
    own = [int(capacity.included[one]) + int(capacity.dedicated[one]) for one in members]
    group = int(capacity.shared[row]) + int(capacity.metered[row])
    limited = bool((capacity.did_limit[list(members)] < UNLIMITED).any()) or capacity.group_limit[row] < UNLIMITED
    traffics = [_traffic(did) for did in dids]
    loads = [traffic.rate_per_hour * traffic.busy_time / HOUR for traffic in traffics]
    rates = [traffic.rate_per_hour for traffic in traffics]
    steady = not any(_varies(scenario, did) for did in dids)
    uncertain = [traffic.day_factor for traffic in traffics if traffic.day_factor is not None]
    one_pool = len(members) == 1 or not any(own)
    channels = sum(own) + group if len(members) == 1 else group
    if limited:
        return _limited(result, members, row) if steady and not uncertain else _none("there is a capacity limit (R9)")
    if uncertain:
        if len(members) == 1 and steady and traffics[0].busy_time <= SHORT * DAY:
            value = gamma_mixture_blocking(loads[0], uncertain[0].cv, channels)
            return _Says("Erlang B over gamma days", value, "calls are short beside a day")
        return _none("days have random factors, and there are several DIDs, a profile, or calls as long as hours")
    if one_pool and steady:
        return _Says("Erlang B", erlang_b(sum(loads), channels), "exact in the long run, for any holding times")
    if one_pool:
        return _modified(scenario, streams, members, channels)
    if not steady:
        return _none("rates vary, and DIDs have channels of their own")
    exact = _chain(result, members, row)
    if exact is not None:
        return exact
    return _overflow(loads, rates, own, group)


def _none(why: str) -> _Says:
    return _Says(None, math.nan, f"no formula where {why}")


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


def _chain(result: RunResult, members: Sequence[int], row: int) -> _Says | None:
    """The exact chain, where it is small and holding times are exponential."""
    capacity, scenario = result.samples.capacity, result.scenario
    if len(members) > 4 or not all(_exponential(scenario.all_dids[one]) for one in members):
        return None
    group = ChainGroup(int(capacity.shared[row]), int(capacity.metered[row]), _limit(int(capacity.group_limit[row])))
    alone = row == capacity.no_group
    chain = [
        ChainDid(
            rate=_traffic(scenario.all_dids[one]).rate_per_hour,
            mean_holding=_traffic(scenario.all_dids[one]).busy_time / HOUR,
            included=int(capacity.included[one]),
            dedicated=int(capacity.dedicated[one]),
            limit=_limit(int(capacity.did_limit[one])),
            group=None if alone else 0,
        )
        for one in members
    ]
    try:
        solved = solve_ladder(chain, [] if alone else [group], max_states=MOST_STATES)
    except (ValueError, ArithmeticError):
        return None
    return _Says("exact chain", solved.overall_blocking, f"exact in the long run; {sum(solved.states):,} states")


def _limit(value: int) -> int | None:
    return None if value >= UNLIMITED else value


def _limited(result: RunResult, members: Sequence[int], row: int) -> _Says:
    return _chain(result, members, row) or _none("a system with a capacity limit (R9) is not small and exponential")


def _overflow(loads: Sequence[float], rates: Sequence[float], own: Sequence[int], group: int) -> _Says:
    """Equivalent random theory; with its sibling, Hayward's approximation, to show how far they agree."""
    moments = [overflow_moments(load, channels) for load, channels in zip(loads, own, strict=True)]
    mean, variance = sum(one.mean for one in moments), sum(one.variance for one in moments)
    if mean <= 0:
        return _none("nothing overflows to the group")
    lost = overflow_blocking([one.mean for one in moments], [one.variance for one in moments], group)
    also = hayward_blocking(mean, variance / mean, group)
    over = sum(rate * erlang_b(load, channels) for rate, load, channels in zip(rates, loads, own, strict=True))
    share = over / sum(rates)
    note = (
        f"an approximation, for exponential holding times; overflow of peakedness {variance / mean:.2f}; "
        f"Hayward's: {100 * share * also:.3g}%"
    )
    return _Says("equivalent random", share * lost, note)


def _modified(scenario: Scenario, streams: Streams, members: Sequence[int], channels: int) -> _Says:
    """Modified offered load, by the hour, for rates that vary."""
    if (streams.end - streams.begin) // HOUR > MOST_HOURS:
        return _none(f"rates vary over more than {MOST_HOURS:,} hours")
    before, after = np.arange(streams.begin, 0, HOUR), np.arange(0, streams.end, HOUR)
    edges = np.concatenate([before, after, [streams.end]])
    calls, busy = np.zeros(len(edges) - 1), 0.0
    for one in members:
        of_did = np.diff(streams.expected_of(one, edges))
        calls += of_did
        busy += float(of_did.sum()) * _traffic(scenario.all_dids[one]).busy_time
    if calls.sum() == 0:
        return _none("no call is expected")
    holding = busy / float(calls.sum()) / HOUR
    if holding == 0:
        return _none("calls have no length")
    lengths = np.diff(edges) / HOUR
    found = modified_offered_load((calls / lengths).tolist(), lengths.tolist(), holding, channels)
    counted = edges[:-1] >= 0
    if not found.offered[counted].sum() > 0:
        return _none("no call is expected")
    value = float(found.blocked[counted].sum() / found.offered[counted].sum())
    note = "an approximation, for exponential holding times; good while rates vary slowly and little is blocked"
    return _Says("modified offered load", value, note)


def theory_rows(found: Sequence[Theory]) -> Iterator[dict[str, Any]]:
    """As rows of a table."""
    for one in found:
        yield {
            "scope": one.scope, "name": one.name, "method": one.method, "theory": one.value,
            "simulated": one.simulated.mean, "low": one.simulated.low, "high": one.simulated.high, "z": one.z,
            "note": one.note,
        }  # fmt: skip
