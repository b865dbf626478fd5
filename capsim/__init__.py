"""capsim: plan inbound telephone capacity.

Simulates calls to phone numbers (DIDs) through included, dedicated, shared and metered channels, and reports
how many are blocked and what it all costs::

    import capsim

    scenario = capsim.load("scenarios/hybrid.yaml")
    result = capsim.simulate(scenario)
    result.totals, result.tiers, result.cost

Names are loaded when they are first used, so that importing capsim costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from capsim.errors import CapsimError, InputError, OutputError, ScenarioError
from capsim.version import VERSION

if TYPE_CHECKING:
    from capsim.scenario import Scenario, load
    from capsim.studies.compare import Comparison, compare
    from capsim.studies.fit import Fit, fit
    from capsim.studies.frontier import Frontier, frontier
    from capsim.studies.plan import Plan, plan
    from capsim.studies.run import Interrupted, RunResult, simulate
    from capsim.studies.sweep import Factor, Sweep, SweepInterrupted, sweep
    from capsim.studies.what_if import what_if

__version__ = VERSION

_HOMES = {
    "Comparison": "capsim.studies.compare",
    "Factor": "capsim.studies.sweep",
    "Fit": "capsim.studies.fit",
    "Frontier": "capsim.studies.frontier",
    "Scenario": "capsim.scenario",
    "Sweep": "capsim.studies.sweep",
    "SweepInterrupted": "capsim.studies.sweep",
    "load": "capsim.scenario",
    "Interrupted": "capsim.studies.run",
    "Plan": "capsim.studies.plan",
    "RunResult": "capsim.studies.run",
    "compare": "capsim.studies.compare",
    "fit": "capsim.studies.fit",
    "frontier": "capsim.studies.frontier",
    "plan": "capsim.studies.plan",
    "simulate": "capsim.studies.run",
    "sweep": "capsim.studies.sweep",
    "what_if": "capsim.studies.what_if",
}

__all__ = [
    "CapsimError",
    "Comparison",
    "Factor",
    "Fit",
    "Frontier",
    "InputError",
    "Interrupted",
    "OutputError",
    "Plan",
    "RunResult",
    "Scenario",
    "ScenarioError",
    "Sweep",
    "SweepInterrupted",
    "__version__",
    "compare",
    "fit",
    "frontier",
    "load",
    "plan",
    "simulate",
    "sweep",
    "what_if",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'capsim' has no attribute '{name}'")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
