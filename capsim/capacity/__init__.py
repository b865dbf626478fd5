"""WHAT SERVES: a scenario's channels and limits as a `CapacityPlan`, and how it changes as a `Schedule` of plans.

The admission rule that says what a call may take of them is in `capsim.kernels.admission`, below the engines, where
the interpreted and the compiled one both reach it.
"""

from capsim.capacity.plan import UNLIMITED, CapacityPlan, build_plan
from capsim.capacity.schedule import Schedule, Sizes, Step, build_schedule

__all__ = ["UNLIMITED", "CapacityPlan", "Schedule", "Sizes", "Step", "build_plan", "build_schedule"]
