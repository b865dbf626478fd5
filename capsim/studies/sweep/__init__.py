"""What if something varies? One scenario at many points.

`ask` is the recipe, `varying` says what varies, `point` runs one point, and `folder` keeps the points.
"""

from capsim.studies.sweep.ask import SweepInterrupted, sweep
from capsim.studies.sweep.result import Sweep
from capsim.studies.sweep.varying import Factor, parse_vary

__all__ = ["Factor", "Sweep", "SweepInterrupted", "parse_vary", "sweep"]
