"""The same calls through several mixes: by how much they differ, and which is cheapest."""

from capsim.studies.compare.ask import compare
from capsim.studies.compare.result import Comparison

__all__ = ["Comparison", "compare"]
