"""WHAT ARRIVES: (scenario, seed, replication) -> calls. All chance lives here.

`streams` turns a scenario into arrays, `draw` draws calls from them. The same seed gives the same calls
whatever the capacity, the prices, the engine or the other DIDs are: two mixes face the same traffic.
"""

from capsim.traffic.draw import draw
from capsim.traffic.streams import Streams, build_streams

__all__ = ["Streams", "build_streams", "draw"]
