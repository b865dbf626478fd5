"""WHAT HAPPENED: logs of calls -> tallies that add up: calls by outcome, busy time, peaks, usage over time.

`tally` counts what every run needs; `watch` adds what the provider's statistics show.
"""

from capsim.measures.tally import Meter, Tally
from capsim.measures.watch import Watch, Watched

__all__ = ["Meter", "Tally", "Watch", "Watched"]
