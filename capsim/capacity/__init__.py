"""WHAT SERVES: a scenario's channels and limits as a `CapacityPlan`, and the admission rule, once."""

from capsim.capacity.admission import admit
from capsim.capacity.plan import UNLIMITED, CapacityPlan, build_plan

__all__ = ["UNLIMITED", "CapacityPlan", "admit", "build_plan"]
