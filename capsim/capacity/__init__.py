"""WHAT SERVES: a scenario's channels and limits as `CapacitySizes`, and how they change as a `Schedule`.

The admission rule, which says what a call may take, is in `capsim.kernels.admission`, below the engines, where the
interpreted and the compiled one both reach it.
"""

from capsim.capacity.schedule import Schedule, SizesOverTime, Step, build_schedule
from capsim.capacity.sizes import UNLIMITED, CapacitySizes, build_sizes

__all__ = ["UNLIMITED", "CapacitySizes", "Schedule", "SizesOverTime", "Step", "build_schedule", "build_sizes"]
