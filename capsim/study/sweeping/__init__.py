"""Many what-ifs of one scenario: what varies (`varying`), one `point`, the `folder` that keeps them, the `recipe`."""

from capsim.study.sweeping.recipe import SweepInterrupted, sweep
from capsim.study.sweeping.result import Sweep
from capsim.study.sweeping.varying import Factor, parse_vary

__all__ = ["Factor", "Sweep", "SweepInterrupted", "parse_vary", "sweep"]
