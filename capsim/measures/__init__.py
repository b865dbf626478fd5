"""WHAT HAPPENED: logs of calls -> tallies that add up: calls by outcome, busy time, peaks, usage over time.

`tally` counts what every run needs, and `hours` calls by the hour. `watch` adds what the provider's statistics show,
and `hunting` what every smaller or larger group would have carried.
"""

from capsim.measures.hours import Hours
from capsim.measures.hunting import Hunt, Hunted
from capsim.measures.tally import Meter, Tally
from capsim.measures.watch import Watch, Watched

__all__ = ["Hours", "Hunt", "Hunted", "Meter", "Tally", "Watch", "Watched"]
