"""Many what-ifs of one scenario: `varying` is what varies, `point` runs one, `folder` keeps them, `ask` drives them."""

from capsim.studies.sweep.ask import SweepInterrupted, sweep
from capsim.studies.sweep.result import Sweep
from capsim.studies.sweep.varying import Factor, parse_vary

__all__ = ["Factor", "Sweep", "SweepInterrupted", "parse_vary", "sweep"]
