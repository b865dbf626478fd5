"""Which mix is cheapest, and by how much do mixes differ? The same calls through each of them."""

from capsim.studies.compare.ask import compare
from capsim.studies.compare.result import Comparison

__all__ = ["Comparison", "compare"]
