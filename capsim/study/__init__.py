"""HOW WE ASK: scenario -> result. Replicates, and makes figures of what came out. Neither prints nor draws."""

from capsim.study.progress import Progress, Silence
from capsim.study.result import RunResult
from capsim.study.run import Interrupted, simulate

__all__ = ["Interrupted", "Progress", "RunResult", "Silence", "simulate"]
