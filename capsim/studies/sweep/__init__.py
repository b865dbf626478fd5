"""Many what-ifs of one scenario: what varies (`varying`), one `point`, the `folder` that keeps them, `ask` puts them together."""

from capsim.studies.sweep.ask import SweepInterrupted, sweep
from capsim.studies.sweep.result import Sweep
from capsim.studies.sweep.varying import Factor, parse_vary

__all__ = ["Factor", "Sweep", "SweepInterrupted", "parse_vary", "sweep"]
