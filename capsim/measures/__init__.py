"""WHAT HAPPENED: logs of calls -> tallies that add up: calls by outcome, busy time, peaks, usage over time."""

from capsim.measures.tally import Meter, Tally

__all__ = ["Meter", "Tally"]
