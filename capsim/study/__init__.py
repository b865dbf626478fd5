"""HOW WE ASK: scenario -> result. Replicates, and makes figures of what came out. Neither prints nor draws."""

from capsim.study.replication import Progress, Silence
from capsim.study.result import RunResult
from capsim.study.run import simulate

__all__ = ["Progress", "RunResult", "Silence", "simulate"]
