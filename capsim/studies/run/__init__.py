"""What happens to these calls with this mix? Blocking, use and cost, each with its interval."""

from capsim.studies.run.ask import Interrupted, simulate
from capsim.studies.run.result import RunResult

__all__ = ["Interrupted", "RunResult", "simulate"]
