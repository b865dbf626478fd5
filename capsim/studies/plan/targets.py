"""What a plan is asked: the goals on blocking that the mix has to keep."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from capsim.errors import InputError, Problem
from capsim.scenario import Did, Scenario
from capsim.scenario.model.goals import Goals
from capsim.shares import asked_blocking, written_blocking

SCOPES = ("overall", "group", "did")
SEARCHED_BY = ("overall", "group", "did", "busy hour", "busiest days")
"""Kinds of goal that the search for a mix keeps; a plan judges the others on the mix that it proves."""


@dataclass(frozen=True, slots=True)
class Target:
    """The goals that a plan has to keep: those of its arguments, or else the scenario's.

    Attributes
    ----------
    goals : Goals
        What may be blocked: of all calls, in the busy hour, on the busiest days, and of each group and DID by its name.
    blocking : float or None
        The share that was asked for, 0 to 1.
    scope : str
        Calls that this share is of: ``overall``, or those of each ``group`` (and each DID without one), or of each
        ``did``.
    """

    goals: Goals
    blocking: float | None
    scope: str = "overall"

    @property
    def by_did(self) -> bool:
        """Whether DIDs of groups have goals of their own."""
        return self.scope == "did" or (self.scope == "overall" and bool(self.goals.dids))

    def divided(self, by: float) -> Target:
        """The same target, stricter by a factor."""

        def less(value: float | None) -> float | None:
            return None if value is None else value / by

        goals = self.goals
        stricter = goals.model_copy(
            update={
                "blocking": less(goals.blocking),
                "busy_hour": less(goals.busy_hour),
                "busiest_days": less(goals.busiest_days),
                "groups": {name: share / by for name, share in goals.groups.items()},
                "dids": {name: share / by for name, share in goals.dids.items()},
            }
        )
        return Target(stricter, less(self.blocking), self.scope)

    def to_keys(self, scenario: Scenario) -> dict[str, Any]:
        """The goals as keys of a scenario, without those of DIDs that get no call: nothing can be proven of them."""
        calling = {did.name for did in scenario.all_dids if called(scenario, did)}
        groups_calling = {did.entry.group_name for did in scenario.all_dids if did.name in calling}
        keys = {
            "blocking": written_blocking(self.goals.blocking),
            "busy_hour": written_blocking(self.goals.busy_hour),
            "busiest_days": written_blocking(self.goals.busiest_days),
            "groups": _written(self.goals.groups, groups_calling),
            "dids": _written(self.goals.dids, calling),
        }
        return {name: value for name, value in keys.items() if value not in (None, {})}

    def to_dict(self) -> dict[str, Any]:
        """As the JSON of a plan has it."""
        named = self.scope == "overall"
        return {
            "blocking": self.blocking,
            "scope": self.scope,
            "busy_hour": self.goals.busy_hour,
            "busiest_days": self.goals.busiest_days,
            "groups": dict(self.goals.groups) if named else {},
            "dids": dict(self.goals.dids) if named else {},
        }

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        max_blocking: float | str | None = None,
        scope: str = "overall",
        busy_hour: float | str | None = None,
        busiest_days: float | str | None = None,
    ) -> Target:
        """What the arguments ask for, or else the goals of the scenario.

        Raises
        ------
        InputError
            If a share is out of range, or nothing is asked for.
        """
        given = {"max_blocking": max_blocking, "busy_hour": busy_hour, "busiest_days": busiest_days}
        asked = {name: asked_blocking(value, name) for name, value in given.items()}
        for name, value in asked.items():
            if value is not None and not 0 < value < 1:
                raise InputError(Problem(f"must be a share between 0% and 100% (got {100 * value:g}%)", path=name))
        if scope not in SCOPES:
            raise InputError(Problem(f"must be one of {', '.join(SCOPES)} (got {scope!r})", path="scope"))
        if any(value is not None for value in asked.values()):
            return _by_arguments(scenario, asked["max_blocking"], scope, asked["busy_hour"], asked["busiest_days"])
        return _by_goals(scenario)


def _written(shares: Mapping[str, float], names: Container[str | None]) -> dict[str, Any]:
    return {name: written_blocking(share) for name, share in shares.items() if name in names}


def _by_arguments(
    scenario: Scenario, share: float | None, scope: str, busy_hour: float | None, busiest_days: float | None
) -> Target:
    groups = scenario.all_groups if scope == "group" else ()
    dids = [did.name for did in scenario.all_dids if scope == "did" or (scope == "group" and not did.entry.group_name)]
    goals = Goals.model_construct(
        blocking=share if scope == "overall" else None,
        busy_hour=busy_hour,
        busiest_days=busiest_days,
        groups=dict.fromkeys(groups, share) if share is not None else {},
        dids=dict.fromkeys(dids, share) if share is not None else {},
    )
    return Target(goals, share, scope)


def _by_goals(scenario: Scenario) -> Target:
    goals = scenario.goals
    if goals is not None:
        of_groups = {name: goals.of_group(name) for name in scenario.all_groups}
        of_dids = {did.name: goals.of_did(did.name, did.entry_name) for did in scenario.all_dids}
        named = goals.model_copy(
            update={
                "monthly_cost": None,
                "each_group": None,
                "each_did": None,
                "groups": {name: share for name, share in of_groups.items() if share is not None},
                "dids": {name: share for name, share in of_dids.items() if share is not None},
            }
        )
        target = Target(named, goals.blocking)
        if target.to_keys(scenario):
            shares = (goals.blocking, goals.busy_hour, goals.busiest_days, *named.groups.values(), *named.dids.values())
            if 0 in shares:
                raise InputError(Problem("no simulation can prove that no call is ever blocked", path="goals"))
            return target
    raise InputError(
        Problem("say how much may be blocked: --max-blocking 0.1%, or `goals: {blocking: 0.1%}` in the scenario")
    )


def called(scenario: Scenario, did: Did) -> bool:
    """Whether a DID may get calls; a DID without calls has nothing to prove."""
    return did.entry.traffic is not None or scenario.replay is not None
