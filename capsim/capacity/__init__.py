"""WHAT SERVES: a scenario's channels and limits as a `CapacityPlan`.

The admission rule that says what a call may take of them is in `capsim.kernels.admission`, below the engines, where
the interpreted and the compiled one both reach it.
"""

from capsim.capacity.plan import UNLIMITED, CapacityPlan, build_plan

__all__ = ["UNLIMITED", "CapacityPlan", "build_plan"]
