"""The JSON of ``capsim run --json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capsim.estimates.samples import Figures, whole
from capsim.records import TIERS

if TYPE_CHECKING:
    from capsim.studies.run.result import RunResult


def run_document(result: RunResult) -> dict[str, Any]:
    """Return the JSON document of a run."""
    samples, capacity, horizon = result.samples, result.samples.capacity, result.scenario.horizon
    channels = samples.channels
    mean = whole(channels.mean).tolist()
    tiers: dict[str, dict[str, Any]] = {
        tier: {"channels": mean[row], **_dicts(samples.tiers, row)} for row, tier in enumerate(TIERS)
    }
    if samples.schedule.steps:
        for row, tier in enumerate(TIERS):
            tiers[tier] |= {"least_channels": int(channels.least[row]), "most_channels": int(channels.most[row])}
    tiers["metered"]["billed_minutes"] = samples.billed_minutes.to_dict()
    return {
        "capsim": result.version,
        "scenario": result.scenario.name,
        "engine": result.engine,
        "seed": result.seed,
        "replications": result.replications,
        "interrupted": result.interrupted,
        "horizon": {
            "start": horizon.start.isoformat(),
            "end": horizon.end.isoformat(),
            "hours": horizon.hours,
        },
        "totals": {name: figure.one().to_dict() for name, figure in samples.totals.items()},
        "tiers": tiers,
        "causes": {name: estimate.to_dict() for name, estimate in samples.causes.items()},
        "dids": {
            name: {
                **_dicts(samples.dids, row),
                "by_tier": {tier: _dicts(samples.dids_by_tier, (row, column)) for column, tier in enumerate(TIERS)},
            }
            for row, name in enumerate(capacity.did_names)
        },
        "groups": {name: _dicts(samples.groups, row) for row, name in enumerate(capacity.group_names)},
        "cost": {
            "currency": result.scenario.currency,
            **{name: estimate.to_dict() for name, estimate in result.cost_estimates.items()},
        },
        "account": _account(result),
        "goals": [outcome.to_dict() for outcome in result.goal_outcomes],
        "notes": list(result.notes),
        "warnings": [problem.to_dict() for problem in result.scenario.warnings],
        "theory": {"blocking": [row.to_dict() for row in result.theory_found]} if result.theory_found else None,
    }


def _account(result: RunResult) -> dict[str, Any] | None:
    if result.account_figures is None:
        return None
    figures = {name: estimate.to_dict() for name, estimate in result.account_figures.figures.items()}
    return {"currency": result.scenario.currency, **figures}


def _dicts(figures: Figures, row: int | tuple[int, int]) -> dict[str, Any]:
    return {name: estimates[row].to_dict() for name, estimates in figures.items()}
