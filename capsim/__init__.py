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
    from capsim.report.what_if import what_if
    from capsim.scenario import Scenario, load
    from capsim.study import Interrupted, RunResult, simulate
    from capsim.study.comparison import Comparison, compare
    from capsim.study.fit import fit
    from capsim.study.planning import Plan, plan
    from capsim.study.sizes import Frontier, frontier
    from capsim.study.sweeping import Sweep, sweep

__version__ = VERSION

_HOMES = {
    "Comparison": "capsim.study.comparison",
    "Frontier": "capsim.study.sizes",
    "Scenario": "capsim.scenario",
    "Sweep": "capsim.study.sweeping",
    "load": "capsim.scenario",
    "Interrupted": "capsim.study",
    "Plan": "capsim.study.planning",
    "RunResult": "capsim.study",
    "compare": "capsim.study.comparison",
    "fit": "capsim.study.fit",
    "frontier": "capsim.study.sizes",
    "plan": "capsim.study.planning",
    "simulate": "capsim.study",
    "sweep": "capsim.study.sweeping",
    "what_if": "capsim.report.what_if",
}

__all__ = [
    "CapsimError",
    "Comparison",
    "Frontier",
    "InputError",
    "Interrupted",
    "OutputError",
    "Plan",
    "RunResult",
    "Scenario",
    "ScenarioError",
    "Sweep",
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
